// Who explains the missing energy: what left the transformer on a phase, minus what its customers' meters
// counted, minus the losses that the network's papers let expect, regressed on each customer's readings.

import type { TheftCase } from "../../contract/frame.ts";
import type { SimMs } from "../../core/time.ts";
import { solveNonNegative } from "./nonnegative.ts";

/** Fewer complete intervals than this prove nothing. */
export const INTERVALS_MIN = 96;
/** Standard deviations that the balance must be off. */
const SIGNIFICANCE_MIN = 4;
/** Of the unexplained energy, what one home must explain. */
const EXPLAINED_SHARE_MIN = 0.6;
/** How much worse (F statistic) the fit must get without that home. */
const FIT_RATIO_MIN = 40;
/**
 * Of the squares of what is unexplained, what the others must leave unexplained without that home. Registers
 * count whole Wh, so that the ratio alone tells even two homes apart that use just the same.
 */
const DISTINCT_SHARE_MIN = 0.05;
/** A home that hides less than this is not told from a bad meter. */
const HIDDEN_SHARE_MIN = 0.1;
/** A meter of class c is taken to be off by c ÷ 3 percent (one standard deviation), for good. */
const CLASS_SIGMAS = 3;

/** Intervals of one phase. Row-major: interval × customer. */
export interface PhaseWindow {
  readonly customerRows: readonly number[];
  readonly intervals: number;
  /** What each customer's meter counted, Wh. */
  readonly meteredWh: Float64Array;
  /** Measured at the transformer minus what the papers expect of the metered loads, Wh. Row: interval. */
  readonly unexplainedWh: Float64Array;
  /** What the transformer's meter counted on this phase in the window, Wh. */
  readonly transformerWh: number;
}

export interface Accuracy {
  readonly customerClassPercent: number;
  readonly transformerClassPercent: number;
}

/** What the window says: the home that explains the gap, with its numbers; undefined where none does. */
export interface Finding {
  readonly row: number;
  readonly hiddenShare: number;
  readonly unexplainedWh: number;
  readonly significance: number;
  readonly explainedShare: number;
  readonly fitRatio: number;
}

/** Weighs one phase. Pure: everything it knows is in the window. */
export function weighPhase(window: PhaseWindow, accuracy: Accuracy): Finding | undefined {
  const { customerRows, intervals, meteredWh, unexplainedWh } = window;
  const count = customerRows.length;
  if (intervals < INTERVALS_MIN || count === 0) return undefined;
  let totalWh = 0;
  for (let t = 0; t < intervals; t++) totalWh += unexplainedWh[t]!;
  const customerWh = new Float64Array(count);
  const gram = new Float64Array(count * count);
  const moment = new Float64Array(count);
  for (let t = 0; t < intervals; t++) {
    for (let i = 0; i < count; i++) {
      const own = meteredWh[t * count + i]!;
      customerWh[i] = customerWh[i]! + own;
      moment[i] = moment[i]! + own * unexplainedWh[t]!;
      for (let j = 0; j < count; j++) {
        gram[i * count + j] = gram[i * count + j]! + own * meteredWh[t * count + j]!;
      }
    }
  }
  const significance = totalWh / balanceSigmaWh(window.transformerWh, customerWh, accuracy);
  if (!(significance >= SIGNIFICANCE_MIN)) return undefined;
  const factors = solveNonNegative(gram, moment);
  let best = -1;
  for (let i = 0; i < count; i++) {
    const isLarger = best < 0 || factors[i]! * customerWh[i]! > factors[best]! * customerWh[best]!;
    if (isLarger) best = i;
  }
  const factor = factors[best]!;
  const hiddenShare = factor / (1 + factor);
  const explainedShare = (factor * customerWh[best]!) / totalWh;
  if (hiddenShare < HIDDEN_SHARE_MIN || explainedShare < EXPLAINED_SHARE_MIN) return undefined;
  const { fitRatio, distinctShare } = fitWithout(window, gram, moment, factors, best);
  if (!(fitRatio >= FIT_RATIO_MIN && distinctShare >= DISTINCT_SHARE_MIN)) return undefined;
  const row = customerRows[best]!;
  return { row, hiddenShare, unexplainedWh: totalWh, significance, explainedShare, fitRatio };
}

/** One standard deviation of a balance whose meters are each off by a constant share. */
function balanceSigmaWh(
  transformerWh: number,
  customerWh: Float64Array,
  accuracy: Accuracy,
): number {
  const transformerSigma = (accuracy.transformerClassPercent / 100 / CLASS_SIGMAS) * transformerWh;
  let variance = transformerSigma * transformerSigma + 1;
  for (const energyWh of customerWh) {
    const sigma = (accuracy.customerClassPercent / 100 / CLASS_SIGMAS) * energyWh;
    variance += sigma * sigma;
  }
  return Math.sqrt(variance);
}

/** What leaving the home out of the regression costs: its F statistic, and its share of all squares. */
function fitWithout(
  window: PhaseWindow,
  gram: Float64Array,
  moment: Float64Array,
  factors: Float64Array,
  leftOut: number,
): { readonly fitRatio: number; readonly distinctShare: number } {
  const count = moment.length;
  const without = new Float64Array(gram);
  const rest = new Float64Array(moment);
  for (let i = 0; i < count; i++) {
    without[leftOut * count + i] = 0;
    without[i * count + leftOut] = 0;
  }
  rest[leftOut] = 0;
  const all = residualSquares(window, new Float64Array(count));
  const full = residualSquares(window, factors);
  const reduced = residualSquares(window, solveNonNegative(without, rest));
  const freedom = Math.max(1, window.intervals - count);
  return {
    fitRatio: (reduced - full) / (full / freedom + 1e-9),
    distinctShare: (reduced - full) / all,
  };
}

function residualSquares(window: PhaseWindow, factors: Float64Array): number {
  const count = factors.length;
  let sum = 0;
  for (let t = 0; t < window.intervals; t++) {
    let residual = window.unexplainedWh[t]!;
    for (let i = 0; i < count; i++) residual -= factors[i]! * window.meteredWh[t * count + i]!;
    sum += residual * residual;
  }
  return sum;
}

/** The case in words and numbers. */
export function describeCase(
  id: string,
  supply: string,
  phase: number,
  finding: Finding,
  openedAt: SimMs,
): TheftCase {
  const unexplainedKWh = (finding.unexplainedWh / 1000).toFixed(1);
  const hiddenPercent = Math.round(finding.hiddenShare * 100);
  const explainedPercent = Math.min(100, Math.round(finding.explainedShare * 100));
  const sentence =
    `On L${phase} ${unexplainedKWh} kWh left the transformer that no meter counted and no cable lost ` +
    `(${finding.significance.toFixed(1)} standard deviations). ` +
    `${explainedPercent} % of it rises and falls with this home's readings, ` +
    `as if ${hiddenPercent} % of its current flowed around the meter.`;
  const { hiddenShare, unexplainedWh, significance, explainedShare } = finding;
  return {
    kind: "theft",
    id,
    supply,
    openedAt,
    evidence: sentence,
    state: "open",
    technique: "partial-bypass",
    probability: 0.99,
    signals: [
      {
        detector: "phase-balance",
        since: openedAt,
        logOdds: 3,
        sentence,
        numbers: { hiddenShare, unexplainedWh, significance, explainedShare },
      },
    ],
    hiddenShare,
    unexplainedWh,
    toldAt: null,
    switchedOffAt: null,
    inspectionAt: null,
    closedAt: null,
    finding: "",
    keptOnBecause: "",
  };
}
