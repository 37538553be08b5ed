// The ladder of credit control: overdue, warned, notice, trip, and back. Decides from the account, the policy and
// what the head-end heard; what it wants of a meter goes over the air as a command.

import type { Letter, RungName } from "../../contract/billing.ts";
import { type Calendar, formatDay, localTime } from "../../core/calendar.ts";
import { DAY_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { SupplyRecord } from "../records.ts";
import type { Account, BillingState, DunningState, LedgerState } from "../state.ts";
import {
  addItem,
  arrearsMinor,
  type BillingOutputs,
  forgetRungs,
  letter,
  settled,
  touch,
} from "./accounts.ts";
import { book } from "./ledger.ts";
import {
  dunningOf,
  exemptBecause,
  LIFE_SUPPORT,
  mayTripNow,
  type Policy,
  tripAllowedFrom,
  tripHoursEnd,
} from "./policy.ts";
import { claimTrip, dropTrip } from "./trip-desk.ts";

/** Never cut anyone off whose meter has been silent for longer. */
export const STALE_AFTER_MS = DAY_MS;
/** Nothing will be due at this account until something happens to it. */
const NEVER: SimMs = Number.MAX_SAFE_INTEGER;

/** One customer's place on the ladder. */
export interface Rung {
  readonly policy: Policy;
  readonly calendar: Calendar;
  readonly row: number;
  readonly supply: Pick<SupplyRecord, "id" | "protected" | "lifeSupport">;
  readonly account: Account;
  readonly billing: BillingState;
  /** When the head-end heard of the meter last. */
  readonly heardAt: SimMs;
  /** Limits and approvals; missing in runs that have none. */
  readonly dunning?: DunningState | undefined;
}

/** What billing wants done at a meter. */
export interface Wish {
  readonly row: number;
  readonly action: "trip" | "reconnect" | "reminder" | "warning" | "notice" | "cancel-trip";
  readonly reason: string;
  /** Of a trip: when the hours of cutting end, and the batch that it was approved with. */
  readonly expiresAt?: SimMs;
  readonly batch?: string;
}

/** Walks one account along the ladder; returns what it wants of the meter, if anything. Sets when to look again. */
export function stepAccount(rung: Rung, now: SimMs, out: BillingOutputs): Wish | undefined {
  const { account, policy } = rung;
  account.lookAt = NEVER;
  const arrears = arrearsMinor(account, now);
  const isClear = arrears < policy.arrearsMinMinor;
  const isHeld = account.heldByHand || account.heldForCase !== "";
  switch (account.state) {
    case "tripped":
      // What is disputed stays owed until the dispute is decided.
      if (isHeld || overdueMinor(account, now) > 0) return undefined;
      account.state = "reconnecting";
      return { row: rung.row, action: "reconnect", reason: "the debt is paid" };
    case "reconnecting":
      return undefined;
    case "tripping":
      if (isHeld || !isClear) return undefined;
      account.clearedAt ??= now;
      leaveLadder(account, now);
      out.events.push({ kind: "trip-cancelled", at: now, supply: rung.supply.id });
      return { row: rung.row, action: "cancel-trip", reason: "the debt is paid or disputed" };
    default:
  }
  // A prepaid meter opens and closes by its own credit; nobody is cut off for debt there.
  if (account.prepaid !== null) return undefined;
  // While instalments are paid the ladder stands still, whatever else falls due.
  if (isClear || account.plan !== undefined) {
    leaveLadder(account, now);
    if (rung.dunning !== undefined) dropTrip(rung.dunning, rung.row, "ladder");
    return undefined;
  }
  account.clearedAt = null;
  const wish = climb(rung, arrears, now, out);
  // A protection by the season begins and ends by itself.
  const isSeasonal =
    rung.supply.protected !== null && dunningOf(policy).protectedDates !== undefined;
  if (isSeasonal) account.lookAt = Math.min(account.lookAt, now + DAY_MS);
  return wish;
}

/** Everything past its due date, disputed or not. */
function overdueMinor(account: Account, now: SimMs): number {
  let overdue = 0;
  for (const { dueAt, amountMinor } of account.items) if (dueAt < now) overdue += amountMinor;
  return overdue;
}

/** Nothing is overdue: the next debt has a warning and a notice of its own. While a dispute is open the clock stands. */
function leaveLadder(account: Account, now: SimMs): void {
  if (account.dispute === null && account.plan === undefined) {
    forgetRungs(account);
  }
  account.state = settled(account);
  account.lookAt = nextDueAt(account, now);
}

/** When the next item falls due. */
function nextDueAt(account: Account, now: SimMs): SimMs {
  let next = NEVER;
  for (const { dueAt } of account.items) if (dueAt >= now) next = Math.min(next, dueAt + 1);
  return next;
}

/** The next rung, once its time has come. */
function climb(rung: Rung, arrears: number, now: SimMs, out: BillingOutputs): Wish | undefined {
  const { account, policy, supply, row } = rung;
  const oldest = account.items.find(({ amountMinor, heldMinor }) => amountMinor > heldMinor)!;
  const { warningDaysAfterDue } = dunningOf(policy);
  const remindAt = oldest.dueAt + policy.reminderDaysAfterDue * DAY_MS;
  const warnAt = warningDaysAfterDue === null ? NEVER : oldest.dueAt + warningDaysAfterDue * DAY_MS;
  const noticeAt = oldest.dueAt + policy.noticeDaysAfterDue * DAY_MS;
  const why = exemptBecause(policy, rung.calendar, supply, now);
  const isProtected = why !== null;
  if (account.noticeServedAt !== null && !isProtected) return toTrip(rung, arrears, now, out);
  const reason = `arrears of ${arrears}`;
  if (now >= noticeAt && why !== null) tellProtection(rung, why, arrears, now, out);
  if (now >= noticeAt && !isProtected && account.noticeSentAt === null) {
    account.noticeSentAt = now;
    account.state = account.warnedAt === null ? "overdue" : "warned";
    warn(rung, "notice", arrears, now, out);
    return { row, action: "notice", reason };
  }
  // Who has a notice needs no warning any more, and who was warned no reminder.
  const hasWarning = (account.warningSentAt ?? null) !== null || account.noticeSentAt !== null;
  if (!hasWarning && now >= warnAt && now < noticeAt) {
    account.warningSentAt = now;
    return tell(rung, "warning", arrears, now, noticeAt, out);
  }
  const isRemindable = account.warnedAt === null && !hasWarning;
  if (isRemindable && now >= remindAt) {
    const next = Math.min(warnAt, noticeAt);
    return tell(rung, "reminder", arrears, now, next, out);
  }
  account.state = account.warnedAt === null ? "overdue" : "warned";
  if (isRemindable && now < remindAt) account.lookAt = remindAt;
  if (!hasWarning && now < warnAt) account.lookAt = Math.min(account.lookAt, warnAt);
  if (account.noticeSentAt === null && now < noticeAt) {
    account.lookAt = Math.min(account.lookAt, noticeAt);
  }
  return undefined;
}

/** Reminder or warning: looked at again when the next rung comes. */
function tell(
  rung: Rung,
  kind: "reminder" | "warning",
  arrears: number,
  now: SimMs,
  nextAt: SimMs,
  out: BillingOutputs,
): Wish | undefined {
  const { account, policy, row } = rung;
  account.warnedAt ??= now;
  account.state = "warned";
  account.lookAt = now < nextAt ? nextAt : NEVER;
  warn(rung, kind, arrears, now, out);
  const isShown = dunningOf(policy).tellBy[kind].includes("display");
  return isShown ? { row, action: kind, reason: `arrears of ${arrears}` } : undefined;
}

/** Told in the ways of the policy; a display is told by an order to its meter. */
function warn(
  { account, policy, billing, supply }: Rung,
  kind: "reminder" | "warning" | "notice",
  arrears: number,
  at: SimMs,
  out: BillingOutputs,
): void {
  billing.warnings++;
  out.events.push({ kind, at, supply: supply.id, arrearsMinor: arrears });
  const exempt = supply.lifeSupport === true ? { exempt: LIFE_SUPPORT } : {};
  tellBy(policy, kind, supply.id, account, at, out, exempt);
}

/** A letter that goes by the ways of its rung; none where a display alone tells it. */
function tellBy(
  policy: Policy | null,
  kind: RungName,
  supply: string,
  account: Account,
  at: SimMs,
  out: BillingOutputs,
  more: Pick<Letter, "exempt"> = {},
): void {
  const written = { ...letter(kind, supply, at, account, at), ...more };
  const by = policy?.dunning?.tellBy[kind];
  if (by === undefined) out.letters.push(written);
  else if (by.some((way) => way !== "display")) out.letters.push({ ...written, by });
}

/** A protected customer is never cut off for debt; that, and why, is said once a debt. */
function tellProtection(
  { account, supply }: Rung,
  reason: string,
  arrears: number,
  at: SimMs,
  out: BillingOutputs,
): void {
  if (account.isProtectionTold) return;
  account.isProtectionTold = true;
  out.events.push({
    kind: "protected",
    at,
    supply: supply.id,
    arrearsMinor: arrears,
    reason,
  });
}

/** The notice is served: a trip after the clear days, outside protected hours, never on stale data, within limits. */
function toTrip(rung: Rung, arrears: number, now: SimMs, out: BillingOutputs): Wish | undefined {
  const { account, policy, calendar, row, supply, heardAt, dunning } = rung;
  account.state = "noticed";
  const servedAt = account.noticeServedAt!;
  const allowedFrom = tripAllowedFrom(policy, calendar, servedAt);
  account.lookAt = Math.max(allowedFrom, now + MINUTE_MS);
  const isAllowed =
    now >= allowedFrom && mayTripNow(policy, calendar, now) && heardAt >= now - STALE_AFTER_MS;
  if (!isAllowed) return undefined;
  const served = formatDay(localTime(calendar, servedAt).day);
  const reason = `arrears of ${arrears}, notice served ${served}`;
  if (dunning === undefined) {
    account.state = "tripping";
    account.lookAt = NEVER;
    return { row, action: "trip", reason };
  }
  const today = localTime(calendar, now).day;
  const claim = { row, supply: supply.id, by: "ladder", reason, today, at: now } as const;
  const claimed = claimTrip(dunning, dunningOf(policy), claim, out.events);
  if (claimed === undefined) return undefined;
  account.state = "tripping";
  account.lookAt = NEVER;
  const expiresAt = tripHoursEnd(policy, calendar, now);
  return { row, action: "trip", reason, expiresAt, batch: claimed.batch };
}

/** A meter's clock may be off by this much before it is set. */
const CLOCK_DOUBT_MS = 30_000;

/**
 * The meter opened at `doneAt`: the fee falls due at once and the customer is told. Where the debt was cleared before
 * that, there is no fee: the payment was there first and the trip came too late to be taken back.
 */
export function noteTripped(
  policy: Policy | null,
  supply: string,
  account: Account,
  books: { readonly billing: BillingState; readonly ledger: LedgerState },
  tripped: { readonly at: SimMs; readonly doneAt: SimMs },
  out: BillingOutputs,
): void {
  touch(account);
  if (account.state === "tripped") return;
  const { billing, ledger } = books;
  const { at, doneAt } = tripped;
  account.state = "tripped";
  account.trippedAt = at;
  billing.trips++;
  out.events.push({ kind: "tripped", at, supply, openedAt: doneAt });
  // `doneAt` is by the meter's own clock: as far as that may be wrong, the customer is believed.
  const wasClear = account.clearedAt !== null && account.clearedAt <= doneAt + CLOCK_DOUBT_MS;
  // Nor for a suspicion: what a theft costs is assessed when it is confirmed.
  const isFree = wasClear || account.heldForCase !== "";
  if (policy !== null && policy.reconnectionFeeMinor > 0 && !isFree) {
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
  tellBy(policy, "disconnected", supply, account, at, out);
}

/** The meter has closed again. */
export function noteReconnected(
  supply: string,
  account: Account,
  billing: BillingState,
  at: SimMs,
  out: BillingOutputs,
  policy: Policy | null = null,
): void {
  touch(account);
  if (account.state !== "reconnecting" && account.state !== "tripped") return;
  account.trippedAt = null;
  forgetRungs(account);
  account.state = settled(account);
  billing.reconnects++;
  out.events.push({ kind: "reconnected", at, supply });
  tellBy(policy, "reconnected", supply, account, at, out);
}

/** An order that nobody answered, or that the desk had no room for: the ladder may try again. */
export function noteUnanswered(account: Account, action: string): void {
  touch(account);
  if (action === "trip" && account.state === "tripping") account.state = "noticed";
  if (action === "reconnect" && account.state === "reconnecting") account.state = "tripped";
  if (action === "notice") account.noticeSentAt = null;
}
