// What the papers let expect at the transformer: the power flow of the company's network file with the energies
// that its customers' meters reported. Runs once a day over the newest complete intervals.

import type { BeliefEvent } from "../../contract/event.ts";
import { assert } from "../../core/assert.ts";
import { localTime } from "../../core/calendar.ts";
import { HOUR_MS, type SimMs } from "../../core/time.ts";
import {
  compileFeeder,
  createGridState,
  type Feeder,
  type LoadElement,
} from "../../grid/feeder.ts";
import { solveStep } from "../../grid/sweep.ts";
import { HISTORY, historyRowOf, kindOf, registerAt, TRANSFORMER_ELEMENTS } from "../history.ts";
import type { Records } from "../records.ts";
import { type BeliefState, CASES_MAX, type DetectionState } from "../state.ts";
import { describeCase, type Finding, type PhaseWindow, weighPhase } from "./balance.ts";

/** Local minute of the day at which the balance is drawn. */
const BALANCE_AT_MINUTE = 5 * 60;
/** Length of the window that is balanced. */
const WINDOW_DAYS = 3;
/** A home is named on this many successive days before a case is opened. */
const NAMED_DAYS_MIN = 2;
const TOLERANCE_PU = 1e-6;

/** What never changes about the balances; from the records alone. Row: feeder. */
export interface ExpectationModel {
  readonly feeders: readonly FeederExpectation[];
  readonly varPerW: number;
  readonly intervalsPerWindow: number;
}

interface FeederExpectation {
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
}

