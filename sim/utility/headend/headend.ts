// The head-end: the company's ear. Orders, de-duplicates and completes what arrives; estimates what is missing
// and says so. Knows only what arrived.

import type { BeliefEvent } from "../../contract/event.ts";
import type { MeterReading, UplinkMessage } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import {
  HISTORY,
  historyRowCount,
  historyRowOf,
  kindOf,
  registerAt,
  supplyCountOf,
  TRANSFORMER_ELEMENTS,
} from "../history.ts";
import { type HeadendState, HISTORY_INTERVALS } from "../state.ts";

/** Nothing has arrived yet; the company knows the registers of its last visit. */
export function createHeadend(
  openingWh: readonly number[],
  transformersWh: readonly number[],
): HeadendState {
  const meters = openingWh.length + transformersWh.length;
  const rows = historyRowCount(openingWh.length, transformersWh.length);
  return {
    lastSequence: new Float64Array(meters),
    lastMeasuredAt: new Float64Array(meters).fill(-1),
    lastReceivedAt: new Float64Array(meters).fill(-1),
    lastImportWh: Float64Array.from([...openingWh, ...transformersWh]),
    lastVoltageV: new Float64Array(meters).fill(-1),
    relay: new Uint8Array(meters).fill(2),
    historyWh: new Float64Array(rows * HISTORY_INTERVALS),
    historyKind: new Uint8Array(rows * HISTORY_INTERVALS),
    historyEnd: new Float64Array(rows).fill(-1),
    missingIntervals: new Float64Array(meters),
    isLate: new Uint8Array(meters),
  };
}

/** One reading arrives. False for one that is known already. */
export function takeReading(
  state: HeadendState,
  row: number,
  reading: MeterReading,
  receivedAt: SimMs,
  intervalMs: number,
  events: BeliefEvent[],
): boolean {
  const supplies = supplyCountOf(state);
  const historyRow = historyRowOf(row, supplies);
  const interval = Math.round(reading.measuredAt / intervalMs);
  if (row >= supplies) {
    let isNew = false;
    for (let element = 0; element < TRANSFORMER_ELEMENTS; element++) {
      const wh = reading.elementImportWh[element] ?? 0;
      isNew = keep(state, row, historyRow + element, interval, wh, element === 0) || isNew;
    }
    if (!isNew) return false;
  } else if (!keep(state, row, historyRow, interval, reading.importWh, true)) {
    return false;
  }
  const lateMs = receivedAt - reading.measuredAt - intervalMs;
  if (lateMs > 0 && state.isLate[row] === 0) {
    events.push({ kind: "reading-late", at: receivedAt, supply: reading.supply, lateMs });
  }
  state.isLate[row] = lateMs > 0 ? 1 : 0;
  if (reading.sequence <= state.lastSequence[row]!) return true;
  state.lastSequence[row] = reading.sequence;
  state.lastMeasuredAt[row] = reading.measuredAt;
  state.lastReceivedAt[row] = receivedAt;
  state.lastImportWh[row] = reading.importWh;
  state.lastVoltageV[row] = reading.voltageV;
  state.relay[row] = reading.relay === "open" ? 1 : 0;
  return true;
}

/**
 * Keeps a register in the history; estimates what lies between. False for a duplicate or one too old to matter.
 * `isCounted`: gaps count as the meter's; a transformer's three registers miss the same ones.
 */
