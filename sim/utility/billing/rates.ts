// Rate registers: how much of a register's rise belongs to which rate of a tariff. What the history still holds is
// read from it, so that a late reading moves energy between rates; what leaves it is added up for good.

import {
  type Calendar,
  dateOfDay,
  formatDay,
  isWorkingDay,
  type LocalTime,
  localTime,
} from "../../core/calendar.ts";
import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import { registerAt } from "../history.ts";
import type { Records } from "../records.ts";
import { type HeadendState, HISTORY_INTERVALS, type RateState } from "../state.ts";
import { versionOn } from "./month-parts.ts";
import {
  RATES_MAX,
  type RateTable,
  type RateTimes,
  type RateWindow,
  rateCountOf,
  type Tariff,
  type TimeOfUseTariff,
} from "./tariff.ts";

type RateRecords = Pick<Records, "calendar" | "intervalMs" | "supplies">;

/** Row of the rate that holds in an interval, by the local time at which it begins and the version of that day. */
export function rateOfInterval(
  tariff: RateTimes & Partial<Pick<TimeOfUseTariff, "changes">>,
  calendar: Calendar,
  interval: number,
  intervalMs: number,
): number {
  if (tariff.rates.length === 1) return 0;
  const from = (interval - 1) * intervalMs;
  const civil = localTime(calendar, from);
  const times = timesOn(tariff, civil.day);
  const local = times.clock === "local" ? civil : standardTime(calendar, from);
  const own = times.table === undefined ? undefined : rateOfTable(times.table, local);
  if (own !== undefined) return own;
  const { month, day } = dateOfDay(local.day);
  const monthDay = month * 100 + day;
  const season = times.seasons.find(({ fromMonthDay: first, untilMonthDay: last }) =>
    first <= last ? monthDay >= first && monthDay <= last : monthDay >= first || monthDay <= last,
  );
  if (season === undefined) return times.otherwise;
  const isWorking = isWorkingDay(calendar, local);
  const isOn = ({ days }: RateWindow): boolean =>
    days === "all" || (days === "working-days") === isWorking;
  const window = season.windows.find((each) => isOn(each) && holdsAt(each, local.minuteOfDay));
  return window?.rate ?? times.otherwise;
}

function rateOfTable({ days, slotMinutes }: RateTable, local: LocalTime): number | undefined {
  const date = formatDay(local.day);
  const slots = days[date] ?? days[date.slice("2026-".length)];
  return slots?.[Math.floor(local.minuteOfDay / slotMinutes)];
}

function timesOn(
  tariff: RateTimes & Partial<Pick<TimeOfUseTariff, "changes">>,
  day: number,
): RateTimes {
  if (tariff.changes === undefined) return tariff;
  const version = versionOn(tariff as TimeOfUseTariff, day);
  return version.kind === "slab" ? tariff : version;
}

/** Whether a minute of the day lies in a window, on the days on which it holds. */
export function holdsAt({ fromMinute, untilMinute }: RateWindow, minute: number): boolean {
  return fromMinute < untilMinute
    ? minute >= fromMinute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute;
}

/** Local time without summer time: the zone's smallest offset, all year. */
function standardTime(calendar: Calendar, at: number): LocalTime {
  let offsetMs = calendar.offsets[0]!.offsetMs;
  for (const entry of calendar.offsets) offsetMs = Math.min(offsetMs, entry.offsetMs);
  const localMs = calendar.startEpochMs + at + offsetMs;
  const day = Math.floor(localMs / DAY_MS);
  const minuteOfDay = Math.floor((localMs - day * DAY_MS) / MINUTE_MS);
  return { day, minuteOfDay, weekday: (((day + 4) % 7) + 7) % 7 };
}

