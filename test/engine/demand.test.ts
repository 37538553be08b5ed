// Meters that keep their maximum demand and count kVAh: what they write down when a month ends is what is billed.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { HEAD } from "../support/networks.ts";
import { PLAIN_POLICY } from "../support/plain-policy.ts";
import { journal, runUntil } from "../support/street.ts";

const PRICE = "blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: 500000 }]\n";
const head = (id: string): string => `id: ${id}\ntitle: ${id}\ncurrency: INR\n`;
const FILES: Readonly<Record<string, string>> = {
  "s.yaml": `meterville: 1
name: s
title: S
start: 2026-01-27T00:00
step: 5min
feeder: street.dss
meters: { clockDriftPpm: 0 }
air: { fading: false, penetrationDb: 0, shadowingDb: 0 }
utility: { billing: { tariff: flat.yaml, policy: policy.yaml } }
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane, tariff: demand.yaml, sanctionedKW: 20 }
  - { id: home-2, load: h2, name: B, address: 2 Lane, tariff: apparent.yaml }
  - { id: home-3, load: h3, name: C, address: 3 Lane, tariff: two-months.yaml }
  - { id: home-4, load: h4, name: D, address: 4 Lane }
outages: [{ of: core, from: 4d18h, for: 15h }]
powerCuts: [{ target: home-2, from: 10d3h10min, for: 2h }]
`,
  "street.dss": `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=3 Bus1=b kV=0.4 kW=3 PF=0.95
New Load.h2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95
New Load.h3 Phases=1 Bus1=b.3 kV=0.23 kW=1 PF=0.95
New Load.h4 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95`,
  "flat.yaml": head("flat") + PRICE,
  "demand.yaml": `${head("demand")}${PRICE}demand: { unit: kVA, priceMilliMinor: 45000000, contractPercent: 10 }
powerFactor: { penaltyBelow: 1, penaltyPercent: 1 }
`,
  "apparent.yaml": `${head("apparent")}${PRICE}energyUnit: kVAh\n`,
  "two-months.yaml": `${head("two-months")}${PRICE}cycleMonths: 2\n`,
  "policy.yaml": PLAIN_POLICY,
};
const resolved = resolveScenario("s.yaml", (path) => FILES[path]!);
const JANUARY = 5 * DAY_MS;
const FEBRUARY = JANUARY + 28 * DAY_MS;
const UNTIL = FEBRUARY + 7 * HOUR_MS;
const HALF_HOUR = HOUR_MS / 2;

/** Bills, and by home at each half hour what its meter had counted: Wh and mVAh. */
function played(twin: Twin, rows: Parameters<typeof journal>[0] = []) {
  const bills: Bill[] = [];
  const counted = new Map<number, { readonly wh: number; readonly milliVah: number }[]>();
  runUntil(twin, UNTIL, journal(rows), ({ model, world, out }) => {
    bills.push(...out.bills);
    const { nowMs } = world.engine.clock;
    if (nowMs % HALF_HOUR !== 0) return;
    const { meters } = world.plant;
    const rowsOf = [0, 1, 2, 3].map((row) => ({
      wh: Math.floor(registerMilliWh(model.meters, meters, row) / 1000),
      milliVah: meters.demand!.apparentMilliVah[row]!,
    }));
    counted.set(nowMs, rowsOf);
  });
  return { bills, counted };
}
const twin = createTwin(resolved);
const { bills, counted } = played(twin);
const of = (supply: string): readonly Bill[] => bills.filter((bill) => bill.supply === supply);

/** The largest half hour of a meter, VA, from registers alone. */
function largestVa(row: number, fromMs: number, toMs: number): number {
  let largest = 0;
  for (let at = fromMs; at < toMs; at += HALF_HOUR) {
    const from = at === 0 ? 0 : counted.get(at)![row]!.milliVah;
    const milliVah = counted.get(at + HALF_HOUR)![row]!.milliVah - from;
    largest = Math.max(largest, Math.round((2 * milliVah) / 1000));
  }
  return largest;
}

