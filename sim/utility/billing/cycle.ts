// How many months a bill is for, and at which local midnights it ends: of two months, those of February, April and so on.

import { dateOfDay, firstDayOfNextMonth } from "../../core/calendar.ts";
import type { Tariff } from "./tariff.ts";

/** Months of one bill; every version of a tariff has the same. */
export function cycleMonthsOf(tariff: Tariff): number {
  return tariff.kind === "prepaid" ? 1 : (tariff.terms?.cycleMonths ?? 1);
}

/** Whether a cycle ends with the midnight at which a month's first day begins. */
export function isCycleEnd(tariff: Tariff, day: number): boolean {
  const { year, month } = dateOfDay(day);
  return (year * 12 + month - 1) % cycleMonthsOf(tariff) === 0;
}

/** The first end of a cycle from a month's first day on. */
export function cycleEndFrom(tariff: Tariff, firstDay: number): number {
  let day = firstDay;
  while (!isCycleEnd(tariff, day)) day = firstDayOfNextMonth(day);
  return day;
}

/** Days of the whole cycle that ends at `endDay` or later, and of which the days before it are a part. */
export function cycleDaysOf(tariff: Tariff, endDay: number): number {
  const { year, month } = dateOfDay(endDay - 1);
  const months = cycleMonthsOf(tariff);
  const end = cycleEndFrom(tariff, firstDayOfNextMonth(endDay - 1));
  const firstMonth = year * 12 + month - 1;
  const begin = Math.floor(firstMonth / months) * months;
  let days = 0;
  for (let day = end; monthIndex(day) > begin; ) {
    const { day: ofMonth } = dateOfDay(day - 1);
    days += ofMonth;
    day -= ofMonth;
  }
  return days;
}

const monthIndex = (day: number): number => {
  const { year, month } = dateOfDay(day);
  return year * 12 + month - 1;
};
