// Inserts that skip what is there already, and throw where that is another one: two runs would share one name.

import type { Bill, Posting } from "../../contract/billing.ts";
import type { StoredReading } from "../../engine/world.ts";
import { killPoint } from "../kill-point.ts";
import type { Row, SqlDatabase, SqlValue } from "./database.ts";
import { type Queries, statementOf } from "./tables.ts";

/** Rows that go in one statement: SQLite is asked in this process, PostgreSQL over a socket. */
const ROWS_AT_ONCE = { sqlite: [1], postgres: [500, 50, 1] } as const;

export interface RecordInserts {
  postings(postings: readonly Posting[]): void;
  bills(bills: readonly Bill[]): void;
  readings(readings: readonly StoredReading[]): void;
}

/** The columns of a posting as the tally counts them, in the order of its table. */
export const columnsOf = (posting: Posting): readonly (string | number)[] => {
  const { at, eventId, debit, credit, amountMinor, reason } = posting;
  return [at, eventId, debit, credit, amountMinor, reason];
};

/** Only those of the table that is asked. */
type KeyColumn = "sequence";

interface Kind<Item> {
  readonly table: "postings" | "bills" | "readings";
  readonly columns: readonly string[];
  /** How many of the columns, from the first, are the key. */
  readonly keyColumns: number;
  readonly row: (item: Item) => readonly SqlValue[];
  /** What it is called, for people. */
  readonly name: (item: Item) => string;
  readonly kept?: (item: Item) => void;
  /** Whether what is kept may be the same, written by a version that knew less of it. Columns in their order. */
  readonly isOlder?: (there: readonly unknown[], wanted: readonly SqlValue[]) => boolean;
}

/** Inserts for one run, in the transaction that is open. */
export function recordInserts(
  database: SqlDatabase,
  queries: Queries,
  run: { readonly row: number; readonly runId: string },
): RecordInserts {
  return {
    postings: keeper(database, queries, run.runId, {
      table: "postings",
      columns: [
        ...["run", "sequence", "at_ms", "event_id", "debit", "credit", "amount_minor", "reason"],
      ],
      keyColumns: 2,
      row: (posting) => [run.row, posting.sequence, ...columnsOf(posting)],
      name: ({ sequence }) => `posting ${sequence}`,
      kept: ({ eventId }) => killPoint(eventId.startsWith("bill/") ? "bill-posting" : "posting"),
    }),
    bills: keeper<Bill>(database, queries, run.runId, {
      table: "bills",
      columns: ["run", "id", "supply", "issued_at_ms", "amount_minor", "body"],
      keyColumns: 2,
      row: (bill) => {
        const { id, supply, issuedAt, amountMinor } = bill;
        return [run.row, id, supply, issuedAt, amountMinor, JSON.stringify(bill)];
      },
      name: ({ id }) => `bill ${id}`,
      kept: () => killPoint("bill"),
      isOlder: (there, wanted) =>
        wanted.slice(0, -1).every((value, column) => value === there[column]) &&
        saysNoOther(JSON.parse(String(there.at(-1))), JSON.parse(String(wanted.at(-1)))),
    }),
    readings: keeper<StoredReading>(database, queries, run.runId, {
      table: "readings",
      columns: [
        ...["run", "supply", "sequence", "measured_at_ms", "received_at_ms"],
        ...["import_wh", "voltage_v"],
      ],
      keyColumns: 3,
      row: ({ supply, sequence, measuredAt, receivedAt, importWh, voltageV }) => [
        ...[run.row, supply, sequence, measuredAt, receivedAt, importWh, voltageV],
      ],
      name: ({ supply, sequence }) => `reading ${sequence} of ${supply}`,
    }),
  };
}

