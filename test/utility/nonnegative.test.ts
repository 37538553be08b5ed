// Non-negative least squares against known solutions, the conditions of an optimum, and every possible support.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { solveNonNegative } from "../../sim/utility/detection/nonnegative.ts";

const CHECK = { seed: 20_260_112, numRuns: 300 };

interface System {
  readonly rows: readonly (readonly number[])[];
  readonly target: readonly number[];
}

/** Columns of whole numbers that are told apart: each has a row of its own, as descent ends after so many sweeps. */
function systems(countMax: number, rowsPerColumn: number): fc.Arbitrary<System> {
  const entry = fc.integer({ min: -9, max: 9 });
  return fc.integer({ min: 1, max: countMax }).chain((count) => {
    const length = rowsPerColumn * count;
    const own = Array.from({ length: count }, (_, i) =>
      Array.from({ length: count }, (__, j) => (i === j ? 3 : 0)),
    );
    const row = fc.array(entry, { minLength: count, maxLength: count });
    const target = fc.integer({ min: -20, max: 20 });
    return fc.record({
      rows: fc
        .array(row, { minLength: length, maxLength: length })
        .map((rows) => [...rows, ...own]),
      target: fc.array(target, { minLength: length + count, maxLength: length + count }),
    });
  });
}

function normalEquations({ rows, target }: System) {
  const count = rows[0]!.length;
  const gram = new Float64Array(count * count);
  const moment = new Float64Array(count);
  rows.forEach((row, at) => {
    for (let i = 0; i < count; i++) {
      moment[i] = moment[i]! + row[i]! * target[at]!;
      for (let j = 0; j < count; j++) {
        gram[i * count + j] = gram[i * count + j]! + row[i]! * row[j]!;
      }
    }
  });
  return { count, gram, moment };
}

function squares({ rows, target }: System, x: ArrayLike<number>): number {
  let sum = 0;
  rows.forEach((row, at) => {
    let residual = target[at]!;
    for (let i = 0; i < row.length; i++) residual -= row[i]! * x[i]!;
    sum += residual * residual;
  });
  return sum;
}

/** Free least squares on some columns by Gaussian elimination; undefined where they depend on each other. */
function freeSolution(
  { count, gram, moment }: ReturnType<typeof normalEquations>,
  support: readonly number[],
): Float64Array | undefined {
  const table = support.map((i) => [...support.map((j) => gram[i * count + j]!), moment[i]!]);
  for (let at = 0; at < support.length; at++) {
    const rest = table.slice(at).map((row) => Math.abs(row[at]!));
    const pivot = at + rest.indexOf(Math.max(...rest));
    [table[at], table[pivot]] = [table[pivot]!, table[at]!];
    if (Math.abs(table[at]![at]!) < 1e-9) return undefined;
    for (let row = 0; row < support.length; row++) {
      if (row === at) continue;
      const factor = table[row]![at]! / table[at]![at]!;
      table[row] = table[row]!.map((value, column) => value - factor * table[at]![column]!);
    }
  }
  const x = new Float64Array(count);
  support.forEach((column, at) => {
    x[column] = table[at]!.at(-1)! / table[at]![at]!;
  });
  return x;
}

/** The least sum of squares over every set of columns whose free solution is not negative. */
function leastSquares(given: System): number {
  const equations = normalEquations(given);
  let least = squares(given, new Float64Array(equations.count));
  for (let bits = 1; bits < 1 << equations.count; bits++) {
    const support = Array.from({ length: equations.count }, (_, i) => i).filter(
      (i) => ((bits >> i) & 1) === 1,
    );
    const x = freeSolution(equations, support);
    if (x?.every((value) => value >= 0) === true) least = Math.min(least, squares(given, x));
  }
  return least;
}

describe("a known solution", () => {
  test("that is positive is found", () => {
    // 2x + y = 5, x + 3y = 10.
    const x = solveNonNegative(Float64Array.of(2, 1, 1, 3), Float64Array.of(5, 10));
    expect(x[0]).toBeCloseTo(1, 6);
    expect(x[1]).toBeCloseTo(3, 6);
  });

  test("that would be negative becomes zero, and the rest is fitted anew", () => {
    // Free solution of 2x + y = 1, x + 2y = 5 is x = −1, y = 3; with x = 0 the best y is 5/2.
    const x = solveNonNegative(Float64Array.of(2, 1, 1, 2), Float64Array.of(1, 5));
    expect(x[0]).toBe(0);
    expect(x[1]).toBeCloseTo(2.5, 6);
  });

  test("leaves columns of zeros at zero", () => {
    const x = solveNonNegative(Float64Array.of(0, 0, 0, 4), Float64Array.of(7, 8));
    expect([...x]).toEqual([0, 2]);
  });

  test("is all zeros where nothing points its way", () => {
    const x = solveNonNegative(Float64Array.of(2, 0, 0, 2), Float64Array.of(-1, -3));
    expect([...x]).toEqual([0, 0]);
  });
});

test("no choice of columns fits better, and no factor is negative", () => {
  fc.assert(
    fc.property(systems(4, 2), (given) => {
      const { gram, moment } = normalEquations(given);
      const x = solveNonNegative(gram, moment);
      for (const value of x) expect(value).toBeGreaterThanOrEqual(0);
      // Sums of squares are up to 12 × 20²; descent ends where a step is below 1e-9.
      expect(squares(given, x)).toBeLessThanOrEqual(leastSquares(given) + 1e-6);
    }),
    CHECK,
  );
});

// Karush, Kuhn and Tucker: x ≥ 0, gradient ≥ 0, and one of the two is zero.
test("the conditions of an optimum hold, on as many homes as a phase of a street has", () => {
  fc.assert(
    fc.property(systems(8, 3), (given) => {
      const { count, gram, moment } = normalEquations(given);
      const x = solveNonNegative(gram, moment);
      for (let i = 0; i < count; i++) {
        let gradient = -moment[i]!;
        for (let j = 0; j < count; j++) gradient += gram[i * count + j]! * x[j]!;
        expect(x[i]).toBeGreaterThanOrEqual(0);
        expect(gradient).toBeGreaterThan(-1e-5);
        expect(Math.abs(gradient * x[i]!)).toBeLessThan(1e-5);
      }
    }),
    CHECK,
  );
});

test("equations of the wrong size are refused", () => {
  expect(() => solveNonNegative(new Float64Array(3), new Float64Array(2))).toThrow(
    "4 entries expected, got 3",
  );
});
