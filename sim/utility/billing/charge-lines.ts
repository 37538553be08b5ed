// The lines of a month in the order of computing: energy; fixed and demand charges; surcharges on energy; power factor;
// duty and taxes, rent with its own; rebates; then, once for the whole bill, the minimum, what is paid for export, and
// the rounding. Every line is rounded to whole coins where it is made and nowhere else. Orders round first and then
// apply the minimum; as a minimum is a multiple of what is rounded to, the other way round comes to the same.

import type { BillCharge, BillLine, BillPart } from "../../contract/billing.ts";
import { type Minor, minor, roundProduct, roundToMinor } from "../../core/money.ts";
import { energyLines, MILLI_WH_PER_MINOR, slabEdgeWh } from "./energy-lines.ts";
import { leftOverWh, type MonthPart, splitMonth } from "./month-parts.ts";
import type { MonthUse, PostpaidTariff } from "./tariff.ts";
import type { DemandTerms, PowerFactorTerms, Rebate, Tax, TaxBase } from "./terms.ts";

const MILLI = 1000;
const UNMEASURED = "Demand and power factor were not measured: by the contract";
/** A percentage is counted in thousandths. */
export const MILLI_PERCENT_PER_WHOLE = 100_000;

/** Whole thousandths of a percent. */
export const milliPercent = (percent: number): number => Math.round(percent * MILLI);

/** Everything of one part of a month that stands before the end of the bill. */
export function chargeLines(tariff: PostpaidTariff, month: MonthUse): readonly BillLine[] {
  const isApparent = tariff.terms?.energyUnit === "VAh";
  const lines = linesOf(tariff, isApparent ? inApparent(month) : month);
  if (!isApparent) return lines;
  return lines.map((line) => (line.unit === "Wh" ? { ...line, unit: "VAh" } : line));
}

/** Everything that is charged a unit is charged a kVAh. */
function inApparent(month: MonthUse): MonthUse {
  const { energyWh, byRateWh, apparentVah = energyWh } = month;
  // The file's check allows it only where there is one price by time.
  const byRate = byRateWh.length === 0 ? [] : [apparentVah];
  return { ...month, energyWh: apparentVah, byRateWh: byRate };
}

