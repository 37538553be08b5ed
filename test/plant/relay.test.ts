// What an open relay, a bypass and the transformer's meter have to do with each other, on First Street's grid.

import { expect, test } from "vitest";
import { HOUR_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { registerMilliWh } from "../../sim/plant/meters/registers.ts";
import { installTheft } from "../../sim/plant/theft/thefts.ts";
import { runUntil, street } from "../support/street.ts";

const ROW = 11;
const resolved = street({ set: ["meters.classPercent=0", "meters.transformerClassPercent=0"] });

function importMilliWh({ model, world }: Twin, row: number): number {
  return registerMilliWh(model.meters, world.plant.meters, row);
}

test("behind an open relay no current flows and no register counts, while the neighbours go on", () => {
  const twin = createTwin(resolved);
  twin.world.plant.meters.relayOpen[ROW] = 1;
  const before = [ROW, ROW + 1].map((row) => importMilliWh(twin, row));
  const element = twin.model.supplyOfElement.indexOf(ROW);
  runUntil(twin, HOUR_MS, [], ({ world }) => {
    expect(world.plant.grid["feeder"]!.elementCurrentA[element]).toBe(0);
  });
  const counted = [ROW, ROW + 1].map((row, index) => importMilliWh(twin, row) - before[index]!);
  expect(counted[0]).toBe(0);
  expect(counted[1]).toBeGreaterThan(0);
  expect(twin.world.plant.energy.deliveredWMs[ROW]).toBe(0);
});

test("a bypassed meter under-reads by its share, and the feeder's balance shows just that", () => {
  const twin = createTwin(resolved);
  const { model, world } = twin;
  const homes = model.plantSpec.supplies.length;
  const bypass = { kind: "partial-bypass", intensity: 0.6, plan: -1, opensCover: false } as const;
  installTheft(world.plant.theft, ROW, bypass, 0);
  const before = model.meters.ids.map((_, row) => importMilliWh(twin, row));
  runUntil(twin, 6 * HOUR_MS);
  const counted = model.meters.ids.map((_, row) => importMilliWh(twin, row) - before[row]!);
  const { energy } = world.plant;
  const milliWh = (wattMs: number) => wattMs / 3600;
  const deliveredMilliWh = milliWh(energy.deliveredWMs[ROW]!);
  // Each of 360 steps rounds a power to a milliwatt: 6 mWh at most, where nothing is off by more than half of that.
  expect(Math.abs(counted[ROW]! - 0.4 * deliveredMilliWh)).toBeLessThan(6);
  expect(milliWh(energy.stolenWMs[ROW]!)).toBeCloseTo(0.6 * deliveredMilliWh, 3);
  const cablesMilliWh = milliWh(
    energy.secondaryWMs[0]! - energy.deliveredWMs.reduce((sum, wattMs) => sum + wattMs, 0),
  );
  const unexplained =
    counted[homes]! - counted.slice(0, homes).reduce((a, b) => a + b, 0) - cablesMilliWh;
  expect(Math.abs(unexplained - 0.6 * deliveredMilliWh)).toBeLessThan(6 * (homes + 3));
});
