// What First Street is meant to show in thirty days, and what it must not show when the cause is taken away.

import { beforeAll, describe, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { reportsAfter } from "../support/parallel-runs.ts";

const DAYS = 30;
const HOMES = 60;
const SEEDS = Array.from({ length: 10 }, (_, index) => index + 1);
/** Five other homes on all three phases and in five lanes, of one to five people. */
const OTHER_THIEVES = ["supply-02", "supply-13", "supply-24", "supply-43", "supply-59"];
const THIEF_SEEDS = [1, 2, 3];

describe("First Street in thirty days", () => {
  let first: RunReport;
  let again: RunReport;
  let otherSeed: RunReport;
  let unpaid: RunReport;
  let withoutOutage: RunReport;
  beforeAll(async () => {
    const reports = await reportsAfter(DAYS, [
      {},
      {},
      { seed: 2 },
      { set: ["payments.enabled=false"] },
      { set: ["outages=[]", "powerCuts=[]"] },
    ]);
    [first, again, otherSeed, unpaid, withoutOutage] = reports as [
      RunReport,
      RunReport,
      RunReport,
      RunReport,
      RunReport,
    ];
  });

  test("every home gets a bill, one is cut off and comes back, and the books balance", () => {
    expect(first.billing.bills).toBeGreaterThanOrEqual(HOMES);
    expect(first.billing.trips).toBeGreaterThanOrEqual(1);
    expect(first.billing.reconnects).toBeGreaterThanOrEqual(1);
    expect(first.billing.ledgerBalanceMinor).toBe(0);
  });

  test("outages and power cuts make readings late and lose none", () => {
    const { made, delivered, waiting, reportedMissing, late } = first.comms;
    expect(late).toBeGreaterThanOrEqual(1);
    expect(delivered + waiting + reportedMissing).toBe(made);
  });

  test("the company finds the thief and accuses nobody else", () => {
    expect(first.detection).toMatchObject({ cases: 1, found: 1, missed: 0, falseAlarms: 0 });
  });

  test("energy is conserved: the source gives what is delivered and lost, meters miss what is stolen", () => {
    const { sourceKWh, deliveredKWh, lossesKWh, meteredKWh, stolenKWh } = first.energy;
    expect(sourceKWh).toBeCloseTo(deliveredKWh + lossesKWh, 6);
    // Class 1 meters: each within 1 %.
    expect(Math.abs(deliveredKWh - stolenKWh - meteredKWh)).toBeLessThan(0.01 * deliveredKWh);
  });

  test("twice gives one hash, another seed another", () => {
    expect(again.finalHash).toBe(first.finalHash);
    expect(otherSeed.finalHash).not.toBe(first.finalHash);
  });

  test("who does not pay is not reconnected", () => {
    expect(unpaid.billing.trips).toBeGreaterThanOrEqual(1);
    expect(unpaid.billing.reconnects).toBe(0);
    expect(unpaid.billing.paidMinor).toBe(0);
  });

  test("without the outages fewer readings are late", () => {
    expect(withoutOutage.comms.late).toBeLessThan(first.comms.late);
  });
});

test("without thefts there is no case, whatever the seed", async () => {
  const reports = await reportsAfter(
    DAYS,
    SEEDS.map((seed) => ({ seed, set: ["thefts=[]"] })),
  );
  const accused = reports.filter(({ detection }) => detection.cases > 0);
  expect(accused.map(({ seed, detection }) => ({ seed, detection }))).toEqual([]);
});

test("a thief in another home is named in 12 of 15 runs, and in 14 nobody else is accused", async () => {
  const changes = OTHER_THIEVES.flatMap((home) =>
    THIEF_SEEDS.map((seed) => ({ seed, set: [`thefts.0.target=${home}`] })),
  );
  const reports = await reportsAfter(DAYS, changes);
  expect(reports.filter(({ detection }) => detection.found === 1).length).toBeGreaterThanOrEqual(
    12,
  );
  const fair = reports.filter(({ detection }) => detection.falseAlarms === 0);
  expect(fair.length).toBeGreaterThanOrEqual(14);
});
