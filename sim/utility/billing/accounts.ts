// Accounts: bills, payments, and the ladder from due to disconnected. Decides from the world's ledger and the
// head-end alone; what it wants of a meter goes over the air as a command.

import type { Bill, Letter, Payment, Posting } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import { type Calendar, firstDayOfNextMonth, formatDay, localTime } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import type { OpeningAccount, Records } from "../records.ts";
import { type Account, type BillingState, type LedgerState, OPEN_ITEMS_MAX } from "../state.ts";
import { book } from "./ledger.ts";
import { mayTripNow, type Policy, tripAllowedFrom } from "./policy.ts";
import { rateCountOf } from "./tariff.ts";

/** Never cut anyone off whose meter has been silent for longer. */
const STALE_AFTER_MS = DAY_MS;

/** What a step of billing hands out. */
export interface BillingOutputs {
  readonly postings: Posting[];
  readonly bills: Bill[];
  readonly letters: Letter[];
  readonly events: BeliefEvent[];
}

/** What billing wants done at a meter. */
export interface Wish {
  readonly row: number;
  readonly action: "trip" | "reconnect" | "reminder" | "notice" | "cancel-trip";
  readonly reason: string;
}

/** Opens the books: every open item of the opening accounts is a posting. */
export function openAccounts(
  records: Pick<Records, "supplies" | "billing" | "calendar">,
  ledger: LedgerState,
  postings: Posting[],
): Account[] {
  return records.supplies.map(({ id, account, tariff }) => {
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
    const of = records.billing?.tariffs[tariff];
    const settledDay = localTime(records.calendar, account.billedThrough).day;
    const rates = of === undefined ? 0 : rateCountOf(of);
    return createAccount(account, settledDay, rates);
  });
}

function createAccount(opening: OpeningAccount, settledDay: number, rates: number): Account {
  return {
    state: opening.items.length > 0 ? "due" : "active",
    items: opening.items.map((item) => ({ ...item })),
    creditMinor: 0,
    warnedAt: opening.warnedAt,
    noticeSentAt: opening.noticeServedAt,
    noticeServedAt: opening.noticeServedAt,
    trippedAt: null,
    heldByHand: false,
    settledDay,
    settledWh: opening.billedThroughWh,
    settledByRateWh: Array<number>(rates).fill(0),
    openMonths: [],
    billCount: 0,
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
  };
}

/** Positive: the customer owes. */
export function owedMinor(account: Account): number {
  let owed = 0 - account.creditMinor;
  for (const item of account.items) owed += item.amountMinor;
  return owed;
}

/** What is past its due date. */
export function arrearsMinor(account: Account, now: SimMs): number {
  let arrears = 0;
  for (const item of account.items) if (item.dueAt < now) arrears += item.amountMinor;
  return arrears;
}

/** Pays the oldest items first; what is left is credit. */
export function payItems(account: Account, amountMinor: number): void {
  let left = amountMinor;
  while (left > 0 && account.items.length > 0) {
    const oldest = account.items[0]!;
    const part = Math.min(left, oldest.amountMinor);
    oldest.amountMinor -= part;
    left -= part;
    if (oldest.amountMinor === 0) account.items.shift();
  }
  account.creditMinor += left;
}

