// The bill as it grows, against the bill that then comes.

import { beforeAll, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { type CycleNow, cycleNow } from "../../sim/utility/billing/forecast.ts";
import { runUntil, street } from "../support/street.ts";

const twin = createTwin(street({ stepMs: 30 * 60_000 }));
const { calendar } = twin.model.records;
const BILL_DAY = dayOfDate(2026, 2, 1);
const MIDNIGHT_MS = simOfLocal(calendar, BILL_DAY, 0);
const bills: Bill[] = [];
const early: (CycleNow | undefined)[] = [];
const onTheDay: (CycleNow | undefined)[] = [];
let knownByThen: number[] = [];

function cycles({ model, world }: Twin): (CycleNow | undefined)[] {
  const { records } = model;
  return world.belief.accounts.map((account, row) => {
    const tariff = records.billing!.tariffs[records.supplies[row]!.tariff]!;
    if (tariff.kind === "prepaid") return undefined;
    const { billing, headend, rates } = world.belief;
    const context = { records, tariff, account, billing, headend, rates, row };
    return cycleNow(context, world.engine.clock.nowMs);
  });
}

beforeAll(() => {
  runUntil(twin, MIDNIGHT_MS - 5 * DAY_MS);
  early.push(...cycles(twin));
  runUntil(twin, MIDNIGHT_MS + HOUR_MS);
  onTheDay.push(...cycles(twin));
  knownByThen = Array.from(twin.world.belief.headend.historyEnd);
  runUntil(twin, MIDNIGHT_MS + DAY_MS, [], ({ out }) => bills.push(...out.bills));
}, 120_000);

const billOf = (row: number): Bill =>
  bills.find(({ supply }) => supply === twin.model.records.supplies[row]!.id)!;

test("once the cycle's last register is read, the forecast is the bill, to the coin", () => {
  const lastInterval = MIDNIGHT_MS / twin.model.records.intervalMs;
  let compared = 0;
  onTheDay.forEach((cycle, row) => {
    if (cycle === undefined || knownByThen[row]! < lastInterval || billOf(row).isEstimated) return;
    compared++;
    expect(cycle.forecast.energyWh).toBe(billOf(row).energyWh);
    expect(totalOf(cycle.forecast.lines)).toBe(billOf(row).amountMinor);
    expect([cycle.fromMs, cycle.toMs]).toEqual([billOf(row).fromMs, billOf(row).toMs]);
  });
  expect(compared).toBeGreaterThan(15);
});

test("by a tariff that changes later it is the same as by one that does not", () => {
  const { records } = twin.model;
  const { billing, headend, rates, accounts } = twin.world.belief;
  const tariff = records.billing!.tariffs[records.supplies[0]!.tariff]!;
  if (tariff.kind === "prepaid") throw new Error("a postpaid tariff is needed");
  const changing = { ...tariff, changes: [{ fromDay: dayOfDate(2027, 1, 1), tariff }] };
  const context = { records, account: accounts[0]!, billing, headend, rates, row: 0 };
  const now = twin.world.engine.clock.nowMs;
  expect(cycleNow({ ...context, tariff: changing }, now)).toEqual(
    cycleNow({ ...context, tariff }, now),
  );
});

test("five days before, the street as a whole is forecast within five percent, and no home has used less than billed", () => {
  let [forecastWh, billedWh] = [0, 0];
  early.forEach((cycle, row) => {
    if (cycle === undefined) return;
    forecastWh += cycle.forecast.energyWh;
    billedWh += billOf(row).energyWh;
    expect(cycle.used.energyWh).toBeLessThanOrEqual(billOf(row).energyWh);
    expect(cycle.used.energyWh).toBeLessThan(cycle.forecast.energyWh);
    expect(totalOf(cycle.used.lines)).toBeLessThanOrEqual(totalOf(cycle.forecast.lines));
  });
  // Homes differ from week to week; the mean of 24 does not by much.
  expect(Math.abs(forecastWh / billedWh - 1)).toBeLessThan(0.05);
});

test("the days of a cycle count the one that is not over, and end with the month", () => {
  for (const cycle of early) {
    expect(cycle?.forecast.days).toBe(31);
    expect(cycle?.used.days).toBe(27);
  }
});
