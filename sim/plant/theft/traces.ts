// What thefts leave to meters: how much their sensors see, what their neutrals carry, what their contacts are at.

import { TAMPER } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import type { MeterState, TheftState } from "../state.ts";
import { unsensedShare } from "./thefts.ts";

/** Where a meter's elements lie. Row: meter. */
export interface ElementRows {
  readonly firstElement: Int32Array;
  readonly elementCount: Int32Array;
}

/** Sets what every customer's meter meets in the step that begins at `at`; transformers' meters are left alone. */
export function leaveTraces(
  theft: TheftState,
  meters: MeterState,
  { firstElement, elementCount }: ElementRows,
  { hasNeutralSensor, at }: { readonly hasNeutralSensor: boolean; readonly at: SimMs },
): void {
  for (let row = 0; row < theft.atWork.length; row++) {
    // A board has two sensors whatever hung there before, and a meter of three phases one in each.
    const isCompared = hasNeutralSensor || meters.devices[row] !== "" || elementCount[row] !== 1;
    const sensed = 1 - unsensedShare(theft, row, isCompared);
    const first = firstElement[row]!;
    for (let element = first; element < first + elementCount[row]!; element++) {
      meters.sensedShare[element] = sensed;
    }
    meters.neutralShare[row] = isCompared ? 1 - theft.earthShare[row]! : 1;
    meters.contacts[row] =
      (theft.coverUntil[row]! > at ? TAMPER.cover : 0) |
      (theft.magnetShare[row]! > 0 ? TAMPER.magnet : 0) |
      (theft.isBridged[row] === 1 ? TAMPER.load : 0);
  }
}
