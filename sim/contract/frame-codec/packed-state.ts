// What both ends of a packed channel hold: the columns as the reader sees them. The writer keeps the same, so that a
// delta always builds on what has truly arrived.

import type { ChannelName } from "../frame.ts";
import { COLUMN_TABLE, type NumberColumn, type TextColumn } from "./column-table.ts";

export interface PackedState {
  readonly rows: number;
  /** Whether columns move by their quantum. */
  readonly isCoarse: boolean;
  /** Bits of the columns of the channel's table that are packed; the others are in `rest`. */
  readonly mask: number;
  readonly columns: readonly PackedColumn[];
  /** What is no column, as JSON of an object. */
  rest: string;
}

/** Row: of the channel. */
export interface PackedNumbers {
  readonly column: NumberColumn;
  /** What is sent: the value in units, nothing counted in (see `codedOf`), without what is foretold. */
  readonly coded: Float64Array;
  /** The value in units, with what is foretold; of columns that can be nothing it is `coded`. */
  readonly units: Float64Array;
  /** `units` of the columns that foretell this one. */
  readonly sources: readonly Float64Array[];
}

export interface PackedTexts {
  readonly column: TextColumn;
  readonly texts: string[];
}

export type PackedColumn = PackedNumbers | PackedTexts;
/** Where more rows than this share change, a bit a row is shorter than the gaps between them. */
const BITMAP_SHARE = 1 / 8;
export const isBitmap = (changed: number, rows: number): boolean => changed > rows * BITMAP_SHARE;

export const isNumbers = (packed: PackedColumn): packed is PackedNumbers => "coded" in packed;

export function createPackedState(
  channel: ChannelName,
  { rows, isCoarse, mask }: Pick<PackedState, "rows" | "isCoarse" | "mask">,
): PackedState {
  const columns: PackedColumn[] = [];
  const unitsOf = (name: string): Float64Array => {
    const found = columns.find(({ column }) => column.name === name);
    return found !== undefined && isNumbers(found) ? found.units : new Float64Array(rows);
  };
  COLUMN_TABLE[channel].forEach((column, at) => {
    if ((mask & (1 << at)) === 0) return;
    if (column.kind === "text") columns.push({ column, texts: new Array<string>(rows).fill("") });
    else {
      columns.push({
        column,
        coded: new Float64Array(rows),
        units: new Float64Array(rows),
        sources: (column.foretold?.by ?? []).map(unitsOf),
      });
    }
  });
  return { rows, isCoarse, mask, columns, rest: "{}" };
}

/** What a row is foretold to be, in units. */
export function foretoldAt({ column, sources }: PackedNumbers, row: number): number {
  if (column.foretold === undefined) return 0;
  const [first, second] = sources;
  return column.foretold.as(first![row]!, second === undefined ? 0 : second[row]!);
}

/** Null is 0 and what is not negative one more, so that nothing costs no more than a small number. */
export const codedOf = ({ isNullable }: NumberColumn, units: number | null): number =>
  isNullable ? (units === null ? 0 : units >= 0 ? units + 1 : units) : (units ?? 0);

export const plainOf = ({ isNullable, perUnit }: NumberColumn, coded: number): number | null => {
  if (!isNullable) return coded / perUnit;
  return coded === 0 ? null : (coded > 0 ? coded - 1 : coded) / perUnit;
};
