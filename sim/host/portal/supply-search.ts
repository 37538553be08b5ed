// Finding customers by a part of their address, name, meter or supply point, without reading through all of them: for
// every three letters in a row there is a list of who has them.

import type { SupplyRecord } from "../../utility/records.ts";
import type { Account } from "../../utility/state.ts";

/** Who fits beyond this many is not counted. */
export const FOUND_MAX = 1_000;
const GRAM = 3;
const LISTS = 1 << 16;

export interface Found {
  /** In the order of the records, at most FOUND_MAX. */
  readonly rows: readonly number[];
  /** More than these fit. */
  readonly isMore: boolean;
}

export type SupplySearch = (word: string) => Found;

/** What a supply point is found by. */
export type Named = Pick<SupplyRecord, "id" | "address" | "customer" | "serial">;

/** Who lives there now, and which meter hangs there. */
export function namedNow(supply: Named, account: Account | undefined): Named {
  const { id, address } = supply;
  const customer = account?.holder?.name ?? supply.customer;
  return { id, address, customer, serial: account?.meters?.at(-1)?.serial ?? supply.serial };
}

/**
 * Lists for the company's files, made when somebody searches first, and again after `changes` has become another
 * number: somebody has moved in, or a meter has been replaced.
 */
export function createSupplySearch(
  supplies: readonly Named[],
  accounts: readonly (Account | undefined)[] = [],
  changes: () => number = () => 0,
): SupplySearch {
  let made: Lists | undefined;
  let madeAt = changes();
  return (word) => {
    const wanted = word.trim().toLowerCase();
    if (madeAt !== changes()) made = undefined;
    madeAt = changes();
    made ??= listsOf(
      supplies.map((supply, row) => {
        const { id, address, customer, serial } = namedNow(supply, accounts[row]);
        return [id, address, customer, serial].join("\n").toLowerCase();
      }),
    );
    return fitting(made, wanted);
  };
}

interface Lists {
  readonly texts: readonly string[];
  /** Row: list, and one more. Where in `rows` a list begins. */
  readonly first: Uint32Array;
  readonly rows: Uint32Array;
}

function listsOf(texts: readonly string[]): Lists {
  const first = new Uint32Array(LISTS + 1);
  const lastRow = new Int32Array(LISTS).fill(-1);
  const each = (take: (list: number, row: number) => void): void => {
    lastRow.fill(-1);
    for (const [row, text] of texts.entries()) {
      for (let at = 0; at + GRAM <= text.length; at++) {
        const list = listAt(text, at);
        if (lastRow[list] === row) continue;
        lastRow[list] = row;
        take(list, row);
      }
    }
  };
  each((list) => void first[list + 1]!++);
  for (let list = 0; list < LISTS; list++) first[list + 1]! += first[list]!;
  const rows = new Uint32Array(first[LISTS]!);
  const next = first.slice();
  each((list, row) => {
    rows[next[list]!++] = row;
  });
  return { texts, first, rows };
}

/** Which list three letters belong to; others may share it. */
function listAt(text: string, at: number): number {
  const mixed =
    (Math.imul(text.charCodeAt(at), 0x9e3779b1) ^
      Math.imul(text.charCodeAt(at + 1), 0x85ebca6b) ^
      Math.imul(text.charCodeAt(at + 2), 0xc2b2ae35)) >>>
    0;
  return mixed >>> 16;
}

function fitting({ texts, first, rows }: Lists, wanted: string): Found {
  const found: number[] = [];
  const take = (row: number): boolean => {
    if (texts[row]!.includes(wanted)) found.push(row);
    return found.length <= FOUND_MAX;
  };
  if (wanted.length < GRAM) {
    for (let row = 0; row < texts.length; row++) if (!take(row)) break;
  } else {
    let shortest = listAt(wanted, 0);
    for (let at = 1; at + GRAM <= wanted.length; at++) {
      const list = listAt(wanted, at);
      const sizeOf = (each: number): number => first[each + 1]! - first[each]!;
      if (sizeOf(list) < sizeOf(shortest)) shortest = list;
    }
    for (let at = first[shortest]!; at < first[shortest + 1]!; at++) if (!take(rows[at]!)) break;
  }
  return { rows: found.slice(0, FOUND_MAX), isMore: found.length > FOUND_MAX };
}
