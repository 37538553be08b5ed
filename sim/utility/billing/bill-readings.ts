// What a bill rests on: the registers at both ends of each of its months, and the meters that counted between them.

import type { BillMeter, BillReading, BillReadings } from "../../contract/billing.ts";
import { type Calendar, formatLocal, simOfLocal } from "../../core/calendar.ts";
import type { Account, ExportBook, MeterOnFile, OpenMonth } from "../state.ts";
import type { RegisterAt } from "./boundary.ts";
import { exportAt } from "./export-book.ts";

/** `2026-02-01 00:00`, local. */
const minuteText = (calendar: Calendar, at: number): string =>
  formatLocal(calendar, at).slice(0, 16);

/** The register at a local midnight. */
function readingAt(
  calendar: Calendar,
  day: number,
  wh: number,
  quality: BillReading["quality"],
  sequence?: number,
): BillReading {
  const measuredAt = simOfLocal(calendar, day, 0);
  const measured = minuteText(calendar, measuredAt);
  return {
    measuredAt,
    measured,
    wh,
    quality,
    ...(sequence === undefined ? {} : { sequence }),
  };
}

/**
 * Registers at both ends of every open month, in their order. `known`: the newest month whose end was read; what is not
 * read before it lies between two that were. `end`: the register of the newest month.
 */
export function readingsOfMonths(
  calendar: Calendar,
  account: Pick<
    Account,
    "settledDay" | "settledWh" | "isSettledOnEstimate" | "openMonths" | "exports"
  >,
  known: number,
  end: RegisterAt,
): readonly BillReadings[] {
  const { openMonths, settledDay, settledWh } = account;
  const settledQuality = account.isSettledOnEstimate === true ? "estimated" : "actual";
  let from = readingAt(calendar, settledDay, settledWh, settledQuality);
  if (account.exports !== undefined) from = { ...from, ...exportedOf(account.exports, settledDay) };
  return openMonths.map((month, at) => {
    const isLast = at === openMonths.length - 1;
    const quality = qualityOf(month, at < known || (isLast && end.isBetween === true));
    const sequence = isLast && month.isRead ? end.sequence : undefined;
    const imported = readingAt(calendar, month.endDay, month.endWh, quality, sequence);
    const { exports: book } = account;
    const to = book === undefined ? imported : { ...imported, ...exportedOf(book, month.endDay) };
    const readings = { from, to };
    from = to;
    return readings;
  });
}

function exportedOf(book: ExportBook, day: number): Pick<BillReading, "exported"> {
  const exported = exportAt(book, day);
  return exported === undefined ? {} : { exported };
}

function qualityOf({ isRead }: OpenMonth, isBetween: boolean): BillReading["quality"] {
  if (isRead) return "actual";
  return isBetween ? "substituted" : "estimated";
}

/** From the first register of some months to the last one. */
export function wholeOf(readings: readonly BillReadings[]): BillReadings | undefined {
  const first = readings[0];
  const last = readings.at(-1);
  return first === undefined || last === undefined ? undefined : { from: first.from, to: last.to };
}

/** The meters that counted from one register to another, each by its own. */
export function metersBetween(
  meters: readonly MeterOnFile[] | undefined,
  serial: string,
  { from, to }: BillReadings,
): readonly BillMeter[] {
  if (meters === undefined) return [{ serial, fromWh: from.wh, toWh: to.wh }];
  return meters.flatMap((meter) => {
    const hungFrom = Math.max(from.measuredAt, meter.since);
    const hungUntil = Math.min(to.measuredAt, meter.until ?? to.measuredAt);
    if (hungFrom >= hungUntil) return [];
    const lastWh = meter.lastWh ?? to.wh;
    const ownOf = (wh: number): number => wh - meter.offsetWh;
    return [
      {
        serial: meter.serial,
        fromWh: ownOf(Math.max(from.wh, meter.firstWh)),
        toWh: ownOf(Math.min(to.wh, lastWh)),
      },
    ];
  });
}
