// The register at the end of a billing month: read, between two readings, or beyond the last one, where the like
// hours of the like days say what was probably used.

import { type Calendar, isWorkingDay, localTime } from "../../core/calendar.ts";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { HISTORY, kindOf, registerAt, sequenceAt } from "../history.ts";
import type { Records } from "../records.ts";
import { type HeadendState, HISTORY_INTERVALS, type RateState } from "../state.ts";
import { rateOfInterval, ratesAt } from "./rates.ts";
import type { Tariff } from "./tariff.ts";

type BoundaryRecords = Pick<Records, "calendar" | "intervalMs" | "supplies">;

/** A register at a moment. `byRateWh` is cumulated since the account was opened; empty without rates. */
export interface RegisterAt {
  readonly wh: number;
  readonly byRateWh: readonly number[];
  readonly isRead: boolean;
  /** Number of the reading; missing where it was not read, or not by the head-end. */
  readonly sequence?: number;
  /** Not read, but between two registers that were. */
  readonly isBetween?: boolean;
}

/** Whether an interval's end still lies in a row's history. */
export function isInHistory(headend: HeadendState, row: number, interval: number): boolean {
  return kindOf(headend, row, interval) !== HISTORY.unknown;
}

/** What is known or estimated of a customer's register at an interval's end, not before the history begins. */
export function registerAtEnd(
  headend: HeadendState,
  rates: RateState,
  records: BoundaryRecords,
  tariff: Tariff,
  row: number,
  interval: number,
): RegisterAt {
  const end = headend.historyEnd[row]!;
  if (interval <= end) {
    const isRead = kindOf(headend, row, interval) === HISTORY.read;
    const sequence = sequenceAt(headend, row, interval);
    return {
      wh: registerAt(headend, row, interval),
      byRateWh: ratesAt(rates, headend, records, tariff, row, interval),
      isRead,
      // The register at the start was read by a person.
      ...(isRead && sequence > 0 ? { sequence } : {}),
      ...(isRead ? {} : { isBetween: true }),
    };
  }
  const { calendar, intervalMs } = records;
  const byRateWh = ratesAt(rates, headend, records, tariff, row, end);
  let exactWh = registerAt(headend, row, end);
  let wh = exactWh;
  const meanWh = meanIntervalWh(headend, records, row);
  for (let at = end + 1; at <= interval; at++) {
    exactWh += likeIntervalWh(headend, calendar, row, at, intervalMs) ?? meanWh;
    const next = Math.floor(exactWh);
    if (tariff.kind !== "slab") {
      const rate = rateOfInterval(tariff, calendar, at, intervalMs);
      byRateWh[rate] = byRateWh[rate]! + next - wh;
    }
    wh = next;
  }
  return { wh, byRateWh, isRead: false };
}

/** Mean use of the same interval on days of the same kind (working days, days off) that were read; else undefined. */
function likeIntervalWh(
  headend: HeadendState,
  calendar: Calendar,
  row: number,
  interval: number,
  intervalMs: number,
): number | undefined {
  const perDay = DAY_MS / intervalMs;
  if (!Number.isInteger(perDay)) return undefined;
  const isWorking = isWorkingDay(calendar, localTime(calendar, (interval - 1) * intervalMs));
  let sumWh = 0;
  let days = 0;
  for (let at = interval - perDay; at > interval - HISTORY_INTERVALS - perDay; at -= perDay) {
    if (at < 1) break;
    if (kindOf(headend, row, at) !== HISTORY.read) continue;
    if (kindOf(headend, row, at - 1) !== HISTORY.read) continue;
    const local = localTime(calendar, (at - 1) * intervalMs);
    if (isWorkingDay(calendar, local) !== isWorking) continue;
    sumWh += registerAt(headend, row, at) - registerAt(headend, row, at - 1);
    days++;
  }
  return days === 0 ? undefined : sumWh / days;
}

/** Mean use an interval over the history, or since the last bill before the run where that is too short. */
function meanIntervalWh(headend: HeadendState, records: BoundaryRecords, row: number): number {
  const { supplies, intervalMs } = records;
  const { billedThrough, billedThroughWh } = supplies[row]!.account;
  const end = headend.historyEnd[row]!;
  const oldest = Math.max(0, end - HISTORY_INTERVALS + 1);
  const endWh = registerAt(headend, row, end);
  if (oldest > 0) return (endWh - registerAt(headend, row, oldest)) / (end - oldest);
  const spanMs = end * intervalMs - billedThrough;
  return spanMs < HOUR_MS ? 0 : ((endWh - billedThroughWh) * intervalMs) / spanMs;
}
