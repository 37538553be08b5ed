// A feeder made ready for solving: branches in breadth-first order, matrices in flat arrays. Chains of segments
// without customers become one equivalent impedance, which is exact for series impedance.

import { assert } from "../core/assert.ts";
import { cos, sin } from "../core/math.ts";
import type { ImportedFeeder, ImportedLine, ImportedLoad, ImportedTransformer } from "./opendss.ts";

/** Branch kinds, in `branchKind`. */
export const BRANCH = { line: 0, deltaWyeLag: 1, deltaWyeLead: 2, wyeWye: 3 } as const;

/** One single-phase piece of a load; `otherPhase` 0 is ground. */
export interface LoadElement {
  readonly load: string;
  readonly bus: number;
  readonly phase: number;
  readonly otherPhase: number;
}

/**
 * Buses in breadth-first order from the source (0); branch k leads from `parent[k]` to bus k, so branch 0 is
 * none. Node n is bus × 3 + phase − 1. Matrices are 9 numbers a branch, row by row. Never changes.
 */
export interface Feeder {
  readonly busNames: readonly string[];
  readonly busPhases: readonly (readonly number[])[];
  readonly parent: Int32Array;
  readonly branchKind: Uint8Array;
  readonly resistanceOhm: Float64Array;
  readonly reactanceOhm: Float64Array;
  /** Transformers: winding ratio primary ÷ secondary; 1 for lines. */
  readonly ratio: Float64Array;
  /** Half of every line's shunt at each of its ends, summed by bus; 9 numbers a bus, in S. */
  readonly shuntSiemens: Float64Array;
  readonly hasShunt: boolean;
  /** Base for per-unit, phase to ground. Row: bus. */
  readonly baseV: Float64Array;
  /** Voltages with nothing connected, the start of the first step. Row: node. */
  readonly startRe: Float64Array;
  readonly startIm: Float64Array;
  readonly sourceRe: Float64Array;
  readonly sourceIm: Float64Array;
  readonly sourceResistanceOhm: Float64Array;
  readonly sourceReactanceOhm: Float64Array;
  readonly elements: readonly LoadElement[];
  /** Row: element. Node of the phase, and of the other end (−1: ground). */
  readonly elementNode: Int32Array;
  readonly elementOther: Int32Array;
  readonly elementBaseV: Float64Array;
  readonly elementModel: Uint8Array;
  readonly elementMinPu: Float64Array;
  readonly elementMaxPu: Float64Array;
  /** Where the first transformer's secondary is; the source's bus where there is none. */
  readonly secondaryBus: number;
  readonly ratedVa: number;
  /** Name of each imported line → the branch that carries its current. */
  readonly branchOfLine: Int32Array;
  readonly branchOfTransformer: Int32Array;
}

/** What a feeder remembers from step to step, and its last solution. Plain data. */
export interface GridState {
  /** Row: node. */
  readonly voltageRe: Float64Array;
  readonly voltageIm: Float64Array;
  /** Row: branch × 3 + phase − 1; at the branch's lower end. */
  readonly branchCurrentA: Float64Array;
  /** Row: branch. */
  readonly branchLossW: Float64Array;
  /** Row: node, and element. 1 while a blown fuse leaves it without its phase: see `fuses.ts`. */
  readonly deadNode: Uint8Array;
  readonly deadElement: Uint8Array;
  /** Row: element. What was asked in the last step that was solved. */
  readonly askedW: Float64Array;
  readonly askedVar: Float64Array;
  /** Row: element. What flows in the solution. */
  readonly elementActiveW: Float64Array;
  readonly elementReactiveVar: Float64Array;
  readonly elementVoltageV: Float64Array;
  readonly elementCurrentA: Float64Array;
  /** As `TOTAL` says: source, secondary, losses; the secondary's three phases in W, var and V. */
  readonly totals: Float64Array;
}
export const TOTAL = {
  sourceW: 0,
  sourceVar: 1,
  secondaryW: 2,
  secondaryVar: 3,
  lossesW: 4,
  phaseW: 5,
  phaseVar: 8,
  phaseV: 11,
} as const;
const TOTAL_COUNT = 14;

