// A bill in sentences: the numbers in them are enough to work it out again.

import { describe, expect, test } from "vitest";
import type { Bill, BillLine } from "../../sim/contract/billing.ts";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { minor } from "../../sim/core/money.ts";

const readings = {
  from: {
    measuredAt: 0,
    measured: "2026-01-01 00:00",
    wh: 1_204_500,
    quality: "actual",
    sequence: 7,
  },
  to: { measuredAt: 1, measured: "2026-02-01 00:00", wh: 1_424_500, quality: "estimated" },
} as const;

const line = (rest: Partial<BillLine>): BillLine => ({
  label: "Units 0 to 50",
  charge: "energy",
  quantity: 50_000,
  unit: "Wh",
  priceMilliMinor: 325_000,
  amountMinor: minor(16_250),
  readings,
  ...rest,
});

const bill = (lines: readonly BillLine[], amountMinor: number): Bill => ({
  id: "supply-12/2026-01",
  supply: "supply-12",
  issuedAt: 0,
  dueAt: 0,
  fromMs: 0,
  toMs: 0,
  startWh: 1_204_500,
  endWh: 1_424_500,
  energyWh: 220_000,
  isEstimated: true,
  tariff: "kerala-lt-1a",
  lines,
  amountMinor: minor(amountMinor),
  readings,
  meters: [{ serial: "M-0012", fromWh: 1_204_500, toWh: 1_424_500 }],
  currency: "INR",
  period: { from: "2026-01-01", until: "2026-02-01", due: "2026-02-16" },
});

describe("a bill is explained", () => {
  test("by its period, its registers and the meters that counted", () => {
    const { head } = explainBill(bill([line({})], 16_250));
    expect(head).toEqual([
      "Bill supply-12/2026-01 of supply-12, from 2026-01-01 up to 2026-02-01 (not included), to be paid by 2026-02-16, by the tariff kerala-lt-1a.",
      "The register from 1 204.500 kWh at 2026-01-01 00:00 (read, reading 7) to 1 424.500 kWh at 2026-02-01 00:00 (estimated, no reading had come): 220.000 kWh.",
      "Meter M-0012 counted from 1 204.500 kWh to 1 424.500 kWh.",
    ]);
  });

  // Kerala LT-1A, 220 units: 50 × 3.25 + 50 × 4.05 + 50 × 5.10 + 50 × 6.95 + 20 × 8.20 = 1131.50.
  test("line by line, each with its multiplication", () => {
    const rows = [
      [50, 325],
      [50, 405],
      [50, 510],
      [50, 695],
      [20, 820],
    ] as const;
    const lines = rows.map(([kWh, paise], at) =>
      line({
        label: `Slab ${at + 1}`,
        quantity: kWh * 1000,
        priceMilliMinor: paise * 1000,
        amountMinor: minor(kWh * paise),
      }),
    );
    const duty = line({
      label: "Duty",
      charge: "duty",
      unit: "percent",
      quantity: 10,
      priceMilliMinor: 113_150_000,
      amountMinor: minor(11_315),
    });
    const explained = explainBill(bill([...lines, duty], 124_465));
    expect(explained.isExact).toBe(true);
    expect(explained.lines[4]!.sentence).toBe("Slab 5: 20.000 kWh × 8.20 a kWh = 164.00.");
    expect(explained.lines[5]!.sentence).toContain("Duty: 10 % of 1 131.50 = 113.15.");
    expect(explained.total).toBe(
      "162.50 + 202.50 + 255.00 + 347.50 + 164.00 + 113.15 = 1 244.65 INR",
    );
  });

  test("a correction by the month priced anew, less what was asked before", () => {
    const from = { ...readings.from, measured: "2025-12-01 00:00", wh: 1_154_500 };
    const anew = line({ readings: { from, to: readings.from } });
    const correction = line({
      label: "Correction of 2025-12: energy",
      quantity: -10_000,
      priceMilliMinor: 0,
      amountMinor: minor(-3_250),
      readings: { from, to: readings.from },
      corrects: "supply-12/2025-12",
      billedMinor: minor(19_500),
      pricedAnew: [anew],
    });
    const explained = explainBill(bill([correction], -3_250));
    expect(explained.isExact).toBe(true);
    expect(explained.lines[0]!.sentence).toContain(
      "now Units 0 to 50 50.000 kWh × 3.25 a kWh = 162.50, less 195.00 asked by bill supply-12/2025-12 = −32.50; register from 1 154.500 kWh at 2025-12-01 00:00 (read, reading 7) to 1 204.500 kWh at 2026-01-01 00:00 (read, reading 7).",
    );
    expect(explained.total).toBe("−32.50 INR");
  });

  test("prices below the smallest coin and parts of a month in full", () => {
    const fixed = line({
      label: "Fixed charge",
      charge: "fixed",
      quantity: 1,
      unit: "month",
      priceMilliMinor: 40_005,
      part: { days: 9, ofDays: 31 },
      // 40.005 × 9 ÷ 31 = 11.614…
      amountMinor: minor(12),
    });
    const { lines, isExact } = explainBill(bill([fixed], 12));
    expect(lines[0]!.sentence).toContain("1 month × 0.40005 × 9 of 31 days = 0.12");
    expect(isExact).toBe(true);
  });

  test("and a line or a total that does not come out is named", () => {
    const wrong = explainBill(bill([line({ amountMinor: minor(16_251) })], 16_251));
    expect(wrong.isExact).toBe(false);
    expect(wrong.lines[0]!.sentence).toContain("worked out again it is 162.50, which is not");
    const sum = explainBill(bill([line({})], 16_000));
    expect(sum.isExact).toBe(false);
    expect(sum.total).toBe("the lines sum to 162.50 INR, the bill asks for 160.00 INR");
  });

  test("also one of before bills kept their readings, and one in a currency without hundredths", () => {
    const { readings: _, meters: __, period: ___, currency: ____, ...old } = bill([], 0);
    const { readings: _____, ...plain } = line({});
    const explained = explainBill({ ...old, lines: [plain], amountMinor: minor(16_250) });
    expect(explained.head[1]).toContain("This bill is of before bills kept their readings.");
    expect(explained.lines[0]!.sentence).toBe("Units 0 to 50: 50.000 kWh × 3.25 a kWh = 162.50.");
    const yen = { ...bill([line({})], 16_250), currency: "JPY" };
    expect(explainBill(yen).total).toBe("16 250 JPY");
  });
});
