// A bill as somebody reads it, on paper or on a page: every text in one language, and what was used day by day.

import { DAY_MS, type SimMs } from "../core/time.ts";
import { dateText, kWhText, moneyText, priceText } from "./bill-form.ts";
import { BILL_WORDS, type BillWords, type Language, labelText } from "./bill-words.ts";
import type { Bill, BillLine, BillPart } from "./billing.ts";

export interface BillDocument {
  readonly language: Language;
  readonly title: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** Charge, quantity, price, amount. */
  readonly columns: readonly [string, string, string, string];
  readonly rows: readonly (readonly [string, string, string, string])[];
  readonly total: { readonly label: string; readonly value: string };
  readonly notes: readonly string[];
  readonly plot: {
    readonly title: string;
    /** Row: day of the bill; null where no reading bounds it. */
    readonly dailyWh: readonly (number | null)[];
    /** First and last day. */
    readonly from: string;
    readonly through: string;
  };
}

/** A register at a moment. */
export interface RegisterRead {
  readonly measuredAt: SimMs;
  readonly importWh: number;
}

/** Use of each day of a bill from the registers at its two midnights; null where one of them was not read. */
export function dailyUseWh(
  { fromMs, toMs }: Pick<Bill, "fromMs" | "toMs">,
  registers: readonly RegisterRead[],
): readonly (number | null)[] {
  const atMs = new Map(registers.map(({ measuredAt, importWh }) => [measuredAt, importWh]));
  const midnights = midnightsMs({ fromMs, toMs });
  return midnights.slice(1).map((midnightMs, day) => {
    const [from, to] = [atMs.get(midnights[day]!), atMs.get(midnightMs)];
    return from === undefined || to === undefined || to < from ? null : to - from;
  });
}

/** The moments between the days of a bill, and both its ends: where `dailyUseWh` needs registers. */
export function midnightsMs({ fromMs, toMs }: Pick<Bill, "fromMs" | "toMs">): readonly SimMs[] {
  const days = Math.max(1, Math.round((toMs - fromMs) / DAY_MS));
  // A day on which clocks are changed has 23 or 25 hours; readings lie on whole intervals of either.
  return Array.from({ length: days + 1 }, (_, day) =>
    day === days ? toMs : fromMs + day * DAY_MS,
  );
}

/** Everything that stands on a bill. A bill from before bills had headings is told by its numbers alone. */
export function billDocument(
  bill: Bill,
  language: Language,
  dailyWh: readonly (number | null)[],
): BillDocument {
  const words = BILL_WORDS[language];
  const currency = bill.currency ?? "";
  const isCredit = bill.amountMinor < 0;
  return {
    language,
    title: words.title,
    facts: factsOf(bill, words, language),
    columns: [words.charge, words.quantity, words.price, words.amount],
    rows: bill.lines.map((line) => [
      labelText(line.label, language),
      quantityText(line, words),
      linePriceText(line, currency, words),
      moneyText(line.amountMinor, currency),
    ]),
    total: {
      label: isCredit ? words.totalCredit : words.total,
      value: moneyText(Math.abs(bill.amountMinor), currency),
    },
    notes: [
      ...(bill.isEstimated ? [words.estimatedNote] : []),
      ...(bill.lines.some(({ corrects }) => corrects !== undefined) ? [words.corrects] : []),
      ...(dailyWh.includes(null) ? [words.dayMissing] : []),
    ],
    plot: {
      title: words.perDay,
      dailyWh,
      from: bill.period === undefined ? "" : dateText(bill.period.from, language),
      through: bill.heading === undefined ? "" : dateText(bill.heading.through, language),
    },
  };
}

function factsOf(bill: Bill, words: BillWords, language: Language): BillDocument["facts"] {
  const { heading, period } = bill;
  const end = bill.isEstimated ? ` (${words.estimated})` : "";
  const facts = [
    { label: words.number, value: bill.id },
    {
      label: words.readings,
      value: `${kWhText(bill.startWh)} – ${kWhText(bill.endWh)} kWh${end}`,
    },
    { label: words.used, value: `${kWhText(bill.energyWh)} kWh` },
    ...(bill.exports ?? []).map(({ month, fromWh, toWh }) => ({
      label: `${words.fedIn}, ${month}`,
      value: `${kWhText(fromWh)} – ${kWhText(toWh)} = ${kWhText(toWh - fromWh)} kWh`,
    })),
  ];
  if (heading === undefined || period === undefined) {
    return [
      ...facts,
      { label: words.supply, value: bill.supply },
      { label: words.tariff, value: bill.tariff },
    ];
  }
  const date = (iso: string): string => dateText(iso, language);
  return [
    { label: words.customer, value: heading.customer },
    { label: words.supply, value: `${heading.address} (${bill.supply})` },
    { label: words.tariff, value: heading.tariffTitle },
    { label: words.period, value: `${date(period.from)} – ${date(heading.through)}` },
    { label: words.issued, value: date(heading.issued) },
    { label: words.due, value: date(period.due) },
    ...facts,
  ];
}

function quantityText({ quantity, unit, part }: BillLine, words: BillWords): string {
  const days = part === undefined ? "" : partText(part, words);
  switch (unit) {
    case "Wh":
    case "VAh":
    case "VA":
    case "W":
      return `${kWhText(quantity)} k${unit}${days}`;
    case "percent":
      return `${quantity} %`;
    case "correction":
    case "amount":
      return "";
    default:
      return `${quantity} ${words.units[unit]}${days}`;
  }
}

function partText({ days, ofDays, months = 1 }: BillPart, words: BillWords): string {
  const of = months === 1 ? "" : ` × ${months} ${words.units.month}`;
  return days === ofDays ? of : `${of} × ${days}/${ofDays}`;
}

/** What the quantity is multiplied by; of a duty what it is a share of. */
function linePriceText(
  { priceMilliMinor, unit }: BillLine,
  currency: string,
  words: BillWords,
): string {
  if (unit === "correction" || unit === "amount" || priceMilliMinor === 0) return "";
  const price = priceText(priceMilliMinor, currency);
  return unit === "percent" ? words.shareOf.replace("$1", price) : price;
}
