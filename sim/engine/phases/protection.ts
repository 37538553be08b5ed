// What protects the network in a step: fuses wear, melt and are replaced, the transformer heats, voltages are held
// against their limits. All of it acts from the next step on; a short circuit acts at once.

import { assert } from "../../core/assert.ts";
import { magnitude } from "../../core/math.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import { faultCurrentA } from "../../grid/fault.ts";
import {
  blow,
  clearFault,
  type FeederFuses,
  fusesAbove,
  markDead,
  replace,
  wearFuses,
} from "../../grid/fuses.ts";
import { approach, gradientAtK, ONAN, oilRiseAtK, RETURN_K } from "../../grid/loading-guide.ts";
import { noteSupply } from "../../plant/quality/interruptions.ts";
import {
  addVoltages,
  closeWindow,
  endsWindow,
  OUTSIDE,
} from "../../plant/quality/voltage-limits.ts";
import type { ProtectionSpec } from "../../plant/spec.ts";
import type { PlantState } from "../../plant/state.ts";
import type { FeederModel, PlantModel } from "../plant-model.ts";
import type { Clock, StepOutputs } from "../world.ts";
import { truth } from "./event-log.ts";

type Out = StepOutputs;

/** A fault that no fuse clears in this time burns itself free. */
export const FAULT_MAX_MS = MINUTE_MS;

/** After the grid: feeder by feeder, in their order. */
export function protectionPhase(
  model: PlantModel,
  plant: PlantState,
  clock: Clock,
  out: Out,
): void {
  const { protection: spec } = model.plantSpec;
  model.feeders.forEach((feeder, row) => {
    noteInterruptions(model, plant, feeder, clock.nowMs);
    if (spec === undefined || feeder.fuses === null) return;
    stepFuses(model, plant, feeder, feeder.fuses, row, spec, clock, out);
    heatTransformer(plant, feeder, row, spec, clock, out);
    watchVoltages(model, plant, feeder, row, spec, clock, out);
  });
}

function noteInterruptions(
  model: PlantModel,
  { interruptions, power }: PlantState,
  { firstSupply, endSupply }: FeederModel,
  from: SimMs,
): void {
  const { firstElement, elementCount } = model.meters;
  for (let row = firstSupply; row < endSupply; row++) {
    const first = firstElement[row]!;
    let hasSupply = false;
    for (let element = first; element < first + elementCount[row]!; element++) {
      if (power.meteredV[element]! > 0) hasSupply = true;
    }
    noteSupply(interruptions, row, hasSupply, from);
  }
}

function stepFuses(
  model: PlantModel,
  plant: PlantState,
  feederModel: FeederModel,
  fuses: FeederFuses,
  row: number,
  { repairAfterMs }: ProtectionSpec,
  clock: Clock,
  out: Out,
): void {
  const { id, feeder } = feederModel;
  const state = plant.fuses[id]!;
  const grid = plant.grid[id]!;
  const endMs = clock.nowMs + clock.stepMs;
  const melted = wearFuses(fuses, state, grid, clock.stepMs);
  let hasChanged = melted.length > 0;
  for (const { row: fuse, afterMs, currentA } of melted) {
    const at = Math.ceil(clock.nowMs + afterMs);
    blow(state, fuse, at);
    markDead(fuses, state, feeder, grid);
    tellBlown(model, feederModel, fuse, { at, currentA, cause: "overload" }, clock, out);
    plant.energy.fusesBlown[row] = plant.energy.fusesBlown[row]! + 1;
  }
  for (let fuse = 0; fuse < state.blownAt.length; fuse++) {
    const { [fuse]: blownAt } = state.blownAt;
    if (blownAt! < 0 || blownAt! + repairAfterMs > endMs) continue;
    const at = Math.max(clock.nowMs, blownAt! + repairAfterMs);
    replaceFuse(model, plant, feederModel, fuse, at, clock, out);
    hasChanged = true;
  }
  if (hasChanged) markDead(fuses, state, feeder, grid);
}

/** The name that people give a fuse: its home, or the phase of its feeder. */
function targetOf(
  model: PlantModel,
  feeder: FeederModel,
  fuses: FeederFuses,
  fuse: number,
): string {
  const { firstElement, id } = feeder;
  if (fuses.kind[fuse] === "service") {
    return model.meters.ids[model.supplyOfElement[firstElement + fuses.at[fuse]!]!]!;
  }
  return `${id}/L${fuses.phase[fuse]! + 1}`;
}

