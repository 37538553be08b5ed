// Use by hours, days and months from registers, beside the mean of the neighbours where they are enough for one.

import type { UsePart, UseSpan, UseView } from "../../contract/portal.ts";
import {
  type Calendar,
  dateOfDay,
  dayOfDate,
  firstDayOfNextMonth,
  localTime,
  simOfLocal,
} from "../../core/calendar.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";

/** Fewer homes than this have no mean: one of them could be told from it. */
export const NEIGHBOURS_MIN = 5;
const SHOWN: Readonly<Record<UseSpan, number>> = { hour: 48, day: 31, month: 13 };
const MINUTES_OF_HOUR = 60;

/** A home's registers by the moment of measuring. */
export type Registers = ReadonlyMap<SimMs, number>;

export interface UseQuestion {
  readonly by: UseSpan;
  readonly calendar: Calendar;
  readonly nowMs: SimMs;
  readonly own: Registers;
  /** Of nearby homes that take part in the mean. */
  readonly others: readonly Registers[];
}

/** The moments between parts, oldest first; the last part ends at the newest reading. */
export function boundsOf(by: UseSpan, calendar: Calendar, newestMs: SimMs): readonly SimMs[] {
  const { day, minuteOfDay } = localTime(calendar, newestMs);
  const starts: SimMs[] = [];
  let isBeforeTheRun = false;
  const add = (at: SimMs): void => {
    if (at < 0) isBeforeTheRun = true;
    else if (at < newestMs && at !== starts[0]) starts.unshift(at);
  };
  if (by === "hour") {
    const hour = Math.floor(minuteOfDay / MINUTES_OF_HOUR);
    for (let back = 0; back < SHOWN.hour; back++) {
      const total = day * 24 + hour - back;
      add(simOfLocal(calendar, Math.floor(total / 24), (((total % 24) + 24) % 24) * 60));
    }
  } else if (by === "day") {
    for (let back = 0; back < SHOWN.day; back++) add(simOfLocal(calendar, day - back, 0));
  } else {
    let first = firstDayOfMonth(day);
    for (let back = 0; back < SHOWN.month; back++) {
      add(simOfLocal(calendar, first, 0));
      first = firstDayOfMonth(first - 1);
    }
  }
  // A part that began before the run counts from its start.
  if (isBeforeTheRun && starts[0] !== 0) starts.unshift(0);
  return [...starts, newestMs];
}

function firstDayOfMonth(day: number): number {
  const { year, month } = dateOfDay(day);
  return dayOfDate(year, month, 1);
}

/** From when on registers have to be known for an answer. */
export function firstNeededMs(by: UseSpan, calendar: Calendar, nowMs: SimMs): SimMs {
  const spanMs = { hour: 3 * DAY_MS, day: 63 * DAY_MS, month: 400 * DAY_MS }[by];
  return Math.max(0, Math.min(nowMs - spanMs, lastMonthStart(calendar, nowMs)));
}

function lastMonthStart(calendar: Calendar, nowMs: SimMs): SimMs {
  const first = firstDayOfMonth(localTime(calendar, nowMs).day);
  return simOfLocal(calendar, firstDayOfMonth(first - 1), 0);
}

/** Null where one of the two registers is not known. */
function between(registers: Registers, fromMs: SimMs, toMs: SimMs): number | null {
  const [from, to] = [registers.get(fromMs), registers.get(toMs)];
  return from === undefined || to === undefined ? null : to - from;
}

export function energyUse({ by, calendar, nowMs, own, others }: UseQuestion): UseView {
  let newestMs = 0;
  for (const at of own.keys()) if (at <= nowMs && at > newestMs) newestMs = at;
  const bounds = newestMs === 0 ? [] : boundsOf(by, calendar, newestMs);
  const hasMean = others.length >= NEIGHBOURS_MIN;
  const parts = bounds.slice(1).map((toMs, at): UsePart => {
    const fromMs = bounds[at]!;
    return {
      ...{ fromMs, toMs, energyWh: between(own, fromMs, toMs) },
      neighboursMeanWh: hasMean ? meanOf(others, fromMs, toMs) : null,
    };
  });
  return {
    ...{ by, parts, neighbours: hasMean ? others.length : null },
    ...monthsSoFar(calendar, own, newestMs),
  };
}

/** Of the homes whose registers are known; null where those are too few. */
function meanOf(others: readonly Registers[], fromMs: SimMs, toMs: SimMs): number | null {
  let sumWh = 0;
  let count = 0;
  for (const registers of others) {
    const energyWh = between(registers, fromMs, toMs);
    if (energyWh === null) continue;
    sumWh += energyWh;
    count++;
  }
  return count < NEIGHBOURS_MIN ? null : Math.round(sumWh / count);
}

/** This month up to the newest reading, and the same days of the month before. */
function monthsSoFar(
  calendar: Calendar,
  own: Registers,
  newestMs: SimMs,
): Pick<UseView, "thisMonthWh" | "lastMonthWh"> {
  const { day, minuteOfDay } = localTime(calendar, newestMs);
  const first = firstDayOfMonth(day);
  const before = firstDayOfMonth(first - 1);
  const lastDay = Math.min(before + (day - first), firstDayOfNextMonth(before) - 1);
  const known = (registers: Registers, fromMs: SimMs, toMs: SimMs): number | null =>
    fromMs < 0 ? null : between(registers, fromMs, toMs);
  return {
    thisMonthWh: known(own, Math.max(0, simOfLocal(calendar, first, 0)), newestMs),
    lastMonthWh: known(
      own,
      simOfLocal(calendar, before, 0),
      simOfLocal(calendar, lastDay, minuteOfDay),
    ),
  };
}
