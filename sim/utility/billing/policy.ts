// Credit control as data: when somebody is reminded, given notice, and cut off.

import type { RungName, RungWay, TellWay } from "../../contract/billing.ts";
import {
  type Calendar,
  dateOfDay,
  isWorkingDay,
  type LocalTime,
  localTime,
  simOfLocal,
} from "../../core/calendar.ts";
import { type Minor, minor } from "../../core/money.ts";
import { HOUR_MS, type SimMs } from "../../core/time.ts";

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
  /** Late-payment surcharge in thousandths of a percent a month; missing: none. */
  readonly lateMilliPercent?: number;
  /** What becomes of a suspicion of theft. Missing in runs from before there was one: `NO_THEFT_POLICY`. */
  readonly theft?: TheftPolicy;
  /** Missing in runs from before there was one: `NO_DUNNING_POLICY`. */
  readonly dunning?: DunningPolicy;
}

/** What the law and the company add to the ladder's bare numbers. */
export interface DunningPolicy {
  /** A rung between reminder and notice; null: there is none. */
  readonly warningDaysAfterDue: number | null;
  readonly tellBy: Readonly<Record<RungName, readonly RungWay[]>>;
  /** 0 for Sunday. */
  readonly noTripWeekdays: readonly number[];
  readonly noTripDates: readonly NoTripDates[];
  /** Nobody is cut off on the day before one on which nobody could be reconnected by hand. */
  readonly isNoTripBeforeDayOff: boolean;
  /** Days of each year on which protected customers are protected, such as a winter; missing: always. */
  readonly protectedDates?: readonly NoTripDates[];
  /** Trips that one official, and the ladder by itself, may send on a local day; null: any number. */
  readonly tripsPerDayMax: number | null;
  /** More trips than `above` on a day, by whomever, wait for so many other officials; null: none does. */
  readonly twoPersons: { readonly above: number; readonly approvals: number } | null;
  /** A customer who has paid is on again so long after the meter can be reached; null: no promise. */
  readonly reconnectWithinMs: number | null;
}

/** Days of each year on which nobody is cut off. Month × 100 + day, both ends counted; from 1001 to 331 is a winter. */
export interface NoTripDates {
  readonly name: string;
  readonly fromMonthDay: number;
  readonly untilMonthDay: number;
}

/** As runs had it that knew no such policy. */
export const NO_DUNNING_POLICY: DunningPolicy = {
  warningDaysAfterDue: null,
  tellBy: {
    reminder: ["letter", "sms", "display"],
    warning: ["letter", "sms", "display"],
    notice: ["letter", "sms", "display"],
    disconnected: ["letter", "sms"],
    reconnected: ["letter", "sms"],
  },
  noTripWeekdays: [],
  noTripDates: [],
  isNoTripBeforeDayOff: false,
  tripsPerDayMax: null,
  twoPersons: null,
  reconnectWithinMs: null,
};

export const dunningOf = (policy: Policy | null): DunningPolicy =>
  policy?.dunning ?? NO_DUNNING_POLICY;

/** What becomes of a suspicion of theft. Probabilities are 0 to 1; null: never by itself. */
export interface TheftPolicy {
  /** From where on the customer is told, and how. */
  readonly tellAbove: number | null;
  readonly tellBy: readonly TellWay[];
  /** From where on a crew is sent, and how many a day. */
  readonly inspectAbove: number | null;
  readonly crewsPerDay: number;
  /** How long a crew takes to be there, within its hours of working days. */
  readonly crewTravelMs: number;
  readonly inspectFromMinute: number;
  readonly inspectUntilMinute: number;
  readonly isRemovedOnInspection: boolean;
  /** From where on the supply goes off; at least two kinds of signals must speak for it. */
  readonly powerOff: { readonly probability: number; readonly signals: number } | null;
  /** What a confirmed theft costs; 0: nothing, and only a person gives the supply back. */
  readonly assessmentMinor: Minor;
  /** By load and days instead; missing: the flat amount. */
  readonly assessment?: AssessmentPolicy;
}

/** Numbers of L × D × H × F at a multiple of the tariff. */
export interface AssessmentPolicy {
  readonly hoursPerDay: number;
  /** 0 to 1. */
  readonly demandFactor: number;
  /** Days back; `case`: from the first sign of the case on. */
  readonly days: number | "case";
  readonly timesTariff: number;
}

/** Nobody is told, nobody is cut off; crews go where a person sends them. */
export const NO_THEFT_POLICY: TheftPolicy = {
  tellAbove: null,
  tellBy: ["letter"],
  inspectAbove: null,
  crewsPerDay: 1,
  crewTravelMs: 2 * HOUR_MS,
  inspectFromMinute: 9 * 60,
  inspectUntilMinute: 17 * 60,
  isRemovedOnInspection: true,
  powerOff: null,
  assessmentMinor: minor(0),
};

