// Who explains the missing energy: what left the transformer on a phase, minus what its customers' meters
// counted, minus the losses that the network's papers let expect, regressed on each customer's readings and on the
// hours of the day. A share that hides behind a meter follows its readings; a load tapped off the line follows none.

import type { Signal } from "../../contract/frame.ts";
import type { SimMs } from "../../core/time.ts";
import { solveNonNegative, solveWithout } from "./nonnegative.ts";
import { kWh, percent, signal } from "./signal.ts";

/** Fewer intervals than this prove nothing. */
export const INTERVALS_MIN = 96;
/** Parts of the day of which each may have a load of its own that no reading follows. */
export const DAY_PARTS = 6;
/** Standard deviations that the balance must be off. */
const SIGNIFICANCE_MIN = 4;
/** Of the unexplained energy, what one home must explain to be named. */
const EXPLAINED_SHARE_MIN = 0.15;
/** And what all that are named must explain together, so that nothing else is left to explain it. */
const NAMED_SHARE_MIN = 0.6;
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
/** Of the unexplained energy, what the hours must explain for a load that no home's readings follow. */
const HOURS_SHARE_MIN = 0.5;
/** Registers and losses leave this much between readings and papers: share of what passes in an interval. */
const FIT_SIGMA_SHARE = 0.004;
const FIT_SIGMA_MIN_WH = 5;
/** Within so many standard deviations everything adds up. */
const CLOSED_SIGMAS = 2;
/** Names on this many successive days count in full; before, half. */
export const NAMED_DAYS_MIN = 2;
/** A bad record of the network does the same: never quite what a crew sees. */
const NAMED_LOG_ODDS = 5;
const FIRST_NAMED_LOG_ODDS = 2;
const HOOK_LOG_ODDS = 4.5;
const CLOSED_LOG_ODDS = -2.5;

/** Intervals of one phase. Row-major: interval × customer. */
export interface PhaseWindow {
  readonly customerRows: readonly number[];
  readonly intervals: number;
  /** What each customer's meter counted, or is taken to have counted, Wh. */
  readonly meteredWh: Float64Array;
  /** Measured at the transformer minus what the papers expect of the metered loads, Wh. Row: interval. */
  readonly unexplainedWh: Float64Array;
  /** Variance of that by what was not read, Wh². Row: interval; 0 where everything was. */
  readonly varianceWh2: Float64Array;
  /** Part of the local day, 0 to DAY_PARTS − 1. Row: interval. */
  readonly dayPart: Uint8Array;
  /** Variance of the sum by what was not read, Wh²: gaps between two readings leave none. */
  readonly totalVarianceWh2: number;
  /** What the transformer's meter counted on this phase in the window, Wh. */
  readonly transformerWh: number;
}

export interface Accuracy {
  readonly customerClassPercent: number;
  readonly transformerClassPercent: number;
}

/** A home that explains some of the gap, with its numbers. */
export interface Finding {
  readonly row: number;
  readonly hiddenShare: number;
  readonly unexplainedWh: number;
  readonly significance: number;
  readonly explainedShare: number;
  readonly fitRatio: number;
}

/** What a window says. */
export interface PhaseVerdict {
  /** False: too little is known to say anything. */
  readonly isKnown: boolean;
  readonly unexplainedWh: number;
  readonly sigmaWh: number;
  /** Unexplained over its standard deviation. */
  readonly significance: number;
  readonly transformerWh: number;
  /** Homes that explain it, the one that explains most first. */
  readonly findings: readonly Finding[];
  /** Energy is missing that follows the hours and no home's readings. */
  readonly isHook: boolean;
  /** Of the unexplained energy, what follows the hours alone. */
  readonly hoursShare: number;
  /** Row: customer of the window. Unmetered over metered use, the regression's k. */
  readonly factors: Float64Array;
  readonly customerWh: Float64Array;
}

