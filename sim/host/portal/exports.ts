// Tables of the office for other programs, as CSV and as Parquet: the same columns in both.

import { parquetWriteBuffer } from "hyparquet-writer";
import { formatLocalIso } from "../../core/calendar.ts";
import type { Served } from "../server.ts";
import { type Cell, csvOf } from "./csv.ts";
import { officeRow } from "./office-lists.ts";

export const EXPORTS = ["accounts", "bills", "readings"] as const;
export type ExportName = (typeof EXPORTS)[number];
export const EXPORT_KINDS = ["csv", "parquet"] as const;
export type ExportKind = (typeof EXPORT_KINDS)[number];

/** Readings are of so many homes at most: a table is made in memory. */
const READING_HOMES_MAX = 500;

interface Column {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE";
}
interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
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

export function exportTable(served: Served, name: ExportName, kind: ExportKind): string | Buffer {
  const table = { accounts, bills, readings }[name](served);
  return kind === "csv" ? csvText(table) : parquetBytes(table);
}

const csvText = ({ columns, rows }: Table): string =>
  csvOf(
    columns.map((column) => column.name),
    rows,
  );

const parquetBytes = ({ columns, rows }: Table): Buffer =>
  Buffer.from(
    parquetWriteBuffer({
      columnData: columns.map(({ name, type }, at) => ({
        ...{ name, type },
        data: rows.map((row) => row[at] ?? null),
      })),
    }),
  );

function accounts({ run }: Served): Table {
  const { twin } = run.session;
  return {
    columns: [
      ...[text("supply"), text("address"), text("customer"), text("meter"), text("state")],
      ...[number("owed_minor"), number("arrears_minor")],
    ],
    rows: twin.model.records.supplies.map((_, row) => {
      const { supply, address, customer, serial, state, ...money } = officeRow(twin, row);
      return [supply, address, customer, serial, state, money.owedMinor, money.arrearsMinor];
    }),
  };
}

function bills({ run, store }: Served): Table {
  const { calendar, supplies } = run.session.twin.model.records;
  return {
    columns: [
      ...[
        text("bill"),
        text("supply"),
        text("issued_at"),
        text("due_at"),
        text("from"),
        text("to"),
      ],
      ...[number("start_wh"), number("end_wh"), number("energy_wh"), text("is_estimated")],
      ...[text("tariff"), number("amount_minor")],
    ],
    rows: supplies.flatMap(({ id }) =>
      store.billsOf(id).map((bill) => {
        const moments = [bill.issuedAt, bill.dueAt, bill.fromMs, bill.toMs];
        return [
          ...[bill.id, bill.supply, ...moments.map((at) => formatLocalIso(calendar, at))],
          ...[bill.startWh, bill.endWh, bill.energyWh, String(bill.isEstimated)],
          ...[bill.tariff, bill.amountMinor],
        ];
      }),
    ),
  };
}

function readings({ run, store }: Served): Table {
  const { calendar, supplies } = run.session.twin.model.records;
  return {
    columns: [text("supply"), text("measured_at"), number("register_wh")],
    rows: supplies
      .slice(0, READING_HOMES_MAX)
      .flatMap(({ id }) =>
        store
          .registersOf(id, 0)
          .map(({ measuredAt, importWh }) => [id, formatLocalIso(calendar, measuredAt), importWh]),
      ),
  };
}