function linesOf(tariff: PostpaidTariff, use: MonthUse): readonly BillLine[] {
  const terms = tariff.terms ?? {};
  const part = partOf(tariff, use);
  const billed = netOfExport(tariff, use);
  const lines: BillLine[] = [...energyLines(tariff, { ...billed, part })];
  if (billed.setOffWh > 0) lines.push(setOffLine(billed.setOffWh));
  lines.push(...fixedLines(tariff, use, part));
  if (terms.demand !== undefined) lines.push(...demandLines(terms.demand, use, part));
  if (use.isUnmeasured === true) lines.push(amountLine(UNMEASURED, "demand", minor(0)));
  lines.push(...surchargeLines(tariff, billed.energyWh));
  const { powerFactor } = use;
  if (terms.powerFactor !== undefined && powerFactor !== undefined) {
    lines.push(...powerFactorLines(terms.powerFactor, powerFactor, sumOf(lines, ["energy"])));
  }
  const untaxed = [...lines];
  const unsetMinor = billed.setOffWh === 0 ? NONE : notSetOff(tariff, use, billed, part);
  for (const tax of taxesOf(tariff)) lines.push(taxLine(tax, baseOf(tax.on, untaxed, unsetMinor)));
  for (const { title, monthlyMinor, taxPercent } of terms.rents ?? []) {
    const rent = { ...monthlyLine(title, "rent", monthlyMinor, part) };
    lines.push(rent);
    if (taxPercent > 0)
      lines.push(percentLine(`Tax on ${title}`, "duty", taxPercent, rent.amountMinor));
  }
  for (const rebate of terms.rebates ?? []) {
    const line = rebateLine(rebate, untaxed, use, part, Math.max(0, totalOf(lines)));
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** The end of a bill: the minimum of its parts, export that is paid for, and the rounding of the last version. */
export function closingLines(
  parts: readonly MonthPart[],
  lines: readonly BillLine[],
): readonly BillLine[] {
  const closing: BillLine[] = [];
  const soFarMinor = totalOf(lines);
  let minimum = Number.NEGATIVE_INFINITY;
  for (const { version, use } of parts) {
    const { minimumMinor } = version.terms ?? {};
    if (minimumMinor === undefined) continue;
    minimum = Math.max(0, minimum) + prorated(minimumMinor, partOf(version, use));
  }
  if (soFarMinor < minimum) {
    closing.push(amountLine("Up to the minimum bill", "minimum", minor(minimum - soFarMinor)));
  }
  for (const { version, use } of parts) closing.push(...exportLines(version, use));
  const toMinor = parts.at(-1)!.version.terms?.roundToMinor ?? 1;
  const exactMinor = soFarMinor + totalOf(closing);
  const roundedMinor = roundProduct(exactMinor, 1, toMinor) * toMinor;
  if (roundedMinor !== exactMinor) {
    closing.push(amountLine("Rounding", "rounding", minor(roundedMinor - exactMinor)));
  }
  return closing;
}

/** Undefined for a whole month. */
export function partOf(
  tariff: PostpaidTariff,
  { days, monthDays }: Pick<MonthUse, "days" | "monthDays">,
): BillPart | undefined {
  const { cycleMonths: months = 1, partMonthDays } = tariff.terms ?? {};
  const of = months === 1 ? {} : { months };
  if (monthDays === undefined || monthDays === days) {
    return months === 1 ? undefined : { days, ofDays: days, ...of };
  }
  return { days, ofDays: partMonthDays === undefined ? monthDays : partMonthDays * months, ...of };
}

/** What a monthly amount comes to in a part of a month, in whole coins. */
export const prorated = (monthlyMinor: number, part: BillPart | undefined): Minor =>
  part === undefined
    ? minor(monthlyMinor)
    : roundProduct(monthlyMinor, part.days * (part.months ?? 1), part.ofDays);

/** Sum of a bill's lines. */
export const totalOf = (lines: readonly BillLine[]): Minor =>
  minor(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0));

const sumOf = (lines: readonly BillLine[], charges: readonly BillLine["charge"][]): number =>
  totalOf(lines.filter(({ charge }) => charges.includes(charge)));

interface Billed {
  readonly energyWh: number;
  readonly byRateWh: readonly number[];
  readonly setOffWh: number;
}

/** Net metering: what is left of import after export and what was carried. Everything else bills all import. */
function netOfExport({ terms }: PostpaidTariff, use: MonthUse): Billed {
  const { energyWh, byRateWh, exportWh, carriedExportWh } = use;
  if (terms?.export?.kind !== "net-metering") return { energyWh, byRateWh, setOffWh: 0 };
  const setOffWh = Math.min(energyWh, (exportWh ?? 0) + (carriedExportWh ?? 0));
  const leftWh = energyWh - setOffWh;
  // The file's check allows it only where there is one price by time.
  return { energyWh: leftWh, byRateWh: byRateWh.length === 0 ? [] : [leftWh], setOffWh };
}

/** Export that is left over after this month and carried to the next one, Wh; 0 without net metering. */
export function carriedAfter(tariff: PostpaidTariff, month: MonthUse): number {
  const { version, use } = splitMonth(tariff, month).at(-1)!;
  return version.terms?.export?.kind === "net-metering" ? leftOverWh(use) : 0;
}

const setOffLine = (setOffWh: number): BillLine => ({
  label: "Export set against use",
  charge: "export",
  quantity: -setOffWh,
  unit: "Wh",
  priceMilliMinor: 0,
  amountMinor: minor(0),
});

/** The fixed charge goes by what was drawn, whatever was fed in. */
function fixedLines(
  tariff: PostpaidTariff,
  { energyWh, days }: MonthUse,
  part: BillPart | undefined,
): readonly BillLine[] {
  if (tariff.kind === "slab") {
    const row = tariff.fixed.find(({ uptoKWh }) => energyWh <= slabEdgeWh(uptoKWh, part));
    if (row === undefined || row.monthlyMinor === 0) return [];
    return [monthlyLine("Fixed charge", "fixed", row.monthlyMinor, part)];
  }
  const lines: BillLine[] = [];
  const { dailyMilliMinor, monthlyMinor } = tariff;
  if (dailyMilliMinor > 0) {
    lines.push({
      label: "Standing charge",
      charge: "fixed",
      quantity: days,
      unit: "day",
      priceMilliMinor: dailyMilliMinor,
      amountMinor: roundProduct(days, dailyMilliMinor, MILLI),
    });
  }
  if (monthlyMinor > 0) lines.push(monthlyLine("Fixed charge", "fixed", monthlyMinor, part));
  return lines;
}

function demandLines(
  { unit, priceMilliMinorPerKilo, contractPercent, excessPercent }: DemandTerms,
  { demand = 0, contract = 0 }: MonthUse,
  part: BillPart | undefined,
): readonly BillLine[] {
  const least = Math.round((contract * milliPercent(contractPercent)) / MILLI_PERCENT_PER_WHOLE);
  const withinContract = contract === 0 ? demand : Math.min(demand, contract);
  const excess = demand - withinContract;
  const lines: BillLine[] = [];
  const add = (label: string, quantity: number, price: number): void => {
    if (quantity === 0) return;
    const days = (part?.days ?? 1) * (part?.months ?? 1);
    const exact = BigInt(quantity) * BigInt(price) * BigInt(days);
    const of = BigInt(MILLI_WH_PER_MINOR) * BigInt(part?.ofDays ?? 1);
    const amountMinor = roundToMinor(exact, of);
    const line = { label, charge: "demand", quantity, unit, priceMilliMinor: price } as const;
    lines.push({ ...line, amountMinor, ...(part === undefined ? {} : { part }) });
  };
  const isLeast = least > withinContract;
  const label = isLeast ? `Demand, ${contractPercent} % of the contract` : "Demand, recorded";
  add(label, isLeast ? least : withinContract, priceMilliMinorPerKilo);
  const excessPrice =
    (priceMilliMinorPerKilo * milliPercent(excessPercent)) / MILLI_PERCENT_PER_WHOLE;
  add("Demand above the contract", excess, Math.round(excessPrice));
  return lines;
}

function surchargeLines({ terms }: PostpaidTariff, energyWh: number): readonly BillLine[] {
  if (energyWh === 0) return [];
  return (terms?.surcharges ?? []).map(({ title, priceMilliMinorPerKWh }) => ({
    label: title,
    charge: "surcharge",
    quantity: energyWh,
    unit: "Wh",
    priceMilliMinor: priceMilliMinorPerKWh,
    amountMinor: roundProduct(energyWh, priceMilliMinorPerKWh, MILLI_WH_PER_MINOR),
  }));
}

/** The power factor counts in whole hundredths, to the nearest. */
function powerFactorLines(
  terms: PowerFactorTerms,
  powerFactor: number,
  energyMinor: number,
): readonly BillLine[] {
  const hundredths = Math.round(Math.abs(powerFactor) * 100);
  const below = Math.max(0, terms.belowHundredths - hundredths);
  const above = Math.max(0, hundredths - terms.aboveHundredths);
  const percent = (steps: number, each: number): number => (steps * milliPercent(each)) / MILLI;
  const is = `Power factor ${(hundredths / 100).toFixed(2)}`;
  const penalty = percent(below, terms.penaltyPercent);
  const incentive = percent(above, terms.incentivePercent);
  if (penalty > 0) return [percentLine(`${is}: penalty`, "power-factor", penalty, energyMinor)];
  if (incentive > 0) {
    return [percentLine(`${is}: incentive`, "power-factor", -incentive, energyMinor)];
  }
  return [];
}

/** The duty of slabs first, then what else there is. */
export function taxesOf(tariff: PostpaidTariff): readonly Tax[] {
  if (tariff.kind === "time-of-use") return tariff.taxes;
  const { dutyPercent, taxes = [] } = tariff;
  if (dutyPercent === 0) return taxes;
  const title = "Electricity duty on the energy charge";
  return [{ title, percent: dutyPercent, on: "energy" }, ...taxes];
}

interface Unset {
  readonly energyMinor: number;
  readonly surchargeMinor: number;
}
const NONE: Unset = { energyMinor: 0, surchargeMinor: 0 };

/** What export took off the energy charge and the surcharges: taxes are of that too, unless the tariff says else. */
function notSetOff(
  tariff: PostpaidTariff,
  { energyWh, byRateWh }: MonthUse,
  billed: Billed,
  part: BillPart | undefined,
): Unset {
  const { terms } = tariff;
  if (terms?.export?.kind !== "net-metering" || terms.export.lowersTaxes) return NONE;
  const energyMinor = (of: Pick<Billed, "energyWh" | "byRateWh">): number =>
    totalOf(energyLines(tariff, { energyWh: of.energyWh, byRateWh: of.byRateWh, part }));
  const surchargeMinor = (wh: number): number => totalOf(surchargeLines(tariff, wh));
  return {
    energyMinor: energyMinor({ energyWh, byRateWh }) - energyMinor(billed),
    surchargeMinor: surchargeMinor(energyWh) - surchargeMinor(billed.energyWh),
  };
}

function baseOf(on: TaxBase, lines: readonly BillLine[], unset: Unset): number {
  switch (on) {
    case "energy":
      return sumOf(lines, ["energy"]) + unset.energyMinor;
    case "energy-and-surcharges":
      return sumOf(lines, ["energy", "surcharge"]) + unset.energyMinor + unset.surchargeMinor;
    case "energy-and-fixed":
      return sumOf(lines, ["energy", "fixed", "demand"]) + unset.energyMinor;
    case "all":
      return totalOf(lines) + unset.energyMinor + unset.surchargeMinor;
  }
}

const taxLine = ({ title, percent }: Tax, baseMinor: number): BillLine =>
  percentLine(title, "duty", percent, baseMinor);

function percentLine(
  label: string,
  charge: BillCharge,
  percent: number,
  baseMinor: number,
): BillLine {
  return {
    label,
    charge,
    quantity: percent,
    unit: "percent",
    priceMilliMinor: baseMinor * MILLI,
    amountMinor: roundProduct(baseMinor, milliPercent(percent), MILLI_PERCENT_PER_WHOLE),
  };
}

function monthlyLine(
  label: string,
  charge: BillCharge,
  monthlyMinor: Minor,
  part: BillPart | undefined,
): BillLine {
  return {
    label,
    charge,
    quantity: 1,
    unit: "month",
    priceMilliMinor: monthlyMinor * MILLI,
    amountMinor: prorated(monthlyMinor, part),
    ...(part === undefined ? {} : { part }),
  };
}

/** Undefined where nothing is given. A rebate never gives more than `mostMinor`, what was charged before it. */
function rebateLine(
  { title, of, whereUptoKWh }: Rebate,
  untaxed: readonly BillLine[],
  { energyWh }: MonthUse,
  part: BillPart | undefined,
  mostMinor: number,
): BillLine | undefined {
  if (whereUptoKWh !== undefined && energyWh > slabEdgeWh(whereUptoKWh, part)) return undefined;
  const line = rebateBefore(title, of, untaxed, energyWh, part);
  if (-line.amountMinor > mostMinor) return amountLine(title, "rebate", minor(-mostMinor));
  return line.amountMinor === 0 ? undefined : line;
}

function rebateBefore(
  title: string,
  of: Rebate["of"],
  untaxed: readonly BillLine[],
  energyWh: number,
  part: BillPart | undefined,
): BillLine {
  switch (of.kind) {
    case "percent":
      return percentLine(title, "rebate", -of.percent, baseOf(of.on, untaxed, NONE));
    case "monthly":
      return monthlyLine(title, "rebate", minor(-of.monthlyMinor), part);
    case "per-kWh": {
      const wh = Math.min(energyWh, slabEdgeWh(of.firstKWh, part));
      const price = -of.priceMilliMinorPerKWh;
      const amountMinor = roundProduct(wh, price, MILLI_WH_PER_MINOR);
      const line = { label: title, charge: "rebate", quantity: wh, unit: "Wh" } as const;
      return { ...line, priceMilliMinor: price, amountMinor };
    }
  }
}

/** Net billing pays for every kWh that was fed in. */
function exportLines({ terms }: PostpaidTariff, { exportWh = 0 }: MonthUse): readonly BillLine[] {
  if (terms?.export?.kind !== "net-billing" || exportWh === 0) return [];
  const { title, priceMilliMinorPerKWh } = terms.export;
  const price = -priceMilliMinorPerKWh;
  const amountMinor = roundProduct(exportWh, price, MILLI_WH_PER_MINOR);
  const line = { label: title, charge: "export", quantity: exportWh, unit: "Wh" } as const;
  return [{ ...line, priceMilliMinor: price, amountMinor }];
}

const amountLine = (label: string, charge: BillCharge, amountMinor: Minor): BillLine => ({
  label,
  charge,
  quantity: 1,
  unit: "amount",
  priceMilliMinor: 0,
  amountMinor,
});
