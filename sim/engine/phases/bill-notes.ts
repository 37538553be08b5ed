// What the company writes down between bills, and takes from there when it makes them.

import { simOfLocal } from "../../core/calendar.ts";
import { isInHistory, registerAtEnd } from "../../utility/billing/boundary.ts";
import {
  changesToNote,
  chargesDemand,
  closeDemand,
  noteChange,
  noteDemand,
} from "../../utility/billing/month-notes.ts";
import type { Tariff } from "../../utility/billing/tariff.ts";
import type { Records } from "../../utility/records.ts";
import type { BeliefState } from "../../utility/state.ts";

/** The interval that ends at a local midnight. */
export const intervalOfDay = (
  { calendar, intervalMs }: Pick<Records, "calendar" | "intervalMs">,
  day: number,
): number => Math.round(simOfLocal(calendar, day, 0) / intervalMs);

/** Once a day: what the month's bill will need and the history may have forgotten by then. */
export function noteForBill(
  records: Records,
  { accounts, headend, rates }: BeliefState,
  row: number,
  tariff: Tariff | undefined,
  today: number,
): void {
  if (tariff === undefined) return;
  const account = accounts[row]!;
  for (const day of changesToNote(account, tariff, today)) {
    const interval = intervalOfDay(records, day);
    if (!isInHistory(headend, row, interval)) continue;
    noteChange(account, day, registerAtEnd(headend, rates, records, tariff, row, interval));
  }
  if (!chargesDemand(tariff)) return;
  const from = intervalOfDay(records, account.settledDay);
  noteDemand(account, headend, row, { intervalMs: records.intervalMs, from });
}

/** The largest half hour of the month that ends with an interval; nothing where the tariff does not ask for it. */
export function demandOfMonth(
  records: Records,
  { accounts, headend }: BeliefState,
  row: number,
  tariff: Tariff,
  interval: number,
): { readonly demandW?: number } {
  if (!chargesDemand(tariff)) return {};
  const account = accounts[row]!;
  const from = intervalOfDay(records, account.settledDay);
  const span = { intervalMs: records.intervalMs, from, upto: interval };
  return { demandW: closeDemand(account, headend, row, span) };
}
