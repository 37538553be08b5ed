// A table of prices by the day: a line for each day, `2026-01-05` or `01-05` for every year, then a price for each slot.

import type { Rate, RateTable } from "../../utility/billing/tariff.ts";
import { dayOfText, MINUTES_PER_DAY } from "./tariff-checks.ts";
import { PRICE_MAX } from "./tariff-schema.ts";

/** Prices that are not those of the model day; each is a register of every customer. */
export const TABLE_PRICES_MAX = 1024;
/** Wrong lines that are told; the rest is counted. */
const FAULTS_TOLD_MAX = 8;
const DATE = /^(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

interface PriceTable {
  readonly path: string;
  readonly slotMinutes: number;
  /** No slot costs more; missing: there is no cap. */
  readonly cap: number | undefined;
  /** Of the model day: one a slot. */
  readonly rates: readonly Rate[];
}

interface TableReading {
  readonly read: (path: string) => string;
  readonly add: (fix: string) => void;
}

/** The rates of the model day with those that the table adds, and the table; what is wrong is told by line. */
export function readPriceTable(
  { path, slotMinutes, cap, rates: slotRates }: PriceTable,
  { read, add }: TableReading,
): { readonly rates: readonly Rate[]; readonly table?: RateTable } {
  const lines = linesOf(path, read, add);
  if (lines === undefined) return { rates: slotRates };
  const slots = MINUTES_PER_DAY / slotMinutes;
  const rates = [...slotRates];
  const rowOfPrice = new Map<number, number>();
  const days: Record<string, readonly number[]> = {};
  let faults = 0;
  const fault = (line: number, fix: string): void => {
    if (faults++ < FAULTS_TOLD_MAX) add(`${path}:${line}: ${fix}`);
  };
  lines.forEach((text, index) => {
    const [date = "", ...cells] = text.split(",").map((cell) => cell.trim());
    const isHead = index === 0 && !/^\d/.test(date);
    if (text.trim() === "" || text.startsWith("#") || isHead) return;
    const problem = problemOf(date, cells, slots, days);
    if (problem !== undefined) {
      fault(index + 1, problem);
      return;
    }
    days[date] = cells.map((cell) => {
      const price = cap === undefined ? Number(cell) : Math.min(Number(cell), cap);
      const known = rowOfPrice.get(price);
      if (known !== undefined) return known;
      const row = rates.length;
      rowOfPrice.set(price, row);
      rates.push({ id: `price-${price}`, title: "By the table", priceMilliMinorPerKWh: price });
      return row;
    });
  });
  if (faults > FAULTS_TOLD_MAX) add(`${path}: ${faults - FAULTS_TOLD_MAX} more lines are wrong`);
  if (rowOfPrice.size > TABLE_PRICES_MAX) {
    const fix = `${path} has ${rowOfPrice.size} different prices; round them, so that there are at most ${TABLE_PRICES_MAX}`;
    add(fix);
    return { rates: slotRates };
  }
  return { rates, table: { slotMinutes, days } };
}

function linesOf(
  path: string,
  read: TableReading["read"],
  add: TableReading["add"],
): readonly string[] | undefined {
  try {
    return read(path).split(/\r?\n/);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    add(cause.message);
    return undefined;
  }
}

function problemOf(
  date: string,
  cells: readonly string[],
  slots: number,
  known: Readonly<Record<string, unknown>>,
): string | undefined {
  if (!DATE.test(date)) return `"${date}" is no day; write 2026-01-05, or 01-05 for every year`;
  const isOfYear = date.length > "01-05".length;
  if (dayOfText(isOfYear ? date : `2024-${date}`) === undefined) {
    return `there is no day ${date} in the calendar`;
  }
  if (date in known) return `${date} stands twice`;
  if (cells.length !== slots) {
    return `${date} has ${cells.length} prices; write ${slots}, one for each slot of the day`;
  }
  const odd = cells.find((cell) => !/^-?\d+$/.test(cell) || Math.abs(Number(cell)) > PRICE_MAX);
  if (odd === undefined) return undefined;
  return `"${odd}" is no price; write whole thousandths of the smallest coin, at most ${PRICE_MAX}`;
}
