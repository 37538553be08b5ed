// Why is this 3 412.50? A bill said line by line, in sentences whose numbers recompute it to the coin. It knows the bill
// alone: no tariff, no account, no store.

import { type Minor, minor, roundToMinor } from "../core/money.ts";
import { coinDigits } from "./bill-form.ts";
import type {
  AssessmentBasis,
  Bill,
  BillDemand,
  BillExport,
  BillLine,
  BillPart,
  BillReading,
  BillReadings,
} from "./billing.ts";

export interface ExplainedLine {
  readonly label: string;
  readonly sentence: string;
  readonly amountMinor: Minor;
  /** Worked out again from the numbers of the sentence; null where the line has none to work it out from. */
  readonly recomputedMinor: Minor | null;
}

export interface BillExplanation {
  /** What the bill is about, and what it rests on. */
  readonly head: readonly string[];
  readonly lines: readonly ExplainedLine[];
  readonly total: string;
  /** No line that has numbers of its own, and no total, comes out otherwise than it stands on the bill. */
  readonly isExact: boolean;
}

/** Says a whole bill. */
export function explainBill(bill: Bill): BillExplanation {
  const lines = bill.lines.map((line) => explainLine(line, bill));
  const sum = bill.lines.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const amounts = bill.lines.map(({ amountMinor }) => coins(amountMinor, bill.currency));
  const working = amounts.length > 1 ? `${amounts.join(" + ").replaceAll("+ −", "− ")} = ` : "";
  const isSummed = sum === bill.amountMinor;
  return {
    head: headOf(bill),
    lines,
    total: isSummed
      ? `${working}${money(bill.amountMinor, bill.currency)}`
      : `the lines sum to ${money(sum, bill.currency)}, the bill asks for ${money(bill.amountMinor, bill.currency)}`,
    isExact:
      isSummed &&
      isExportExact(bill) &&
      lines.every(
        ({ recomputedMinor, amountMinor }) => (recomputedMinor ?? amountMinor) === amountMinor,
      ),
  };
}

function headOf(bill: Bill): readonly string[] {
  if (bill.basis !== undefined) return assessmentHead(bill, bill.basis);
  const { period, readings, meters = [] } = bill;
  const head: string[] = [];
  if (period !== undefined) {
    head.push(
      `Bill ${bill.id} of ${bill.supply}, from ${period.from} up to ${period.until} (not included), to be paid by ${period.due}, by the tariff ${bill.tariff}.`,
    );
  } else head.push(`Bill ${bill.id} of ${bill.supply}, by the tariff ${bill.tariff}.`);
  head.push(
    readings === undefined
      ? `Register from ${kWh(bill.startWh)} to ${kWh(bill.endWh)}: ${kWh(bill.energyWh)}. This bill is of before bills kept their readings.`
      : `The ${textOf(readings)}: ${kWh(readings.to.wh - readings.from.wh)}.`,
  );
  for (const { serial, fromWh, toWh } of meters) {
    head.push(`Meter ${serial} counted from ${kWh(fromWh)} to ${kWh(toWh)}.`);
  }
  for (const month of bill.exports ?? []) head.push(exportSentence(month, bill));
  for (const month of bill.demands ?? []) head.push(demandSentence(month));
  return head;
}

function demandSentence({ month, demandVa, energy }: BillDemand): string {
  const is = `Maximum demand up to the end of ${month}: ${decimal(demandVa, 3)} kVA`;
  if (energy === undefined || energy.vah <= 0) return `${is}.`;
  const { wh, vah } = energy;
  return `${is}; power factor ${kWh(wh)} ÷ ${decimal(vah, 3)} kVAh = ${(wh / vah).toFixed(2)}.`;
}

