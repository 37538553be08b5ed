import fc from "fast-check";
import { expect, test } from "vitest";
import { priceMonth, totalOf } from "../../sim/utility/billing/tariff.ts";
import { street } from "../support/street.ts";

const { tariff } = street().records.billing!;
const lineSum = (kWh: number, unit: string): number =>
  priceMonth(tariff, kWh * 1000)
    .filter((line) => line.unit === unit)
    .reduce((sum, { amountMinor }) => sum + amountMinor, 0);

// Kerala LT-1A from 1 November 2023, energy only: slabs at 3.25, 4.05, 5.10, 6.95 and 8.20 rupees; above 250 units
// the whole use at one price. By hand from the schedule of tariff.
test.each([
  [0, 0],
  [50, 16_250],
  [220, 113_150],
  [250, 137_750],
  [251, 160_640],
  [280, 179_200],
  [501, 440_880],
])("%d units cost %d paise of energy", (kWh, paise) => {
  expect(lineSum(kWh, "Wh")).toBe(paise);
});

test.each([
  [40, 0],
  [41, 4_000],
  [100, 6_500],
  [250, 13_000],
  [251, 15_000],
  [501, 26_000],
])("%d units have a fixed charge of %d paise", (kWh, paise) => {
  expect(lineSum(kWh, "month")).toBe(paise);
});

test("duty is a tenth of the energy charge, rounded once", () => {
  expect(lineSum(220, "percent")).toBe(11_315);
  expect(lineSum(251, "percent")).toBe(16_064);
});

test("the two hundred and fifty-first unit costs 228.90 rupees of energy", () => {
  expect(lineSum(251, "Wh") - lineSum(250, "Wh")).toBe(22_890);
});

test("a bill is the sum of its lines, and more use never costs less", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2_000_000 }),
      fc.integer({ min: 0, max: 5_000 }),
      (wh, more) => {
        const lines = priceMonth(tariff, wh);
        const used = lines.filter(({ unit }) => unit === "Wh");
        expect(used.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(wh);
        expect(totalOf(lines)).toBe(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0));
        expect(totalOf(priceMonth(tariff, wh + more))).toBeGreaterThanOrEqual(totalOf(lines));
      },
    ),
  );
});
