// Interruptions of supply as each home has them, whatever their cause; those of the relay are no fault of the network.

import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { InterruptionState } from "../state.ts";

/** Longer ones are sustained and count (IEEE 1366-2012, 3.18). */
export const SUSTAINED_MS = 5 * MINUTE_MS;

export function createInterruptions(supplyCount: number): InterruptionState {
  return {
    since: new Float64Array(supplyCount).fill(-1),
    sustained: new Float64Array(supplyCount),
    sustainedMs: new Float64Array(supplyCount),
  };
}

/** One home's step that began at `from`, with or without supply. */
export function noteSupply(
  { since, sustained, sustainedMs }: InterruptionState,
  row: number,
  hasSupply: boolean,
  from: SimMs,
): void {
  if (!hasSupply) {
    if (since[row]! < 0) since[row] = from;
    return;
  }
  if (since[row]! < 0) return;
  const spanMs = from - since[row]!;
  since[row] = -1;
  if (spanMs <= SUSTAINED_MS) return;
  sustained[row] = sustained[row]! + 1;
  sustainedMs[row] = sustainedMs[row]! + spanMs;
}

/** Minutes without supply and interruptions that the average customer has had (SAIDI, SAIFI of IEEE 1366). */
export interface Reliability {
  readonly saidiMinutes: number;
  readonly saifi: number;
  /** Minutes that an interruption lasted in the mean; null without any. */
  readonly caidiMinutes: number | null;
}

/** Up to `now`; what is sustained and still on counts with what it has lasted. */
export function reliabilityOf(
  { since, sustained, sustainedMs }: InterruptionState,
  now: SimMs,
): Reliability {
  let [count, spanMs] = [0, 0];
  for (let row = 0; row < since.length; row++) {
    count += sustained[row]!;
    spanMs += sustainedMs[row]!;
    const openMs = since[row]! < 0 ? 0 : now - since[row]!;
    if (openMs <= SUSTAINED_MS) continue;
    count++;
    spanMs += openMs;
  }
  const customers = Math.max(1, since.length);
  return {
    saidiMinutes: spanMs / MINUTE_MS / customers,
    saifi: count / customers,
    caidiMinutes: count === 0 ? null : spanMs / MINUTE_MS / count,
  };
}
