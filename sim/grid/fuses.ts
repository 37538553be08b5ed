// The fuses of one feeder: one a phase of each home, of each cable that leaves the transformer, and of the transformer's
// low-voltage side. A blown one takes its phase away from everything behind it; neutral and other phases stay.

import { BRANCH, type Feeder, type GridState, NOT_ASKED } from "./feeder.ts";
import {
  damageAfter,
  type FuseCurve,
  fuseCurve,
  meltingS,
  ratingFrom,
  ratingUpTo,
} from "./fuse-curve.ts";
import type { ImportedFeeder } from "./opendss.ts";

/** Ratings in A; null: by the cables and the transformer. */
export interface FuseRatings {
  readonly serviceFuseA: number | null;
  readonly feederFuseA: number | null;
  readonly transformerFuseA: number | null;
}

export type FuseKind = "service" | "feeder" | "transformer";

/** Rows: one a load element, in their order, then those of branches. Never changes. */
export interface FeederFuses {
  readonly kind: readonly FuseKind[];
  /** Row of the element, or of the branch. */
  readonly at: Int32Array;
  /** 0 to 2. */
  readonly phase: Uint8Array;
  /** Id of the line or transformer that it stands in; empty where a home has no cable of its own. */
  readonly branch: readonly string[];
  readonly curve: readonly FuseCurve[];
  /** As in `curve`; beside it for the loop over all. */
  readonly carriesA: Float64Array;
  /** Where branches' fuses begin: the number of elements. */
  readonly firstOfBranch: number;
}

/** Row: fuse. */
export interface FuseState {
  /** 0 cold, 1 melts. */
  readonly damage: Float64Array;
  /** When it melted, −1 while it is whole. */
  readonly blownAt: Float64Array;
}

/** Where nobody says what a home's cable carries, and what a feeder's. */
const SERVICE_A = 63;
const FEEDER_A = 250;
/** Two gG links in series are selective from this ratio of ratings on: the gates of IEC 60269-1 are laid out for it. */
const SELECTIVE = 1.6;
/** What a transformer's own fuse lets through for good, over its rated current. */
const TRANSFORMER_MARGIN = 1.25;

/** Every fuse of a feeder. */
export function createFuses(
  network: ImportedFeeder,
  feeder: Feeder,
  ratings: FuseRatings,
): FeederFuses {
  const rows: { kind: FuseKind; at: number; phase: number; branch: string; ratingA: number }[] = [];
  const lines = network.lines.map((line, index) => ({
    id: line.id,
    ratingA: line.ratingA,
    ends: [line.from, line.to],
    branch: feeder.branchOfLine[index]!,
  }));
  const homesBelow = loadsBelow(feeder);
  feeder.elements.forEach(({ bus, phase }, element) => {
    // The last piece of a cable that feeds this home alone.
    const own = lines.find(
      ({ branch, ends }) =>
        branch === bus && homesBelow[bus] === 1 && ends.includes(feeder.busNames[bus]!),
    );
    const ratingA =
      ratings.serviceFuseA ?? (own?.ratingA == null ? SERVICE_A : ratingUpTo(own.ratingA));
    rows.push({ kind: "service", at: element, phase: phase - 1, branch: own?.id ?? "", ratingA });
  });
  const { secondaryBus } = feeder;
  let largestA = 0;
  for (let bus = 1; bus < feeder.parent.length; bus++) {
    if (feeder.parent[bus] !== secondaryBus || feeder.branchKind[bus] !== BRANCH.line) continue;
    const pieces = lines.filter(({ branch }) => branch === bus);
    const first = pieces.find(({ ends }) => ends.includes(feeder.busNames[secondaryBus]!));
    const known = pieces.flatMap(({ ratingA }) => ratingA ?? []);
    const ratingA =
      ratings.feederFuseA ?? (known.length === 0 ? FEEDER_A : ratingUpTo(Math.min(...known)));
    largestA = Math.max(largestA, ratingA);
    for (const phase of feeder.busPhases[bus]!) {
      rows.push({ kind: "feeder", at: bus, phase: phase - 1, branch: first?.id ?? "", ratingA });
    }
  }
  const transformer = network.transformers[0];
  if (transformer !== undefined) {
    const ratedA = transformer.ratedVa / 3 / transformer.secondaryWindingV;
    const ratingA =
      ratings.transformerFuseA ??
      ratingFrom(Math.max(TRANSFORMER_MARGIN * ratedA, SELECTIVE * largestA));
    for (let phase = 0; phase < 3; phase++) {
      rows.push({ kind: "transformer", at: secondaryBus, phase, branch: transformer.id, ratingA });
    }
  }
  const curves = new Map<number, FuseCurve>();
  const curve = rows.map(({ ratingA }) => {
    const known = curves.get(ratingA) ?? fuseCurve(ratingA);
    curves.set(ratingA, known);
    return known;
  });
  return {
    kind: rows.map(({ kind }) => kind),
    at: Int32Array.from(rows, ({ at }) => at),
    phase: Uint8Array.from(rows, ({ phase }) => phase),
    branch: rows.map(({ branch }) => branch),
    curve,
    carriesA: Float64Array.from(curve, ({ carriesA }) => carriesA),
    firstOfBranch: feeder.elements.length,
  };
}

/** Row: bus. How many loads hang there and below. */
function loadsBelow({ elements, parent }: Feeder): Int32Array {
  const below = new Int32Array(parent.length);
  const seen = new Set<string>();
  for (const { load, bus } of elements) {
    if (seen.has(load)) continue;
    seen.add(load);
    below[bus] = below[bus]! + 1;
  }
  for (let bus = parent.length - 1; bus > 0; bus--) {
    below[parent[bus]!] = below[parent[bus]!]! + below[bus]!;
  }
  return below;
}

