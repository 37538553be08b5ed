// `meterville tariff try`: what a month costs by a tariff file, line by line, without a street.

import { moneyText, priceText } from "../../contract/bill-form.ts";
import type { BillLine } from "../../contract/billing.ts";
import { partText } from "../../contract/explain-bill.ts";
import { createCalendar, formatDay, simOfLocal } from "../../core/calendar.ts";
import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import { dayOfText } from "../../engine/scenario/tariff-checks.ts";
import { readTariff } from "../../engine/scenario/tariff-file.ts";
import { carriedAfter, totalOf } from "../../utility/billing/charge-lines.ts";
import { chargesOfUse } from "../../utility/billing/prepaid.ts";
import { rateOfInterval } from "../../utility/billing/rates.ts";
import {
  type MonthUse,
  type PrepaidTariff,
  priceMonth,
  type Tariff,
  versionsOf,
} from "../../utility/billing/tariff.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { createReadText } from "../files.ts";

export interface TariffTryOptions {
  readonly kwh?: string;
  readonly byRate?: string;
  readonly days: number;
  readonly monthDays?: number;
  readonly from: string;
  readonly demandKva?: string;
  readonly demandKw?: string;
  readonly contract?: string;
  readonly powerFactor?: string;
  readonly exportKwh?: string;
  readonly carriedKwh?: string;
  readonly json?: boolean;
}

/** Prices each use; throws CallerError or ScenarioError where an option or the file is wrong. */
export async function tariffTryCommand(file: string, options: TariffTryOptions): Promise<number> {
  const fromDay = dayOfText(options.from);
  if (fromDay === undefined || !/^\d{4}-\d\d-\d\d$/.test(options.from)) {
    throw new CallerError(`--from ${options.from}: there is no such day; write 2026-04-01`);
  }
  const read = createReadText();
  // Holidays belong to a street; here only Saturdays and Sundays are days off.
  const calendar = createCalendar(`${options.from}T00:00`, "UTC", []);
  const tariff = readTariff({ file, text: read(file) }, { calendar, intervalMs: MINUTE_MS, read });
  const shares = sharesOf(tariff, calendar, fromDay, options.days);
  const bills = usesOf(tariff, shares, fromDay, options).map((use) => billOf(tariff, use));
  if (options.json === true) {
    const { id, title, currency } = tariff;
    process.stdout.write(`${JSON.stringify({ tariff: id, title, currency, bills })}\n`);
  } else {
    const texts = bills.map((bill) => tableOf(tariff, bill, fromDay));
    process.stdout.write(`${texts.join("\n\n")}\n`);
  }
  return EXIT.done;
}

/** Row: rate. Minutes of the days for which each rate holds; what nobody splits is spread evenly over them. */
function sharesOf(
  tariff: Tariff,
  calendar: ReturnType<typeof createCalendar>,
  fromDay: number,
  days: number,
): readonly number[] {
  if (tariff.kind === "slab") return [];
  const minutes = tariff.rates.map(() => 0);
  const first = simOfLocal(calendar, fromDay, 0) / MINUTE_MS;
  for (let minute = 0; minute < days * (DAY_MS / MINUTE_MS); minute++) {
    const rate = rateOfInterval(tariff, calendar, first + minute + 1, MINUTE_MS);
    minutes[rate] = minutes[rate]! + 1;
  }
  return minutes;
}

function usesOf(
  tariff: Tariff,
  shares: readonly number[],
  fromDay: number,
  options: TariffTryOptions,
): readonly MonthUse[] {
  const rest = restOf(tariff, fromDay, options);
  if (options.byRate !== undefined) {
    if (options.kwh !== undefined) {
      throw new CallerError("give --kwh, or --by-rate with the use of each rate, not both");
    }
    const byRateWh = whList("--by-rate", options.byRate);
    const titles = tariff.kind === "slab" ? [] : tariff.rates.map(({ id }) => id);
    if (byRateWh.length !== titles.length) {
      const has =
        titles.length === 0
          ? "no rates; give --kwh"
          : `${titles.length} rates: ${titles.join(", ")}`;
      throw new CallerError(`--by-rate ${options.byRate}: ${tariff.id} has ${has}`);
    }
    const energyWh = sumOf(byRateWh);
    if (energyWh > LARGEST * 1000) {
      throw new CallerError(
        `--by-rate: the rates sum to ${energyWh / 1000}; write at most ${LARGEST}`,
      );
    }
    return [{ energyWh, byRateWh, ...rest }];
  }
  if (options.kwh === undefined) throw new CallerError("give --kwh 220, or --kwh 50,220,251");
  return whList("--kwh", options.kwh).map((energyWh) => {
    return { energyWh, byRateWh: spreadOver(energyWh, shares), ...rest };
  });
}

