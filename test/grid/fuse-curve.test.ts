// gG fuse-links against the gates of IEC 60269-1, tables 2, 3 and 7, and that damage does not depend on steps.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  conventionalS,
  damageAfter,
  FUSE_GATES,
  fuseCurve,
  meltingS,
  ratingFrom,
  ratingUpTo,
} from "../../sim/grid/fuse-curve.ts";

describe.each(FUSE_GATES)("a gG fuse-link of $ratingA A", (gate) => {
  const curve = fuseCurve(gate.ratingA);

  test("carries 1.25 times its rating for good and melts at 1.6 times within the conventional time", () => {
    expect(meltingS(curve, 1.25 * gate.ratingA)).toBe(Number.POSITIVE_INFINITY);
    expect(meltingS(curve, 1.26 * gate.ratingA)).toBeGreaterThan(conventionalS(gate.ratingA));
    expect(meltingS(curve, 1.6 * gate.ratingA)).toBeLessThan(conventionalS(gate.ratingA));
  });

  test("passes the four gates of currents", () => {
    expect(meltingS(curve, gate.min10sA)).toBeGreaterThan(10);
    expect(meltingS(curve, gate.max5sA)).toBeLessThan(5);
    expect(meltingS(curve, gate.min100msA)).toBeGreaterThan(0.1);
    expect(meltingS(curve, gate.max100msA)).toBeLessThan(0.1);
  });

  test("melts in 10 ms with an I²t between the limits, and above with the same one", () => {
    let currentA = gate.max100msA;
    while (meltingS(curve, currentA) > 0.01) currentA *= 1.001;
    const a2s = currentA * currentA * meltingS(curve, currentA);
    expect(a2s).toBeGreaterThan(gate.minA2s);
    expect(a2s).toBeLessThan(gate.maxA2s);
    const ten = 10 * currentA;
    expect((ten * ten * meltingS(curve, ten)) / a2s).toBeCloseTo(1, 9);
  });
});

const rating = fc.double({ min: 2, max: 2000, noNaN: true });
const multiple = fc.double({ min: 1.251, max: 200, noNaN: true });

test("the more current, the sooner any fuse melts, and no curve has a jump", () => {
  fc.assert(
    fc.property(rating, multiple, (ratingA, times) => {
      const curve = fuseCurve(ratingA);
      const here = meltingS(curve, times * ratingA);
      const beside = meltingS(curve, times * ratingA * 1.0001);
      expect(beside).toBeLessThan(here);
      // The steepest place is just above 1.25 times the rating: t ~ 1/(m² − 1.25²).
      const steepest = (times * times) / (times * times - 1.5625);
      expect(Math.log(here / beside)).toBeLessThan(0.0001 * 3 * Math.max(10, 2 * steepest));
    }),
    { numRuns: 500 },
  );
});

test("damage adds up to the same however the time is divided", () => {
  const spans = fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 40 });
  const start = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.constantFrom(16, 40, 63, 100, 200),
      fc.double({ min: 0, max: 10, noNaN: true }),
      start,
      spans,
      (ratingA, times, before, pieces) => {
        const curve = fuseCurve(ratingA);
        const currentA = times * ratingA;
        const sum = pieces.reduce((total, span) => total + span, 0);
        const whole = damageAfter(curve, before, currentA, sum);
        const parts = pieces.reduce(
          (damage, span) => damageAfter(curve, damage, currentA, span),
          before,
        );
        expect(Math.abs(parts - whole)).toBeLessThan(1e-8 * Math.max(1, whole));
      },
    ),
  );
});

test("a fuse that was half molten is as good as new after some hours below its rating", () => {
  const curve = fuseCurve(63);
  expect(damageAfter(curve, 0.5, 60, 15 * 60_000)).toBeCloseTo(0.5 / Math.E, 9);
  expect(damageAfter(curve, 0.5, 60, 6 * 3_600_000)).toBe(0);
});

test("a cable of 44 A has a fuse of 40 A, and 180 A are carried by one of 200 A", () => {
  expect([ratingUpTo(44), ratingUpTo(10), ratingFrom(180)]).toEqual([40, 16, 200]);
});
