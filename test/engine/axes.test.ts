// What the rows of a plant's parts stand for, and that a plant taken apart is put together again.

import { expect, test } from "vitest";
import { axisOf, BY_FEEDER, PLANT_AXES } from "../../sim/engine/axes.ts";
import { partPaths } from "../../sim/engine/snapshot.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { street } from "../support/street.ts";

const names = partPaths(createTwin(street({ set: ["meters.demandRegister=true"] })).world.plant)
  .filter(([first]) => !BY_FEEDER.some((record) => record === first))
  .map((path) => path.join("."));

test.each(names)("the rows of plant.%s stand for something", (name) => {
  expect(axisOf(name)).toBeDefined();
});

test("the table has no row that the plant lacks", () => {
  expect(Object.keys(PLANT_AXES).filter((name) => !names.includes(name))).toEqual([]);
});

test("a part without an axis says where to write it", () => {
  expect(() => axisOf("meters.mood")).toThrow(
    "plant.meters.mood has no axis; write in sim/engine/axes.ts what its rows stand for",
  );
});
