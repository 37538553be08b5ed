// A plant in parts. Each part has some feeders with everything behind them and is stepped by itself; air and company
// run once over what all parts sent. What comes out is the same to the last bit, whatever the number of parts.

import type { PlantSpec } from "../plant/spec.ts";
import type { PlantState } from "../plant/state.ts";
import { axisOf, BY_FEEDER } from "./axes.ts";
import { createPlant, createPlantModel, type PlantModel, type PlantShard } from "./plant-model.ts";
import { type Column, isColumn, partPaths, valueAt } from "./snapshot.ts";
import type { Twin } from "./world.ts";

/** The whole plant as its only part; or up to `count` parts of about as many supply points each. */
export function createShards(
  model: PlantModel,
  plant: PlantState,
  count: number,
): readonly PlantShard[] {
  const parts = Math.min(count, model.feeders.length);
  if (parts <= 1) return [{ model, plant, firstSupply: 0, firstFeeder: 0 }];
  const { plantSpec } = model;
  const supplies = plantSpec.supplies.length;
  const shards: PlantShard[] = [];
  let firstFeeder = 0;
  for (let part = 0; part < parts; part++) {
    const wantedEnd = Math.round((supplies * (part + 1)) / parts);
    // One feeder at least, and one at least for each part to come.
    let endFeeder = firstFeeder + 1;
    const lastEnd = model.feeders.length - (parts - part - 1);
    while (endFeeder < lastEnd && model.feeders[endFeeder]!.endSupply <= wantedEnd) endFeeder++;
    if (part === parts - 1) endFeeder = model.feeders.length;
    const { firstSupply } = model.feeders[firstFeeder]!;
    const spec = partOf(plantSpec, firstFeeder, endFeeder);
    const partModel = createPlantModel(spec, model.deviceLost, firstSupply);
    shards.push({ model: partModel, plant: createPlant(partModel), firstSupply, firstFeeder });
    firstFeeder = endFeeder;
  }
  copyRows(model, plant, shards, "to-shards");
  return shards;
}

/** What of a plant's spec belongs to some of its feeders; inputs and schedules stay with the whole, habits do not. */
function partOf(spec: PlantSpec, firstFeeder: number, endFeeder: number): PlantSpec {
  const supplies = spec.supplies
    .filter(({ feeder }) => feeder >= firstFeeder && feeder < endFeeder)
    .map((supply) => ({ ...supply, feeder: supply.feeder - firstFeeder }));
  const feeders = spec.feeders.slice(firstFeeder, endFeeder);
  return { ...spec, feeders, supplies, powerCuts: [] };
}

/** Brings `world.plant` up to its parts; does nothing where the whole is the only part. */
export function gatherPlant({ model, world, shards }: Twin): void {
  if (shards.length > 1) copyRows(model, world.plant, shards, "to-whole");
}

/** Gives the parts what was changed in `world.plant`. */
export function scatterPlant({ model, world, shards }: Twin): void {
  if (shards.length > 1) copyRows(model, world.plant, shards, "to-shards");
}

type Direction = "to-whole" | "to-shards";

function copyRows(
  model: PlantModel,
  whole: PlantState,
  shards: readonly PlantShard[],
  direction: Direction,
): void {
  for (const path of partPaths(whole)) {
    if (BY_FEEDER.some((record) => record === path[0])) continue;
    const axis = axisOf(path.join("."));
    if (axis === "whole") continue;
    const rows = valueAt(whole, path) as Rows;
    for (const shard of shards) {
      const part = valueAt(shard.plant, path) as Rows;
      for (const { at, from, count } of blocksOf(axis, model, shard)) {
        const each = axis === "shared" ? 1 : part.length / rowsOf(axis, shard.model);
        const block = { at: at * each, from: from * each, count: count * each };
        if (direction === "to-whole") copyBlock(part, block.from, rows, block.at, block.count);
        else copyBlock(rows, block.at, part, block.from, block.count);
      }
    }
  }
  for (const { model: own, plant } of shards) {
    for (const { id } of own.feeders) copyFeeder(whole, plant, id, direction);
  }
}