/** Homes of a feeder that have at least one element without its phase. */
function homesWithout(model: PlantModel, plant: PlantState, feeder: FeederModel): number {
  const { deadElement } = plant.grid[feeder.id]!;
  const homes = new Set<number>();
  for (let at = 0; at < deadElement.length; at++) {
    if (deadElement[at] === 1) homes.add(model.supplyOfElement[feeder.firstElement + at]!);
  }
  return homes.size;
}

const phaseOf = (fuses: FeederFuses, fuse: number): 1 | 2 | 3 =>
  (fuses.phase[fuse]! + 1) as 1 | 2 | 3;

function tellBlown(
  model: PlantModel,
  feeder: FeederModel,
  fuse: number,
  how: {
    readonly at: SimMs;
    readonly currentA: number;
    readonly cause: "overload" | "short-circuit";
  },
  clock: Clock,
  out: Out,
): void {
  const { fuses } = feeder;
  assert(fuses !== null, `${feeder.id} has no fuses`);
  truth(clock, out, {
    kind: "fuse-blown",
    at: how.at,
    target: targetOf(model, feeder, fuses, fuse),
    fuse: fuses.kind[fuse]!,
    branch: fuses.branch[fuse]!,
    phase: phaseOf(fuses, fuse),
    ratingA: fuses.curve[fuse]!.ratingA,
    currentA: Math.round(how.currentA * 10) / 10,
    cause: how.cause,
    homes: homesBehind(model, feeder, fuses, fuse),
  });
}

/** Homes with an element behind a fuse. */
function homesBehind(
  model: PlantModel,
  { feeder, firstElement }: FeederModel,
  fuses: FeederFuses,
  fuse: number,
): number {
  if (fuses.kind[fuse] === "service") return 1;
  const homes = new Set<number>();
  feeder.elements.forEach(({ bus, phase, otherPhase }, element) => {
    const isOfPhase = [phase, otherPhase].includes(phaseOf(fuses, fuse));
    let at = bus;
    while (at > 0 && at !== fuses.at[fuse]) at = feeder.parent[at]!;
    if (isOfPhase && at > 0) homes.add(model.supplyOfElement[firstElement + element]!);
  });
  return homes.size;
}

function replaceFuse(
  model: PlantModel,
  plant: PlantState,
  feeder: FeederModel,
  fuse: number,
  at: SimMs,
  clock: Clock,
  out: Out,
): void {
  const { fuses, id } = feeder;
  assert(fuses !== null, `${id} has no fuses`);
  const state = plant.fuses[id]!;
  const before = homesWithout(model, plant, feeder);
  replace(state, fuse);
  markDead(fuses, state, feeder.feeder, plant.grid[id]!);
  truth(clock, out, {
    kind: "fuse-replaced",
    at,
    target: targetOf(model, feeder, fuses, fuse),
    fuse: fuses.kind[fuse]!,
    branch: fuses.branch[fuse]!,
    phase: phaseOf(fuses, fuse),
    homes: before - homesWithout(model, plant, feeder),
  });
}

function heatTransformer(
  { protection, grid }: PlantState,
  { id, feeder, ratedA }: FeederModel,
  row: number,
  { transformer }: ProtectionSpec,
  clock: Clock,
  out: Out,
): void {
  if (ratedA === 0) return;
  const { branchCurrentA } = grid[id]!;
  let [squares, largest] = [0, 0];
  for (let phase = 0; phase < 3; phase++) {
    const load = branchCurrentA[3 * feeder.secondaryBus + phase]! / ratedA;
    squares += load * load;
    largest = Math.max(largest, load);
  }
  const { ambientC, hotSpotLimitC, topOilLimitC } = transformer;
  const { topOilC, gradientK, isOverloaded } = protection;
  // All three phases heat the oil; the hottest spot is in the windings of the most loaded one.
  const oilC = ambientC + oilRiseAtK(squares / 3);
  topOilC[row] = approach(topOilC[row]!, oilC, clock.stepMs, ONAN.oilMs);
  gradientK[row] = approach(gradientK[row]!, gradientAtK(largest), clock.stepMs, ONAN.windingMs);
  const hotSpotC = topOilC[row]! + gradientK[row]!;
  const isOver = hotSpotC > hotSpotLimitC || topOilC[row]! > topOilLimitC;
  const isCool = hotSpotC < hotSpotLimitC - RETURN_K && topOilC[row]! < topOilLimitC - RETURN_K;
  if (isOverloaded[row] === 1 ? !isCool : !isOver) return;
  isOverloaded[row] = isOver ? 1 : 0;
  const rounded = (value: number): number => Math.round(value * 100) / 100;
  const heat = {
    at: clock.nowMs + clock.stepMs,
    feeder: id,
    hotSpotC: rounded(hotSpotC),
    topOilC: rounded(topOilC[row]!),
    loadingShare: rounded(largest),
  };
  if (isOver) truth(clock, out, { kind: "transformer-overload", ...heat });
  else truth(clock, out, { kind: "transformer-cooled", ...heat });
}

