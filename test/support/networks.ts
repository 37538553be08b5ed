// Small networks for tests, written as OpenDSS scripts and solved for given loads.

import {
  compileFeeder,
  createGridState,
  type Feeder,
  type GridState,
} from "../../sim/grid/feeder.ts";
import { type ImportedFeeder, importOpenDss } from "../../sim/grid/opendss.ts";
import { type SolveOptions, type SweepResult, solveStep } from "../../sim/grid/sweep.ts";

/** 400 V at 50 Hz behind nothing, and line codes of 1 + j0.1 Ω/km. */
export const HEAD = `Set DefaultBaseFrequency=50
New Circuit.street BasekV=0.4 R1=0 X1=0 R0=0 X0=0
New LineCode.three nphases=3 R1=1 X1=0.1 R0=1 X0=0.1 C1=0 C0=0 Units=km
New LineCode.one nphases=1 rmatrix=[1] xmatrix=[0.1] cmatrix=[0] Units=km
`;

/** Imports a script that is `street.dss`; `files` are others that it may name. */
export function importText(
  text: string,
  files: Readonly<Record<string, string>> = {},
): ImportedFeeder {
  const all: Readonly<Record<string, string>> = { "street.dss": text, ...files };
  return importOpenDss("street.dss", (path) => {
    const found = all[path];
    if (found === undefined) throw new Error(`there is no file ${path}`);
    return found;
  });
}

export interface Solved {
  readonly feeder: Feeder;
  readonly state: GridState;
  readonly result: SweepResult;
  /** Magnitude and angle of a node such as `b.1`. */
  magnitudeV(node: string): number;
  angleDeg(node: string): number;
}

export interface SolveLoads {
  readonly keep?: "all" | "needed";
  /** Row: element. Zero unless given. */
  readonly activeW?: readonly number[];
  readonly reactiveVar?: readonly number[];
  readonly options?: Partial<SolveOptions>;
}

/** Solves a feeder once from its start, to 1e-12 unless told otherwise. */
export function solveOnce(imported: ImportedFeeder, loads: SolveLoads = {}): Solved {
  const feeder = compileFeeder(imported, { keep: loads.keep ?? "all" });
  const state = createGridState(feeder);
  const zeros = feeder.elements.map(() => 0);
  const result = solveStep(
    feeder,
    state,
    Float64Array.from(loads.activeW ?? zeros),
    Float64Array.from(loads.reactiveVar ?? zeros),
    { tolerancePu: 1e-12, iterationsMax: 100, loadModel: "constant-power", ...loads.options },
  );
  const nodeOf = (node: string): number => {
    const [bus, phase] = node.split(".");
    return 3 * feeder.busNames.indexOf(bus!) + Number(phase) - 1;
  };
  return {
    feeder,
    state,
    result,
    magnitudeV: (node) =>
      Math.hypot(state.voltageRe[nodeOf(node)]!, state.voltageIm[nodeOf(node)]!),
    angleDeg: (node) =>
      (Math.atan2(state.voltageIm[nodeOf(node)]!, state.voltageRe[nodeOf(node)]!) * 180) / Math.PI,
  };
}
