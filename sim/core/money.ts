// Money: whole smallest coins. Every fraction is rounded here and nowhere else.

import { assert } from "./assert.ts";

declare const minorBrand: unique symbol;
/** Whole smallest coins (paise, pence, cents); may be negative. */
export type Minor = number & { readonly [minorBrand]: true };

/** Brands a whole number of coins. */
export function minor(value: number): Minor {
  assert(Number.isSafeInteger(value), `whole coins expected, got ${value}`);
  return (value === 0 ? 0 : value) as Minor;
}

/** Rounds numerator ÷ denominator to whole coins, half away from zero, so that credit mirrors invoice. */
export function roundToMinor(numerator: bigint, denominator: bigint): Minor {
  assert(denominator > 0n, `denominator must be positive, is ${denominator}`);
  const sign = numerator < 0n ? -1n : 1n;
  return minor(Number((2n * numerator + sign * denominator) / (2n * denominator)));
}