/** Everything but the energy. */
function restOf(tariff: Tariff, fromDay: number, options: TariffTryOptions) {
  refuseUnused(tariff, options);
  const { days, monthDays, demandKva, demandKw, powerFactor } = options;
  const demand = demandKva ?? demandKw;
  const option = demandKva === undefined ? "--demand-kw" : "--demand-kva";
  const ratio = powerFactor === undefined ? undefined : Number(powerFactor);
  if (ratio !== undefined && !(ratio >= 0 && ratio <= 1)) {
    throw new CallerError(`--power-factor ${powerFactor}: write 0 to 1, such as 0.87`);
  }
  const { contract, exportKwh, carriedKwh } = options;
  return {
    days,
    fromDay,
    ...(monthDays === undefined ? {} : { monthDays }),
    ...(demand === undefined ? {} : { demand: thousandths(option, demand) }),
    ...(contract === undefined ? {} : { contract: thousandths("--contract", contract) }),
    ...(ratio === undefined ? {} : { powerFactor: ratio }),
    ...(exportKwh === undefined ? {} : { exportWh: thousandths("--export-kwh", exportKwh) }),
    ...(carriedKwh === undefined
      ? {}
      : { carriedExportWh: thousandths("--carried-kwh", carriedKwh) }),
  };
}

/** What a tariff charges nothing for would be given in vain. */
function refuseUnused(tariff: Tariff, options: TariffTryOptions): void {
  const terms = tariff.kind === "prepaid" ? [] : versionsOf(tariff);
  const of = terms.map((version) => version.terms ?? {});
  const unit = of.find(({ demand }) => demand !== undefined)?.demand?.unit;
  const kinds = of.map((each) => each.export?.kind);
  const unused: readonly (readonly [string, string | undefined, string | undefined])[] = [
    ["--demand-kva", options.demandKva, demandFault(unit, "VA")],
    ["--demand-kw", options.demandKw, demandFault(unit, "W")],
    [
      "--contract",
      options.contract,
      unit === undefined ? "charges no demand; leave it out" : undefined,
    ],
    [
      "--power-factor",
      options.powerFactor,
      of.some(({ powerFactor, energyUnit }) => (powerFactor ?? energyUnit) !== undefined)
        ? undefined
        : "charges nothing for it; leave it out",
    ],
    [
      "--export-kwh",
      options.exportKwh,
      kinds.some((kind) => kind !== undefined)
        ? undefined
        : "pays nothing for export; leave it out",
    ],
    [
      "--carried-kwh",
      options.carriedKwh,
      kinds.includes("net-metering") ? undefined : "carries no export over; leave it out",
    ],
  ];
  for (const [option, given, fault] of unused) {
    if (given === undefined || fault === undefined) continue;
    throw new CallerError(`${option}: ${tariff.id} ${fault}`);
  }
}

function demandFault(unit: "VA" | "W" | undefined, asked: "VA" | "W"): string | undefined {
  if (unit === asked) return undefined;
  if (unit === undefined) return "charges no demand; leave it out";
  return unit === "W"
    ? "charges demand in kW; give --demand-kw"
    : "charges demand in kVA; give --demand-kva";
}

/** kWh, kVA and kW; more would be more money than whole coins can count exactly. */
const LARGEST = 1e7;

/** `1.234` is 1234: kWh as Wh, kVA as VA, kW as W. */
function thousandths(option: string, text: string): number {
  if (!/^\d+(\.\d{1,3})?$/.test(text.trim())) {
    throw new CallerError(`${option} ${text}: write 0 or more, with at most three decimals`);
  }
  if (Number(text) > LARGEST) {
    throw new CallerError(`${option} ${text}: write at most ${LARGEST}`);
  }
  return Math.round(Number(text) * 1000);
}

const whList = (option: string, text: string): readonly number[] =>
  text.split(",").map((each) => thousandths(option, each));

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

/** Each running sum is cut off, so that the parts sum to the whole. */
function spreadOver(energyWh: number, shares: readonly number[]): readonly number[] {
  const whole = sumOf(shares);
  let through = 0;
  let doneWh = 0;
  return shares.map((share) => {
    through += share;
    const uptoWh = Number((BigInt(energyWh) * BigInt(through)) / BigInt(whole));
    const wh = uptoWh - doneWh;
    doneWh = uptoWh;
    return wh;
  });
}

