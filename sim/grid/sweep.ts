// Three-phase power flow of a radial feeder: backward–forward sweep (Shirmohammadi, Hong, Semlyen and Luo, "A
// compensation-based power flow method for weakly meshed distribution and transmission networks", IEEE Trans.
// Power Systems 3 (1988) 753). Warm start from the last step; no allocation inside a step.

import { assert } from "../core/assert.ts";
import { magnitude } from "../core/math.ts";
import { BRANCH, deltaPartner, type Feeder, type GridState, NOT_ASKED, TOTAL } from "./feeder.ts";

export interface SolveOptions {
  /** Largest change of a node's voltage between sweeps, per unit of its base. */
  readonly tolerancePu: number;
  readonly iterationsMax: number;
  /** `opendss`: a load outside [vminpu, vmaxpu] turns into a constant impedance, and models 2 and 5 count. */
  readonly loadModel: "constant-power" | "opendss";
}

/** Reused by every call on the same scratch: read it before the next step. */
export interface SweepResult {
  converged: boolean;
  iterations: number;
  /** Bus of the largest change in the last sweep, and that change. */
  worstBus: string;
  worstMismatchPu: number;
  sourceW: number;
  sourceVar: number;
  secondaryW: number;
  secondaryVar: number;
  lossesW: number;
  /** L1, L2, L3 out of the transformer. */
  readonly secondaryPhaseW: Float64Array;
  secondaryVoltageV: number;
}

interface Scratch {
  readonly currentRe: Float64Array;
  readonly currentIm: Float64Array;
  readonly loadRe: Float64Array;
  readonly loadIm: Float64Array;
  readonly lastRe: Float64Array;
  readonly lastIm: Float64Array;
  readonly result: SweepResult;
}

const scratches = new WeakMap<Feeder, Scratch>();

function scratchOf(feeder: Feeder): Scratch {
  const known = scratches.get(feeder);
  if (known !== undefined) return known;
  const nodes = 3 * feeder.parent.length;
  const elements = feeder.elements.length;
  const scratch: Scratch = {
    currentRe: new Float64Array(nodes),
    currentIm: new Float64Array(nodes),
    loadRe: new Float64Array(elements),
    loadIm: new Float64Array(elements),
    lastRe: new Float64Array(nodes),
    lastIm: new Float64Array(nodes),
    result: {
      converged: true,
      iterations: 0,
      worstBus: "",
      worstMismatchPu: 0,
      sourceW: 0,
      sourceVar: 0,
      secondaryW: 0,
      secondaryVar: 0,
      lossesW: 0,
      secondaryPhaseW: new Float64Array(3),
      secondaryVoltageV: 0,
    },
  };
  scratches.set(feeder, scratch);
  return scratch;
}

/**
 * Solves one step. `loadW` and `loadVar` have a row per element; on phases that are dead nothing is asked, and none of
 * them has a voltage in the solution. Where it does not converge, `state` keeps the
 * last good solution. Asked the same as last time, it answers the same without sweeping.
 */
export function solveStep(
  feeder: Feeder,
  state: GridState,
  loadW: Float64Array,
  loadVar: Float64Array,
  options: SolveOptions,
): SweepResult {
  const scratch = scratchOf(feeder);
  const { result } = scratch;
  const count = feeder.elementNode.length;
  assert(loadW.length === count && loadVar.length === count, `${count} elements expected`);
  if (isAskedAgain(state, loadW, loadVar)) {
    result.converged = true;
    result.iterations = 0;
    readTotals(state, result);
    return result;
  }
  scratch.lastRe.set(state.voltageRe);
  scratch.lastIm.set(state.voltageIm);
  result.converged = false;
  result.iterations = 0;
  while (!result.converged && result.iterations < options.iterationsMax) {
    result.iterations++;
    if (options.loadModel === "constant-power")
      powerCurrents(feeder, state, loadW, loadVar, scratch);
    else dssCurrents(feeder, state, loadW, loadVar, scratch);
    backward(feeder, state, scratch);
    forward(feeder, state, scratch, result);
    result.converged = result.worstMismatchPu <= options.tolerancePu; // NaN never is
  }
  if (!result.converged) {
    state.voltageRe.set(scratch.lastRe);
    state.voltageIm.set(scratch.lastIm);
    state.askedW.fill(NOT_ASKED);
    readTotals(state, result);
    return result;
  }
  state.askedW.set(loadW);
  state.askedVar.set(loadVar);
  account(feeder, state, scratch);
  readTotals(state, result);
  return result;
}

