// The ledger that decides: double entry, whole coins. The store keeps a copy of every posting, in order.

import type { LedgerAccount, Posting } from "../../contract/billing.ts";
import { POSTING_VERSION } from "../../contract/billing.ts";
import { assert } from "../../core/assert.ts";
import type { Minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { LedgerState } from "../state.ts";

export interface Entry {
  readonly at: SimMs;
  readonly eventId: string;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amountMinor: Minor;
  readonly reason: string;
}

/** Empty books. */
export function createLedger(): LedgerState {
  return { accounts: [], balanceMinor: [], nextSequence: 1 };
}

/** Books one entry of a positive amount; nothing at all is not booked. */
export function book(ledger: LedgerState, entry: Entry, postings: Posting[]): void {
  if (entry.amountMinor === 0) return;
  assert(
    entry.amountMinor > 0,
    `${entry.eventId}: a posting is positive, got ${entry.amountMinor}`,
  );
  assert(
    entry.debit !== entry.credit,
    `${entry.eventId}: debit and credit are both ${entry.debit}`,
  );
  add(ledger, entry.debit, entry.amountMinor);
  add(ledger, entry.credit, -entry.amountMinor);
  postings.push({ version: POSTING_VERSION, sequence: ledger.nextSequence++, ...entry });
}

/** Rows by name, beside the books and never in them: made anew for books that are read back. */
const rows = new WeakMap<readonly LedgerAccount[], Map<LedgerAccount, number>>();

function rowsOf({ accounts }: LedgerState): Map<LedgerAccount, number> {
  let known = rows.get(accounts);
  if (known?.size !== accounts.length) {
    known = new Map(accounts.map((account, row) => [account, row]));
    rows.set(accounts, known);
  }
  return known;
}

function add(ledger: LedgerState, account: LedgerAccount, amountMinor: number): void {
  const known = rowsOf(ledger);
  let row = known.get(account);
  if (row === undefined) {
    row = ledger.accounts.push(account) - 1;
    ledger.balanceMinor.push(0);
    known.set(account, row);
  }
  ledger.balanceMinor[row] = ledger.balanceMinor[row]! + amountMinor;
  assert(Number.isSafeInteger(ledger.balanceMinor[row]!), `${account} is out of range`);
}

/** What an account stands at: positive is debit. */
export function balanceOf(ledger: LedgerState, account: LedgerAccount): number {
  const row = rowsOf(ledger).get(account);
  return row === undefined ? 0 : ledger.balanceMinor[row]!;
}

/** Sum over all accounts; zero, or we are wrong. */
export function trialBalance(ledger: LedgerState): number {
  let sum = 0;
  for (const balance of ledger.balanceMinor) sum += balance;
  return sum;
}
