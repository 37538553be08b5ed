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

/** Products up to here are exact in a double, and so is every step of the division below. */
const EXACT_MAX = 4_503_599_627_370_496; // 2^52

/**
 * Rounds a × b ÷ denominator to whole coins: the same coin as `roundToMinor`, and without BigInt where the product is
 * small enough. All three are whole numbers; the denominator is 1 to 2^51.
 */
export function roundProduct(a: number, b: number, denominator: number): Minor {
  const product = a * b;
  const size = Math.abs(product);
  // A product that is not exact is never rounded below this bound, so that it cannot slip through.
  if (!(size < EXACT_MAX)) return roundToMinor(BigInt(a) * BigInt(b), BigInt(denominator));
  let whole = Math.floor(size / denominator);
  let rest = size - whole * denominator;
  if (rest < 0) {
    whole--; // the quotient was rounded up to the next whole number
    rest += denominator;
  }
  if (2 * rest >= denominator) whole++;
  // Whole and at most 2^52, so that nothing is left to be checked.
  return (product < 0 && whole > 0 ? -whole : whole) as Minor;
}
