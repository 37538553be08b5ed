// The head-end: the company's ear. Orders, de-duplicates and completes what arrives; keeps apart what cannot be
// true; estimates what is missing and says so. Knows only what arrived.

import type { BeliefEvent } from "../../contract/event.ts";
import type { MeterReading, RelayPosition, UplinkMessage } from "../../contract/reading.ts";
import { READING_RULES, type ReadingRule } from "../../contract/reading.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import {
  HISTORY,
  historyRowCount,
  historyRowOf,
  registerAt,
  supplyCountOf,
  tallyMark,
} from "../history.ts";
import { type HeadendState, HISTORY_INTERVALS } from "../state.ts";
import { noteLag } from "./clocks.ts";
import { estimateAround, fillGap } from "./estimation.ts";
import {
  elementsOf,
  elementWh,
  type HeadendRecords,
  judgeReading,
  keepApart,
} from "./validation.ts";

/** Nothing has arrived yet; the company knows its customers' registers at the start from its last visit. */
export function createHeadend(
  openingWh: readonly number[],
  transformersWh: readonly number[],
): HeadendState {
  const meters = openingWh.length + transformersWh.length;
  const rows = historyRowCount(openingWh.length, transformersWh.length);
  const state: HeadendState = {
    lastSequence: new Float64Array(meters),
    lastMeasuredAt: new Float64Array(meters).fill(-1),
    lastReceivedAt: new Float64Array(meters).fill(-1),
    lastImportWh: Float64Array.from([...openingWh, ...transformersWh]),
    lastVoltageV: new Float64Array(meters).fill(-1),
    relay: new Uint8Array(meters).fill(2),
    relayAt: new Float64Array(meters).fill(-1),
    historyWh: new Float64Array(rows * HISTORY_INTERVALS),
    historyKind: new Uint8Array(rows * HISTORY_INTERVALS),
    historyEnd: new Float64Array(rows).fill(-1),
    historySequence: new Uint32Array(meters * HISTORY_INTERVALS),
    readCount: new Float64Array(meters),
    readDigest: new Uint32Array(meters),
    missingIntervals: new Float64Array(meters),
    isLate: new Uint8Array(meters),
    lagMinMs: new Float64Array(meters),
    lagCount: new Float64Array(meters),
    refusedCount: new Float64Array(READING_RULES.length),
    refused: [],
  };
  openingWh.forEach((wh, row) => {
    state.historyEnd[row] = 0;
    state.historyKind[row * HISTORY_INTERVALS] = HISTORY.read;
    state.historyWh[row * HISTORY_INTERVALS] = wh;
  });
  return state;
}

/** Rules that a good reading breaks where the meter's clock is wrong. */
const CLOCK_RULES: readonly ReadingRule[] = ["from-the-future", "too-old", "interval-conflict"];

/** Told before a good reading of an interval changes the history: what leaves it must be settled first. */
export type BeforeKept = (row: number, interval: number) => void;

/** One reading arrives. False for one that is known already, and for one that is kept apart. */
export function takeReading(
  state: HeadendState,
  records: HeadendRecords,
  row: number,
  reading: MeterReading,
  receivedAt: SimMs,
  events: BeliefEvent[],
  beforeKept: BeforeKept = () => undefined,
): boolean {
  const verdict = judgeReading(state, records, row, reading, receivedAt);
  const { supply, sequence } = reading;
  if (verdict.kind === "copy") return false;
  if (verdict.kind === "refused") {
    const { rule } = verdict;
    keepApart(state, row, reading, rule, receivedAt);
    if (CLOCK_RULES.includes(rule)) noteLag(state, row, receivedAt - reading.measuredAt);
    events.push({ kind: "reading-refused", at: receivedAt, supply, sequence, rule });
    return false;
  }
  const { interval } = verdict;
  noteLag(state, row, receivedAt - reading.measuredAt);
  beforeKept(row, interval);
  const { intervalMs } = records;
  const isTransformer = row >= supplyCountOf(state);
  const first = historyRowOf(row, supplyCountOf(state));
  for (let k = 0; k < elementsOf(isTransformer); k++) {
    const wh = elementWh(reading, isTransformer, k);
    keep(state, first + k, interval, wh, DAY_MS / intervalMs);
  }
  state.historySequence[row * HISTORY_INTERVALS + (interval % HISTORY_INTERVALS)] = sequence;
  state.readCount[row] = state.readCount[row]! + 1;
  state.readDigest[row] = state.readDigest[row]! + tallyMark(interval);
  state.missingIntervals[row] = state.historyEnd[first]! - state.readCount[row]!;
  const lateMs = receivedAt - reading.measuredAt - intervalMs;
  if (lateMs > 0 && state.isLate[row] === 0) {
    events.push({ kind: "reading-late", at: receivedAt, supply, lateMs });
  }
  state.isLate[row] = lateMs > 0 ? 1 : 0;
  if (sequence <= state.lastSequence[row]!) return true;
  state.lastSequence[row] = sequence;
  state.lastMeasuredAt[row] = reading.measuredAt;
  state.lastReceivedAt[row] = receivedAt;
  state.lastImportWh[row] = reading.importWh;
  state.lastVoltageV[row] = reading.voltageV;
  noteRelay(state, row, reading.relay, reading.measuredAt);
  return true;
}

/** What a meter says of its relay, unless something newer is known. `saidAt` is by the meter's clock. */
export function noteRelay(
  state: HeadendState,
  row: number,
  position: RelayPosition,
  saidAt: SimMs,
): void {
  if (saidAt < state.relayAt[row]!) return;
  state.relayAt[row] = saidAt;
  state.relay[row] = position === "open" ? 1 : 0;
}

/** Keeps a register in the history and estimates what lies between it and its neighbours. */
function keep(
  state: HeadendState,
  historyRow: number,
  interval: number,
  wh: number,
  intervalsPerDay: number,
): void {
  const base = historyRow * HISTORY_INTERVALS;
  const slot = base + (interval % HISTORY_INTERVALS);
  const end = state.historyEnd[historyRow]!;
  if (interval <= end) {
    state.historyKind[slot] = HISTORY.read;
    state.historyWh[slot] = wh;
    estimateAround(state, historyRow, interval, intervalsPerDay);
    return;
  }
  const endWh = end < 0 ? 0 : registerAt(state, historyRow, end);
  const gapFrom = Math.max(end + 1, interval - HISTORY_INTERVALS + 1);
  for (let gap = gapFrom; gap < interval; gap++) {
    state.historyKind[base + (gap % HISTORY_INTERVALS)] = HISTORY.unknown;
  }
  state.historyKind[slot] = HISTORY.read;
  state.historyWh[slot] = wh;
  state.historyEnd[historyRow] = interval;
  if (end < 0) return;
  fillGap(state, historyRow, { interval: end, wh: endWh }, { interval, wh }, intervalsPerDay);
}

/** A meter says that it gave readings up: the gap in the history is final and stays estimated. */
export function takeLoss(
  message: Extract<UplinkMessage, { kind: "readings-lost" }>,
  missing: number,
  receivedAt: SimMs,
): BeliefEvent {
  return { kind: "gap-estimated", at: receivedAt, supply: message.supply, intervals: missing };
}
