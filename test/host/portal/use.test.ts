// Use by parts of time, from registers: hand-worked, and as laws.

import fc from "fast-check";
import { expect, test } from "vitest";
import { createCalendar, simOfLocal } from "../../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../../sim/core/time.ts";
import { csvOf } from "../../../sim/host/portal/csv.ts";
import {
  boundsOf,
  energyUse,
  momentsNeeded,
  NEIGHBOURS_MIN,
  type Registers,
} from "../../../sim/host/portal/use.ts";

const calendar = createCalendar("2026-01-12T00:00", "Asia/Kolkata", []);
const HALF_MS = HOUR_MS / 2;

/** A register that grows by so much in every half hour. */
function steady(halfWh: number, untilMs: number, without: readonly number[] = []): Registers {
  const registers = new Map<number, number>();
  for (let at = 0; at <= untilMs; at += HALF_MS) {
    if (!without.includes(at)) registers.set(at, 1_000 + (at / HALF_MS) * halfWh);
  }
  return registers;
}
const ask = (
  own: Registers,
  others: readonly Registers[] = [],
  by: "hour" | "day" | "month" = "day",
) => energyUse({ by, calendar, newestMs: newestOf(own), own, others });
const newestOf = (own: Registers): number | null =>
  own.size === 0 ? null : Math.max(...own.keys());

test("a home that uses 100 Wh each half hour uses 4.8 kWh a day and 200 Wh an hour", () => {
  const own = steady(100, 3 * DAY_MS);
  expect(ask(own).parts.map(({ energyWh }) => energyWh)).toEqual([4_800, 4_800, 4_800]);
  const hours = ask(own, [], "hour").parts;
  // The newest reading is of a full hour: that hour has just begun and has no part yet.
  expect(hours).toHaveLength(47);
  expect(new Set(hours.map(({ energyWh }) => energyWh))).toEqual(new Set([200]));
});

test("the first month of a run begins with it; the newest part ends at the newest reading", () => {
  // 12 January to 1 February: 20 days of 4.8 kWh; then two and a half days.
  const own = steady(100, 22.5 * DAY_MS);
  const { parts } = ask(own, [], "month");
  expect(parts.map(({ energyWh }) => energyWh)).toEqual([96_000, 12_000]);
  expect(parts.at(-1)!.toMs).toBe(22.5 * DAY_MS);
});

test("this month is held against the same days of the month before", () => {
  // 12 January to 12 March: on 11 March, 10.5 days; February before it is whole.
  const { thisMonthWh, lastMonthWh } = ask(
    steady(100, simOfLocal(calendar, 20_523, 720)),
    [],
    "month",
  );
  // Day 20 523 is 11 March 2026.
  expect([thisMonthWh, lastMonthWh]).toEqual([10.5 * 4_800, 10.5 * 4_800]);
});

test("a register that is missing at a midnight leaves two days unknown, and no other", () => {
  const own = steady(100, 4 * DAY_MS, [2 * DAY_MS]);
  expect(ask(own).parts.map(({ energyWh }) => energyWh)).toEqual([4_800, null, null, 4_800]);
});

test("four neighbours have no mean, five have; one whose readings are missing is not counted", () => {
  const own = steady(100, 2 * DAY_MS);
  const some = (count: number) =>
    Array.from({ length: count }, (_, nth) => steady(nth, 2 * DAY_MS));
  expect(ask(own, some(NEIGHBOURS_MIN - 1))).toMatchObject({ neighbours: null });
  expect(ask(own, some(NEIGHBOURS_MIN - 1)).parts[0]!.neighboursMeanWh).toBeNull();
  // 0, 1, 2, 3 and 4 Wh each half hour: 2 in the mean, 96 a day.
  expect(ask(own, some(NEIGHBOURS_MIN)).parts[0]!.neighboursMeanWh).toBe(96);
  const gappy = [...some(NEIGHBOURS_MIN - 1), steady(9, 2 * DAY_MS, [DAY_MS])];
  expect(ask(own, gappy).parts[0]!.neighboursMeanWh, "of four").toBeNull();
});

test("parts follow each other without a gap, and what they hold adds up to the whole", () => {
  const zones = ["Asia/Kolkata", "Europe/London", "America/New_York"];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom("hour" as const, "day" as const, "month" as const),
      fc.integer({ min: 1, max: 500 * 48 }),
      (zone, by, halves) => {
        const place = createCalendar("2026-03-20T00:00", zone, []);
        const bounds = boundsOf(by, place, halves * HALF_MS);
        expect(bounds.at(-1)).toBe(halves * HALF_MS);
        expect(bounds.every((at, nth) => nth === 0 || at > bounds[nth - 1]!)).toBe(true);
        expect(bounds.length).toBeLessThanOrEqual(50);
        const own = steady(7, halves * HALF_MS);
        const question = { by, calendar: place, newestMs: halves * HALF_MS, others: [] };
        const { parts, ...rest } = energyUse({ ...question, own });
        const needed = momentsNeeded(by, place, halves * HALF_MS);
        const few = new Map([...own].filter(([at]) => needed.includes(at)));
        expect(energyUse({ ...question, own: few }), "from those alone").toEqual({
          parts,
          ...rest,
        });
        const sum = parts.reduce((all, { energyWh }) => all + (energyWh ?? 0), 0);
        expect(sum).toBe(own.get(bounds.at(-1)!)! - own.get(bounds[0]!)!);
      },
    ),
    { numRuns: 200 },
  );
});

test("a customer without a reading has no parts", () => {
  expect(ask(new Map())).toMatchObject({ parts: [], thisMonthWh: null, lastMonthWh: null });
});

test("a cell with a comma, a quote or a line is quoted; one that a spreadsheet would compute is text", () => {
  const rows = [["a,b", 'say "no"', "two\nlines", "=1+1", null, -5, "-5"]];
  expect(csvOf(["t"], rows)).toBe('t\r\n"a,b","say ""no""","two\nlines",\'=1+1,,-5,\'-5\r\n');
});
