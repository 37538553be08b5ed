// Homes by feeder and street: the tree in which everything can be reached without seeing the picture.

import type { StreetLayout } from "../../sim/contract/frame.ts";

/** `10 Mango Lane` is in Mango Lane; an address without a number is a lane of its own. */
export const laneOf = (address: string): string => address.replace(/^\d+[a-z]?\s+/i, "");

export interface Branch {
  readonly key: string;
  readonly name: string;
  /** Rows of its homes, in the layout's order. */
  readonly rows: readonly number[];
}

/** The lanes in the order of their first homes. */
export function lanesOf({ supplies }: StreetLayout): readonly Branch[] {
  const lanes = new Map<string, number[]>();
  supplies.forEach(({ address }, row) => {
    const lane = laneOf(address);
    const rows = lanes.get(lane);
    if (rows === undefined) lanes.set(lane, [row]);
    else rows.push(row);
  });
  return [...lanes].map(([name, rows]) => ({ key: name, name, rows }));
}
