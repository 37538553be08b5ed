// What was ever written of a run's postings, kept apart from them in the same transactions: rows that are gone or
// are other ones show against it.

import { hash } from "node:crypto";

export interface Tally {
  readonly postings: number;
  /** Number of the last one. */
  readonly last: number;
  /** Over all of them in their order. */
  readonly sha256: string;
}

export const TALLY_PREFIX = "tally/";
export const NO_TALLY: Tally = { postings: 0, last: 0, sha256: "" };

/** The tally with one more posting: its columns as they stand in the table, without run and number. */
export function tallied(
  { postings, sha256 }: Tally,
  sequence: number,
  columns: readonly (string | number)[],
): Tally {
  // Node's own digest: a chain of one link a posting is most of what appending a million of them costs.
  const text = `${sha256}${JSON.stringify([sequence, ...columns])}`;
  return { postings: postings + 1, last: sequence, sha256: hash("sha256", text, "hex") };
}
