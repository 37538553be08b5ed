// Use behind a relay that the meter itself says is open. A reading carries the relay's position of its own moment,
// so nothing depends on when an order, its answer and the readings around it arrive.

import type { Signal } from "../../contract/frame.ts";
import type { MeterReading } from "../../contract/reading.ts";
import { formatDuration, HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { OpenRelayWatch } from "../state.ts";
import { signal } from "./signal.ts";

/** A register that moves by less between two readings may have moved before the relay opened. */
const ENERGY_MIN_WH = 5;
/** An open relay carries no current; below this a sensor only hums. */
const CURRENT_MIN_A = 0.1;
/** One sign may be a reading that was cut by the opening itself; each further reading is worth as much. */
const FIRST_LOG_ODDS = 1.5;
const NEXT_LOG_ODDS = 1.5;
/** Voltage behind the relay may be an inverter's for a while; an hour of it, and no more than that in all. */
const HOUR_LOG_ODDS = 0.5;
const VOLTAGE_LOG_ODDS_MAX = 4;

export function createOpenRelayWatch(customers: number): OpenRelayWatch {
  return {
    lastSequence: new Float64Array(customers).fill(-1),
    lastWh: new Float64Array(customers).fill(-1),
    energyWh: new Float64Array(customers),
    readings: new Float64Array(customers),
    voltageAt: new Float64Array(customers).fill(-1),
    voltageMs: new Float64Array(customers),
    since: new Float64Array(customers).fill(-1),
  };
}

/**
 * Takes in a reading; true where it shows use. Two readings with an open relay must follow each other, because
 * between others the relay may have been closed for a while. One that comes late is looked at by its current alone.
 */
export function noteOpenRelay(watch: OpenRelayWatch, row: number, reading: MeterReading): boolean {
  const { sequence, importWh, relay, elementCurrentA, measuredAt } = reading;
  if (relay === "closed") {
    // What was used before stays on record until a crew has been there; what comes next is counted as any other home's.
    if (sequence > watch.lastSequence[row]!) watch.lastSequence[row] = -1;
    return false;
  }
  const isNext = sequence === watch.lastSequence[row]! + 1 && watch.lastSequence[row]! >= 0;
  const usedWh = isNext ? importWh - watch.lastWh[row]! : 0;
  const flowsA = elementCurrentA.reduce((sum, currentA) => sum + currentA, 0);
  if (sequence > watch.lastSequence[row]!) {
    watch.lastSequence[row] = sequence;
    watch.lastWh[row] = importWh;
  }
  if (usedWh < ENERGY_MIN_WH && flowsA < CURRENT_MIN_A) return false;
  watch.readings[row] = watch.readings[row]! + 1;
  watch.energyWh[row] = watch.energyWh[row]! + Math.max(0, usedWh);
  if (watch.since[row]! < 0) watch.since[row] = measuredAt;
  return true;
}

/** The meter says that there is voltage at its load side while its relay is open, or that it is gone. */
export function noteLoadVoltage(
  watch: OpenRelayWatch,
  row: number,
  isThere: boolean,
  at: SimMs,
): void {
  const voltageAt = watch.voltageAt[row]!;
  if (isThere) {
    if (voltageAt < 0) watch.voltageAt[row] = at;
    if (watch.since[row]! < 0) watch.since[row] = at;
    return;
  }
  // An end without a beginning came before it.
  if (voltageAt < 0 || at < voltageAt) return;
  watch.voltageMs[row] = watch.voltageMs[row]! + at - voltageAt;
  watch.voltageAt[row] = -1;
}

export function forgetOpenRelay(watch: OpenRelayWatch, row: number): void {
  watch.lastSequence[row] = -1;
  watch.lastWh[row] = -1;
  watch.energyWh[row] = 0;
  watch.readings[row] = 0;
  watch.voltageAt[row] = -1;
  watch.voltageMs[row] = 0;
  watch.since[row] = -1;
}

export function openRelaySignal(
  watch: OpenRelayWatch,
  row: number,
  now: SimMs,
): Signal | undefined {
  const [readings, usedWh, voltageAt] = [
    watch.readings[row]!,
    watch.energyWh[row]!,
    watch.voltageAt[row]!,
  ];
  if (readings === 0 && watch.since[row]! < 0) return undefined;
  const voltageMs = watch.voltageMs[row]! + (voltageAt < 0 ? 0 : Math.max(0, now - voltageAt));
  const voltageHours = voltageMs / HOUR_MS;
  const byVoltage =
    voltageMs === 0
      ? 0
      : Math.min(VOLTAGE_LOG_ODDS_MAX, FIRST_LOG_ODDS + HOUR_LOG_ODDS * voltageHours);
  const byUse = readings === 0 ? 0 : FIRST_LOG_ODDS + NEXT_LOG_ODDS * (readings - 1);
  if (byVoltage + byUse === 0) return undefined;
  const used =
    readings === 0
      ? ""
      : ` In ${readings === 1 ? "a reading" : `${readings} readings`} current flows all the same, ${usedWh} Wh together.`;
  const seen =
    voltageMs === 0
      ? ""
      : ` For ${formatDuration(Math.ceil(voltageMs / MINUTE_MS) * MINUTE_MS)} it has told of voltage behind the relay.`;
  const sentence = `Its meter says that its relay is open.${used}${seen}`;
  const since = watch.since[row]!;
  const numbers = { readings, usedWh, voltageHours };
  return signal("open-relay-use", since, byVoltage + byUse, sentence, numbers);
}
