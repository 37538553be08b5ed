import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../../sim/core/time.ts";
import { createMoments } from "../../../sim/engine/showing/moments.ts";
import { DENSE_MAX, rowsKept } from "../../../sim/engine/showing/thinning.ts";
import { ZLIB_PACKING } from "../../../sim/host/zlib-packing.ts";

const frames = (text: string) => new Map([["truth/street" as const, text]]);
const moment = (simMs: number) => ({ simMs, step: simMs / 1000, sourceW: simMs, knownW: null });

/** Times of a run whose steps come in spurts of different length. */
const times = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 200 }), fc.constantFrom(1, 60, 900, 3_600, 40_000)), {
    minLength: 1,
    maxLength: 10,
  })
  .map((spurts) => {
    let nowMs = 0;
    return spurts.flatMap(([count, stepS]) =>
      Array.from({ length: count }, () => {
        nowMs += stepS * 1000;
        return nowMs;
      }),
    );
  });

test("the first and the newest moments stay, in order, whatever the run's pace was", () => {
  fc.assert(
    fc.property(times, fc.constantFrom(1, 2, 8), (all, stretch) => {
      const rows = rowsKept(all, stretch);
      expect(rows[0]).toBe(0);
      const dense = Math.min(all.length, Math.max(1, Math.floor(DENSE_MAX / stretch)));
      expect(rows.slice(-dense)).toEqual(all.map((_, row) => row).slice(-dense));
      expect([...rows].sort((a, b) => a - b)).toEqual(rows);
    }),
  );
});

test("no moment that is thinned out is further from a kept one before it than its age's span", () => {
  const spanFor = (ageMs: number): number =>
    ageMs <= DAY_MS
      ? MINUTE_MS
      : ageMs <= 14 * DAY_MS
        ? 15 * MINUTE_MS
        : ageMs <= 60 * DAY_MS
          ? HOUR_MS
          : DAY_MS;
  fc.assert(
    fc.property(times, (all) => {
      const kept = rowsKept(all, 1).map((row) => all[row]!);
      for (const simMs of all) {
        const before = kept.findLast((each) => each <= simMs)!;
        expect(simMs - before).toBeLessThan(spanFor(all.at(-1)! - simMs));
      }
    }),
  );
});

test("what was kept before decides as much as all that there was: thinning twice is thinning once", () => {
  fc.assert(
    fc.property(times, fc.constantFrom(1, 4), (all, stretch) => {
      const once = rowsKept(all, stretch).map((row) => all[row]!);
      const twice = rowsKept(once, stretch).map((row) => once[row]!);
      expect(twice.length).toBeLessThanOrEqual(once.length);
      expect(once).toEqual(expect.arrayContaining(twice));
    }),
  );
});

test("moments stay within their number and their bytes, however long the run is", () => {
  fc.assert(
    fc.property(
      times,
      fc.integer({ min: 2, max: 300 }),
      fc.integer({ min: 100, max: 40_000 }),
      (all, momentsMax, bytesMax) => {
        const moments = createMoments(ZLIB_PACKING, { momentsMax, bytesMax });
        for (const simMs of all) {
          moments.add(moment(simMs), frames(`{"simMs":${simMs},"rest":"${simMs * 7}"}`));
          expect(moments.all.length).toBeLessThanOrEqual(Math.max(2, momentsMax));
          if (moments.all.length > 2) expect(moments.bytes).toBeLessThanOrEqual(bytesMax);
        }
        expect(moments.all.at(-1)!.simMs).toBe(all.at(-1));
        expect(moments.all[0]!.simMs).toBe(all[0]);
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

test("the moment at a time is the newest before it, and gives back the frame that it was given", () => {
  const moments = createMoments(ZLIB_PACKING);
  for (const simMs of [1000, 2000, 5000]) moments.add(moment(simMs), frames(`{"at":${simMs}}`));
  const at = (simMs: number) => moments.at(simMs)?.simMs;
  expect([at(0), at(1000), at(1999), at(2000), at(4999), at(9e9)]).toEqual([
    1000, 1000, 1000, 2000, 2000, 5000,
  ]);
  expect(moments.frameJson(moments.at(2000)!, "truth/street")).toBe('{"at":2000}');
  expect(moments.frameJson(moments.at(2000)!, "truth/supply")).toBeUndefined();
});

test("a moment that is not later than the last is no new one", () => {
  const moments = createMoments(ZLIB_PACKING);
  for (const simMs of [1000, 1000, 500]) moments.add(moment(simMs), frames("{}"));
  expect(moments.all.map(({ simMs }) => simMs)).toEqual([1000]);
});

test("before the first moment there is none", () => {
  expect(createMoments(ZLIB_PACKING).at(5000)).toBeUndefined();
});
