// Use over time as the plots show it: by local day, with gaps as gaps.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { HistoryView } from "../../sim/contract/account.ts";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { dailyUse, historySentence } from "../../web/player/history.ts";

const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 86_400_000;
// 2026-01-12T00:00 in Kolkata.
const LAYOUT = {
  startEpochMs: 1_768_156_200_000,
  offsets: [{ fromMs: 0, offsetMs: 19_800_000 }],
} as unknown as StreetLayout;
// 2026-03-28T00:00 in London: the clocks go forward after 25 hours.
const LONDON = {
  startEpochMs: Date.UTC(2026, 2, 28),
  offsets: [
    { fromMs: 0, offsetMs: 0 },
    { fromMs: 25 * 3_600_000, offsetMs: 3_600_000 },
  ],
} as unknown as StreetLayout;

function history(
  knownW: readonly (number | null)[],
  trueW: readonly (number | null)[] | null = null,
): HistoryView {
  const endMs = knownW.map((_, at) => (at + 1) * HALF_HOUR_MS);
  return { supply: "supply-01", intervalMs: HALF_HOUR_MS, endMs, knownW, trueW };
}
const even = (count: number, watts = 1000): number[] => Array.from({ length: count }, () => watts);

test("a kilowatt all day long is 24 kWh, and a day that goes on is not whole", () => {
  const days = dailyUse(history(even(50), even(50, 2000)), LAYOUT);
  expect(days).toEqual([
    { day: 20_465, knownKWh: 24, trueKWh: 48, isWhole: true },
    { day: 20_466, knownKWh: 1, trueKWh: 2, isWhole: false },
  ]);
});

test("a day with a missing interval has no sum, whatever the rest of it says", () => {
  const days = dailyUse(history([...even(10), null, ...even(85)], even(96)), LAYOUT);
  expect(days.map(({ knownKWh }) => knownKWh)).toEqual([null, 24]);
  expect(days.map(({ trueKWh }) => trueKWh)).toEqual([24, 24]);
});

test("while the truth is hidden no day has any", () => {
  expect(dailyUse(history(even(48)), LAYOUT).map(({ trueKWh }) => trueKWh)).toEqual([null]);
});

test("the day on which the clocks go forward is whole with 23 hours", () => {
  const days = dailyUse(history(even(2 * (24 + 23 + 24))), LONDON);
  expect(days.map(({ knownKWh, isWhole }) => [knownKWh, isWhole])).toEqual([
    [24, true],
    [23, true],
    [24, true],
  ]);
});

test("days add up to what was read, to the last interval", () => {
  const watts = fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(watts, (all) => {
      const kWh = all.reduce((sum, each) => sum + each, 0) / 2 / 1000;
      const sum = dailyUse(history(all), LAYOUT).reduce((total, day) => total + day.knownKWh!, 0);
      expect(sum).toBeCloseTo(kWh, 6);
    }),
  );
});

test("who cannot see the plot is told its sum, its peak, and what is missing", () => {
  const day = [...even(20, 500), 4_000, null, null, ...even(25, 500)];
  expect(day.length * HALF_HOUR_MS).toBe(DAY_MS);
  expect(historySentence(history(day), LAYOUT)).toBe(
    "Readings of the last day add up to 13.3 kWh, at most 4.00 kW in the interval that ends at 10:30. " +
      "2 of 48 intervals are not known.",
  );
  expect(historySentence(history([null, null]), LAYOUT)).toBe(
    "No reading of the last day has arrived.",
  );
});
