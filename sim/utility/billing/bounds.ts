// How much money an account and the bank may be given, so that every sum stays an exact whole number: of coins in the
// ledger, of thousandths of a coin in a prepaid meter.

import type { Payment } from "../../contract/billing.ts";
import type { Account, LedgerState } from "../state.ts";
import { balanceOf } from "./ledger.ts";

/** What one customer may be ahead, or have bought in tokens ever; in thousandths it is a ninth of 2^53. */
export const AHEAD_MAX_MINOR = 1e12;
/** What all payments together may come to; bills that are paid as planned have eight times as much left. */
export const BANK_MAX_MINOR = 1e15;

const MILLI = 1000;

/** What a customer is ahead, or has bought in tokens ever; negative while postpaid and in debt. */
export function aheadMinor(ledger: LedgerState, supply: string, { prepaid }: Account): number {
  return prepaid === null ? -balanceOf(ledger, `receivable/${supply}`) : prepaid.vendedMinor;
}

/** Whether a payment leaves every sum exact. One that does not waits: it neither stops the run nor is it lost. */
export function isWithinBounds(ledger: LedgerState, account: Account, payment: Payment): boolean {
  const { supply, amountMinor } = payment;
  const after = aheadMinor(ledger, supply, account) + amountMinor;
  return (
    Number.isSafeInteger(balanceOf(ledger, "bank") + amountMinor) &&
    Number.isSafeInteger(account.prepaid === null ? after : after * MILLI)
  );
}