/** Weighs one phase. Pure: everything it knows is in the window. */
export function weighPhase(window: PhaseWindow, accuracy: Accuracy): PhaseVerdict {
  const { customerRows, intervals, unexplainedWh, transformerWh } = window;
  const customers = customerRows.length;
  let totalWh = 0;
  for (let t = 0; t < intervals; t++) totalWh += unexplainedWh[t]!;
  const design = designOf(window);
  const customerWh = new Float64Array(customers);
  for (let i = 0; i < customers; i++) customerWh[i] = design.columnWh[i]!;
  const classVariance = balanceVarianceWh2(transformerWh, customerWh, accuracy);
  const sigmaWh = Math.sqrt(classVariance + window.totalVarianceWh2);
  const significance = totalWh / sigmaWh;
  const isKnown = intervals >= INTERVALS_MIN && customers > 0;
  const base = {
    isKnown,
    unexplainedWh: totalWh,
    sigmaWh,
    significance,
    transformerWh,
    customerWh,
  };
  const nothing = { findings: [], isHook: false, hoursShare: 0 };
  const none = { ...base, ...nothing, factors: new Float64Array(customers) };
  if (!isKnown) return none;
  const { gram, moment } = design;
  const factors = solveNonNegative(gram, moment);
  const own = factors.slice(0, customers);
  if (!(significance >= SIGNIFICANCE_MIN)) return { ...none, factors: own };
  let hoursWh = 0;
  for (let at = customers; at < factors.length; at++)
    hoursWh += factors[at]! * design.columnWh[at]!;
  const hoursShare = hoursWh / totalWh;
  const findings = findHomes(window, design, factors, customerWh, { totalWh, significance });
  const isHook = findings.length === 0 && hoursShare >= HOURS_SHARE_MIN;
  return { ...base, findings, isHook, hoursShare, factors: own };
}

interface Design {
  /** Customers, then the parts of the day. */
  readonly count: number;
  readonly weight: Float64Array;
  readonly gram: Float64Array;
  readonly moment: Float64Array;
  /** Sum of each column over the window: Wh of a customer, intervals of a part of the day. */
  readonly columnWh: Float64Array;
}

/** The regression's normal equations. Intervals of which less is known weigh less. */
function designOf(window: PhaseWindow): Design {
  const { intervals, unexplainedWh, varianceWh2, transformerWh } = window;
  const count = window.customerRows.length + DAY_PARTS;
  const sigmaWh = Math.max(FIT_SIGMA_MIN_WH, (FIT_SIGMA_SHARE * transformerWh) / (intervals || 1));
  const fitWh2 = sigmaWh * sigmaWh;
  const weight = varianceWh2.map((variance) => fitWh2 / (fitWh2 + variance));
  const gram = new Float64Array(count * count);
  const moment = new Float64Array(count);
  const columnWh = new Float64Array(count);
  const values = new Float64Array(count);
  for (let t = 0; t < intervals; t++) {
    takeRow(window, t, values);
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value === 0) continue;
      columnWh[i] = columnWh[i]! + value;
      const weighed = value * weight[t]!;
      moment[i] = moment[i]! + weighed * unexplainedWh[t]!;
      for (let j = 0; j < count; j++) {
        gram[i * count + j] = gram[i * count + j]! + weighed * values[j]!;
      }
    }
  }
  return { count, weight, gram, moment, columnWh };
}

/** One row of the regression: each customer's energy, and a one for the part of the day. */
function takeRow(window: PhaseWindow, t: number, into: Float64Array): void {
  const customers = window.customerRows.length;
  for (let i = 0; i < customers; i++) into[i] = window.meteredWh[t * customers + i]!;
  for (let part = 0; part < DAY_PARTS; part++) {
    into[customers + part] = window.dayPart[t] === part ? 1 : 0;
  }
}