function watchVoltages(
  model: PlantModel,
  { protection, grid, cuts }: PlantState,
  { id, firstElement, elementCount, firstSupply, endSupply }: FeederModel,
  row: number,
  { voltage: limits }: ProtectionSpec,
  clock: Clock,
  out: Out,
): void {
  const { voltage, lowHomes, highHomes } = protection;
  addVoltages(voltage, grid[id]!.elementVoltageV, firstElement, clock.stepMs);
  if (!endsWindow(clock.nowMs, clock.stepMs)) return;
  closeWindow(voltage, limits, firstElement, elementCount);
  const at = clock.nowMs + clock.stepMs;
  for (const side of ["low", "high"] as const) {
    const homes = side === "low" ? lowHomes : highHomes;
    const before = homes[row]!;
    const outside = new Uint8Array(endSupply - firstSupply);
    let [count, worst] = [0, -1];
    for (let element = firstElement; element < firstElement + elementCount; element++) {
      if (voltage.outside[element] !== OUTSIDE[side]) continue;
      const supply = model.supplyOfElement[element]!;
      if (cuts.supply[supply] !== 0) continue;
      const sign = side === "low" ? 1 : -1;
      if (worst < 0 || sign * voltage.meanV[element]! < sign * voltage.meanV[worst]!)
        worst = element;
      if (outside[supply - firstSupply] === 0) count++;
      outside[supply - firstSupply] = 1;
    }
    homes[row] = count;
    if ((before === 0) === (count === 0)) continue;
    if (count === 0) truth(clock, out, { kind: "voltage-within", at, feeder: id, side });
    else {
      const supply = model.meters.ids[model.supplyOfElement[worst]!]!;
      const voltageV = Math.round(voltage.meanV[worst]! * 10) / 10;
      truth(clock, out, {
        kind: "voltage-outside",
        at,
        feeder: id,
        side,
        homes: count,
        supply,
        voltageV,
      });
    }
  }
}

/** A home of which every phase is dead has no supply in its rooms: what needs people stops there. */
export function darkenBehindFuses(model: PlantModel, { grid, loads }: PlantState): void {
  for (const { id, fuses, firstElement, firstSupply, endSupply } of model.feeders) {
    const { deadElement } = grid[id]!;
    if (fuses === null || !deadElement.includes(1)) continue;
    const isAlive = new Uint8Array(endSupply - firstSupply);
    for (let at = 0; at < deadElement.length; at++) {
      if (deadElement[at] === 0)
        isAlive[model.supplyOfElement[firstElement + at]! - firstSupply] = 1;
    }
    for (let row = firstSupply; row < endSupply; row++) {
      if (isAlive[row - firstSupply] === 0) loads.hasSupply[row] = 0;
    }
  }
}

/** Where a fault or a new fuse is: an element of a home, or a phase of a feeder (`FEEDER/L2`). */
export interface ProtectedPlace {
  readonly feeder: number;
  /** Rows of the home's elements in its feeder; empty for a phase. */
  readonly elements: readonly number[];
  /** 0 to 2. */
  readonly phase: number;
}

/** The place of a name; undefined where there is none. */
export function protectedPlace(model: PlantModel, target: string): ProtectedPlace | undefined {
  const row = model.rowOfSupply.get(target);
  if (row !== undefined) {
    const { feeder } = model.plantSpec.supplies[row]!;
    const { firstElement, elementCount, feeder: compiled } = model.feeders[feeder]!;
    const elements = Array.from({ length: elementCount }, (_, at) => at).filter(
      (at) => model.supplyOfElement[firstElement + at] === row,
    );
    return { feeder, elements, phase: (compiled.elements[elements[0]!]?.phase ?? 1) - 1 };
  }
  const slash = target.lastIndexOf("/L");
  const feeder = model.feeders.findIndex(({ id }) => id === target.slice(0, slash));
  const phase = ["1", "2", "3"].indexOf(target.slice(slash + 2));
  return slash < 0 || feeder < 0 || phase < 0 ? undefined : { feeder, elements: [], phase };
}

