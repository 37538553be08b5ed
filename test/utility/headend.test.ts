import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { MeterReading } from "../../sim/contract/reading.ts";
import { createHeadend, takeLoss, takeReading } from "../../sim/utility/headend/headend.ts";
import {
  HISTORY,
  kindOf,
  readIntervals,
  readTally,
  registerAt,
  tallyOf,
} from "../../sim/utility/history.ts";
import { HISTORY_INTERVALS, REFUSED_KEPT_MAX } from "../../sim/utility/state.ts";
import { meterReading } from "../support/messages.ts";
import { street } from "../support/street.ts";

const INTERVAL_MS = 1_800_000;
const DAY = 48;
const { feeders, supplies } = street().records;
/** Two customers of 15 kW and 230 V, and the transformer. */
const RECORDS = {
  intervalMs: INTERVAL_MS,
  feeders: [{ ...feeders[0]!, meterSerial: "T-1" }],
  supplies: ["MV-1", "MV-2"].map((serial, row) => ({
    ...supplies[row]!,
    serial,
    nominalVoltageV: 230,
  })),
};
const reading = (
  interval: number,
  importWh: number,
  rest: Partial<MeterReading> = {},
): MeterReading =>
  meterReading({
    serial: "MV-1",
    sequence: interval,
    measuredAt: interval * INTERVAL_MS,
    importWh,
    elementImportWh: [importWh],
    ...rest,
  });

function headend() {
  const state = createHeadend([1000, 1000], [0]);
  const events: BeliefEvent[] = [];
  const take = (interval: number, wh: number, lateMs = 5_000, rest: Partial<MeterReading> = {}) =>
    takeReading(
      state,
      RECORDS,
      0,
      reading(interval, wh, rest),
      interval * INTERVAL_MS + lateMs,
      events,
    );
  const history = (from: number, to: number): (number | null)[] =>
    Array.from({ length: to - from + 1 }, (_, at) =>
      kindOf(state, 0, from + at) === HISTORY.unknown ? null : registerAt(state, 0, from + at),
    );
  return { state, events, take, history };
}

describe("what is missing", () => {
  test("is estimated on a straight line as soon as both ends are known, and said to be an estimate", () => {
    const { state, take, history } = headend();
    take(1, 1000);
    take(5, 1400);
    expect(history(1, 5)).toEqual([1000, 1100, 1200, 1300, 1400]);
    expect([2, 3, 4].map((at) => kindOf(state, 0, at))).toEqual(Array(3).fill(HISTORY.estimated));
    expect(state.missingIntervals[0]).toBe(3);
  });

  test("is replaced by what arrives late, and the rest is estimated anew", () => {
    const { state, take, history } = headend();
    take(1, 1000);
    take(5, 1400);
    expect(take(3, 1390, 3_600_000)).toBe(true);
    expect(history(1, 5)).toEqual([1000, 1195, 1390, 1395, 1400]);
    expect(kindOf(state, 0, 3)).toBe(HISTORY.read);
    expect(state.missingIntervals[0]).toBe(2);
  });

  test("before the first reading is estimated from the register of the last visit", () => {
    const { state, take, history } = headend();
    take(4, 1100);
    expect(history(0, 4)).toEqual([1000, 1025, 1050, 1075, 1100]);
    expect(state.missingIntervals[0]).toBe(3);
  });

  test("takes the shape of the days before, scaled to what the register says was used", () => {
    const { state, take, history } = headend();
    // Two days alike: 10 Wh an interval, but 100 Wh in the evening's four from 19:00.
    let wh = 1000;
    const used = (at: number): number => (at % DAY > 38 && at % DAY <= 42 ? 100 : 10);
    for (let at = 1; at <= 2 * DAY; at++) {
      wh += used(at);
      take(at, wh);
    }
    // The third day is silent from 18:00 to 22:00 and uses twice as much meanwhile.
    for (let at = 2 * DAY + 1; at <= 2 * DAY + 36; at++) {
      wh += used(at);
      take(at, wh);
    }
    take(2 * DAY + 44, wh + 880);
    const rises = history(2 * DAY + 37, 2 * DAY + 44).map((each) => each! - wh);
    expect(rises).toEqual([20, 40, 240, 440, 640, 840, 860, 880]);
    expect(kindOf(state, 0, 2 * DAY + 40)).toBe(HISTORY.estimated);
  });

  test("is counted also where the newest reading comes first, and never falls below zero", () => {
    const { state, take, history } = headend();
    take(5, 1400);
    take(1, 1000);
    expect(history(1, 5)).toEqual([1000, 1100, 1200, 1300, 1400]);
    expect(state.missingIntervals[0]).toBe(3);
    for (const at of [3, 2, 4]) take(at, 900 + 100 * at);
    expect(state.missingIntervals[0]).toBe(0);
  });

  test("is estimated also where it is longer than the history, from the reading before it", () => {
    const { state, take, history } = headend();
    take(1, 1000);
    take(1001, 2000);
    // One Wh an interval; of 999 missing ones the history keeps the newest 431.
    expect(history(999, 1001)).toEqual([1998, 1999, 2000]);
    const oldest = 1001 - HISTORY_INTERVALS + 1;
    expect(history(oldest - 1, oldest)).toEqual([null, 999 + oldest]);
    expect(state.missingIntervals[0]).toBe(999);
    take(900, 1100);
    expect(history(898, 900), "no estimate is above a later reading").toEqual([1100, 1100, 1100]);
    expect(state.missingIntervals[0]).toBe(998);
  });

  test("and given up by the meter is reported with the number of estimated intervals", () => {
    const { state, events, take } = headend();
    take(1, 1000);
    take(5, 1400);
    const at = 5 * INTERVAL_MS + 9_000;
    const lost = { kind: "readings-lost", supply: "supply-01", throughSequence: 4 } as const;
    expect(takeLoss(lost, state.missingIntervals[0]!, at)).toEqual({
      kind: "gap-estimated",
      at,
      supply: "supply-01",
      intervals: 3,
    });
    expect(events, "a reading on time is no event").toEqual([]);
  });

  test("and older than the history is not taken", () => {
    const { state, take } = headend();
    take(1, 1000);
    take(1 + HISTORY_INTERVALS, 2000);
    const before = structuredClone(state.historyWh);
    expect(take(1, 1000, 900 * INTERVAL_MS)).toBe(false);
    expect(state.historyWh).toEqual(before);
    expect(state.refused.map(({ rule }) => rule)).toEqual(["too-old"]);
  });
});

