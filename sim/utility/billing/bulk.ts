// Bills of a month for very many customers of one tariff, as columns: to the coin what priceMonth comes to, without
// its lines. What the columns do not know (demand, power factor, rebates, export, slots, a change within the month)
// goes through priceMonth row by row.

import { BILL_CHARGES, type BillCharge, type BillLine } from "../../contract/billing.ts";
import { assert } from "../../core/assert.ts";
import { roundProduct } from "../../core/money.ts";
import {
  MILLI_PERCENT_PER_WHOLE,
  milliPercent,
  partOf,
  prorated,
  taxesOf,
} from "./charge-lines.ts";
import { MILLI_WH_PER_MINOR, slabEdgeWh } from "./energy-lines.ts";
import { versionOn } from "./month-parts.ts";
import {
  type MonthUse,
  type PostpaidTariff,
  priceMonth,
  rateCountOf,
  type SlabTariff,
} from "./tariff.ts";
import type { TaxBase } from "./terms.ts";

/** Use of one month. Row: customer, and customer × rates of the tariff + rate; without rates the latter is empty. */
export interface BulkUse {
  readonly energyWh: Float64Array;
  readonly byRateWh: Float64Array;
  readonly days: number;
  readonly monthDays?: number;
  readonly fromDay?: number;
}

/** Row: customer. Smallest coins; the total is the sum of all charges. */
export type BulkBills = Readonly<Record<BillCharge | "total", Float64Array>>;

/** Columns for so many customers, all 0. */
export function createBills(count: number): BulkBills {
  const columns = [...BILL_CHARGES, "total" as const].map((name) => [
    name,
    new Float64Array(count),
  ]);
  return Object.fromEntries(columns) as BulkBills;
}

/** Prices every row; what stood in `bills` is gone. */
export function priceColumns(tariff: PostpaidTariff, use: BulkUse, bills: BulkBills): void {
  const count = use.energyWh.length;
  const rates = rateCountOf(tariff);
  const isFit = use.byRateWh.length === count * rates && bills.total.length === count;
  assert(isFit, `columns of ${count} customers and ${rates} rates expected`);
  const version = versionOf(tariff, use);
  if (version === undefined || !isColumnar(version)) {
    priceRows(tariff, use, bills);
    return;
  }
  for (const charge of BILL_CHARGES) bills[charge].fill(0);
  if (version.kind === "slab") priceSlabs(version, use, bills);
  else priceRates(version, use, bills);
  addRest(version, use, bills);
}

/** The one version that holds in all of the month; undefined where there are several. */
function versionOf(tariff: PostpaidTariff, { fromDay, days }: BulkUse): PostpaidTariff | undefined {
  if (tariff.changes === undefined || tariff.changes.length === 0) return tariff;
  if (fromDay === undefined) return undefined;
  const first = versionOn(tariff, fromDay);
  return first === versionOn(tariff, fromDay + days - 1) ? first : undefined;
}

function isColumnar(tariff: PostpaidTariff): boolean {
  const { demand, powerFactor, rebates = [], export: exported } = tariff.terms ?? {};
  const isPlain = demand === undefined && powerFactor === undefined && exported === undefined;
  return isPlain && rebates.length === 0 && !(tariff.kind === "time-of-use" && tariff.isBySlot);
}

function priceRows(tariff: PostpaidTariff, use: BulkUse, bills: BulkBills): void {
  const rates = rateCountOf(tariff);
  const { energyWh, days, monthDays, fromDay } = use;
  const rest = {
    days,
    ...(monthDays === undefined ? {} : { monthDays }),
    ...(fromDay === undefined ? {} : { fromDay }),
  };
  for (const charge of BILL_CHARGES) bills[charge].fill(0);
  bills.total.fill(0);
  for (let row = 0; row < energyWh.length; row++) {
    const byRateWh = Array.from(use.byRateWh.subarray(row * rates, (row + 1) * rates));
    const one: MonthUse = { energyWh: energyWh[row]!, byRateWh, ...rest };
    for (const line of priceMonth(tariff, one)) addLine(bills, row, line);
  }
}

function addLine(bills: BulkBills, row: number, { charge, amountMinor }: BillLine): void {
  const column = bills[charge as BillCharge]; // a tariff has no charges of an account
  column[row] = column[row]! + amountMinor;
  bills.total[row] = bills.total[row]! + amountMinor;
}

/** Edges in Wh and prices of rows of a slab table. */
interface Steps {
  readonly edgeWh: Float64Array;
  readonly value: Float64Array;
}

function stepsOf(
  rows: readonly { readonly uptoKWh: number | null; readonly value: number }[],
  part: ReturnType<typeof partOf>,
): Steps {
  return {
    edgeWh: Float64Array.from(rows, ({ uptoKWh }) => slabEdgeWh(uptoKWh, part)),
    value: Float64Array.from(rows, ({ value }) => value),
  };
}

/** Row of the step in which a use lies; −1 above the last. */
function stepAt({ edgeWh }: Steps, wh: number): number {
  for (let step = 0; step < edgeWh.length; step++) if (wh <= edgeWh[step]!) return step;
  return -1;
}

