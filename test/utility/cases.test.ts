// What becomes of a suspicion: when it is a case, what the policy wants of it, and what a crew's report does to it.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { Signal, TheftCase } from "../../sim/contract/frame.ts";
import { DETECTORS, type Detector, SIGNAL_LOG_ODDS_MAX } from "../../sim/contract/theft.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { activeCase, QUIET_DAYS, weigh } from "../../sim/utility/detection/cases.ts";
import {
  type CaseSituation,
  STRONG_LOG_ODDS_MIN,
  sendCrew,
  stepsOf,
  takeReport,
} from "../../sim/utility/detection/consequences.ts";
import { BASE_RATE, fuse } from "../../sim/utility/detection/fusion.ts";
import { createDetection, signalsOf, watchEvent } from "../../sim/utility/detection/listen.ts";
import { signal } from "../../sim/utility/detection/signal.ts";
import { CASES_MAX } from "../../sim/utility/state.ts";
import { street } from "../support/street.ts";
import { theftCase } from "../support/theft-case.ts";

const resolved = street();
const records = { ...resolved.records, calendar: resolved.calendar };
const HOME = records.supplies[3]!.id;
const says = (detector: Detector, logOdds: number, numbers: Signal["numbers"] = {}): Signal =>
  signal(detector, 0, logOdds, `${detector} speaks.`, numbers);
const anySignals = fc
  .record(
    Object.fromEntries(
      DETECTORS.map((each) => [
        each,
        fc.option(fc.double({ min: -9, max: 9, noNaN: true }), { nil: undefined }),
      ]),
    ),
  )
  .map((drawn) =>
    DETECTORS.flatMap((each) => (drawn[each] === undefined ? [] : [says(each, drawn[each])])),
  );

describe("fused signals", () => {
  test("of nobody are the base rate", () => {
    expect(fuse([]).probability).toBeCloseTo(BASE_RATE, 12);
  });

  test.for<{ readonly what: string; readonly signals: Signal[]; readonly isCase: boolean }>([
    {
      what: "a balance that names the home twice",
      signals: [says("phase-balance", 5)],
      isCase: true,
    },
    { what: "a balance that names it once", signals: [says("phase-balance", 2)], isCase: false },
    { what: "its own past alone", signals: [says("own-history", 2)], isCase: false },
    { what: "voltages alone", signals: [says("voltage-sag", 3.5)], isCase: false },
    { what: "tamper events alone", signals: [says("tamper-event", 3.5)], isCase: false },
    {
      what: "past and voltages",
      signals: [says("own-history", 2), says("voltage-sag", 3.5)],
      isCase: true,
    },
    {
      what: "past and voltages, where the balance adds up",
      signals: [says("own-history", 2), says("voltage-sag", 3.5), says("phase-balance", -2.5)],
      isCase: false,
    },
    {
      what: "sensors that disagree, where the balance adds up",
      signals: [
        says("neutral-difference", 4),
        says("tamper-event", 1),
        says("phase-balance", -2.5),
      ],
      isCase: true,
    },
  ])("of $what: a case $isCase", ({ signals, isCase }) => {
    expect(fuse(signals).probability > 0.5).toBe(isCase);
  });

  test("do not depend on their order, never count relatives in full, and stay below one", () => {
    fc.assert(
      fc.property(anySignals, (signals) => {
        const { probability } = fuse(signals);
        expect(fuse([...signals].reverse())).toEqual(fuse(signals));
        expect(probability).toBeGreaterThanOrEqual(BASE_RATE - 1e-12);
        expect(probability).toBeLessThan(1);
        for (const each of signals) {
          expect(Math.abs(each.logOdds)).toBeLessThanOrEqual(SIGNAL_LOG_ODDS_MAX);
        }
      }),
      { seed: 6, numRuns: 200 },
    );
  });

  test.for<[string, Signal[], string | null]>([
    [
      "readings that follow what is missing",
      [says("phase-balance", 5, { hiddenShare: 0.6 })],
      "partial-bypass",
    ],
    [
      "the same under a magnet",
      [says("phase-balance", 5, { hiddenShare: 0.6 }), says("tamper-event", 1, { magnet: 1 })],
      "magnet",
    ],
    ["currents that differ", [says("neutral-difference", 3)], "missing-neutral"],
    [
      "use behind an open relay",
      [says("open-relay-use", 3), says("own-history", 2)],
      "relay-bypass",
    ],
    ["voltage that sags alone", [says("voltage-sag", 3)], "hook"],
    ["nothing", [], null],
  ])("look by %s like %s", ([, signals, technique]) => {
    expect(fuse(signals).technique).toBe(technique);
  });
});

const CASE = theftCase({
  supply: HOME,
  probability: 0.99,
  signals: [says("phase-balance", 5), says("own-history", 2)],
});
const FREE: CaseSituation = {
  protectedBecause: null,
  mayTripNow: true,
  isStale: false,
  isOff: false,
  isCrewFree: true,
  isFeeder: false,
};
const RULES = { tellAbove: 0.8, inspectAbove: 0.9, powerOff: { probability: 0.95, signals: 2 } };

