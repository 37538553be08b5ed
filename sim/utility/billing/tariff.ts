// A tariff as data, and the price of a month. Order of computing: energy, fixed charge, duty, one rounding each.

import type { BillLine } from "../../contract/billing.ts";
import type { PrepaidTerms } from "../../contract/reading.ts";
import { type Minor, minor, roundToMinor } from "../../core/money.ts";
import { partOfMonth } from "./part-of-month.ts";

/** Rates that a tariff may have; the bound of an account's rate registers. */
export const RATES_MAX = 8;

/** Prices are in thousandths of the smallest coin, as tariffs print them. */
interface TariffHead {
  readonly id: string;
  readonly title: string;
  /** ISO 4217. */
  readonly currency: string;
}

/** A price that depends on how much was used in the month. */
export interface SlabTariff extends TariffHead {
  readonly kind: "slab";
  /** Telescopic: each block at its own price. The last one has no upper end. */
  readonly blocks: readonly TariffBlock[];
  /** Above the last telescopic kWh the whole use has one price; empty where blocks go on for ever. */
  readonly wholeUse: readonly TariffBlock[];
  readonly fixed: readonly { readonly uptoKWh: number | null; readonly monthlyMinor: Minor }[];
  /** Electricity duty on the energy charge, in percent. */
  readonly dutyPercent: number;
}

export interface TariffBlock {
  readonly uptoKWh: number | null;
  readonly priceMilliMinorPerKWh: number;
}

/** A price that depends on when it was used. */
export interface TimeOfUseTariff extends TariffHead, RateTimes {
  readonly kind: "time-of-use";
  readonly dailyMilliMinor: number;
  readonly monthlyMinor: Minor;
  readonly taxes: readonly Tax[];
}

