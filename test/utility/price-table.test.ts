// Prices by the day of the year, from a table beside the tariff.

import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { TABLE_PRICES_MAX } from "../../sim/engine/scenario/price-table.ts";
import { rateOfInterval } from "../../sim/utility/billing/rates.ts";
import { priceMonth, type TimeOfUseTariff } from "../../sim/utility/billing/tariff.ts";
import { writtenTariff } from "../support/tariffs.ts";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const model = HOURS.map((hour) => 100_000 + hour);
const line = (day: string, priceAt: (hour: number) => number): string =>
  `${day},${HOURS.map(priceAt).join(",")}`;
const TARIFF = `kind: half-hourly
id: t
title: T
currency: GBP
slotMinutes: 60
slots: [{ from: "00:00", pricesMilliMinorPerKWh: [${model.join(", ")}] }]
table: prices.csv
`;
const written = (table: string, more = ""): TimeOfUseTariff =>
  writtenTariff(TARIFF + more, { "prices.csv": table }) as TimeOfUseTariff;
const calendar = createCalendar("2026-01-01T00:00", "UTC", []);

/** Price in the hour that begins `hour` hours into a day counted from 0. */
const priceAt = (tariff: TimeOfUseTariff, day: number, hour: number): number => {
  const ended = (day * DAY_MS + (hour + 1) * HOUR_MS) / HOUR_MS;
  return tariff.rates[rateOfInterval(tariff, calendar, ended, HOUR_MS)]!.priceMilliMinorPerKWh;
};

describe("a table of prices", () => {
  const table = [
    "day,prices",
    "# a windy night",
    line("2026-01-02", (hour) => (hour < 6 ? -5000 : 200_000)),
    line("01-03", () => 300_000),
    line("2026-01-03", (hour) => 400_000 + hour),
    "",
  ].join("\n");
  const tariff = written(table);

  test("holds on its days, a year's own before every year's, and the model day on the others", () => {
    expect(priceAt(tariff, 0, 7)).toBe(100_007);
    expect(priceAt(tariff, 1, 5)).toBe(-5000);
    expect(priceAt(tariff, 1, 6)).toBe(200_000);
    expect(priceAt(tariff, 2, 23)).toBe(400_023);
    expect(priceAt(tariff, 2 + 365, 23), "3 January 2027").toBe(300_000);
  });

  test("bills use by the price of its hour, each sign a line of its own", () => {
    const byRateWh = tariff.rates.map(() => 0);
    const use = (day: number, hour: number, wh: number): void => {
      const rate = rateOfInterval(tariff, calendar, day * 24 + hour + 1, HOUR_MS);
      byRateWh[rate] = byRateWh[rate]! + wh;
    };
    use(1, 5, 2000); // 2 × −0.05 of a penny a thousandth
    use(1, 6, 3000);
    use(0, 0, 1000);
    const lines = priceMonth(tariff, { energyWh: 6000, byRateWh, days: 31 });
    // 3 × 200 + 1 × 100; 2 × −5, in pence.
    expect(lines.map(({ quantity, amountMinor }) => [quantity, amountMinor])).toEqual([
      [4000, 700],
      [2000, -10],
    ]);
  });

  test("is held to the cap too", () => {
    expect(priceAt(written(table, "capMilliMinorPerKWh: 250000\n"), 2, 1)).toBe(250_000);
  });

  test("tells each wrong line with its number", () => {
    const wrong = [
      line("2026-02-30", () => 1),
      line("tomorrow", () => 1),
      "2026-01-04,1,2,3",
      line("2026-01-05", (hour) => (hour === 3 ? 1.5 : 1)),
      line("2026-01-06", () => 1),
      line("2026-01-06", () => 1),
    ].join("\n");
    const read = (): unknown => written(`day\n${wrong}`);
    for (const says of [
      "prices.csv:2: there is no day 2026-02-30 in the calendar",
      'prices.csv:3: "tomorrow" is no day; write 2026-01-05, or 01-05 for every year',
      "prices.csv:4: 2026-01-04 has 3 prices; write 24, one for each slot of the day",
      'prices.csv:5: "1.5" is no price',
      "prices.csv:7: 2026-01-06 stands twice",
    ]) {
      expect(read).toThrow(says);
    }
  });

  test("has not more prices than a customer has registers for, and must be there", () => {
    const days = Array.from({ length: 50 }, (_, at) => {
      const date = new Date(Date.UTC(2026, 0, 1 + at)).toISOString().slice(0, 10);
      return line(date, (hour) => 24 * at + hour);
    });
    expect(() => written(days.join("\n"))).toThrow(
      `prices.csv has 1200 different prices; round them, so that there are at most ${TABLE_PRICES_MAX}`,
    );
    expect(() => writtenTariff(TARIFF)).toThrow("there is no file prices.csv");
  });
});
