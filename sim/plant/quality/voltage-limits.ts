// Supply voltage against its limits: means over ten minutes, as EN 50160 and IS 12360 take them. Time without supply is
// no low voltage: it is left out of the mean.

import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { VoltageLimits } from "../spec.ts";
import type { VoltageColumns } from "../state.ts";

const WINDOW_MS = 10 * MINUTE_MS;

/** Bits of `outside`. */
export const OUTSIDE = { low: 1, high: 2 } as const;

export function createVoltageColumns(elementCount: number): VoltageColumns {
  return {
    sumVMs: new Float64Array(elementCount),
    suppliedMs: new Float64Array(elementCount),
    outside: new Uint8Array(elementCount),
    meanV: new Float64Array(elementCount),
  };
}

/** Whether a window ends in a step; one that steps do not meet ends with the first step that is not before. */
export const endsWindow = (from: SimMs, stepMs: number): boolean =>
  Math.floor((from + stepMs) / WINDOW_MS) > Math.floor(from / WINDOW_MS);

/** Adds a step's voltages to the running means. Rows of `voltageV` are those of the columns from `first` on. */
export function addVoltages(
  { sumVMs, suppliedMs }: VoltageColumns,
  voltageV: Float64Array,
  first: number,
  stepMs: number,
): void {
  for (let at = 0; at < voltageV.length; at++) {
    if (!(voltageV[at]! > 0)) continue;
    sumVMs[first + at] = sumVMs[first + at]! + voltageV[at]! * stepMs;
    suppliedMs[first + at] = suppliedMs[first + at]! + stepMs;
  }
}

/** Ends the window of some elements: judges their means and begins the next one. */
export function closeWindow(
  { sumVMs, suppliedMs, outside, meanV }: VoltageColumns,
  { lowV, highV }: VoltageLimits,
  first: number,
  count: number,
): void {
  for (let element = first; element < first + count; element++) {
    if (suppliedMs[element]! === 0) {
      outside[element] = 0;
      meanV[element] = 0;
      continue;
    }
    const mean = sumVMs[element]! / suppliedMs[element]!;
    meanV[element] = mean;
    outside[element] = mean < lowV ? OUTSIDE.low : mean > highV ? OUTSIDE.high : 0;
    sumVMs[element] = 0;
    suppliedMs[element] = 0;
  }
}
