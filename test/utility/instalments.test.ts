// Instalments, kept and missed; write-offs, refunds, and a payment that is told twice.

import { describe, expect, test } from "vitest";
import { dayOfDate, simOfLocal } from "../../sim/core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { owedMinor } from "../../sim/utility/billing/accounts.ts";
import { openDispute } from "../../sim/utility/billing/disputes.ts";
import { refusalOfPlan } from "../../sim/utility/billing/instalments.ts";
import { balanceOf } from "../../sim/utility/billing/ledger.ts";
import { tripAllowedFrom } from "../../sim/utility/billing/policy.ts";
import {
  refund,
  refusalOfRefund,
  refusalOfWriteOff,
  writeOff,
} from "../../sim/utility/billing/settlements.ts";
import { books, january } from "../support/books.ts";

const owing = (owedMinor = 100_000) => books({ owedMinor, dueAt: january(1) });

describe("an instalment plan", () => {
  test("splits what is overdue into one item a month, to the coin", () => {
    const { account, agree, calendar, out } = owing(100_001);
    agree(3, january(31, 10));
    const lastMinute = (month: number, day: number): number =>
      simOfLocal(calendar, dayOfDate(2026, month, day), 23 * 60 + 59);
    expect(account.items).toMatchObject([
      { label: "Instalment 1 of 3", amountMinor: 33_334, dueAt: lastMinute(2, 28) },
      { label: "Instalment 2 of 3", amountMinor: 33_334, dueAt: lastMinute(3, 31) },
      { label: "Instalment 3 of 3", amountMinor: 33_333, dueAt: lastMinute(4, 30) },
    ]);
    expect(owedMinor(account)).toBe(100_001);
    expect(out.events.at(-1)).toMatchObject({ kind: "instalments-agreed", months: 3 });
  });

  test("that is kept cuts nobody off, not even for a later bill, and ends when it is paid", () => {
    const { account, agree, step, pay, out, month } = owing();
    account.noticeServedAt = january(2);
    agree(2, january(10));
    month(150_000);
    const bill = account.items.find(({ label }) => label.startsWith("Bill"))!.amountMinor;
    // 10 February and 10 March; the bill of January is overdue from 16 February on.
    pay(50_000, january(40));
    for (let day = 11; day <= 65; day++) expect(step(january(day, 10))).toBeUndefined();
    expect(account.items.map(({ label }) => label)).toEqual(["Bill 2026-01", "Instalment 2 of 2"]);
    pay(bill + 50_000, january(66));
    step(january(66, 10));
    expect(account).toMatchObject({ state: "active", noticeServedAt: null });
    expect(account.plan).toBeUndefined();
    expect(out.events.at(-1)).toMatchObject({ kind: "instalments-ended", how: "kept" });
  });

  test("with a missed instalment ends, and the ladder goes on from where it stood", () => {
    const { account, agree, step, policy, calendar, out } = owing();
    account.warnedAt = january(5);
    account.noticeSentAt = january(12);
    account.noticeServedAt = january(12, 8);
    const before = tripAllowedFrom(policy, calendar, january(12, 8));
    agree(2, january(20, 10));
    expect(step(before), "the plan is kept so far").toBeUndefined();
    // The first instalment was due on 20 February, 23:59: the plan lasted 32 days.
    const missedAt = january(52);
    expect(step(missedAt)).toBeUndefined();
    expect(account.plan).toBeUndefined();
    expect(account.state).toBe("noticed");
    expect(out.events.at(-1)).toMatchObject({ kind: "instalments-ended", how: "missed" });
    // Served on the 12th, eight of fifteen clear days had passed by the 20th; the rest begin anew after 32 days.
    const allowed = tripAllowedFrom(policy, calendar, january(12, 8) + 32 * DAY_MS);
    expect(account.noticeServedAt).toBe(january(12, 8) + 32 * DAY_MS);
    expect(step(allowed - HOUR_MS)).toBeUndefined();
    expect(step(allowed)).toMatchObject({ action: "trip" });
    expect(owedMinor(account)).toBe(100_000);
  });

  test("takes back a trip that is under way, and gives the supply back to who was cut off", () => {
    const going = owing();
    going.account.state = "tripping";
    going.agree(2, january(20));
    expect(going.step(january(20, 10))).toMatchObject({ action: "cancel-trip" });
    const off = owing();
    off.account.state = "tripped";
    off.agree(2, january(20));
    expect(off.step(january(20, 10))).toMatchObject({ action: "reconnect" });
  });

  test("leaves what is disputed on hold", () => {
    const { account, agree, billing, policy, out } = owing();
    const { arrearsMinMinor } = policy;
    const what = { amountMinor: 40_000, reason: "?", at: january(9), arrearsMinMinor };
    openDispute("supply-01", account, billing, what, out);
    agree(2, january(10));
    expect(account.items.map(({ amountMinor, heldMinor }) => [amountMinor, heldMinor])).toEqual([
      [40_000, 40_000],
      [30_000, 0],
      [30_000, 0],
    ]);
  });

  test("is not made twice, nor for nothing, nor for a coin in three parts", () => {
    const { account, agree } = owing();
    expect(refusalOfPlan(account, 3, january(10))).toBeUndefined();
    agree(3, january(10));
    expect(refusalOfPlan(account, 3, january(11))).toBe("there is an instalment plan already");
    expect(refusalOfPlan(owing(0).account, 3, january(10))).toContain("nothing is overdue");
    expect(refusalOfPlan(owing(2).account, 3, january(10))).toContain("cannot be split");
  });
});

