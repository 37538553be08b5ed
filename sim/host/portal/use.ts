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
import type { SimMs } from "../../core/time.ts";

/** Fewer homes than this have no mean: one of them could be told from it. */
export const NEIGHBOURS_MIN = 5;
const SHOWN: Readonly<Record<UseSpan, number>> = { hour: 48, day: 31, month: 13 };
const MINUTES_OF_HOUR = 60;

/** A home's registers by the moment of measuring. */
export type Registers = ReadonlyMap<SimMs, number>;

export interface UseQuestion {
  readonly by: UseSpan;
  readonly calendar: Calendar;
  /** When the home's newest register was measured; null without any. */
  readonly newestMs: SimMs | null;
  /** Registers of `momentsNeeded`, of this home and */
  readonly own: Registers;
  /** of nearby homes that take part in the mean. */
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

/** The moments whose registers an answer is made of. */
export function momentsNeeded(
  by: UseSpan,
  calendar: Calendar,
  newestMs: SimMs | null,
): readonly SimMs[] {
  if (newestMs === null) return [];
  const { thisMonth, lastMonth } = monthSpans(calendar, newestMs);
  return [...new Set([...boundsOf(by, calendar, newestMs), ...thisMonth, ...lastMonth])];
}

/** Null where one of the two registers is not known. */
function between(registers: Registers, fromMs: SimMs, toMs: SimMs): number | null {
  const [from, to] = [registers.get(fromMs), registers.get(toMs)];
  return from === undefined || to === undefined ? null : to - from;
}

export function energyUse({ by, calendar, newestMs, own, others }: UseQuestion): UseView {
  const bounds = newestMs === null ? [] : boundsOf(by, calendar, newestMs);
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
  newestMs: SimMs | null,
): Pick<UseView, "thisMonthWh" | "lastMonthWh"> {
  if (newestMs === null) return { thisMonthWh: null, lastMonthWh: null };
  const { thisMonth, lastMonth } = monthSpans(calendar, newestMs);
  return { thisMonthWh: between(own, ...thisMonth), lastMonthWh: between(own, ...lastMonth) };
}

type Span = readonly [fromMs: SimMs, toMs: SimMs];

/** What began before the run counts from its start; a last month that did has no register. */
function monthSpans(
  calendar: Calendar,
  newestMs: SimMs,
): { readonly thisMonth: Span; readonly lastMonth: Span } {
  const { day, minuteOfDay } = localTime(calendar, newestMs);
  const first = firstDayOfMonth(day);
  const before = firstDayOfMonth(first - 1);
  const lastDay = Math.min(before + (day - first), firstDayOfNextMonth(before) - 1);
  return {
    thisMonth: [Math.max(0, simOfLocal(calendar, first, 0)), newestMs],
    lastMonth: [simOfLocal(calendar, before, 0), simOfLocal(calendar, lastDay, minuteOfDay)],
  };
}
