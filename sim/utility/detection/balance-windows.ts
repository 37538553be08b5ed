// One feeder's newest days as windows of its three phases: transformer, customers, papers. Missing readings are put
// in with how far they may be off.

import { localTime } from "../../core/calendar.ts";
import { DAY_MS, HOUR_MS, type SimMs } from "../../core/time.ts";
import { createGridState } from "../../grid/feeder.ts";
import { historyRowOf, TRANSFORMER_ELEMENTS } from "../history.ts";
import type { Records } from "../records.ts";
import type { BeliefState, HeadendState } from "../state.ts";
import { DAY_PARTS, type PhaseWindow } from "./balance.ts";
import { type ExpectationModel, expectInterval, type FeederExpectation } from "./expectation.ts";
import {
  type IntervalWh,
  type Profile,
  profileOf,
  profileOfNeighbours,
  silenceVarianceWh2,
  takeInterval,
} from "./window.ts";

const MINUTES_PER_DAY = 24 * 60;

interface PhaseColumns {
  readonly metered: number[];
  readonly unexplained: number[];
  readonly variance: number[];
  readonly dayPart: number[];
  transformerWh: number;
  readonly silentWh: Float64Array;
  readonly silentWh2: Float64Array;
  /** Registers at the window's two ends that were not read leave the sum open, Wh². */
  edgesWh2: number;
  lossesWh: number;
  putInWh: number;
  meteredWh: number;
}

export interface BalanceWindows {
  /** L1 first. */
  readonly phases: readonly PhaseWindow[];
  /** Sums over the window and the phases; null where no interval was balanced. */
  readonly unexplainedWh: number | null;
  readonly lossesWh: number | null;
}

/** The newest window of each phase of a feeder. */
export function balanceWindows(
  model: ExpectationModel,
  expectation: FeederExpectation,
  records: Records,
  { headend }: Pick<BeliefState, "headend">,
  now: SimMs,
): BalanceWindows {
  const supplies = records.supplies.length;
  const transformer = historyRowOf(supplies + expectation.row, supplies);
  const end = windowEnd(headend, expectation, transformer, records.intervalMs);
  // Where the transformer is silent, the same old days are no second morning.
  const isFresh = end * records.intervalMs > now - DAY_MS;
  const first = isFresh ? Math.max(1, end - model.intervalsPerWindow + 1) : end + 1;
  const dayPartOf = (interval: number): number => {
    const { minuteOfDay } = localTime(records.calendar, (interval - 0.5) * records.intervalMs);
    return Math.floor((minuteOfDay * DAY_PARTS) / MINUTES_PER_DAY);
  };
  const profiles = profilesOf(headend, expectation, { first, end, dayPartOf }, supplies);
  const measured = [0, 1, 2].map((k) => profileOf(headend, transformer + k, first, end, dayPartOf));
  const phases = expectation.customersOfPhase.map(
    (onPhase): PhaseColumns => ({
      metered: [],
      unexplained: [],
      variance: [],
      dayPart: [],
      transformerWh: 0,
      silentWh: new Float64Array(onPhase.length),
      silentWh2: new Float64Array(onPhase.length),
      edgesWh2: 0,
      lossesWh: 0,
      putInWh: 0,
      meteredWh: 0,
    }),
  );
  const wh = new Float64Array(supplies);
  const variance = new Float64Array(supplies);
  const isSilent = new Uint8Array(supplies);
  const one: IntervalWh = { energyWh: 0, varianceWh2: 0, isSilent: false };
  const state = createGridState(expectation.feeder);
  let [unexplainedWh, lossesWh] = [0, 0];
  for (let interval = first; interval <= end; interval++) {
    const dayPart = dayPartOf(interval);
    for (const row of expectation.customers) {
      takeInterval(headend, row, interval, profiles[row]!, dayPart, one);
      wh[row] = one.energyWh;
      variance[row] = one.varianceWh2;
      isSilent[row] = one.isSilent ? 1 : 0;
    }
    const expected = expectInterval(model, expectation, records, state, wh);
    if (expected === undefined) continue;
    const head = measured.map((profile, k) => {
      const of: IntervalWh = { energyWh: 0, varianceWh2: 0, isSilent: false };
      takeInterval(headend, transformer + k, interval, profile, dayPart, of);
      return of;
    });
    // Of a transformer that is silent nothing is known, whatever its days before were like.
    if (head.some((of) => of.isSilent)) continue;
    phases.forEach((phase, k) => {
      const { energyWh, varianceWh2 } = head[k]!;
      const isEdge = interval === first || interval === end;
      let sum = varianceWh2;
      let meteredWh = 0;
      expectation.customersOfPhase[k]!.forEach(({ row, share }, at) => {
        phase.metered.push(wh[row]! * share);
        sum += variance[row]! * share * share;
        meteredWh += wh[row]! * share;
        if (variance[row]! > 0) phase.putInWh += wh[row]! * share;
        if (isSilent[row] === 0) return;
        phase.silentWh[at] = phase.silentWh[at]! + wh[row]! * share;
        phase.silentWh2[at] = phase.silentWh2[at]! + variance[row]! * share * share;
      });
      const gapWh = energyWh - expected.phaseWh[k]!;
      if (isEdge) phase.edgesWh2 += sum;
      phase.meteredWh += meteredWh;
      phase.lossesWh += expected.phaseWh[k]! - meteredWh;
      phase.unexplained.push(gapWh);
      phase.variance.push(sum);
      phase.dayPart.push(dayPart);
      phase.transformerWh += energyWh;
      unexplainedWh += gapWh;
    });
    lossesWh += expected.lossesWh;
  }
  const isBalanced = phases[0]!.unexplained.length > 0;
  return {
    phases: phases.map((phase, k) => toWindow(phase, expectation.customersOfPhase[k]!)),
    unexplainedWh: isBalanced ? unexplainedWh : null,
    lossesWh: isBalanced ? lossesWh : null,
  };
}