describe("a write-off", () => {
  test("moves a debt to bad-debt, the oldest first, and no more than is owed", () => {
    const { account, ledger, out, policy, step } = owing();
    account.state = "tripped";
    const { arrearsMinMinor } = policy;
    const what = { amountMinor: 100_000, reason: "moved away", at: january(10), arrearsMinMinor };
    expect(refusalOfWriteOff(account, 100_001)).toContain("100000 is owed");
    writeOff("supply-01", account, ledger, what, out);
    expect(balanceOf(ledger, "bad-debt")).toBe(100_000);
    expect(balanceOf(ledger, "receivable/supply-01")).toBe(0);
    expect(account).toMatchObject({ items: [], clearedAt: january(10) });
    expect(out.postings.at(-1)).toMatchObject({ eventId: "write-off/supply-01/1" });
    expect(step(january(10, 1))).toMatchObject({ action: "reconnect" });
  });
});

describe("a refund", () => {
  test("pays credit out of the bank, and never more than the credit", () => {
    const { account, ledger, out, pay } = owing();
    expect(refusalOfRefund(account)).toBe("there is no credit");
    pay(130_000, january(2));
    expect(refusalOfRefund(account, 30_001)).toContain("the credit is 30000");
    refund("supply-01", account, ledger, { amountMinor: 10_000, at: january(3) }, out);
    refund("supply-01", account, ledger, { at: january(4) }, out);
    expect(account.creditMinor).toBe(0);
    expect(balanceOf(ledger, "bank")).toBe(100_000);
    expect(out.postings.slice(-2).map(({ eventId }) => eventId)).toEqual([
      "refund/supply-01/1",
      "refund/supply-01/2",
    ]);
  });
});

test("a payment that its provider tells three times is booked once and said to be repeated once", () => {
  const { pay, ledger, out } = owing();
  for (const hour of [1, 2, 3]) pay(60_000, january(10, hour), "upi/4711");
  pay(10_000, january(10, 4), "upi/4712");
  expect(balanceOf(ledger, "bank")).toBe(70_000);
  expect(out.events.filter(({ kind }) => kind === "payment-repeated")).toMatchObject([
    { receipt: "upi/4711", amountMinor: 60_000 },
  ]);
});
