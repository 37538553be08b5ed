import { describe, expect, test } from "vitest";
import { hexOf, sha256Bytes } from "../../sim/core/digest.ts";
import { atan2, cos, exp, ln, magnitude, pow, sin } from "../../sim/core/math.ts";
import { MATH_TABLE_ROWS, MATH_TABLE_SHA256, mathTableBytes } from "./math-table.ts";

test("ten thousand results of every function have the bits that they had", () => {
  const bytes = mathTableBytes();
  expect(bytes).toHaveLength(MATH_TABLE_ROWS * 6 * 8);
  expect(hexOf(sha256Bytes(bytes))).toBe(MATH_TABLE_SHA256);
});

// ECMA-262, clause 21.3.1, and Abramowitz and Stegun, Handbook of Mathematical Functions (1964), table 4.6. The library
// promises the last bit or the one beside it, not correct rounding.
test.for([
  { of: "sin 1", value: sin(1), is: 0.8414709848078965 },
  { of: "cos 1", value: cos(1), is: 0.5403023058681398 },
  { of: "e", value: exp(1), is: Math.E },
  { of: "ln 2", value: ln(2), is: Math.LN2 },
  { of: "ln 10", value: ln(10), is: Math.LN10 },
  { of: "the square root of 2 as a power", value: pow(2, 0.5), is: Math.SQRT2 },
  { of: "a quarter turn", value: atan2(1, 0), is: 1.5707963267948966 },
  { of: "an eighth of a turn", value: atan2(-1, 1), is: -0.7853981633974483 },
])("$of is $is", ({ value, is }) => {
  expect(Math.abs(value - is)).toBeLessThanOrEqual(2 ** -52 * Math.abs(is));
});

describe("edges are those of IEEE 754-2019, clause 9.2.1", () => {
  test.for([
    { of: "sin −0", value: sin(-0), is: -0 },
    { of: "exp of −∞", value: exp(Number.NEGATIVE_INFINITY), is: 0 },
    { of: "exp of 710", value: exp(710), is: Number.POSITIVE_INFINITY },
    { of: "ln 0", value: ln(0), is: Number.NEGATIVE_INFINITY },
    { of: "ln −1", value: ln(-1), is: Number.NaN },
    { of: "0 to the power of 0", value: pow(0, 0), is: 1 },
    { of: "0 to the power of −1", value: pow(0, -1), is: Number.POSITIVE_INFINITY },
    { of: "atan2(0, −1)", value: atan2(0, -1), is: Math.PI },
    { of: "atan2(−0, −1)", value: atan2(-0, -1), is: -Math.PI },
  ])("$of is $is", ({ value, is }) => {
    expect(value).toBe(is);
  });
});

test("no result is further from the platform's own than a few last bits", () => {
  // Both sides promise about one unit in the last place; two roundings make at most 4 · 2⁻⁵³ of the value.
  const far: string[] = [];
  const compare = (name: string, ours: number, theirs: number): void => {
    if (Math.abs(ours - theirs) > 5e-16 * Math.abs(theirs))
      far.push(`${name}: ${ours}, not ${theirs}`);
  };
  for (let step = 1; step <= 2000; step++) {
    const x = step / 64;
    compare(`sin ${x}`, sin(x), Math.sin(x));
    compare(`cos ${x}`, cos(x), Math.cos(x));
    compare(`exp ${x}`, exp(-x), Math.exp(-x));
    compare(`ln ${x}`, ln(x), Math.log(x));
    compare(`${x} ^ 1.7`, pow(x, 1.7), x ** 1.7);
    compare(`atan2 ${x}`, atan2(x, -3), Math.atan2(x, -3));
  }
  expect(far).toEqual([]);
});

test("the length of 3 and 4 is 5", () => {
  expect(magnitude(3, -4)).toBe(5);
});
