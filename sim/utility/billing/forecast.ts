// The bill of the cycle that is not over: as it stands by the newest reading, and as it will be at the cycle's end if
// the like hours of the like days go on. Told by the same numbers and the same rules as an estimated bill.

import type { BillLine } from "../../contract/billing.ts";
import { localTime, simOfLocal } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import type { Records } from "../records.ts";
import type { Account, BillingState, HeadendState, RateState } from "../state.ts";
import { lastEnd, usesOf } from "./bills.ts";
import { type RegisterAt, registerAtEnd } from "./boundary.ts";
import { carriedAfter } from "./charge-lines.ts";
import { cycleEndFrom } from "./cycle.ts";
import { exportSince } from "./export-book.ts";
import { marksWithin } from "./month-notes.ts";
import { type PostpaidTariff, priceMonth } from "./tariff.ts";

export interface CycleNow {
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  readonly readAtMs: SimMs;
  /** The register at the cycle's beginning was not read. */
  readonly beganOnEstimate: boolean;
  readonly used: CycleUse;
  readonly forecast: CycleUse;
}

export interface CycleUse {
  readonly energyWh: number;
  /** Whole local days, the one that is not over included. */
  readonly days: number;
  readonly lines: readonly BillLine[];
}

export interface CycleContext {
  readonly records: Pick<Records, "calendar" | "intervalMs" | "supplies">;
  readonly tariff: PostpaidTariff;
  readonly account: Account;
  readonly billing: Pick<BillingState, "nextBillDay">;
  readonly headend: HeadendState;
  readonly rates: RateState;
  readonly row: number;
}

/** Undefined before the first reading. */
export function cycleNow(context: CycleContext, nowMs: SimMs): CycleNow | undefined {
  const { records, tariff, account, billing, headend, rates, row } = context;
  const { calendar, intervalMs, supplies } = records;
  const end = headend.historyEnd[row]!;
  if (end < 0) return undefined;
  const start = lastEnd(account);
  const endDay = cycleEndFrom(tariff, billing.nextBillDay);
  const toMs = simOfLocal(calendar, endDay, 0);
  const at = (interval: number): RegisterAt =>
    registerAtEnd(headend, rates, records, tariff, row, interval);
  const cycleUseAt = ({ wh, byRateWh }: RegisterAt, endDay: number): CycleUse => {
    const energyWh = Math.max(0, wh - start.endWh);
    const days = Math.max(1, endDay - start.endDay);
    const perRateWh = byRateWh.map((rateWh, r) => Math.max(0, rateWh - (start.byRateWh[r] ?? 0)));
    const month = { endDay, endWh: wh, byRateWh };
    const { exports: book } = account;
    const fed =
      book === undefined
        ? {}
        : {
            exportWh: exportSince(book, start.endDay),
            carriedExportWh: carriedTo(account, context),
          };
    const use = {
      ...{ energyWh, byRateWh: perRateWh, days, fromDay: start.endDay },
      ...{ contract: supplies[row]!.sanctionedW, marks: marksWithin(account, start, month) },
      ...fed,
    };
    return { energyWh, days, lines: priceMonth(tariff, use) };
  };
  // Between the cycle's end and its bill, what is used belongs to the next one.
  const lastInterval = Math.floor(toMs / intervalMs);
  const readInterval = Math.min(end, lastInterval);
  const today = Math.min(localTime(calendar, nowMs).day + 1, endDay);
  return {
    fromMs: simOfLocal(calendar, start.endDay, 0),
    toMs,
    readAtMs: readInterval * intervalMs,
    beganOnEstimate: account.openMonths.at(-1)?.isRead === false,
    used: cycleUseAt(at(readInterval), today),
    forecast: cycleUseAt(at(lastInterval), endDay),
  };
}

/** What export has left over up to the running cycle. */
function carriedTo(account: Account, { records, row, tariff }: CycleContext): number {
  const { calendar } = records;
  const last = usesOf({ tariff, account, calendar, supply: records.supplies[row]! }).at(-1);
  return last === undefined ? (account.exports?.carriedWh ?? 0) : carriedAfter(tariff, last);
}