/** Adds what falls due; money that the customer is ahead pays for it first. */
export function addItem(account: Account, label: string, amount: number, dueAt: SimMs): void {
  const fromCredit = Math.min(account.creditMinor, amount);
  account.creditMinor -= fromCredit;
  if (amount === fromCredit) return;
  if (account.items.length >= OPEN_ITEMS_MAX) {
    account.items[0]!.amountMinor += amount - fromCredit;
    return;
  }
  account.items.push({ label, amountMinor: amount - fromCredit, dueAt });
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

/** Books a payment against the oldest items first; what is left is credit. */
export function takePayment(
  account: Account,
  billing: BillingState,
  ledger: LedgerState,
  payment: Payment,
  at: SimMs,
  out: BillingOutputs,
): void {
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
  out.events.push({
    kind: "payment",
    at,
    supply: payment.supply,
    amountMinor: payment.amountMinor,
  });
}

/** Walks one account along the ladder; returns what it wants of the meter, if anything. */
export function stepAccount(
  policy: Policy,
  calendar: Calendar,
  row: number,
  supply: string,
  account: Account,
  heardAt: SimMs,
  now: SimMs,
  out: BillingOutputs,
  billing: BillingState,
): Wish | undefined {
  const arrears = arrearsMinor(account, now);
  const isClear = arrears < policy.arrearsMinMinor;
  switch (account.state) {
    case "tripped":
      if (account.heldByHand || arrears > 0) return undefined;
      account.state = "reconnecting";
      return { row, action: "reconnect", reason: "the debt is paid" };
    case "reconnecting":
      return undefined;
    case "tripping":
      if (account.heldByHand || !isClear) return undefined;
      account.state = settled(account);
      out.events.push({ kind: "trip-cancelled", at: now, supply });
      return { row, action: "cancel-trip", reason: "the debt is paid" };
    default:
  }
  if (isClear) {
    account.warnedAt = null;
    account.noticeSentAt = null;
    account.noticeServedAt = null;
    account.state = settled(account);
    return undefined;
  }
  const overdueMs = now - account.items[0]!.dueAt;
  if (account.noticeServedAt !== null) {
    account.state = "noticed";
    const isAllowed =
      now >= tripAllowedFrom(policy, calendar, account.noticeServedAt) &&
      mayTripNow(policy, calendar, now) &&
      heardAt >= now - STALE_AFTER_MS;
    if (!isAllowed) return undefined;
    account.state = "tripping";
    const served = formatDay(localTime(calendar, account.noticeServedAt).day);
    return { row, action: "trip", reason: `arrears of ${arrears}, notice served ${served}` };
  }
  if (account.noticeSentAt === null && overdueMs >= policy.noticeDaysAfterDue * DAY_MS) {
    account.noticeSentAt = now;
    billing.warnings++;
    out.events.push({ kind: "notice", at: now, supply, arrearsMinor: arrears });
    out.letters.push(letter("notice", supply, now, account, now));
    return { row, action: "notice", reason: `arrears of ${arrears}` };
  }
  const isUnwarned = account.warnedAt === null && account.noticeSentAt === null;
  if (isUnwarned && overdueMs >= policy.reminderDaysAfterDue * DAY_MS) {
    account.warnedAt = now;
    billing.warnings++;
    out.events.push({ kind: "reminder", at: now, supply, arrearsMinor: arrears });
    out.letters.push(letter("reminder", supply, now, account, now));
    account.state = "warned";
    return { row, action: "reminder", reason: `arrears of ${arrears}` };
  }
  if (account.warnedAt === null) account.state = "overdue";
  else account.state = "warned";
  return undefined;
}

function settled(account: Account): "active" | "due" {
  return owedMinor(account) > 0 ? "due" : "active";
}

/** The meter has opened: the fee falls due at once and the customer is told. */
export function noteTripped(
  policy: Policy | null,
  supply: string,
  account: Account,
  billing: BillingState,
  ledger: LedgerState,
  at: SimMs,
  out: BillingOutputs,
): void {
  if (account.state === "tripped") return;
  account.state = "tripped";
  account.trippedAt = at;
  billing.trips++;
  out.events.push({ kind: "tripped", at, supply });
  if (policy !== null && policy.reconnectionFeeMinor > 0) {
    const entry = {
      at,
      eventId: `reconnection-fee/${supply}/${billing.trips}`,
      debit: `receivable/${supply}`,
      credit: "revenue/fees",
      amountMinor: policy.reconnectionFeeMinor,
      reason: "Disconnection and reconnection",
    };
    book(ledger, entry, out.postings);
    addItem(account, "Disconnection and reconnection", policy.reconnectionFeeMinor, at - 1);
  }
  out.letters.push(letter("disconnected", supply, at, account, at));
}

/** The meter has closed again. */
export function noteReconnected(
  supply: string,
  account: Account,
  billing: BillingState,
  at: SimMs,
  out: BillingOutputs,
): void {
  if (account.state !== "reconnecting" && account.state !== "tripped") return;
  account.trippedAt = null;
  account.warnedAt = null;
  account.noticeSentAt = null;
  account.noticeServedAt = null;
  account.state = settled(account);
  billing.reconnects++;
  out.events.push({ kind: "reconnected", at, supply });
  out.letters.push(letter("reconnected", supply, at, account, at));
}
