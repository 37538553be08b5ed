// The object of `run --json`: every number again from the steps themselves, by sums of our own.

import { beforeAll, describe, expect, test } from "vitest";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import type { TwinEvent } from "../../sim/contract/event.ts";
import { REPORT_FIGURES, type RunReport } from "../../sim/contract/report.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { runReport } from "../../sim/engine/report.ts";
import { finalHash } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";

// From 30 January on: a thief from the start, an outage, a trip by hand, and bills at the turn of the month.
const SET = [
  "meters.clockDriftPpm=0",
  "start=2026-01-30T00:00",
  "thefts=[{ target: supply-12, share: 0.6, from: 1h }]",
  "outages=[{ mast: mast-1, from: 30h, for: 3h }]",
];
const ENTRIES = journal([
  [26 * HOUR_MS, { kind: "trip", target: "supply-09" }],
  [40 * HOUR_MS, { kind: "payment", target: "supply-03", amountMinor: 777 }],
]);
const END_MS = 3 * DAY_MS;
const FACTS = { version: "1.2.3", commit: "abc", node: "26", timesRealTime: 5 };

let twin: Twin;
let report: RunReport;
let stepHours = 0;
const seen = {
  sourceWh: 0,
  secondaryWh: 0,
  lossesWh: 0,
  stolenWh: 0,
  minV: 1e9,
  maxV: 0,
  bills: [] as Bill[],
  postings: [] as Posting[],
  events: [] as TwinEvent[],
  readings: 0,
};

beforeAll(() => {
  twin = createTwin(street({ set: SET }));
  stepHours = twin.world.engine.clock.stepMs / HOUR_MS;
  runUntil(twin, END_MS, ENTRIES, ({ world, out }) => {
    const { power, theft } = world.plant;
    seen.sourceWh += power.totals[0]! * stepHours;
    seen.secondaryWh += power.totals[1]! * stepHours;
    seen.lossesWh += power.totals[2]! * stepHours;
    seen.stolenWh += power.meteredW[11]! * theft.bypassShare[11]! * stepHours;
    for (const voltageV of power.voltageV.subarray(0, 24)) {
      seen.minV = Math.min(seen.minV, voltageV);
      seen.maxV = Math.max(seen.maxV, voltageV);
    }
    seen.bills.push(...out.bills);
    seen.postings.push(...out.postings); // the first step hands out what the books open with, too
    seen.events.push(...out.events);
    seen.readings += out.readings.length;
  });
  report = runReport(twin, FACTS);
});

const count = (kind: string): number =>
  seen.events.filter(({ event }) => event.kind === kind).length;
const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

