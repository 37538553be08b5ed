import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  createCalendar,
  dateOfDay,
  dayOfDate,
  firstDayOfNextMonth,
  formatDay,
  formatLocal,
  formatLocalIso,
  isWorkingDay,
  localTime,
  parseMoment,
  simOfLocal,
} from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";

const CHECK = { seed: 20_260_112, numRuns: 300 };
const EPOCH = Temporal.PlainDate.from("1970-01-01");
const daysSince1970 = (date: Temporal.PlainDate): number => EPOCH.until(date).days;

describe("days", () => {
  test("1970-01-01 is day 0, and 2000-03-01 day 11,017", () => {
    expect(dayOfDate(1970, 1, 1)).toBe(0);
    expect(dayOfDate(2000, 3, 1)).toBe(11_017); // 30 years of 365 days, 7 leap days, 31 + 29 days
  });

  test("day numbers are Temporal's over four thousand years, and dates come back from them", () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 800_000 }), (day) => {
        const { year, month, day: dayOfMonth } = EPOCH.add({ days: day });
        expect(dayOfDate(year, month, dayOfMonth)).toBe(day);
        expect(dateOfDay(day)).toEqual({ year, month, day: dayOfMonth });
      }),
      { ...CHECK, numRuns: 3000 },
    );
  });

  test.for([
    { from: "2026-01-31", to: "2026-02-01" },
    { from: "2026-02-01", to: "2026-03-01" },
    { from: "2028-02-29", to: "2028-03-01" },
    { from: "2026-12-01", to: "2027-01-01" },
    { from: "2026-12-31", to: "2027-01-01" },
  ])("the month after $from begins on $to", ({ from, to }) => {
    const day = daysSince1970(Temporal.PlainDate.from(from));
    expect(formatDay(firstDayOfNextMonth(day))).toBe(to);
  });
});

// Zones with whole and half hours, with summer time of an hour and of half an hour, on both hemispheres.
const ZONES = [
  "UTC",
  "Asia/Kolkata",
  "Europe/London",
  "America/New_York",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "America/Santiago",
];

describe.for(ZONES)("the calendar of %s", (zone) => {
  const calendar = createCalendar("2026-04-10T00:00", zone, []);
  const start = Temporal.PlainDateTime.from("2026-04-10T00:00").toZonedDateTime(zone);

  test("local time is Temporal's, from two years before the start to twelve after it", () => {
    const minutes = fc.integer({ min: -2 * 365 * 1440, max: 4380 * 1440 });
    fc.assert(
      fc.property(minutes, (minute) => {
        const there = start.add({ minutes: minute });
        expect(localTime(calendar, minute * MINUTE_MS)).toEqual({
          day: daysSince1970(there.toPlainDate()),
          minuteOfDay: there.hour * 60 + there.minute,
          weekday: there.dayOfWeek % 7,
        });
      }),
      CHECK,
    );
  });

  test("a local day and minute is Temporal's moment, the later one where the clock skips or repeats it", () => {
    const days = fc.integer({ min: -2 * 365 + 2, max: 4380 });
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 1439 }), (days, minuteOfDay) => {
        const date = start.toPlainDate().add({ days });
        const time = { hour: Math.floor(minuteOfDay / 60), minute: minuteOfDay % 60 };
        const there = date.toPlainDateTime(time).toZonedDateTime(zone, { disambiguation: "later" });
        const expected = there.epochMilliseconds - start.epochMilliseconds;
        expect(simOfLocal(calendar, daysSince1970(date), minuteOfDay)).toBe(expected);
      }),
      CHECK,
    );
  });
});

describe("summer time in London, 2026", () => {
  // Summer Time Act 1972 as amended 2002: from 01:00 UTC on the last Sunday in March to 01:00 UTC on that in October.
  const calendar = createCalendar("2026-03-28T00:00", "Europe/London", []);
  const spring = dayOfDate(2026, 3, 29);
  const autumn = dayOfDate(2026, 10, 25);

  test("the 29th of March has 23 hours and the 25th of October 25", () => {
    const hours = (day: number) =>
      (simOfLocal(calendar, day + 1, 0) - simOfLocal(calendar, day, 0)) / HOUR_MS;
    expect([hours(spring - 1), hours(spring), hours(autumn), hours(autumn + 1)]).toEqual([
      24, 23, 25, 24,
    ]);
  });

  test("the clock jumps at 01:00 UTC and not a millisecond sooner, and that moment is found again", () => {
    const jump = simOfLocal(calendar, spring, 0) + HOUR_MS;
    expect(formatLocal(calendar, jump - 1)).toBe("2026-03-29 00:59:59");
    expect(formatLocal(calendar, jump)).toBe("2026-03-29 02:00:00");
    expect(simOfLocal(calendar, spring, 120)).toBe(jump);
    const back = simOfLocal(calendar, autumn, 60);
    expect(formatLocal(calendar, back - 1)).toBe("2026-10-25 01:59:59");
    expect(formatLocal(calendar, back)).toBe("2026-10-25 01:00:00");
  });

  test("01:30 on the 29th of March does not exist and counts as 02:30", () => {
    const at = simOfLocal(calendar, spring, 90);
    expect(formatLocal(calendar, at)).toBe("2026-03-29 02:30:00");
  });

  test("01:30 on the 25th of October comes twice and counts as the second", () => {
    const at = simOfLocal(calendar, autumn, 90);
    expect(formatLocal(calendar, at)).toBe("2026-10-25 01:30:00");
    expect(formatLocal(calendar, at - HOUR_MS)).toBe("2026-10-25 01:30:00");
  });

  test("a bill that was due before the clocks changed was due at its own local hour", () => {
    const inSummer = createCalendar("2026-04-10T00:00", "Europe/London", []);
    const due = simOfLocal(inSummer, dayOfDate(2026, 3, 16), 12 * 60);
    expect(formatLocal(inSummer, due)).toBe("2026-03-16 12:00:00");
    expect(due).toBe(-(25 * DAY_MS - 12 * HOUR_MS - HOUR_MS)); // 25 days, less noon, less the hour that was skipped
  });
});

