// Accounts: what a customer owes, item by item, and what payments do to it. Knows nothing of meters.

import type { Bill, Letter, Payment, Posting } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import { type Calendar, firstDayOfNextMonth, localTime, simOfLocal } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { OpeningAccount, Records } from "../records.ts";
import {
  type Account,
  type AccountHolder,
  type BillingState,
  type FormerCustomer,
  type LedgerState,
  OPEN_ITEMS_MAX,
  type PrepaidAccount,
} from "../state.ts";
import type { RegisterAt } from "./boundary.ts";
import { asksForApparent, openDemand } from "./demand-book.ts";
import { asksForExport, openExports } from "./export-book.ts";
import { book } from "./ledger.ts";
import { rateCountOf } from "./tariff.ts";

/** What a step of billing hands out. */
export interface BillingOutputs {
  readonly postings: Posting[];
  readonly bills: Bill[];
  readonly letters: Letter[];
  readonly events: BeliefEvent[];
}

/** Opens the books: every open item of the opening accounts is a posting. */
export function openAccounts(
  records: Pick<Records, "supplies" | "billing" | "calendar">,
  ledger: LedgerState,
  postings: Posting[],
): Account[] {
  return records.supplies.map(({ id, account, tariff, openingWh }) => {
    const of = records.billing?.tariffs[tariff];
    account.items.forEach((item, index) => {
      const entry = {
        at: 0,
        eventId: `opening/${id}/${index + 1}`,
        debit: `receivable/${id}`,
        credit: "opening",
        amountMinor: item.amountMinor,
        reason: item.label,
      };
      book(ledger, entry, postings);
    });
    if (account.creditMinor > 0) {
      const entry = {
        at: 0,
        eventId: `opening/${id}/credit`,
        debit: "opening",
        credit: of?.kind === "prepaid" ? `prepaid/${id}` : `receivable/${id}`,
        amountMinor: account.creditMinor,
        reason: "Paid ahead",
      };
      book(ledger, entry, postings);
    }
    if ((account.depositMinor ?? 0) > 0) {
      const entry = {
        at: 0,
        eventId: `opening/${id}/deposit`,
        debit: "opening",
        credit: `deposit/${id}`,
        amountMinor: minor(account.depositMinor ?? 0),
        reason: "Security deposit",
      };
      book(ledger, entry, postings);
    }
    const settledDay = localTime(records.calendar, account.billedThrough).day;
    const rates = of === undefined ? 0 : rateCountOf(of);
    if (of?.kind !== "prepaid") {
      const opened = createAccount(account, settledDay, rates, null);
      // Export registers stand at 0 when a run begins.
      if (asksForApparent(of)) {
        const settledAt = simOfLocal(records.calendar, settledDay, 0);
        opened.demand = openDemand(settledAt, openingWh);
      }
      if (asksForExport(of)) opened.exports = openExports(settledDay, { interval: 0, wh: 0 });
      return opened;
    }
    const today = localTime(records.calendar, 0).day;
    const prepaid = createPrepaid(openingWh, today, account.creditMinor);
    return createAccount({ ...account, creditMinor: minor(0) }, settledDay, rates, prepaid);
  });
}

/** Books of a prepaid supply, from this register and day on, with what was paid ahead by then. */
function createPrepaid(startWh: number, startDay: number, vendedMinor: number): PrepaidAccount {
  return {
    startWh,
    startDay,
    bookedDay: startDay,
    booked: { energy: 0, fixed: 0, duty: 0 },
    vendedMinor,
    base: null,
    creditMinor: null,
    lastMicro: 0,
    strikes: 0,
    isToldLow: false,
    unsentMinor: 0,
  };
}