function isAskedAgain(state: GridState, loadW: Float64Array, loadVar: Float64Array): boolean {
  const { askedW, askedVar } = state;
  for (let element = 0; element < loadW.length; element++) {
    if (askedW[element] !== loadW[element] || askedVar[element] !== loadVar[element]) return false;
  }
  return loadW.length > 0;
}

/** I = conj(S ÷ V) at the present voltages. */
function powerCurrents(
  feeder: Feeder,
  state: GridState,
  loadW: Float64Array,
  loadVar: Float64Array,
  { loadRe, loadIm }: Scratch,
): void {
  const { elementNode, elementOther } = feeder;
  const { voltageRe, voltageIm } = state;
  for (let element = 0; element < elementNode.length; element++) {
    const node = elementNode[element]!;
    const other = elementOther[element]!;
    let re = voltageRe[node]!;
    let im = voltageIm[node]!;
    if (other >= 0) {
      re -= voltageRe[other]!;
      im -= voltageIm[other]!;
    }
    const square = re * re + im * im;
    const watts = loadW[element]!;
    const vars = loadVar[element]!;
    loadRe[element] = (watts * re + vars * im) / square;
    loadIm[element] = (watts * im - vars * re) / square;
  }
}

/** OpenDSS's vlowpu: at and below it every load is the impedance of its rating. */
const LOW_PU = 0.5;

/**
 * Power of a load at a voltage as a share of its rated power: 1 inside its band; above it the impedance of the
 * band's edge; below it a current on the straight line from the band's edge to the rated impedance at LOW_PU
 * (OpenDSS 9, Load.pas: SetNominalLoad, DoConstantPQLoad, DoConstantILoad).
 */
function dssPowerShare(model: number, pu: number, minimumPu: number, maximumPu: number): number {
  if (model === 2 || pu <= LOW_PU) return pu * pu;
  const isCurrent = model === 5;
  if (pu <= minimumPu) {
    const edgePu = isCurrent ? 1 : 1 / minimumPu;
    const slope = (edgePu - LOW_PU) / (minimumPu - LOW_PU);
    return (LOW_PU + slope * (pu - LOW_PU)) * pu;
  }
  if (pu > maximumPu) return (pu * pu) / (isCurrent ? maximumPu : maximumPu * maximumPu);
  return isCurrent ? pu : 1;
}

/** The same with OpenDSS's load models and voltage bands. */
function dssCurrents(
  feeder: Feeder,
  state: GridState,
  loadW: Float64Array,
  loadVar: Float64Array,
  { loadRe, loadIm }: Scratch,
): void {
  const { elementNode, elementOther, elementBaseV, elementModel, elementMinPu, elementMaxPu } =
    feeder;
  const { voltageRe, voltageIm } = state;
  for (let element = 0; element < elementNode.length; element++) {
    const node = elementNode[element]!;
    const other = elementOther[element]!;
    let re = voltageRe[node]!;
    let im = voltageIm[node]!;
    if (other >= 0) {
      re -= voltageRe[other]!;
      im -= voltageIm[other]!;
    }
    const square = re * re + im * im;
    const baseV = elementBaseV[element]!;
    const pu = Math.sqrt(square) / baseV;
    const share = dssPowerShare(
      elementModel[element]!,
      pu,
      elementMinPu[element]!,
      elementMaxPu[element]!,
    );
    const watts = loadW[element]! * share;
    const vars = loadVar[element]! * share;
    loadRe[element] = (watts * re + vars * im) / square;
    loadIm[element] = (watts * im - vars * re) / square;
  }
}

