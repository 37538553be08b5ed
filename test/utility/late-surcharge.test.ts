// The late-payment surcharge, worked by hand.

import { describe, expect, test } from "vitest";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { owedMinor } from "../../sim/utility/billing/accounts.ts";
import { openDispute } from "../../sim/utility/billing/disputes.ts";
import { balanceOf } from "../../sim/utility/billing/ledger.ts";
import { books, january, OPENING_WH } from "../support/books.ts";

const DUE = january(17) - 60_000; // 16 January, 23:59
const PERCENT = { lateMilliPercent: 1500 };

describe("a bill that is paid late costs 1.5 % a month of 30 days", () => {
  // 500.00 from 17 January to 1 February, both counted: 16 days. 500 × 1.5 % × 16 ÷ 30 = 4.00.
  test("from the day after the due date on, on the next bill, as a charge and a posting of its own", () => {
    const { late, month, ledger, out, account } = books({
      owedMinor: 50_000,
      dueAt: DUE,
      ...PERCENT,
    });
    for (let day = 2; day <= 32; day++) late(day);
    const bill = month(OPENING_WH);
    const line = bill.lines.at(-1)!;
    expect(line).toMatchObject({
      label: "Late payment surcharge, 16 days overdue",
      charge: "late-surcharge",
      amountMinor: 400,
    });
    expect(balanceOf(ledger, "revenue/late-surcharge")).toBe(-400);
    expect(out.postings.at(-1)).toMatchObject({
      eventId: `${"bill/supply-01/2026-01"}/${bill.lines.length}`,
      amountMinor: 400,
    });
    expect(explainBill(bill).lines.at(-1)!.sentence).toBe(
      "Late payment surcharge, 16 days overdue: 1.5 % of 500.00 × 16 of 30 days = 4.00.",
    );
    expect(explainBill(bill).isExact).toBe(true);
    expect(account.items.map(({ label }) => label)).toContain("Late payment, bill 2026-01");
    expect(owedMinor(account)).toBe(50_000 + bill.amountMinor);
  });

  // 500.00 for 6 days, then 200.00 for 10: 500 × 1.5 % × 6 ÷ 30 = 1.50 and 200 × 1.5 % × 10 ÷ 30 = 1.00.
  test("on what is left after a part was paid, a line for each amount", () => {
    const { late, month, pay } = books({ owedMinor: 50_000, dueAt: DUE, ...PERCENT });
    for (let day = 17; day <= 22; day++) late(day);
    pay(30_000, january(22, 12));
    for (let day = 23; day <= 32; day++) late(day);
    const lines = month(OPENING_WH).lines.filter(({ charge }) => charge === "late-surcharge");
    expect(lines.map(({ label, amountMinor }) => [label, amountMinor])).toEqual([
      ["Late payment surcharge, 6 days overdue", 150],
      ["Late payment surcharge, 10 days overdue", 100],
    ]);
  });

  test("but not on what is disputed, nor on a surcharge, nor after it is paid", () => {
    const { late, month, pay, account, billing, policy, out } = books({
      owedMinor: 50_000,
      dueAt: DUE,
      ...PERCENT,
    });
    const { arrearsMinMinor } = policy;
    const what = { amountMinor: 20_000, reason: "?", at: january(17), arrearsMinMinor };
    openDispute("supply-01", account, billing, what, out);
    // 300.00 × 1.5 % × 30 ÷ 30 = 4.50
    for (let day = 17; day <= 46; day++) late(day);
    expect(month(OPENING_WH).lines.at(-1)!.amountMinor).toBe(450);
    account.items.splice(0, account.items.length - 1);
    expect(account.items[0]!.label).toBe("Late payment, bill 2026-01");
    for (let day = 70; day <= 90; day++) late(day);
    pay(owedMinor(account), january(91));
    for (let day = 92; day <= 99; day++) late(day);
    expect(month(OPENING_WH).lines.filter(({ charge }) => charge === "late-surcharge")).toEqual([]);
  });

  test("no longer once the account is closed, for there is no next bill", () => {
    const { late, final, account } = books({ owedMinor: 50_000, dueAt: DUE, ...PERCENT });
    for (let day = 17; day <= 21; day++) late(day);
    const bill = final(20, OPENING_WH);
    expect(bill.lines.at(-1)).toMatchObject({ charge: "late-surcharge", amountMinor: 125 });
    late(22);
    expect(account.late).toBeUndefined();
  });

  test("where the policy says so: without a percentage there is none", () => {
    const { late, month, policy } = books({ owedMinor: 50_000, dueAt: DUE });
    for (let day = 17; day <= 32; day++) late(day);
    expect(policy.lateMilliPercent).toBeUndefined();
    expect(month(OPENING_WH).lines.some(({ charge }) => charge === "late-surcharge")).toBe(false);
  });
});

test("spans of different debts stay few, and their sum stays exact", () => {
  const { late, account, month } = books({ owedMinor: 100_000, dueAt: DUE, ...PERCENT });
  for (let day = 0; day < 100; day++) {
    account.items[0]!.amountMinor = 100_000 - day * 7;
    late(day + 20);
  }
  expect(account.late!.length).toBe(64);
  const coinDays = account.late!.reduce((sum, span) => sum + span.coinDays, 0);
  expect(coinDays).toBe(100 * 100_000 - 7 * ((99 * 100) / 2));
  expect(explainBill(month(OPENING_WH)).isExact).toBe(true);
});
