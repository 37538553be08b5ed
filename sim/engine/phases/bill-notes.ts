// What the company writes down between bills, and takes from there when it makes them.

import type { MeterReading } from "../../contract/reading.ts";
import { simOfLocal } from "../../core/calendar.ts";
import { lastEnd } from "../../utility/billing/bills.ts";
import { isInHistory, registerAtEnd } from "../../utility/billing/boundary.ts";
import { cycleEndFrom } from "../../utility/billing/cycle.ts";
import { asksForApparent, noteApparent, openDemand } from "../../utility/billing/demand-book.ts";
import {
  asksForExport,
  markExport,
  noteExport,
  openExports,
} from "../../utility/billing/export-book.ts";
import { serialNow } from "../../utility/billing/meters-on-file.ts";
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
  { accounts, headend, rates, billing }: BeliefState,
  row: number,
  tariff: Tariff | undefined,
  today: number,
): void {
  if (tariff === undefined) return;
  const account = accounts[row]!;
  if (account.exports !== undefined && account.closed === undefined) {
    const day = account.leaving?.endDay ?? cycleEndFrom(tariff, billing.nextBillDay);
    markExport(account.exports, day, intervalOfDay(records, day));
  }
  for (const day of changesToNote(account, tariff, today)) {
    const interval = intervalOfDay(records, day);
    if (!isInHistory(headend, row, interval)) continue;
    noteChange(account, day, registerAtEnd(headend, rates, records, tariff, row, interval));
  }
  if (!chargesDemand(tariff)) return;
  const from = intervalOfDay(records, account.settledDay);
  noteDemand(account, headend, row, { intervalMs: records.intervalMs, from });
}

/** The export register of a reading that is kept, where the customer's tariff asks for it. */
export function noteExportOf(
  { accounts, billing }: BeliefState,
  records: Records,
  row: number,
  tariff: Tariff,
  { measuredAt, exportWh }: MeterReading,
): void {
  const account = accounts[row]!;
  const interval = Math.round(measuredAt / records.intervalMs);
  if (account.exports !== undefined) return noteExport(account.exports, interval, exportWh);
  if (!asksForExport(tariff) || account.closed !== undefined) return;
  // A run from before export was kept: it begins with the register that is known first.
  const { endDay } = lastEnd(account);
  account.exports = openExports(endDay, { interval, wh: exportWh });
  const day = cycleEndFrom(tariff, billing.nextBillDay);
  markExport(account.exports, day, intervalOfDay(records, day));
}

/** What the meter that hangs there now says of demand and apparent energy. `came`: in its own register. */
export function noteApparentOf(
  { accounts }: BeliefState,
  records: Records,
  row: number,
  tariff: Tariff | undefined,
  { kept, came }: { readonly kept: MeterReading; readonly came: MeterReading },
): void {
  const account = accounts[row];
  if (account === undefined || account.closed !== undefined || !asksForApparent(tariff)) return;
  if (came.serial !== serialNow(account, records.supplies[row]!.serial)) return;
  const { calendar } = records;
  // A run from before it was kept: it begins without a register to begin from.
  account.demand ??= openDemand(simOfLocal(calendar, account.settledDay, 0), null);
  const { leaving } = account;
  noteApparent(account.demand, {
    measuredAt: kept.measuredAt,
    importWh: kept.importWh,
    offsetWh: kept.importWh - came.importWh,
    apparent: came.apparent,
    leavingAt: leaving === undefined ? null : simOfLocal(calendar, leaving.endDay, 0),
  });
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