function createAccount(
  opening: OpeningAccount,
  settledDay: number,
  rates: number,
  prepaid: PrepaidAccount | null,
): Account {
  const account: Account = {
    state: "active",
    items: opening.items.map((item) => ({ ...item, heldMinor: 0 })),
    creditMinor: 0,
    warnedAt: opening.warnedAt,
    noticeSentAt: opening.noticeServedAt,
    noticeServedAt: opening.noticeServedAt,
    trippedAt: null,
    clearedAt: null,
    heldByHand: false,
    heldForCase: "",
    strayTrip: null,
    dispute: null,
    isProtectionTold: false,
    lookAt: 0,
    settledDay,
    settledWh: opening.billedThroughWh,
    settledByRateWh: Array<number>(rates).fill(0),
    openMonths: [],
    billCount: 0,
    prepaid,
    ...((opening.depositMinor ?? 0) > 0 ? { depositMinor: opening.depositMinor ?? 0 } : {}),
  };
  payItems(account, opening.creditMinor);
  account.state = settled(account);
  return account;
}

/** What a new customer begins with. */
interface Reopening {
  readonly holder: AccountHolder;
  readonly former: FormerCustomer[];
  readonly day: number;
  readonly opening: RegisterAt;
  readonly depositMinor: number;
}

/** An account that begins anew at a supply: what hangs there, and what was numbered there, goes on. */
export function reopenAccount(
  old: Account,
  { holder, former, day, opening, depositMinor }: Reopening,
): Account {
  const begin: OpeningAccount = {
    billedThroughWh: opening.wh,
    billedThrough: holder.since,
    items: [],
    creditMinor: minor(0),
    depositMinor: minor(depositMinor),
    warnedAt: null,
    noticeServedAt: null,
  };
  const { exports: fed, demand } = old;
  return {
    ...createAccount(begin, day, opening.byRateWh.length, null),
    settledByRateWh: [...opening.byRateWh],
    ...(opening.isRead ? {} : { isSettledOnEstimate: true as const }),
    ...{ state: old.state, strayTrip: old.strayTrip, holder, former },
    ...(old.acts === undefined ? {} : { acts: old.acts }),
    ...(old.plans === undefined ? {} : { plans: old.plans }),
    ...(old.receipts === undefined ? {} : { receipts: old.receipts }),
    ...(old.meters === undefined ? {} : { meters: old.meters }),
    ...(old.vending === undefined ? {} : { vending: old.vending }),
    ...(fed === undefined ? {} : { exports: openExports(day, fed.newest) }),
    // A month's largest half hour may be the former's: the first part of a month is the contract's.
    ...(demand === undefined
      ? {}
      : { demand: { ...demand, start: null, marks: [], gaps: [holder.since] } }),
  };
}

/** The first local day after the start on which bills are made. */
export function createBilling(calendar: Calendar): BillingState {
  return {
    nextBillDay: firstDayOfNextMonth(localTime(calendar, 0).day),
    nextRefreshDay: localTime(calendar, 0).day,
    bills: 0,
    estimatedBills: 0,
    corrections: 0,
    billedMinor: 0,
    billedWh: 0,
    paidMinor: 0,
    warnings: 0,
    trips: 0,
    reconnects: 0,
    disputes: 0,
  };
}

/** Positive: the customer owes. */
export function owedMinor(account: Account): number {
  let owed = 0 - account.creditMinor;
  for (const item of account.items) owed += item.amountMinor;
  return owed;
}

/** What is past its due date and not disputed. */
export function arrearsMinor(account: Account, now: SimMs): number {
  let arrears = 0;
  for (const { dueAt, amountMinor, heldMinor } of account.items) {
    if (dueAt < now) arrears += amountMinor - heldMinor;
  }
  return arrears;
}

/** What a dispute keeps on hold. */
export function disputedMinor(account: Account): number {
  let held = 0;
  for (const { heldMinor } of account.items) held += heldMinor;
  return held;
}

/** The ladder looks at an account when something is due there; whatever changes it has it looked at now. */
export function touch(account: Account): void {
  account.lookAt = 0;
}

