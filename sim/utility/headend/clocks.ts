// Meters' clocks, as far as their readings betray them: the fastest way of a day from stamp to receipt is short, and
// much the same for all meters. One whose fastest way is shorter or longer by minutes has a clock that is wrong.

import type { HeadendState } from "../state.ts";

/** Fewer readings than this since the last look prove nothing: each of them may have been held up. */
const READINGS_MIN = 24;

/** Notes how long a reading was under way, by its own stamp. */
export function noteLag(state: HeadendState, row: number, lagMs: number): void {
  if (!Number.isFinite(lagMs)) return;
  const count = state.lagCount[row]!;
  state.lagMinMs[row] = count === 0 ? lagMs : Math.min(state.lagMinMs[row]!, lagMs);
  state.lagCount[row] = count + 1;
}

export interface ClockOff {
  readonly row: number;
  /** Positive: the clock is slow. */
  readonly offMs: number;
}

/** Clocks that are off by more than the limit, in the order of rows; begins to count anew. */
export function lookAtClocks(state: HeadendState, limitMs: number): readonly ClockOff[] {
  const { lagMinMs, lagCount } = state;
  const known: number[] = [];
  for (let row = 0; row < lagCount.length; row++) {
    if (lagCount[row]! >= READINGS_MIN) known.push(lagMinMs[row]!);
  }
  known.sort((a, b) => a - b);
  const usualMs = known[known.length >> 1] ?? 0;
  const off: ClockOff[] = [];
  for (let row = 0; row < lagCount.length; row++) {
    const offMs = lagMinMs[row]! - usualMs;
    if (lagCount[row]! >= READINGS_MIN && Math.abs(offMs) > limitMs) off.push({ row, offMs });
  }
  lagCount.fill(0);
  return off;
}
