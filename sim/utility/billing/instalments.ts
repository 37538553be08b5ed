// Instalment plans: what is overdue is split into items of their own, one a month. While the plan is kept the ladder
// stands still and nobody is cut off; with the first instalment that is missed it goes on from where it stood.

import type { Calendar } from "../../core/calendar.ts";
import {
  dateOfDay,
  dayOfDate,
  firstDayOfNextMonth,
  localTime,
  simOfLocal,
} from "../../core/calendar.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import { type Account, OPEN_ITEMS_MAX, type OpenItem } from "../state.ts";
import {
  arrearsMinor,
  type BillingOutputs,
  dropPaid,
  forgetRungs,
  sortByDue,
  touch,
} from "./accounts.ts";

const END_OF_DAY_MINUTE = 23 * 60 + 59;

/** Why a plan cannot be made; undefined where it can. */
export function refusalOfPlan(account: Account, months: number, now: SimMs): string | undefined {
  if (account.prepaid !== null) return "a prepaid debt is paid back out of what is topped up";
  if (account.plan !== undefined) return "there is an instalment plan already";
  const arrears = arrearsMinor(account, now);
  if (arrears === 0) return "nothing is overdue that is not disputed";
  if (arrears < months) return `${arrears} cannot be split into ${months} instalments`;
  if (account.items.length + months > OPEN_ITEMS_MAX) return "the account has too many open items";
  return undefined;
}

/** Splits what is overdue and not disputed. The first instalments are larger by the coins that are left over. */
export function agreeInstalments(
  supply: string,
  account: Account,
  calendar: Calendar,
  what: { readonly months: number; readonly at: SimMs; readonly arrearsMinMinor: number },
  out: BillingOutputs,
): void {
  touch(account);
  const { months, at } = what;
  const number = (account.plans ?? 0) + 1;
  const { totalMinor, lateMinor, oldestDueAt } = takeOverdue(account, at);
  const { day } = localTime(calendar, at);
  const share = Math.floor(totalMinor / months);
  let lateLeft = lateMinor;
  for (let part = months; part >= 1; part--) {
    const amountMinor = share + (part <= totalMinor - share * months ? 1 : 0);
    const late = Math.min(lateLeft, amountMinor);
    lateLeft -= late;
    account.items.push({
      label: `Instalment ${part} of ${months}`,
      amountMinor,
      heldMinor: 0,
      dueAt: simOfLocal(calendar, sameDayLater(day, part), END_OF_DAY_MINUTE),
      ...(late > 0 ? { lateMinor: late } : {}),
      plan: number,
    });
  }
  account.plans = number;
  account.plan = { number, agreedAt: at, oldestDueAt };
  sortByDue(account);
  if (arrearsMinor(account, at) < what.arrearsMinMinor) account.clearedAt ??= at;
  out.events.push({ kind: "instalments-agreed", at, supply, amountMinor: totalMinor, months });
}

/** Takes what is overdue and not disputed out of the items. */
function takeOverdue(account: Account, now: SimMs) {
  let [totalMinor, lateMinor, oldestDueAt] = [0, 0, now];
  for (const item of account.items) {
    const part = item.amountMinor - item.heldMinor;
    if (item.dueAt >= now || part === 0) continue;
    const late = Math.min(item.lateMinor ?? 0, part);
    totalMinor += part;
    lateMinor += late;
    oldestDueAt = Math.min(oldestDueAt, item.dueAt);
    item.amountMinor -= part;
    if (item.lateMinor !== undefined) item.lateMinor -= late;
  }
  dropPaid(account);
  return { totalMinor, lateMinor, oldestDueAt };
}

/** The same day of the month so many months later, or that month's last day. */
function sameDayLater(day: number, months: number): number {
  const { year, month, day: dayOfMonth } = dateOfDay(day);
  const zeroBased = month - 1 + months;
  const first = dayOfDate(year + Math.floor(zeroBased / 12), (zeroBased % 12) + 1, 1);
  return Math.min(first + dayOfMonth - 1, firstDayOfNextMonth(first) - 1);
}

/** Whether the plan is done, or an instalment was missed. Call it before the ladder looks at the account. */
export function reviewPlan(
  supply: string,
  account: Account,
  now: SimMs,
  out: BillingOutputs,
): void {
  const { plan } = account;
  if (plan === undefined) return;
  const items = account.items.filter((item) => item.plan === plan.number);
  if (items.length === 0) {
    delete account.plan;
    forgetRungs(account);
    out.events.push({ kind: "instalments-ended", at: now, supply, how: "kept", amountMinor: 0 });
    return;
  }
  if (!items.some((item) => item.dueAt < now && item.amountMinor > item.heldMinor)) return;
  delete account.plan;
  const amountMinor = fallBack(items, plan.oldestDueAt + (now - plan.agreedAt));
  moveLadder(account, now - plan.agreedAt);
  sortByDue(account);
  out.events.push({ kind: "instalments-ended", at: now, supply, how: "missed", amountMinor });
}

/** What is left of the plan is as long overdue as the debt was when the plan was made. */
function fallBack(items: readonly OpenItem[], dueAt: SimMs): number {
  let amountMinor = 0;
  for (const item of items) {
    amountMinor += item.amountMinor;
    item.dueAt = Math.min(item.dueAt, dueAt);
    delete item.plan;
  }
  return amountMinor;
}

/** The time of the plan does not count. */
function moveLadder(account: Account, stoodMs: number): void {
  // Days of service and of cutting are days: whole ones, so that clear days stay clear.
  const wholeDaysMs = Math.ceil(stoodMs / DAY_MS) * DAY_MS;
  if (account.warnedAt !== null) account.warnedAt += stoodMs;
  if (account.noticeSentAt !== null) account.noticeSentAt += stoodMs;
  if (account.noticeServedAt !== null) account.noticeServedAt += wholeDaysMs;
}
