// Disputes: a part of a debt is on hold while it is looked into, and for that part the clock stands still.

import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { Account, BillingState, LedgerState } from "../state.ts";
import { arrearsMinor, type BillingOutputs, disputedMinor, dropPaid, touch } from "./accounts.ts";
import { book } from "./ledger.ts";

/** Puts an amount on hold, the newest items first: what is doubted is mostly the last bill. */
export function openDispute(
  supply: string,
  account: Account,
  billing: BillingState,
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
  let left = what.amountMinor;
  for (let index = account.items.length - 1; index >= 0; index--) {
    const item = account.items[index]!;
    const part = Math.min(left, item.amountMinor);
    item.heldMinor = part;
    left -= part;
  }
  billing.disputes++;
  account.dispute = { number: billing.disputes, openedAt: at, reason };
  if (arrearsMinor(account, at) < what.arrearsMinMinor) account.clearedAt ??= at;
  const amountMinor = disputedMinor(account);
  out.events.push({ kind: "dispute-opened", at, supply, amountMinor, reason });
}

/**
 * Ends a dispute. Upheld: what was on hold is given back. Otherwise it is owed again, and what the ladder had counted
 * goes on from where it stood.
 */
export function closeDispute(
  supply: string,
  account: Account,
  ledger: LedgerState,
  how: { readonly upheld: boolean; readonly at: SimMs; readonly arrearsMinMinor: number },
  out: BillingOutputs,
): void {
  const { dispute } = account;
  if (dispute === null) return;
  touch(account);
  const { upheld, at } = how;
  const amountMinor = minor(disputedMinor(account));
  const wasStanding = arrearsMinor(account, at) < how.arrearsMinMinor;
  account.dispute = null;
  out.events.push({ kind: "dispute-closed", at, supply, amountMinor, upheld });
  if (upheld) {
    const entry = {
      at,
      eventId: `dispute/${supply}/${dispute.number}`,
      debit: "revenue/adjustments",
      credit: `receivable/${supply}`,
      amountMinor,
      reason: "Dispute upheld",
    };
    book(ledger, entry, out.postings);
    for (const item of account.items) {
      item.amountMinor -= item.heldMinor;
      item.heldMinor = 0;
    }
    dropPaid(account);
    account.clearedAt ??= at;
    return;
  }
  const stoodMs = at - dispute.openedAt;
  for (const item of account.items) {
    if (item.heldMinor === item.amountMinor) item.dueAt += stoodMs;
    item.heldMinor = 0;
  }
  if (!wasStanding) return;
  if (account.warnedAt !== null) account.warnedAt += stoodMs;
  if (account.noticeSentAt !== null) account.noticeSentAt += stoodMs;
  if (account.noticeServedAt !== null) account.noticeServedAt += stoodMs;
}
