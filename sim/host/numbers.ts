// The numbers of a report, each with its path: for comparing runs and for figures over many of them.

/** Every number inside `value` by its path, such as `billing.trips`, in the order of keys. */
export function numbersOf(value: unknown, prefix = ""): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  if (typeof value === "number") numbers.set(prefix, value);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return numbers;
  for (const [key, inner] of Object.entries(value)) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    for (const [leaf, number] of numbersOf(inner, path)) numbers.set(leaf, number);
  }
  return numbers;
}

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