type Branch =
  | { readonly kind: "line"; readonly line: ImportedLine; readonly index: number }
  | {
      readonly kind: "transformer";
      readonly transformer: ImportedTransformer;
      readonly index: number;
    };

/** Compiles an imported feeder. `needed` keeps the buses that matter: loads, junctions, transformers, source. */
export function compileFeeder(
  imported: ImportedFeeder,
  options: { readonly keep: "all" | "needed" },
): Feeder {
  const walk = walkTree(imported, options.keep);
  const count = walk.buses.length;
  const busPhases = walk.buses.map(
    (name) => imported.buses.find((bus) => bus.name === name)?.phases ?? [1, 2, 3],
  );
  const busOf = new Map(walk.buses.map((name, index) => [name, index]));
  const feeder = {
    busNames: walk.buses,
    busPhases,
    parent: Int32Array.from(walk.parent),
    branchKind: new Uint8Array(count),
    resistanceOhm: new Float64Array(9 * count),
    reactanceOhm: new Float64Array(9 * count),
    ratio: new Float64Array(count).fill(1),
    shuntSiemens: new Float64Array(9 * count),
    baseV: new Float64Array(count),
    branchOfLine: new Int32Array(imported.lines.length),
    branchOfTransformer: new Int32Array(imported.transformers.length),
  };
  walk.chains.forEach((chain, branch) => {
    for (const part of chain) fillBranch(feeder, branch, part);
  });
  const hasShunt = fillShunts(feeder.shuntSiemens, imported, busOf);
  const { source } = imported;
  feeder.baseV[0] = source.voltageV;
  for (let bus = 1; bus < count; bus++) {
    feeder.baseV[bus] = baseOfChild(feeder, imported, walk.chains[bus]!, bus);
  }
  const sourceRe = new Float64Array(3);
  const sourceIm = new Float64Array(3);
  for (let phase = 0; phase < 3; phase++) {
    const angleRad = ((source.angleDeg - 120 * phase) * Math.PI) / 180;
    sourceRe[phase] = source.voltageV * cos(angleRad);
    sourceIm[phase] = source.voltageV * sin(angleRad);
  }
  const elements = imported.loads.flatMap((load) => elementsOf(load, busOf));
  const loadOf = new Map(imported.loads.map((load) => [load.id, load]));
  const perElement = (value: (load: ImportedLoad) => number): number[] =>
    elements.map(({ load }) => value(loadOf.get(load)!));
  const firstTransformer = walk.chains.findIndex((chain) => chain[0]?.kind === "transformer");
  const compiled: Feeder = {
    ...feeder,
    hasShunt,
    startRe: new Float64Array(3 * count),
    startIm: new Float64Array(3 * count),
    sourceRe,
    sourceIm,
    sourceResistanceOhm: Float64Array.from(source.resistanceOhm),
    sourceReactanceOhm: Float64Array.from(source.reactanceOhm),
    elements,
    elementNode: Int32Array.from(elements, ({ bus, phase }) => 3 * bus + phase - 1),
    elementOther: Int32Array.from(elements, ({ bus, otherPhase }) =>
      otherPhase === 0 ? -1 : 3 * bus + otherPhase - 1,
    ),
    elementBaseV: Float64Array.from(perElement(({ elementV }) => elementV)),
    elementModel: Uint8Array.from(perElement(({ model }) => model)),
    elementMinPu: Float64Array.from(perElement(({ minimumPu }) => minimumPu)),
    elementMaxPu: Float64Array.from(perElement(({ maximumPu }) => maximumPu)),
    secondaryBus: Math.max(0, firstTransformer),
    ratedVa: imported.transformers[0]?.ratedVa ?? 0,
  };
  fillStart(compiled);
  return compiled;
}

interface Walk {
  readonly buses: string[];
  readonly parent: number[];
  /** Row: branch. The imported branches in series that it stands for; empty for the source. */
  readonly chains: Branch[][];
}