function exportSentence(
  { month, fromWh, toWh, carriedWh, setOffWh, leftWh }: BillExport,
  { readings }: Bill,
): string {
  const ends = [readings?.from, readings?.to].flatMap((end) =>
    end?.exported === undefined || end.exported.quality === "actual"
      ? []
      : [`the register of ${end.measured} is ${QUALITIES[end.exported.quality]}`],
  );
  const known = ends.length === 0 ? "" : ` (${ends.join("; ")})`;
  const carried = carriedWh === 0 ? "" : ` and ${kWh(carriedWh)} carried from before`;
  const off = setOffWh === 0 ? "" : `, ${kWh(setOffWh)} set against use`;
  const left = leftWh === 0 ? "" : `, ${kWh(leftWh)} carried on`;
  return `Fed into the grid in ${month}: ${kWh(toWh)} − ${kWh(fromWh)} = ${kWh(toWh - fromWh)}${carried}${off}${left}${known}.`;
}

/** What was fed in and carried is set off or carried on, to the watt-hour; with net billing it is only paid for. */
function isExportExact({ exports = [] }: Bill): boolean {
  return exports.every(({ fromWh, toWh, importWh, carriedWh, setOffWh, leftWh }) => {
    const isPaid = setOffWh === 0 && leftWh === 0 && carriedWh === 0;
    const hasAdded = toWh - fromWh + carriedWh === setOffWh + leftWh;
    return toWh >= fromWh && (isPaid || (hasAdded && setOffWh <= importWh));
  });
}

function assessmentHead({ id, supply, period, tariff }: Bill, basis: AssessmentBasis): string[] {
  const { loadW, days, hoursPerDay, demandFactor, assessedWh, meteredWh, timesTariff } = basis;
  const span = period === undefined ? "" : `, from ${period.from} up to ${period.until}`;
  const left = kWh(Math.max(0, assessedWh - meteredWh));
  return [
    `Provisional assessment ${id} of ${supply}${span}, at ${timesTariff} times the tariff ${tariff}; it can be disputed.`,
    `${decimal(loadW, 3)} kW × ${days} days × ${hoursPerDay} hours × ${demandFactor} = ${kWh(assessedWh)}, less ${kWh(meteredWh)} metered at the mean of what is known = ${left}; parts of a watt-hour and of a month are left out.`,
  ];
}

function explainLine(line: BillLine, { currency, readings }: Bill): ExplainedLine {
  const { label, amountMinor } = line;
  const recomputedMinor = recompute(line);
  const working = workingOf(line, currency);
  const amount = coins(amountMinor, currency);
  const rests = isOther(line.readings, readings) ? `; ${textOf(line.readings)}` : "";
  const off =
    recomputedMinor !== null && recomputedMinor !== amountMinor
      ? `; worked out again it is ${coins(recomputedMinor, currency)}, which is not what the bill says`
      : "";
  const result = working === "" ? `${amount}, as charged` : `${working} = ${amount}`;
  return { label, sentence: `${label}: ${result}${rests}${off}.`, amountMinor, recomputedMinor };
}

/** A line that rests on the registers of the whole bill does not say them again. */
function isOther(
  own: BillReadings | undefined,
  whole: BillReadings | undefined,
): own is BillReadings {
  if (own === undefined) return false;
  const isSame = (a: BillReading, b: BillReading | undefined): boolean =>
    a.measuredAt === b?.measuredAt && a.wh === b.wh;
  return !(isSame(own.from, whole?.from) && isSame(own.to, whole?.to));
}

/** The amount of a line from its own numbers. */
function recompute(line: BillLine): Minor | null {
  const { quantity, unit, priceMilliMinor, pricedAnew, billedMinor } = line;
  if (line.corrects !== undefined) {
    if (pricedAnew === undefined || billedMinor === undefined) return null;
    let anew = 0;
    for (const each of pricedAnew) {
      const part = recompute(each);
      if (part === null) return null;
      anew += part;
    }
    return minor(anew - billedMinor);
  }
  if (line.difference !== undefined) {
    return minor(line.difference.fromMinor - line.difference.lessMinor);
  }
  if (line.isMeanPrice === true) return null;
  const { days, ofDays, months = 1 } = line.part ?? { days: 1, ofDays: 1 };
  const price = BigInt(priceMilliMinor) * BigInt(days * months);
  switch (unit) {
    case "Wh":
    case "VAh":
    case "VA":
    case "W":
      return roundToMinor(BigInt(quantity) * price, 1_000_000n * BigInt(ofDays));
    case "month":
    case "day":
      return roundToMinor(BigInt(quantity) * price, 1_000n * BigInt(ofDays));
    case "percent":
      // Percents have at most three places.
      return roundToMinor(
        BigInt(Math.round(quantity * 1000)) * price,
        100_000n * 1_000n * BigInt(ofDays),
      );
    default:
      return null;
  }
}

