// What meters count. Kernels over columns; they know what passes their sensors and nothing of theft or bills.

import { assert } from "../../core/assert.ts";

const MILLI_W_MS_PER_MILLI_WH = 3_600_000;

/** Row: element (one a metered phase). Registers are whole mWh, the carries keep the rest in mW·ms. */
export interface RegisterColumns {
  readonly importMilliWh: Float64Array;
  readonly carryMilliWMs: Float64Array;
  readonly exportMilliWh: Float64Array;
  readonly exportCarryMilliWMs: Float64Array;
}

/** A meter's errors, and below which current it counts nothing. Row: element. */
export interface MetrologyColumns {
  /** Around 1. */
  readonly gain: Float64Array;
  /** Share of the reactive power that is taken for active. */
  readonly phaseErrorShare: Float64Array;
  /** In W, in the direction of the flow. */
  readonly offsetW: Float64Array;
  readonly startingCurrentA: Float64Array;
}

/** Terminal quantities of a step. Row: element; powers are what flows, before the sensor. */
export interface TerminalColumns {
  readonly activeW: Float64Array;
  readonly reactiveVar: Float64Array;
  readonly elementVoltageV: Float64Array;
  readonly frequencyHz: number;
}

/**
 * What an element measures, in whole mW; negative where power is fed back. `sensedShare` is what a bypass leaves the
 * sensor. Below the starting current, and without voltage, nothing. P' = g·(P + δ·Q) ± offset: a phase displacement δ
 * turns reactive into active power, to first order (EmonLib's phase calibration undoes the same).
 */
export function sensedMilliW(
  metrology: MetrologyColumns,
  terminals: TerminalColumns,
  sensedShare: Float64Array,
  element: number,
): number {
  const share = sensedShare[element]!;
  const activeW = terminals.activeW[element]! * share;
  const reactiveVar = terminals.reactiveVar[element]! * share;
  const startVa = metrology.startingCurrentA[element]! * terminals.elementVoltageV[element]!;
  const squaredVa = activeW * activeW + reactiveVar * reactiveVar;
  // Also false for the numbers of a power flow that was lost.
  const isStarted = squaredVa >= startVa * startVa && terminals.elementVoltageV[element]! > 0;
  if (!isStarted || activeW === 0) return 0;
  const offsetW = activeW > 0 ? metrology.offsetW[element]! : -metrology.offsetW[element]!;
  const seenW =
    metrology.gain[element]! * (activeW + metrology.phaseErrorShare[element]! * reactiveVar) +
    offsetW;
  // A small error never turns the direction of the flow round.
  if (seenW > 0 !== activeW > 0) return 0;
  return Math.round(seenW * 1000);
}

/** Adds one step of energy to every element's registers. Exact while power × step < 2^53 mW·ms. */
export function addEnergy(
  registers: RegisterColumns,
  metrology: MetrologyColumns,
  terminals: TerminalColumns,
  sensedShare: Float64Array,
  stepMs: number,
): void {
  const { importMilliWh, carryMilliWMs, exportMilliWh, exportCarryMilliWMs } = registers;
  const count = importMilliWh.length;
  const powers = terminals.activeW.length;
  assert(powers === count, `${count} elements expected, got ${powers}`);
  for (let element = 0; element < count; element++) {
    const milliW = sensedMilliW(metrology, terminals, sensedShare, element);
    if (milliW > 0) {
      const total = carryMilliWMs[element]! + milliW * stepMs;
      const whole = Math.floor(total / MILLI_W_MS_PER_MILLI_WH);
      importMilliWh[element] = importMilliWh[element]! + whole;
      carryMilliWMs[element] = total - whole * MILLI_W_MS_PER_MILLI_WH;
    } else if (milliW < 0) {
      const total = exportCarryMilliWMs[element]! - milliW * stepMs;
      const whole = Math.floor(total / MILLI_W_MS_PER_MILLI_WH);
      exportMilliWh[element] = exportMilliWh[element]! + whole;
      exportCarryMilliWMs[element] = total - whole * MILLI_W_MS_PER_MILLI_WH;
    }
  }
}

/** A register of whole mWh after `elapsedMs` at a power, as `addEnergy` would leave it. */
export function registerAfter(
  milliWh: number,
  carryMilliWMs: number,
  milliW: number,
  elapsedMs: number,
): number {
  if (milliW <= 0) return milliWh;
  return milliWh + Math.floor((carryMilliWMs + milliW * elapsedMs) / MILLI_W_MS_PER_MILLI_WH);
}
