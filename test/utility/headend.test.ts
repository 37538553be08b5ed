import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { MeterReading } from "../../sim/contract/reading.ts";
import { createHeadend, takeLoss, takeReading } from "../../sim/utility/headend/headend.ts";
import { HISTORY, kindOf, registerAt } from "../../sim/utility/history.ts";
import { HISTORY_INTERVALS } from "../../sim/utility/state.ts";

const INTERVAL_MS = 1_800_000;
const reading = (
  interval: number,
  importWh: number,
  rest: Partial<MeterReading> = {},
): MeterReading => ({
  kind: "reading",
  supply: "supply-01",
  serial: "MV-1",
  sequence: interval,
  measuredAt: interval * INTERVAL_MS,
  importWh,
  importBelowMilliWh: 0,
  elementImportWh: [importWh],
  voltageV: 230,
  relay: "closed",
  tamperFlags: 0,
  ...rest,
});

function headend() {
  const state = createHeadend([1000, 1000], [0]);
  const events: BeliefEvent[] = [];
  const take = (interval: number, wh: number, lateMs = 5_000, rest: Partial<MeterReading> = {}) =>
    takeReading(
      state,
      0,
      reading(interval, wh, rest),
      interval * INTERVAL_MS + lateMs,
      INTERVAL_MS,
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

  test("is not made up before the first reading", () => {
    const { state, take, history } = headend();
    take(4, 1100);
    expect(history(1, 4)).toEqual([null, null, null, 1100]);
    expect(state.missingIntervals[0]).toBe(0);
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
    const before = structuredClone(state);
    expect(take(1, 1000, 900 * INTERVAL_MS)).toBe(false);
    expect(state).toEqual(before);
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
      2,
      reading(interval, 0, { supply: "transformer", elementImportWh }),
      interval * INTERVAL_MS,
      INTERVAL_MS,
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
      fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 }),
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
      const [first, last] = [Math.min(...taken), Math.max(...taken)];
      expect(state.missingIntervals[0]).toBe(
        taken.length === 0 ? 0 : last - first + 1 - taken.length,
      );
      const known = history(1, 1200).filter((wh) => wh !== null);
      expect(known).toEqual([...known].sort((a, b) => a - b));
      for (const at of taken) expect([null, 1000 + at * at]).toContain(history(at, at)[0]);
    }),
  );
});
