// Whatever happens at an account, in whatever order: the books balance, and say what the account says.

import fc from "fast-check";
import { expect, test } from "vitest";
import { explainBill } from "../../sim/contract/explain-bill.ts";
import { arrearsMinor, disputedMinor, owedMinor } from "../../sim/utility/billing/accounts.ts";
import { beginBudget, endBudget, refusalOfBudget } from "../../sim/utility/billing/budget.ts";
import { closeDispute, openDispute } from "../../sim/utility/billing/disputes.ts";
import { refusalOfPlan } from "../../sim/utility/billing/instalments.ts";
import { balanceOf, trialBalance } from "../../sim/utility/billing/ledger.ts";
import {
  refund,
  refusalOfRefund,
  refusalOfWriteOff,
  writeOff,
} from "../../sim/utility/billing/settlements.ts";
import { books, january, OPENING_WH } from "../support/books.ts";

const ACTS = [
  "pay",
  "dispute",
  "decide",
  "agree",
  "write-off",
  "refund",
  "repeat",
  "budget",
] as const;

const days = fc.array(
  fc.record({
    act: fc.constantFrom("none", ...ACTS),
    amountMinor: fc.integer({ min: 1, max: 200_000 }),
    usedWh: fc.integer({ min: 0, max: 30_000 }),
    isRead: fc.boolean(),
    isYes: fc.boolean(),
    months: fc.integer({ min: 2, max: 6 }),
  }),
  { minLength: 40, maxLength: 200 },
);

test("the books balance after every act of a random history, and every bill recomputes", () => {
  fc.assert(
    fc.property(days, fc.integer({ min: 0, max: 500_000 }), (rows, startMinor) => {
      const here = books({
        owedMinor: startMinor,
        dueAt: january(3),
        lateMilliPercent: 1250,
        depositMinor: startMinor,
      });
      const { account, billing, ledger, out, policy } = here;
      const { arrearsMinMinor } = policy;
      const supply = "supply-01";
      let wh = OPENING_WH;
      rows.forEach(({ act, amountMinor, usedWh, isRead, isYes, months }, index) => {
        const day = index + 1;
        const at = january(day, 10);
        wh += usedWh;
        here.late(day);
        if (day % 30 === 0) here.month(wh, isRead);
        if (act === "pay") here.pay(amountMinor, at);
        if (act === "repeat") here.pay(amountMinor, at, `receipt/${amountMinor % 3}`);
        if (act === "dispute" && account.dispute === null && account.items.length > 0) {
          openDispute(
            supply,
            account,
            billing,
            { amountMinor, reason: "?", at, arrearsMinMinor },
            out,
          );
        }
        if (act === "decide") {
          closeDispute(supply, account, ledger, { upheld: isYes, at, arrearsMinMinor }, out);
        }
        if (act === "agree" && refusalOfPlan(account, months, at) === undefined) {
          here.agree(months, at);
          expect(arrearsMinor(account, at)).toBe(0);
        }
        if (act === "write-off" && refusalOfWriteOff(account, amountMinor) === undefined) {
          writeOff(supply, account, ledger, { amountMinor, reason: "?", at, arrearsMinMinor }, out);
        }
        if (act === "refund") {
          const amount = isYes ? amountMinor : undefined;
          if (refusalOfRefund(account, amount) === undefined) {
            refund(supply, account, ledger, { amountMinor: amount, at }, out);
          }
        }
        if (act === "budget" && refusalOfBudget(account, isYes) === undefined) {
          if (isYes) beginBudget(supply, account, amountMinor, at, out);
          else endBudget(account);
        }
        const wish = here.step(at);
        expect(wish?.action === "trip" && account.plan !== undefined, "cut off within a plan").toBe(
          false,
        );
        expect(trialBalance(ledger)).toBe(0);
        expect(balanceOf(ledger, `receivable/${supply}`)).toBe(owedMinor(account));
        expect(balanceOf(ledger, `budget/${supply}`)).toBe(
          0 - (account.budget?.deferredMinor ?? 0),
        );
        expect(account.creditMinor).toBeGreaterThanOrEqual(0);
        for (const item of account.items) {
          expect(item.amountMinor).toBeGreaterThan(0);
          expect(item.heldMinor).toBeLessThanOrEqual(item.amountMinor);
        }
        if (account.dispute === null) expect(disputedMinor(account)).toBe(0);
      });
      // Months are of 30 days here and of up to 31 in the calendar: some days later.
      here.final(rows.length + 5, wh);
      expect(account).toMatchObject({ creditMinor: 0, openMonths: [] });
      expect(trialBalance(ledger)).toBe(0);
      expect(balanceOf(ledger, `receivable/${supply}`)).toBe(owedMinor(account));
      expect(balanceOf(ledger, `budget/${supply}`)).toBe(0);
      expect(balanceOf(ledger, `deposit/${supply}`)).toBe(0);
      const billedWh = out.bills.reduce((sum, { energyWh }) => sum + energyWh, 0);
      expect(billedWh, "every watt-hour is billed once").toBe(wh - OPENING_WH);
      for (const bill of out.bills) expect(explainBill(bill).isExact).toBe(true);
      const ids = out.postings.map(({ eventId }) => eventId);
      expect(new Set(ids).size, "no event posts twice").toBe(ids.length);
    }),
    { numRuns: 200, endOnFailure: true },
  );
});
