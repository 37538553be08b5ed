// What a meter tells of its voltage: above or below its limits for five minutes on end, and back for as long.

import type { MeterEventCode } from "../../contract/reading.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { VoltageWatchColumns } from "../state.ts";
import { type MeterScene, tell } from "./outgoing.ts";

/** How long a voltage is out of bounds, or within them again, before a meter says so: as Indian tenders ask. */
export const VOLTAGE_PERSISTENCE_MS = 5 * MINUTE_MS;

/** In `side` and `told`: where the voltage is. */
const SIDE = { within: 0, low: 1, high: 2 } as const;
const BEGINS: Readonly<Record<1 | 2, MeterEventCode>> = { 1: "voltage-low", 2: "voltage-high" };
const ENDS: Readonly<Record<1 | 2, MeterEventCode>> = {
  1: "voltage-low-over",
  2: "voltage-high-over",
};

/** No rows where meters have no limits. */
export function createVoltageWatch(meterCount: number): VoltageWatchColumns {
  return {
    side: new Uint8Array(meterCount),
    since: new Float64Array(meterCount).fill(-1),
    told: new Uint8Array(meterCount),
  };
}

/** One step of a meter that has supply; does nothing for one that has no limits. */
export function watchVoltage(scene: MeterScene, row: number, from: SimMs, at: SimMs): void {
  const { model, state, step } = scene;
  const limits = model.voltageLimits;
  if (limits === undefined) return;
  const { side, since, told } = state.voltage;
  const first = model.firstElement[row]!;
  let [lowestV, highestV] = [Number.POSITIVE_INFINITY, 0];
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    const voltageV = step.elementVoltageV[element]!;
    if (!(voltageV > 0)) continue;
    lowestV = Math.min(lowestV, voltageV);
    highestV = Math.max(highestV, voltageV);
  }
  const isHigh = highestV > limits.highV;
  const now = isHigh ? SIDE.high : lowestV < limits.lowV ? SIDE.low : SIDE.within;
  if (now !== side[row] || since[row]! < 0) {
    side[row] = now;
    since[row] = from;
  }
  if (now === told[row] || at - since[row]! < VOLTAGE_PERSISTENCE_MS) return;
  const before = told[row] as 0 | 1 | 2;
  const saidAt = Math.max(from, since[row]! + VOLTAGE_PERSISTENCE_MS);
  const value = Math.round((isHigh ? highestV : lowestV) * 10) / 10;
  if (before !== SIDE.within) tell(scene, row, saidAt, ENDS[before], value);
  if (now !== SIDE.within) tell(scene, row, saidAt, BEGINS[now], value);
  told[row] = now;
}

/** A meter that loses its supply watches nothing; what it has told stands until it can say otherwise. */
export function forgetVoltage({ since }: VoltageWatchColumns, row: number): void {
  if (row < since.length) since[row] = -1;
}
