// Estimation of registers between two that were read: by the shape of the days before, scaled to what the
// register says was used; on a straight line where those days are not known. Always marked as an estimate.

import { HISTORY, kindOf, nearestRead, registerAt } from "../history.ts";
import { type HeadendState, HISTORY_INTERVALS } from "../state.ts";

/** A gap takes its shape from the mean of up to this many days before. */
const SHAPE_DAYS = 7;

interface KnownRegister {
  readonly interval: number;
  readonly wh: number;
}

/**
 * Estimates anew what lies around a late reading that has just been kept at `interval`, and every gap after it
 * whose shape it may be part of: whatever the order of arrival, the estimates end the same.
 */
export function estimateAround(
  state: HeadendState,
  historyRow: number,
  interval: number,
  intervalsPerDay: number,
): void {
  const end = state.historyEnd[historyRow]!;
  const oldest = Math.max(0, end - HISTORY_INTERVALS + 1);
  const here = { interval, wh: registerAt(state, historyRow, interval) };
  let from: KnownRegister = here;
  const before = nearestRead(state, historyRow, interval, -1);
  if (before >= 0) from = { interval: before, wh: registerAt(state, historyRow, before) };
  else capEstimates(state, historyRow, oldest, here);
  for (let at = from.interval + 1; at <= end; at++) {
    if (kindOf(state, historyRow, at) !== HISTORY.read) continue;
    const to = { interval: at, wh: registerAt(state, historyRow, at) };
    fillGap(state, historyRow, from, to, intervalsPerDay);
    from = to;
  }
}

/** Fills what lies between two registers, as far as the history goes back. */
export function fillGap(
  state: HeadendState,
  historyRow: number,
  from: KnownRegister,
  to: KnownRegister,
  intervalsPerDay: number,
): void {
  if (to.interval === from.interval + 1) return;
  const base = historyRow * HISTORY_INTERVALS;
  const oldest = state.historyEnd[historyRow]! - HISTORY_INTERVALS + 1;
  const shape = shapeOf(state, historyRow, from.interval, to.interval, intervalsPerDay);
  const steps = to.interval - from.interval;
  const usedWh = to.wh - from.wh;
  for (let at = Math.max(from.interval + 1, oldest); at < to.interval; at++) {
    const slot = base + (at % HISTORY_INTERVALS);
    state.historyKind[slot] = HISTORY.estimated;
    const done = at - from.interval;
    const part = shape?.[done] ?? done;
    const whole = shape?.[steps] ?? steps;
    state.historyWh[slot] = from.wh + Math.min(usedWh, Math.floor((usedWh * part) / whole));
  }
}

/**
 * What the days before used from `from` up to each interval of the gap, cumulated; undefined where one of its
 * intervals was not read on any of them. Only what was read counts: an estimate is no witness for another.
 */
function shapeOf(
  state: HeadendState,
  historyRow: number,
  from: number,
  to: number,
  intervalsPerDay: number,
): Float64Array | undefined {
  const oldest = state.historyEnd[historyRow]! - HISTORY_INTERVALS + 1;
  if (!Number.isInteger(intervalsPerDay) || from < oldest) return undefined;
  const shape = new Float64Array(to - from + 1);
  for (let at = from + 1; at <= to; at++) {
    const wh = meanOfDaysBefore(state, historyRow, at, intervalsPerDay);
    if (wh === undefined) return undefined;
    shape[at - from] = shape[at - from - 1]! + wh;
  }
  return shape[to - from]! > 0 ? shape : undefined;
}

function meanOfDaysBefore(
  state: HeadendState,
  historyRow: number,
  interval: number,
  intervalsPerDay: number,
): number | undefined {
  let sumWh = 0;
  let days = 0;
  for (let day = 1; day <= SHAPE_DAYS; day++) {
    const wh = readEnergyWh(state, historyRow, interval - day * intervalsPerDay);
    if (wh === undefined) continue;
    sumWh += wh;
    days++;
  }
  return days === 0 ? undefined : sumWh / days;
}

/** Energy of an interval whose two ends were read, in Wh. */
function readEnergyWh(
  state: HeadendState,
  historyRow: number,
  interval: number,
): number | undefined {
  if (kindOf(state, historyRow, interval) !== HISTORY.read) return undefined;
  if (kindOf(state, historyRow, interval - 1) !== HISTORY.read) return undefined;
  return registerAt(state, historyRow, interval) - registerAt(state, historyRow, interval - 1);
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