/** At the start: what was used since the last bill is spread evenly over the time since then. */
export function createRates(records: RateRecords, tariffs: readonly Tariff[]): RateState {
  const { supplies, intervalMs } = records;
  const state: RateState = {
    throughInterval: new Float64Array(supplies.length),
    throughWh: Float64Array.from(supplies, ({ account }) => account.billedThroughWh),
    wh: new Float64Array(supplies.length * Math.max(RATES_MAX, ...tariffs.map(rateCountOf))),
  };
  supplies.forEach(({ tariff: at, account, openingWh }, row) => {
    const tariff = tariffs[at];
    if (tariff === undefined || rateCountOf(tariff) === 0) return;
    if (tariff.kind === "prepaid") {
      state.throughWh[row] = openingWh; // what was used before is paid
      return;
    }
    state.throughInterval[row] = Math.min(0, Math.round(account.billedThrough / intervalMs));
    spread(state, records, tariff, row, { interval: 0, wh: openingWh });
  });
  return state;
}

/** Adds up what will have left the history once `interval` is its newest. Call it before that reading is kept. */
export function settleLeaving(
  state: RateState,
  headend: HeadendState,
  records: RateRecords,
  tariff: Tariff,
  row: number,
  interval: number,
): void {
  if (rateCountOf(tariff) === 0) return;
  const end = headend.historyEnd[row]!;
  const through = Math.min(end, interval - HISTORY_INTERVALS + 1);
  for (let at = state.throughInterval[row]! + 1; at <= through; at++) {
    addTo(state, records, tariff, row, at, registerAt(headend, row, at));
  }
}

/** After that reading: what lay in a gap longer than the history is spread evenly. */
export function settleJump(
  state: RateState,
  headend: HeadendState,
  records: RateRecords,
  tariff: Tariff,
  row: number,
): void {
  if (rateCountOf(tariff) === 0) return;
  const oldest = headend.historyEnd[row]! - HISTORY_INTERVALS + 1;
  if (state.throughInterval[row]! >= oldest) return;
  spread(state, records, tariff, row, { interval: oldest, wh: registerAt(headend, row, oldest) });
}

function spread(
  state: RateState,
  records: RateRecords,
  tariff: Tariff,
  row: number,
  to: { readonly interval: number; readonly wh: number },
): void {
  const from = state.throughInterval[row]!;
  const fromWh = state.throughWh[row]!;
  const steps = to.interval - from;
  for (let at = from + 1; at <= to.interval; at++) {
    const wh = fromWh + Math.floor(((to.wh - fromWh) * (at - from)) / steps);
    addTo(state, records, tariff, row, at, wh);
  }
}

/** One interval, at whose end the register stands at `wh`, for good. */
function addTo(
  state: RateState,
  { calendar, intervalMs, supplies }: RateRecords,
  tariff: Tariff,
  row: number,
  interval: number,
  wh: number,
): void {
  if (tariff.kind === "slab") return;
  const slot =
    row * (state.wh.length / supplies.length) +
    rateOfInterval(tariff, calendar, interval, intervalMs);
  state.wh[slot] = state.wh[slot]! + wh - state.throughWh[row]!;
  state.throughInterval[row] = interval;
  state.throughWh[row] = wh;
}

/**
 * Rate registers at an interval's end, as far as the history goes; they sum to the register minus what was billed
 * when the run began. Empty for a tariff without rates.
 */
export function ratesAt(
  state: RateState,
  headend: HeadendState,
  { calendar, intervalMs, supplies }: RateRecords,
  tariff: Tariff,
  row: number,
  interval: number,
): number[] {
  if (tariff.kind === "slab") return [];
  const first = row * (state.wh.length / supplies.length);
  const wh = Array.from(state.wh.subarray(first, first + tariff.rates.length));
  let lastWh = state.throughWh[row]!;
  if (wh.length === 1 && interval > state.throughInterval[row]!) {
    // Registers are whole Wh: what the intervals add up to is their ends' difference.
    return [wh[0]! + registerAt(headend, row, interval) - lastWh];
  }
  for (let at = state.throughInterval[row]! + 1; at <= interval; at++) {
    const rate = rateOfInterval(tariff, calendar, at, intervalMs);
    const endWh = registerAt(headend, row, at);
    wh[rate] = wh[rate]! + endWh - lastWh;
    lastWh = endWh;
  }
  return wh;
}
