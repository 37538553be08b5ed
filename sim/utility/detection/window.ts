// What meters counted in an interval: read, or put in from the home's own profile or its neighbours' with how far
// that may be off. Nothing is thrown away for one missing reading; it only makes the balance less sharp.

import { HISTORY, kindOf, registerAt } from "../history.ts";
import type { HeadendState } from "../state.ts";
import { DAY_PARTS } from "./balance.ts";

/** An interval that was put in is off by at least this much, Wh. */
const SIGMA_MIN_WH = 20;
/** Who is silent lives on as before, give or take this share of it. */
const SILENT_SHARE = 0.5;

/** How a home's intervals are put in where they were not read. Row: part of the day, then the whole day. */
export interface Profile {
  readonly meanWh: Float64Array;
  /** Of a single interval. */
  readonly varianceWh2: number;
  readonly isKnown: boolean;
}

export interface IntervalWh {
  energyWh: number;
  varianceWh2: number;
  /** It lies after everything that was read. */
  isSilent: boolean;
}

const isKnownAt = (headend: HeadendState, row: number, interval: number): boolean =>
  kindOf(headend, row, interval) !== HISTORY.unknown;
const isReadAt = (headend: HeadendState, row: number, interval: number): boolean =>
  kindOf(headend, row, interval) === HISTORY.read;

/** The profile of a register over the intervals `from` to `to`. */
export function profileOf(
  headend: HeadendState,
  row: number,
  from: number,
  to: number,
  dayPartOf: (interval: number) => number,
): Profile {
  const meanWh = new Float64Array(DAY_PARTS + 1);
  const counts = new Float64Array(DAY_PARTS + 1);
  let squares = 0;
  for (let interval = from; interval <= to; interval++) {
    if (!isKnownAt(headend, row, interval) || !isKnownAt(headend, row, interval - 1)) continue;
    const energyWh = registerAt(headend, row, interval) - registerAt(headend, row, interval - 1);
    for (const part of [dayPartOf(interval), DAY_PARTS]) {
      meanWh[part] = meanWh[part]! + energyWh;
      counts[part] = counts[part]! + 1;
    }
    squares += energyWh * energyWh;
  }
  const known = counts[DAY_PARTS]!;
  meanWh.forEach((sum, part) => {
    meanWh[part] = counts[part]! > 0 ? sum / counts[part]! : Number.NaN;
  });
  if (known === 0) return { meanWh, varianceWh2: 0, isKnown: false };
  const whole = meanWh[DAY_PARTS]!;
  meanWh.forEach((mean, part) => {
    if (Number.isNaN(mean)) meanWh[part] = whole;
  });
  const variance = Math.max(SIGMA_MIN_WH * SIGMA_MIN_WH, squares / known - whole * whole);
  return { meanWh, varianceWh2: variance, isKnown: true };
}

/** The mean of the neighbours' profiles, for a home of which nothing is known. */
export function profileOfNeighbours(profiles: readonly Profile[]): Profile {
  const known = profiles.filter(({ isKnown }) => isKnown);
  const meanWh = new Float64Array(DAY_PARTS + 1);
  let variance = SIGMA_MIN_WH * SIGMA_MIN_WH;
  for (const profile of known) {
    profile.meanWh.forEach((wh, part) => {
      meanWh[part] = meanWh[part]! + wh / known.length;
    });
    variance = Math.max(variance, profile.varianceWh2);
  }
  return { meanWh, varianceWh2: variance, isKnown: known.length > 0 };
}

/** One interval of a register. */
export function takeInterval(
  headend: HeadendState,
  row: number,
  interval: number,
  profile: Profile,
  dayPart: number,
  into: IntervalWh,
): void {
  const isKnown = isKnownAt(headend, row, interval) && isKnownAt(headend, row, interval - 1);
  into.isSilent = !isKnown;
  if (isKnown) {
    into.energyWh = registerAt(headend, row, interval) - registerAt(headend, row, interval - 1);
    const isRead = isReadAt(headend, row, interval) && isReadAt(headend, row, interval - 1);
    into.varianceWh2 = isRead ? 0 : profile.varianceWh2;
    return;
  }
  into.energyWh = profile.meanWh[dayPart]!;
  into.varianceWh2 = 2 * profile.varianceWh2;
}

/** Variance of the sum of what a home's silence leaves open, Wh²: its intervals, and its way of life meanwhile. */
export function silenceVarianceWh2(silentWh: number, intervalsWh2: number): number {
  const wayOfLife = SILENT_SHARE * silentWh;
  return intervalsWh2 + wayOfLife * wayOfLife;
}
