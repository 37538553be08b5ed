// The frequency of the interconnected system, which a street takes as it comes.

import { sin } from "../core/math.ts";
import { MINUTE_MS, type SimMs } from "../core/time.ts";

const NOMINAL_HZ = 50;
/** A calm system stays within some tens of mHz; EN 50160 allows ±1 % for 99.5 % of a year. */
const SLOW_HZ = 0.02;
const FAST_HZ = 0.015;
const SLOW_MINUTES = 97;
const FAST_MINUTES = 11.3;

/** In Hz, for the minute that a moment lies in: two slow waves without a common period, the same for everybody. */
export function frequencyHz(at: SimMs): number {
  const minute = Math.floor(at / MINUTE_MS);
  const slow = sin((2 * Math.PI * minute) / SLOW_MINUTES);
  const fast = sin((2 * Math.PI * minute) / FAST_MINUTES);
  return NOMINAL_HZ + SLOW_HZ * slow + FAST_HZ * fast;
}
