import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  coinsPerUnit,
  dateText,
  kWhText,
  moneyText,
  priceText,
} from "../../sim/contract/bill-form.ts";
import { LANGUAGES } from "../../sim/contract/bill-words.ts";

const LOCALES = { en: "en-IN", hi: "hi-IN" } as const;
const coins = fc.integer({ min: -1e13, max: 1e13 });

describe("a bill's amounts and dates", () => {
  test.each([
    ["INR", "en-IN"],
    ["INR", "hi-IN"],
    ["GBP", "en-GB"],
    ["EUR", "en-GB"],
    ["USD", "en-US"],
    ["CHF", "en-GB"],
    ["JPY", "en"],
    ["UGX", "en-GB"],
    ["KWD", "en-GB"],
  ])("amounts in %s are written as CLDR has them for %s", (currency, locale) => {
    const form = new Intl.NumberFormat(locale, { style: "currency", currency });
    fc.assert(
      fc.property(coins, (minor) => {
        expect(moneyText(minor, currency)).toBe(form.format(minor / coinsPerUnit(currency)));
      }),
    );
  });

  test.each(LANGUAGES)("every day of four years has its date in the form of %s", (language) => {
    const form = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long", timeZone: "UTC" });
    for (let day = 0; day < 4 * 365 + 1; day++) {
      const date = new Date(Date.UTC(2024, 0, 1 + day));
      expect(dateText(date.toISOString().slice(0, 10), language)).toBe(form.format(date));
    }
  });

  test("energy is whole Wh written as kWh", () => {
    const form = new Intl.NumberFormat("en-IN", { maximumFractionDigits: 3 });
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (wh) => {
        expect(kWhText(wh)).toBe(form.format(wh / 1000));
      }),
    );
  });

  test.each([
    [325_000, "INR", "₹3.25"],
    [26_340, "GBP", "£0.2634"],
    [13_200, "GBP", "£0.132"],
    [-8_050, "GBP", "-£0.0805"],
    [114_200_000, "INR", "₹1,142.00"],
    [5, "INR", "₹0.00005"],
    [29_500, "JPY", "¥29.5"],
    [29_000, "JPY", "¥29"],
    [14_250, "KWD", "KWD\u00a00.01425"],
  ])("a price of %i thousandths of a coin in %s is %s", (milliMinor, currency, text) => {
    expect(priceText(milliMinor, currency)).toBe(text);
  });
});
