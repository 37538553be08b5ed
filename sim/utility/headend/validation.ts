// Validation: whether a reading can be true. One that cannot is kept apart, under the name of the rule that it
// broke; nothing is ever billed or estimated from it.

import type { MeterReading } from "../../contract/reading.ts";
import { READING_RULES, type ReadingRule } from "../../contract/reading.ts";
import { HOUR_MS, type SimMs } from "../../core/time.ts";
import {
  HISTORY,
  historyRowOf,
  kindOf,
  nearestRead,
  registerAt,
  sequenceAt,
  supplyCountOf,
  TRANSFORMER_ELEMENTS,
} from "../history.ts";
import type { Records } from "../records.ts";
import { type HeadendState, HISTORY_INTERVALS, REFUSED_KEPT_MAX } from "../state.ts";

/** A sanctioned load is an agreement, not a fuse; more than this many times of it is no load. */
const LOAD_MARGIN = 1.5;
/** Registers are whole Wh: their difference is off by up to one at either end. */
const ROUNDING_WH = 2;
/** EN 50160 allows +10 %; half as much again is a broken sensor. */
const VOLTAGE_MARGIN = 1.5;

export type HeadendRecords = Pick<Records, "intervalMs" | "supplies" | "feeders">;

export type Verdict =
  | { readonly kind: "good"; readonly interval: number }
  | { readonly kind: "copy" }
  | { readonly kind: "refused"; readonly rule: ReadingRule };

const refused = (rule: ReadingRule): Verdict => ({ kind: "refused", rule });

/** Judges one reading against what is known of its meter. Changes nothing. */
export function judgeReading(
  state: HeadendState,
  records: HeadendRecords,
  row: number,
  reading: MeterReading,
  receivedAt: SimMs,
): Verdict {
  const supplies = supplyCountOf(state);
  const isTransformer = row >= supplies;
  if (!isWellFormed(reading, isTransformer)) return refused("malformed");
  const serial = isTransformer
    ? records.feeders[row - supplies]!.meterSerial
    : records.supplies[row]!.serial;
  if (reading.serial !== serial) return refused("wrong-serial");
  const { intervalMs } = records;
  // Half an interval: up to there the clock is wrong, but the interval is right.
  if (reading.measuredAt > receivedAt + intervalMs / 2) return refused("from-the-future");
  const interval = Math.round(reading.measuredAt / intervalMs);
  const first = historyRowOf(row, supplies);
  const end = state.historyEnd[first]!;
  if (interval < 0 || (end >= 0 && interval <= end - HISTORY_INTERVALS)) return refused("too-old");
  const nominalV = isTransformer ? null : records.supplies[row]!.nominalVoltageV;
  if (nominalV !== null && reading.voltageV > nominalV * VOLTAGE_MARGIN) {
    return refused("implausible-voltage");
  }
  if (kindOf(state, first, interval) === HISTORY.read) {
    return judgeSecond(state, row, first, interval, reading);
  }
  const before = nearestRead(state, first, interval, -1);
  const after = nearestRead(state, first, interval, 1);
  const isInOrder =
    (before < 0 || sequenceAt(state, row, before) < reading.sequence) &&
    (after < 0 || sequenceAt(state, row, after) > reading.sequence);
  if (!isInOrder) return refused("sequence-conflict");
  for (let k = 0; k < elementsOf(isTransformer); k++) {
    const wh = elementWh(reading, isTransformer, k);
    if (before >= 0 && wh < registerAt(state, first + k, before)) return refused("register-falls");
    if (after >= 0 && wh > registerAt(state, first + k, after)) return refused("register-falls");
  }
  if (!isTransformer && before >= 0) {
    const hours = ((interval - before) * intervalMs) / HOUR_MS;
    const limitWh = records.supplies[row]!.sanctionedW * hours * LOAD_MARGIN + ROUNDING_WH;
    if (reading.importWh - registerAt(state, first, before) > limitWh) {
      return refused("jump-above-load");
    }
  }
  return { kind: "good", interval };
}

/** A second reading of an interval: a copy of the first one, or another content under an old number. */
function judgeSecond(
  state: HeadendState,
  row: number,
  first: number,
  interval: number,
  reading: MeterReading,
): Verdict {
  const isTransformer = row >= supplyCountOf(state);
  if (sequenceAt(state, row, interval) !== reading.sequence) return refused("interval-conflict");
  for (let k = 0; k < elementsOf(isTransformer); k++) {
    if (registerAt(state, first + k, interval) !== elementWh(reading, isTransformer, k)) {
      return refused("sequence-conflict");
    }
  }
  return { kind: "copy" };
}

export const elementsOf = (isTransformer: boolean): number =>
  isTransformer ? TRANSFORMER_ELEMENTS : 1;

/** What a history row takes from a reading: a customer's whole register, or one element of a transformer's. */
export function elementWh(reading: MeterReading, isTransformer: boolean, k: number): number {
  return isTransformer ? reading.elementImportWh[k]! : reading.importWh;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

function isWellFormed(reading: MeterReading, isTransformer: boolean): boolean {
  const { sequence, measuredAt, importWh, voltageV, elementImportWh } = reading;
  if (!isCount(sequence) || !isCount(importWh) || !Number.isFinite(measuredAt)) return false;
  if (!(Number.isFinite(voltageV) && voltageV >= 0)) return false;
  if (!isTransformer) return true;
  return elementImportWh.length === TRANSFORMER_ELEMENTS && elementImportWh.every(isCount);
}

/** Keeps a refused reading apart and counts it; of the readings themselves the newest are kept. */
export function keepApart(
  state: HeadendState,
  row: number,
  reading: MeterReading,
  rule: ReadingRule,
  receivedAt: SimMs,
): void {
  const at = READING_RULES.indexOf(rule);
  state.refusedCount[at] = state.refusedCount[at]! + 1;
  const { sequence, measuredAt, importWh, voltageV, serial } = reading;
  state.refused.push({
    row,
    rule,
    receivedAt,
    sequence,
    measuredAt,
    importWh,
    voltageV,
    serial: serial.slice(0, 32),
  });
  if (state.refused.length > REFUSED_KEPT_MAX) state.refused.shift();
}
