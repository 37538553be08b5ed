// Bills on estimates, and what a later reading makes of them, to the coin.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { dayOfDate, firstDayOfNextMonth } from "../../sim/core/calendar.ts";
import {
  type BillingOutputs,
  createBilling,
  openAccounts,
  owedMinor,
} from "../../sim/utility/billing/accounts.ts";
import { correctMonth, makeBill } from "../../sim/utility/billing/bills.ts";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { balanceOf, createLedger, trialBalance } from "../../sim/utility/billing/ledger.ts";
import { type PostpaidTariff, priceMonth } from "../../sim/utility/billing/tariff.ts";
import { street } from "../support/street.ts";
import { writtenTariff } from "../support/tariffs.ts";

const { calendar, records } = street();
const tod = "utility.billing.tariff=tariffs/india-tod.yaml";
const [slabs] = records.billing!.tariffs as [PostpaidTariff];
const [byTime] = street({ set: [tod] }).records.billing!.tariffs as [PostpaidTariff];
/** With lines of every charge that a register alone can tell; those that come and go between estimate and reading too. */
const everyCharge = writtenTariff(`id: every
title: Every charge
currency: INR
blocks:
  - { uptoKWh: 100, priceMilliMinorPerKWh: 471000 }
  - { uptoKWh: null, priceMilliMinorPerKWh: 1029000 }
fixed: [{ uptoKWh: 50, monthlyMinor: 0 }, { uptoKWh: null, monthlyMinor: 12800 }]
surcharges: [{ title: Wheeling, priceMilliMinorPerKWh: 117000 }]
taxes: [{ title: Duty, percent: 16, on: all }]
rents: [{ title: Meter rent, monthlyMinor: 600, taxPercent: 18 }]
rebates: [{ title: Subsidy, percent: 50, whereUptoKWh: 200 }]
minimumMinor: 15000
rounding: { to: 100 }
`);
const FIRST_DAY = dayOfDate(2026, 1, 1);
const OPENING_WH = 1000;

function books(tariff: PostpaidTariff) {
  const supply = {
    ...records.supplies[0]!,
    account: {
      ...records.supplies[0]!.account,
      billedThroughWh: OPENING_WH,
      items: [],
    },
  };
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const ledger = createLedger();
  const billing = createBilling(calendar);
  const rules = { ...records.billing!, tariffs: [tariff] };
  const opened = { ...records, calendar, billing: rules, supplies: [supply] };
  const account = openAccounts(opened, ledger, out.postings)[0]!;
  const { policy } = rules;
  const context = { tariff, policy, calendar, supply, account, billing, ledger };
  let billDay = FIRST_DAY;
  /** Closes the next month with this register; with rates it is split half, a third, the rest. */
  const month = (wh: number, isRead = true): void => {
    billDay = firstDayOfNextMonth(billDay);
    makeBill(context, register(tariff, wh, isRead), { billDay, now: 0 }, out);
  };
  const amounts = (): number[] => out.bills.map(({ amountMinor }) => amountMinor);
  return { account, billing, ledger, out, month, amounts, supply };
}

function register(tariff: PostpaidTariff, wh: number, isRead: boolean) {
  if (tariff.kind === "slab") return { wh, byRateWh: [], isRead };
  const used = wh - OPENING_WH;
  const [a, b] = [Math.floor(used / 2), Math.floor(used / 3)];
  return { wh, byRateWh: [a, b, used - a - b], isRead };
}

const price = (kWh: number): number =>
  totalOf(priceMonth(slabs, { energyWh: kWh * 1000, byRateWh: [], days: 31 }));