/** Keeps items of one kind, many in one statement where the database is asked from afar. */
function keeper<Item>(
  database: SqlDatabase,
  queries: Queries,
  runId: string,
  kind: Kind<Item>,
): (items: readonly Item[]) => void {
  const inserts = new Map<number, string>();
  const insertOf = (rows: number): string => {
    const known = inserts.get(rows);
    if (known !== undefined) return known;
    const row = Object.fromEntries(kind.columns.map((column) => [column, 0]));
    const query = queries
      .insertInto(kind.table)
      .values(Array.from({ length: rows }, () => row) as never)
      .onConflict((conflict) => conflict.doNothing());
    const { sql } = statementOf(query);
    inserts.set(rows, sql);
    return sql;
  };
  const keep = (items: readonly Item[]): void => {
    const rows = items.map(kind.row);
    const sql = insertOf(items.length);
    if (database.run({ sql, parameters: rows.flat() }) < items.length) mustBeSame(items, rows);
    if (kind.kept !== undefined) for (const item of items) kind.kept(item);
  };
  const keys = kind.columns.slice(1, kind.keyColumns) as readonly KeyColumn[];
  const keyOf = (row: readonly unknown[]): string => JSON.stringify(row.slice(1, kind.keyColumns));
  const mustBeSame = (items: readonly Item[], rows: readonly (readonly SqlValue[])[]): void => {
    const run = rows[0]![0] as number;
    const query = queries
      .selectFrom(kind.table)
      .select(kind.columns as readonly KeyColumn[])
      .where("run", "=", run)
      .where(({ eb }) =>
        eb.or(rows.map((row) => eb.and(keys.map((key, at) => eb(key, "=", row[at + 1] as never))))),
      );
    const kept = new Map(
      database
        .all(statementOf(query))
        .map((row) => valuesOf(row, kind.columns))
        .map((row) => [keyOf(row), row] as const),
    );
    for (const [at, item] of items.entries()) {
      const wanted = rows[at]!;
      const there = kept.get(keyOf(wanted));
      if (there !== undefined && wanted.every((value, column) => value === there[column])) continue;
      if (there !== undefined && kind.isOlder?.(there, wanted) === true) continue;
      throw new Error(
        `${kind.name(item)} of run ${runId} is kept as ${shown(there ?? otherOf(wanted))}, now it is ${shown(wanted)}; go on with the version of Meterville that kept it, or start the run anew in another store`,
      );
    }
  };
  /** What else was in the way: a posting of the same event under another number. */
  const otherOf = (wanted: readonly SqlValue[]): readonly unknown[] => {
    const event = kind.columns.indexOf("event_id");
    if (event < 0) return [];
    const query = queries
      .selectFrom("postings")
      .selectAll()
      .where("event_id", "=", String(wanted[event]))
      .where("run", "=", Number(wanted[0]));
    return valuesOf(database.all(statementOf(query))[0], kind.columns);
  };
  const keepOne = (item: Item): void => {
    const parameters = kind.row(item);
    if (database.run({ sql: insertOf(1), parameters }) < 1) mustBeSame([item], [parameters]);
    kind.kept?.(item);
  };
  return (items) => {
    let at = 0;
    for (const size of ROWS_AT_ONCE[database.dialect]) {
      for (; items.length - at >= size; at += size) {
        if (size === 1) keepOne(items[at]!);
        else keep(items.slice(at, at + size));
      }
    }
  };
}

/** Whether everything that is kept is said again, with as many lines; fields that came later may be more. */
function saysNoOther(kept: unknown, wanted: unknown): boolean {
  if (typeof kept !== "object" || kept === null) return kept === wanted;
  if (typeof wanted !== "object" || wanted === null) return false;
  if (Array.isArray(kept) !== Array.isArray(wanted)) return false;
  if (Array.isArray(kept) && kept.length !== (wanted as unknown[]).length) return false;
  return Object.entries(kept).every(([key, value]) =>
    saysNoOther(value, (wanted as Readonly<Record<string, unknown>>)[key]),
  );
}

const valuesOf = (row: Row | undefined, columns: readonly string[]): readonly unknown[] =>
  row === undefined ? [] : columns.map((column) => row[column]);

/** A row without the number of its run, which nobody knows. */
const shown = (row: readonly unknown[]): string => JSON.stringify(row.slice(1));