/** All whole and cold; none where there is no protection. */
export function createFuseState(fuses: FeederFuses | null): FuseState {
  const count = fuses === null ? 0 : fuses.kind.length;
  return { damage: new Float64Array(count), blownAt: new Float64Array(count).fill(-1) };
}

/** What flows through a fuse in the last solution, in A. */
function fuseCurrentA({ firstOfBranch, at, phase }: FeederFuses, grid: GridState, row: number) {
  if (row < firstOfBranch) return grid.elementCurrentA[row]!;
  return grid.branchCurrentA[3 * at[row]! + phase[row]!]!;
}

/** A fuse that melted in a step: when, in ms after its beginning, and at which current. */
export interface Melted {
  readonly row: number;
  readonly afterMs: number;
  readonly currentA: number;
}

/** Wears every fuse by a step of the last solution's currents. Says which melt in it; they stay closed until `blow`. */
export function wearFuses(
  fuses: FeederFuses,
  state: FuseState,
  grid: GridState,
  stepMs: number,
): readonly Melted[] {
  const { carriesA, curve } = fuses;
  const { damage, blownAt } = state;
  let melted: Melted[] | undefined;
  for (let row = 0; row < carriesA.length; row++) {
    const currentA = fuseCurrentA(fuses, grid, row);
    const before = damage[row]!;
    if ((currentA <= carriesA[row]! && before === 0) || blownAt[row]! >= 0) continue;
    const after = damageAfter(curve[row]!, before, currentA, stepMs);
    damage[row] = after;
    if (after < 1) continue;
    const afterMs = Math.min(stepMs, (stepMs * (1 - before)) / (after - before));
    melted ??= [];
    melted.push({ row, afterMs, currentA });
  }
  return melted ?? [];
}

/** Which fuses stand between a node and the source, the nearest to the node first. */
export function fusesAbove(
  fuses: FeederFuses,
  feeder: Feeder,
  bus: number,
  phase: number,
): readonly number[] {
  const rows: number[] = [];
  for (let at = bus; at > 0; at = feeder.parent[at]!) {
    for (let row = 0; row < fuses.kind.length; row++) {
      const isHere = fuses.kind[row] !== "service" && fuses.at[row] === at;
      if (isHere && fuses.phase[row] === phase) rows.push(row);
    }
  }
  return rows;
}

/**
 * A fault's current through fuses in series, until the first of them melts; the others keep the damage of that time.
 * Undefined where none melts within `limitMs`: the fault has burned itself free.
 */
export function clearFault(
  { curve }: FeederFuses,
  { damage }: FuseState,
  rows: readonly number[],
  currentA: number,
  limitMs: number,
): Melted | undefined {
  let first: Melted | undefined;
  for (const row of rows) {
    const afterMs = Math.max(0, 1 - damage[row]!) * 1000 * meltingS(curve[row]!, currentA);
    if (afterMs <= limitMs && (first === undefined || afterMs < first.afterMs)) {
      first = { row, afterMs, currentA };
    }
  }
  const spanMs = first?.afterMs ?? limitMs;
  for (const row of rows) {
    damage[row] = Math.min(1, damageAfter(curve[row]!, damage[row]!, currentA, spanMs));
  }
  return first;
}

/** Opens a fuse. */
export function blow(state: FuseState, row: number, at: number): void {
  state.blownAt[row] = at;
  state.damage[row] = 0;
}

/** A new one is put in. */
export function replace(state: FuseState, row: number): void {
  state.blownAt[row] = -1;
  state.damage[row] = 0;
}

/** Writes which nodes and elements are without a phase now; the next step is solved anew. */
export function markDead(
  fuses: FeederFuses,
  { blownAt }: FuseState,
  feeder: Feeder,
  grid: GridState,
): void {
  const { parent, branchKind, elementNode, elementOther } = feeder;
  const { deadNode, deadElement } = grid;
  deadNode.fill(0);
  deadElement.fill(0);
  for (let row = 0; row < blownAt.length; row++) {
    if (blownAt[row]! < 0) continue;
    if (fuses.kind[row] === "service") deadElement[fuses.at[row]!] = 1;
    else deadNode[3 * fuses.at[row]! + fuses.phase[row]!] = 1;
  }
  for (let bus = 1; bus < parent.length; bus++) {
    // Behind another transformer every phase would need its own word; none of our feeders has one there.
    const isLine = branchKind[bus] === BRANCH.line;
    for (let phase = 0; phase < 3 && isLine; phase++) {
      if (deadNode[3 * parent[bus]! + phase] === 1) deadNode[3 * bus + phase] = 1;
    }
  }
  for (let element = 0; element < elementNode.length; element++) {
    const other = elementOther[element]!;
    const isCut = deadNode[elementNode[element]!] === 1 || (other >= 0 && deadNode[other] === 1);
    if (isCut) deadElement[element] = 1;
  }
  grid.askedW.fill(NOT_ASKED);
}

/** Takes from what is asked of the grid what hangs on a dead phase. */
export function silenceDead(
  { deadElement }: GridState,
  loadW: Float64Array,
  loadVar: Float64Array,
): void {
  for (let element = 0; element < deadElement.length; element++) {
    if (deadElement[element] === 0) continue;
    loadW[element] = 0;
    loadVar[element] = 0;
  }
}

/** Whether a solution is of the phases that are alive now: those have a voltage in it, and the others have none. */
export function fitsPhases({ deadElement, elementVoltageV }: GridState): boolean {
  for (let element = 0; element < deadElement.length; element++) {
    if ((deadElement[element] === 1) !== (elementVoltageV[element] === 0)) return false;
  }
  return true;
}
