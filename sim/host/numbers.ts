// Numbers and tables of numbers, for a person at a terminal.

/** A number for a person: whole ones as they are, others with three decimals at most. */
export function readable(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString("en");
  return value.toLocaleString("en", { maximumFractionDigits: 3 });
}

/** Rows of cells under a head, columns as wide as their widest cell, numbers to the right. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  return all
    .map((cells) =>
      cells
        .map((cell, column) => {
          const isNumber = column > 0 && /^[−+-]?[\d,.]+( .*)?$/.test(cell);
          return isNumber ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!);
        })
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