/** When a crew that leaves at `now` is there: it travels in its hours of working days only. */
export function crewArrival(theft: TheftPolicy, calendar: Calendar, now: SimMs): SimMs {
  let leftMs = theft.crewTravelMs;
  let { day } = localTime(calendar, now);
  for (let tries = 0; tries < CREW_DAYS_MAX; tries++, day++) {
    if (!isWorkingDayNumber(calendar, day)) continue;
    const from = Math.max(now, simOfLocal(calendar, day, theft.inspectFromMinute));
    const until = simOfLocal(calendar, day, theft.inspectUntilMinute);
    if (until <= from) continue;
    if (leftMs <= until - from) return from + leftMs;
    leftMs -= until - from;
  }
  return simOfLocal(calendar, day, theft.inspectFromMinute);
}

/** However far it is, a crew is there after so many days. */
const CREW_DAYS_MAX = 60;

/** A year without a single day for it is refused with the policy; the search ends all the same. */
const TRIP_DAYS_SEARCHED_MAX = 800;

/** First moment at which a supply may be cut after a notice served at `servedAt`. */
export function tripAllowedFrom(policy: Policy, calendar: Calendar, servedAt: SimMs): SimMs {
  const servedDay = localTime(calendar, servedAt).day;
  let day = servedDay + policy.clearDays + 1;
  for (let tries = 0; tries < TRIP_DAYS_SEARCHED_MAX; tries++, day++) {
    if (noTripDayBecause(policy, calendar, day) === "") break;
  }
  return simOfLocal(calendar, day, policy.tripFromMinute);
}

function isWorkingDayNumber(calendar: Calendar, day: number): boolean {
  return isWorkingDay(calendar, noonOf(calendar, day));
}

const noonOf = (calendar: Calendar, day: number): LocalTime =>
  localTime(calendar, simOfLocal(calendar, day, 12 * 60));

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** Why nobody is cut off on this local day; empty where somebody may be. */
export function noTripDayBecause(policy: Policy, calendar: Calendar, day: number): string {
  const { noTripWeekdays, noTripDates, isNoTripBeforeDayOff } = dunningOf(policy);
  const { weekday } = noonOf(calendar, day);
  if (policy.isWorkingDaysOnly && !isWorkingDayNumber(calendar, day)) return "it is no working day";
  if (noTripWeekdays.includes(weekday)) return `it is a ${WEEKDAYS[weekday]}`;
  const { month, day: dayOfMonth } = dateOfDay(day);
  const monthDay = month * 100 + dayOfMonth;
  const kept = noTripDates.find((dates) => isWithin(dates, monthDay));
  if (kept !== undefined) return `it is ${kept.name}`;
  const isEve = isNoTripBeforeDayOff && !isWorkingDayNumber(calendar, day + 1);
  return isEve ? "the next day is no working day" : "";
}

const isWithin = ({ fromMonthDay, untilMonthDay }: NoTripDates, monthDay: number): boolean =>
  fromMonthDay <= untilMonthDay
    ? monthDay >= fromMonthDay && monthDay <= untilMonthDay
    : monthDay >= fromMonthDay || monthDay <= untilMonthDay;

/** What a customer is exempt for; the reason of life support, which no date ends. */
export const LIFE_SUPPORT = "life support, exempt from every cut";

/** Of a customer's record: whether and why they are exempt. */
export interface Exempt {
  readonly protected: string | null;
  readonly lifeSupport?: true;
}

/** Why this customer is not cut off at this moment, whatever the debt; null for who may be. */
export function exemptBecause(
  policy: Policy | null,
  calendar: Calendar,
  { protected: why, lifeSupport }: Exempt,
  at: SimMs,
): string | null {
  if (lifeSupport === true) return LIFE_SUPPORT;
  const { protectedDates } = dunningOf(policy);
  if (why === null || protectedDates === undefined) return why;
  const { month, day } = dateOfDay(localTime(calendar, at).day);
  const kept = protectedDates.find((dates) => isWithin(dates, month * 100 + day));
  return kept === undefined ? null : `${why}, ${kept.name}`;
}

/** Why nobody is cut off at this moment; empty where somebody may be. */
export function noTripBecause(policy: Policy, calendar: Calendar, at: SimMs): string {
  const { day, minuteOfDay } = localTime(calendar, at);
  const isOutside = minuteOfDay < policy.tripFromMinute || minuteOfDay >= policy.tripUntilMinute;
  if (isOutside) return "it is outside the hours of cutting";
  return noTripDayBecause(policy, calendar, day);
}

/** Whether `at` lies outside the protected hours. */
export function mayTripNow(policy: Policy, calendar: Calendar, at: SimMs): boolean {
  return noTripBecause(policy, calendar, at) === "";
}

/** When the hours of cutting end in which `at` lies: an order that is not obeyed by then is void. */
export function tripHoursEnd(policy: Policy, calendar: Calendar, at: SimMs): SimMs {
  return simOfLocal(calendar, localTime(calendar, at).day, policy.tripUntilMinute);
}
