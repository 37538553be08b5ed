// When each row acts next, and which is first: a tournament in one column, so that a change costs the logarithm of
// the rows and looking costs nothing. Node 1 is the root, the children of n are 2n and 2n + 1, rows are the leaves.

import type { SimMs } from "../core/time.ts";

/** Later than anything. A number like any other, so that it can be stored and compared. */
export const NEVER_MS: SimMs = Number.MAX_SAFE_INTEGER;

/** Nobody acts. */
export function createDue(rows: number): Float64Array {
  let leaves = 1;
  while (leaves < rows) leaves *= 2;
  return new Float64Array(2 * leaves).fill(NEVER_MS);
}

/** Says when a row acts next. */
export function setDue(due: Float64Array, row: number, at: SimMs): void {
  let node = due.length / 2 + row;
  due[node] = at;
  for (node >>= 1; node >= 1; node >>= 1) {
    const first = Math.min(due[2 * node]!, due[2 * node + 1]!);
    if (due[node] === first) return;
    due[node] = first;
  }
}

/** When a row acts first. */
export const firstDue = (due: Float64Array): SimMs => due[1]!;

/** The row that acts first; the lowest of several. */
export function firstRow(due: Float64Array): number {
  const leaves = due.length / 2;
  let node = 1;
  while (node < leaves) node = due[2 * node] === due[node] ? 2 * node : 2 * node + 1;
  return node - leaves;
}
