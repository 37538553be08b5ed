// A street in which prices change within the month and one home pays for its largest half hour: bills are divided by
// what the meters read at the change, and the demand is that of the true registers.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { HEAD } from "../support/networks.ts";
import { PLAIN_POLICY } from "../support/plain-policy.ts";
import { runUntil } from "../support/street.ts";

const flat = (price: number, more = ""): string => `id: flat
title: Flat
currency: INR
blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: ${price} }]
${more}`;
const times = (until: string, more = ""): string => `kind: time-of-use
id: times
title: Two rates
currency: INR
rates:
  - { id: day, title: Day, priceMilliMinorPerKWh: 700000 }
  - { id: night, title: Night, priceMilliMinorPerKWh: 400000 }
otherwise: day
seasons:
  - windows: [{ rate: night, from: "22:00", until: "${until}" }]
${more}`;
const changes = (file: string): string => `changes: [{ from: "2026-01-26", file: ${file} }]\n`;
/** Below zero until three, and every half hour dearer than the one before. */
const SLOT_PRICES = Array.from({ length: 48 }, (_, slot) => 40_000 * slot - 240_000);

const FILES: Readonly<Record<string, string>> = {
  "s.yaml": `meterville: 1
name: s
title: S
start: 2026-01-22T00:00
step: 5min
feeder: street.dss
meters: { clockDriftPpm: 0 }
air: { fading: false, penetrationDb: 0, shadowingDb: 0 }
utility: { billing: { tariff: flat.yaml, policy: policy.yaml } }
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane }
  - { id: home-2, load: h2, name: B, address: 2 Lane, tariff: times.yaml }
  - { id: home-3, load: h3, name: C, address: 3 Lane, tariff: demand.yaml, sanctionedKW: 5 }
  - { id: home-4, load: h4, name: D, address: 4 Lane, tariff: slots.yaml }
`,
  "street.dss": `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95
New Load.h2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95
New Load.h3 Phases=1 Bus1=b.3 kV=0.23 kW=1 PF=0.95
New Load.h4 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95`,
  "policy.yaml": PLAIN_POLICY,
  "flat.yaml": flat(500_000, changes("flat-2.yaml")),
  "slots.yaml": `kind: half-hourly
id: slots
title: By the half hour
currency: INR
slots: [{ from: "00:00", pricesMilliMinorPerKWh: [${SLOT_PRICES.join(", ")}] }]
`,
  "flat-2.yaml": flat(650_000),
  "times.yaml": times("06:00", changes("times-2.yaml")),
  "times-2.yaml": times("08:00"),
  "demand.yaml": flat(500_000, "demand: { unit: kW, priceMilliMinor: 20000000 }\n"),
};

const CHANGE_MS = 4 * DAY_MS;
const END_MS = 10 * DAY_MS;

describe("prices that change in the middle of a month", () => {
  const resolved = resolveScenario("s.yaml", (path) => FILES[path]!);
  const { intervalMs } = resolved.records;
  const bills = new Map<string, Bill>();
  /** Row: home. Register at each interval's end, whole Wh. */
  const registers = resolved.records.supplies.map(({ openingWh }) => [openingWh]);
  runUntil(createTwin(resolved), END_MS + 7 * HOUR_MS, [], ({ model, world, out }: Twin) => {
    for (const bill of out.bills) bills.set(bill.supply, bill);
    const { nowMs } = world.engine.clock;
    if (nowMs % intervalMs !== 0) return;
    registers.forEach((list, row) => {
      const milliWh = registerMilliWh(model.meters, world.plant.meters, row);
      list[nowMs / intervalMs] = Math.floor(milliWh / 1000);
    });
  });
  const used = (row: number, fromMs: number, toMs: number): number =>
    registers[row]![toMs / intervalMs]! - registers[row]![fromMs / intervalMs]!;

  test("divide the use of one price by the register of the change's midnight", () => {
    const [before, after] = bills.get("home-1")!.lines;
    expect(before).toMatchObject({ label: "1 to 25 Jan: All units", priceMilliMinor: 500_000 });
    expect(after).toMatchObject({
      label: "26 to 31 Jan: All units",
      priceMilliMinor: 650_000,
      quantity: used(0, CHANGE_MS, END_MS),
    });
    expect(before!.quantity + after!.quantity).toBe(bills.get("home-1")!.energyWh);
  });

  test("move the hours of the rates from that midnight on", () => {
    const { lines, energyWh } = bills.get("home-2")!;
    const night = lines.find(({ label }) => label === "26 to 31 Jan: Night")!;
    let expected = 0;
    for (let at = CHANGE_MS; at < END_MS; at += intervalMs) {
      const hour = (at % DAY_MS) / HOUR_MS;
      if (hour >= 22 || hour < 8) expected += used(1, at, at + intervalMs);
    }
    expect(night.quantity).toBe(expected);
    const energy = lines.filter(({ charge }) => charge === "energy");
    expect(energy.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(energyWh);
  });

  test("the largest half hour of the month is charged in kW", () => {
    let largestWh = 0;
    for (let at = 0; at < END_MS; at += intervalMs) {
      largestWh = Math.max(largestWh, used(2, at, at + intervalMs));
    }
    const demand = bills.get("home-3")!.lines.filter(({ charge }) => charge === "demand");
    expect(demand.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(2 * largestWh);
    expect(demand[0]).toMatchObject({ unit: "W", priceMilliMinor: 20_000_000 });
  });

  test("each half hour has its own price, and use below zero is paid for", () => {
    const { lines, energyWh } = bills.get("home-4")!;
    let [above, below] = [0, 0];
    let sinceWh = 0;
    for (let at = 0; at < END_MS; at += intervalMs) {
      const price = SLOT_PRICES[(at % DAY_MS) / intervalMs]!;
      const wh = used(3, at, at + intervalMs);
      sinceWh += wh;
      if (price < 0) below += wh * price;
      else above += wh * price;
    }
    // What was used before the run is spread evenly over its slots, a forty-eighth each, off by a Wh of cutting.
    const beforeWh = energyWh - sinceWh;
    for (const price of SLOT_PRICES) {
      if (price < 0) below += (beforeWh / 48) * price;
      else above += (beforeWh / 48) * price;
    }
    const [paid, got] = lines.map(({ amountMinor }) => amountMinor);
    expect(Math.abs(paid! - above / 1e6)).toBeLessThan(48 * 1.7);
    expect(Math.abs(got! - below / 1e6)).toBeLessThan(6);
    expect(got).toBeLessThan(0);
  });
});