describe("the report", () => {
  test("names the run so that it can be made again", () => {
    expect(report).toMatchObject({
      scenario: "three-lanes",
      seed: 1,
      simulatedMs: END_MS,
      finalHash: finalHash(twin),
      timesRealTime: 5,
      provenance: {
        version: "1.2.3",
        commit: "abc",
        node: "26",
        scenarioSha256: twin.model.scenarioSha256,
        stepMs: 60_000,
        toleranceVoltagePu: 1e-7,
      },
    });
  });

  test("adds up energy as the steps gave it", () => {
    const { sourceKWh, secondaryKWh, lossesKWh, deliveredKWh, stolenKWh } = report.energy;
    expect(sourceKWh * 1000).toBeCloseTo(seen.sourceWh, 3);
    expect(secondaryKWh * 1000).toBeCloseTo(seen.secondaryWh, 3);
    expect(lossesKWh * 1000).toBeCloseTo(seen.lossesWh, 3);
    expect(stolenKWh * 1000).toBeCloseTo(seen.stolenWh, 3);
    expect(sourceKWh).toBeCloseTo(deliveredKWh + lossesKWh, 6);
    expect(stolenKWh).toBeGreaterThan(1);
  });

  test("says what meters counted and what was billed of it", () => {
    const { meteredKWh, deliveredKWh, stolenKWh, billedKWh } = report.energy;
    const registers = makeFrame(twin, "truth/supply").data as { importWh: readonly number[] };
    const openingWh = street({ set: SET }).plant.supplies.map((supply) => supply.openingWh);
    const differences = registers.importWh.map((wh, row) => wh - openingWh[row]!);
    // Frames cut each of 24 registers to whole Wh.
    expect(Math.abs(meteredKWh * 1000 - sumOf(differences))).toBeLessThan(24);
    // Class 1: each meter within 1 %.
    expect(Math.abs(meteredKWh - (deliveredKWh - stolenKWh))).toBeLessThan(0.01 * deliveredKWh);
    expect(billedKWh * 1000).toBeCloseTo(sumOf(seen.bills.map(({ energyWh }) => energyWh)), 6);
  });

  test("has the lowest and the highest voltage of any home", () => {
    expect(report.grid).toMatchObject({
      minVoltageV: seen.minV,
      maxVoltageV: seen.maxV,
      failedSteps: 0,
    });
  });

  test("knows the fate of every reading", () => {
    const { made, delivered, waiting, reportedMissing, late } = report.comms;
    expect(made).toBe(25 * 2 * 72);
    expect(delivered + waiting + reportedMissing).toBe(made);
    expect(seen.readings, "each arrives once").toBe(delivered);
    expect(late).toBeGreaterThan(25);
  });

  test("counts money as bills and postings have it", () => {
    const { billing } = report;
    expect(billing).toMatchObject({
      currency: "INR",
      bills: seen.bills.length,
      billedMinor: sumOf(seen.bills.map(({ amountMinor }) => amountMinor)),
      paidMinor: sumOf(
        seen.postings.filter(({ debit }) => debit === "bank").map(({ amountMinor }) => amountMinor),
      ),
      trips: count("tripped"),
      reconnects: count("reconnected"),
      warnings: count("reminder") + count("notice"),
      ledgerBalanceMinor: 0,
    });
    expect(billing.bills).toBe(24);
    const eventIds = seen.postings.map(({ eventId }) => eventId);
    expect(new Set(eventIds).size, "no event posts twice").toBe(eventIds.length);
    expect(billing.paidMinor).toBeGreaterThanOrEqual(777);
    const { arrearsMinor } = makeFrame(twin, "belief/supply").data as {
      arrearsMinor: readonly number[];
    };
    expect(billing.arrearsMinor).toBe(sumOf(arrearsMinor));
    expect(billing.arrearsMinor).toBeGreaterThan(0);
  });

  test("counts commands as events have it, and four checks a step", () => {
    const { sent, acknowledged, expired, retried, waiting } = report.commands;
    expect(sent).toBe(acknowledged + expired + waiting);
    expect(retried).toBe(count("command-retried"));
    expect(report.invariantsChecked).toBe(4 * 72 * 60);
  });

  test("changes nothing by being made", () => {
    expect(runReport(twin, FACTS)).toEqual(report);
  });

  test("is whole before the first step", () => {
    const fresh = runReport(createTwin(street()), FACTS);
    expect(fresh.grid).toEqual({
      minVoltageV: 0,
      maxVoltageV: 0,
      failedSteps: 0,
      unsolvedBus: "",
      unsolvedPu: 0,
      fusesBlown: 0,
      saidiMinutes: 0,
      saifi: 0,
      caidiMinutes: null,
    });
    expect(fresh.outages).toEqual({ told: 0, open: 0 });
    expect(fresh.energy.sourceKWh).toBe(0);
    expect(fresh.comms).toMatchObject({ made: 0, waiting: 0 });
  });
});

test("frames say when the company last heard, and that it is late", () => {
  const dark = createTwin(street({ set: ["outages=[{ mast: mast-1, from: 6h, for: 12h }]"] }));
  const lateAt = (atMs: number): readonly number[] => {
    runUntil(dark, atMs);
    const { data } = makeFrame(dark, "belief/supply");
    return (data as { isLate: readonly number[] }).isLate;
  };
  expect(sumOf(lateAt(6 * HOUR_MS))).toBe(0);
  // The last readings are of 05:30 and, where they came in time, 06:00; two intervals later they are overdue.
  expect(sumOf(lateAt(7.2 * HOUR_MS))).toBe(24);
  const { unknownWh } = makeFrame(dark, "score/street").data as {
    unknownWh: readonly (number | null)[];
  };
  for (const wh of unknownWh) expect(wh).toBeGreaterThan(0);
});

test("the figures that an expectation may name are those of a report", () => {
  const leaves = (value: unknown, path: string): readonly string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`))
      : [path.slice(1)];
  expect([...REPORT_FIGURES].sort()).toEqual([...leaves(report, "")].sort());
});
