// What a customer owed at every moment, told again from postings and bills alone: an audit's own book, which shares
// nothing with the accounts by which the ladder decides.

import type { Bill, Posting } from "../../contract/billing.ts";
import type { SimMs } from "../../core/time.ts";
import type { SupplyRecord } from "../records.ts";

interface Debt {
  amountMinor: number;
  heldMinor: number;
  dueAt: SimMs;
  /** The bill whose lines it adds up; empty for anything else. */
  readonly bill: string;
}

export interface DebtBook {
  /** Oldest first. */
  readonly debts: Debt[];
  creditMinor: number;
  disputedSince: SimMs | null;
}

/** What was owed when the run began is in the opening's postings; here are only the days on which it was due. */
export function openBook(): DebtBook {
  return { debts: [], creditMinor: 0, disputedSince: null };
}

/** When the debt of a posting falls due: a bill's on its day, an opening item's on its own, anything else at once. */
export interface DueDates {
  readonly bills: ReadonlyMap<string, Bill>;
  readonly supply: Pick<SupplyRecord, "id" | "account">;
}

/** Takes in a posting of this customer's receivable; others are left alone. */
export function postToBook(book: DebtBook, posting: Posting, { bills, supply }: DueDates): void {
  const receivable = `receivable/${supply.id}`;
  const { debit, credit, eventId, amountMinor, at } = posting;
  if (debit === receivable) {
    const bill = billOf(eventId);
    const dueAt = bills.get(bill)?.dueAt ?? openingDueAt(eventId, supply) ?? at - 1;
    charge(book, bill, amountMinor, dueAt);
  }
  if (credit !== receivable) return;
  // A dispute that was upheld takes away what was on hold, wherever it stood.
  if (eventId.startsWith("dispute/")) {
    for (const debt of book.debts) {
      debt.amountMinor -= debt.heldMinor;
      debt.heldMinor = 0;
    }
    drop(book);
  } else if (billOf(eventId) !== "") creditBill(book, billOf(eventId), amountMinor);
  else pay(book, amountMinor);
}

const billOf = (eventId: string): string => /^bill\/(.+)\/[^/]+$/.exec(eventId)?.[1] ?? "";

function openingDueAt(eventId: string, { account }: DueDates["supply"]): SimMs | undefined {
  const item = /^opening\/.+\/(\d+)$/.exec(eventId)?.[1];
  return item === undefined ? undefined : account.items[Number(item) - 1]?.dueAt;
}

/** Lines of one bill are one debt; what the customer is ahead pays for it first. */
function charge(book: DebtBook, bill: string, amountMinor: number, dueAt: SimMs): void {
  const fromCredit = Math.min(book.creditMinor, amountMinor);
  book.creditMinor -= fromCredit;
  const left = amountMinor - fromCredit;
  const known = book.debts.find((debt) => bill !== "" && debt.bill === bill);
  if (known !== undefined) known.amountMinor += left;
  else if (left > 0) book.debts.push({ amountMinor: left, heldMinor: 0, dueAt, bill });
}

/** A line in the customer's favour makes its own bill smaller; what is left of it pays the rest. */
function creditBill(book: DebtBook, bill: string, amountMinor: number): void {
  const known = book.debts.find((debt) => debt.bill === bill);
  const part = Math.min(known?.amountMinor ?? 0, amountMinor);
  if (known !== undefined) known.amountMinor -= part;
  drop(book);
  pay(book, amountMinor - part);
}

/** The oldest first, what is disputed last. */
function pay(book: DebtBook, amountMinor: number): void {
  let left = amountMinor;
  for (const debt of book.debts) {
    const part = Math.min(left, debt.amountMinor - debt.heldMinor);
    debt.amountMinor -= part;
    left -= part;
  }
  for (const debt of book.debts) {
    const part = Math.min(left, debt.amountMinor);
    debt.amountMinor -= part;
    debt.heldMinor = Math.min(debt.heldMinor, debt.amountMinor);
    left -= part;
  }
  drop(book);
  book.creditMinor += left;
}

function drop({ debts }: DebtBook): void {
  for (let at = debts.length - 1; at >= 0; at--) {
    if (debts[at]!.amountMinor === 0) debts.splice(at, 1);
  }
}

/** The newest debts go on hold, up to an amount. */
export function holdDebts(book: DebtBook, amountMinor: number, at: SimMs): void {
  let left = amountMinor;
  for (let index = book.debts.length - 1; index >= 0; index--) {
    const debt = book.debts[index]!;
    debt.heldMinor = Math.min(left, debt.amountMinor);
    left -= debt.heldMinor;
  }
  book.disputedSince = at;
}

/** Nothing is on hold any more; the time in dispute does not count for what was. */
export function freeDebts(book: DebtBook, at: SimMs): void {
  const stoodMs = at - (book.disputedSince ?? at);
  for (const debt of book.debts) {
    if (debt.heldMinor > 0 && debt.heldMinor === debt.amountMinor) debt.dueAt += stoodMs;
    debt.heldMinor = 0;
  }
  book.disputedSince = null;
}

/** What was overdue at a moment: all of it, and what of it nobody disputed. */
export function overdueOf(
  { debts }: DebtBook,
  at: SimMs,
): { readonly allMinor: number; readonly undisputedMinor: number } {
  let [allMinor, undisputedMinor] = [0, 0];
  for (const { amountMinor, heldMinor, dueAt } of debts) {
    if (dueAt >= at) continue;
    allMinor += amountMinor;
    undisputedMinor += amountMinor - heldMinor;
  }
  return { allMinor, undisputedMinor };
}
