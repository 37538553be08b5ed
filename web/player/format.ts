// Numbers, money and moments for people; the one place that knows a locale.

import { moneyText } from "../../sim/contract/bill-form.ts";
import type { StreetLayout, TransformerView } from "../../sim/contract/frame.ts";
import { dateOfDay } from "../../sim/core/calendar.ts";

const LOCALE = "en-IN";
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const one = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const two = new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `640 W`, `2.35 kW`. */
export function formatPower(watts: number): string {
  return Math.abs(watts) < 1000 ? `${whole.format(watts)} W` : `${two.format(watts / 1000)} kW`;
}

/** `812 Wh`, `4 512.3 kWh`. */
export function formatEnergy(wattHours: number): string {
  return Math.abs(wattHours) < 1000
    ? `${whole.format(wattHours)} Wh`
    : `${one.format(wattHours / 1000)} kWh`;
}

/** A register as a display has it: `4,512.300 kWh`. */
export const formatRegister = (wattHours: number): string =>
  `${(wattHours / 1000).toLocaleString("en-IN", { minimumFractionDigits: 3 })} kWh`;

/** Of a transformer what is known: `top oil 61 °C`, `hot spot 74 °C`. */
export const heatWords = ({
  topOilC = null,
  hotSpotC,
}: Pick<TransformerView, "topOilC" | "hotSpotC">): readonly string[] => [
  ...(topOilC === null ? [] : [`top oil ${Math.round(topOilC)} °C`]),
  ...(hotSpotC === null ? [] : [`hot spot ${Math.round(hotSpotC)} °C`]),
];

export const formatVoltage = (volts: number): string => `${one.format(volts)} V`;
export const formatPercent = (share: number): string => `${whole.format(100 * share)} %`;

/** Money in the currency of the bills, from whole smallest coins; a dash where nobody is billed. */
export const formatMoney = (minor: number, currency: string): string =>
  currency === "" ? "–" : moneyText(minor, currency);

/** A log's sentence, in which the first number that is this amount, and no part of a name, becomes money. */
export const withMoney = (text: string, minor: number, currency: string): string =>
  text.replace(
    new RegExp(`(?<![\\w./-])${minor}(?![\\w/-])`),
    formatMoney(minor, currency).replaceAll("$", "$$$$"),
  );

/** `3 min`, `2 h 5 min`, `4 d`. */
export function formatAge(ageMs: number): string {
  const minutes = Math.max(0, Math.floor(ageMs / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d`;
}

export interface WallClock {
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** What a place's own time needs. */
export type LocalTimes = Pick<StreetLayout, "startEpochMs" | "offsets">;

/** Local time of day of a simulated moment, by the run's own table of offsets. */
export function wallClock(layout: LocalTimes, simMs: number): WallClock {
  let offsetMs = layout.offsets[0]?.offsetMs ?? 0;
  for (const entry of layout.offsets) if (entry.fromMs <= simMs) offsetMs = entry.offsetMs;
  const localMs = layout.startEpochMs + simMs + offsetMs;
  const day = Math.floor(localMs / 86_400_000);
  const ofDay = Math.floor((localMs - day * 86_400_000) / 1000);
  return {
    day,
    hour: Math.floor(ofDay / 3600),
    minute: Math.floor(ofDay / 60) % 60,
    second: ofDay % 60,
  };
}

const pad = (value: number): string => String(value).padStart(2, "0");

export function formatClock({ hour, minute }: WallClock): string {
  return `${pad(hour)}:${pad(minute)}`;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Mon 12 Jan 2026`. */
export function formatDate({ day }: WallClock): string {
  const { year, month, day: ofMonth } = dateOfDay(day);
  return `${WEEKDAYS[(((day + 4) % 7) + 7) % 7]} ${ofMonth} ${MONTHS[month - 1]} ${year}`;
}

/** `12 Jan 14:30`. */
export function formatMoment(layout: LocalTimes, simMs: number): string {
  const clock = wallClock(layout, simMs);
  const { month, day } = dateOfDay(clock.day);
  return `${day} ${MONTHS[month - 1]} ${formatClock(clock)}`;
}

/** `12 Jan 2026`. */
export function formatDayOf(layout: LocalTimes, simMs: number): string {
  const { year, month, day } = dateOfDay(wallClock(layout, simMs).day);
  return `${day} ${MONTHS[month - 1]} ${year}`;
}

/** `Jan 2026`. */
export function formatMonthOf(layout: LocalTimes, simMs: number): string {
  const { year, month } = dateOfDay(wallClock(layout, simMs).day);
  return `${MONTHS[month - 1]} ${year}`;
}
