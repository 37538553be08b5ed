// The sentences behind a bill and a case: what they multiply is what was charged.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bill, BillLine } from "../../sim/contract/billing.ts";
import type { StreetLayout, TheftCase } from "../../sim/contract/frame.ts";
import { minor } from "../../sim/core/money.ts";
import { type PostpaidTariff, priceMonth } from "../../sim/utility/billing/tariff.ts";
import {
  billSentence,
  billSum,
  caseLine,
  caseSentence,
  caseStory,
  lineWorking,
  signalNumbers,
  signalStrength,
} from "../../web/player/why.ts";

// 2026-01-12T00:00 in Kolkata.
const LAYOUT = {
  startEpochMs: 1_768_156_200_000,
  offsets: [{ fromMs: 0, offsetMs: 19_800_000 }],
} as unknown as StreetLayout;
const HOUR_MS = 3_600_000;
/** Kerala LT-1A from 1 November 2023, and a tariff by the hour whose prices have thousandths of a paisa. */
const SLABS: PostpaidTariff = {
  ...{ id: "lt-1a", title: "LT-1A", currency: "INR", kind: "slab", dutyPercent: 10 },
  blocks: [
    { uptoKWh: 50, priceMilliMinorPerKWh: 325_000 },
    { uptoKWh: 100, priceMilliMinorPerKWh: 405_000 },
    { uptoKWh: 250, priceMilliMinorPerKWh: 510_000 },
  ],
  wholeUse: [{ uptoKWh: null, priceMilliMinorPerKWh: 640_000 }],
  fixed: [{ uptoKWh: null, monthlyMinor: minor(4_000) }],
};
const BY_TIME: PostpaidTariff = {
  ...{ id: "tod", title: "By time", currency: "INR", kind: "time-of-use", clock: "local" },
  rates: [
    { id: "day", title: "Day", priceMilliMinorPerKWh: 612_345 },
    { id: "peak", title: "Peak", priceMilliMinorPerKWh: 918_500 },
    { id: "night", title: "Night", priceMilliMinorPerKWh: 430_120 },
  ],
  ...{ otherwise: 0, seasons: [], dailyMilliMinor: 133_250, monthlyMinor: minor(0) },
  taxes: [],
};
const TARIFFS = [SLABS, BY_TIME] as const;

/** Every number in a text, in its order. */
const numbersIn = (text: string): readonly number[] =>
  (text.match(/-?[\d,]+(\.\d+)?/g) ?? []).map((each) => Number(each.replaceAll(",", "")));

describe("the working of a bill", () => {
  // Prices are printed with every digit that they have, so that a calculator comes to the same paise.
  test("multiplies to the amount of its line, whatever was used and by either tariff", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TARIFFS),
        fc.integer({ min: 0, max: 900_000 }),
        fc.integer({ min: 28, max: 31 }),
        (tariff, energyWh, days) => {
          const third = Math.floor(energyWh / 3);
          const byRateWh = [third, third, energyWh - 2 * third];
          for (const line of priceMonth(tariff, { energyWh, byRateWh, days })) {
            const [left, right, amount] = numbersIn(lineWorking(line, "INR"));
            const product = line.unit === "percent" ? (left! * right!) / 100 : left! * right!;
            expect(Math.abs(product - amount!)).toBeLessThanOrEqual(0.005 + 1e-6);
            expect(amount).toBe(line.amountMinor / 100);
          }
        },
      ),
      { seed: 20_260_112, numRuns: 200 },
    );
  });

  const line = (of: Partial<BillLine>): string =>
    lineWorking(
      {
        ...{ label: "L", charge: "demand", quantity: 6_200, unit: "VA" },
        ...{ priceMilliMinor: 67_500_000, amountMinor: minor(418_500) },
        ...of,
      },
      "INR",
    );
  test.for([
    [{}, "6.200 kVA × ₹675.00 = ₹4,185.00"],
    [{ unit: "W" }, "6.200 kW × ₹675.00 = ₹4,185.00"],
    [
      { amountMinor: minor(139_500), part: { days: 10, ofDays: 30 } },
      "6.200 kVA × ₹675.00 × 10 of 30 days = ₹1,395.00",
    ],
    [
      {
        quantity: 1,
        unit: "month",
        priceMilliMinor: 9_000_000,
        amountMinor: minor(3_000),
        part: { days: 10, ofDays: 30 },
      },
      "1 month × ₹90.00 × 10 of 30 days = ₹30.00",
    ],
    [
      { unit: "Wh", quantity: 220_000, priceMilliMinor: 24_607, isMeanPrice: true },
      "220.000 kWh at ₹0.24607 a kWh on average of the half hours = ₹4,185.00",
    ],
    [
      {
        unit: "percent",
        quantity: -3,
        priceMilliMinor: 1_312_000_000,
        amountMinor: minor(-39_360),
      },
      "-3 % of ₹13,120.00 = -₹393.60",
    ],
    [
      { unit: "Wh", quantity: 10_000, priceMilliMinor: -15_000, amountMinor: minor(-150) },
      "10.000 kWh × -₹0.15 a kWh = -₹1.50",
    ],
    [{ unit: "amount", charge: "rounding", amountMinor: minor(-38) }, "-₹0.38"],
  ] as const)("of %j is %s", ([of, says]) => {
    expect(line(of)).toBe(says);
  });

  test("of a correction names the bill that was wrong and by how much, and makes up no price", () => {
    const line: BillLine = {
      label: "Correction of January: energy",
      charge: "energy",
      quantity: -12_500,
      unit: "Wh",
      priceMilliMinor: 0,
      amountMinor: minor(-4_063),
      corrects: "2026-01/supply-07",
    };
    expect(lineWorking(line, "INR")).toBe(
      "bill 2026-01/supply-07 counted 12.500 kWh too much; that month priced anew: -₹40.63",
    );
    expect(lineWorking({ ...line, quantity: 400, amountMinor: minor(130) }, "INR")).toContain(
      "counted 0.400 kWh too little",
    );
    const duty: BillLine = { ...line, charge: "duty", quantity: 1, unit: "correction" };
    expect(lineWorking(duty, "INR")).toBe(
      "bill 2026-01/supply-07, priced anew with the register that was read: -₹40.63",
    );
  });

  test("says between which registers, and whether the last was read", () => {
    const bill = {
      ...{ fromMs: 0, toMs: 31 * 24 * HOUR_MS, startWh: 1_000_000, endWh: 1_220_000 },
      ...{ energyWh: 220_000, isEstimated: false, tariff: "LT-1A" },
      lines: [{ amountMinor: minor(113_150) }, { amountMinor: minor(11_315) }],
      amountMinor: minor(124_465),
    } as unknown as Bill;
    expect(billSentence(bill, LAYOUT)).toBe(
      "From 1,000.000 kWh on 12 Jan 00:00 to 1,220.000 kWh on 12 Feb 00:00: 220.000 kWh. " +
        "The last register is read by the meter. Tariff: LT-1A.",
    );
    expect(billSentence({ ...bill, isEstimated: true }, LAYOUT)).toContain("it is an estimate");
    expect(billSum(bill, "INR")).toBe("₹1,131.50 + ₹113.15 = ₹1,244.65");
  });
});