/** What the ladder had counted was about a debt that is gone. */
export function forgetRungs(account: Account): void {
  account.warnedAt = null;
  if (account.warningSentAt !== undefined) account.warningSentAt = null;
  account.noticeSentAt = null;
  account.noticeServedAt = null;
  account.isProtectionTold = false;
}

/** `due` while anything is owed, `active` otherwise. */
export function settled(account: Account): "active" | "due" {
  return owedMinor(account) > 0 ? "due" : "active";
}

/** Pays the oldest items first, what is disputed last; what is left is credit. */
export function payItems(account: Account, amountMinor: number): void {
  touch(account);
  let left = takeUndisputed(account, amountMinor);
  for (const item of account.items) {
    const part = Math.min(left, item.amountMinor);
    item.amountMinor -= part;
    item.heldMinor = Math.min(item.heldMinor, item.amountMinor);
    left -= part;
  }
  dropPaid(account);
  account.creditMinor += left;
}

/** Takes an amount off what is not disputed, the oldest items first; returns what is left of it. */
export function takeUndisputed({ items }: Account, amountMinor: number): number {
  let left = amountMinor;
  for (const item of items) {
    const part = Math.min(left, item.amountMinor - item.heldMinor);
    item.amountMinor -= part;
    left -= part;
  }
  return left;
}

/** Items of which nothing is left are closed. */
export function dropPaid({ items }: Account): void {
  for (let at = items.length - 1; at >= 0; at--)
    if (items[at]!.amountMinor === 0) items.splice(at, 1);
}

/** While instalments are open the order of the list is that of the due dates: the next one is paid first. */
export function sortByDue({ items }: Account): void {
  items.sort((a, b) => a.dueAt - b.dueAt);
}

/** Adds what falls due; money that the customer is ahead pays for it first. */
export function addItem(
  account: Account,
  label: string,
  amount: number,
  dueAt: SimMs,
  kind: "charge" | "late" = "charge",
): void {
  touch(account);
  const fromCredit = Math.min(account.creditMinor, amount);
  account.creditMinor -= fromCredit;
  if (amount === fromCredit) return;
  if (account.items.length >= OPEN_ITEMS_MAX) {
    const oldest = account.items[0]!;
    oldest.amountMinor += amount - fromCredit;
    if (kind === "late") oldest.lateMinor = (oldest.lateMinor ?? 0) + amount - fromCredit;
    return;
  }
  const amountMinor = amount - fromCredit;
  const late = kind === "late" ? { lateMinor: amountMinor } : {};
  account.items.push({ label, amountMinor, heldMinor: 0, dueAt, ...late });
  if (account.plan !== undefined) sortByDue(account);
}

export function letter(
  kind: Letter["kind"],
  supply: string,
  at: SimMs,
  account: Account,
  dueAt: SimMs,
): Letter {
  return { kind, supply, at, owedMinor: minor(owedMinor(account)), dueAt };
}

/** Books a payment against the oldest items first; what is left is credit. Arrears below the minimum are none. */
export function takePayment(
  account: Account,
  billing: BillingState,
  ledger: LedgerState,
  payment: Payment,
  received: { readonly at: SimMs; readonly arrearsMinMinor: number },
  out: BillingOutputs,
): void {
  const { at } = received;
  const entry = {
    at,
    eventId: `payment/${payment.reference}`,
    debit: "bank",
    credit: `receivable/${payment.supply}`,
    amountMinor: payment.amountMinor,
    reason: "Payment received",
  };
  book(ledger, entry, out.postings);
  billing.paidMinor += payment.amountMinor;
  account.heldByHand = false;
  payItems(account, payment.amountMinor);
  const isClear = arrearsMinor(account, at) < received.arrearsMinMinor;
  if (isClear && account.clearedAt === null) account.clearedAt = payment.at;
  out.events.push({
    kind: "payment",
    at,
    supply: payment.supply,
    amountMinor: payment.amountMinor,
  });
}
