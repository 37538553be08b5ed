// Partial bypass: a shunt across the current sensor leads a share of the current around it. The relay sits in
// series behind both, so a tripped home is dark all the same. The meter knows nothing of it.

import { assert } from "../../core/assert.ts";
import type { MeterState, TheftState } from "../state.ts";

/** Where a meter's elements lie. Row: meter. */
export interface ElementRows {
  readonly firstElement: Int32Array;
  readonly elementCount: Int32Array;
}

/** Nobody steals. */
export function createTheft(supplyCount: number): TheftState {
  return { bypassShare: new Float64Array(supplyCount) };
}

/** Sets the share of the current that flows around the sensor; 0 removes the shunt. */
export function setBypass(
  theft: TheftState,
  meters: MeterState,
  rows: ElementRows,
  row: number,
  share: number,
): void {
  assert(share >= 0 && share <= 1, `a share is 0 to 1, got ${share}`);
  theft.bypassShare[row] = share;
  const first = rows.firstElement[row]!;
  for (let element = first; element < first + rows.elementCount[row]!; element++) {
    meters.sensedShare[element] = 1 - share;
  }
}
