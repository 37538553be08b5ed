// Who moves out has a final bill up to a local midnight, at a reading; with it the deposit and what was paid ahead are
// settled, and the account is closed. What is left of the debt is still owed.

import { formatDay } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { Account, LedgerState } from "../state.ts";
import { type BillingOutputs, owedMinor, payItems } from "./accounts.ts";
import { book } from "./ledger.ts";
import { holderPrefix } from "./moving-in.ts";
import { refund } from "./settlements.ts";

/** A final bill waits so many days for the reading of its midnight; then it is made on an estimate, which stands. */
export const FINAL_WAIT_DAYS = 3;

/** Why a customer cannot move out; undefined where that can be. */
export function refusalOfMoveOut({ prepaid, leaving, closed }: Account): string | undefined {
  if (prepaid !== null) return "the credit of a prepaid customer is in the meter";
  if (closed !== undefined) return "the account is closed";
  if (leaving !== undefined) return "a final bill is on its way already";
  return undefined;
}

/** The final bill goes up to the end of this local day. */
export function moveOut(
  supply: string,
  account: Account,
  day: number,
  at: SimMs,
  { events }: BillingOutputs,
): void {
  account.leaving = { endDay: day + 1 };
  events.push({ kind: "moving-out", at, supply, lastDay: formatDay(day) });
}

/** Whether the account has no bill for days from here on. */
export function isLeft({ leaving, closed }: Account, day: number): boolean {
  return closed !== undefined || (leaving !== undefined && leaving.endDay <= day);
}

/** After the final bill: the deposit pays what is owed, and credit is paid back. */
export function closeAccount(
  supply: string,
  account: Account,
  ledger: LedgerState,
  billId: string,
  at: SimMs,
  out: BillingOutputs,
): void {
  const { depositMinor = 0 } = account;
  if (depositMinor > 0) {
    const entry = {
      at,
      eventId: `deposit/${supply}/${holderPrefix(account)}settled`,
      debit: `deposit/${supply}`,
      credit: `receivable/${supply}`,
      amountMinor: minor(depositMinor),
      reason: "Deposit settled with the final bill",
    };
    book(ledger, entry, out.postings);
    delete account.depositMinor;
    payItems(account, depositMinor);
  }
  if (account.creditMinor > 0) refund(supply, account, ledger, { at }, out);
  delete account.leaving;
  account.closed = { billId, at };
  out.events.push({ kind: "account-closed", at, supply, billId, owedMinor: owedMinor(account) });
}
