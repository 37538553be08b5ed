// Registers at interval ends, as far as the company knows them: read, estimated, or unknown.

import type { HeadendState } from "./state.ts";
import { HISTORY_INTERVALS } from "./state.ts";

export const HISTORY = { unknown: 0, estimated: 1, read: 2 } as const;
export const TRANSFORMER_ELEMENTS = 3;

/** Rows of the history: a customer's register each, then the transformer's three elements. */
export function historyRowCount(supplyCount: number): number {
  return supplyCount + TRANSFORMER_ELEMENTS;
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
