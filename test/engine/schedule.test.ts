// What a scenario schedules, when it takes effect, and what the score makes of it.

import { describe, expect, test } from "vitest";
import type { TwinEvent } from "../../sim/contract/event.ts";
import type { TheftCase } from "../../sim/contract/frame.ts";
import { HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { detectionReport, theftSince } from "../../sim/engine/score.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";
import { theftCase } from "../support/theft-case.ts";

const SCHEDULE = [
  "thefts=[{ target: supply-12, share: 0.4, from: 1h, until: 2h30min }]",
  "outages=[{ mast: mast-1, from: 90min, for: 45min }]",
];
const KINDS = ["theft-start", "theft-stop", "mast-down", "mast-up"];

function happened(twin: Twin, untilMs: number, entries = journal([])): [number, string][] {
  const found: [number, string][] = [];
  runUntil(twin, untilMs, entries, ({ out }) => {
    for (const { event } of out.events as TwinEvent[]) {
      if (KINDS.includes(event.kind)) found.push([event.at, event.kind]);
    }
  });
  return found;
}

describe("a theft and an outage of the scenario", () => {
  test("begin and end at their moments", () => {
    const twin = createTwin(street({ set: SCHEDULE }));
    expect(happened(twin, 3 * HOUR_MS)).toEqual([
      [60 * MINUTE_MS, "theft-start"],
      [90 * MINUTE_MS, "mast-down"],
      [135 * MINUTE_MS, "mast-up"],
      [150 * MINUTE_MS, "theft-stop"],
    ]);
    expect(twin.world.engine.queue).toEqual([]);
    expect(twin.world.plant.theft.bypassShare[11]).toBe(0);
    expect([...twin.world.air.mastDown]).toEqual([0]);
  });

  test("take effect at the first step that does not begin before them", () => {
    const set = ["thefts=[{ target: supply-12, share: 0.4, from: 60min1s }]", "outages=[]"];
    expect(happened(createTwin(street({ set })), 2 * HOUR_MS)).toEqual([
      [61 * MINUTE_MS, "theft-start"],
    ]);
    expect(happened(createTwin(street({ set, stepMs: 1000 })), 2 * HOUR_MS)).toEqual([
      [60 * MINUTE_MS + 1000, "theft-start"],
    ]);
  });

  test("leave a mast down that a person has taken down", () => {
    const twin = createTwin(street({ set: SCHEDULE }));
    const entries = journal([
      [100 * MINUTE_MS, { kind: "mast-down" }],
      [160 * MINUTE_MS, { kind: "mast-up" }],
    ]);
    const masts = happened(twin, 3 * HOUR_MS, entries).filter(([, kind]) =>
      kind.startsWith("mast"),
    );
    expect(masts).toEqual([
      [90 * MINUTE_MS, "mast-down"],
      [160 * MINUTE_MS, "mast-up"],
    ]);
  });
});

describe("the score", () => {
  const CASE = theftCase({
    supply: "supply-12",
    openedAt: 2 * HOUR_MS,
    technique: "partial-bypass",
    probability: 0.97,
    signals: [{ detector: "phase-balance", since: 0, logOdds: 5, sentence: "", numbers: {} }],
    hiddenShare: 0.4,
    unexplainedWh: 900,
  });
  const scored = (cases: readonly TheftCase[]) => {
    const twin = runUntil(createTwin(street({ set: SCHEDULE })), 3 * HOUR_MS);
    twin.world.belief.detection.cases.push(...cases);
    return detectionReport(twin.model, twin.world);
  };

  test("counts a thief without a case as missed", () => {
    expect(scored([])).toMatchObject({
      cases: 0,
      found: 0,
      missed: 1,
      falseAlarms: 0,
      meanDelayMs: null,
      inspections: 0,
      wrongAccusations: 0,
      byTechnique: { "partial-bypass": { thieves: 1, found: 0, named: 0, meanDelayMs: null } },
    });
  });

  test("counts the delay from the first theft, also where the thief has stopped meanwhile", () => {
    expect(scored([CASE])).toMatchObject({ found: 1, missed: 0, meanDelayMs: HOUR_MS });
  });

  test("counts a case against the honest as a false alarm, and one before the theft too", () => {
    const honest = { ...CASE, id: "case-2", supply: "supply-11" };
    expect(scored([CASE, honest])).toMatchObject({ cases: 2, found: 1, falseAlarms: 1 });
    const early = { ...CASE, openedAt: HOUR_MS - 1 };
    expect(scored([early])).toMatchObject({ found: 0, missed: 1, falseAlarms: 1 });
  });

  test("keeps a thief's first moment when the theft begins anew", () => {
    const twin = createTwin(street({ set: SCHEDULE }));
    const again = journal([
      [170 * MINUTE_MS, { kind: "theft-start", target: "supply-12", share: 0.2 }],
    ]);
    runUntil(twin, 3 * HOUR_MS, again);
    expect(theftSince(twin.world.engine, 11)).toBe(HOUR_MS);
  });
});
