// Notice and protected hours on every day of the year, in zones with and without summer time.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { DAY_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { mayTripNow, type Policy, tripAllowedFrom } from "../../sim/utility/billing/policy.ts";
import { street } from "../support/street.ts";

const CHECK = { seed: 20_260_112, numRuns: 300 };
const { policy } = street().records.billing!;
const YEAR_MINUTES = 365 * 24 * 60;
const HOLIDAYS = ["2026-01-26", "2026-03-30", "2026-04-03", "2026-10-26"];

// India keeps one time; London's clocks go forward on 29 March 2026 and back on 25 October.
describe.each(["Asia/Kolkata", "Europe/London"])("in %s", (zone) => {
  const calendar = createCalendar("2026-01-01T00:00", zone, HOLIDAYS);
  const wall = (at: number): Temporal.ZonedDateTime =>
    Temporal.Instant.fromEpochMilliseconds(calendar.startEpochMs + at).toZonedDateTimeISO(zone);
  const isWorking = (date: Temporal.PlainDate): boolean =>
    date.dayOfWeek <= 5 && !HOLIDAYS.includes(date.toString());
  const moment = fc.integer({ min: 0, max: YEAR_MINUTES }).map((minute) => minute * MINUTE_MS);

  // Electricity Act 2003 (India), section 56(1): fifteen clear days, neither end counted.
  test("a cut comes at nine on the first working day after fifteen clear days", () => {
    fc.assert(
      fc.property(moment, (servedAt) => {
        const from = wall(tripAllowedFrom(policy, calendar, servedAt));
        let day = wall(servedAt).toPlainDate().add({ days: 16 });
        while (!isWorking(day)) day = day.add({ days: 1 });
        expect(from.toPlainDateTime().toString()).toBe(`${day.toString()}T09:00:00`);
      }),
      CHECK,
    );
  });

  test("the first moment of a cut is outside the protected hours, and the minute before is not", () => {
    fc.assert(
      fc.property(moment, (servedAt) => {
        const from = tripAllowedFrom(policy, calendar, servedAt);
        expect(mayTripNow(policy, calendar, from)).toBe(true);
        expect(mayTripNow(policy, calendar, from - MINUTE_MS)).toBe(false);
      }),
      CHECK,
    );
  });

  // Kerala's supply code: only on working days, up to 13:00.
  test("nobody is cut off but from nine to one on a working day, by the clock on the wall", () => {
    fc.assert(
      fc.property(moment, (at) => {
        const { hour } = wall(at);
        const may = isWorking(wall(at).toPlainDate()) && hour >= 9 && hour < 13;
        expect(mayTripNow(policy, calendar, at)).toBe(may);
      }),
      CHECK,
    );
  });
});

test("a notice served on a Sunday counts from Monday, one served at any hour of a day alike", () => {
  const calendar = createCalendar("2026-02-01T00:00", "Asia/Kolkata", []); // a Sunday
  const from = tripAllowedFrom(policy, calendar, 0);
  expect(from).toBe(16 * DAY_MS + 9 * 60 * MINUTE_MS); // Tuesday the 17th
  expect(tripAllowedFrom(policy, calendar, DAY_MS - 1)).toBe(from);
});

test("a policy that knows no weekend cuts on the sixteenth day, whatever day it is", () => {
  const calendar = createCalendar("2026-02-05T00:00", "Asia/Kolkata", []); // a Thursday
  const always: Policy = { ...policy, isWorkingDaysOnly: false };
  const saturday = 16 * DAY_MS + 9 * 60 * MINUTE_MS;
  expect(tripAllowedFrom(always, calendar, 0)).toBe(saturday);
  expect(mayTripNow(always, calendar, saturday)).toBe(true);
  expect(mayTripNow(policy, calendar, saturday)).toBe(false);
});
