// What a policy file may say of dunning beyond the ladder's days: ways, days without a cut, limits and approvals.

import { z } from "zod";
import { RUNG_WAYS } from "../../contract/billing.ts";

const RungWays = z.array(z.enum(RUNG_WAYS)).max(RUNG_WAYS.length);
const WRITTEN_WAYS: readonly string[] = ["letter", "portal", "email"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

/** By which ways each rung is told. */
const TellSchema = z.strictObject({
  reminder: RungWays.default(["letter", "sms", "display"]),
  warning: RungWays.default(["letter", "sms", "display"]),
  notice: RungWays.default(["letter", "sms", "display"])
    .refine(
      (ways) => ways.includes("display"),
      "the clear days count from when the meter acknowledges the notice; add display",
    )
    .refine(
      (ways) => ways.some((way) => WRITTEN_WAYS.includes(way)),
      "a notice is given in writing; add letter, portal or email",
    ),
  disconnected: RungWays.default(["letter", "sms"]),
  reconnected: RungWays.default(["letter", "sms"]),
});

/** The dunning part of a policy, of the durations and days of the year that all files write. */
export function dunningSchema<
  Duration extends z.ZodType<number>,
  MonthDay extends z.ZodType<string>,
>(duration: Duration, monthDay: MonthDay) {
  return z.strictObject({
    /** A rung between reminder and notice; none unless given. */
    warningDaysAfterDue: z.number().min(0).nullable().default(null),
    tell: TellSchema.prefault({}),
    /** Beyond working days: weekdays, and named dates of each year, on which nobody is cut off. */
    noTripWeekdays: z
      .array(z.enum(WEEKDAYS))
      .max(6, "with all seven weekdays nobody could ever be cut off")
      .default([]),
    noTripDates: z
      .array(z.strictObject({ name: z.string().min(1).max(60), from: monthDay, until: monthDay }))
      .max(64, "at most 64 spans of days")
      .default([]),
    /** Days of each year on which customers with `protected` are protected, such as a winter; always unless given. */
    protectedDates: z
      .array(z.strictObject({ name: z.string().min(1).max(60), from: monthDay, until: monthDay }))
      .min(1, "leave it out, or name a span of days")
      .max(64, "at most 64 spans of days")
      .optional(),
    /** Not on the day before one that is no working day. */
    noTripBeforeDayOff: z.boolean().default(false),
    /** Trips that one official, and the ladder by itself, may send on a day. */
    tripsPerDayMax: z.number().int().min(1).nullable().default(null),
    /** More trips than `above` on a day wait for so many other officials. */
    twoPersonRule: z
      .strictObject({
        above: z.number().int().min(0),
        approvals: z.number().int().min(1).max(3).default(1),
      })
      .nullable()
      .default(null),
    /** Who has paid is on again so long after the meter can be reached. */
    reconnectWithin: duration.nullable().default(null),
  });
}
export type DunningFile = z.infer<ReturnType<typeof dunningSchema>>;

/** 0 for Sunday. */
export const weekdayNumber = (name: DunningFile["noTripWeekdays"][number]): number =>
  WEEKDAYS.indexOf(name);