test("a late meter is late once, until a reading comes on time again", () => {
  const { state, events, take } = headend();
  take(1, 1000);
  // On time is up to one interval after the end of the measured one.
  take(2, 1100, INTERVAL_MS);
  expect([...state.isLate]).toEqual([0, 0, 0]);
  take(3, 1200, INTERVAL_MS + 1);
  take(4, 1300, INTERVAL_MS + 1);
  expect(state.isLate[0]).toBe(1);
  take(5, 1400);
  expect(state.isLate[0]).toBe(0);
  expect(events.map(({ at }) => at)).toEqual([4 * INTERVAL_MS + 1]);
});

test("the transformer's three elements have a history each, and what is missing counts once", () => {
  const state = createHeadend([1000, 1000], [600]);
  const take = (interval: number, elementImportWh: readonly number[]): boolean =>
    takeReading(
      state,
      RECORDS,
      2,
      reading(interval, 0, { supply: "transformer", serial: "T-1", elementImportWh }),
      interval * INTERVAL_MS,
      [],
    );
  expect(take(1, [100, 200, 300])).toBe(true);
  expect(take(3, [120, 240, 360])).toBe(true);
  expect(take(3, [120, 240, 360])).toBe(false);
  expect([2, 3, 4].map((row) => registerAt(state, row, 2))).toEqual([110, 220, 330]);
  expect([...state.missingIntervals]).toEqual([0, 0, 1]);
});

test("a copy of a reading changes nothing", () => {
  const { state, take } = headend();
  expect(take(1, 1000)).toBe(true);
  const before = structuredClone(state);
  expect(take(1, 1000, 60_000)).toBe(false);
  expect(state).toEqual(before);
});

test("a late reading fills the history and leaves the newest knowledge alone", () => {
  const { state, events, take } = headend();
  take(1, 1000);
  take(3, 1200, 5_000, { relay: "open" });
  take(2, 1150, 7_200_000);
  expect(state.lastImportWh[0]).toBe(1200);
  expect(state.lastMeasuredAt[0]).toBe(3 * INTERVAL_MS);
  expect(state.relay[0]).toBe(1);
  expect(events).toEqual([
    {
      kind: "reading-late",
      at: 2 * INTERVAL_MS + 7_200_000,
      supply: "supply-01",
      lateMs: 5_400_000,
    },
  ]);
});