describe("a bill on an estimate", () => {
  // January of 31 and February of 28 days. Estimated 100 kWh, read 413 kWh after 59 days: 217 and 196 kWh.
  test("is corrected on the next one: the use is spread over the days, and slabs apply to each month", () => {
    const { out, month, amounts } = books(slabs);
    month(OPENING_WH + 100_000, false);
    month(OPENING_WH + 413_000);
    expect(out.bills.map(({ isEstimated }) => isEstimated)).toEqual([true, false]);
    expect(amounts()[0]).toBe(price(100));
    expect(amounts()[1]).toBe(price(196) + price(217) - price(100));
    expect(out.bills[1]).toMatchObject({ startWh: 101_000, endWh: 414_000, energyWh: 313_000 });
    const corrections = out.bills[1]!.lines.filter(({ corrects }) => corrects !== undefined);
    expect(corrections.map(({ label, quantity }) => [label, quantity])).toEqual([
      ["Correction of 2026-01: energy", 117_000],
      ["Correction of 2026-01: fixed", 1],
      ["Correction of 2026-01: duty", 1],
    ]);
    expect(corrections.every(({ corrects }) => corrects === out.bills[0]!.id)).toBe(true);
    expect(out.events.map(({ kind }) => kind)).toContain("bill-corrected");
    // January's end was an estimate at first, and lies between two registers that were read now.
    expect(out.bills[0]!.readings!.to).toMatchObject({ wh: 101_000, quality: "estimated" });
    expect(corrections[0]!.readings!.to).toMatchObject({ wh: 218_000, quality: "substituted" });
    expect(out.bills[1]!.lines[0]!.readings).toMatchObject({
      from: { wh: 1000, measured: "2026-01-01 00:00", quality: "actual" },
      to: { wh: 218_000, measured: "2026-02-01 00:00", quality: "substituted" },
    });
    expect(out.bills[1]!.readings).toMatchObject({
      from: { wh: 1000 },
      to: { wh: 414_000, measured: "2026-03-01 00:00", quality: "actual" },
    });
    expect(explainBill(out.bills[1]!)).toMatchObject({ isExact: true });
  });

  test("that was too high is given back, and what is more than the new bill is credit", () => {
    const { account, out, month, amounts, ledger, supply } = books(slabs);
    month(OPENING_WH + 400_000, false);
    month(OPENING_WH + 59_000);
    expect(amounts()[1]).toBe(price(28) + price(31) - price(400));
    expect(amounts()[1]).toBeLessThan(0);
    expect(owedMinor(account)).toBe(price(28) + price(31));
    expect(balanceOf(ledger, `receivable/${supply.id}`)).toBe(owedMinor(account));
    expect(out.bills[1]!.energyWh).toBe(59_000 - 400_000);
  });

  test("whose register is read late after all is corrected by that reading, not by the days", () => {
    const { account, month, amounts } = books(slabs);
    month(OPENING_WH + 100_000, false);
    correctMonth(account.openMonths[0]!, register(slabs, OPENING_WH + 300_000, true));
    month(OPENING_WH + 413_000);
    expect(amounts()[1]).toBe(price(113) + price(300) - price(100));
    expect(account.openMonths).toEqual([]);
  });

  test("is no longer made after two in a row: the third waits for a reading and then covers its months", () => {
    const { out, month, amounts, billing } = books(slabs);
    for (const kWh of [100, 200, 300]) month(OPENING_WH + kWh * 1000, false);
    expect(amounts()).toEqual([price(100), price(100)]);
    expect(out.events.at(-1)).toMatchObject({ kind: "bill-held", months: 3 });
    month(OPENING_WH + 120_000 * 5);
    // 600 kWh over 31 + 28 + 31 + 30 days: 5 kWh a day.
    const settled = [155, 140, 155, 150].map(price).reduce((sum, each) => sum + each, 0);
    expect(amounts().reduce((sum, each) => sum + each, 0)).toBe(settled);
    expect(out.bills[2]!.lines.some(({ label }) => label.startsWith("2026-03: Units"))).toBe(true);
    expect(billing).toMatchObject({ bills: 3, estimatedBills: 2, corrections: 1 });
  });

  test("above a later register is followed by no use until a reading is above it again", () => {
    const { out, month } = books(slabs);
    month(OPENING_WH + 50_000, false);
    month(OPENING_WH + 40_000, false);
    expect(out.bills.map(({ energyWh }) => energyWh)).toEqual([50_000, 0]);
    month(OPENING_WH + 60_000);
    expect(out.bills.map(({ energyWh }) => energyWh)).toEqual([50_000, 0, 10_000]);
  });

  test("moves energy between rates when the reading comes, although the sum was right", () => {
    const { account, month, out } = books(byTime);
    month(OPENING_WH + 90_000, false);
    // Estimated 45, 30 and 15 kWh; in truth all of it was used in solar hours.
    correctMonth(account.openMonths[0]!, {
      wh: OPENING_WH + 90_000,
      byRateWh: [0, 90_000, 0],
      isRead: true,
    });
    const before = out.bills[0]!.amountMinor;
    month(OPENING_WH + 90_000);
    const whole = { energyWh: 90_000, byRateWh: [0, 90_000, 0], days: 31 };
    const corrected = out.bills[1]!.lines.filter(({ corrects }) => corrects !== undefined);
    expect(totalOf(corrected)).toBe(totalOf(priceMonth(byTime, whole)) - before);
    expect(corrected.find(({ charge }) => charge === "energy")!.quantity).toBe(0);
  });
});

