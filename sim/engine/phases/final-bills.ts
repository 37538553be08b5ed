// Final bills: once a day, for those who have moved out and whose last midnight is read.

import type { SimMs } from "../../core/time.ts";
import type { BillingOutputs } from "../../utility/billing/accounts.ts";
import { makeBill } from "../../utility/billing/bills.ts";
import { registerAtEnd } from "../../utility/billing/boundary.ts";
import { closeAccount, FINAL_WAIT_DAYS } from "../../utility/billing/closing.ts";
import type { Records } from "../../utility/records.ts";
import type { BeliefState } from "../../utility/state.ts";
import { demandOfMonth, intervalOfDay } from "./bill-notes.ts";

/** Makes the final bills that are due on this local day. */
export function makeFinalBills(
  records: Records,
  state: BeliefState,
  day: number,
  now: SimMs,
  out: BillingOutputs,
): void {
  const { supplies, billing: rules, calendar } = records;
  if (rules === null) return;
  const { headend, rates, accounts, billing, ledger } = state;
  accounts.forEach((account, row) => {
    const { leaving } = account;
    const supply = supplies[row]!;
    const tariff = rules.tariffs[supply.tariff];
    if (leaving === undefined || tariff === undefined || tariff.kind === "prepaid") return;
    const { endDay } = leaving;
    if (day < endDay) return;
    const interval = intervalOfDay(records, endDay);
    const end = registerAtEnd(headend, rates, records, tariff, row, interval);
    if (!end.isRead && day < endDay + FINAL_WAIT_DAYS) return;
    const { policy } = rules;
    const context = { tariff, policy, calendar, supply, account, billing, ledger };
    const before = out.bills.length;
    const demand = demandOfMonth(records, state, row, tariff, interval);
    makeBill(context, end, { billDay: endDay, now, isFinal: true, ...demand }, out);
    const billId = out.bills[before]?.id ?? "";
    closeAccount(supply.id, account, ledger, billId, now, out);
  });
}
