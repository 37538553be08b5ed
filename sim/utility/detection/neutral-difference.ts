// A meter's two sensors: what flows in through the phase comes back through the neutral, or somewhere else.

import type { Signal } from "../../contract/frame.ts";
import type { MeterReading } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import type { NeutralWatch } from "../state.ts";
import { percent, signal } from "./signal.ts";

/** Below this both sensors are within their noise; a tender's minimum is 0.5 A. */
export const CURRENT_MIN_A = 0.5;
/** Difference over the larger current from which a reading disagrees: between a tender's 5 and 10 %. */
export const DIFFERENCE_MIN = 0.08;
/** Readings that have to disagree beyond those that agree, and where more of them say nothing new. */
export const STRIKES_MIN = 3;
const STRIKES_MAX = 12;
/** What three readings say, and each one more. */
const FIRST_LOG_ODDS = 2.5;
const NEXT_LOG_ODDS = 0.25;
/** Borrowed neutrals and faults upstream do this too (facts of the field): never proof by itself. */
const LOG_ODDS_MAX = 4;

export function createNeutralWatch(customers: number): NeutralWatch {
  return {
    strikes: new Float64Array(customers),
    meanShare: new Float64Array(customers),
    count: new Float64Array(customers),
    since: new Float64Array(customers).fill(-1),
  };
}

/** Takes in one reading of a single-phase meter, in whatever order they come; true where it made a difference. */
export function noteNeutral(watch: NeutralWatch, row: number, reading: MeterReading): boolean {
  const { elementCurrentA, neutralCurrentA, measuredAt } = reading;
  if (elementCurrentA.length !== 1) return false;
  const phaseA = elementCurrentA[0]!;
  const largerA = Math.max(phaseA, neutralCurrentA);
  if (!(largerA >= CURRENT_MIN_A)) return false;
  const share = Math.abs(phaseA - neutralCurrentA) / largerA;
  if (share < DIFFERENCE_MIN) {
    watch.strikes[row] = Math.max(0, watch.strikes[row]! - 1);
    if (watch.strikes[row] === 0) forgetNeutral(watch, row);
    return false;
  }
  watch.strikes[row] = Math.min(STRIKES_MAX, watch.strikes[row]! + 1);
  watch.count[row] = watch.count[row]! + 1;
  watch.meanShare[row] =
    watch.meanShare[row]! + (share - watch.meanShare[row]!) / watch.count[row]!;
  if (watch.since[row]! < 0) watch.since[row] = measuredAt;
  return watch.strikes[row]! >= STRIKES_MIN;
}

export function forgetNeutral(watch: NeutralWatch, row: number): void {
  watch.strikes[row] = 0;
  watch.meanShare[row] = 0;
  watch.count[row] = 0;
  watch.since[row] = -1;
}

export function neutralSignal(watch: NeutralWatch, row: number): Signal | undefined {
  const strikes = watch.strikes[row]!;
  if (strikes < STRIKES_MIN) return undefined;
  const [readings, differenceShare] = [watch.count[row]!, watch.meanShare[row]!];
  const logOdds = Math.min(LOG_ODDS_MAX, FIRST_LOG_ODDS + NEXT_LOG_ODDS * (strikes - STRIKES_MIN));
  const since: SimMs = watch.since[row]!;
  const sentence =
    `In ${readings} readings its phase and its neutral carry different currents, ` +
    `by ${percent(differenceShare)} % of the larger one on average.`;
  return signal("neutral-difference", since, logOdds, sentence, { readings, differenceShare });
}
