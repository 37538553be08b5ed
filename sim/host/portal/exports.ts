// Tables of the office for other programs, as CSV and as Parquet: the same columns in both. A table is read and sent in
// parts, so that it may be longer than the memory; between two parts the twin goes on.

import { setImmediate as breathe } from "node:timers/promises";
import { formatLocalIso } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import type { Served } from "../server.ts";
import { type Cell, csvLines } from "./csv.ts";
import { officeRow } from "./office-lists.ts";

export const EXPORTS = ["accounts", "bills", "postings", "readings"] as const;
export type ExportName = (typeof EXPORTS)[number];
export const EXPORT_KINDS = ["csv", "parquet"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Rows that are read and sent at once. */
const PART_ROWS = 2_000;

interface Column {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE";
}
type Row = readonly Cell[];
interface Table {
  readonly columns: readonly Column[];
  /** In parts of any length. */
  readonly parts: (served: Served) => Iterable<readonly Row[]>;
}

const text = (name: string): Column => ({ name, type: "STRING" });
const number = (name: string): Column => ({ name, type: "DOUBLE" });

/** `bills.csv`; undefined for what is none of them. */
export function readExportName(
  file: string,
): { readonly name: ExportName; readonly kind: ExportKind } | undefined {
  const [name, kind, rest] = file.split(".");
  const isRight =
    (EXPORTS as readonly unknown[]).includes(name) &&
    (EXPORT_KINDS as readonly unknown[]).includes(kind) &&
    rest === undefined;
  return isRight ? { name: name as ExportName, kind: kind as ExportKind } : undefined;
}

/** The bytes of a table, part after part. */
export function exportTable(
  served: Served,
  name: ExportName,
  kind: ExportKind,
): AsyncGenerator<string | Uint8Array> {
  const table = TABLES[name];
  return kind === "csv" ? csvBytes(table, served) : parquetBytes(table, served);
}

async function* csvBytes({ columns, parts }: Table, served: Served): AsyncGenerator<string> {
  yield csvLines([columns.map((column) => column.name)]);
  for (const rows of gathered(parts(served))) {
    yield csvLines(rows);
    await breathe();
  }
}

async function* parquetBytes(
  { columns, parts }: Table,
  served: Served,
): AsyncGenerator<Uint8Array> {
  // What writes Parquet takes a while to be read in.
  const { ByteWriter, ParquetWriter, schemaFromColumnData } = await import("hyparquet-writer");
  const dataOf = (rows: readonly Row[]) =>
    columns.map(({ name, type }, at) => ({
      ...{ name, type },
      data: rows.map((row) => row[at] ?? null),
    }));
  const bytes = new ByteWriter();
  const schema = schemaFromColumnData({ columnData: dataOf([]) });
  const writer = new ParquetWriter({ writer: bytes, schema });
  const written = (): Uint8Array => {
    const part = bytes.getBytes().slice();
    bytes.index = 0;
    return part;
  };
  for (const rows of gathered(parts(served))) {
    await writer.write({ columnData: dataOf(rows), rowGroupSize: PART_ROWS });
    yield written();
    await breathe();
  }
  await writer.finish();
  yield written();
}

/** The same rows in parts that are worth a row group each. */
function* gathered(parts: Iterable<readonly Row[]>): Generator<readonly Row[]> {
  let waiting: Row[] = [];
  for (const rows of parts) {
    waiting.push(...rows);
    for (; waiting.length >= PART_ROWS; waiting = waiting.slice(PART_ROWS)) {
      yield waiting.slice(0, PART_ROWS);
    }
  }
  if (waiting.length > 0) yield waiting;
}

const TABLES: Readonly<Record<ExportName, Table>> = {
  accounts: {
    columns: [
      ...[text("supply"), text("address"), text("customer"), text("meter"), text("state")],
      ...[number("owed_minor"), number("arrears_minor")],
    ],
    *parts({ run }) {
      const { twin } = run.session;
      for (const row of twin.model.records.supplies.keys()) {
        const { supply, address, customer, serial, state, ...money } = officeRow(twin, row);
        yield [[supply, address, customer, serial, state, money.owedMinor, money.arrearsMinor]];
      }
    },
  },
  bills: {
    columns: [
      ...[text("bill"), text("supply"), text("issued_at"), text("due_at"), text("from")],
      ...[text("to"), number("start_wh"), number("end_wh"), number("energy_wh")],
      ...[text("is_estimated"), text("tariff"), number("amount_minor")],
    ],
    *parts({ run, store }) {
      const { calendar, supplies } = run.session.twin.model.records;
      for (const { id } of supplies) {
        yield store.billsOf(id).map((bill) => {
          const moments = [bill.issuedAt, bill.dueAt, bill.fromMs, bill.toMs];
          return [
            ...[bill.id, bill.supply, ...moments.map((at) => formatLocalIso(calendar, at))],
            ...[bill.startWh, bill.endWh, bill.energyWh, String(bill.isEstimated)],
            ...[bill.tariff, bill.amountMinor],
          ];
        });
      }
    },
  },
  postings: {
    columns: [
      ...[number("sequence"), text("at"), text("event"), text("debit"), text("credit")],
      ...[number("amount_minor"), text("reason")],
    ],
    *parts({ run, store }) {
      const { calendar } = run.session.twin.model.records;
      // Those that come while the table is sent are not in it.
      const last = store.lastSequence();
      for (let sequence = 0; sequence < last; ) {
        const page = store.postingsAfter(sequence, Math.min(PART_ROWS, last - sequence));
        const newest = page.at(-1);
        if (newest === undefined) return;
        ({ sequence } = newest);
        yield page.map((posting) => [
          ...[posting.sequence, formatLocalIso(calendar, posting.at), posting.eventId],
          ...[posting.debit, posting.credit, posting.amountMinor, posting.reason],
        ]);
      }
    },
  },
  readings: {
    columns: [text("supply"), text("measured_at"), number("register_wh")],
    *parts(served) {
      const { calendar, supplies } = served.run.session.twin.model.records;
      for (const { id } of supplies) {
        for (const page of registerPages(served, id)) {
          yield page.map(({ measuredAt, importWh }) => [
            ...[id, formatLocalIso(calendar, measuredAt), importWh],
          ]);
        }
      }
    },
  },
};

/** The readings of one home, oldest first, a page at a time. */
function* registerPages({ store, run }: Served, supply: string, firstMs: SimMs = 0) {
  const untilMs = run.session.twin.world.engine.clock.nowMs + 1;
  let fromMs = firstMs;
  for (;;) {
    const page = store.readingsOf(supply, { fromMs, untilMs, limit: PART_ROWS });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    fromMs = last.measuredAt + 1;
  }
}

/** A customer's own readings from a moment on, with what was used between them, as CSV. */
export async function* readingsCsv(
  served: Served,
  supply: string,
  fromMs: SimMs,
): AsyncGenerator<string> {
  const { calendar } = served.run.session.twin.model.records;
  yield csvLines([["measured_at", "register_wh", "used_since_reading_before_wh"]]);
  let before: number | undefined;
  for (const page of registerPages(served, supply, fromMs)) {
    yield csvLines(
      page.map(({ measuredAt, importWh }) => {
        const usedWh = before === undefined ? "" : importWh - before;
        before = importWh;
        return [formatLocalIso(calendar, measuredAt), importWh, usedWh];
      }),
    );
    await breathe();
  }
}
