// One postpaid account with its books, day by day, without a street: what is overdue, billed, paid and done by hand.

import type { Payment } from "../../sim/contract/billing.ts";
import { dayOfDate, firstDayOfNextMonth, simOfLocal } from "../../sim/core/calendar.ts";
import { minor } from "../../sim/core/money.ts";
import {
  type BillingOutputs,
  createBilling,
  openAccounts,
  takePayment,
} from "../../sim/utility/billing/accounts.ts";
import { makeBill } from "../../sim/utility/billing/bills.ts";
import { closeAccount } from "../../sim/utility/billing/closing.ts";
import { agreeInstalments, reviewPlan } from "../../sim/utility/billing/instalments.ts";
import { stepAccount, type Wish } from "../../sim/utility/billing/ladder.ts";
import { countLateDay } from "../../sim/utility/billing/late-surcharge.ts";
import { createLedger } from "../../sim/utility/billing/ledger.ts";
import { isRepeated } from "../../sim/utility/billing/settlements.ts";
import type { PostpaidTariff } from "../../sim/utility/billing/tariff.ts";
import { street } from "./street.ts";

export const OPENING_WH = 1000;
const { calendar, records } = street();

export interface Books {
  /** What is owed at the start, and since when it is due. */
  readonly owedMinor?: number;
  readonly dueAt?: number;
  readonly lateMilliPercent?: number;
  readonly depositMinor?: number;
}

/** Local time of a day of January 2026, counted on. */
export const january = (day: number, hour = 0): number =>
  simOfLocal(calendar, dayOfDate(2026, 1, 1) + day - 1, hour * 60);

/** The books of supply-01 from 1 January 2026. */
export function books({
  owedMinor = 0,
  dueAt = january(1),
  lateMilliPercent,
  depositMinor,
}: Books = {}) {
  const [tariff] = records.billing!.tariffs as [PostpaidTariff];
  const items =
    owedMinor === 0 ? [] : [{ label: "Bill 2025-12", amountMinor: minor(owedMinor), dueAt }];
  const first = records.supplies[0]!;
  const opening = {
    ...first.account,
    billedThroughWh: OPENING_WH,
    billedThrough: january(1),
    items,
  };
  const deposit = depositMinor === undefined ? {} : { depositMinor: minor(depositMinor) };
  const paid = { creditMinor: minor(0), ...deposit };
  const supply = { ...first, protected: null, account: { ...opening, ...paid } };
  const policy = {
    ...records.billing!.policy,
    ...(lateMilliPercent === undefined ? {} : { lateMilliPercent }),
  };
  const { arrearsMinMinor } = policy;
  const out: BillingOutputs = { postings: [], bills: [], letters: [], events: [] };
  const ledger = createLedger();
  const [account] = openAccounts(
    { ...records, calendar, supplies: [supply] },
    ledger,
    out.postings,
  );
  const billing = createBilling(calendar);
  const context = { tariff, policy, calendar, supply, account: account!, billing, ledger };
  let billDay = dayOfDate(2026, 1, 1);
  return {
    ...context,
    out,
    /** Counts a day of what is overdue at the hour of bills. */
    late: (day: number) => countLateDay(account!, january(day, 6)),
    /** Bills the next month with this register. */
    month: (wh: number, isRead = true) => {
      billDay = firstDayOfNextMonth(billDay);
      const now = simOfLocal(calendar, billDay, policy.billAtMinute);
      makeBill(context, { wh, byRateWh: [], isRead }, { billDay, now }, out);
      return out.bills.at(-1)!;
    },
    /** The customer moves out at the end of a day of January 2026, counted on. */
    final: (day: number, wh: number, isRead = true) => {
      const endDay = dayOfDate(2026, 1, 1) + day;
      const now = simOfLocal(calendar, endDay, policy.billAtMinute);
      const when = { billDay: endDay, now, isFinal: true } as const;
      makeBill(context, { wh, byRateWh: [], isRead }, when, out);
      closeAccount(supply.id, account!, ledger, out.bills.at(-1)!.id, now, out);
      return out.bills.at(-1)!;
    },
    pay: (amount: number, at: number, receipt?: string) => {
      const payment: Payment = {
        kind: "payment",
        supply: supply.id,
        at,
        amountMinor: minor(amount),
        reference: receipt ?? `test/${out.postings.length}`,
        ...(receipt === undefined ? {} : { receipt }),
      };
      if (isRepeated(account!, payment, at, out)) return;
      takePayment(account!, billing, ledger, payment, { at, arrearsMinMinor }, out);
    },
    agree: (months: number, at: number) =>
      agreeInstalments(supply.id, account!, calendar, { months, at, arrearsMinMinor }, out),
    /** The plan and then the ladder look at the account; its meter is heard all the time. */
    step: (now: number): Wish | undefined => {
      reviewPlan(supply.id, account!, now, out);
      const rung = { policy, calendar, row: 0, supply, account: account!, billing, heardAt: now };
      return stepAccount(rung, now, out);
    },
  };
}