interface PhaseCustomer {
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
  return {
    row: feederRow,
    id,
    feeder,
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

/** Nobody is suspected. */
export function createDetection(records: Records): DetectionState {
  return {
    lastDay: localTime(records.calendar, 0).day,
    namedDays: new Float64Array(records.supplies.length),
    cases: [],
    unexplainedWh: null,
    expectedLossesWh: null,
  };
}

/** Draws the balance once a local day; opens a case where one home explains it on successive days. */
export function runDetection(
  model: ExpectationModel,
  records: Records,
  belief: BeliefState,
  now: SimMs,
): readonly BeliefEvent[] {
  const { detection } = belief;
  const local = localTime(records.calendar, now);
  if (local.day <= detection.lastDay || local.minuteOfDay < BALANCE_AT_MINUTE) return [];
  detection.lastDay = local.day;
  const named = new Set<number>();
  const findings: { readonly phase: number; readonly finding: Finding }[] = [];
  detection.unexplainedWh = null;
  detection.expectedLossesWh = null;
  for (const expectation of model.feeders) {
    const windows = balanceWindows(model, expectation, records, belief);
    windows.forEach((window, phase) => {
      const finding = weighPhase(window, {
        customerClassPercent: records.customerClassPercent,
        transformerClassPercent: records.transformerClassPercent,
      });
      if (finding === undefined) return;
      findings.push({ phase: phase + 1, finding });
      named.add(finding.row);
    });
  }
  for (let row = 0; row < detection.namedDays.length; row++) {
    detection.namedDays[row] = named.has(row) ? detection.namedDays[row]! + 1 : 0;
  }
  const events: BeliefEvent[] = [];
  for (const { phase, finding } of findings) {
    const supply = records.supplies[finding.row]!.id;
    const isKnown = detection.cases.some(
      (known) => known.kind === "theft" && known.supply === supply,
    );
    const isRipe = detection.namedDays[finding.row]! >= NAMED_DAYS_MIN;
    if (isKnown || !isRipe || detection.cases.length >= CASES_MAX) continue;
    const caseId = `case-${detection.cases.length + 1}`;
    const opened = describeCase(caseId, supply, phase, finding, now);
    detection.cases.push(opened);
    events.push({ kind: "case-opened", at: now, supply, caseId, evidence: opened.evidence });
  }
  return events;
}

/** One feeder's newest window of each phase, over intervals whose registers were all read; adds to the day's sums. */
function balanceWindows(
  model: ExpectationModel,
  expectation: FeederExpectation,
  records: Records,
  belief: BeliefState,
): readonly PhaseWindow[] {
  const { headend, detection } = belief;
  const supplies = records.supplies.length;
  const transformer = historyRowOf(supplies + expectation.row, supplies);
  const rows = [...expectation.customers];
  for (let k = 0; k < TRANSFORMER_ELEMENTS; k++) rows.push(transformer + k);
  let end = Number.POSITIVE_INFINITY;
  for (const row of rows) end = Math.min(end, headend.historyEnd[row]!);
  const phases = expectation.customersOfPhase.map((onPhase) => ({
    onPhase,
    metered: [] as number[],
    unexplained: [] as number[],
    transformerWh: 0,
  }));
  const wh = new Float64Array(headend.historyEnd.length);
  const state = createGridState(expectation.feeder);
  let unexplainedWh = 0;
  let lossesWh = 0;
  const first = Math.max(1, end - model.intervalsPerWindow + 1);
  for (let interval = first; interval <= end; interval++) {
    if (!takeInterval(belief, rows, interval, wh)) continue;
    const expected = expect(model, expectation, records, state, wh);
    if (expected === undefined) continue;
    phases.forEach((phase, index) => {
      const measuredWh = wh[transformer + index]!;
      const gapWh = measuredWh - expected.phaseWh[index]!;
      for (const { row, share } of phase.onPhase) phase.metered.push(wh[row]! * share);
      phase.unexplained.push(gapWh);
      phase.transformerWh += measuredWh;
      unexplainedWh += gapWh;
    });
    lossesWh += expected.lossesWh;
  }
  if (phases[0]!.unexplained.length > 0) {
    detection.unexplainedWh = (detection.unexplainedWh ?? 0) + unexplainedWh;
    detection.expectedLossesWh = (detection.expectedLossesWh ?? 0) + lossesWh;
  }
  return phases.map(({ onPhase, metered, unexplained, transformerWh }) => ({
    customerRows: onPhase.map(({ row }) => row),
    intervals: unexplained.length,
    meteredWh: Float64Array.from(metered),
    unexplainedWh: Float64Array.from(unexplained),
    transformerWh,
  }));
}

/** Energies of one interval into `wh`; false unless every one of these registers was read at both its ends. */
function takeInterval(
  { headend }: BeliefState,
  rows: readonly number[],
  interval: number,
  wh: Float64Array,
): boolean {
  for (const row of rows) {
    const isRead =
      kindOf(headend, row, interval) === HISTORY.read &&
      kindOf(headend, row, interval - 1) === HISTORY.read;
    if (!isRead) return false;
    wh[row] = registerAt(headend, row, interval) - registerAt(headend, row, interval - 1);
  }
  return true;
}

interface Expected {
  readonly phaseWh: readonly number[];
  readonly lossesWh: number;
}

/** What the transformer's meter would count if the customers' meters had counted everything. */
function expect(
  { varPerW }: ExpectationModel,
  { feeder, customerOfElement, shareOfElement }: FeederExpectation,
  records: Records,
  state: ReturnType<typeof createGridState>,
  wh: Float64Array,
): Expected | undefined {
  const hours = records.intervalMs / HOUR_MS;
  const activeW = Float64Array.from(
    customerOfElement,
    (row, element) => (wh[row]! / hours) * shareOfElement[element]!,
  );
  const reactiveVar = activeW.map((watts) => watts * varPerW);
  const result = solveStep(feeder, state, activeW, reactiveVar, {
    tolerancePu: TOLERANCE_PU,
    iterationsMax: 100,
    loadModel: "constant-power",
  });
  if (!result.converged) return undefined;
  let deliveredWh = 0;
  for (const watts of activeW) deliveredWh += watts * hours;
  return {
    phaseWh: [0, 1, 2].map((phase) => result.secondaryPhaseW[phase]! * hours),
    lossesWh: result.secondaryW * hours - deliveredWh,
  };
}
