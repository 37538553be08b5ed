// An amount that somebody types, in the smallest coins.

import { coinDigits, coinsPerUnit } from "../../../sim/contract/bill-form.ts";

/** `1,250.50` is 125050 in rupees; undefined for what is no amount above zero, or has more decimals than coins. */
export function readAmount(text: string, currency: string): number | undefined {
  const found = /^\s*(\d{1,3}(?:,\d{2,3})+|\d{1,9})(?:\.(\d{1,4}))?\s*$/.exec(text);
  if (found === null) return undefined;
  const digits = coinDigits(currency);
  const [, major, coins = ""] = found;
  if (coins.length > digits) return undefined;
  const whole = Number(major!.replaceAll(",", ""));
  const minor = whole * coinsPerUnit(currency) + Number(coins.padEnd(digits, "0"));
  return minor > 0 && Number.isSafeInteger(minor) ? minor : undefined;
}

/** What to write instead, in a currency. */
export const amountAdvice = (currency: string): string =>
  coinDigits(currency) === 0
    ? "Write an amount above zero, such as 250."
    : "Write an amount above zero, such as 250 or 250.50.";