function workingOf(line: BillLine, currency: string | undefined): string {
  const { quantity, unit, priceMilliMinor, pricedAnew, billedMinor, corrects } = line;
  if (corrects !== undefined) {
    if (pricedAnew === undefined || billedMinor === undefined) return "";
    const parts = pricedAnew.map((each) => {
      const working = workingOf(each, currency);
      return `${each.label} ${working === "" ? "" : `${working} = `}${coins(each.amountMinor, currency)}`;
    });
    const now = parts.length === 0 ? "nothing" : parts.join(" + ");
    return `now ${now}, less ${coins(billedMinor, currency)} asked by bill ${corrects}`;
  }
  if (line.difference !== undefined) {
    const { fromMinor, lessMinor } = line.difference;
    return `${coins(fromMinor, currency)} less ${coins(lessMinor, currency)}`;
  }
  const part = line.part === undefined ? "" : partText(line.part);
  const mean = line.isMeanPrice === true ? ", a mean over its half hours" : "";
  const rate = `${price(priceMilliMinor, currency)}`;
  switch (unit) {
    case "Wh":
      return `${kWh(quantity)} × ${rate} a kWh${mean}${part}`;
    case "VAh":
    case "VA":
    case "W":
      return `${decimal(quantity, 3)} k${unit} × ${rate} a k${unit}${part}`;
    case "month":
    case "day":
      return `${quantity} ${unit}${quantity === 1 ? "" : "s"} × ${rate}${part}`;
    case "percent":
      return `${quantity} % of ${rate}${part}`;
    default:
      return "";
  }
}

/** ` × 2 months × 20 of 61 days`. */
export function partText({ days, ofDays, months = 1 }: BillPart): string {
  const of = months === 1 ? "" : ` × ${months} months`;
  return days === ofDays ? of : `${of} × ${days} of ${ofDays} days`;
}

const QUALITIES: Readonly<Record<BillReading["quality"], string>> = {
  actual: "read",
  estimated: "estimated, no reading had come",
  substituted: "put in between two readings",
};

function textOf({ from, to }: BillReadings): string {
  return `register from ${registerText(from)} to ${registerText(to)}`;
}

function registerText({ wh, measured, quality, sequence }: BillReading): string {
  const number = sequence === undefined ? "" : `, reading ${sequence}`;
  return `${kWh(wh)} at ${measured} (${QUALITIES[quality]}${number})`;
}

/** `1 234.567 kWh`. */
function kWh(wattHours: number): string {
  return `${decimal(wattHours, 3)} kWh`;
}

/** `3 412.50 INR`. */
export function money(amountMinor: number, currency: string | undefined): string {
  return `${coins(amountMinor, currency)}${currency === undefined ? "" : ` ${currency}`}`;
}

function coins(amountMinor: number, currency: string | undefined): string {
  return decimal(amountMinor, coinDigits(currency ?? ""));
}

/** Thousandths of a coin where a price has them: `3.25`, `0.015`. */
function price(milliMinor: number, currency: string | undefined): string {
  const digits = coinDigits(currency ?? "");
  const text = decimal(milliMinor, digits + 3);
  const cut = text.replace(/0{1,3}$/, "");
  return cut.endsWith(".") ? cut.slice(0, -1) : cut;
}

/** A whole number of 10^−digits, its thousands apart: `−1 234.50`. */
function decimal(value: number, digits: number): string {
  const text = String(Math.abs(value)).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+$)/g, " ");
  const rest = digits === 0 ? "" : `.${text.slice(text.length - digits)}`;
  return `${value < 0 ? "−" : ""}${whole}${rest}`;
}
