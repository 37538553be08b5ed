// Lists of seeds, and figures over many runs.

import { describe, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { figuresOf, parseSeeds } from "../../sim/host/commands/seeds.ts";

test("seeds are a range or a list", () => {
  expect(parseSeeds("1..4")).toEqual([1, 2, 3, 4]);
  expect(parseSeeds("7")).toEqual([7]);
  expect(parseSeeds("9, 1,4")).toEqual([9, 1, 4]);
});

test.each([
  ["20..1", "--seeds 20..1: 1 comes before 20; write --seeds 1..20 or --seeds 1,4,9"],
  ["1..x", "--seeds 1..x: no list of seeds; write --seeds 1..20 or --seeds 1,4,9"],
  ["", "--seeds : no list of seeds"],
  ["1,2,1", "--seeds 1,2,1: 1 stands twice"],
  ["4294967296", "no list of seeds"],
  ["1..99999", "at most 10000 seeds at once"],
])("%s is refused", (text, sentence) => {
  expect(() => parseSeeds(text)).toThrow(sentence);
});

describe("figures", () => {
  const report = (seed: number, trips: number, found: number, minVoltageV: number): RunReport =>
    ({
      seed,
      billing: { trips },
      detection: { found },
      grid: { minVoltageV },
    }) as unknown as RunReport;
  const figures = figuresOf([report(3, 2, 1, 210), report(4, 4, 0, 200), report(5, 6, 1, 205)]);

  test("have mean, deviation of the sample, least and most", () => {
    expect(figures["billing.trips"]).toMatchObject({ mean: 4, deviation: 2, min: 2, max: 6 });
  });

  test("name the worst seed: the most of what should be little, the least of what should be much", () => {
    expect(figures["billing.trips"]).toMatchObject({ worst: 6, worstSeed: 5 });
    expect(figures["detection.found"]).toMatchObject({ worst: 0, worstSeed: 4 });
    expect(figures["grid.minVoltageV"]).toMatchObject({ worst: 200, worstSeed: 4 });
  });

  test("leave out what is no result", () => {
    expect(figures["seed"]).toBeUndefined();
  });

  test("of one seed spread by nothing", () => {
    expect(figuresOf([report(1, 2, 1, 230)])["billing.trips"]).toMatchObject({
      mean: 2,
      deviation: 0,
    });
  });
});
