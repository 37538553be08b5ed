// Which moments of a run are worth keeping: all of the last ones, and ever fewer of those before.

import { DAY_MS, HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";

/** Of the newest moments all are kept, */
export const DENSE_MAX = 600;
/** of older ones the first in each span, by their age. Each span divides the next. */
export const TRACKS: readonly { readonly ageMaxMs: number; readonly spanMs: number }[] = [
  { ageMaxMs: DAY_MS, spanMs: MINUTE_MS },
  { ageMaxMs: 14 * DAY_MS, spanMs: 15 * MINUTE_MS },
  { ageMaxMs: 60 * DAY_MS, spanMs: HOUR_MS },
  { ageMaxMs: 400 * DAY_MS, spanMs: 6 * HOUR_MS },
  { ageMaxMs: Number.POSITIVE_INFINITY, spanMs: DAY_MS },
];

/** What a moment of this age stands for. */
const spanAt = (ageMs: number): number =>
  TRACKS.find(({ ageMaxMs }) => ageMs <= ageMaxMs)?.spanMs ?? DAY_MS;

/**
 * Rows of the moments that stay, of moments in order of time. `stretch` widens every span, and shortens what is kept
 * whole, where there is no room for more. The first and the last always stay.
 */
export function rowsKept(times: readonly SimMs[], stretch: number): readonly number[] {
  const newestMs = times.at(-1) ?? 0;
  const firstDense = times.length - Math.max(1, Math.floor(DENSE_MAX / stretch));
  const kept: number[] = [];
  let last = "";
  for (let row = 0; row < times.length; row++) {
    const simMs = times[row]!;
    const spanMs = spanAt(newestMs - simMs) * stretch;
    const bucket = `${spanMs}/${Math.floor(simMs / spanMs)}`;
    if (row === 0 || row >= firstDense || bucket !== last) kept.push(row);
    last = bucket;
  }
  return kept;
}
