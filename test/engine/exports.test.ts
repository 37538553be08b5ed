// Homes with panels on their roofs: what they feed in is kept, billed and carried, whatever the network does at midnight.

import { describe, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { decodeSnapshot, encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { createTwin, restoreTwin, type Twin, type World } from "../../sim/engine/world.ts";
import { exportMilliWh, registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { balanceOf } from "../../sim/utility/billing/ledger.ts";
import { HEAD } from "../support/networks.ts";
import { PLAIN_POLICY } from "../support/plain-policy.ts";
import { journal, runUntil } from "../support/street.ts";

const net = (terms: string): string => `id: flat
title: Flat
currency: INR
blocks: [{ uptoKWh: null, priceMilliMinorPerKWh: 500000 }]
export: ${terms}
`;
const FILES: Readonly<Record<string, string>> = {
  "s.yaml": `meterville: 1
name: s
title: S
start: 2026-01-27T00:00
step: 5min
feeder: street.dss
meters: { clockDriftPpm: 0 }
air: { fading: false, penetrationDb: 0, shadowingDb: 0 }
utility: { billing: { tariff: net-metering.yaml, policy: policy.yaml } }
customers:
  - { id: home-1, load: h1, name: A, address: 1 Lane, solarKWp: 12 }
  - { id: home-2, load: h2, name: B, address: 2 Lane, solarKWp: 3, tariff: net-billing.yaml }
  - { id: home-3, load: h3, name: C, address: 3 Lane }
outages: [{ of: core, from: 4d18h, for: 15h }]
`,
  "street.dss": `${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.h1 Phases=1 Bus1=b.1 kV=0.23 kW=1 PF=0.95
New Load.h2 Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95
New Load.h3 Phases=1 Bus1=b.3 kV=0.23 kW=1 PF=0.95`,
  "net-metering.yaml": net("{ kind: net-metering }"),
  "net-billing.yaml": net("{ kind: net-billing, title: Export, priceMilliMinorPerKWh: 300000 }"),
  "policy.yaml": PLAIN_POLICY,
};
const resolved = resolveScenario("s.yaml", (path) => FILES[path]!);
const START = { wh: 0 };
const JANUARY = 5 * DAY_MS;
const FEBRUARY = JANUARY + 28 * DAY_MS;

/** Bills and true export registers at midnights, Wh, by home. */
function played(twin: Twin, untilMs: number, rows: Parameters<typeof journal>[0] = []) {
  const bills: Bill[] = [];
  const exported = new Map<number, number[]>();
  const replaced = [0, 0, 0];
  runUntil(twin, untilMs, journal(rows), ({ model, world, out }) => {
    bills.push(...out.bills);
    const { nowMs } = world.engine.clock;
    if (nowMs % DAY_MS !== 0) return;
    const { meters } = world.plant;
    exported.set(
      nowMs,
      replaced.map((_, row) => Math.floor(exportMilliWh(model.meters, meters, row) / 1000)),
    );
  });
  return { bills, exported };
}
const MONTHS_END = FEBRUARY + 7 * HOUR_MS;
const twin = createTwin(resolved);
const { bills, exported } = played(twin, MONTHS_END);
const of = (supply: string): readonly Bill[] => bills.filter((bill) => bill.supply === supply);

describe("net metering", () => {
  const [first, second] = of("home-1") as [Bill, Bill];

  test("bills January on an estimate while the network is down, and says so", () => {
    expect(first.exports).toHaveLength(1);
    expect(first.readings!.to.exported!.quality).toBe("estimated");
    expect(explainBill(first).head.at(-1)).toContain("estimated, no reading had come");
    expect(explainBill(first).isExact).toBe(true);
  });

  test("puts it right in February, to the watt-hour of the meter's own register", () => {
    const january = exported.get(JANUARY)![0]!;
    const february = exported.get(FEBRUARY)![0]!;
    expect(january).toBeGreaterThan(10_000);
    expect(second.exports).toMatchObject([
      { month: "2026-01", fromWh: START.wh, toWh: january, carriedWh: 0 },
      { month: "2026-02", fromWh: january, toWh: february },
    ]);
    expect(second.readings!.to.exported).toEqual({ wh: february, quality: "actual" });
    expect(explainBill(second).isExact).toBe(true);
    expect(second.lines.some(({ label }) => label.startsWith("Correction of 2026-01"))).toBe(true);
  });

  test("carries what is left over, and asks for nothing that the roof has given", () => {
    const [before, after] = second.exports!;
    expect(before!.setOffWh + before!.leftWh).toBe(before!.toWh);
    expect(after!.carriedWh).toBe(before!.leftWh);
    const fed = after!.toWh - after!.fromWh;
    expect(after!.setOffWh).toBe(Math.min(after!.importWh, fed + after!.carriedWh));
    expect(after!.leftWh).toBe(fed + after!.carriedWh - after!.setOffWh);
    expect(after!.leftWh).toBeGreaterThan(0);
    expect(twin.world.belief.accounts[0]!.exports!.carriedWh).toBe(after!.leftWh);
    const energy = second.lines.find(
      ({ label, charge }) => charge === "energy" && label === "All units",
    );
    expect(energy, "all of it is set off").toBeUndefined();
  });
});

test("net billing pays for every kWh, and the two months together for what the meter counted", () => {
  const own = of("home-2");
  const february = exported.get(FEBRUARY)![1]!;
  const paid = own.flatMap(({ lines }) => lines.filter(({ charge }) => charge === "export"));
  const paidMinor = paid.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const [first, second] = own.at(-1)!.exports!;
  const worth = (wh: number): number => -Math.round((wh * 300_000) / 1e6);
  expect(second!.toWh).toBe(february);
  expect(paidMinor).toBe(worth(first!.toWh - first!.fromWh) + worth(second!.toWh - second!.fromWh));
  expect(balanceOf(twin.world.belief.ledger, "revenue/export")).toBe(-paidMinor);
  for (const bill of own) expect(explainBill(bill).isExact).toBe(true);
  expect(explainBill(own.at(-1)!).head.at(-1)).toMatch(/^Fed into the grid in 2026-02: /);
});

test("a home without panels has export registers at zero, and nothing carried", () => {
  expect(of("home-3").at(-1)!.exports).toMatchObject([
    { fromWh: 0, toWh: 0, setOffWh: 0, leftWh: 0 },
    { fromWh: 0, toWh: 0, setOffWh: 0, leftWh: 0 },
  ]);
});

test("nobody is suspected for a roof, and what meters count is what was delivered", () => {
  expect(twin.world.belief.detection.cases).toEqual([]);
  const { energy, meters } = twin.world.plant;
  const { openingWh } = twin.model.plantSpec.supplies[0]!;
  const counted = registerMilliWh(twin.model.meters, meters, 0) / 1000 - openingWh;
  const fed = exportMilliWh(twin.model.meters, meters, 0) / 1000;
  const delivered = energy.deliveredWMs[0]! / HOUR_MS;
  expect(Math.abs(counted - fed - delivered)).toBeLessThan(0.03 * (counted + fed));
});

test("a new meter goes on where the old one's export register stood", () => {
  const other = createTwin(resolved);
  const input = { kind: "replace-meter", target: "home-2" } as const;
  const after = played(other, MONTHS_END, [[12.5 * DAY_MS, input]]);
  const own = after.bills.filter(({ supply }) => supply === "home-2").at(-1)!;
  const total = own.exports!.at(-1)!.toWh;
  expect(Math.abs(total - exported.get(FEBRUARY)![1]!)).toBeLessThanOrEqual(1);
  expect(after.exported.get(FEBRUARY)![1]!).toBeLessThan(total);
});

test("a run from before export was kept begins with the register that it hears first", () => {
  const old = createTwin(resolved);
  runUntil(old, 10 * DAY_MS);
  const world = decodeSnapshot<World>(encodeSnapshot(old.world));
  for (const account of world.belief.accounts) delete account.exports;
  const again = restoreTwin(resolved, world);
  const { bills: later } = played(again, MONTHS_END);
  const own = later.find(({ supply }) => supply === "home-2")!;
  const [month] = own.exports!.slice(-1);
  expect(month!.toWh).toBe(exported.get(FEBRUARY)![1]!);
  expect(month!.fromWh).toBeGreaterThan(0);
  expect(month!.fromWh).toBeLessThan(month!.toWh);
});
