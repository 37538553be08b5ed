import fc from "fast-check";
import { expect, test } from "vitest";
import { minor, roundToMinor } from "../../sim/core/money.ts";

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