/** Breadth-first from the source; chains are merged where nothing hangs between them. */
function walkTree(imported: ImportedFeeder, keep: "all" | "needed"): Walk {
  const around = new Map<string, { readonly to: string; readonly branch: Branch }[]>();
  const connect = (from: string, to: string, branch: Branch): void => {
    const list = around.get(from);
    if (list === undefined) around.set(from, [{ to, branch }]);
    else list.push({ to, branch });
  };
  imported.transformers.forEach((transformer, index) => {
    connect(transformer.from, transformer.to, { kind: "transformer", transformer, index });
  });
  imported.lines.forEach((line, index) => {
    connect(line.from, line.to, { kind: "line", line, index });
    connect(line.to, line.from, { kind: "line", line, index });
  });
  const loaded = new Set(imported.loads.map(({ bus }) => bus));
  const shunted = new Set(
    imported.lines
      .filter(({ shuntSiemens }) => shuntSiemens.some((siemens) => siemens !== 0))
      .flatMap(({ from, to }) => [from, to]),
  );
  const seen = new Set([imported.source.bus]);
  const walk: Walk = { buses: [imported.source.bus], parent: [-1], chains: [[]] };
  const leaving = (bus: string): { readonly to: string; readonly branch: Branch }[] =>
    (around.get(bus) ?? []).filter(({ to }) => !seen.has(to));
  for (let at = 0; at < walk.buses.length; at++) {
    for (const first of leaving(walk.buses[at]!)) {
      const chain = [first.branch];
      let end = first.to;
      seen.add(end);
      for (;;) {
        const next = leaving(end);
        const only = next[0];
        const isPlain =
          keep === "needed" && next.length === 1 && !loaded.has(end) && !shunted.has(end);
        if (
          !isPlain ||
          only === undefined ||
          chain[0]!.kind !== "line" ||
          only.branch.kind !== "line"
        )
          break;
        if (
          only.branch.line.phases.join() !== (chain[0] as { line: ImportedLine }).line.phases.join()
        )
          break;
        chain.push(only.branch);
        end = only.to;
        seen.add(end);
      }
      walk.buses.push(end);
      walk.parent.push(at);
      walk.chains.push(chain);
    }
  }
  return walk;
}

interface BranchColumns {
  readonly branchKind: Uint8Array;
  readonly resistanceOhm: Float64Array;
  readonly reactanceOhm: Float64Array;
  readonly ratio: Float64Array;
  readonly branchOfLine: Int32Array;
  readonly branchOfTransformer: Int32Array;
}

function fillBranch(columns: BranchColumns, branch: number, part: Branch): void {
  const { resistanceOhm, reactanceOhm } = columns;
  if (part.kind === "line") {
    columns.branchOfLine[part.index] = branch;
    for (let at = 0; at < 9; at++) {
      const to = 9 * branch + at;
      resistanceOhm[to] = resistanceOhm[to]! + part.line.seriesOhm[at]!;
      reactanceOhm[to] = reactanceOhm[to]! + part.line.seriesReactanceOhm[at]!;
    }
    return;
  }
  const { transformer } = part;
  columns.branchOfTransformer[part.index] = branch;
  const isDelta = transformer.primary === "delta";
  const delta = transformer.isLeading ? BRANCH.deltaWyeLead : BRANCH.deltaWyeLag;
  columns.branchKind[branch] = isDelta ? delta : BRANCH.wyeWye;
  columns.ratio[branch] = transformer.primaryWindingV / transformer.secondaryWindingV;
  for (let phase = 0; phase < 3; phase++) {
    resistanceOhm[9 * branch + 4 * phase] = transformer.resistanceOhm;
    reactanceOhm[9 * branch + 4 * phase] = transformer.reactanceOhm;
  }
}

function fillShunts(
  shuntSiemens: Float64Array,
  imported: ImportedFeeder,
  busOf: ReadonlyMap<string, number>,
): boolean {
  let hasShunt = false;
  for (const line of imported.lines) {
    if (line.shuntSiemens.every((siemens) => siemens === 0)) continue;
    hasShunt = true;
    for (const end of [line.from, line.to]) {
      const bus = busOf.get(end);
      assert(bus !== undefined, `bus ${end} has a shunt and was merged`);
      for (let at = 0; at < 9; at++) {
        shuntSiemens[9 * bus + at] = shuntSiemens[9 * bus + at]! + line.shuntSiemens[at]! / 2;
      }
    }
  }
  return hasShunt;
}