/** Rates and when they hold. One rate is a flat price. */
export interface RateTimes {
  /** At most RATES_MAX. */
  readonly rates: readonly Rate[];
  /** Row of the rate that holds where no window does. */
  readonly otherwise: number;
  /** `standard`: windows do not move with summer time. */
  readonly clock: "local" | "standard";
  /** The first season that a day lies in holds; a day in none has the rate `otherwise`. */
  readonly seasons: readonly Season[];
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

export interface Tax {
  readonly title: string;
  readonly percent: number;
  readonly on: "energy" | "energy-and-fixed";
}

/** What one month's bill is computed from. */
export interface MonthUse {
  readonly energyWh: number;
  /** Row: rate of the tariff; empty for a tariff without rates. Sums to `energyWh`. */
  readonly byRateWh: readonly number[];
  readonly days: number;
  /** Days of the whole month that these are a part of; missing: they are the whole. */
  readonly monthDays?: number;
}

/** A price that the meter itself counts down from what was paid. Prices include every tax. */
export interface PrepaidTariff extends TariffHead, RateTimes {
  readonly kind: "prepaid";
  /** The same rates as a meter knows them. */
  readonly terms: PrepaidTerms;
  /** Share of every charge that is tax, in percent of the whole. */
  readonly taxPercent: number;
  /** Share of a payment that goes to old debt, in percent, as long as there is any. */
  readonly debtPercent: number;
}

export type PostpaidTariff = SlabTariff | TimeOfUseTariff;
export type Tariff = PostpaidTariff | PrepaidTariff;

const WH_PER_KWH = 1000n;
const MILLI = 1000n;

/** Price of `energyWh` at one block price, rounded to whole coins. */
export function energyCharge(energyWh: number, priceMilliMinorPerKWh: number): Minor {
  return roundToMinor(BigInt(energyWh) * BigInt(priceMilliMinorPerKWh), WH_PER_KWH * MILLI);
}

/** How many rate registers a tariff needs; none where one price depends on the sum alone. */
export function rateCountOf(tariff: Tariff): number {
  return tariff.kind === "slab" ? 0 : tariff.rates.length;
}

/** The lines of one month's bill. */
export function priceMonth(tariff: PostpaidTariff, use: MonthUse): readonly BillLine[] {
  const part = partOfMonth(tariff, use);
  return part.kind === "slab" ? priceSlabs(part, use.energyWh) : priceRates(part, use);
}

/** Sum of a bill's lines. */
export function totalOf(lines: readonly BillLine[]): Minor {
  return minor(lines.reduce((sum, line) => sum + line.amountMinor, 0));
}

function priceSlabs(tariff: SlabTariff, energyWh: number): readonly BillLine[] {
  const lines: BillLine[] = [...energyLines(tariff, energyWh)];
  const energyMinor = totalOf(lines);
  const fixed = tariff.fixed.find(({ uptoKWh }) => uptoKWh === null || energyWh <= uptoKWh * 1000);
  if (fixed !== undefined && fixed.monthlyMinor !== 0) lines.push(monthlyLine(fixed.monthlyMinor));
  if (tariff.dutyPercent > 0) {
    lines.push(taxLine("Electricity duty on the energy charge", tariff.dutyPercent, energyMinor));
  }
  return lines;
}

function priceRates(tariff: TimeOfUseTariff, { byRateWh, days }: MonthUse): readonly BillLine[] {
  const lines: BillLine[] = [];
  tariff.rates.forEach(({ title, priceMilliMinorPerKWh }, rate) => {
    const energyWh = byRateWh[rate] ?? 0;
    if (energyWh !== 0) lines.push(energyLine(title, energyWh, priceMilliMinorPerKWh));
  });
  const energyMinor = totalOf(lines);
  if (tariff.dailyMilliMinor > 0) {
    lines.push({
      label: "Standing charge",
      charge: "fixed",
      quantity: days,
      unit: "day",
      priceMilliMinor: tariff.dailyMilliMinor,
      amountMinor: roundToMinor(BigInt(days) * BigInt(tariff.dailyMilliMinor), MILLI),
    });
  }
  if (tariff.monthlyMinor > 0) lines.push(monthlyLine(tariff.monthlyMinor));
  const beforeTaxMinor = totalOf(lines);
  for (const { title, percent, on } of tariff.taxes) {
    lines.push(taxLine(title, percent, on === "energy" ? energyMinor : beforeTaxMinor));
  }
  return lines;
}

function monthlyLine(monthlyMinor: Minor): BillLine {
  return {
    label: "Fixed charge",
    charge: "fixed",
    quantity: 1,
    unit: "month",
    priceMilliMinor: monthlyMinor * 1000,
    amountMinor: monthlyMinor,
  };
}

function taxLine(label: string, percent: number, baseMinor: Minor): BillLine {
  return {
    label,
    charge: "duty",
    quantity: percent,
    unit: "percent",
    priceMilliMinor: baseMinor * 1000,
    amountMinor: roundToMinor(BigInt(baseMinor) * BigInt(percent), 100n),
  };
}

function energyLines(tariff: SlabTariff, energyWh: number): readonly BillLine[] {
  const top = tariff.blocks.at(-1)?.uptoKWh ?? null;
  if (tariff.wholeUse.length > 0 && top !== null && energyWh > top * 1000) {
    const block = tariff.wholeUse.find(
      ({ uptoKWh }) => uptoKWh === null || energyWh <= uptoKWh * 1000,
    );
    if (block !== undefined)
      return [energyLine("All units", energyWh, block.priceMilliMinorPerKWh)];
  }
  const lines: BillLine[] = [];
  let fromWh = 0;
  for (const block of tariff.blocks) {
    const endWh =
      block.uptoKWh === null ? energyWh : Math.min(energyWh, Math.round(block.uptoKWh * 1000));
    if (endWh <= fromWh) break;
    const label =
      block.uptoKWh === null
        ? `Units above ${fromWh / 1000}`
        : `Units ${fromWh / 1000} to ${block.uptoKWh}`;
    lines.push(energyLine(label, endWh - fromWh, block.priceMilliMinorPerKWh));
    fromWh = endWh;
  }
  return lines;
}

function energyLine(label: string, energyWh: number, priceMilliMinorPerKWh: number): BillLine {
  return {
    label,
    charge: "energy",
    quantity: energyWh,
    unit: "Wh",
    priceMilliMinor: priceMilliMinorPerKWh,
    amountMinor: energyCharge(energyWh, priceMilliMinorPerKWh),
  };
}