/** A solid fault to the neutral: its current through everything above it, until the first fuse melts. */
export function shortCircuit(
  model: PlantModel,
  plant: PlantState,
  target: string,
  clock: Clock,
  out: Out,
): void {
  const place = protectedPlace(model, target);
  assert(place !== undefined, `there is no home and no phase ${target}`);
  const feederModel = model.feeders[place.feeder]!;
  const { id, feeder, fuses } = feederModel;
  assert(fuses !== null, `${id} has no fuses`);
  const grid = plant.grid[id]!;
  const element = place.elements[0];
  const bus =
    element === undefined ? firstCable(fuses, place.phase) : feeder.elements[element]!.bus;
  const isCut =
    plant.cuts.feeder[place.feeder] !== 0 ||
    (element !== undefined &&
      (plant.cuts.supply[model.rowOfSupply.get(target)!] !== 0 || grid.deadElement[element] === 1));
  const isDead = isCut || bus < 0 || grid.deadNode[3 * bus + place.phase] === 1;
  const currentA = isDead ? 0 : faultCurrentA(feeder, grid, bus, place.phase);
  const above = isDead ? [] : fusesAbove(fuses, feeder, bus, place.phase);
  const rows = element === undefined ? above : [element, ...above];
  const melted = clearFault(fuses, plant.fuses[id]!, rows, currentA, FAULT_MAX_MS);
  const at = clock.nowMs;
  truth(clock, out, {
    kind: "short-circuit",
    at,
    target,
    phase: (place.phase + 1) as 1 | 2 | 3,
    currentA: Math.round(currentA),
    clearedMs: melted === undefined ? null : Math.round(melted.afterMs * 100) / 100,
  });
  if (melted === undefined) return;
  blow(plant.fuses[id]!, melted.row, at);
  markDead(fuses, plant.fuses[id]!, feeder, grid);
  plant.energy.fusesBlown[place.feeder] = plant.energy.fusesBlown[place.feeder]! + 1;
  const how = { at, currentA, cause: "short-circuit" } as const;
  tellBlown(model, feederModel, melted.row, how, clock, out);
}

/** The far end of the first cable that leaves the transformer with a phase; −1 where none does. */
function firstCable({ kind, at, phase }: FeederFuses, wanted: number): number {
  const row = kind.findIndex((each, fuse) => each === "feeder" && phase[fuse] === wanted);
  return row < 0 ? -1 : at[row]!;
}

/** A crew replaces what has blown: a home's fuses, or those of a phase of a feeder. */
export function replaceByHand(
  model: PlantModel,
  plant: PlantState,
  target: string,
  clock: Clock,
  out: Out,
): void {
  for (const { feeder, fuse } of blownAt(model, plant, target)) {
    replaceFuse(model, plant, model.feeders[feeder]!, fuse, clock.nowMs, clock, out);
  }
}

/** The blown fuses of a home, or of a phase of a feeder and its transformer. */
export function blownAt(
  model: PlantModel,
  plant: PlantState,
  target: string,
): readonly { readonly feeder: number; readonly fuse: number }[] {
  const place = protectedPlace(model, target);
  if (place === undefined) return [];
  const { feeder, elements, phase } = place;
  const { fuses, id } = model.feeders[feeder]!;
  if (fuses === null) return [];
  const found: { feeder: number; fuse: number }[] = [];
  plant.fuses[id]!.blownAt.forEach((at, fuse) => {
    if (at < 0) return;
    const isHomes = fuses.kind[fuse] === "service" && elements.includes(fuses.at[fuse]!);
    const isPhases =
      elements.length === 0 && fuses.kind[fuse] !== "service" && fuses.phase[fuse] === phase;
    if (isHomes || isPhases) found.push({ feeder, fuse });
  });
  return found;
}

/** Voltage of a node for those who watch: 0 on a phase that is dead. */
export function nodeVoltageV({ grid }: PlantState, feederId: string, node: number): number {
  const { voltageRe, voltageIm, deadNode } = grid[feederId]!;
  return deadNode[node] === 1 ? 0 : magnitude(voltageRe[node]!, voltageIm[node]!);
}
