// What flowed at each home, interval by interval, for the plots of a live run: kept beside the run, decided by nothing.
// A run that is resumed begins it anew.

import { gatherPlant } from "../shards.ts";
import type { Twin } from "../world.ts";
import type { Follower } from "./follower.ts";

const W_MS_PER_WH = 3_600_000;
/** Thirty-five days of half hours, as the meters' own profiles. */
export const INTERVALS_KEPT = 1_680;

export interface TruthHistory extends Follower {
  /** Mean power of the interval that ends at `endMs`; null where it is not kept. */
  meanW(row: number, endMs: number): number | null;
}

export function createTruthHistory(twin: Twin): TruthHistory {
  const { intervalMs } = twin.model.meters;
  const { clock } = twin.world.engine;
  const { deliveredWMs } = twin.world.plant.energy;
  const rows = deliveredWMs.length;
  const deliveredWh = new Float64Array(INTERVALS_KEPT * rows);
  const endOf = new Float64Array(INTERVALS_KEPT).fill(-1);
  const note = (): void => {
    if (clock.nowMs % intervalMs !== 0) return;
    gatherPlant(twin);
    const slot = (clock.nowMs / intervalMs) % INTERVALS_KEPT;
    endOf[slot] = clock.nowMs;
    for (let row = 0; row < rows; row++) {
      deliveredWh[slot * rows + row] = deliveredWMs[row]! / W_MS_PER_WH;
    }
  };
  const at = (row: number, endMs: number): number | null => {
    const slot = (endMs / intervalMs) % INTERVALS_KEPT;
    return endMs >= 0 && endOf[slot] === endMs ? deliveredWh[slot * rows + row]! : null;
  };
  note();
  return {
    stepped: note,
    shown() {},
    meanW(row, endMs) {
      const [from, to] = [at(row, endMs - intervalMs), at(row, endMs)];
      return from === null || to === null ? null : ((to - from) * W_MS_PER_WH) / intervalMs;
    },
  };
}
