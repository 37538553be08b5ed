// What meters count. Kernels over columns; they know what passes their sensors and nothing of theft or bills.

import { assert } from "../../core/assert.ts";

const MILLI_W_MS_PER_MILLI_WH = 3_600_000;

/** Row: element (one a metered phase). `importMilliWh` counts whole mWh, `carryMilliWMs` keeps the rest. */
export interface RegisterColumns {
  readonly importMilliWh: Float64Array;
  readonly carryMilliWMs: Float64Array;
}

/** Gain of the metrology around 1, and the share of the current that the sensor sees. Row: element. */
export interface SensorColumns {
  readonly gain: Float64Array;
  readonly sensedShare: Float64Array;
}

/**
 * Adds one step of energy to every element's import register. `activeW` is what flows through the element;
 * exports are not counted by a forward-only register. Exact while power × step < 2^53 mW·ms.
 */
export function addImport(
  registers: RegisterColumns,
  sensors: SensorColumns,
  activeW: Float64Array,
  stepMs: number,
): void {
  const { importMilliWh, carryMilliWMs } = registers;
  const { gain, sensedShare } = sensors;
  const count = importMilliWh.length;
  assert(activeW.length === count, `${count} elements expected, got ${activeW.length}`);
  for (let element = 0; element < count; element++) {
    const seenW = activeW[element]! * sensedShare[element]! * gain[element]!;
    if (seenW <= 0) continue;
    const total = carryMilliWMs[element]! + Math.round(seenW * 1000) * stepMs;
    const whole = Math.floor(total / MILLI_W_MS_PER_MILLI_WH);
    importMilliWh[element] = importMilliWh[element]! + whole;
    carryMilliWMs[element] = total - whole * MILLI_W_MS_PER_MILLI_WH;
  }
}

/**
 * Two lines of 16 characters: register and relay, or what the company wrote last. A display has ASCII only; what
 * else it is told shows as a question mark.
 */
export function displayText(importWh: number, relayOpen: boolean, notice: string): string {
  // Cut off, not rounded: a register never shows energy that has not flowed.
  const kilo = `${(Math.floor(importWh / 10) / 100).toFixed(2).padStart(9)} kWh`.padEnd(16);
  const second = notice !== "" ? notice : relayOpen ? "SUPPLY OFF" : "1.8.0         OK";
  const shown = second
    .replace(/[^ -~]/g, "?")
    .slice(0, 16)
    .padEnd(16);
  return `${kilo.slice(0, 16)}\n${shown}`;
}
