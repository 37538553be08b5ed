// What a solid fault between a phase and the neutral draws: the voltage before it over the impedance of everything
// between the source and it (Thévenin). Loads are left out: they draw little beside it.

import { magnitude } from "../core/math.ts";
import { BRANCH, deltaPartner, type Feeder, type GridState } from "./feeder.ts";

/** Currents or voltages of three phases. */
interface Phasors {
  readonly re: Float64Array;
  readonly im: Float64Array;
}
const phasors = (): Phasors => ({ re: new Float64Array(3), im: new Float64Array(3) });

/** Z = Σ of what one ampere at the node drops on its way from the source, in ohms: [R, X] as seen at that node. */
export function faultImpedance(
  feeder: Feeder,
  bus: number,
  phase: number,
): readonly [resistanceOhm: number, reactanceOhm: number] {
  const { parent, branchKind, ratio, resistanceOhm, reactanceOhm } = feeder;
  const path: number[] = [];
  for (let at = bus; at > 0; at = parent[at]!) path.push(at);
  // Upwards: the current at the lower end of each branch of the path.
  const currents: Phasors[] = [];
  let here = phasors();
  here.re[phase] = 1;
  for (const branch of path) {
    currents.push(here);
    if (branchKind[branch] === BRANCH.line) continue;
    const above = phasors();
    for (let p = 0; p < 3; p++) {
      const partner = deltaPartner(branchKind[branch]!, p);
      above.re[p]! += here.re[p]! / ratio[branch]!;
      if (partner >= 0) above.re[partner]! -= here.re[p]! / ratio[branch]!;
    }
    here = above;
  }
  let drop = phasors();
  addDrop(drop, feeder.sourceResistanceOhm, feeder.sourceReactanceOhm, 0, here);
  // Downwards: what is dropped so far, as each branch carries it on, and its own.
  for (let k = path.length - 1; k >= 0; k--) {
    const branch = path[k]!;
    if (branchKind[branch] !== BRANCH.line) {
      const below = phasors();
      for (let p = 0; p < 3; p++) {
        const partner = deltaPartner(branchKind[branch]!, p);
        const n = ratio[branch]!;
        below.re[p] = (drop.re[p]! - (partner < 0 ? 0 : drop.re[partner]!)) / n;
        below.im[p] = (drop.im[p]! - (partner < 0 ? 0 : drop.im[partner]!)) / n;
      }
      drop = below;
    }
    addDrop(drop, resistanceOhm, reactanceOhm, 9 * branch, currents[k]!);
  }
  return [drop.re[phase]!, drop.im[phase]!];
}

/** drop += Z·I, for the 3 × 3 matrix at `first`; the currents of one ampere are real. */
function addDrop(
  drop: Phasors,
  resistanceOhm: Float64Array,
  reactanceOhm: Float64Array,
  first: number,
  { re }: Phasors,
): void {
  for (let p = 0; p < 3; p++) {
    for (let q = 0; q < 3; q++) {
      drop.re[p]! += resistanceOhm[first + 3 * p + q]! * re[q]!;
      drop.im[p]! += reactanceOhm[first + 3 * p + q]! * re[q]!;
    }
  }
}

/** What a network without any impedance would be taken for. */
const LEAST_OHM = 1e-3;

/** The fault's current in A, from the voltages that the state holds. */
export function faultCurrentA(
  feeder: Feeder,
  state: GridState,
  bus: number,
  phase: number,
): number {
  const node = 3 * bus + phase;
  const voltageV = magnitude(state.voltageRe[node]!, state.voltageIm[node]!);
  const [resistanceOhm, reactanceOhm] = faultImpedance(feeder, bus, phase);
  return voltageV / Math.max(LEAST_OHM, magnitude(resistanceOhm, reactanceOhm));
}
