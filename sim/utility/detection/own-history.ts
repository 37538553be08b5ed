// A home against its own past: a lasting step down in its daily energy, while its street went on as before.
// CUSUM (Page, "Continuous inspection schemes", Biometrika 41 (1954) 100) on logarithms, k = 0.5 and h = 5.

import type { Signal } from "../../contract/frame.ts";
import { exp, ln } from "../../core/math.ts";
import type { SimMs } from "../../core/time.ts";
import { PAST_DAYS, type PastWatch } from "../state.ts";
import { median, percent, robustSigma, signal } from "./signal.ts";

const SLACK = 0.5;
/** Standard error of a median of n Gaussian values, times √n: what is usual is known no better, and may be too high. */
const MEDIAN_ERROR = 1.2533;
export const ALARM = 5;
/** The sum does not grow beyond this, so that a home that comes back is soon believed. */
const CUSUM_MAX = 3 * ALARM;
/** Days of a home's own past before it may speak; the newest ones are no past. */
const PAST_DAYS_MIN = 7;
const NEWEST_DAYS = 3;
/** Of ln(energy): homes differ from day to day at least so much. */
const SIGMA_MIN = 0.15;
/** One day says no more than this many standard deviations. */
const DEVIATION_MAX = 4;
/** Below this share of its own usual day nobody is at home, or nothing is counted at all: it may be either. */
const VACANT_SHARE = 0.15;
/** Peers that must be known for a street's day to be told. */
const PEERS_MIN = 3;
/** Alarms by chance come once in hundreds of days a home (930 if the past were known exactly): never worth more. */
const LOG_ODDS_MAX = 2;
const VACANT_LOG_ODDS = 0.5;
/** What a day without any use is taken as, Wh. */
const LEAST_WH = 10;

export function createPastWatch(customers: number): PastWatch {
  return {
    dayWh: new Float64Array(customers * PAST_DAYS).fill(-1),
    cusum: new Float64Array(customers),
    since: new Float64Array(customers).fill(-1),
    days: new Float64Array(customers),
  };
}

export function forgetPast(watch: PastWatch, row: number): void {
  watch.dayWh.fill(-1, row * PAST_DAYS, (row + 1) * PAST_DAYS);
  watch.cusum[row] = 0;
  watch.since[row] = -1;
  watch.days[row] = 0;
}

const slotOf = (row: number, day: number): number =>
  row * PAST_DAYS + (((day % PAST_DAYS) + PAST_DAYS) % PAST_DAYS);

/** Known days before `day`, the newest first, as logarithms of Wh; without the newest ones. */
function pastOf(
  watch: PastWatch,
  row: number,
  day: number,
  newestDays: number = NEWEST_DAYS,
): number[] {
  const past: number[] = [];
  for (let back = newestDays + 1; back < PAST_DAYS; back++) {
    const wh = watch.dayWh[slotOf(row, day - back)]!;
    if (wh >= 0) past.push(ln(Math.max(LEAST_WH, wh)));
  }
  return past;
}

/**
 * Takes in one local day of every customer; −1 where it is not known, as in a power cut: such a day says nothing.
 * Days must come one after the other.
 */
export function notePast(watch: PastWatch, day: number, dayWh: Float64Array, at: SimMs): void {
  const changes = new Float64Array(dayWh.length).fill(Number.NaN);
  const pasts = Array.from(dayWh, (_, row) => pastOf(watch, row, day));
  dayWh.forEach((wh, row) => {
    watch.dayWh[slotOf(row, day)] = wh;
    if (wh < 0 || pasts[row]!.length < PAST_DAYS_MIN) return;
    changes[row] = ln(Math.max(LEAST_WH, wh)) - median(pasts[row]!);
  });
  const known = Array.from(changes).filter((change) => !Number.isNaN(change));
  if (known.length < PEERS_MIN) return;
  const street = median(known);
  changes.forEach((change, row) => {
    if (Number.isNaN(change)) return;
    const sigma = Math.max(SIGMA_MIN, robustSigma(pasts[row]!));
    const below = Math.max(-DEVIATION_MAX, Math.min(DEVIATION_MAX, (street - change) / sigma));
    const before = watch.cusum[row]!;
    const slack = SLACK + MEDIAN_ERROR / Math.sqrt(pasts[row]!.length);
    const after = Math.min(CUSUM_MAX, Math.max(0, before + below - slack));
    watch.cusum[row] = after;
    watch.days[row] = after === 0 ? 0 : watch.days[row]! + 1;
    if (after === 0) watch.since[row] = -1;
    else if (before === 0) watch.since[row] = at;
  });
}

export function pastSignal(watch: PastWatch, row: number, day: number): Signal | undefined {
  const cusum = watch.cusum[row]!;
  if (cusum < ALARM) return undefined;
  const usualWh = exp(median(pastOf(watch, row, day)));
  const newest: number[] = [];
  for (let back = 0; back < NEWEST_DAYS; back++) {
    const wh = watch.dayWh[slotOf(row, day - back)]!;
    if (wh >= 0) newest.push(wh);
  }
  if (newest.length === 0 || !(usualWh > 0)) return undefined;
  const nowWh = median(newest);
  const leftShare = nowWh / usualWh;
  const isVacant = leftShare < VACANT_SHARE;
  const logOdds = isVacant ? VACANT_LOG_ODDS : Math.min(LOG_ODDS_MAX, 1 + (cusum - ALARM) / ALARM);
  const days = watch.days[row]!;
  // What was usual before the change; the past above has soon got used to it.
  const before = pastOf(watch, row, day, Math.max(NEWEST_DAYS, days));
  const ofBefore =
    before.length < NEWEST_DAYS
      ? ""
      : `, ${percent(nowWh / exp(median(before)))} % of what was usual before`;
  const sentence =
    `For ${days} days it has used less than its own past and its street let expect: ` +
    `${(nowWh / 1000).toFixed(1)} kWh a day${ofBefore}` +
    (isVacant ? "; it may as well stand empty." : ".");
  return signal("own-history", watch.since[row]!, logOdds, sentence, {
    days,
    usualWh: Math.round(usualWh),
    nowWh: Math.round(nowWh),
    cusum: Math.round(cusum * 100) / 100,
  });
}
