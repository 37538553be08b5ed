import fc from "fast-check";
import { expect, test } from "vitest";
import { minor, roundProduct, roundToMinor } from "../../sim/core/money.ts";

test.for([
  { numerator: 5n, denominator: 10n, coins: 1 },
  { numerator: 4n, denominator: 10n, coins: 0 },
  { numerator: 15n, denominator: 10n, coins: 2 },
  { numerator: 25n, denominator: 10n, coins: 3 },
  { numerator: -5n, denominator: 10n, coins: -1 },
  { numerator: -4n, denominator: 10n, coins: 0 },
  { numerator: -25n, denominator: 10n, coins: -3 },
  { numerator: 1n, denominator: 3n, coins: 0 },
  { numerator: 2n, denominator: 3n, coins: 1 },
  { numerator: 7n, denominator: 1n, coins: 7 },
  { numerator: 0n, denominator: 9n, coins: 0 },
])("$numerator/$denominator of a coin is $coins: halves go away from zero", (row) => {
  expect(roundToMinor(row.numerator, row.denominator)).toBe(row.coins);
});

test("a credit mirrors its invoice, and nothing is off by more than half a coin", () => {
  const whole = fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n });
  const parts = fc.bigInt({ min: 1n, max: 10n ** 9n });
  fc.assert(
    fc.property(whole, parts, (numerator, denominator) => {
      const rounded = roundToMinor(numerator, denominator);
      expect(roundToMinor(-numerator, denominator) + rounded).toBe(0);
      const twiceOff = 2n * (numerator - BigInt(rounded) * denominator);
      expect(twiceOff <= denominator && twiceOff >= -denominator).toBe(true);
    }),
    { seed: 20_260_112, numRuns: 1000 },
  );
});

test("minus nothing is nothing", () => {
  expect(minor(-0)).toBe(0);
  expect(roundToMinor(-1n, 9n)).toBe(0);
});

test.for([0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
  "%d is no amount of whole coins",
  (value) => {
    expect(() => minor(value)).toThrow(`whole coins expected, got ${value}`);
  },
);

test.for([0n, -3n])("a denominator of %d is refused", (denominator) => {
  expect(() => roundToMinor(1n, denominator)).toThrow(
    `denominator must be positive, is ${denominator}`,
  );
});

// Sizes around 2^52, where the product stops being exact, and small ones, where halves are.
const factor = fc.oneof(
  fc.integer({ min: -1_000, max: 1_000 }),
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }),
  fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
);
const divisor = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.constantFrom(1_000, 100_000, 1_000_000, 31_000_000),
  fc.integer({ min: 10 ** 7, max: 10 ** 10 }),
);
test("a product is rounded to the same coin with and without BigInt", () => {
  const price = fc.integer({ min: -(10 ** 6), max: 10 ** 6 });
  fc.assert(
    fc.property(factor, fc.oneof(price, fc.integer({ min: -2, max: 2 })), divisor, (a, b, of) => {
      fc.pre(Math.abs(a * b) / of < 2 ** 52);
      expect(roundProduct(a, b, of)).toBe(roundToMinor(BigInt(a) * BigInt(b), BigInt(of)));
    }),
    { seed: 20_260_112, numRuns: 20_000 },
  );
});

test.for([
  { a: 1, b: 500_000, of: 1_000_000, coins: 1 },
  { a: -1, b: 500_000, of: 1_000_000, coins: -1 },
  { a: 1, b: 499_999, of: 1_000_000, coins: 0 },
  { a: -1, b: 1, of: 1_000_000, coins: 0 },
  // 2^52 − 1 and 2^52: the last exact product and the first that is not taken as one.
  { a: 4_503_599_627_370_495, b: 1, of: 2, coins: 2_251_799_813_685_248 },
  { a: 4_503_599_627_370_496, b: 1, of: 2, coins: 2_251_799_813_685_248 },
  { a: 900_719_925_475, b: 1_000_000, of: 1_000_000, coins: 900_719_925_475 },
])("$a × $b ÷ $of is $coins coins", ({ a, b, of, coins }) => {
  expect(roundProduct(a, b, of)).toBe(coins);
});
