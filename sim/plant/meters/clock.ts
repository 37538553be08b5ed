// A meter's own clock: true time, an offset that was set, and a crystal that is never quite right. What is true time
// and what is its own is in every name: `at` and `…Ms` of steps are true, `ownMs` is what the meter believes.

import type { SimMs } from "../../core/time.ts";
import type { MeterClockColumns } from "../state.ts";
import type { MeterModel } from "./model.ts";

const PPM = 1e-6;

/** What a meter's clock shows at a true time, in whole ms. */
export function ownTime(
  model: MeterModel,
  clock: MeterClockColumns,
  row: number,
  at: SimMs,
): SimMs {
  const driftMs = model.clockDriftPpm[row]! * PPM * (at - clock.setAt[row]!);
  return at + Math.floor(clock.offsetMs[row]! + driftMs);
}

/** The first true ms at which a meter's clock shows `ownMs` or more, if it is not set before. */
export function trueTimeOf(
  model: MeterModel,
  clock: MeterClockColumns,
  row: number,
  ownMs: SimMs,
): SimMs {
  const drift = model.clockDriftPpm[row]! * PPM;
  const setAt = clock.setAt[row]!;
  let at = setAt + Math.ceil((ownMs - setAt - clock.offsetMs[row]!) / (1 + drift));
  while (ownTime(model, clock, row, at) >= ownMs) at--;
  while (ownTime(model, clock, row, at) < ownMs) at++;
  return at;
}

/** Lets a clock show `ownMs` from a true time on. */
export function setOwnTime(clock: MeterClockColumns, row: number, at: SimMs, ownMs: SimMs): void {
  clock.setAt[row] = at;
  clock.offsetMs[row] = ownMs - at;
}

/** Number of the interval that runs or has just ended at an own time: its end is this × the interval. */
export function intervalAt(model: MeterModel, ownMs: SimMs): number {
  return Math.floor(ownMs / model.intervalMs);
}

/** The clock after a time in the dark: it stood still once its reserve was used up. Returns whether it lost time. */
export function wakeClock(
  model: MeterModel,
  clock: MeterClockColumns,
  row: number,
  dark: { readonly from: SimMs; readonly until: SimMs },
): boolean {
  const reserveMs = model.clockReserveMs[row]!;
  if (dark.until - dark.from <= reserveMs) return false;
  setOwnTime(clock, row, dark.until, ownTime(model, clock, row, dark.from + reserveMs));
  clock.isInvalid[row] = 1;
  return true;
}

/** Clocks as the factory set them: right at the start, nothing of an interval gone. */
export function createClocks(meterCount: number): MeterClockColumns {
  return {
    setAt: new Float64Array(meterCount),
    offsetMs: new Float64Array(meterCount),
    isInvalid: new Uint8Array(meterCount),
    lastInterval: new Float64Array(meterCount),
    intervalFlags: new Uint8Array(meterCount),
  };
}