describe("the reasons of a case", () => {
  const found: TheftCase = {
    ...{ id: "case-1", kind: "theft", supply: "supply-12", evidence: "", state: "confirmed" },
    ...{ technique: "magnet", probability: 0.93, hiddenShare: 0.6, unexplainedWh: 5_200 },
    signals: [
      {
        detector: "phase-balance",
        since: HOUR_MS,
        logOdds: 2.9,
        sentence: "On L2 energy is missing.",
        numbers: { phase: 2, hiddenShare: 0.62, unexplainedWh: 5_200, significance: 4.168 },
      },
    ],
    ...{ openedAt: HOUR_MS, toldAt: 3 * HOUR_MS, switchedOffAt: null, inspectionAt: 2 * HOUR_MS },
    ...{ closedAt: 9 * HOUR_MS, finding: "a magnet at the meter", keptOnBecause: "" },
  };

  test("are said in one line for each kind of case", () => {
    const head = { id: "case-2", supply: "supply-03", openedAt: HOUR_MS, evidence: "" };
    const relay = { ...head, kind: "relay-stuck", trippedAt: 0, usedWh: 900 } as const;
    const seen = { readings: 2, closedReadings: 2 };
    expect([
      caseLine(found),
      caseLine({ ...head, kind: "credit-mismatch", differenceMinor: -500 }),
      caseLine({ ...head, kind: "register-suspect", fellWh: 4_000 }),
      caseLine({ ...relay, ...seen, closedAt: null }),
      caseLine({ ...relay, ...seen, closedAt: 2 * HOUR_MS }),
    ]).toEqual([
      "theft, 93 % likely, confirmed",
      "the meter's credit is not what it must be",
      "the register fell and cannot have come round",
      "the relay was to open and supplies all the same",
      "the relay was to open and supplies all the same; closed: a crew has looked at it",
    ]);
  });

  test("say how likely, by how many signals, and what it looks like", () => {
    expect(caseSentence(found)).toBe(
      "93 % likely from 1 signal together. It looks like a magnet at the meter.",
    );
    const vague = { ...found, technique: null, signals: [...found.signals, ...found.signals] };
    expect(caseSentence(vague)).toBe("93 % likely from 2 signals together.");
  });

  test("tell what happened in the order of time, and only what happened", () => {
    expect(caseStory(found, LAYOUT)).toEqual([
      { at: "12 Jan 01:00", text: "opened" },
      { at: "12 Jan 02:00", text: "a crew was sent" },
      { at: "12 Jan 03:00", text: "the customer was told" },
      { at: "12 Jan 09:00", text: "closed: a magnet at the meter" },
    ]);
  });

  // e^2.9 = 18.2; e^0.5 = 1.65.
  test.for([
    { logOdds: 2.9, text: "18 times likelier with a thief here" },
    { logOdds: -2.9, text: "18 times likelier without a thief here" },
    { logOdds: 0.5, text: "1.6 times likelier with a thief here" },
  ])("log-odds of $logOdds read: $text", ({ logOdds, text }) => {
    expect(signalStrength(logOdds)).toBe(text);
  });

  test("show every number with its unit", () => {
    expect(signalNumbers(found.signals[0]!)).toEqual([
      { name: "phase", value: "L2" },
      { name: "hidden share", value: "62 %" },
      { name: "unexplained", value: "5.2 kWh" },
      { name: "significance", value: "4.17" },
    ]);
    const others = { unmeteredA: 3.456, voltageHours: 1.5, readings: 12 };
    expect(signalNumbers({ numbers: others })).toEqual([
      { name: "unmetered", value: "3.46 A" },
      { name: "voltage hours", value: "1.5 h" },
      { name: "readings", value: "12" },
    ]);
  });
});