test("in whatever order readings come, and however often, the company ends with the same history", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 5 * DAY }), { minLength: 1, maxLength: 3 * DAY }),
      (intervals) => {
        const inOrder = headend();
        const sorted = [...intervals].sort((a, b) => a - b);
        for (const at of sorted) inOrder.take(at, 1000 + at * at);
        const shuffled = headend();
        for (const at of intervals) {
          shuffled.take(at, 1000 + at * at);
          shuffled.take(at, 1000 + at * at);
        }
        const last = sorted.at(-1)!;
        expect(shuffled.history(1, last)).toEqual(inOrder.history(1, last));
        expect(shuffled.state.missingIntervals[0]).toBe(inOrder.state.missingIntervals[0]);
        expect(readIntervals(shuffled.state, 0)).toEqual(sorted);
        expect(readTally(shuffled.state, 0)).toEqual(tallyOf(sorted));
        expect(shuffled.state.lastImportWh[0]).toBe(1000 + last * last);
      },
    ),
  );
});

test("however late readings come, registers never fall and every interval without one counts as missing", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1200 }), { maxLength: 40 }), (intervals) => {
      const { state, take, history } = headend();
      const taken = intervals.filter((at) => take(at, 1000 + at * at));
      const last = Math.max(0, ...taken);
      expect(state.missingIntervals[0]).toBe(last - taken.length);
      expect(readTally(state, 0), "none is forgotten, none counts twice").toEqual(tallyOf(taken));
      const known = history(1, 1200).filter((wh) => wh !== null);
      expect(known).toEqual([...known].sort((a, b) => a - b));
      for (const at of taken) expect([null, 1000 + at * at]).toContain(history(at, at)[0]);
    }),
  );
});

describe("a reading that cannot be true is kept apart", () => {
  // 15 kW allow 11,250 Wh in half an hour with the margin of one half, and 2 Wh of rounding.
  test.each([
    ["malformed", 3, 1300, { importWh: Number.NaN }],
    ["malformed", 3, 1300, { importWh: -5 }],
    ["malformed", 3, 1300, { sequence: 2.5 }],
    ["malformed", 3, 1300, { voltageV: Number.NaN }],
    ["wrong-serial", 3, 1300, { serial: "MV-2" }],
    ["from-the-future", 3, 1300, { measuredAt: 3 * INTERVAL_MS + 905_001 }],
    ["implausible-voltage", 3, 1300, { voltageV: 345.1 }],
    ["interval-conflict", 2, 1210, { sequence: 3 }],
    ["sequence-conflict", 2, 1210, {}],
    ["sequence-conflict", 3, 1300, { sequence: 2 }],
    ["register-falls", 3, 1199, {}],
    ["jump-above-load", 3, 1200 + 11_253, {}],
  ] as const)("as %s: interval %d, %d Wh, %j", (rule, interval, wh, rest) => {
    const { state, events, take } = headend();
    take(1, 1100);
    take(2, 1200);
    const before = structuredClone(state);
    expect(take(interval, wh, 5_000, rest)).toBe(false);
    expect(events).toEqual([
      expect.objectContaining({ kind: "reading-refused", supply: "supply-01", rule }),
    ]);
    expect(state.refused).toEqual([expect.objectContaining({ row: 0, rule })]);
    const { refusedCount, lagCount, lagMinMs } = before;
    expect({ ...state, refused: [], refusedCount, lagCount, lagMinMs }).toEqual(before);
    expect(take(3, 1300), "the next true one is taken").toBe(true);
  });

  test.each([
    ["half an interval ahead of time", 3, 1300, { measuredAt: 3 * INTERVAL_MS + 899_999 }],
    ["at the upper edge of voltage", 3, 1300, { voltageV: 345 }],
    ["without voltage", 3, 1300, { voltageV: 0 }],
    ["without use", 3, 1200, {}],
    ["at the most that the load allows", 3, 1200 + 11_252, {}],
  ] as const)("but not one %s", (_, interval, wh, rest) => {
    const { take } = headend();
    take(1, 1100);
    take(2, 1200);
    expect(take(interval, wh, 5_000, rest)).toBe(true);
  });

  test("also when it comes late and is above what was read after it", () => {
    const { state, take } = headend();
    take(1, 1100);
    take(4, 1400);
    expect(take(2, 1401, 7_200_000)).toBe(false);
    expect(state.refused[0]!.rule).toBe("register-falls");
    expect(take(2, 1400, 7_200_000)).toBe(true);
  });

  test("and of many the newest are kept and all are counted", () => {
    const { state, take } = headend();
    for (let at = 1; at <= 200; at++) take(at, 1000, 5_000, { serial: "MV-9" });
    expect(state.refused).toHaveLength(REFUSED_KEPT_MAX);
    expect(state.refused.at(-1)!.sequence).toBe(200);
    expect(state.refusedCount.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(state.historyEnd[0]).toBe(0);
  });
});