function findHomes(
  window: PhaseWindow,
  design: Design,
  factors: Float64Array,
  customerWh: Float64Array,
  { totalWh, significance }: { readonly totalWh: number; readonly significance: number },
): readonly Finding[] {
  const all = residualSquares(window, design, new Float64Array(design.count));
  const full = residualSquares(window, design, factors);
  const freedom = Math.max(1, window.intervals - design.count);
  const findings: Finding[] = [];
  customerWh.forEach((energyWh, i) => {
    const factor = factors[i]!;
    const hiddenShare = factor / (1 + factor);
    const explainedShare = (factor * energyWh) / totalWh;
    if (hiddenShare < HIDDEN_SHARE_MIN || explainedShare < EXPLAINED_SHARE_MIN) return;
    const reduced = residualSquares(window, design, solveWithout(design.gram, design.moment, i));
    const fitRatio = (reduced - full) / (full / freedom + 1e-9);
    if (!(fitRatio >= FIT_RATIO_MIN && (reduced - full) / all >= DISTINCT_SHARE_MIN)) return;
    const row = window.customerRows[i]!;
    const numbers = { hiddenShare, unexplainedWh: totalWh, significance, explainedShare, fitRatio };
    findings.push({ row, ...numbers });
  });
  const explained = findings.reduce((sum, { explainedShare }) => sum + explainedShare, 0);
  if (explained < NAMED_SHARE_MIN) return [];
  return findings.sort((a, b) => b.explainedShare - a.explainedShare || a.row - b.row);
}

/** Variance of a balance whose meters are each off by a constant share, Wh². */
function balanceVarianceWh2(
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
  return variance;
}

function residualSquares(window: PhaseWindow, design: Design, factors: Float64Array): number {
  const values = new Float64Array(design.count);
  let sum = 0;
  for (let t = 0; t < window.intervals; t++) {
    takeRow(window, t, values);
    let residual = window.unexplainedWh[t]!;
    for (let i = 0; i < design.count; i++) residual -= factors[i]! * values[i]!;
    sum += residual * residual * design.weight[t]!;
  }
  return sum;
}

/** The home that explains the gap, in words and numbers. `days`: how many mornings in a row named it. */
export function namedSignal(phase: number, finding: Finding, days: number, since: SimMs): Signal {
  const { hiddenShare, unexplainedWh, significance, explainedShare } = finding;
  const sentence =
    `On L${phase} ${kWh(unexplainedWh)} kWh left the transformer that no meter counted and no cable lost ` +
    `(${significance.toFixed(1)} standard deviations). ` +
    `${Math.min(100, percent(explainedShare))} % of it rises and falls with this home's readings, ` +
    `as if ${percent(hiddenShare)} % of its current flowed around the meter.`;
  const logOdds = days >= NAMED_DAYS_MIN ? NAMED_LOG_ODDS : FIRST_NAMED_LOG_ODDS;
  const numbers = { phase, hiddenShare, unexplainedWh, significance, explainedShare, days };
  return signal("phase-balance", since, logOdds, sentence, numbers);
}

/** Energy is missing on a phase and no home's readings explain it: a word on the feeder, not on a customer. */
export function hookSignal(
  phase: number,
  verdict: PhaseVerdict,
  days: number,
  since: SimMs,
): Signal {
  const { unexplainedWh, significance, hoursShare } = verdict;
  const sentence =
    `On L${phase} ${kWh(unexplainedWh)} kWh left the transformer that no meter counted and no cable lost ` +
    `(${significance.toFixed(1)} standard deviations). No home's readings explain it: ` +
    `${Math.min(100, percent(hoursShare))} % of it follows the hours of the day alone, ` +
    "as a load that is tapped off the line.";
  const logOdds = days >= NAMED_DAYS_MIN ? HOOK_LOG_ODDS : FIRST_NAMED_LOG_ODDS;
  const numbers = { phase, unexplainedWh, significance, hoursShare, days };
  return signal("phase-balance", since, logOdds, sentence, numbers);
}

/** Everything adds up on a phase: what speaks against a home there. Undefined where too little is known. */
export function closedSignal(
  phase: number,
  verdict: PhaseVerdict,
  energyWh: number,
  since: SimMs,
): Signal | undefined {
  const { isKnown, unexplainedWh, sigmaWh, significance } = verdict;
  // Half of such a home's use would have to show.
  const isSharp = energyWh >= 2 * CLOSED_SIGMAS * sigmaWh;
  if (!isKnown || !isSharp || Math.abs(significance) > CLOSED_SIGMAS) return undefined;
  const sentence =
    `On L${phase} what left the transformer was counted or lost as it must be, ` +
    `to within ${kWh(Math.abs(unexplainedWh))} kWh.`;
  const numbers = { phase, unexplainedWh, significance };
  return signal("phase-balance", since, CLOSED_LOG_ODDS, sentence, numbers);
}
