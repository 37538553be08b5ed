// The inexact functions, the same to the last bit in every engine; nothing else in `sim` may call Math.sin & co.
// Pure JavaScript ports of FreeBSD's and Cephes' routines; see test/core/math.test.ts for the table of results.

import atan2Exact from "@stdlib/math-base-special-atan2";
import cosExact from "@stdlib/math-base-special-cos";
import expExact from "@stdlib/math-base-special-exp";
import lnExact from "@stdlib/math-base-special-ln";
import powExact from "@stdlib/math-base-special-pow";
import sinExact from "@stdlib/math-base-special-sin";

/** Sine of an angle in radians. */
export const sin: (angleRad: number) => number = sinExact;
/** Cosine of an angle in radians. */
export const cos: (angleRad: number) => number = cosExact;
/** Angle of the point (x, y) in radians, −π to π. */
export const atan2: (y: number, x: number) => number = atan2Exact;
/** e to the power of `x`. */
export const exp: (x: number) => number = expExact;
/** Natural logarithm; NaN below zero. */
export const ln: (x: number) => number = lnExact;
/** `base` to the power of `exponent`; about 125 ns, so keep it out of kernels. */
export const pow: (base: number, exponent: number) => number = powExact;

/** Length of the vector (x, y), exact to rounding of its square root; no overflow guard. */
export function magnitude(x: number, y: number): number {
  return Math.sqrt(x * x + y * y);
}
