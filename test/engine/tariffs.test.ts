// Tariffs in a street: what is wrong with a file is said with its place, customers choose, and bills by time of use
// are the energies of their hours.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import { ScenarioError } from "../../sim/engine/scenario/problem.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { rateOfInterval } from "../../sim/utility/billing/rates.ts";
import type { TimeOfUseTariff } from "../../sim/utility/billing/tariff.ts";
import { HEAD } from "../support/networks.ts";
import { PLAIN_POLICY } from "../support/plain-policy.ts";
import { runUntil, street } from "../support/street.ts";

const FEEDER = `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95
New Load.h2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95`;
const SCENARIO = `meterville: 1
name: two-homes
title: Two homes
feeder: street.dss
utility: { billing: { tariff: flat.yaml, policy: policy.yaml } }
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane }
  - { id: home-2, load: h2, name: B, address: 2 Lane, tariff: times.yaml }
`;
const FLAT = `id: flat
title: Flat
currency: INR
blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: 500000 }]
`;
const TIMES = `kind: time-of-use
id: times
title: Two rates
currency: INR
rates:
  - { id: day, title: Day, priceMilliMinorPerKWh: 700000 }
  - { id: night, title: Night, priceMilliMinorPerKWh: 400000 }
otherwise: day
seasons:
  - windows: [{ rate: night, from: "22:00", until: "06:00" }]
`;

function resolve(changes: Readonly<Record<string, string>> = {}) {
  const files: Readonly<Record<string, string>> = {
    "two.yaml": SCENARIO,
    "street.dss": FEEDER,
    "policy.yaml": PLAIN_POLICY,
    "flat.yaml": FLAT,
    "times.yaml": TIMES,
    ...changes,
  };
  return resolveScenario("two.yaml", (path) => {
    const text = files[path];
    if (text === undefined) throw new Error(`there is no file ${path}`);
    return text;
  });
}

function refusal(changes: Readonly<Record<string, string>>): string {
  try {
    resolve(changes);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
}

test("each customer has the tariff that the scenario gives, or the street's", () => {
  const { billing, supplies } = resolve().records;
  expect(billing!.tariffs.map(({ id, kind }) => [id, kind])).toEqual([
    ["flat", "slab"],
    ["times", "time-of-use"],
  ]);
  expect(supplies.map(({ tariff }) => tariff)).toEqual([0, 1]);
});

test.each([
  [
    'from: "22:00"',
    'from: "22:10"',
    "times.yaml:10:30 seasons.0.windows.0.from: 22:10 lies within an interval of the meters (30 min)",
  ],
  [
    "rate: night",
    "rate: nigth",
    "times.yaml:10:17 seasons.0.windows.0.rate: there is no rate nigth; did you mean night?",
  ],
  [
    "otherwise: day",
    "otherwise: dya",
    "times.yaml:8:1 otherwise: there is no rate dya; did you mean day?",
  ],
  ["id: night,", "id: day,", "times.yaml:7:7 rates.1.id: day stands twice"],
  [
    "currency: INR",
    "currency: GBP",
    "two.yaml:5:1 utility: times.yaml is in GBP; a street has one currency, INR",
  ],
  [
    "otherwise: day",
    "otherwize: day",
    "times.yaml:8:1 otherwize: unknown key; did you mean otherwise?",
  ],
  ["kind: time-of-use", "kind: demand", "times.yaml:1:1 kind:"],
  ["700000", "7.5", "rates.0.priceMilliMinorPerKWh: write whole thousandths of the smallest coin"],
])("a tariff with %s changed to %s is refused: %s", (from, to, says) => {
  expect(refusal({ "times.yaml": TIMES.replace(from, to) })).toContain(says);
});

test("a tariff file that is not there is named where the customer names it", () => {
  const said = refusal({ "two.yaml": SCENARIO.replace("tariff: times.yaml", "tariff: none.yaml") });
  expect(said).toContain("two.yaml:8:");
  expect(said).toContain("customers.1.tariff: there is no file none.yaml");
});

describe("a street by time of use, with a lossy air and a mast that fails", () => {
  const set = [
    "start=2026-01-26T00:00",
    "meters.clockDriftPpm=0",
    "thefts=[]",
    "outages=[{ mast: mast-1, from: 2d, for: 9h }]",
    "utility.billing.tariff=tariffs/india-tod.yaml",
  ];
  const bills: Bill[] = [];
  const resolved = street({ set });
  const tariff = resolved.records.billing!.tariffs[0] as TimeOfUseTariff;
  const { intervalMs, supplies } = resolved.records;
  /** Row: home. What its meter counted in the hours of each rate since the start, Wh. */
  const trueWh = supplies.map(() => tariff.rates.map(() => 0));
  const lastWh = supplies.map(({ openingWh }) => openingWh);
  // 26 January to 1 February, six in the morning.
  runUntil(
    createTwin(resolved),
    6 * 24 * HOUR_MS + 7 * HOUR_MS,
    [],
    ({ model, world, out }: Twin) => {
      bills.push(...out.bills);
      const { nowMs } = world.engine.clock;
      if (nowMs % intervalMs !== 0 || nowMs > 6 * 24 * HOUR_MS) return;
      const rate = rateOfInterval(tariff, model.records.calendar, nowMs / intervalMs, intervalMs);
      supplies.forEach((_, row) => {
        const wh = Math.floor(registerMilliWh(model.meters, world.plant.meters, row) / 1000);
        trueWh[row]![rate]! += wh - lastWh[row]!;
        lastWh[row] = wh;
      });
    },
  );

  test("bills each rate the energy of its own hours, to the watt-hour", () => {
    expect(bills).toHaveLength(supplies.length);
    const beforeStart = createTwin(resolved).world.belief.rates.wh;
    const registers = beforeStart.length / supplies.length;
    bills.forEach((bill, row) => {
      expect(bill.isEstimated, bill.id).toBe(false);
      const billed = tariff.rates.map(
        ({ title }) => bill.lines.find(({ label }) => label === title)?.quantity ?? 0,
      );
      const expected = trueWh[row]!.map((wh, rate) => wh + beforeStart[row * registers + rate]!);
      expect(billed, bill.id).toEqual(expected);
      expect(billed.reduce((sum, wh) => sum + wh, 0)).toBe(bill.energyWh);
    });
  });
});