interface TriedBill {
  readonly energyWh: number;
  readonly byRateWh: readonly number[];
  readonly days: number;
  readonly lines: readonly BillLine[];
  readonly totalMinor: number;
  /** Export that is carried to the next month. */
  readonly carriedExportWh: number;
}

function billOf(tariff: Tariff, tried: MonthUse): TriedBill {
  const use = withApparent(tariff, tried);
  const { energyWh, byRateWh, days } = use;
  const lines = tariff.kind === "prepaid" ? prepaidLines(tariff, use) : priceMonth(tariff, use);
  const carriedExportWh = tariff.kind === "prepaid" ? 0 : carriedAfter(tariff, use);
  return { energyWh, byRateWh, days, lines, totalMinor: totalOf(lines), carriedExportWh };
}

/** A tariff in kVAh bills kWh ÷ power factor. */
function withApparent(tariff: Tariff, use: MonthUse): MonthUse {
  const { energyWh, powerFactor = 0 } = use;
  const isApparent =
    tariff.kind !== "prepaid" &&
    versionsOf(tariff).some(({ terms }) => terms?.energyUnit !== undefined);
  if (!isApparent || powerFactor === 0) return use;
  return { ...use, apparentVah: Math.round(energyWh / powerFactor) };
}

/** What a prepaid meter counts down, as the books split it. */
function prepaidLines(
  tariff: PrepaidTariff,
  { energyWh, byRateWh, days }: MonthUse,
): readonly BillLine[] {
  const { energy, fixed, duty } = chargesOfUse(tariff, byRateWh, days);
  const line = (
    label: string,
    charge: BillLine["charge"],
    amountMinor: typeof energy,
  ): BillLine => {
    return { label, charge, quantity: 1, unit: "amount", priceMilliMinor: 0, amountMinor };
  };
  return [
    line(`Use of ${energyWh / 1000} kWh, before tax`, "energy", energy),
    line(`Standing charge of ${days} days, before tax`, "fixed", fixed),
    line(`Tax, ${tariff.taxPercent} % of everything`, "duty", duty),
  ];
}

function tableOf(tariff: Tariff, bill: TriedBill, fromDay: number): string {
  const { currency } = tariff;
  const rows: (readonly [string, string, string])[] = [
    ...bill.lines.map((line) => {
      return [line.label, lineText(line, currency), moneyText(line.amountMinor, currency)] as const;
    }),
    ["Total", "", moneyText(bill.totalMinor, currency)],
  ];
  if (bill.carriedExportWh > 0) {
    rows.push(["Carried to the next month", `${bill.carriedExportWh / 1000} kWh`, ""]);
  }
  const [labels, workings, amounts] = [0, 1, 2].map((column) =>
    Math.max(...rows.map((row) => row[column]!.length)),
  ) as [number, number, number];
  const upto = formatDay(fromDay + bill.days - 1);
  const head = `${tariff.title}: ${bill.energyWh / 1000} kWh, ${formatDay(fromDay)} to ${upto}`;
  const body = rows.map(([label, working, amount]) =>
    `  ${label.padEnd(labels)}  ${working.padEnd(workings)}  ${amount.padStart(amounts)}`.trimEnd(),
  );
  return [head, ...body].join("\n");
}

/** `50 kWh × ₹3.25`: what one multiplies to come to the amount; empty where nothing is multiplied. */
function lineText(line: BillLine, currency: string): string {
  const { quantity, unit, part, isMeanPrice } = line;
  const price = priceText(line.priceMilliMinor, currency);
  const share = part === undefined ? "" : partText(part);
  switch (unit) {
    case "Wh":
      return `${quantity / 1000} kWh ${isMeanPrice === true ? "at about" : "×"} ${price}`;
    case "VAh":
      return `${quantity / 1000} kVAh × ${price}`;
    case "VA":
      return `${quantity / 1000} kVA × ${price}${share}`;
    case "W":
      return `${quantity / 1000} kW × ${price}${share}`;
    case "month":
      return `${quantity} month × ${price}${share}`;
    case "day":
      return `${quantity} days × ${price}`;
    case "percent":
      return `${quantity} % of ${price}`;
    case "amount":
    case "correction":
      return "";
  }
}
