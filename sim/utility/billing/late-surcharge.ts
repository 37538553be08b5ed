// The late-payment surcharge: simple, by days, on what is overdue and not in dispute. It is counted once a local day and
// asked for on the next bill; surcharges themselves bear none.

import type { BillLine } from "../../contract/billing.ts";
import { minor, roundToMinor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { Account, LateSpan } from "../state.ts";

/** A month of a percentage a month. */
export const LATE_MONTH_DAYS = 30;
/** Spans of days with one overdue amount each; beyond, the oldest two are put together. */
const SPANS_MAX = 64;

/** Past its due date, not disputed and no surcharge itself. */
export function overduePrincipalMinor({ items }: Account, now: SimMs): number {
  let principal = 0;
  for (const { dueAt, amountMinor, heldMinor, lateMinor = 0 } of items) {
    if (dueAt < now) principal += Math.max(0, amountMinor - heldMinor - lateMinor);
  }
  return principal;
}

/** Counts one day of what is overdue now. A closed account has no next bill. */
export function countLateDay(account: Account, now: SimMs): void {
  if (account.closed !== undefined) return;
  const principal = overduePrincipalMinor(account, now);
  if (principal === 0) return;
  account.late ??= [];
  const { late } = account;
  const newest = late.at(-1);
  if (newest !== undefined && newest.coinDays === principal * newest.days) {
    late[late.length - 1] = { coinDays: newest.coinDays + principal, days: newest.days + 1 };
    return;
  }
  late.push({ coinDays: principal, days: 1 });
  if (late.length <= SPANS_MAX) return;
  const [a, b] = late.splice(0, 2) as [LateSpan, LateSpan];
  late.unshift({ coinDays: a.coinDays + b.coinDays, days: a.days + b.days });
}

/**
 * Lines for the days counted so far, which are then forgotten: percent × overdue × days ÷ 30, each rounded once.
 * `milliPercent`: thousandths of a percent a month.
 */
export function takeLateLines(account: Account, milliPercent: number): readonly BillLine[] {
  const { late } = account;
  if (late === undefined) return [];
  delete account.late;
  return late.flatMap(({ coinDays, days }) => {
    const amountMinor = roundToMinor(
      BigInt(coinDays) * BigInt(milliPercent),
      100_000n * BigInt(LATE_MONTH_DAYS),
    );
    if (amountMinor === 0) return [];
    // Where the amount changed within the span, the coin-days stand for one day.
    const isEven = coinDays % days === 0;
    const line: BillLine = {
      label: `Late payment surcharge, ${days} ${days === 1 ? "day" : "days"} overdue`,
      charge: "late-surcharge",
      quantity: milliPercent / 1000,
      unit: "percent",
      priceMilliMinor: (isEven ? coinDays / days : coinDays) * 1000,
      part: { days: isEven ? days : 1, ofDays: LATE_MONTH_DAYS },
      amountMinor: minor(amountMinor),
    };
    return [line];
  });
}