/** Sums currents from the leaves to the source; through a transformer as its windings couple the phases. */
function backward(feeder: Feeder, state: GridState, scratch: Scratch): void {
  const { parent, branchKind, ratio, elementNode, elementOther } = feeder;
  const { currentRe, currentIm, loadRe, loadIm } = scratch;
  currentRe.fill(0);
  currentIm.fill(0);
  if (feeder.hasShunt) shuntCurrents(feeder, state, scratch);
  for (let element = 0; element < elementNode.length; element++) {
    const node = elementNode[element]!;
    currentRe[node] = currentRe[node]! + loadRe[element]!;
    currentIm[node] = currentIm[node]! + loadIm[element]!;
    const other = elementOther[element]!;
    if (other < 0) continue;
    currentRe[other] = currentRe[other]! - loadRe[element]!;
    currentIm[other] = currentIm[other]! - loadIm[element]!;
  }
  for (let bus = parent.length - 1; bus > 0; bus--) {
    const from = 3 * parent[bus]!;
    const to = 3 * bus;
    const kind = branchKind[bus]!;
    if (kind === BRANCH.line) {
      currentRe[from] = currentRe[from]! + currentRe[to]!;
      currentIm[from] = currentIm[from]! + currentIm[to]!;
      currentRe[from + 1] = currentRe[from + 1]! + currentRe[to + 1]!;
      currentIm[from + 1] = currentIm[from + 1]! + currentIm[to + 1]!;
      currentRe[from + 2] = currentRe[from + 2]! + currentRe[to + 2]!;
      currentIm[from + 2] = currentIm[from + 2]! + currentIm[to + 2]!;
      continue;
    }
    const n = ratio[bus]!;
    for (let phase = 0; phase < 3; phase++) {
      const partner = deltaPartner(kind, phase);
      const re = currentRe[to + phase]! / n;
      const im = currentIm[to + phase]! / n;
      currentRe[from + phase] = currentRe[from + phase]! + re;
      currentIm[from + phase] = currentIm[from + phase]! + im;
      if (partner < 0) continue;
      currentRe[from + partner] = currentRe[from + partner]! - re;
      currentIm[from + partner] = currentIm[from + partner]! - im;
    }
  }
}

/** I = jB·V at every bus, from the lumped halves of the lines' capacitance. */
function shuntCurrents(feeder: Feeder, state: GridState, { currentRe, currentIm }: Scratch): void {
  const { shuntSiemens, parent } = feeder;
  const { voltageRe, voltageIm, deadNode } = state;
  for (let bus = 0; bus < parent.length; bus++) {
    for (let row = 0; row < 3; row++) {
      let re = 0;
      let im = 0;
      for (let column = 0; column < 3; column++) {
        // A conductor without its phase is taken for one at the neutral's potential.
        if (deadNode[3 * bus + row] === 1 || deadNode[3 * bus + column] === 1) continue;
        const siemens = shuntSiemens[9 * bus + 3 * row + column]!;
        re -= siemens * voltageIm[3 * bus + column]!;
        im += siemens * voltageRe[3 * bus + column]!;
      }
      currentRe[3 * bus + row] = re;
      currentIm[3 * bus + row] = im;
    }
  }
}

