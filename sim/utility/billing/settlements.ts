// Money without a bill: a debt that is given up, a credit that is paid back, and a payment that is told twice.

import type { Payment } from "../../contract/billing.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import { type Account, type LedgerState, RECEIPTS_MAX } from "../state.ts";
import { arrearsMinor, type BillingOutputs, dropPaid, takeUndisputed, touch } from "./accounts.ts";
import { book } from "./ledger.ts";

/** What is owed and not disputed. */
export function undisputedMinor({ items }: Account): number {
  return items.reduce((sum, { amountMinor, heldMinor }) => sum + amountMinor - heldMinor, 0);
}

/** Why so much cannot be written off; undefined where it can. */
export function refusalOfWriteOff(account: Account, amountMinor: number): string | undefined {
  const most = undisputedMinor(account);
  if (amountMinor <= most) return undefined;
  return most === 0
    ? "nothing is owed that is not disputed"
    : `${most} is owed and not disputed; no more can be written off`;
}

/** Gives up a part of a debt, the oldest items first. */
export function writeOff(
  supply: string,
  account: Account,
  ledger: LedgerState,
  what: {
    readonly amountMinor: number;
    readonly reason: string;
    readonly at: SimMs;
    readonly arrearsMinMinor: number;
  },
  out: BillingOutputs,
): void {
  touch(account);
  const { reason, at } = what;
  const amountMinor = minor(what.amountMinor);
  const entry = {
    at,
    eventId: `write-off/${supply}/${nextAct(account)}`,
    debit: "bad-debt",
    credit: `receivable/${supply}`,
    amountMinor,
    reason: `Written off: ${reason}`,
  };
  book(ledger, entry, out.postings);
  takeUndisputed(account, amountMinor);
  dropPaid(account);
  if (arrearsMinor(account, at) < what.arrearsMinMinor) account.clearedAt ??= at;
  out.events.push({ kind: "written-off", at, supply, amountMinor, reason });
}

/** Why so much cannot be paid back; undefined where it can. */
export function refusalOfRefund(account: Account, amountMinor?: number): string | undefined {
  if (account.prepaid !== null) return "a prepaid credit is in its meter";
  const { creditMinor } = account;
  if (creditMinor === 0) return "there is no credit";
  if (amountMinor === undefined || amountMinor <= creditMinor) return undefined;
  return `the credit is ${creditMinor}; no more can be paid back`;
}

/** Pays credit back out of the bank; all of it unless an amount is given. */
export function refund(
  supply: string,
  account: Account,
  ledger: LedgerState,
  what: { readonly amountMinor?: number | undefined; readonly at: SimMs },
  out: BillingOutputs,
): void {
  const { at } = what;
  const amountMinor = minor(what.amountMinor ?? account.creditMinor);
  const entry = {
    at,
    eventId: `refund/${supply}/${nextAct(account)}`,
    debit: `receivable/${supply}`,
    credit: "bank",
    amountMinor,
    reason: "Credit paid back",
  };
  book(ledger, entry, out.postings);
  account.creditMinor -= amountMinor;
  out.events.push({ kind: "refunded", at, supply, amountMinor });
}

/** Numbers what a person does at an account, so that each has an event id of its own. */
export function nextAct(account: Account): number {
  account.acts = (account.acts ?? 0) + 1;
  return account.acts;
}

/** Whether a payment with this receipt was booked before; says so once, and remembers the receipt otherwise. */
export function isRepeated(
  account: Account,
  { receipt, supply, amountMinor }: Payment,
  at: SimMs,
  out: BillingOutputs,
): boolean {
  if (receipt === undefined) return false;
  account.receipts ??= [];
  const known = account.receipts.find((each) => each.receipt === receipt);
  if (known === undefined) {
    account.receipts.push({ receipt, isToldAgain: false });
    if (account.receipts.length > RECEIPTS_MAX) account.receipts.shift();
    return false;
  }
  if (!known.isToldAgain) {
    out.events.push({ kind: "payment-repeated", at, supply, receipt, amountMinor });
  }
  known.isToldAgain = true;
  return true;
}
