// What a scenario leaves to the program.

import { expect, test } from "vitest";
import { assumptionsOf } from "../../sim/host/assumptions.ts";

test("every default is told once, with its place, and nothing that was written", () => {
  const written = {
    name: "a",
    air: { lossShare: 0.1 },
    customers: [{ id: "x", residents: 2 }, { id: "y" }],
  };
  const parsed = {
    name: "a",
    seed: 1,
    air: { lossShare: 0.1, retry: 60_000 },
    loads: { scale: 1 },
    customers: [
      { id: "x", residents: 2, owns: [] },
      { id: "y", residents: 3, owns: [] },
    ],
    thefts: [],
  };
  expect(assumptionsOf(written, parsed)).toEqual([
    { path: "seed", value: 1 },
    { path: "air.retry", value: 60_000 },
    { path: "loads.scale", value: 1 },
    { path: "customers[].owns", value: [] },
    { path: "customers[].residents", value: 3 },
    { path: "thefts", value: [] },
  ]);
});

test("what is absent on both sides is no assumption", () => {
  expect(assumptionsOf({}, { tariff: undefined })).toEqual([]);
});
