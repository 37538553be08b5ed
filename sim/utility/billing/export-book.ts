// What a customer feeds into the grid, kept for the bill: the export register at the midnights at which months end, by
// the readings nearest to them, and what is carried. Whatever the order in which readings come, it ends the same.

import type { BillReading } from "../../contract/billing.ts";
import type { Account, ExportBook, ExportMark, RegisterSeen } from "../state.ts";
import { type Tariff, versionsOf } from "./tariff.ts";

/** Whether any version of a tariff asks for what was fed in. */
export function asksForExport(tariff: Tariff | undefined): boolean {
  if (tariff === undefined || tariff.kind === "prepaid") return false;
  return versionsOf(tariff).some(({ terms }) => terms?.export !== undefined);
}

/** Books from a local midnight on, with the register there. */
export function openExports(day: number, seen: RegisterSeen): ExportBook {
  return {
    newest: seen,
    marks: [{ day, interval: seen.interval, before: seen, after: seen }],
    carriedWh: 0,
  };
}

/** From now on the readings nearest to this midnight are kept. Call it before they come. */
export function markExport(book: ExportBook, day: number, interval: number): void {
  const { marks, newest } = book;
  const index = marks.findLastIndex((mark) => mark.day <= day);
  if (index < 0 || marks[index]!.day === day) return;
  const before = newest.interval <= interval ? newest : marks[index]!.before;
  const after = newest.interval >= interval ? newest : null;
  marks.splice(index + 1, 0, { day, interval, before, after });
}

/** An export register that was read, in whole Wh. One that is lower than before is no register: use is then estimated. */
export function noteExport(book: ExportBook, interval: number, wh: number): void {
  const seen = { interval, wh };
  for (let at = 1; at < book.marks.length; at++) {
    const mark = book.marks[at]!;
    const { before, after } = mark;
    const isAbove = wh >= before.wh || interval < before.interval;
    const isBelow = after === null || wh <= after.wh || interval > after.interval;
    if (!isAbove || !isBelow) continue;
    if (interval <= mark.interval && interval > before.interval) mark.before = seen;
    const isNearer = after === null || interval < after.interval;
    if (interval >= mark.interval && isNearer) mark.after = seen;
  }
  if (interval > book.newest.interval && wh >= book.newest.wh) book.newest = seen;
}

/** The export register at a midnight, and how it is known. */
export interface ExportAt {
  readonly wh: number;
  readonly quality: BillReading["quality"];
}

/** Undefined for a midnight that was never marked. */
export function exportAt({ marks }: ExportBook, day: number): ExportAt | undefined {
  const index = marks.findIndex((mark) => mark.day === day);
  const mark = marks[index];
  if (mark === undefined) return undefined;
  const { interval, before, after } = mark;
  if (before.interval === interval || index === 0) return { wh: before.wh, quality: "actual" };
  if (after === null) return { wh: beyond(marks[index - 1], mark), quality: "estimated" };
  if (after.interval === interval) return { wh: after.wh, quality: "actual" };
  const part = (after.wh - before.wh) * (interval - before.interval);
  const wh = before.wh + Math.floor(part / (after.interval - before.interval));
  return { wh, quality: "substituted" };
}

/** After the last reading it goes on as it went on from the midnight before; nothing where nothing is known of that. */
function beyond(from: ExportMark | undefined, { interval, before }: ExportMark): number {
  const start = from?.after ?? from?.before;
  if (start === undefined || before.interval <= start.interval) return before.wh;
  const perInterval = (before.wh - start.wh) / (before.interval - start.interval);
  return before.wh + Math.floor(Math.max(0, perInterval) * (interval - before.interval));
}

/** What was fed in between two midnights, Wh; undefined where the books do not go back to them. */
export function exportBetween(
  book: ExportBook,
  fromDay: number,
  toDay: number,
): number | undefined {
  const [from, to] = [exportAt(book, fromDay), exportAt(book, toDay)];
  return from === undefined || to === undefined ? undefined : Math.max(0, to.wh - from.wh);
}

/** What is known to have been fed in since a midnight, Wh. */
export function exportSince(book: ExportBook, fromDay: number): number {
  const from = exportAt(book, fromDay);
  return from === undefined ? 0 : Math.max(0, book.newest.wh - from.wh);
}

/** Everything up to a midnight is billed for good; `carriedWh` is left over there. */
export function settleExport({ exports: book }: Account, day: number, carriedWh: number): void {
  if (book === undefined) return;
  const known = exportAt(book, day);
  if (known === undefined) return;
  const index = book.marks.findIndex((mark) => mark.day === day);
  const seen = { interval: book.marks[index]!.interval, wh: known.wh };
  book.marks.splice(0, index + 1, { day, interval: seen.interval, before: seen, after: seen });
  book.carriedWh = carriedWh;
}