/** The last interval of which all are heard, but no more than a quarter of a day before the transformer's last. */
function windowEnd(
  { historyEnd }: HeadendState,
  { customers }: FeederExpectation,
  transformer: number,
  intervalMs: number,
): number {
  let newest = Number.POSITIVE_INFINITY;
  for (let k = 0; k < TRANSFORMER_ELEMENTS; k++) {
    newest = Math.min(newest, historyEnd[transformer + k]!);
  }
  let all = newest;
  for (const row of customers) all = Math.min(all, historyEnd[row]!);
  return Math.max(all, newest - Math.floor(PATIENCE_MS / intervalMs));
}

/** Of the losses of loads that were put in, how much may be missing (one standard deviation). */
const LOSS_DOUBT = 0.5;
const PATIENCE_MS = 6 * HOUR_MS;

function profilesOf(
  headend: HeadendState,
  { customers }: FeederExpectation,
  span: {
    readonly first: number;
    readonly end: number;
    readonly dayPartOf: (interval: number) => number;
  },
  supplies: number,
): readonly Profile[] {
  const { first, end, dayPartOf } = span;
  const own = customers.map((row) => profileOf(headend, row, first, end, dayPartOf));
  const neighbours = profileOfNeighbours(own);
  const profiles = Array.from({ length: supplies }, () => neighbours);
  customers.forEach((row, at) => {
    if (own[at]!.isKnown) profiles[row] = own[at]!;
  });
  return profiles;
}

function toWindow(
  phase: PhaseColumns,
  onPhase: FeederExpectation["customersOfPhase"][number],
): PhaseWindow {
  // Losses go with the square of a load: one that was put in is too smooth, and loses too little.
  const lossDoubtWh = LOSS_DOUBT * phase.lossesWh * (phase.putInWh / Math.max(1, phase.meteredWh));
  let totalVarianceWh2 = phase.edgesWh2 + lossDoubtWh * lossDoubtWh;
  phase.silentWh.forEach((silentWh, at) => {
    totalVarianceWh2 += silenceVarianceWh2(silentWh, phase.silentWh2[at]!);
  });
  return {
    customerRows: onPhase.map(({ row }) => row),
    intervals: phase.unexplained.length,
    meteredWh: Float64Array.from(phase.metered),
    unexplainedWh: Float64Array.from(phase.unexplained),
    varianceWh2: Float64Array.from(phase.variance),
    dayPart: Uint8Array.from(phase.dayPart),
    totalVarianceWh2,
    transformerWh: phase.transformerWh,
  };
}
