// A tariff as data, and the price of a month: its parts by the versions of the tariff, each in the order of computing
// that charge-lines.ts states, and closed as one bill.

import type { BillLine } from "../../contract/billing.ts";
import type { PrepaidTerms } from "../../contract/reading.ts";
import { type Minor, roundProduct } from "../../core/money.ts";
import { chargeLines, closingLines } from "./charge-lines.ts";
import { MILLI_WH_PER_MINOR } from "./energy-lines.ts";
import { nameOfPart, splitMonth } from "./month-parts.ts";
import type { BillTerms, Tax } from "./terms.ts";

/** Rates that a tariff with windows may have. */
export const RATES_MAX = 8;

/** Prices are in thousandths of the smallest coin, as tariffs print them. */
interface TariffHead {
  readonly id: string;
  readonly title: string;
  /** ISO 4217. */
  readonly currency: string;
}

interface PostpaidHead extends TariffHead {
  /** Missing: none. */
  readonly terms?: BillTerms;
  /** Later versions, in the order of their first local days; each has the same kind and the same rates. */
  readonly changes?: readonly TariffChange[];
}

/** From the local midnight at which `fromDay` begins, other prices. */
export interface TariffChange {
  readonly fromDay: number;
  readonly tariff: PostpaidTariff;
}

/** A price that depends on how much was used in the month. */
export interface SlabTariff extends PostpaidHead {
  readonly kind: "slab";
  /** Telescopic: each block at its own price. The last one has no upper end. */
  readonly blocks: readonly TariffBlock[];
  /** Above the last telescopic kWh the whole use has one price; empty where blocks go on for ever. */
  readonly wholeUse: readonly TariffBlock[];
  readonly fixed: readonly { readonly uptoKWh: number | null; readonly monthlyMinor: Minor }[];
  /** Electricity duty on the energy charge, in percent. */
  readonly dutyPercent: number;
  /** Other taxes; missing: none. */
  readonly taxes?: readonly Tax[];
}

export interface TariffBlock {
  readonly uptoKWh: number | null;
  readonly priceMilliMinorPerKWh: number;
}

/** A price that depends on when it was used. */
export interface TimeOfUseTariff extends PostpaidHead, RateTimes {
  readonly kind: "time-of-use";
  /** The rates are slots of the day: their use stands on the bill as one sum, not line by line. */
  readonly isBySlot?: true;
  readonly dailyMilliMinor: number;
  readonly monthlyMinor: Minor;
  readonly taxes: readonly Tax[];
}

/** Rates and when they hold. One rate is a flat price. */
export interface RateTimes {
  /** At most RATES_MAX; by slots one each, and one for each price of a table. */
  readonly rates: readonly Rate[];
  /** Row of the rate that holds where no window does. */
  readonly otherwise: number;
  /** `standard`: windows do not move with summer time. */
  readonly clock: "local" | "standard";
  /** The first season that a day lies in holds; a day in none has the rate `otherwise`. */
  readonly seasons: readonly Season[];
  /** Days with rates of their own, before any season; missing: none. */
  readonly table?: RateTable;
}

/** Row of the rate of each slot of a day, by the day: `2026-01-05`, or `01-05` for that day of every year. */
export interface RateTable {
  readonly slotMinutes: number;
  readonly days: Readonly<Record<string, readonly number[]>>;
}

export interface Rate {
  readonly id: string;
  readonly title: string;
  readonly priceMilliMinorPerKWh: number;
}

export interface Season {
  /** First and last day, month × 100 + day; a season may lie across the turn of the year. */
  readonly fromMonthDay: number;
  readonly untilMonthDay: number;
  readonly windows: readonly RateWindow[];
}

/** Local minutes of the day; a window may lie across midnight, and each side belongs to its own day. */
export interface RateWindow {
  readonly rate: number;
  readonly fromMinute: number;
  readonly untilMinute: number;
  readonly days: "all" | "working-days" | "days-off";
}

/** What one month's bill is computed from. */
export interface MonthUse {
  readonly energyWh: number;
  /** Row: rate of the tariff; empty for a tariff without rates. Sums to `energyWh`. */
  readonly byRateWh: readonly number[];
  readonly days: number;
  /** Days of the whole month that these are a part of; missing: they are the whole. */
  readonly monthDays?: number;
  /** First local day; needed only where the tariff changes within the month. */
  readonly fromDay?: number;
  /** Use up to midnights within the month that were read, in order; between them it is spread over the days. */
  readonly marks?: readonly UseMark[];
  /** Largest mean of half an hour, in whole VA or W, whichever the tariff charges. Missing: none was measured, 0. */
  readonly demand?: number;
  /** What the customer may draw by contract, in the same unit; missing: no limit is agreed, 0. */
  readonly contract?: number;
  /** Of the month: 0 to 1. Missing: not measured, and nothing is charged for it. */
  readonly powerFactor?: number;
  /** Apparent energy, where the tariff is in kVAh; missing: not measured, and every kWh counts as one kVAh. */
  readonly apparentVah?: number;
  /** No register told of demand and apparent energy: the bill says so. */
  readonly isUnmeasured?: true;
  /** Fed into the grid; missing: 0. `carriedExportWh`: left over from months before. */
  readonly exportWh?: number;
  readonly carriedExportWh?: number;
}

/** Use of the first `days` of a month. */
export interface UseMark {
  readonly days: number;
  readonly energyWh: number;
  readonly byRateWh: readonly number[];
}

/** A price that the meter itself counts down from what was paid. Prices include every tax. */
export interface PrepaidTariff extends TariffHead, RateTimes {
  readonly kind: "prepaid";
  /** The same rates as a meter knows them. */
  readonly terms: PrepaidTerms;
  /** Share of every charge that is tax, in percent of the whole. */
  readonly taxPercent: number;
  /** Percent of the last recharge at which a customer is told how little is left; missing: none. */
  readonly alertPercents?: readonly number[];
  /** Share of a payment that goes to old debt, in percent, as long as there is any. */
  readonly debtPercent: number;
}

export type PostpaidTariff = SlabTariff | TimeOfUseTariff;
export type Tariff = PostpaidTariff | PrepaidTariff;

/** Price of `energyWh` at one block price, rounded to whole coins. */
export function energyCharge(energyWh: number, priceMilliMinorPerKWh: number): Minor {
  return roundProduct(energyWh, priceMilliMinorPerKWh, MILLI_WH_PER_MINOR);
}

/** A tariff and what it changes to, in order. */
export const versionsOf = (tariff: PostpaidTariff): readonly PostpaidTariff[] => [
  tariff,
  ...(tariff.changes ?? []).map((change) => change.tariff),
];

/** How many rate registers a tariff needs; none where one price depends on the sum alone. */
export function rateCountOf(tariff: Tariff): number {
  return tariff.kind === "slab" ? 0 : tariff.rates.length;
}

/**
 * The lines of one month's bill. Every line is rounded to whole coins, once; what a tariff rounds further is a line of
 * its own at the end. A month in which the tariff changes has the lines of each version, and one end.
 */
export function priceMonth(tariff: PostpaidTariff, use: MonthUse): readonly BillLine[] {
  const parts = splitMonth(tariff, use);
  const lines: BillLine[] = [];
  for (const part of parts) {
    const prefix = parts.length > 1 ? `${nameOfPart(part.use)}: ` : "";
    for (const line of chargeLines(part.version, part.use)) {
      lines.push(prefix === "" ? line : { ...line, label: `${prefix}${line.label}` });
    }
  }
  lines.push(...closingLines(parts, lines));
  return lines;
}
