import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { energyCharge, type PostpaidTariff, priceMonth } from "../../sim/utility/billing/tariff.ts";
import { street } from "../support/street.ts";

const [tariff] = street().records.billing!.tariffs as [PostpaidTariff];
const month = (energyWh: number) => ({ energyWh, byRateWh: [], days: 31 });
const lineSum = (kWh: number, unit: string): number =>
  priceMonth(tariff, month(kWh * 1000))
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

// Kerala's order: each slab, the fixed charge, then a tenth of the energy.
test("220 units are five slabs, a fixed charge and the duty, 1374.65 rupees in all", () => {
  const lines = priceMonth(tariff, month(220_000));
  expect(lines.map(({ label, amountMinor }) => [label, amountMinor])).toEqual([
    ["Units 0 to 50", 16_250],
    ["Units 50 to 100", 20_250],
    ["Units 100 to 150", 25_500],
    ["Units 150 to 200", 34_750],
    ["Units 200 to 250", 16_400],
    ["Fixed charge", 13_000],
    ["Electricity duty on the energy charge", 11_315],
  ]);
  expect(totalOf(lines)).toBe(137_465);
});

test("no use costs nothing and has no line of energy", () => {
  const lines = priceMonth(tariff, month(0));
  expect(totalOf(lines)).toBe(0);
  expect(lines.filter(({ unit }) => unit !== "percent")).toEqual([]);
});

test.each([
  [250_000, ["Units 0 to 50", "Units 50 to 100", "Units 100 to 150", "Units 150 to 200"], 13_000],
  [250_001, ["All units"], 15_000],
])("%d Wh begin with %j and have a fixed charge of %d paise", (wh, labels, fixed) => {
  const lines = priceMonth(tariff, month(wh));
  expect(lines.slice(0, labels.length).map(({ label }) => label)).toEqual(labels);
  expect(lines.find(({ unit }) => unit === "month")?.amountMinor).toBe(fixed);
});

// At 3.25 rupees a unit, 1 Wh is 0.325 paise and 2 Wh are 0.65; at 5 rupees 1 Wh is half a paisa.
test.each([
  [1, 325_000, 0],
  [2, 325_000, 1],
  [1, 500_000, 1],
  [1, 499_999, 0],
])("%d Wh at %d thousandths of a paisa a unit cost %d paise", (wh, price, paise) => {
  expect(energyCharge(wh, price)).toBe(paise);
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
        const lines = priceMonth(tariff, month(wh));
        const used = lines.filter(({ unit }) => unit === "Wh");
        expect(used.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(wh);
        expect(totalOf(lines)).toBe(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0));
        expect(totalOf(priceMonth(tariff, month(wh + more)))).toBeGreaterThanOrEqual(
          totalOf(lines),
        );
      },
    ),
  );
});

describe("a tariff by time of use", () => {
  const tariffOf = (file: string, set: readonly string[] = []): PostpaidTariff => {
    const billing = `utility.billing={ tariff: tariffs/${file}, policy: policies/india-postpaid.yaml }`;
    return street({ set: [billing, ...set] }).records.billing!.tariffs[0] as PostpaidTariff;
  };

  // By hand: 200 kWh × 28.50 p = 5700.0 p; 100 kWh × 13.20 p = 1320.0 p; 31 days × 53.00 p = 1643.0 p;
  // VAT 5 % of 8663.0 p = 433.15 p, rounded 433 p. Together 9096 p.
  test("of two rates: 200 kWh by day and 100 kWh by night in a month of 31 days cost 90.96 pounds", () => {
    const use = { energyWh: 300_000, byRateWh: [200_000, 100_000], days: 31 };
    const lines = priceMonth(tariffOf("economy-7.yaml"), use);
    expect(lines.map(({ label, amountMinor }) => [label, amountMinor])).toEqual([
      ["Day units", 5_700],
      ["Night units", 1_320],
      ["Standing charge", 1_643],
      ["VAT", 433],
    ]);
    expect(totalOf(lines)).toBe(9_096);
  });

  // By hand: 120 kWh × 6.50 = 780.00; 60 kWh × 5.20 (20 % below) = 312.00; 40 kWh × 7.15 (1.10 ×) = 286.00;
  // fixed 120.00; duty 10 % of 1378.00 = 137.80. Together 1635.80 rupees.
  test("of solar hours and a peak: 220 units cost 1635.80 rupees", () => {
    const use = { energyWh: 220_000, byRateWh: [120_000, 60_000, 40_000], days: 30 };
    const lines = priceMonth(tariffOf("india-tod.yaml"), use);
    expect(lines.map(({ label, amountMinor }) => [label, amountMinor])).toEqual([
      ["Normal hours", 78_000],
      ["Solar hours", 31_200],
      ["Peak hours", 28_600],
      ["Fixed charge", 12_000],
      ["Electricity duty", 13_780],
    ]);
    expect(totalOf(lines)).toBe(163_580);
  });

  test("charges the standing charge also where nothing is used", () => {
    const lines = priceMonth(tariffOf("economy-7.yaml"), {
      energyWh: 0,
      byRateWh: [0, 0],
      days: 28,
    });
    // 28 × 53.00 p = 1484 p, VAT 74.2 p.
    expect(lines.map(({ amountMinor }) => amountMinor)).toEqual([1_484, 74]);
  });
});