// Rights of Consumers Rules 2020 (IN) and good sense: nobody pays in the end for what was only an estimate.
test.each([
  ["slabs", slabs],
  ["rates", byTime],
  ["every other charge", everyCharge],
])(
  "whatever was estimated, with %s, once a register is read the bills are those of the months as known",
  (_, tariff) => {
    const months = fc.array(
      fc.record({
        usedWh: fc.integer({ min: 0, max: 700_000 }),
        isRead: fc.boolean(),
        offWh: fc.integer({ min: -300_000, max: 300_000 }),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(months, (rows) => {
        const { account, ledger, out, month, supply } = books(tariff);
        let trueWh = OPENING_WH;
        for (const { usedWh, isRead, offWh } of rows) {
          trueWh += usedWh;
          month(isRead ? trueWh : Math.max(OPENING_WH, trueWh + offWh), isRead);
          expect(trialBalance(ledger)).toBe(0);
          expect(balanceOf(ledger, `receivable/${supply.id}`)).toBe(owedMinor(account));
        }
        month(trueWh + 1000);
        expect(account.openMonths).toEqual([]);
        const billed = out.bills.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
        const registers = [{ wh: OPENING_WH, isRead: true }];
        let sumWh = OPENING_WH;
        for (const { usedWh, isRead } of rows) {
          sumWh += usedWh;
          registers.push({ wh: sumWh, isRead });
        }
        registers.push({ wh: sumWh + 1000, isRead: true });
        expect(billed).toBe(asKnown(tariff, registers));
        expect(out.bills.reduce((sum, { energyWh }) => sum + energyWh, 0)).toBe(
          trueWh + 1000 - OPENING_WH,
        );
        for (const bill of out.bills) {
          expect(explainBill(bill).isExact).toBe(true);
          const explained = explainBill(bill).lines.map(
            ({ recomputedMinor, amountMinor }) => recomputedMinor ?? amountMinor,
          );
          expect(explained.reduce((sum, each) => sum + each, 0)).toBe(bill.amountMinor);
          for (const { readings } of bill.lines) expect(readings).toBeDefined();
        }
        const ids = out.postings.map(({ eventId }) => eventId);
        expect(new Set(ids).size, "no event posts twice").toBe(ids.length);
      }),
      { numRuns: 150 },
    );
  },
);

test("every charge of a bill is income of its own account, and the receivable is whole rupees", () => {
  const { ledger, out, month, supply } = books(everyCharge);
  month(OPENING_WH + 120_000);
  // 100 × 4.71 + 20 × 10.29 = 676.80; 128.00; 120 × 1.17 = 140.40; 16 % of 945.20 = 151.232; 6.00 and 1.08;
  // half of 676.80 back: 765.11, rounded to 765.00.
  const stands = (account: string): number => 0 - balanceOf(ledger, account);
  expect(stands("revenue/energy")).toBe(67_680);
  expect(stands("revenue/fixed")).toBe(12_800);
  expect(stands("revenue/surcharges")).toBe(14_040);
  expect(stands("duty")).toBe(15_123 + 108);
  expect(stands("revenue/rents")).toBe(600);
  expect(stands("revenue/rebates")).toBe(-33_840);
  expect(stands("revenue/rounding")).toBe(-11);
  expect(balanceOf(ledger, `receivable/${supply.id}`)).toBe(76_500);
  expect(out.bills[0]!.amountMinor).toBe(76_500);
});

/** What the months cost with what was read in the end; between readings by the days of the months. */
function asKnown(
  tariff: PostpaidTariff,
  registers: readonly { readonly wh: number; readonly isRead: boolean }[],
): number {
  const days = [FIRST_DAY];
  for (let at = 1; at < registers.length; at++) days.push(firstDayOfNextMonth(days[at - 1]!));
  const cumulated = registers.map(({ wh }, at) => {
    const from = registers.slice(0, at + 1).findLastIndex(({ isRead }) => isRead);
    const to = registers.findIndex(({ isRead }, k) => k >= at && isRead);
    if (from === at) return register(tariff, wh, true);
    const [a, b] = [
      register(tariff, registers[from]!.wh, true),
      register(tariff, registers[to]!.wh, true),
    ];
    const between = (low: number, high: number): number =>
      low + Math.floor(((high - low) * (days[at]! - days[from]!)) / (days[to]! - days[from]!));
    const byRateWh = b.byRateWh.map((each, rate) => between(a.byRateWh[rate]!, each));
    const ofRates = OPENING_WH + byRateWh.reduce((sum, each) => sum + each, 0);
    return { wh: tariff.kind === "slab" ? between(a.wh, b.wh) : ofRates, byRateWh };
  });
  let total = 0;
  for (let at = 1; at < registers.length; at++) {
    const [a, b] = [cumulated[at - 1]!, cumulated[at]!];
    const use = {
      energyWh: b.wh - a.wh,
      byRateWh: b.byRateWh.map((each, rate) => each - a.byRateWh[rate]!),
      days: days[at]! - days[at - 1]!,
    };
    total += totalOf(priceMonth(tariff, use));
  }
  return total;
}
