// The names of lanes, from the homes' addresses: what is the same in several of them once the number is off.

import type { StreetLayout } from "../../sim/contract/frame.ts";

const HOMES_MIN = 3;

export interface StreetName {
  readonly name: string;
  /** Rows of its homes. */
  readonly rows: readonly number[];
}

/** Lanes with at least three homes, in the order of their first. */
export function streetNames(supplies: StreetLayout["supplies"]): readonly StreetName[] {
  const rowsOf = new Map<string, number[]>();
  supplies.forEach(({ address }, row) => {
    const name = /^\d+\w?\s+(.+)$/.exec(address)?.[1];
    if (name === undefined) return;
    const rows = rowsOf.get(name);
    if (rows === undefined) rowsOf.set(name, [row]);
    else rows.push(row);
  });
  return [...rowsOf]
    .filter(([, rows]) => rows.length >= HOMES_MIN)
    .map(([name, rows]) => ({ name, rows }));
}