/** Voltages from the source to the leaves; notes the largest change. */
function forward(feeder: Feeder, state: GridState, scratch: Scratch, result: SweepResult): void {
  const { parent, branchKind, ratio, resistanceOhm, reactanceOhm, baseV } = feeder;
  const { voltageRe, voltageIm } = state;
  const { currentRe, currentIm } = scratch;
  let worstSquare = sourceVoltages(feeder, state, scratch);
  let worst = 0;
  for (let bus = 1; bus < parent.length; bus++) {
    const from = 3 * parent[bus]!;
    const to = 3 * bus;
    const z = 9 * bus;
    const kind = branchKind[bus]!;
    const i0 = currentRe[to]!;
    const j0 = currentIm[to]!;
    const i1 = currentRe[to + 1]!;
    const j1 = currentIm[to + 1]!;
    const i2 = currentRe[to + 2]!;
    const j2 = currentIm[to + 2]!;
    const baseSquare = baseV[bus]! * baseV[bus]!;
    for (let phase = 0; phase < 3; phase++) {
      const at = z + 3 * phase;
      const r0 = resistanceOhm[at]!;
      const r1 = resistanceOhm[at + 1]!;
      const r2 = resistanceOhm[at + 2]!;
      const x0 = reactanceOhm[at]!;
      const x1 = reactanceOhm[at + 1]!;
      const x2 = reactanceOhm[at + 2]!;
      let re = voltageRe[from + phase]!;
      let im = voltageIm[from + phase]!;
      if (kind !== BRANCH.line) {
        const partner = deltaPartner(kind, phase);
        const n = ratio[bus]!;
        re = (re - (partner < 0 ? 0 : voltageRe[from + partner]!)) / n;
        im = (im - (partner < 0 ? 0 : voltageIm[from + partner]!)) / n;
      }
      re -= r0 * i0 - x0 * j0 + (r1 * i1 - x1 * j1) + (r2 * i2 - x2 * j2);
      im -= r0 * j0 + x0 * i0 + (r1 * j1 + x1 * i1) + (r2 * j2 + x2 * i2);
      const changeRe = re - voltageRe[to + phase]!;
      const changeIm = im - voltageIm[to + phase]!;
      const square = (changeRe * changeRe + changeIm * changeIm) / baseSquare;
      if (!(square <= worstSquare)) {
        worstSquare = square;
        worst = bus;
      }
      voltageRe[to + phase] = re;
      voltageIm[to + phase] = im;
    }
  }
  result.worstMismatchPu = Math.sqrt(worstSquare);
  result.worstBus = feeder.busNames[worst]!;
}

/** The source's bus behind its impedance; returns the square of the largest change, per unit. */
function sourceVoltages(
  feeder: Feeder,
  state: GridState,
  { currentRe, currentIm }: Scratch,
): number {
  const { sourceRe, sourceIm, sourceResistanceOhm, sourceReactanceOhm } = feeder;
  const { voltageRe, voltageIm } = state;
  const baseSquare = feeder.baseV[0]! * feeder.baseV[0]!;
  let worstSquare = 0;
  for (let phase = 0; phase < 3; phase++) {
    let re = sourceRe[phase]!;
    let im = sourceIm[phase]!;
    for (let other = 0; other < 3; other++) {
      const r = sourceResistanceOhm[3 * phase + other]!;
      const x = sourceReactanceOhm[3 * phase + other]!;
      re -= r * currentRe[other]! - x * currentIm[other]!;
      im -= r * currentIm[other]! + x * currentRe[other]!;
    }
    const changeRe = re - voltageRe[phase]!;
    const changeIm = im - voltageIm[phase]!;
    const square = (changeRe * changeRe + changeIm * changeIm) / baseSquare;
    if (!(square <= worstSquare)) worstSquare = square;
    voltageRe[phase] = re;
    voltageIm[phase] = im;
  }
  return worstSquare;
}

