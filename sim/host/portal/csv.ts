// Tables as CSV by RFC 4180. A text that a spreadsheet would take for a formula gets an apostrophe before it.

export type Cell = string | number | null;

const FORMULA = /^[=+\-@\t\r]/;

export const csvOf = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  csvLines([columns, ...rows]);

/** Lines without a head, for a table that is written in parts. */
export const csvLines = (rows: readonly (readonly Cell[])[]): string =>
  rows.map((row) => `${row.map(cellText).join(",")}\r\n`).join("");

function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
