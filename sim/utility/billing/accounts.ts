// Accounts: bills, payments, and the ladder from due to disconnected. Decides from the world's ledger and the
// head-end alone; what it wants of a meter goes over the air as a command.

import type { Bill, Letter, Payment, Posting } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import {
  type Calendar,
  dateOfDay,
  firstDayOfNextMonth,
  formatDay,
  localTime,
  simOfLocal,
} from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import type { BillingRecords, OpeningAccount, SupplyRecord } from "../records.ts";
import { type Account, type BillingState, type LedgerState, OPEN_ITEMS_MAX } from "../state.ts";
import { book } from "./ledger.ts";
import { mayTripNow, type Policy, tripAllowedFrom } from "./policy.ts";
import { priceMonth, totalOf } from "./tariff.ts";

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
  supplies: readonly SupplyRecord[],
  ledger: LedgerState,
  postings: Posting[],
): Account[] {
  return supplies.map(({ id, account }) => {
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
    return createAccount(account);
  });
}

function createAccount(opening: OpeningAccount): Account {
  return {
    state: opening.items.length > 0 ? "due" : "active",
    items: opening.items.map((item) => ({ ...item })),
    creditMinor: 0,
    remindedAt: opening.remindedAt,
    noticeSentAt: opening.noticeServedAt,
    noticeServedAt: opening.noticeServedAt,
    trippedAt: null,
    heldByHand: false,
    billedThroughWh: opening.billedThroughWh,
    billedThrough: opening.billedThrough,
    billCount: 0,
  };
}

/** The first local day after the start on which bills are made. */
export function createBilling(calendar: Calendar): BillingState {
  return {
    nextBillDay: firstDayOfNextMonth(localTime(calendar, 0).day),
    bills: 0,
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
  let owed = -account.creditMinor;
  for (const item of account.items) owed += item.amountMinor;
  return owed;
}

/** What is past its due date. */
export function arrearsMinor(account: Account, now: SimMs): number {
  let arrears = 0;
  for (const item of account.items) if (item.dueAt < now) arrears += item.amountMinor;
  return arrears;
}

function addItem(account: Account, label: string, amount: number, dueAt: SimMs): void {
  const fromCredit = Math.min(account.creditMinor, amount);
  account.creditMinor -= fromCredit;
  if (amount === fromCredit) return;
  if (account.items.length >= OPEN_ITEMS_MAX) {
    account.items[0]!.amountMinor += amount - fromCredit;
    return;
  }
  account.items.push({ label, amountMinor: amount - fromCredit, dueAt });
}

export interface BillingPeriodEnd {
  readonly endWh: number;
  readonly isEstimated: boolean;
}

/** Makes one customer's bill for everything since the last one, up to local midnight of `billDay`. */
export function makeBill(
  records: BillingRecords,
  calendar: Calendar,
  supply: SupplyRecord,
  account: Account,
  billing: BillingState,
  ledger: LedgerState,
  period: BillingPeriodEnd & { readonly billDay: number; readonly now: SimMs },
  out: BillingOutputs,
): void {
  const { tariff, policy } = records;
  const toMs = simOfLocal(calendar, period.billDay, 0);
  const startWh = account.billedThroughWh;
  const endWh = Math.max(startWh, period.endWh);
  const lines = priceMonth(tariff, endWh - startWh);
  const amountMinor = totalOf(lines);
  const lastDay = dateOfDay(period.billDay - 1);
  const month = `${lastDay.year}-${String(lastDay.month).padStart(2, "0")}`;
  const id = `${supply.id}/${month}`;
  const dueAt = simOfLocal(calendar, period.billDay + policy.dueDays, 23 * 60 + 59);
  lines.forEach((line, index) => {
    const credit =
      line.unit === "Wh" ? "revenue/energy" : line.unit === "month" ? "revenue/fixed" : "duty";
    const entry = {
      at: period.now,
      eventId: `bill/${id}/${index + 1}`,
      debit: `receivable/${supply.id}`,
      credit,
      amountMinor: line.amountMinor,
      reason: line.label,
    };
    book(ledger, entry, out.postings);
  });
  addItem(account, `Bill ${month}`, amountMinor, dueAt);
  out.bills.push({
    id,
    supply: supply.id,
    issuedAt: period.now,
    dueAt,
    fromMs: account.billedThrough,
    toMs,
    startWh,
    endWh,
    energyWh: endWh - startWh,
    isEstimated: period.isEstimated,
    tariff: tariff.id,
    lines,
    amountMinor,
  });
  account.billedThroughWh = endWh;
  account.billedThrough = toMs;
  account.billCount++;
  billing.bills++;
  billing.billedMinor += amountMinor;
  billing.billedWh += endWh - startWh;
  out.events.push({ kind: "bill", at: period.now, supply: supply.id, billId: id, amountMinor });
  out.letters.push(letter("bill", supply.id, period.now, account, dueAt));
}

function letter(
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
  let left: number = payment.amountMinor;
  while (left > 0 && account.items.length > 0) {
    const oldest = account.items[0]!;
    const part = Math.min(left, oldest.amountMinor);
    oldest.amountMinor -= part;
    left -= part;
    if (oldest.amountMinor === 0) account.items.shift();
  }
  account.creditMinor += left;
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
    account.remindedAt = null;
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
  const isUnwarned = account.remindedAt === null && account.noticeSentAt === null;
  if (isUnwarned && overdueMs >= policy.reminderDaysAfterDue * DAY_MS) {
    account.remindedAt = now;
    billing.warnings++;
    out.events.push({ kind: "reminder", at: now, supply, arrearsMinor: arrears });
    out.letters.push(letter("reminder", supply, now, account, now));
    account.state = "warned";
    return { row, action: "reminder", reason: `arrears of ${arrears}` };
  }
  if (account.remindedAt === null) account.state = "overdue";
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
  account.remindedAt = null;
  account.noticeSentAt = null;
  account.noticeServedAt = null;
  account.state = settled(account);
  billing.reconnects++;
  out.events.push({ kind: "reconnected", at, supply });
  out.letters.push(letter("reconnected", supply, at, account, at));
}
