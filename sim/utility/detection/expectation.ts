// What the papers let expect at the transformer and at each home: the power flow of the company's network file with
// what its customers' meters reported.

import { assert } from "../../core/assert.ts";
import { HOUR_MS } from "../../core/time.ts";
import {
  compileFeeder,
  createGridState,
  type Feeder,
  type GridState,
  type LoadElement,
  TOTAL,
} from "../../grid/feeder.ts";
import { solveStep } from "../../grid/sweep.ts";
import type { Records } from "../records.ts";

/** Length of the window that is balanced. */
export const WINDOW_DAYS = 3;
const TOLERANCE_PU = 1e-6;
/** By how much a home's load is raised to see what its current does to its neighbours' voltage. */
const PROBE_W = 1000;

/** What never changes about the balances; from the records alone. Row: feeder. */
export interface ExpectationModel {
  readonly feeders: readonly FeederExpectation[];
  readonly varPerW: number;
  readonly intervalsPerWindow: number;
}

export interface FeederExpectation {
  /** Row of the feeder in the records. */
  readonly row: number;
  readonly id: string;
  readonly feeder: Feeder;
  /** Its customers' rows, in the order of the records. */
  readonly customers: readonly number[];
  /** Row: feeder element. Which customer it is in the records. */
  readonly customerOfElement: Int32Array;
  /** Row: feeder element. Share of its customer's power: a third on each phase of a three-phase customer. */
  readonly shareOfElement: Float64Array;
  /** By phase, L1 first: the customers whose reading belongs there, in the order of the records, and how much of it. */
  readonly customersOfPhase: readonly (readonly PhaseCustomer[])[];
  /** Homes on one phase each, of which a voltage means one thing. */
  readonly homes: readonly HomeElement[];
  /** Row-major, home × home: volts that a home loses by one ampere at another one (0 on another phase). */
  readonly sagVPerA: Float64Array;
}

export interface HomeElement {
  readonly row: number;
  /** 1 to 3. */
  readonly phase: number;
  /** Row: feeder element. */
  readonly element: number;
}

export interface PhaseCustomer {
  readonly row: number;
  readonly share: number;
}

/** Compiles the company's network files. */
export function createExpectation(records: Records): ExpectationModel {
  const pf = records.assumedPowerFactor;
  return {
    feeders: records.feeders.map((_, row) => feederExpectation(records, row)),
    varPerW: Math.sqrt(1 - pf * pf) / pf,
    intervalsPerWindow: Math.floor((WINDOW_DAYS * 24 * HOUR_MS) / records.intervalMs),
  };
}

function feederExpectation(records: Records, feederRow: number): FeederExpectation {
  const { id, network } = records.feeders[feederRow]!;
  const feeder = compileFeeder(network, { keep: "needed" });
  const rowOfLoad = new Map(records.supplies.map(({ load }, row) => [load, row]));
  const customerOfElement = Int32Array.from(feeder.elements, ({ load }) => {
    const row = rowOfLoad.get(load);
    assert(row !== undefined, `the records have no customer at load ${load}`);
    return row;
  });
  const elementCount = new Float64Array(records.supplies.length);
  for (const row of customerOfElement) elementCount[row] = elementCount[row]! + 1;
  const shareOfElement = Float64Array.from(customerOfElement, (row) => 1 / elementCount[row]!);
  const homes = homesOf(records, feeder, customerOfElement);
  return {
    row: feederRow,
    id,
    feeder,
    homes,
    sagVPerA: sagOf(feeder, homes),
    customers: records.supplies.flatMap((supply, row) =>
      supply.feeder === feederRow ? [row] : [],
    ),
    customerOfElement,
    shareOfElement,
    customersOfPhase: [1, 2, 3].map((phase) => {
      const share = new Float64Array(records.supplies.length);
      feeder.elements.forEach((element, at) => {
        const row = customerOfElement[at]!;
        share[row] = share[row]! + shareOfElement[at]! * shareOn(phase, element);
      });
      return Array.from(share, (part, row) => ({ row, share: part })).filter((on) => on.share > 0);
    }),
  };
}

/** An element between two phases is taken to load both alike. */
function shareOn(phase: number, element: LoadElement): number {
  if (element.otherPhase === 0) return element.phase === phase ? 1 : 0;
  return element.phase === phase || element.otherPhase === phase ? 0.5 : 0;
}

function homesOf(
  records: Records,
  { elements }: Feeder,
  customerOfElement: Int32Array,
): readonly HomeElement[] {
  return elements.flatMap(({ phase, otherPhase }, element) => {
    const row = customerOfElement[element]!;
    const isHome = records.supplies[row]!.phase !== 0 && otherPhase === 0;
    return isHome ? [{ row, phase, element }] : [];
  });
}

/** What one ampere more at a home does to the voltage of each home of its phase, by the power flow itself. */
function sagOf(feeder: Feeder, homes: readonly HomeElement[]): Float64Array {
  const sag = new Float64Array(homes.length * homes.length);
  const state = createGridState(feeder);
  const activeW = new Float64Array(feeder.elements.length);
  const idle = new Float64Array(feeder.elements.length);
  if (!solve(feeder, state, activeW, idle)) return sag;
  const before = Float64Array.from(state.elementVoltageV);
  homes.forEach(({ element, phase }, j) => {
    activeW[element] = PROBE_W;
    if (solve(feeder, state, activeW, idle)) {
      const currentA = PROBE_W / state.elementVoltageV[element]!;
      homes.forEach((home, i) => {
        if (home.phase !== phase) return;
        const lostV = before[home.element]! - state.elementVoltageV[home.element]!;
        sag[i * homes.length + j] = lostV / currentA;
      });
    }
    activeW[element] = 0;
  });
  return sag;
}

/** A power flow of the company's; false where it did not converge. */
export function solve(
  feeder: Feeder,
  state: GridState,
  activeW: Float64Array,
  reactiveVar: Float64Array,
): boolean {
  return solveStep(feeder, state, activeW, reactiveVar, {
    tolerancePu: TOLERANCE_PU,
    iterationsMax: 100,
    loadModel: "constant-power",
  }).converged;
}

export interface Expected {
  readonly phaseWh: readonly number[];
  readonly lossesWh: number;
}

/** What the transformer's meter would count if the customers' meters had counted everything. `wh`: by customer. */
export function expectInterval(
  { varPerW }: ExpectationModel,
  { feeder, customerOfElement, shareOfElement }: FeederExpectation,
  records: Records,
  state: GridState,
  wh: Float64Array,
): Expected | undefined {
  const hours = records.intervalMs / HOUR_MS;
  const activeW = Float64Array.from(
    customerOfElement,
    (row, element) => (wh[row]! / hours) * shareOfElement[element]!,
  );
  const reactiveVar = activeW.map((watts) => watts * varPerW);
  if (!solve(feeder, state, activeW, reactiveVar)) return undefined;
  let deliveredWh = 0;
  for (const watts of activeW) deliveredWh += watts * hours;
  return {
    phaseWh: [0, 1, 2].map((phase) => state.totals[TOTAL.phaseW + phase]! * hours),
    lossesWh: state.totals[TOTAL.secondaryW]! * hours - deliveredWh,
  };
}
