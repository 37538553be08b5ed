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
