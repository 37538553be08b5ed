// A detector's word on one home, and the arithmetic that all detectors share.

import type { Signal } from "../../contract/frame.ts";
import { type Detector, SIGNAL_LOG_ODDS_MAX } from "../../contract/theft.ts";
import { exp, ln } from "../../core/math.ts";
import type { SimMs } from "../../core/time.ts";

/** A signal, its log-odds within what one signal may say. */
export function signal(
  detector: Detector,
  since: SimMs,
  logOdds: number,
  sentence: string,
  numbers: Signal["numbers"],
): Signal {
  const clipped = Math.max(-SIGNAL_LOG_ODDS_MAX, Math.min(SIGNAL_LOG_ODDS_MAX, logOdds));
  return { detector, since, logOdds: clipped, sentence, numbers };
}

/** Log-odds of a probability, and back. */
export const logOddsOf = (probability: number): number => ln(probability / (1 - probability));
export const probabilityOf = (logOdds: number): number => 1 / (1 + exp(-logOdds));

/** The middle one of some numbers, the mean of the two middle ones; NaN of none. Changes nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A standard deviation that a few wild values do not move: 1.4826 times the median distance from the median. */
export function robustSigma(values: readonly number[]): number {
  const centre = median(values);
  return 1.4826 * median(values.map((value) => Math.abs(value - centre)));
}

export const percent = (share: number): number => Math.round(share * 100);
export const kWh = (energyWh: number): string => (energyWh / 1000).toFixed(1);
