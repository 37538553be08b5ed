// Registers at interval ends, as far as the company knows them: read, estimated, or unknown.

import type { HeadendState } from "./state.ts";
import { HISTORY_INTERVALS } from "./state.ts";

export const HISTORY = { unknown: 0, estimated: 1, read: 2 } as const;
export const TRANSFORMER_ELEMENTS = 3;

/** Rows of the history: a customer's register each, then three elements of each feeder's transformer. */
export function historyRowCount(supplyCount: number, feederCount: number): number {
  return supplyCount + TRANSFORMER_ELEMENTS * feederCount;
}

/** How many customers a head-end knows: meters = supplies + feeders, history rows = supplies + 3 × feeders. */
export function supplyCountOf({ lastSequence, historyEnd }: HeadendState): number {
  return (TRANSFORMER_ELEMENTS * lastSequence.length - historyEnd.length) / 2;
}

/** First history row of a meter: a customer's only one, or the first of a transformer's three. */
export function historyRowOf(meterRow: number, supplyCount: number): number {
  if (meterRow < supplyCount) return meterRow;
  return supplyCount + TRANSFORMER_ELEMENTS * (meterRow - supplyCount);
}

/** How well the register at an interval's end is known: one of `HISTORY`. */
export function kindOf(state: HeadendState, historyRow: number, interval: number): number {
  const end = state.historyEnd[historyRow]!;
  if (interval < 0 || interval > end || interval <= end - HISTORY_INTERVALS) return HISTORY.unknown;
  return state.historyKind[historyRow * HISTORY_INTERVALS + (interval % HISTORY_INTERVALS)]!;
}

/** Register at an interval's end in Wh; check `kindOf` first. */
export function registerAt(state: HeadendState, historyRow: number, interval: number): number {
  return state.historyWh[historyRow * HISTORY_INTERVALS + (interval % HISTORY_INTERVALS)]!;
}

/** The nearest interval that was read before (−1) or after (1) this one, as far as the history goes; −1 for none. */
export function nearestRead(
  state: HeadendState,
  historyRow: number,
  interval: number,
  direction: -1 | 1,
): number {
  const end = state.historyEnd[historyRow]!;
  const oldest = Math.max(0, end - HISTORY_INTERVALS + 1);
  const start = direction < 0 ? Math.min(interval - 1, end) : Math.max(interval + 1, oldest);
  for (let at = start; at >= oldest && at <= end; at += direction) {
    if (kindOf(state, historyRow, at) === HISTORY.read) return at;
  }
  return -1;
}

/** Sequence number of the reading of an interval; check `kindOf` first. Row: meter. */
export function sequenceAt(state: HeadendState, meterRow: number, interval: number): number {
  return state.historySequence[meterRow * HISTORY_INTERVALS + (interval % HISTORY_INTERVALS)]!;
}

/** The intervals of a meter that were read, within the history; what was read before lives on in its tally. */
export function readIntervals(state: HeadendState, meterRow: number): number[] {
  const historyRow = historyRowOf(meterRow, supplyCountOf(state));
  const end = state.historyEnd[historyRow]!;
  const intervals: number[] = [];
  for (let at = Math.max(1, end - HISTORY_INTERVALS + 1); at <= end; at++) {
    if (kindOf(state, historyRow, at) === HISTORY.read) intervals.push(at);
  }
  return intervals;
}

/** How many intervals were read, and which: a sum of marks that does not depend on their order and forgets none. */
export interface Tally {
  readonly count: number;
  readonly digest: number;
}

/** What a meter's readings since the start add up to; equal to `tallyOf` of the intervals that were read, each once. */
export function readTally(state: HeadendState, meterRow: number): Tally {
  return { count: state.readCount[meterRow]!, digest: state.readDigest[meterRow]! };
}

/** The tally of a list of intervals. */
export function tallyOf(intervals: readonly number[]): Tally {
  let digest = 0;
  for (const interval of intervals) digest = (digest + tallyMark(interval)) >>> 0;
  return { count: intervals.length, digest };
}

/** Mark of one interval: the finalizer of MurmurHash3 (Appleby 2011, public domain). */
export function tallyMark(interval: number): number {
  let h = Math.imul(interval + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