function priceSlabs(tariff: SlabTariff, use: BulkUse, { energy, fixed }: BulkBills): void {
  const part = partOf(tariff, use);
  const priced = (rows: SlabTariff["blocks"]): Steps =>
    stepsOf(
      rows.map(({ uptoKWh, priceMilliMinorPerKWh: value }) => ({ uptoKWh, value })),
      part,
    );
  const blocks = priced(tariff.blocks);
  const whole = priced(tariff.wholeUse);
  const monthly = tariff.fixed.map(({ uptoKWh, monthlyMinor }) => {
    return { uptoKWh, value: prorated(monthlyMinor, part) };
  });
  const fixedSteps = stepsOf(monthly, part);
  const blockCount = blocks.edgeWh.length;
  const topWh = whole.value.length > 0 ? blocks.edgeWh[blockCount - 1]! : Number.POSITIVE_INFINITY;
  const { energyWh } = use;
  for (let row = 0; row < energyWh.length; row++) {
    const wh = energyWh[row]!;
    const step = stepAt(fixedSteps, wh);
    if (step >= 0) fixed[row] = fixedSteps.value[step]!;
    const wholeStep = wh > topWh ? stepAt(whole, wh) : -1;
    if (wholeStep >= 0) {
      energy[row] = roundProduct(wh, whole.value[wholeStep]!, MILLI_WH_PER_MINOR);
      continue;
    }
    let sum = 0;
    let fromWh = 0;
    for (let block = 0; block < blockCount && fromWh < wh; block++) {
      const endWh = Math.min(wh, blocks.edgeWh[block]!);
      if (endWh <= fromWh) continue;
      sum += roundProduct(endWh - fromWh, blocks.value[block]!, MILLI_WH_PER_MINOR);
      fromWh = endWh;
    }
    energy[row] = sum;
  }
}

function priceRates(
  tariff: Exclude<PostpaidTariff, SlabTariff>,
  use: BulkUse,
  { energy, fixed }: BulkBills,
): void {
  const prices = Float64Array.from(
    tariff.rates,
    ({ priceMilliMinorPerKWh }) => priceMilliMinorPerKWh,
  );
  const { dailyMilliMinor, monthlyMinor } = tariff;
  const dailyMinor = roundProduct(use.days, Math.max(0, dailyMilliMinor), 1000);
  fixed.fill(dailyMinor + prorated(Math.max(0, monthlyMinor), partOf(tariff, use)));
  const rates = prices.length;
  const { byRateWh } = use;
  for (let row = 0, at = 0; row < energy.length; row++) {
    let sum = 0;
    for (let rate = 0; rate < rates; rate++, at++) {
      sum += roundProduct(byRateWh[at]!, prices[rate]!, MILLI_WH_PER_MINOR);
    }
    energy[row] = sum;
  }
}

/** What is the same for slabs and rates, once energy and fixed charge are known. */
function addRest(tariff: PostpaidTariff, use: BulkUse, bills: BulkBills): void {
  const { energy, fixed, surcharge, duty, rent, minimum, rounding, total } = bills;
  const terms = tariff.terms ?? {};
  const part = partOf(tariff, use);
  const surcharges = (terms.surcharges ?? []).map((each) => each.priceMilliMinorPerKWh);
  const taxes = taxesOf(tariff).map(({ percent, on }) => ({ milli: milliPercent(percent), on }));
  let rentMinor = 0;
  let rentTaxMinor = 0;
  for (const { monthlyMinor, taxPercent } of terms.rents ?? []) {
    const each = prorated(monthlyMinor, part);
    rentMinor += each;
    rentTaxMinor += roundProduct(each, milliPercent(taxPercent), MILLI_PERCENT_PER_WHOLE);
  }
  const least = terms.minimumMinor === undefined ? 0 : prorated(terms.minimumMinor, part);
  const hasMinimum = terms.minimumMinor !== undefined;
  const to = terms.roundToMinor ?? 1;
  const { energyWh } = use;
  for (let row = 0; row < energyWh.length; row++) {
    let perKWh = 0;
    for (let each = 0; each < surcharges.length; each++) {
      perKWh += roundProduct(energyWh[row]!, surcharges[each]!, MILLI_WH_PER_MINOR);
    }
    let taxed = rentTaxMinor;
    for (let each = 0; each < taxes.length; each++) {
      const { on, milli } = taxes[each]!;
      const base =
        energy[row]! + (hasFixed(on) ? fixed[row]! : 0) + (hasSurcharges(on) ? perKWh : 0);
      taxed += roundProduct(base, milli, MILLI_PERCENT_PER_WHOLE);
    }
    surcharge[row] = perKWh;
    duty[row] = taxed;
    rent[row] = rentMinor;
    let sum = energy[row]! + fixed[row]! + perKWh + taxed + rentMinor;
    if (hasMinimum && sum < least) {
      minimum[row] = least - sum;
      sum = least;
    }
    if (to > 1) {
      const rounded = roundProduct(sum, 1, to) * to;
      rounding[row] = rounded - sum;
      sum = rounded;
    }
    total[row] = sum;
  }
}

const hasFixed = (on: TaxBase): boolean => on === "energy-and-fixed" || on === "all";
const hasSurcharges = (on: TaxBase): boolean => on === "energy-and-surcharges" || on === "all";