/** Powers, losses and magnitudes of the solution; currents are those of the last sweep, so the sum is exact. */
function account(feeder: Feeder, state: GridState, scratch: Scratch): void {
  const { parent, elementNode, elementOther, secondaryBus } = feeder;
  const { voltageRe, voltageIm, totals } = state;
  const { currentRe, currentIm, loadRe, loadIm } = scratch;
  for (let element = 0; element < elementNode.length; element++) {
    const node = elementNode[element]!;
    const other = elementOther[element]!;
    let re = voltageRe[node]!;
    let im = voltageIm[node]!;
    if (other >= 0) {
      re -= voltageRe[other]!;
      im -= voltageIm[other]!;
    }
    const i = loadRe[element]!;
    const j = loadIm[element]!;
    state.elementActiveW[element] = re * i + im * j;
    state.elementReactiveVar[element] = im * i - re * j;
    state.elementVoltageV[element] =
      state.deadElement[element] === 0 ? Math.sqrt(re * re + im * im) : 0;
    state.elementCurrentA[element] = Math.sqrt(i * i + j * j);
  }
  let lossesW = 0;
  for (let bus = 1; bus < parent.length; bus++) {
    const lossW = branchLoss(feeder, bus, currentRe, currentIm);
    state.branchLossW[bus] = lossW;
    lossesW += lossW;
    for (let node = 3 * bus; node < 3 * bus + 3; node++) {
      const i = currentRe[node]!;
      const j = currentIm[node]!;
      state.branchCurrentA[node] = Math.sqrt(i * i + j * j);
    }
  }
  totals[TOTAL.lossesW] = lossesW;
  totals[TOTAL.sourceW] = 0;
  totals[TOTAL.sourceVar] = 0;
  totals[TOTAL.secondaryW] = 0;
  totals[TOTAL.secondaryVar] = 0;
  for (let phase = 0; phase < 3; phase++) {
    const s = 3 * secondaryBus + phase;
    totals[TOTAL.sourceW] =
      totals[TOTAL.sourceW]! +
      voltageRe[phase]! * currentRe[phase]! +
      voltageIm[phase]! * currentIm[phase]!;
    totals[TOTAL.sourceVar] =
      totals[TOTAL.sourceVar]! +
      voltageIm[phase]! * currentRe[phase]! -
      voltageRe[phase]! * currentIm[phase]!;
    const phaseW = voltageRe[s]! * currentRe[s]! + voltageIm[s]! * currentIm[s]!;
    totals[TOTAL.phaseW + phase] = phaseW;
    totals[TOTAL.secondaryW] = totals[TOTAL.secondaryW]! + phaseW;
    const phaseVar = voltageIm[s]! * currentRe[s]! - voltageRe[s]! * currentIm[s]!;
    totals[TOTAL.phaseVar + phase] = phaseVar;
    totals[TOTAL.secondaryVar] = totals[TOTAL.secondaryVar]! + phaseVar;
    totals[TOTAL.phaseV + phase] =
      state.deadNode[s] === 0 ? magnitude(voltageRe[s]!, voltageIm[s]!) : 0;
  }
}

/** Re(Iᴴ·R·I): what the branch turns into heat, in W. */
function branchLoss(
  feeder: Feeder,
  bus: number,
  currentRe: Float64Array,
  currentIm: Float64Array,
): number {
  const { resistanceOhm } = feeder;
  const z = 9 * bus;
  const node = 3 * bus;
  const i0 = currentRe[node]!;
  const j0 = currentIm[node]!;
  const i1 = currentRe[node + 1]!;
  const j1 = currentIm[node + 1]!;
  const i2 = currentRe[node + 2]!;
  const j2 = currentIm[node + 2]!;
  return (
    resistanceOhm[z]! * (i0 * i0 + j0 * j0) +
    resistanceOhm[z + 4]! * (i1 * i1 + j1 * j1) +
    resistanceOhm[z + 8]! * (i2 * i2 + j2 * j2) +
    (resistanceOhm[z + 1]! + resistanceOhm[z + 3]!) * (i0 * i1 + j0 * j1) +
    (resistanceOhm[z + 2]! + resistanceOhm[z + 6]!) * (i0 * i2 + j0 * j2) +
    (resistanceOhm[z + 5]! + resistanceOhm[z + 7]!) * (i1 * i2 + j1 * j2)
  );
}

function readTotals(state: GridState, result: SweepResult): void {
  const { totals } = state;
  result.sourceW = totals[TOTAL.sourceW]!;
  result.sourceVar = totals[TOTAL.sourceVar]!;
  result.secondaryW = totals[TOTAL.secondaryW]!;
  result.secondaryVar = totals[TOTAL.secondaryVar]!;
  result.lossesW = totals[TOTAL.lossesW]!;
  result.secondaryVoltageV = totals[TOTAL.phaseV]!;
  for (let phase = 0; phase < 3; phase++) {
    result.secondaryPhaseW[phase] = totals[TOTAL.phaseW + phase]!;
  }
}
