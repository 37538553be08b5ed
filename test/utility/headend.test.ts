import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BeliefEvent } from "../../sim/contract/event.ts";
import type { MeterReading } from "../../sim/contract/reading.ts";
import { createHeadend, takeReading } from "../../sim/utility/headend/headend.ts";
import { HISTORY, kindOf, registerAt } from "../../sim/utility/history.ts";

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
  const state = createHeadend([1000, 1000], 0);
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
    const { take, history } = headend();
    take(4, 1100);
    expect(history(1, 4)).toEqual([null, null, null, 1100]);
  });
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
      fc.infiniteStream(fc.nat()),
      (intervals, draws) => {
        const inOrder = headend();
        const sorted = [...intervals].sort((a, b) => a - b);
        for (const at of sorted) inOrder.take(at, 1000 + at * at);
        const shuffled = headend();
        const [first, ...rest] = sorted;
        shuffled.take(first!, 1000 + first! * first!);
        const keyed = rest.map((at) => ({ at, key: draws.next().value as number }));
        for (const { at } of keyed.sort((a, b) => a.key - b.key || a.at - b.at)) {
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
