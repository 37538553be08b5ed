// The calendar: Temporal turns start, zone and holidays into a table once, when a scenario is resolved;
// from there on every question is integer arithmetic on that table, whatever zone data a machine has.

import { DAY_MS, MINUTE_MS, parseDurationMs, type SimMs } from "./time.ts";

/** From `fromMs` on, local time is UTC plus `offsetMs`; the first row of a table holds for everything before it too. */
export interface ZoneOffset {
  readonly fromMs: SimMs;
  readonly offsetMs: number;
}

/** Plain data; part of the resolved scenario. Days are counted from 1970-01-01, local. */
export interface Calendar {
  readonly zone: string;
  readonly startEpochMs: number;
  readonly offsets: readonly ZoneOffset[];
  readonly holidayDays: readonly number[];
}

/** A moment on the wall calendar. `weekday` is 0 for Sunday. */
export interface LocalTime {
  readonly day: number;
  readonly minuteOfDay: number;
  readonly weekday: number;
}

/** Unpaid bills and notices may be older than the run. */
const CALENDAR_YEARS_BACK = 2;
const CALENDAR_YEARS_AHEAD = 12;

/** `field` is which of them is wrong; of holidays, `index` says which one. */
export class CalendarError extends RangeError {
  override readonly name = "CalendarError";
  readonly field: "start" | "zone" | "holidays";
  readonly index: number;
  constructor(field: CalendarError["field"], message: string, cause: unknown, index = 0) {
    super(message, { cause });
    this.field = field;
    this.index = index;
  }
}

function readOr<Value>(read: () => Value, toError: (cause: unknown) => CalendarError): Value {
  try {
    return read();
  } catch (cause) {
    throw toError(cause);
  }
}

/**
 * Builds the table. `start` is a local date-time (`2026-01-12T00:00`), `zone` an IANA name,
 * `holidays` local dates. Throws CalendarError where one of them is not valid.
 */
export function createCalendar(start: string, zone: string, holidays: readonly string[]): Calendar {
  const local = readOr(
    () => Temporal.PlainDateTime.from(start),
    (cause) =>
      new CalendarError("start", `"${start}" is no local time; write 2026-01-12T00:00`, cause),
  );
  const first = readOr(
    () => local.toZonedDateTime(zone),
    (cause) =>
      new CalendarError("zone", `"${zone}" is no time zone; write Asia/Kolkata or UTC`, cause),
  );
  const startEpochMs = first.epochMilliseconds;
  const offsets: ZoneOffset[] = [];
  const end = first.add({ years: CALENDAR_YEARS_AHEAD });
  let next: Temporal.ZonedDateTime | null = first.subtract({ years: CALENDAR_YEARS_BACK });
  while (next !== null && Temporal.ZonedDateTime.compare(next, end) < 0) {
    offsets.push({
      fromMs: next.epochMilliseconds - startEpochMs,
      offsetMs: next.offsetNanoseconds / 1_000_000,
    });
    next = next.getTimeZoneTransition("next");
  }
  const holidayDays = holidays.map((date, index) => {
    const { year, month, day } = readOr(
      () => Temporal.PlainDate.from(date),
      (cause) =>
        new CalendarError("holidays", `"${date}" is no date; write 2026-01-26`, cause, index),
    );
    return dayOfDate(year, month, day);
  });
  return { zone, startEpochMs, offsets, holidayDays };
}

function offsetAt(calendar: Calendar, at: SimMs): number {
  let offsetMs = calendar.offsets[0]!.offsetMs;
  for (const entry of calendar.offsets) {
    if (entry.fromMs > at) break;
    offsetMs = entry.offsetMs;
  }
  return offsetMs;
}

/** Local day, minute and weekday of a simulated moment. */
export function localTime(calendar: Calendar, at: SimMs): LocalTime {
  const localMs = calendar.startEpochMs + at + offsetAt(calendar, at);
  const day = Math.floor(localMs / DAY_MS);
  const minuteOfDay = Math.floor((localMs - day * DAY_MS) / MINUTE_MS);
  return { day, minuteOfDay, weekday: (((day + 4) % 7) + 7) % 7 };
}

