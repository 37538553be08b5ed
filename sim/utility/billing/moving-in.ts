// A new customer takes a supply over whose account is closed: with an opening reading, a number and a deposit of their
// own. What the former customer owes stays with the former, in an account of the ledger that nobody else pays into.

import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import { type Account, FORMER_MAX, type FormerCustomer, type LedgerState } from "../state.ts";
import { type BillingOutputs, owedMinor, reopenAccount } from "./accounts.ts";
import type { RegisterAt } from "./boundary.ts";
import { book } from "./ledger.ts";
import { nextAct } from "./settlements.ts";

/** Which customer of the supply an account is; the one of the records is the first. */
export const customerNumber = ({ holder }: Pick<Account, "holder">): number => holder?.number ?? 1;

/** Before the month in ids of what is the account's own: nothing for the first customer, `c2-` for the second. */
export const holderPrefix = (account: Pick<Account, "holder">): string =>
  account.holder === undefined ? "" : `c${account.holder.number}-`;

/** Whether a bill of the supply is that customer's, and not one of who lived there before. */
export const isBillOf = (account: Pick<Account, "holder">, billId: string): boolean =>
  (/\/(c\d+-)[^/]*$/.exec(billId)?.[1] ?? "") === holderPrefix(account);

/** What a former customer still owes. */
export const formerReceivable = (supply: string, number: number): string =>
  `receivable/${supply}/former-${number}`;

/** Why nobody can move in; undefined where that can be. */
export function refusalOfMoveIn(account: Account): string | undefined {
  if (account.closed === undefined) {
    return "the account is not closed; its customer moves out first, and has a final bill";
  }
  if (account.dispute !== null) return "the former customer's dispute is open; close it first";
  if ((account.former?.length ?? 0) >= FORMER_MAX) {
    return `${FORMER_MAX} customers have lived there; no more are kept`;
  }
  return undefined;
}

export interface MovingIn {
  readonly name: string;
  readonly email?: string | undefined;
  readonly depositMinor: number;
  /** Local day from whose first midnight on this customer pays, and the register there. */
  readonly day: number;
  readonly opening: RegisterAt;
  readonly at: SimMs;
}

/** The account of the new customer, with who lived there before beside it. */
export function moveIn(
  supply: string,
  old: Account,
  ledger: LedgerState,
  what: MovingIn,
  out: BillingOutputs,
): Account {
  const { at, name, email, depositMinor, opening } = what;
  const number = customerNumber(old) + 1;
  const owed = owedMinor(old);
  if (owed > 0) {
    const entry = {
      at,
      eventId: `moved-in/${supply}/${number}/debt`,
      debit: formerReceivable(supply, number - 1),
      credit: `receivable/${supply}`,
      amountMinor: minor(owed),
      reason: "The debt stays with the former customer",
    };
    book(ledger, entry, out.postings);
  }
  if (depositMinor > 0) {
    const entry = {
      at,
      eventId: `moved-in/${supply}/${number}/deposit`,
      debit: "bank",
      credit: `deposit/${supply}`,
      amountMinor: minor(depositMinor),
      reason: "Security deposit",
    };
    book(ledger, entry, out.postings);
  }
  const { name: oldName = "" } = old.holder ?? {};
  const { billId, at: closedAt } = old.closed!;
  const former: FormerCustomer = {
    number: number - 1,
    name: oldName,
    billId,
    closedAt,
    owedMinor: owed,
  };
  const holder = {
    ...{ number, name, since: at, day: what.day, openingWh: opening.wh },
    openingByRateWh: [...opening.byRateWh],
    ...(email === undefined ? {} : { email }),
  };
  const next = reopenAccount(old, { ...what, holder, former: [...(old.former ?? []), former] });
  const vacantWh = Math.max(0, opening.wh - old.settledWh);
  out.events.push({
    kind: "moved-in",
    at,
    supply,
    customer: number,
    name,
    openingWh: opening.wh,
    vacantWh,
  });
  return next;
}

/** Why a former customer's debt cannot become less by so much; undefined where it can. */
export function refusalOfSettling(
  { former = [] }: Account,
  { customer, amountMinor }: { readonly customer: number; readonly amountMinor: number },
): string | undefined {
  const known = former.find(({ number }) => number === customer);
  if (known === undefined) {
    const numbers = former.map(({ number }) => number).join(", ");
    return numbers === ""
      ? "nobody lived there before"
      : `there is no former customer ${customer}; there are ${numbers}`;
  }
  if (amountMinor <= known.owedMinor) return undefined;
  return `customer ${customer} owes ${known.owedMinor}; no more can be settled`;
}

/** A former customer pays, or the company gives the debt up. */
export function settleFormer(
  supply: string,
  account: Account,
  ledger: LedgerState,
  what: {
    readonly customer: number;
    readonly amountMinor: number;
    readonly how: "paid" | "written-off";
    readonly at: SimMs;
  },
  out: BillingOutputs,
): void {
  const { customer, how, at } = what;
  const known = account.former!.find(({ number }) => number === customer)!;
  const amountMinor = minor(what.amountMinor);
  const entry = {
    at,
    eventId: `former/${supply}/${customer}/${nextAct(account)}`,
    debit: how === "paid" ? "bank" : "bad-debt",
    credit: formerReceivable(supply, customer),
    amountMinor,
    reason:
      how === "paid" ? "Payment of a former customer" : "A former customer's debt is given up",
  };
  book(ledger, entry, out.postings);
  known.owedMinor -= amountMinor;
  out.events.push({ kind: "former-settled", at, supply, customer, amountMinor, how });
}
