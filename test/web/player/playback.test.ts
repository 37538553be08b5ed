import fc from "fast-check";
import { expect, test } from "vitest";
import { momentToShow } from "../../../web/player/playback.ts";
import { SPAN_MIN_MS, shownWindow } from "../../../web/player/time-view.ts";
import { densityOf } from "../../../web/player/time-window.ts";

const point = (simMs: number) => ({ simMs, sourceW: null, knownW: null });
const points = fc
  .uniqueArray(fc.integer({ min: 0, max: 5_000 }), { minLength: 3, maxLength: 40 })
  .map((times) => times.sort((a, b) => a - b).map(point));

/** All moments that are shown from one of them on, the play head going so far at each tick. */
function played(all: readonly { simMs: number }[], from: number, by: number): number[] {
  const seen = [from];
  let headMs = from;
  for (let tick = 0; tick < 6_000; tick++) {
    headMs += by;
    const state = { shownMs: seen.at(-1)!, headMs, isBackwards: by < 0 };
    const next = momentToShow(
      all.map(({ simMs }) => point(simMs)),
      null,
      state,
    );
    if (next === "start" || next === "end") return seen;
    if (next !== null) seen.push(next);
  }
  throw new Error("play never ends");
}

test("at a slow pace, play shows every moment once, forwards and backwards", () => {
  fc.assert(
    fc.property(points, (all) => {
      const times = all.map(({ simMs }) => simMs);
      expect(played(all, times[0]!, 1)).toEqual(times);
      expect(played(all, times.at(-1)!, -1)).toEqual([...times].reverse());
    }),
    { numRuns: 40 },
  );
});

test("at any pace, play goes one way and ends at the end", () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 1, max: 3_000 }), (all, by) => {
      const times = all.map(({ simMs }) => simMs);
      const [forwards, back] = [played(all, times[0]!, by), played(all, times.at(-1)!, -by)];
      expect([...forwards].sort((a, b) => a - b)).toEqual(forwards);
      expect([...back].sort((a, b) => b - a)).toEqual(back);
      expect([forwards.at(-1), back.at(-1)]).toEqual([times.at(-1), times[0]]);
    }),
    { numRuns: 40 },
  );
});

test("within a selected span, play never leaves it, and begins again at its other end", () => {
  const all = [0, 10, 20, 30, 40, 50].map(point);
  const brush = { fromMs: 15, toMs: 42 };
  const next = (shownMs: number, headMs: number, isBackwards: boolean) =>
    momentToShow(all, brush, { shownMs, headMs, isBackwards });
  expect([next(20, 31, false), next(20, 99, false), next(40, 41, false)]).toEqual([30, 40, 20]);
  expect([next(40, 29, true), next(30, -9, true), next(20, 19, true)]).toEqual([30, 20, 40]);
  expect([next(0, 1, false), next(50, 49, true)]).toEqual([20, 40]);
  expect(momentToShow([], null, { shownMs: 0, headMs: 0, isBackwards: false })).toBe("start");
});

test("what is looked back to is on the timeline, wherever somebody has moved it", () => {
  const time = fc.integer({ min: 0, max: 1e10 });
  fc.assert(
    fc.property(
      time,
      time,
      fc.integer({ min: SPAN_MIN_MS, max: 1e10 }),
      time,
      (a, b, spanMs, fromMs) => {
        const [shownMs, nowMs] = [Math.min(a, b), Math.max(a, b)];
        const window = shownWindow({ spanMs, fromMs }, nowMs, shownMs);
        expect(window.toMs - window.fromMs).toBeGreaterThan(0);
        expect(window.fromMs).toBeGreaterThanOrEqual(0);
        if (shownMs === nowMs) return;
        expect(window.fromMs).toBeLessThanOrEqual(shownMs);
        expect(window.toMs).toBeGreaterThanOrEqual(shownMs);
      },
    ),
  );
});

test("a density counts every mark of its window once", () => {
  const marks = [5, 5, 50, 99, 150].map((at, row) => ({
    ...({ at, shownMs: at, side: "belief", supply: "", text: "", count: row + 1 } as const),
    kind: row === 3 ? ("bill" as const) : ("payment" as const),
  }));
  const window = { fromMs: 0, toMs: 100 };
  const bins = densityOf(marks, window, 200, { binPx: 10, isWanted: (kind) => kind === "payment" });
  expect(bins).toEqual([
    { x: 10, count: 3 },
    { x: 100, count: 3 },
  ]);
});