/** What a feeder alone has belongs to one part alone, column by column. */
function copyFeeder(whole: PlantState, part: PlantState, id: string, direction: Direction): void {
  const [source, target] = direction === "to-whole" ? [part, whole] : [whole, part];
  for (const record of BY_FEEDER) {
    const from = source[record][id]!;
    const to = target[record][id]!;
    for (const path of partPaths(to)) {
      (valueAt(to, path) as Float64Array).set(valueAt(from, path) as Float64Array);
    }
  }
}

type Rows = Column | unknown[];

function copyBlock(source: Rows, from: number, target: Rows, at: number, count: number): void {
  if (isColumn(source) && isColumn(target)) {
    target.set(source.subarray(from, from + count), at);
    return;
  }
  for (let row = 0; row < count; row++) {
    (target as unknown[])[at + row] = (source as unknown[])[from + row];
  }
}

interface Block {
  /** First row in the whole, first row in the part, and how many. */
  readonly at: number;
  readonly from: number;
  readonly count: number;
}

/** Where a part's rows lie among all. */
function blocksOf(
  axis: ReturnType<typeof axisOf>,
  whole: PlantModel,
  { model, firstSupply, firstFeeder }: PlantShard,
): readonly Block[] {
  const supplies = model.plantSpec.supplies.length;
  const feeders = model.feeders.length;
  const allSupplies = whole.plantSpec.supplies.length;
  switch (axis) {
    case "supply":
      return [{ at: firstSupply, from: 0, count: supplies }];
    case "feeder":
      return [{ at: firstFeeder, from: 0, count: feeders }];
    case "element":
      return [
        {
          at: whole.feeders[firstFeeder]!.firstElement,
          from: 0,
          count: model.supplyOfElement.length,
        },
      ];
    case "meter":
      return [
        { at: firstSupply, from: 0, count: supplies },
        { at: allSupplies + firstFeeder, from: supplies, count: feeders },
      ];
    case "metered-element": {
      const transformers = model.meters.firstElement[supplies]!;
      return [
        { at: whole.meters.firstElement[firstSupply]!, from: 0, count: transformers },
        {
          at: whole.meters.firstElement[allSupplies + firstFeeder]!,
          from: transformers,
          count: model.meters.gain.length - transformers,
        },
      ];
    }
    case "shared":
      return [{ at: 0, from: 0, count: 1 }];
    case "whole":
      return [];
  }
}

function rowsOf(axis: ReturnType<typeof axisOf>, model: PlantModel): number {
  switch (axis) {
    case "supply":
      return model.plantSpec.supplies.length;
    case "feeder":
      return model.feeders.length;
    case "element":
      return model.supplyOfElement.length;
    case "meter":
      return model.meters.ids.length;
    case "metered-element":
      return model.meters.gain.length;
    default:
      return 1;
  }
}

/** The row that a part's meter has among all. */
export function wholeRow(whole: PlantModel, shard: PlantShard, row: number): number {
  const supplies = shard.model.plantSpec.supplies.length;
  if (row < supplies) return shard.firstSupply + row;
  return whole.plantSpec.supplies.length + shard.firstFeeder + (row - supplies);
}

/** The row that a meter has in the part that holds it, and which part that is. */
export function shardOfRow(
  shards: readonly PlantShard[],
  whole: PlantModel,
  row: number,
): { readonly shard: number; readonly row: number } {
  const supplies = whole.plantSpec.supplies.length;
  for (let index = shards.length - 1; index >= 0; index--) {
    const { firstSupply, firstFeeder, model } = shards[index]!;
    if (row < supplies && row >= firstSupply) return { shard: index, row: row - firstSupply };
    if (row >= supplies && row - supplies >= firstFeeder) {
      const own = model.plantSpec.supplies.length + (row - supplies - firstFeeder);
      return { shard: index, row: own };
    }
  }
  return { shard: 0, row };
}
