// Rate registers: when each rate holds, and that they sum to the register whatever came late or never.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { registerAtEnd } from "../../sim/utility/billing/boundary.ts";
import {
  createRates,
  rateOfInterval,
  ratesAt,
  settleJump,
  settleLeaving,
} from "../../sim/utility/billing/rates.ts";
import type { TimeOfUseTariff } from "../../sim/utility/billing/tariff.ts";
import { createHeadend, takeReading } from "../../sim/utility/headend/headend.ts";
import { registerAt } from "../../sim/utility/history.ts";
import { HISTORY_INTERVALS } from "../../sim/utility/state.ts";
import { meterReading } from "../support/messages.ts";
import { street } from "../support/street.ts";

const INTERVAL_MS = 30 * MINUTE_MS;
const tariffOf = (file: string): TimeOfUseTariff => {
  const set = [`utility.billing.tariff=tariffs/${file}`];
  return street({ set }).records.billing!.tariffs[0] as TimeOfUseTariff;
};

describe("the rate of an interval", () => {
  const economy7 = tariffOf("economy-7.yaml");
  const london = createCalendar("2026-01-01T00:00", "Europe/London", []);
  const rateAt = (day: number, hour: number): string => {
    const interval = (day * 24 + hour) * 2 + 1;
    return economy7.rates[rateOfInterval(economy7, london, interval, INTERVAL_MS)]!.id;
  };

  // Day 0 is the 1st of January; day 180, the 30th of June, is in summer time, where a wall clock is an hour ahead.
  test.each([
    [0, 0, "day"],
    [0, 0.5, "night"],
    [0, 7, "night"],
    [0, 7.5, "day"],
    [180, 0.5, "night"],
    [180, 7.5, "day"],
  ])("on day %d at %d h after midnight of winter time is that of the %s", (day, hour, rate) => {
    expect(rateAt(day, hour)).toBe(rate);
  });

  const india = tariffOf("india-tod.yaml");
  const kolkata = createCalendar("2026-01-12T00:00", "Asia/Kolkata", ["2026-01-26"]);
  test.each([
    [8.5, "normal"],
    [9, "solar"],
    [16.5, "solar"],
    [17, "normal"],
    [18, "peak"],
    [21.5, "peak"],
    [22, "normal"],
  ])("at %d h is %s", (hour, rate) => {
    const row = rateOfInterval(india, kolkata, hour * 2 + 1, INTERVAL_MS);
    expect(india.rates[row]!.id).toBe(rate);
  });

  const window = {
    rate: 1,
    fromMinute: 22 * 60,
    untilMinute: 6 * 60,
    days: "working-days",
  } as const;
  const across: TimeOfUseTariff = {
    ...india,
    seasons: [{ fromMonthDay: 1001, untilMonthDay: 331, windows: [window] }],
  };
  test.each([
    ["on Monday evening", 0, 22, 1],
    ["before dawn", 1, 5.5, 1],
    ["after it", 1, 6, 0],
    ["on Saturday", 5, 23, 0],
    ["on a holiday", 14, 23, 0],
    ["in the last week of the season", 77, 23, 1],
    ["after the season", 80, 23, 0],
  ])("of a window across midnight and the turn of the year, %s", (_, day, hour, rate) => {
    const interval = (day * 24 + hour) * 2 + 1;
    expect(rateOfInterval(across, kolkata, interval, INTERVAL_MS)).toBe(rate);
  });
});

describe("rate registers", () => {
  const tariff = tariffOf("india-tod.yaml");
  const { calendar, records: all } = street();
  const supplies = all.supplies.slice(0, 1).map((supply) => ({
    ...supply,
    openingWh: 5000,
    account: { ...supply.account, billedThroughWh: 3000 },
  }));
  const records = { ...all, calendar, supplies };
  const { serial } = supplies[0]!;

  function company() {
    const headend = createHeadend([5000], [0]);
    const rates = createRates(records, [tariff]);
    const take = (interval: number, importWh: number): void => {
      const reading = meterReading({
        serial,
        sequence: interval,
        measuredAt: interval * INTERVAL_MS,
        importWh,
        elementImportWh: [importWh],
      });
      const isNew = takeReading(headend, records, 0, reading, 1e12, [], (row, at) =>
        settleLeaving(rates, headend, records, tariff, row, at),
      );
      if (isNew) settleJump(rates, headend, records, tariff, 0);
    };
    const at = (interval: number) => ratesAt(rates, headend, records, tariff, 0, interval);
    return { headend, rates, take, at };
  }
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
  /** Register at an interval's end: every day alike, and more in its evening than in its morning. */
  const register = (interval: number): number => {
    const ofDay = interval % 48;
    return 5000 + 60 * interval + Math.floor((ofDay * ofDay) / 4) + 576 * Math.floor(interval / 48);
  };

  test("begin with what was used since the last bill, spread evenly over the hours since then", () => {
    const wh = company().at(0);
    // Twelve hours of a day are normal, eight solar, four peak.
    expect(sum(wh)).toBe(2000);
    expect(wh.map((each) => Math.round(each / 10) * 10)).toEqual([1000, 670, 330]);
  });

  test("follow a late reading: energy moves from one to the other, and the sum stays", () => {
    const { take, at } = company();
    take(16, 5000); // 08:00
    take(22, 5600); // 11:00; on a line 100 an interval: two of normal, four of solar hours
    expect(at(22)).toEqual([at(0)[0]! + 200, at(0)[1]! + 400, at(0)[2]!]);
    take(18, 5600);
    expect(at(22)).toEqual([at(0)[0]! + 600, at(0)[1]!, at(0)[2]!]);
  });

  test("sum to the register, whatever came late, twice, never, or after more than the history holds", () => {
    const orders = fc.array(
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 3 * HISTORY_INTERVALS }) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 9 * HISTORY_INTERVALS }) },
      ),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(orders, (intervals) => {
        const { headend, take, at } = company();
        for (const interval of intervals) {
          take(interval, register(interval));
          const end = headend.historyEnd[0]!;
          for (const back of [0, 1, 100]) {
            const here = Math.max(0, end - back);
            expect(sum(at(here))).toBe(registerAt(headend, 0, here) - 3000);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("of twenty days that all arrived are the energies of their own hours, also where the history has gone", () => {
    const { take, at } = company();
    const start = at(0);
    const expected = [...start];
    for (let interval = 1; interval <= 20 * 48; interval++) {
      take(interval, register(interval));
      const rate = rateOfInterval(tariff, calendar, interval, INTERVAL_MS);
      const before = interval === 1 ? 5000 : register(interval - 1);
      expected[rate] = expected[rate]! + register(interval) - before;
    }
    expect(at(20 * 48)).toEqual(expected);
  });

  test("beyond the last reading go on as the like hours of the like days did", () => {
    const { headend, rates, take } = company();
    for (let interval = 1; interval <= 4 * 48 + 18; interval++) take(interval, register(interval));
    // Monday to Thursday were read, and Friday up to 09:00.
    const end = registerAtEnd(headend, rates, records, tariff, 0, 5 * 48 - 1);
    expect(end.isRead).toBe(false);
    expect(end.wh).toBe(register(5 * 48 - 1));
    expect(sum(end.byRateWh)).toBe(end.wh - 3000);
  });
});