function baseOfChild(
  feeder: { readonly parent: Int32Array; readonly baseV: Float64Array },
  imported: ImportedFeeder,
  chain: readonly Branch[],
  bus: number,
): number {
  const [first] = chain;
  if (first?.kind === "transformer") return imported.transformers[first.index]!.secondaryWindingV;
  return feeder.baseV[feeder.parent[bus]!]!;
}

function elementsOf(load: ImportedLoad, busOf: ReadonlyMap<string, number>): LoadElement[] {
  const bus = busOf.get(load.bus);
  assert(bus !== undefined, `load ${load.id} hangs on bus ${load.bus}, which was merged`);
  const { phases } = load;
  if (load.connection === "wye") {
    return phases.map((phase) => ({ load: load.id, bus, phase, otherPhase: 0 }));
  }
  if (phases.length === 2) {
    return [{ load: load.id, bus, phase: phases[0]!, otherPhase: phases[1]! }];
  }
  return [
    [1, 2],
    [2, 3],
    [3, 1],
  ].map(([phase, otherPhase]) => ({ load: load.id, bus, phase: phase!, otherPhase: otherPhase! }));
}

/** Voltages with nothing connected: the source's, carried down through the transformers. */
function fillStart(feeder: Feeder): void {
  const { startRe, startIm, parent, branchKind, ratio } = feeder;
  startRe.set(feeder.sourceRe, 0);
  startIm.set(feeder.sourceIm, 0);
  for (let bus = 1; bus < parent.length; bus++) {
    const from = 3 * parent[bus]!;
    for (let phase = 0; phase < 3; phase++) {
      const node = 3 * bus + phase;
      const other = deltaPartner(branchKind[bus]!, phase);
      const otherRe = other < 0 ? 0 : startRe[from + other]!;
      const otherIm = other < 0 ? 0 : startIm[from + other]!;
      startRe[node] = (startRe[from + phase]! - otherRe) / ratio[bus]!;
      startIm[node] = (startIm[from + phase]! - otherIm) / ratio[bus]!;
    }
  }
}

/**
 * The other phase of the delta winding that feeds a secondary phase, −1 where the winding goes to ground. Lag
 * (Dyn1): a sees A − C, 30° behind; lead (Dyn11): a sees A − B, 30° ahead.
 */
export function deltaPartner(kind: number, phase: number): number {
  if (kind === BRANCH.deltaWyeLag) return (phase + 2) % 3;
  if (kind === BRANCH.deltaWyeLead) return (phase + 1) % 3;
  return -1;
}

/** In `askedW` where no step is solved: no load is ever this, so the next step is not taken for a repetition. */
export const NOT_ASKED: number = Number.POSITIVE_INFINITY;

/** The state before the first step. */
export function createGridState(feeder: Feeder): GridState {
  const elements = feeder.elements.length;
  const buses = feeder.parent.length;
  return {
    voltageRe: Float64Array.from(feeder.startRe),
    voltageIm: Float64Array.from(feeder.startIm),
    branchCurrentA: new Float64Array(3 * buses),
    branchLossW: new Float64Array(buses),
    deadNode: new Uint8Array(3 * buses),
    deadElement: new Uint8Array(elements),
    askedW: new Float64Array(elements).fill(NOT_ASKED),
    askedVar: new Float64Array(elements),
    elementActiveW: new Float64Array(elements),
    elementReactiveVar: new Float64Array(elements),
    elementVoltageV: new Float64Array(elements),
    elementCurrentA: new Float64Array(elements),
    totals: new Float64Array(TOTAL_COUNT),
  };
}

/** Nothing flows and nothing is alive, for a feeder whose source is gone; the voltages stay as the next start. */
export function darkenGrid(state: GridState): void {
  const { askedW, elementActiveW, elementReactiveVar, elementVoltageV, elementCurrentA } = state;
  askedW.fill(NOT_ASKED);
  for (const column of [elementActiveW, elementReactiveVar, elementVoltageV, elementCurrentA]) {
    column.fill(0);
  }
  state.branchCurrentA.fill(0);
  state.branchLossW.fill(0);
  state.totals.fill(0);
}