function keep(
  state: HeadendState,
  meterRow: number,
  historyRow: number,
  interval: number,
  wh: number,
  isCounted: boolean,
): boolean {
  const base = historyRow * HISTORY_INTERVALS;
  const end = state.historyEnd[historyRow]!;
  if (end >= 0 && interval <= end - HISTORY_INTERVALS) return false;
  const slot = base + (interval % HISTORY_INTERVALS);
  let missing = 0;
  if (interval <= end) {
    const before = state.historyKind[slot]!;
    if (before === HISTORY.read) return false;
    state.historyKind[slot] = HISTORY.read;
    state.historyWh[slot] = wh;
    if (before === HISTORY.estimated) missing--;
    missing += reestimate(state, historyRow, interval);
  } else {
    const endWh = end < 0 ? 0 : registerAt(state, historyRow, end);
    const gapFrom = Math.max(end + 1, interval - HISTORY_INTERVALS + 1);
    for (let gap = gapFrom; gap < interval; gap++) {
      state.historyKind[base + (gap % HISTORY_INTERVALS)] = HISTORY.unknown;
    }
    state.historyKind[slot] = HISTORY.read;
    state.historyWh[slot] = wh;
    state.historyEnd[historyRow] = interval;
    if (end >= 0) {
      drawLine(state, historyRow, { interval: end, wh: endWh }, { interval, wh });
      missing = interval - end - 1; // also those that the history is too short for
    }
  }
  if (isCounted) {
    state.missingIntervals[meterRow] = state.missingIntervals[meterRow]! + missing;
  }
  return true;
}

/**
 * Redraws the straight lines on both sides of a late reading, between it and the next ones that were read.
 * Returns how many intervals are estimated that were unknown: those after it where it is older than all others.
 */
function reestimate(state: HeadendState, historyRow: number, interval: number): number {
  const here = { interval, wh: registerAt(state, historyRow, interval) };
  const end = state.historyEnd[historyRow]!;
  const oldest = Math.max(0, end - HISTORY_INTERVALS + 1);
  let before = interval - 1;
  while (before >= oldest && kindOf(state, historyRow, before) !== HISTORY.read) before--;
  if (before >= oldest) {
    const from = { interval: before, wh: registerAt(state, historyRow, before) };
    drawLine(state, historyRow, from, here);
  } else capEstimates(state, historyRow, oldest, here);
  let after = interval + 1;
  while (after <= end && kindOf(state, historyRow, after) !== HISTORY.read) after++;
  if (after > end) return 0;
  const to = { interval: after, wh: registerAt(state, historyRow, after) };
  return drawLine(state, historyRow, here, to);
}

interface KnownRegister {
  readonly interval: number;
  readonly wh: number;
}

/** Estimates what lies between two registers, as far as the history goes back; returns how many were unknown. */
function drawLine(
  state: HeadendState,
  historyRow: number,
  from: KnownRegister,
  to: KnownRegister,
): number {
  const base = historyRow * HISTORY_INTERVALS;
  const oldest = state.historyEnd[historyRow]! - HISTORY_INTERVALS + 1;
  const steps = to.interval - from.interval;
  let unknown = 0;
  for (let at = Math.max(from.interval + 1, oldest); at < to.interval; at++) {
    const slot = base + (at % HISTORY_INTERVALS);
    if (state.historyKind[slot] === HISTORY.unknown) unknown++;
    state.historyKind[slot] = HISTORY.estimated;
    state.historyWh[slot] = Math.floor(
      from.wh + ((to.wh - from.wh) * (at - from.interval)) / steps,
    );
  }
  return unknown;
}

/** Estimates between a forgotten reading and one that was read: none is above it. */
function capEstimates(
  state: HeadendState,
  historyRow: number,
  oldest: number,
  { interval, wh }: KnownRegister,
): void {
  const base = historyRow * HISTORY_INTERVALS;
  for (let at = interval - 1; at >= oldest; at--) {
    if (kindOf(state, historyRow, at) !== HISTORY.estimated) return;
    const slot = base + (at % HISTORY_INTERVALS);
    state.historyWh[slot] = Math.min(state.historyWh[slot]!, wh);
  }
}

/** A meter says that it gave readings up: the gap in the history is final and stays estimated. */
export function takeLoss(
  message: Extract<UplinkMessage, { kind: "readings-lost" }>,
  missing: number,
  receivedAt: SimMs,
): BeliefEvent {
  return { kind: "gap-estimated", at: receivedAt, supply: message.supply, intervals: missing };
}