describe("working days", () => {
  const calendar = createCalendar("2026-01-23T00:00", "Asia/Kolkata", ["2026-01-26"]);
  test.for([
    { date: "2026-01-23", weekday: "Friday", isWorking: true },
    { date: "2026-01-24", weekday: "Saturday", isWorking: false },
    { date: "2026-01-25", weekday: "Sunday", isWorking: false },
    { date: "2026-01-26", weekday: "Monday, a holiday", isWorking: false },
    { date: "2026-01-27", weekday: "Tuesday", isWorking: true },
  ])("$date, a $weekday: working is $isWorking", ({ date, isWorking }) => {
    for (const time of ["00:00", "23:59"]) {
      const local = localTime(calendar, parseMoment(calendar, `${date}T${time}`)!);
      expect(isWorkingDay(calendar, local)).toBe(isWorking);
    }
  });
});

describe("moments in a scenario", () => {
  const calendar = createCalendar("2026-01-12T00:00", "Asia/Kolkata", []);

  test.for([
    { text: "3d14h", is: 3 * DAY_MS + 14 * HOUR_MS },
    { text: "2026-01-12", is: 0 },
    { text: "2026-01-15T14:00", is: 3 * DAY_MS + 14 * HOUR_MS },
    { text: " 2026-01-15 14:00:30 ", is: 3 * DAY_MS + 14 * HOUR_MS + 30_000 },
    { text: "2026-01-11T23:59", is: -MINUTE_MS },
    { text: "2028-02-29", is: 778 * DAY_MS },
  ])('"$text" is $is ms after the start', ({ text, is }) => {
    expect(parseMoment(calendar, text)).toBe(is);
  });

  test.for([
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "2027-02-29",
    "2026-01-15T24:00",
    "2026-01-15T12:60",
    "2026-1-5",
    "tomorrow",
    "",
  ])('"%s" is no moment', (text) => {
    expect(parseMoment(calendar, text)).toBe(undefined);
  });

  test("a moment is written as it would be read, seconds included", () => {
    const at = 3 * DAY_MS + 14 * HOUR_MS + 5 * MINUTE_MS + 7_900;
    expect(formatLocal(calendar, at)).toBe("2026-01-15 14:05:07");
    expect(formatLocal(calendar, -1000)).toBe("2026-01-11 23:59:59");
  });

  test("an ISO moment is the one that Temporal reads, before, between and after the clock's changes", () => {
    for (const zone of ["Europe/Madrid", "America/New_York", "Asia/Kathmandu"]) {
      const there = createCalendar("2026-01-12T00:00", zone, []);
      for (const at of [0, 250, -1, 77 * DAY_MS, 200 * DAY_MS + 1, 300 * DAY_MS]) {
        const text = formatLocalIso(there, at);
        expect(Temporal.Instant.from(text).epochMilliseconds).toBe(there.startEpochMs + at);
        const zoned = Temporal.Instant.from(text).toZonedDateTimeISO(zone);
        expect(text.startsWith(zoned.toPlainDateTime().toString())).toBe(true);
        expect(text.endsWith(zoned.offset)).toBe(true);
      }
    }
  });
});

test.for([
  { what: "date", make: () => createCalendar("2026-02-30T00:00", "UTC", []) },
  { what: "zone", make: () => createCalendar("2026-01-01T00:00", "Asia/Atlantis", []) },
  { what: "holiday", make: () => createCalendar("2026-01-01T00:00", "UTC", ["2026-06-31"]) },
])("a $what that there is not is a RangeError", ({ make }) => {
  expect(make).toThrow(RangeError);
});

test("a calendar survives JSON", () => {
  const calendar = createCalendar("2026-04-10T00:00", "Europe/London", ["2026-05-04"]);
  expect(JSON.parse(JSON.stringify(calendar))).toEqual(calendar);
});
