// Double entry: whatever is booked, debit equals credit.

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Posting } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import {
  balanceOf,
  book,
  createLedger,
  type Entry,
  trialBalance,
} from "../../sim/utility/billing/ledger.ts";

const CHECK = { seed: 20_260_112 };
const entry = (debit: string, credit: string, amount: number): Entry => ({
  at: 60_000,
  eventId: `test/${debit}/${credit}`,
  debit,
  credit,
  amountMinor: minor(amount),
  reason: "Test",
});

function books() {
  const ledger = createLedger();
  const postings: Posting[] = [];
  const add = (debit: string, credit: string, amount: number): void =>
    book(ledger, entry(debit, credit, amount), postings);
  return { ledger, postings, add };
}

test("an entry moves its amount from the credited account to the debited one", () => {
  const { ledger, postings, add } = books();
  add("receivable/supply-01", "revenue/energy", 113_150);
  add("bank", "receivable/supply-01", 100_000);
  expect(balanceOf(ledger, "receivable/supply-01")).toBe(13_150);
  expect(balanceOf(ledger, "revenue/energy")).toBe(-113_150);
  expect(balanceOf(ledger, "bank")).toBe(100_000);
  expect(balanceOf(ledger, "never/used")).toBe(0);
  expect(postings.map(({ version, sequence }) => [version, sequence])).toEqual([
    [1, 1],
    [1, 2],
  ]);
});

test("nothing is no posting and takes no number", () => {
  const { ledger, postings, add } = books();
  add("bank", "revenue/fees", 0);
  expect(postings).toEqual([]);
  expect(ledger).toEqual(createLedger());
});

test.each([
  ["bank", "revenue/fees", -1, "a posting is positive, got -1"],
  ["bank", "bank", 5, "debit and credit are both bank"],
])("from %s to %s, %d coins are refused: %s", (debit, credit, amount, sentence) => {
  const { ledger, postings, add } = books();
  expect(() => add(debit, credit, amount)).toThrow(sentence);
  expect(postings).toEqual([]);
  expect(ledger).toEqual(createLedger());
});

test("an account that leaves the exact numbers is refused", () => {
  const { add } = books();
  add("bank", "opening", Number.MAX_SAFE_INTEGER);
  expect(() => add("bank", "opening", 1)).toThrow("bank is out of range");
});

test("whatever is booked, all accounts sum to zero, and postings add up to balances", () => {
  const account = fc.constantFrom("bank", "duty", "revenue/energy", "receivable/1", "receivable/2");
  const amount = fc.integer({ min: 1, max: 1_000_000_000 });
  const rows = fc.array(fc.tuple(account, account, amount), { maxLength: 80 });
  fc.assert(
    fc.property(rows, (entries) => {
      const { ledger, postings, add } = books();
      for (const [debit, credit, coins] of entries) if (debit !== credit) add(debit, credit, coins);
      expect(trialBalance(ledger)).toBe(0);
      for (const name of ledger.accounts) {
        let sum = 0;
        for (const { debit, credit, amountMinor } of postings) {
          sum += debit === name ? amountMinor : credit === name ? -amountMinor : 0;
        }
        expect(balanceOf(ledger, name), name).toBe(sum);
      }
    }),
    CHECK,
  );
});
