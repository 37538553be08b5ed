import fc from "fast-check";
import { expect, test } from "vitest";
import type { Mark } from "../../../sim/contract/moments.ts";
import { DAY_MS, HOUR_MS } from "../../../sim/core/time.ts";
import {
  clustersOf,
  msAt,
  powerPath,
  SPANS,
  ticksOf,
  windowOf,
  xOf,
} from "../../../web/player/time-window.ts";
import { mergeMarks, rowAt } from "../../../web/player/timeline.ts";

const mark = (at: number, kind: Mark["kind"] = "payment", count = 1): Mark => ({
  ...{ at, shownMs: at, side: "belief", kind, supply: "supply-01", text: "paid", count },
});
const spans = fc.constantFrom(...SPANS.map(({ spanMs }) => spanMs));
const run = fc
  .tuple(fc.integer({ min: 1, max: 1e11 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([nowMs, share]) => ({ nowMs, shownMs: Math.floor(nowMs * share) }));

test("what is shown is always on the timeline, and the timeline never leaves the run", () => {
  fc.assert(
    fc.property(spans, run, (spanMs, { nowMs, shownMs }) => {
      const { fromMs, toMs } = windowOf(spanMs, nowMs, shownMs);
      expect(fromMs).toBeGreaterThanOrEqual(0);
      expect(fromMs).toBeLessThanOrEqual(shownMs);
      expect(toMs).toBeGreaterThanOrEqual(shownMs);
      expect(toMs - fromMs).toBeGreaterThan(0);
    }),
  );
});

test("a press on where a moment is drawn is that moment, to a pixel", () => {
  fc.assert(
    fc.property(spans, run, fc.integer({ min: 60, max: 3_000 }), (spanMs, now, widthPx) => {
      const window = windowOf(spanMs, now.nowMs, now.shownMs);
      const back = msAt(window, xOf(window, now.shownMs, widthPx), widthPx);
      const pixelMs = (window.toMs - window.fromMs) / widthPx;
      expect(Math.abs(back - now.shownMs)).toBeLessThanOrEqual(pixelMs);
    }),
  );
});

test("labels stand at whole hours of local time", () => {
  const { stepMs, at } = ticksOf({ fromMs: 0, toMs: DAY_MS }, 90 * 60_000, 8);
  expect(stepMs).toBe(3 * HOUR_MS);
  expect(at[0]).toBe(1.5 * HOUR_MS);
  expect(at).toHaveLength(8);
});

test("every mark of the window is in one cluster, and the first kind of the lane gives it its shape", () => {
  const marks = [mark(0), mark(500, "case"), mark(1_000), mark(90_000), mark(200_000)];
  const clusters = clustersOf(marks, { fromMs: 0, toMs: 100_000 }, 100, {
    ...{ apartPx: 14, laneOf: () => "one" },
  });
  expect(clusters.map(({ kind, marks: inside }) => [kind, inside.length])).toEqual([
    ["case", 3],
    ["payment", 1],
  ]);
  const [lanes] = [
    clustersOf(marks, { fromMs: 0, toMs: 100_000 }, 100, {
      ...{ apartPx: 14, laneOf: (kind) => kind },
    }),
  ];
  expect(lanes.map(({ kind }) => kind)).toEqual(["payment", "case", "payment"]);
});

test("the line of power keeps the largest of each pixel, so that no peak is lost", () => {
  const points = [100, 900, 200, 300].map((sourceW, row) => {
    return { simMs: row * 10, sourceW, knownW: null };
  });
  const window = { fromMs: 0, toMs: 1_000 };
  const box = { widthPx: 50, heightPx: 90 };
  const { path, maxW } = powerPath(points, ({ sourceW }) => sourceW, window, box);
  expect(maxW).toBe(900);
  expect(path).toBe("M0 90L0 80.0L1 0.0L2 60.0L2 90z");
  expect(powerPath(points, ({ knownW }) => knownW, window, box)).toEqual({ path: "", maxW: 0 });
});

test("a crowd that has grown takes its own place; what has not changed is the same list", () => {
  const before = [mark(0), mark(5, "late", 3)];
  expect(mergeMarks(before, [mark(5, "late", 3)])).toBe(before);
  expect(
    mergeMarks(before, [mark(5, "late", 8), mark(2)]).map(({ at, count }) => [at, count]),
  ).toEqual([
    [0, 1],
    [2, 1],
    [5, 8],
  ]);
});

test("the row at a time is the newest point not after it", () => {
  const points = [0, 10, 30].map((simMs) => ({ simMs, sourceW: null, knownW: null }));
  expect([-1, 0, 9, 10, 29, 99].map((ms) => rowAt(points, ms))).toEqual([-1, 0, 0, 1, 1, 2]);
});
