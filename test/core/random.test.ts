import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  drawRows,
  drawStandardNormal,
  drawsBelow,
  drawTick,
  drawUniform,
  randomByName,
} from "../../sim/core/random.ts";

const CHECK = { seed: 20_260_112, numRuns: 2000 };
const take = (next: () => number, count: number): readonly number[] =>
  Array.from({ length: count }, () => next());

describe("streams by name", () => {
  test("a seed and a name give one stream, whoever else draws before, between or after", () => {
    const alone = take(randomByName(7)("theft/supply-12"), 20);
    const random = randomByName(7);
    const other = random("theft/supply-11");
    take(other, 5);
    const stream = random("theft/supply-12");
    const between = alone.map(() => {
      other();
      return stream();
    });
    expect(between).toEqual(alone);
  });

  test.for([
    { what: "another name", seed: 7, name: "theft/supply-13" },
    { what: "another seed", seed: 8, name: "theft/supply-12" },
    { what: "a name that moves the slash", seed: 7, name: "theft" },
  ])("$what gives another stream", ({ seed, name }) => {
    const first = take(randomByName(7)("theft/supply-12"), 20);
    expect(take(randomByName(seed)(name), 20)).not.toEqual(first);
  });

  test("seed 1 and stream a have the numbers that they had", () => {
    // seedrandom 3.0.5 with the seed "1/a"; other numbers here mean that every run's hash has moved.
    expect(take(randomByName(1)("a"), 3)).toEqual([
      0.7904243318694323, 0.8346274741366093, 0.4553723441917714,
    ]);
  });
});

describe("draws by counter", () => {
  test("are in [0, 1), whatever the arguments", () => {
    const whole = fc.integer({ min: 0, max: 4_294_967_295 });
    fc.assert(
      fc.property(whole, whole, fc.maxSafeNat(), fc.nat(1000), (seed, row, tick, purpose) => {
        const u = drawUniform(seed, row, tick, purpose);
        expect(u >= 0 && u < 1).toBe(true);
        expect(drawUniform(seed, row, tick, purpose)).toBe(u);
      }),
      CHECK,
    );
  });

  test("are compared with a chance as they are drawn, also with the numbers next to themselves", () => {
    const whole = fc.integer({ min: 0, max: 4_294_967_295 });
    const chances = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(whole, whole, fc.maxSafeNat(), chances, (seed, firstRow, tick, chance) => {
        const rows = drawRows(seed, { firstRow, count: 3 }, 110);
        for (let at = 0; at < 3; at++) {
          const u = drawUniform(seed, firstRow + at, tick, 110);
          const isBelow = (limit: number): boolean => drawsBelow(rows, at, drawTick(tick), limit);
          expect(isBelow(chance)).toBe(u < chance);
          expect(isBelow(u)).toBe(false);
          expect(isBelow(u + 2 ** -53)).toBe(true);
          expect(isBelow(u - 2 ** -53)).toBe(false);
          // The high half of the draw alone says nothing here: it is the limit's own.
          const top = Math.floor(u * 2 ** 27) / 2 ** 27;
          expect(isBelow(top)).toBe(false);
          expect(isBelow(top + 2 ** -27)).toBe(true);
        }
      }),
      CHECK,
    );
  });

  test("differ in every argument, also in ticks beyond 32 bits", () => {
    const two32 = 4_294_967_296;
    const draws = [
      drawUniform(1, 1, 1, 1),
      drawUniform(2, 1, 1, 1),
      drawUniform(1, 2, 1, 1),
      drawUniform(1, 1, 2, 1),
      drawUniform(1, 1, 1, 2),
      drawUniform(1, 1, 1 + two32, 1),
      drawUniform(1, 1, 1 + 2 * two32, 1),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  test("of neighbouring rows and ticks never meet in a million", () => {
    const seen = new Set<number>();
    for (let row = 0; row < 1000; row++) {
      for (let tick = 0; tick < 1000; tick++) seen.add(drawUniform(1, row, tick, 110));
    }
    // 53 bits: two of a million meet with a chance of 10¹² ÷ 2⁵⁴, one in eighteen thousand.
    expect(seen.size).toBe(1_000_000);
  });

  test("have the numbers that they had", () => {
    expect([drawUniform(1, 0, 0, 100), drawUniform(1, 23, 43_199, 110)]).toEqual([
      0.8075128608848948, 0.049690890656451825,
    ]);
  });

  // χ² over 64 bins has 63 degrees of freedom: mean 63, and above 114 once in ten thousand draws of this kind
  // (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.4).
  test.for([
    { along: "ticks", draw: (k: number) => drawUniform(1, 3, k, 110) },
    { along: "rows", draw: (k: number) => drawUniform(1, k, 3, 110) },
    { along: "seeds", draw: (k: number) => drawUniform(k, 3, 3, 110) },
    { along: "purposes", draw: (k: number) => drawUniform(1, 3, 3, k) },
    {
      along: "ticks 4096 apart, as the air draws",
      draw: (k: number) => drawUniform(1, 3, 4096 * k, 201),
    },
    { along: "low bits", draw: (k: number) => (drawUniform(1, 3, k, 110) * 2 ** 40) % 1 },
  ])("fill [0, 1) evenly along $along", ({ draw }) => {
    const bins = new Array<number>(64).fill(0);
    for (let k = 0; k < 64_000; k++) bins[Math.floor(draw(k) * 64)]! += 1;
    const chiSquare = bins.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(114);
  });

  test.for([
    {
      between: "one tick and the next",
      pair: (k: number) => [drawUniform(1, 3, k, 110), drawUniform(1, 3, k + 1, 110)],
    },
    {
      between: "one row and the next",
      pair: (k: number) => [drawUniform(1, k, 3, 110), drawUniform(1, k + 1, 3, 110)],
    },
    {
      between: "two purposes",
      pair: (k: number) => [drawUniform(1, 3, k, 201), drawUniform(1, 3, k, 202)],
    },
    {
      between: "two seeds",
      pair: (k: number) => [drawUniform(1, 3, k, 110), drawUniform(2, 3, k, 110)],
    },
  ])("are not correlated between $between", ({ pair }) => {
    let sum = 0;
    for (let k = 0; k < 64_000; k++) {
      const [a, b] = pair(k);
      sum += (a! - 0.5) * (b! - 0.5);
    }
    // The mean of 64,000 products has a standard deviation of 1/12 ÷ √64,000, as correlation 0.004; four of them.
    expect(Math.abs((12 * sum) / 64_000)).toBeLessThan(0.016);
  });
});

test("the sum of twelve has mean 0, variance 1, and never leaves ±6", () => {
  const next = randomByName(1)("normal");
  const normals = Array.from({ length: 20_000 }, () => drawStandardNormal(next));
  const mean = normals.reduce((a, b) => a + b, 0) / normals.length;
  const variance = normals.reduce((a, b) => a + (b - mean) ** 2, 0) / normals.length;
  expect(Math.abs(mean)).toBeLessThan(0.03); // standard deviation 1/√20,000 = 0.007; four of them
  expect(Math.abs(variance - 1)).toBeLessThan(0.04); // standard deviation √(2/20,000) = 0.01; four of them
  expect(drawStandardNormal(() => 0)).toBe(-6);
  expect(drawStandardNormal(() => 1 - 2 ** -53)).toBeLessThanOrEqual(6);
});
