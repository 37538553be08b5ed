// Amounts, prices and dates as people of a language write them. By hand and not by `Intl`: a bill is the same text in
// every Node and every browser. test/contract/bill-form.test.ts holds it against CLDR's forms.

import { type Language, MONTHS } from "./bill-words.ts";

/** Written before the amount; any other currency by its code. */
const SIGNS: Readonly<Record<string, string>> = { INR: "₹", GBP: "£", EUR: "€", USD: "$" };
const MINOR_PER_MAJOR = 100;
const NO_BREAK_SPACE = "\u00a0";

/** `₹1,23,456.50`; rupees are grouped by lakh and crore, in either language. `minor` is whole smallest coins. */
export function moneyText(minor: number, currency: string): string {
  const size = Math.abs(minor);
  const major = grouped(Math.floor(size / MINOR_PER_MAJOR), currency === "INR");
  const coins = String(size % MINOR_PER_MAJOR).padStart(2, "0");
  const sign = SIGNS[currency] ?? `${currency}${NO_BREAK_SPACE}`;
  return `${minor < 0 ? "-" : ""}${sign}${major}.${coins}`;
}

/** A price in thousandths of the smallest coin: at least two decimals, as many as it has. `₹6.95`, `£0.2634`. */
export function priceText(milliMinor: number, currency: string): string {
  const size = Math.abs(milliMinor);
  const wholeCoins = Math.floor(size / 1000);
  const rest = String(size % 1000)
    .padStart(3, "0")
    .replace(/0+$/, "");
  return `${milliMinor < 0 ? "-" : ""}${moneyText(wholeCoins, currency)}${rest}`;
}

/** Whole Wh as kWh: `1,234.567`, without zeros at its end. */
export function kWhText(wh: number): string {
  const size = Math.abs(wh);
  const rest = String(size % 1000)
    .padStart(3, "0")
    .replace(/0+$/, "");
  const kWh = grouped(Math.floor(size / 1000), true);
  return `${wh < 0 ? "-" : ""}${kWh}${rest === "" ? "" : `.${rest}`}`;
}

/** `2026-01-31` as `31 January 2026` or `31 जनवरी 2026`. */
export function dateText(iso: string, language: Language): string {
  const [year, month, day] = iso.split("-").map(Number) as [number, number, number];
  return `${day} ${MONTHS[language][month - 1]} ${year}`;
}

/** Digits in threes; after the first three in twos where `byLakh`. */
function grouped(value: number, byLakh: boolean): string {
  const digits = String(value);
  const last = digits.slice(-3);
  const before = digits.slice(0, -3);
  if (before === "") return last;
  return `${before.replace(byLakh ? /\B(?=(\d{2})+$)/g : /\B(?=(\d{3})+$)/g, ",")},${last}`;
}