describe("demand in kVA", () => {
  const [first, second] = of("home-1") as [Bill, Bill];

  test("that nobody has heard of yet is billed by the contract, and the bill says so", () => {
    expect(first.isEstimated).toBe(true);
    expect(first.demands).toBeUndefined();
    const demand = first.lines.filter(({ charge }) => charge === "demand");
    expect(demand.map(({ label }) => label)).toEqual([
      "Demand, 10 % of the contract",
      "Demand and power factor were not measured: by the contract",
    ]);
  });

  test("is put right with what the meter wrote down at the midnight that was not heard", () => {
    expect(second.demands).toMatchObject([
      { month: "2026-01", demandVa: largestVa(0, 0, JANUARY) },
      { month: "2026-02", demandVa: largestVa(0, JANUARY, FEBRUARY) },
    ]);
    const correction = second.lines.find(({ label }) => label === "Correction of 2026-01: demand");
    const [recorded] = correction!.pricedAnew!;
    expect(recorded!.quantity).toBe(Math.max(2000, largestVa(0, 0, JANUARY)));
    for (const bill of [first, second]) expect(explainBill(bill).isExact).toBe(true);
  });

  test("has the power factor kWh ÷ kVAh of the month beside it", () => {
    const at = (ms: number) => counted.get(ms)![0]!;
    const wh = at(FEBRUARY).wh - at(JANUARY).wh;
    const vah = Math.floor(at(FEBRUARY).milliVah / 1000) - Math.floor(at(JANUARY).milliVah / 1000);
    expect(second.demands!.at(-1)!.energy).toEqual({ wh, vah });
    expect(vah).toBeGreaterThan(wh);
    const factor = (wh / vah).toFixed(2);
    const line = second.lines.find(({ label }) => label.startsWith("Power factor"))!;
    expect(line.label).toBe(`Power factor ${factor}: penalty`);
    expect(line.quantity).toBeCloseTo(100 - 100 * Number(factor), 6);
    expect(explainBill(second).head.at(-1)).toContain(`= ${factor}.`);
  });
});

test("a tariff in kVAh bills what the meter counted, over a power cut too", () => {
  const bill = of("home-2").at(-1)!;
  const energy = bill.lines.filter(({ unit }) => unit === "VAh").at(-1)!;
  const at = (ms: number) => Math.floor(counted.get(ms)![1]!.milliVah / 1000);
  expect(energy.quantity).toBe(at(FEBRUARY) - at(JANUARY));
  expect(energy.quantity).toBeGreaterThan(bill.demands!.at(-1)!.energy!.wh);
  expect(bill.demands!.at(-1)!.demandVa).toBe(largestVa(1, JANUARY, FEBRUARY));
  expect(explainBill(bill).isExact).toBe(true);
});

test("a bill of two months comes at the end of February, and of all that was used since January began", () => {
  const own = of("home-3");
  expect(own).toHaveLength(1);
  expect(own[0]!.period).toMatchObject({ until: "2026-03-01" });
  expect(own[0]!.lines.filter(({ charge }) => charge === "energy")).toMatchObject([
    { quantity: own[0]!.energyWh },
  ]);
  expect(of("home-4")).toHaveLength(2);
});

test("a meter that is replaced hands its kVAh and its largest half hour over", () => {
  const other = createTwin(resolved);
  const after = played(other, [[12.5 * DAY_MS, { kind: "replace-meter", target: "home-2" }]]);
  const bill = after.bills.filter(({ supply }) => supply === "home-2").at(-1)!;
  const { demandVa, energy } = bill.demands!.at(-1)!;
  const same = of("home-2").at(-1)!.demands!.at(-1)!;
  expect(Math.abs(energy!.vah - same.energy!.vah)).toBeLessThanOrEqual(2);
  // The half hour of the change is begun anew.
  expect(demandVa).toBeLessThanOrEqual(same.demandVa);
  expect(demandVa).toBeGreaterThan(0);
});

test("a meter without such registers leaves the month to the contract", () => {
  const plain = resolveScenario("s.yaml", (path) =>
    FILES[path]!.replace("clockDriftPpm: 0", "clockDriftPpm: 0, demandRegister: false"),
  );
  const bills: Bill[] = [];
  const other = runUntil(createTwin(plain), JANUARY + 7 * HOUR_MS, [], ({ out }) => {
    bills.push(...out.bills);
  });
  expect(other.world.plant.meters).not.toHaveProperty("demand");
  const bill = bills.find(({ supply }) => supply === "home-1")!;
  expect(bill.lines.map(({ label }) => label)).toContain(
    "Demand and power factor were not measured: by the contract",
  );
  expect(explainBill(bill).isExact).toBe(true);
});

test("a run from before meters had them goes on, and they begin at zero", () => {
  const old = createTwin(resolved);
  runUntil(old, 8 * DAY_MS + HOUR_MS);
  const world = decodeSnapshot<World>(encodeSnapshot(old.world));
  Reflect.deleteProperty(world.plant.meters, "demand");
  for (const account of world.belief.accounts) delete account.demand;
  const again = restoreTwin(resolved, world);
  const later = played(again)
    .bills.filter(({ supply }) => supply === "home-1")
    .at(-1)!;
  // Demand is known from then on; the month's beginning was not written down, and so no power factor.
  expect(later.demands).toMatchObject([{ month: "2026-02" }]);
  expect(later.demands![0]!.energy).toBeUndefined();
});

test("the snapshot of a run with them goes on to the same hash", () => {
  const one = createTwin(resolved);
  runUntil(one, JANUARY + HOUR_MS);
  const two = restoreTwin(resolved, decodeSnapshot<World>(encodeSnapshot(one.world)));
  runUntil(one, JANUARY + DAY_MS);
  runUntil(two, JANUARY + DAY_MS);
  expect(finalHash(two)).toBe(finalHash(one));
});
