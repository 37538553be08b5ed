// Final bills and budget billing, worked by hand.

import { describe, expect, test } from "vitest";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { dayOfDate } from "../../sim/core/calendar.ts";
import { owedMinor } from "../../sim/utility/billing/accounts.ts";
import {
  beginBudget,
  endBudget,
  monthlyAmountMinor,
  refusalOfBudget,
} from "../../sim/utility/billing/budget.ts";
import { totalOf } from "../../sim/utility/billing/charge-lines.ts";
import { isLeft, moveOut, refusalOfMoveOut } from "../../sim/utility/billing/closing.ts";
import { balanceOf, trialBalance } from "../../sim/utility/billing/ledger.ts";
import { priceMonth } from "../../sim/utility/billing/tariff.ts";
import { books, january, OPENING_WH } from "../support/books.ts";

describe("a final bill", () => {
  // Kerala LT-1A, 70 units in 10 of 31 days. Slabs end at 16.129, 32.258, 48.387, 64.516 and 80.645 units:
  // 16.129 × 3.25 = 52.42, × 4.05 = 65.32, × 5.10 = 82.26, × 6.95 = 112.10, 5.484 × 8.20 = 44.97; together 357.07.
  // Fixed, of the slab up to 250 units: 130.00 × 10 ÷ 31 = 41.94. Duty 10 % of 357.07 = 35.71.
  test("is for the days since the last one: slabs and fixed charge by days of the month", () => {
    const { final } = books();
    const bill = final(10, OPENING_WH + 70_000);
    expect(bill.lines.map(({ amountMinor }) => amountMinor)).toEqual([
      5242, 6532, 8226, 11_210, 4497, 4194, 3571,
    ]);
    expect(bill).toMatchObject({
      id: "supply-01/2026-01",
      kind: "final",
      amountMinor: 43_472,
      period: { from: "2026-01-01", until: "2026-01-11" },
      readings: { to: { measured: "2026-01-11 00:00", quality: "actual" } },
    });
    expect(explainBill(bill).isExact).toBe(true);
  });

  test("settles deposit and credit: what is left is paid back, and what is missing is owed", () => {
    const rich = books({ depositMinor: 100_000 });
    expect(balanceOf(rich.ledger, "deposit/supply-01")).toBe(-100_000);
    rich.pay(5_000, january(5));
    rich.final(10, OPENING_WH + 70_000);
    expect(owedMinor(rich.account)).toBe(0);
    expect(balanceOf(rich.ledger, "bank"), "43472 of 105000 stay").toBe(5_000 - 61_528);
    expect(rich.out.events.at(-1)).toMatchObject({ kind: "account-closed", owedMinor: 0 });
    const poor = books({ depositMinor: 40_000 });
    poor.final(10, OPENING_WH + 70_000);
    expect(poor.out.events.at(-1)).toMatchObject({ kind: "account-closed", owedMinor: 3_472 });
    expect(trialBalance(poor.ledger)).toBe(0);
  });

  test("corrects earlier estimates too, and is made on an estimate itself where nothing was read", () => {
    const { month, final, account, out } = books();
    month(OPENING_WH + 100_000, false);
    month(OPENING_WH + 200_000, false);
    final(69, OPENING_WH + 345_000);
    const billed = out.bills.reduce((sum, { energyWh }) => sum + energyWh, 0);
    expect(billed).toBe(345_000);
    expect(account.openMonths).toEqual([]);
    const guessed = books();
    guessed.month(OPENING_WH + 100_000, false);
    guessed.month(OPENING_WH + 200_000, false);
    expect(guessed.final(69, OPENING_WH + 210_000, false)).toMatchObject({
      isEstimated: true,
      energyWh: 10_000,
    });
    expect(guessed.account).toMatchObject({ openMonths: [], settledWh: OPENING_WH + 210_000 });
  });

  test("is asked for once, and no month is billed after it", () => {
    const { account, out, calendar } = books();
    expect(refusalOfMoveOut(account)).toBeUndefined();
    moveOut("supply-01", account, 20_000, january(10), out);
    expect(refusalOfMoveOut(account)).toContain("on its way");
    expect([20_000, 20_001].map((day) => isLeft(account, day))).toEqual([false, true]);
    expect(out.events).toMatchObject([{ kind: "moving-out", lastDay: "2024-10-04" }]);
    expect(calendar.offsets.length).toBeGreaterThan(0);
  });
});

