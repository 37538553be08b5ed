// Where two worlds part, in words of the field.

import { describe, expect, test } from "vitest";
import { HOUR_MS } from "../../sim/core/time.ts";
import { firstNamedDifference } from "../../sim/engine/named-difference.ts";
import {
  decodeSnapshot,
  encodeSnapshot,
  isColumn,
  partPaths,
  valueAt,
} from "../../sim/engine/snapshot.ts";
import { createTwin, type World } from "../../sim/engine/world.ts";
import { journal, runUntil, street } from "../support/street.ts";

const twin = runUntil(
  createTwin(street()),
  6 * HOUR_MS,
  journal([[HOUR_MS, { kind: "trip", target: "supply-05" }]]),
);
const bytes = encodeSnapshot(twin.world);
const copy = (): World => decodeSnapshot<World>(bytes);

function named(change: (world: World) => void) {
  const other = copy();
  change(other);
  return firstNamedDifference(twin.model, copy(), other);
}

test("equal worlds have none", () => {
  expect(named(() => {})).toBeUndefined();
});

describe("a difference", () => {
  test("in a register names the quantity, the supply point and both values", () => {
    const row = 11;
    const before = twin.world.plant.meters.importMilliWh[row]!;
    const found = named(({ plant }) => {
      plant.meters.importMilliWh[row] = before + 1;
    });
    expect(found).toEqual({
      quantity: "importMilliWh",
      supplyPoint: "supply-12",
      a: before,
      b: before + 1,
    });
  });

  test("names the cause before what follows from it", () => {
    const found = named(({ plant, belief }) => {
      belief.headend.lastImportWh[2] = 1;
      plant.meters.importMilliWh[2] = 2;
      plant.theft.bypassShare[2] = 0.5;
    });
    expect(found).toMatchObject({
      quantity: "bypassShare",
      supplyPoint: "supply-03",
      a: 0,
      b: 0.5,
    });
  });

  test("inside an account names the field and the customer", () => {
    const found = named(({ belief }) => {
      belief.accounts[6]!.creditMinor = 100;
    });
    expect(found).toMatchObject({
      quantity: "creditMinor",
      supplyPoint: "supply-07",
      a: 0,
      b: 100,
    });
  });

  test("of the transformer's meter names the meter", () => {
    const last = twin.world.plant.meters.importMilliWh.length - 1;
    const found = named(({ plant }) => {
      plant.meters.importMilliWh[last] = 7;
    });
    expect(found).toMatchObject({ quantity: "importMilliWh", supplyPoint: "transformer", b: 7 });
  });

  test("of an element of the grid names the home behind it", () => {
    const element = twin.model.supplyOfElement.indexOf(3);
    const found = named(({ plant }) => {
      plant.grid["feeder"]!.elementVoltageV[element] = 1;
    });
    expect(found).toMatchObject({ quantity: "elementVoltageV", supplyPoint: "supply-04", b: 1 });
  });

  test("in the history of readings names the meter", () => {
    const found = named(({ belief }) => {
      belief.headend.historyEnd[1] = 3;
    });
    expect(found).toMatchObject({ quantity: "historyEnd", supplyPoint: "supply-02", b: 3 });
  });
});

test("a message under way belongs to its meter", () => {
  const found = named(({ air }) => {
    air.flights.push({ ...air.flights[0]!, row: 8 });
  });
  expect(found).toMatchObject({ quantity: "flights", supplyPoint: "supply-09", a: null });
});

const columns = partPaths(twin.world).filter((path) => {
  const value = valueAt(twin.world, path);
  return isColumn(value) && value.length > 0 && path.join(".") !== "engine.chain";
});

test.each(columns.map((path) => path.join(".")))(
  "in %s is found, and named by its last word or a clearer one",
  (name) => {
    const path = name.split(".");
    const found = named((world) => {
      const column = valueAt(world, path) as Float64Array;
      column[0] = column[0] === 1 ? 2 : 1;
    });
    expect(found?.quantity.toLowerCase()).toContain(path.at(-1)!.toLowerCase());
  },
);
