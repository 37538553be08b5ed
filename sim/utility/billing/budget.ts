// Budget billing: the same amount each month, from what was used last. What it is off by is kept in a ledger account of
// its own and settled after twelve months, when the amount is set anew.

import type { BillLine } from "../../contract/billing.ts";
import { minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { Account } from "../state.ts";
import { type BillingOutputs, touch } from "./accounts.ts";
import type { RegisterAt } from "./boundary.ts";
import { totalOf } from "./charge-lines.ts";
import { cycleMonthsOf } from "./cycle.ts";
import { type MonthUse, type PostpaidTariff, priceMonth } from "./tariff.ts";

const BUDGET_MONTHS = 12;
/** Fewer days say too little about a year. */
const KNOWN_DAYS_MIN = 7;
const MEAN_MONTH_DAYS = 30;

/** Why budget billing cannot begin or end; undefined where it can. */
export function refusalOfBudget(account: Account, isOn: boolean): string | undefined {
  if (account.prepaid !== null) return "a prepaid customer has no bills";
  if (account.closed !== undefined || account.leaving !== undefined) return "the account is closed";
  if (isOn && account.budget !== undefined) return "there is budget billing already";
  if (!isOn && account.budget === undefined) return "there is no budget billing";
  return undefined;
}

/**
 * What a month of 30 days costs at the mean of the days since the last bill before the run. `used`: since then. The
 * first day is needed where the tariff changes.
 * Undefined where too little is known.
 */
export function monthlyAmountMinor(
  tariff: PostpaidTariff,
  used: Pick<RegisterAt, "wh" | "byRateWh">,
  days: number,
  { fromDay, contract }: Pick<MonthUse, "fromDay" | "contract"> = {},
): number | undefined {
  if (days < KNOWN_DAYS_MIN) return undefined;
  const months = cycleMonthsOf(tariff);
  const monthly = (wh: number): number => Math.round((wh * MEAN_MONTH_DAYS * months) / days);
  const byRateWh = used.byRateWh.map(monthly);
  const energyWh =
    byRateWh.length === 0 ? monthly(used.wh) : byRateWh.reduce((sum, wh) => sum + wh, 0);
  const month = {
    ...{ energyWh, byRateWh, days: MEAN_MONTH_DAYS * months },
    ...(fromDay === undefined ? {} : { fromDay }),
    ...(contract === undefined ? {} : { contract }),
  };
  return Math.round(totalOf(priceMonth(tariff, month)) / months);
}

/** From the next bill on the same amount each month. */
export function beginBudget(
  supply: string,
  account: Account,
  amountMinor: number,
  at: SimMs,
  { events }: BillingOutputs,
): void {
  touch(account);
  account.budget = { amountMinor, bills: 0, chargedMinor: 0, deferredMinor: 0, isEnding: false };
  events.push({ kind: "budget-set", at, supply, amountMinor });
}

/** The next bill settles it. */
export function endBudget(account: Account): void {
  if (account.budget !== undefined) account.budget.isEnding = true;
}

/** What a bill charges before the budget, and for how many months: one that was held is billed with the next. */
interface Charged {
  readonly chargesMinor: number;
  readonly months: number;
  readonly isFinal: boolean;
}

/** The line that makes a bill's charges the budget's amount, or settles what was put off; changes the budget. */
export function takeBudgetLine(
  supply: string,
  account: Account,
  { chargesMinor, months, isFinal }: Charged,
  at: SimMs,
  { events }: BillingOutputs,
): readonly BillLine[] {
  const { budget } = account;
  if (budget === undefined) return [];
  budget.bills += months;
  budget.chargedMinor += chargesMinor;
  const isEnd = budget.isEnding || isFinal;
  if (!isEnd && budget.bills < BUDGET_MONTHS) {
    const fromMinor = minor(budget.amountMinor * months);
    const label =
      months === 1
        ? "Budget: the same amount each month"
        : `Budget: the same amount for each of ${months} months`;
    const line = difference(label, fromMinor, chargesMinor);
    budget.deferredMinor += line.amountMinor;
    return [line];
  }
  const line = difference("Budget: settled", 0, budget.deferredMinor);
  budget.deferredMinor = 0;
  if (isEnd) delete account.budget;
  else {
    const amountMinor = Math.max(0, Math.round(budget.chargedMinor / budget.bills));
    account.budget = { ...budget, amountMinor, bills: 0, chargedMinor: 0 };
    events.push({ kind: "budget-set", at, supply, amountMinor });
  }
  return [line];
}

function difference(label: string, fromMinor: number, lessMinor: number): BillLine {
  return {
    label,
    charge: "budget",
    quantity: 1,
    unit: "amount",
    priceMilliMinor: 0,
    amountMinor: minor(fromMinor - lessMinor),
    difference: { fromMinor: minor(fromMinor), lessMinor: minor(lessMinor) },
  };
}