describe("budget billing", () => {
  const MONTH = OPENING_WH;
  test("asks the same amount each month, and after twelve settles what was put off", () => {
    const { account, out, month, ledger, tariff } = books();
    beginBudget("supply-01", account, 50_000, january(1), out);
    const price = (kWh: number): number =>
      totalOf(priceMonth(tariff, { energyWh: kWh * 1000, byRateWh: [], days: 31 }));
    let wh = MONTH;
    const uses = [90, 80, 70, 110, 160, 170, 150, 120, 100, 90, 80, 90];
    for (const kWh of uses) {
      wh += kWh * 1000;
      month(wh);
    }
    const amounts = out.bills.map(({ amountMinor }) => amountMinor);
    const used = uses.map(price).reduce((sum, each) => sum + each, 0);
    expect(amounts.slice(0, 11)).toEqual(Array(11).fill(50_000));
    expect(
      amounts.reduce((sum, each) => sum + each, 0),
      "a year costs what was used",
    ).toBe(used);
    expect(balanceOf(ledger, "budget/supply-01")).toBe(0);
    expect(account.budget).toMatchObject({ bills: 0, amountMinor: Math.round(used / 12) });
    const [first, last] = [out.bills[0]!, out.bills[11]!].map((bill) => explainBill(bill));
    expect(first!.lines.at(-1)!.sentence).toBe(
      `Budget: the same amount each month: 500.00 less ${(price(90) / 100).toFixed(2)} = ${((50_000 - price(90)) / 100).toFixed(2)}.`,
    );
    expect(last!.isExact).toBe(true);
  });

  test("counts months, not bills: one after two that were held asks three times the amount", () => {
    const { account, out, month } = books();
    beginBudget("supply-01", account, 50_000, january(1), out);
    let wh = MONTH;
    const use = (isRead: boolean) => {
      wh += 90_000;
      return month(wh, isRead);
    };
    // Two bills on estimates, then two months are held, and a reading brings the bill of three.
    for (const isRead of [false, false, false, false]) use(isRead);
    expect(out.bills).toHaveLength(2);
    const late = use(true);
    expect(late.amountMinor).toBe(150_000);
    expect(late.lines.at(-1)).toMatchObject({
      label: "Budget: the same amount for each of 3 months",
      difference: { fromMinor: 150_000 },
    });
    expect(explainBill(late).isExact).toBe(true);
    expect(account.budget!.bills).toBe(5);
    for (let at = 6; at < 12; at++) expect(use(true).amountMinor).toBe(50_000);
    expect(use(true).lines.at(-1)).toMatchObject({ label: "Budget: settled" });
    expect(account.budget).toMatchObject({ bills: 0, deferredMinor: 0 });
  });

  test("that is ended is settled on the next bill", () => {
    const { account, out, month, ledger } = books();
    beginBudget("supply-01", account, 50_000, january(1), out);
    month(MONTH + 90_000);
    endBudget(account);
    const plain = month(MONTH + 180_000);
    expect(plain.lines.at(-1)).toMatchObject({ label: "Budget: settled" });
    expect(account.budget).toBeUndefined();
    expect(balanceOf(ledger, "budget/supply-01")).toBe(0);
    expect(refusalOfBudget(account, false)).toBe("there is no budget billing");
  });

  // 40 units in 10 days are 120 in a month of 30: 50 × 3.25 + 50 × 4.05 + 20 × 5.10 = 467.00, fixed 85.00, duty 46.70.
  test("starts from the mean of what was used last, where a week of it is known", () => {
    const { tariff } = books();
    const used = { wh: 40_000, byRateWh: [] };
    expect(monthlyAmountMinor(tariff, used, 10)).toBe(59_870);
    expect(monthlyAmountMinor(tariff, used, 6)).toBeUndefined();
  });

  test("is asked for by a tariff that will change, too", () => {
    const { tariff } = books();
    const changing = { ...tariff, changes: [{ fromDay: dayOfDate(2026, 4, 1), tariff }] };
    const month = { fromDay: dayOfDate(2026, 1, 11) };
    expect(monthlyAmountMinor(changing, { wh: 40_000, byRateWh: [] }, 10, month)).toBe(59_870);
  });
});