describe("what the policy wants of a case", () => {
  test("is everything where it is strong on two signals", () => {
    expect(stepsOf(CASE, RULES, FREE)).toEqual({
      tell: true,
      inspect: "the case stands at 99 %",
      powerOff: "suspicion of theft, case-1 at 99 % by phase-balance and own-history",
      keptOnBecause: "",
    });
  });

  test.for<[string, Partial<CaseSituation>, string]>([
    ["a protected customer", { protectedBecause: "life support" }, "protected (life support)"],
    ["a protected hour", { mayTripNow: false }, "nobody is cut off at this hour"],
    ["a meter that is silent", { isStale: true }, "its meter has not been heard of for a day"],
    ["who is off already", { isOff: true }, ""],
    ["a feeder", { isFeeder: true }, ""],
  ])("never switches off %s", ([, what, because]) => {
    const { powerOff, keptOnBecause } = stepsOf(CASE, RULES, { ...FREE, ...what });
    expect({ powerOff, keptOnBecause }).toEqual({ powerOff: "", keptOnBecause: because });
  });

  test("never switches off on one strong signal, nor without a policy for it, whatever else it has", () => {
    fc.assert(
      fc.property(
        anySignals,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (signals, probability) => {
          const strong = signals.filter(({ logOdds }) => logOdds > STRONG_LOG_ODDS_MIN);
          const known = { ...CASE, signals, probability };
          if (strong.length < 2) expect(stepsOf(known, RULES, FREE).powerOff).toBe("");
          expect(stepsOf(known, { ...RULES, powerOff: null }, FREE).powerOff).toBe("");
          const isProtected = { ...FREE, protectedBecause: "life support" };
          expect(stepsOf(known, RULES, isProtected).powerOff).toBe("");
        },
      ),
      { seed: 6, numRuns: 300 },
    );
  });

  test("is nothing of a case that is closed", () => {
    for (const state of ["confirmed", "cleared"] as const) {
      expect(stepsOf({ ...CASE, state }, RULES, FREE)).toEqual({
        tell: false,
        inspect: "",
        powerOff: "",
        keptOnBecause: "",
      });
    }
  });
});

describe("a case", () => {
  const open = (signals: readonly Signal[] = CASE.signals) => {
    const detection = createDetection(records);
    const events: BeliefEvent[] = [];
    const day = (at: number, found: readonly Signal[]): void =>
      weigh(detection, HOME, found, { quietRow: 3 }, at * DAY_MS, events);
    day(1, signals);
    return { detection, events, day };
  };
  const rowOf = (supply: string): number => records.supplies.findIndex(({ id }) => id === supply);
  const visit = (
    detection: ReturnType<typeof createDetection>,
    events: BeliefEvent[],
    found: "magnet" | "",
  ) => {
    const { id } = sendCrew(detection, HOME, 2 * DAY_MS, "by hand", DAY_MS, events)!;
    const things = found === "" ? [] : [{ supply: HOME, technique: found }];
    const report = {
      kind: "inspection-report",
      caseId: id,
      target: HOME,
      at: 2 * DAY_MS,
      found: things,
      isRemoved: true,
    } as const;
    takeReport(detection, rowOf, report, 2 * DAY_MS, events);
    return detection.cases.at(-1) as TheftCase;
  };

  test("is opened once, says when it stands otherwise, and keeps its evidence while nothing speaks", () => {
    const { detection, events, day } = open();
    day(2, CASE.signals);
    day(3, []);
    expect(events.map(({ kind }) => kind)).toEqual(["case-opened", "case-updated"]);
    expect(detection.cases).toMatchObject([
      { probability: expect.closeTo(BASE_RATE, 9), signals: [{ logOdds: 5 }, {}] },
    ]);
  });

  test("is cleared without a crew after quiet days, and may be opened again by new evidence", () => {
    const { detection, day } = open();
    for (let at = 2; at < 2 + QUIET_DAYS; at++) day(at, []);
    expect(detection.cases).toMatchObject([{ state: "cleared", inspectionAt: null }]);
    day(20, CASE.signals);
    expect(detection.cases).toMatchObject([{ id: "case-1" }, { id: "case-2", state: "open" }]);
  });

  test("is confirmed by what a crew finds, by the name of what it found", () => {
    const { detection, events } = open();
    expect(visit(detection, events, "magnet")).toMatchObject({
      state: "confirmed",
      technique: "magnet",
      probability: 1,
      finding: "The crew found a magnet at the meter and took it away.",
    });
    expect(activeCase(detection, HOME)).toBeUndefined();
  });

  test("that a crew cleared is not opened again by what was known before", () => {
    const { detection, events } = open();
    for (const hours of [1, 2, 3, 4]) watchEvent(detection, 3, "cover-open", hours * HOUR_MS);
    detection.daily[3] = [...CASE.signals];
    expect(visit(detection, events, "")).toMatchObject({ state: "cleared", probability: 0 });
    // A message that was under way for two days.
    watchEvent(detection, 3, "magnet", 2 * DAY_MS - 1);
    expect(signalsOf(detection, 3, 3 * DAY_MS)).toEqual([]);
    watchEvent(detection, 3, "magnet", 2 * DAY_MS + 1);
    expect(signalsOf(detection, 3, 3 * DAY_MS)).toHaveLength(1);
  });

  test("of the oldest that are closed makes room; while all are worked on there is none", () => {
    const { detection, events } = open();
    const full = (state: TheftCase["state"]) =>
      detection.cases.splice(
        0,
        detection.cases.length,
        ...Array.from({ length: CASES_MAX }, (_, at) => ({
          ...CASE,
          id: `old-${at}`,
          state,
          supply: `s-${at}`,
        })),
      );
    full("open");
    weigh(detection, HOME, CASE.signals, { quietRow: 3 }, DAY_MS, events);
    expect(activeCase(detection, HOME)).toBeUndefined();
    full("cleared");
    weigh(detection, HOME, CASE.signals, { quietRow: 3 }, DAY_MS, events);
    expect(activeCase(detection, HOME)).toBeDefined();
    expect(detection.cases).toHaveLength(CASES_MAX);
    expect(detection.cases[0]!.id).toBe("old-1");
  });
});
