// Amounts, prices and dates as people of a language write them. By hand and not by `Intl`: a bill is the same text in
// every Node and every browser. test/contract/bill-form.test.ts holds it against CLDR's forms.

import { type Language, MONTHS } from "./bill-words.ts";

/** Written before the amount; any other currency by its code. */
const SIGNS: Readonly<Record<string, string>> = {
  ...{ INR: "₹", GBP: "£", EUR: "€", USD: "$", JPY: "¥" },
};
/** Currencies whose smallest coin is no hundredth: ISO 4217 list one, the minor unit's exponent. */
const COIN_DIGITS: Readonly<Record<number, readonly string[]>> = {
  0: [
    ...["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"],
    ...["VND", "VUV", "XAF", "XOF", "XPF"],
  ],
  3: ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"],
  4: ["CLF", "UYW"],
};
const DIGITS_OF = new Map(
  Object.entries(COIN_DIGITS).flatMap(([digits, codes]) =>
    codes.map((code) => [code, Number(digits)] as const),
  ),
);
const NO_BREAK_SPACE = "\u00a0";

/** Decimals of an amount in a currency by its code: 2 for rupees and whatever has no entry, 0 for yen, 3 for dinars. */
export const coinDigits = (currency: string): number => DIGITS_OF.get(currency) ?? 2;

/** How many smallest coins are one of the currency's units. */
export const coinsPerUnit = (currency: string): number => Number(`1e${coinDigits(currency)}`);

/** `1250.50`: whole smallest coins without a sign of their currency, as a form or a display has them. */
export function plainMoneyText(minor: number, currency: string): string {
  return (minor / coinsPerUnit(currency)).toFixed(coinDigits(currency));
}

/** `₹1,23,456.50`; rupees are grouped by lakh and crore, in either language. `minor` is whole smallest coins. */
export function moneyText(minor: number, currency: string): string {
  const size = Math.abs(minor);
  const digits = coinDigits(currency);
  const perMajor = coinsPerUnit(currency);
  const major = grouped(Math.floor(size / perMajor), currency === "INR");
  const coins = digits === 0 ? "" : `.${String(size % perMajor).padStart(digits, "0")}`;
  const sign = SIGNS[currency] ?? `${currency}${NO_BREAK_SPACE}`;
  return `${minor < 0 ? "-" : ""}${sign}${major}${coins}`;
}

/** A price in thousandths of the smallest coin: its coin's decimals, and as many more as it has. `₹6.95`, `£0.2634`. */
export function priceText(milliMinor: number, currency: string): string {
  const size = Math.abs(milliMinor);
  const wholeCoins = Math.floor(size / 1000);
  const rest = String(size % 1000)
    .padStart(3, "0")
    .replace(/0+$/, "");
  const point = coinDigits(currency) === 0 && rest !== "" ? "." : "";
  return `${milliMinor < 0 ? "-" : ""}${moneyText(wholeCoins, currency)}${point}${rest}`;
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
