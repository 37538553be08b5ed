import { describe, expect, test } from "vitest";
import { billDocument, dailyUseWh } from "../../sim/contract/bill-document.ts";
import { BILL_WORDS, labelText } from "../../sim/contract/bill-words.ts";
import type { Bill } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { DAY_MS } from "../../sim/core/time.ts";

const energy = (label: string, wh: number, price: number, amount: number) =>
  ({
    label,
    charge: "energy",
    quantity: wh,
    unit: "Wh",
    priceMilliMinor: price,
    amountMinor: minor(amount),
  }) as const;
/** 80 kWh at Kerala's slabs: 50 × 3.25 + 30 × 4.05 = 284.00; fixed 65.00; duty 28.40. */
const BILL: Bill = {
  id: "supply-09/2026-01",
  heading: {
    customer: "P. Varma",
    address: "9 Mango Lane",
    tariffTitle: "Kerala domestic LT-1A",
    through: "2026-01-31",
    issued: "2026-02-01",
  },
  currency: "INR",
  period: { from: "2026-01-01", until: "2026-02-01", due: "2026-02-16" },
  supply: "supply-09",
  issuedAt: 31 * DAY_MS,
  dueAt: 46 * DAY_MS,
  fromMs: 0,
  toMs: 31 * DAY_MS,
  startWh: 1_000_000,
  endWh: 1_080_000,
  energyWh: 80_000,
  isEstimated: false,
  tariff: "kerala-lt-1a",
  lines: [
    energy("Units 0 to 50", 50_000, 325_000, 16_250),
    energy("Units 50 to 100", 30_000, 405_000, 12_150),
    {
      label: "Fixed charge",
      charge: "fixed",
      quantity: 1,
      unit: "month",
      priceMilliMinor: 6_500_000,
      amountMinor: minor(6_500),
    },
    {
      label: "Electricity duty on the energy charge",
      charge: "duty",
      quantity: 10,
      unit: "percent",
      priceMilliMinor: 28_400_000,
      amountMinor: minor(2_840),
    },
  ],
  amountMinor: minor(37_740),
};

describe("a bill that people can read", () => {
  test("has every line with its quantity, its price and its amount", () => {
    expect(billDocument(BILL, "en", []).rows).toEqual([
      ["Units 0 to 50", "50 kWh", "₹3.25", "₹162.50"],
      ["Units 50 to 100", "30 kWh", "₹4.05", "₹121.50"],
      ["Fixed charge", "1 month", "₹65.00", "₹65.00"],
      ["Electricity duty on the energy charge", "10 %", "of ₹284.00", "₹28.40"],
    ]);
    expect(billDocument(BILL, "en", []).total).toEqual({ label: "To pay", value: "₹377.40" });
  });

  test("says the same in Hindi, with the same figures", () => {
    const document = billDocument(BILL, "hi", []);
    expect(document.title).toBe("बिजली का बिल");
    expect(document.rows[0]).toEqual(["यूनिट 0 से 50", "50 kWh", "₹3.25", "₹162.50"]);
    expect(document.rows[3]).toEqual(["ऊर्जा प्रभार पर विद्युत शुल्क", "10 %", "₹284.00 का", "₹28.40"]);
    expect(document.facts).toContainEqual({ label: "जारी करने की तारीख़", value: "1 फ़रवरी 2026" });
    const latin = document.rows.map(([label]) => label).filter((label) => /[A-Za-z]/.test(label));
    expect(latin).toEqual([]);
  });

  test("has a word for everything in each language", () => {
    const words = Object.entries(BILL_WORDS.hi).filter(([, word]) => typeof word === "string");
    for (const [key, word] of words) expect(word, key).toMatch(/[\u0900-\u097f]/);
  });

  test("names a charge of a foreign tariff as its file does", () => {
    expect(labelText("Public lighting", "hi")).toBe("Public lighting");
    expect(labelText("2026-01: Fixed charge", "hi")).toBe("2026-01: स्थिर प्रभार");
    expect(labelText("Correction of 2026-01: energy", "hi")).toBe("2026-01 का सुधार: ऊर्जा");
  });

  test("in the customer's favour it asks for nothing", () => {
    const document = billDocument({ ...BILL, amountMinor: minor(-1_250) }, "en", []);
    expect(document.total).toEqual({ label: "In your favour", value: "₹12.50" });
  });

  test("an estimate says that it is one, and a day without a reading that it has none", () => {
    const document = billDocument({ ...BILL, isEstimated: true }, "en", [1, null]);
    expect(document.notes).toEqual([BILL_WORDS.en.estimatedNote, BILL_WORDS.en.dayMissing]);
    expect(document.facts).toContainEqual({
      label: "Meter reading",
      value: "1,000 – 1,080 kWh (estimated)",
    });
  });

  test("a bill from before there were headings is told by its numbers", () => {
    const { heading: _, ...old } = BILL;
    const document = billDocument(old, "en", []);
    expect(document.facts.map(({ label }) => label)).toEqual([
      "Bill",
      "Meter reading",
      "Used",
      "Supply point",
      "Tariff",
    ]);
  });
});

describe("use by day", () => {
  const bill = { fromMs: 0, toMs: 3 * DAY_MS };
  const at = (day: number, importWh: number) => ({ measuredAt: day * DAY_MS, importWh });

  test("is the register at one midnight minus that at the one before", () => {
    const registers = [at(0, 100), at(1, 300), at(2, 350), at(3, 1_000)];
    expect(dailyUseWh(bill, registers)).toEqual([200, 50, 650]);
  });

  test("is unknown on both sides of a midnight that was not read", () => {
    expect(dailyUseWh(bill, [at(0, 100), at(2, 350), at(3, 1_000)])).toEqual([null, null, 650]);
  });

  test("is unknown where a register fell, as it does with another meter", () => {
    const registers = [at(0, 100), at(1, 0), at(2, 350), at(3, 1_000)];
    expect(dailyUseWh(bill, registers)).toEqual([null, 350, 650]);
  });
});