/** The simulated moment of a local day and minute; where the clock skips or repeats it, the later moment. */
export function simOfLocal(calendar: Calendar, day: number, minuteOfDay: number): SimMs {
  const localMs = day * DAY_MS + minuteOfDay * MINUTE_MS;
  let at = localMs - calendar.startEpochMs - calendar.offsets[0]!.offsetMs;
  for (const entry of calendar.offsets) {
    const candidate = localMs - calendar.startEpochMs - entry.offsetMs;
    if (candidate >= entry.fromMs) at = candidate;
  }
  return at;
}

/** Whether a local day is neither Saturday, Sunday nor a holiday. */
export function isWorkingDay(calendar: Calendar, local: LocalTime): boolean {
  return local.weekday !== 0 && local.weekday !== 6 && !calendar.holidayDays.includes(local.day);
}

/** Day number of a civil date (proleptic Gregorian; after Hinnant 2013, "days_from_civil"). */
export function dayOfDate(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** Civil date of a day number: the inverse of `dayOfDate`. */
export function dateOfDay(dayNumber: number): { year: number; month: number; day: number } {
  const z = dayNumber + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** The first local day of the month after `dayNumber`'s. */
export function firstDayOfNextMonth(dayNumber: number): number {
  const { year, month } = dateOfDay(dayNumber);
  return month === 12 ? dayOfDate(year + 1, 1, 1) : dayOfDate(year, month + 1, 1);
}

const twoDigits = (value: number): string => String(value).padStart(2, "0");

/** `2026-01-15 14:05:00`, local. */
export function formatLocal(calendar: Calendar, at: SimMs): string {
  const local = localTime(calendar, at);
  const seconds = Math.floor((((at % MINUTE_MS) + MINUTE_MS) % MINUTE_MS) / 1000);
  return `${formatDay(local.day)} ${twoDigits(Math.floor(local.minuteOfDay / 60))}:${twoDigits(local.minuteOfDay % 60)}:${twoDigits(seconds)}`;
}

/** `2026-01-15T14:05:00.250+03:00`, local, ISO 8601; milliseconds only where there are some. */
export function formatLocalIso(calendar: Calendar, at: SimMs): string {
  const offsetMinutes = Math.round(offsetAt(calendar, at) / MINUTE_MS);
  const sign = offsetMinutes < 0 ? "-" : "+";
  const size = Math.abs(offsetMinutes);
  const zone = `${sign}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`;
  const belowSecondMs = ((at % 1000) + 1000) % 1000;
  const fraction = belowSecondMs === 0 ? "" : `.${String(belowSecondMs).padStart(3, "0")}`;
  return `${formatLocal(calendar, at).replace(" ", "T")}${fraction}${zone}`;
}

/** `2026-01-15`. */
export function formatDay(dayNumber: number): string {
  const { year, month, day } = dateOfDay(dayNumber);
  return `${year}-${twoDigits(month)}-${twoDigits(day)}`;
}

/**
 * Reads a moment: a duration since the start (`3d`, `2d14h30min`) or a local date-time
 * (`2026-01-15T14:00`, `2026-01-15 14:00`). Undefined where the text is neither.
 */
export function parseMoment(calendar: Calendar, text: string): SimMs | undefined {
  const sinceStart = parseDurationMs(text);
  if (sinceStart !== undefined) return sinceStart;
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const dayNumber = dayOfDate(year!, month!, day!);
  const back = dateOfDay(dayNumber);
  if (back.month !== month || back.day !== day || hour! > 23 || minute! > 59 || second! > 59) {
    return undefined;
  }
  return simOfLocal(calendar, dayNumber, hour! * 60 + minute!) + second! * 1000;
}
