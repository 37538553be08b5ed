// A meter's apparent energy, its maximum demand, and what it writes down when a month ends: the billing profile of
// IS 15959 and IEC 62056-6-1. Demand is the mean of a block of half an hour (IS 15959-1:2011, demand integration
// period), or of the interval where half an hour is no whole number of intervals. Energy that is fed in is in neither.

import type { ApparentReport, BillingProfile } from "../../contract/reading.ts";
import { dateOfDay, localTime } from "../../core/calendar.ts";
import { magnitude } from "../../core/math.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { DemandColumns, MeterState } from "../state.ts";
import { registerAfter, sensedMilliW } from "./metering.ts";
import type { MeterModel } from "./model.ts";
import type { MeterStep } from "./registers.ts";

/** Ends of months that a meter keeps; IS 15959 asks for six. */
export const BILLING_PROFILES_MAX = 6;
const HALF_HOUR_MS = HOUR_MS / 2;
const MILLI_VA_MS_PER_MILLI_VAH = 3_600_000;

/** Registers at zero. */
export function createDemand(meters: number): DemandColumns {
  return {
    apparentMilliVah: new Float64Array(meters),
    carryMilliVaMs: new Float64Array(meters),
    blockMilliVah: new Float64Array(meters),
    largestVa: new Float64Array(meters),
    profiles: Array.from({ length: meters }, () => []),
  };
}

/** A new meter hangs in this row. */
export function clearDemand(demand: DemandColumns, row: number): void {
  demand.apparentMilliVah[row] = 0;
  demand.carryMilliVaMs[row] = 0;
  demand.blockMilliVah[row] = 0;
  demand.largestVa[row] = 0;
  demand.profiles[row] = [];
}

/** √(P² + Q²) of all elements as the sensors see them, whole mVA; 0 while power is fed in. */
function apparentMilliVa(
  model: MeterModel,
  { sensedShare }: Pick<MeterState, "sensedShare">,
  step: MeterStep,
  row: number,
): number {
  const first = model.firstElement[row]!;
  let [milliW, milliVar] = [0, 0];
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    const ownMilliW = sensedMilliW(model, step, sensedShare, element);
    if (ownMilliW === 0) continue;
    milliW += ownMilliW;
    milliVar += step.reactiveVar[element]! * sensedShare[element]! * model.gain[element]! * 1000;
  }
  return milliW > 0 ? Math.round(magnitude(milliW, milliVar)) : 0;
}

/** Adds one step of apparent energy to every meter. */
export function addApparent(model: MeterModel, state: MeterState, step: MeterStep): void {
  const { demand } = state;
  if (demand === undefined) return;
  const { apparentMilliVah, carryMilliVaMs } = demand;
  for (let row = 0; row < apparentMilliVah.length; row++) {
    const milliVa = apparentMilliVa(model, state, step, row);
    if (milliVa === 0) continue;
    const total = carryMilliVaMs[row]! + milliVa * step.stepMs;
    const whole = Math.floor(total / MILLI_VA_MS_PER_MILLI_VAH);
    apparentMilliVah[row] = apparentMilliVah[row]! + whole;
    carryMilliVaMs[row] = total - whole * MILLI_VA_MS_PER_MILLI_VAH;
  }
}

/** The register of apparent energy `elapsedMs` into a step that is not yet counted, mVAh. */
export function apparentAt(
  model: MeterModel,
  state: MeterState,
  step: MeterStep,
  row: number,
  elapsedMs: number,
): number {
  const { demand } = state;
  if (demand === undefined) return 0;
  const { apparentMilliVah, carryMilliVaMs } = demand;
  const [register, carry] = [apparentMilliVah[row]!, carryMilliVaMs[row]!];
  if (elapsedMs === 0) return register;
  return registerAfter(register, carry, apparentMilliVa(model, state, step, row), elapsedMs);
}

/** An interval on the meter's own clock that is over, and its registers there. */
export interface EndedInterval {
  readonly interval: number;
  readonly importWh: number;
  readonly milliVah: number;
}

/**
 * Ends an interval: a block of demand that ends with it is held against the largest so far, and with the local month
 * both are written down and the demand begins anew.
 */
export function endDemandInterval(
  { intervalMs, calendar }: MeterModel,
  demand: DemandColumns,
  row: number,
  { interval, importWh, milliVah }: EndedInterval,
): void {
  const at = interval * intervalMs;
  const blockMs = HALF_HOUR_MS % intervalMs === 0 ? HALF_HOUR_MS : intervalMs;
  if (at % blockMs === 0) {
    const demandVa = Math.round(
      ((milliVah - demand.blockMilliVah[row]!) * HOUR_MS) / blockMs / 1000,
    );
    demand.largestVa[row] = Math.max(demand.largestVa[row]!, demandVa);
    demand.blockMilliVah[row] = milliVah;
  }
  const local = localTime(calendar, at);
  if (local.minuteOfDay !== 0 || dateOfDay(local.day).day !== 1) return;
  const kept = demand.profiles[row]!.slice(1 - BILLING_PROFILES_MAX);
  const apparentVah = Math.floor(milliVah / 1000);
  const profile: BillingProfile = { at, importWh, apparentVah, demandVa: demand.largestVa[row]! };
  demand.profiles[row] = [...kept, profile];
  demand.largestVa[row] = 0;
}

/** What a reading says of it; the ends of months go with those of local midnights alone. */
export function apparentReport(
  { intervalMs, calendar }: MeterModel,
  demand: DemandColumns,
  row: number,
  { interval, milliVah }: Pick<EndedInterval, "interval" | "milliVah">,
): ApparentReport {
  const isMidnight = localTime(calendar, interval * intervalMs).minuteOfDay === 0;
  const profiles = demand.profiles[row]!;
  return {
    importVah: Math.floor(milliVah / 1000),
    demandVa: demand.largestVa[row]!,
    ...(isMidnight && profiles.length > 0 ? { profiles } : {}),
  };
}

/** What a meter in a slot hands over and takes back; a board counts none of it, so that it stands still meanwhile. */
export function demandOf(demand: DemandColumns | undefined, row: number): MeterDemand | undefined {
  if (demand === undefined) return undefined;
  return {
    apparentMilliVah: demand.apparentMilliVah[row]!,
    carryMilliVaMs: demand.carryMilliVaMs[row]!,
    blockMilliVah: demand.blockMilliVah[row]!,
    largestVa: demand.largestVa[row]!,
    profiles: demand.profiles[row]!,
  };
}
export interface MeterDemand {
  readonly apparentMilliVah: number;
  readonly carryMilliVaMs: number;
  readonly blockMilliVah: number;
  readonly largestVa: number;
  readonly profiles: readonly BillingProfile[];
}

/** Puts back what `demandOf` gave. */
export function restoreDemand(
  demand: DemandColumns | undefined,
  row: number,
  held: MeterDemand | undefined,
): void {
  if (demand === undefined || held === undefined) return;
  demand.apparentMilliVah[row] = held.apparentMilliVah;
  demand.carryMilliVaMs[row] = held.carryMilliVaMs;
  demand.blockMilliVah[row] = held.blockMilliVah;
  demand.largestVa[row] = held.largestVa;
  demand.profiles[row] = held.profiles;
}
