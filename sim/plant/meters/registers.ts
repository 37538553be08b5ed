// A meter's registers over its elements, now and in the middle of a step.

import type { SimMs } from "../../core/time.ts";
import type { MeterState } from "../state.ts";
import { registerAfter, sensedMilliW, type TerminalColumns } from "./metering.ts";
import type { MeterModel } from "./model.ts";

/** Terminal quantities of one step. */
export interface MeterStep extends TerminalColumns {
  /** End of the step. */
  readonly at: SimMs;
  readonly stepMs: number;
}

/** Sum of a meter's import registers, in whole mWh. */
export function registerMilliWh(model: MeterModel, state: MeterState, row: number): number {
  return sumOf(model, state.importMilliWh, row);
}

/** Sum of a meter's export registers, in whole mWh. */
export function exportMilliWh(model: MeterModel, state: MeterState, row: number): number {
  return sumOf(model, state.exportMilliWh, row);
}

function sumOf(model: MeterModel, column: Float64Array, row: number): number {
  const first = model.firstElement[row]!;
  let sum = 0;
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    sum += column[element]!;
  }
  return sum;
}

/** What an element will have counted `elapsedMs` into a step that is not yet counted, in whole mWh. */
export function elementAt(
  model: MeterModel,
  state: MeterState,
  step: MeterStep,
  element: number,
  elapsedMs: number,
): { readonly importMilliWh: number; readonly exportMilliWh: number } {
  const milliW = sensedMilliW(model, step, state.sensedShare, element);
  const { importMilliWh, carryMilliWMs, exportMilliWh, exportCarryMilliWMs } = state;
  const [imported, carry] = [importMilliWh[element]!, carryMilliWMs[element]!];
  const [exported, exportCarry] = [exportMilliWh[element]!, exportCarryMilliWMs[element]!];
  return {
    importMilliWh: registerAfter(imported, carry, milliW, elapsedMs),
    exportMilliWh: registerAfter(exported, exportCarry, -milliW, elapsedMs),
  };
}

/** A meter's import register `elapsedMs` into a step that is not yet counted, in whole mWh. */
export function registerAtMilliWh(
  model: MeterModel,
  state: MeterState,
  step: MeterStep,
  row: number,
  elapsedMs: number,
): number {
  const first = model.firstElement[row]!;
  let sum = 0;
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    sum += elementAt(model, state, step, element, elapsedMs).importMilliWh;
  }
  return sum;
}
