// The loading guide's equations at points that can be worked out by hand.

import { expect, test } from "vitest";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { approach, gradientAtK, ONAN, oilRiseAtK } from "../../sim/grid/loading-guide.ts";

test("at its rated load an ONAN distribution transformer's hot spot is 78 K above the air, 98 °C in 20 °C", () => {
  // IEC 60076-7: 98 °C is the hot spot of normal ageing, at rated load in 20 °C.
  expect(20 + oilRiseAtK(1) + gradientAtK(1)).toBeCloseTo(98, 9);
});

test("without load only the iron heats the oil: 55 K × (1/6)^0.8", () => {
  expect(oilRiseAtK(0)).toBeCloseTo(55 * (1 / 6) ** 0.8, 9);
  expect(gradientAtK(0)).toBe(0);
});

test("at 1.5 times its rated load for good the hot spot comes to 145 °C in 20 °C", () => {
  const oilK = 55 * ((1 + 5 * 2.25) / 6) ** 0.8;
  expect(20 + oilRiseAtK(2.25) + gradientAtK(1.5)).toBeCloseTo(20 + oilK + 23 * 1.5 ** 1.6, 9);
  expect(20 + oilRiseAtK(2.25) + gradientAtK(1.5)).toBeGreaterThan(140);
});

test("after one time constant 63 % of the way is done, in one step or in 180", () => {
  const inOne = approach(20, 75, ONAN.oilMs, ONAN.oilMs);
  let inMinutes = 20;
  for (let minute = 0; minute < 180; minute++) {
    inMinutes = approach(inMinutes, 75, MINUTE_MS, ONAN.oilMs);
  }
  expect(inOne).toBeCloseTo(75 - 55 / Math.E, 9);
  expect(inMinutes).toBeCloseTo(inOne, 9);
});
