// Non-negative least squares: min ‖A·x − b‖ with x ≥ 0. Small, dense, deterministic.

import { assert } from "../../core/assert.ts";

const SWEEPS_MAX = 2000;
const CHANGE_MIN = 1e-9;

/**
 * Solves the normal equations `gram`·x = `moment`, x ≥ 0, by cyclic coordinate descent (Franc, Hlaváč and
 * Navara, "Sequential coordinate-wise algorithm for the non-negative least squares problem", CAIP 2005).
 * `gram` is n × n, row by row; columns of zeros get x = 0. Where columns are nearly alike, the last sweep may
 * end a little short of the best fit.
 */
export function solveNonNegative(gram: Float64Array, moment: Float64Array): Float64Array {
  const count = moment.length;
  assert(gram.length === count * count, `${count * count} entries expected, got ${gram.length}`);
  const x = new Float64Array(count);
  const gradient = Float64Array.from(moment, (value) => -value);
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let largest = 0;
    for (let k = 0; k < count; k++) {
      const diagonal = gram[k * count + k]!;
      if (diagonal <= 0) continue;
      const before = x[k]!;
      const after = Math.max(0, before - gradient[k]! / diagonal);
      const change = after - before;
      if (change === 0) continue;
      x[k] = after;
      for (let row = 0; row < count; row++) {
        gradient[row] = gradient[row]! + change * gram[row * count + k]!;
      }
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < CHANGE_MIN) break;
  }
  return x;
}

/** The same with one of the unknowns held at 0. */
export function solveWithout(
  gram: Float64Array,
  moment: Float64Array,
  leftOut: number,
): Float64Array {
  const count = moment.length;
  const without = new Float64Array(gram);
  const rest = new Float64Array(moment);
  for (let i = 0; i < count; i++) {
    without[leftOut * count + i] = 0;
    without[i * count + leftOut] = 0;
  }
  rest[leftOut] = 0;
  return solveNonNegative(without, rest);
}
