// Credit control as data: when somebody is reminded, given notice, and cut off.

import { type Calendar, isWorkingDay, localTime, simOfLocal } from "../../core/calendar.ts";
import type { Minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";

export interface Policy {
  readonly id: string;
  readonly title: string;
  /** Local time of day at which bills of the last month are made on the first. */
  readonly billAtMinute: number;
  readonly dueDays: number;
  readonly reminderDaysAfterDue: number;
  readonly noticeDaysAfterDue: number;
  /** Days between the day of service and the day of cutting, neither counted (Electricity Act 2003 (IN), s. 56(1)). */
  readonly clearDays: number;
  /** Local minutes of a working day within which somebody may be cut off. */
  readonly tripFromMinute: number;
  readonly tripUntilMinute: number;
  readonly isWorkingDaysOnly: boolean;
  readonly reconnectionFeeMinor: Minor;
  /** Arrears below this are left alone. */
  readonly arrearsMinMinor: Minor;
  /** A meter's clock that is off by more is set; and each is every so many days, null for never. */
  readonly clockLimitMs: number;
  readonly clockEveryDays: number | null;
}

/** First moment at which a supply may be cut after a notice served at `servedAt`. */
export function tripAllowedFrom(policy: Policy, calendar: Calendar, servedAt: SimMs): SimMs {
  const servedDay = localTime(calendar, servedAt).day;
  let day = servedDay + policy.clearDays + 1;
  while (policy.isWorkingDaysOnly && !isWorkingDayNumber(calendar, day)) day++;
  return simOfLocal(calendar, day, policy.tripFromMinute);
}

function isWorkingDayNumber(calendar: Calendar, day: number): boolean {
  return isWorkingDay(calendar, localTime(calendar, simOfLocal(calendar, day, 12 * 60)));
}

/** Whether `at` lies outside the protected hours. */
export function mayTripNow(policy: Policy, calendar: Calendar, at: SimMs): boolean {
  const local = localTime(calendar, at);
  if (policy.isWorkingDaysOnly && !isWorkingDay(calendar, local)) return false;
  return local.minuteOfDay >= policy.tripFromMinute && local.minuteOfDay < policy.tripUntilMinute;
}
