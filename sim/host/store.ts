// The durable copy of what a step decided: postings, bills and readings, in one transaction, in order.
// A posting that is there already must be the same one: a replay after a crash writes nothing twice.

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Bill, Posting } from "../contract/billing.ts";
import type { StoredReading } from "../engine/world.ts";
import { CallerError } from "./failure.ts";

export const STORE_VERSION = 1;

export interface StepRecord {
  readonly postings: readonly Posting[];
  readonly bills: readonly Bill[];
  readonly readings: readonly StoredReading[];
}

export interface Store {
  readonly path: string;
  /** Appends one step's records, all or none. */
  append(record: StepRecord): void;
  /** Everything a customer was billed, oldest first. */
  billsOf(supply: string): readonly Bill[];
  /** What the store's postings add up to for one account: positive is debit. */
  balanceMinor(account: string): number;
  postingCount(): number;
  close(): void;
}

const SCHEMA = `
create table if not exists meta (key text primary key, value text not null) strict;
create table if not exists runs (run_id text primary key, scenario text not null, seed integer not null) strict;
create table if not exists postings (
  run_id text not null, sequence integer not null, at_ms integer not null, event_id text not null,
  debit text not null, credit text not null, amount_minor integer not null, reason text not null,
  primary key (run_id, sequence)) strict;
create table if not exists bills (
  run_id text not null, id text not null, supply text not null, issued_at_ms integer not null,
  amount_minor integer not null, body text not null, primary key (run_id, id)) strict;
create table if not exists readings (
  run_id text not null, supply text not null, sequence integer not null, measured_at_ms integer not null,
  received_at_ms integer not null, import_wh integer not null, voltage_v real not null,
  primary key (run_id, supply, sequence)) strict, without rowid;
`;

/** Opens or makes a database file. Throws CallerError where it is locked, foreign or of another version. */
export function openStore(
  path: string,
  run: { readonly runId: string; readonly scenario: string; readonly seed: number },
): Store {
  const database = openDatabase(path);
  const { runId } = run;
  const insertPosting = database.prepare(
    "insert into postings values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
  );
  const findPosting = database.prepare(
    "select at_ms, event_id, debit, credit, amount_minor from postings where run_id = ? and sequence = ?",
  );
  const insertBill = database.prepare(
    "insert into bills values (?, ?, ?, ?, ?, ?) on conflict do nothing",
  );
  const insertReading = database.prepare(
    "insert into readings values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing",
  );
  const selectBills = database.prepare(
    "select body from bills where run_id = ? and supply = ? order by issued_at_ms",
  );
  const selectBalance = database.prepare(
    `select coalesce(sum(case when debit = :account then amount_minor else -amount_minor end), 0) as balance
     from postings where run_id = :run and (debit = :account or credit = :account)`,
  );
  const selectCount = database.prepare("select count(*) as n from postings where run_id = ?");
  database
    .prepare("insert into runs values (?, ?, ?) on conflict do nothing")
    .run(runId, run.scenario, run.seed);
  return {
    path,
    append({ postings, bills, readings }) {
      if (postings.length + bills.length + readings.length === 0) return;
      database.exec("begin immediate");
      try {
        for (const posting of postings) appendPosting(insertPosting, findPosting, runId, posting);
        for (const bill of bills) {
          const body = JSON.stringify(bill);
          insertBill.run(runId, bill.id, bill.supply, bill.issuedAt, bill.amountMinor, body);
        }
        for (const r of readings) {
          const { supply, sequence, measuredAt, receivedAt, importWh, voltageV } = r;
          insertReading.run(runId, supply, sequence, measuredAt, receivedAt, importWh, voltageV);
        }
        database.exec("commit");
      } catch (cause) {
        database.exec("rollback");
        throw cause;
      }
    },
    billsOf(supply) {
      return selectBills.all(runId, supply).map(({ body }) => JSON.parse(String(body)) as Bill);
    },
    balanceMinor(account) {
      return Number(selectBalance.get({ account, run: runId })?.["balance"] ?? 0);
    },
    postingCount() {
      return Number(selectCount.get(runId)?.["n"] ?? 0);
    },
    close() {
      database.close();
    },
  };
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2000 });
    database.exec("pragma journal_mode=wal; pragma synchronous=normal; pragma foreign_keys=on;");
    database.exec("begin immediate");
    database.exec(SCHEMA);
    const row = database.prepare("select value from meta where key = 'version'").get();
    if (row === undefined) {
      database.prepare("insert into meta values ('version', ?)").run(String(STORE_VERSION));
    } else if (Number(row["value"]) !== STORE_VERSION) {
      throw new CallerError(
        `${path}: a store of version ${row["value"]}, this program writes version ${STORE_VERSION}; give another file`,
      );
    }
    database.exec("commit");
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof CallerError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    const fix = /lock|busy/i.test(message)
      ? "is locked by another program; stop that or give another file"
      : /not a database|malformed/i.test(message)
        ? "is no database of Meterville; give another file"
        : `cannot be opened (${message}); check the folder and its permissions`;
    throw new CallerError(`${path}: ${fix}`, { cause });
  }
}

function appendPosting(
  insert: StatementSync,
  find: StatementSync,
  runId: string,
  posting: Posting,
): void {
  const { sequence, at, eventId, debit, credit, amountMinor, reason } = posting;
  const { changes } = insert.run(runId, sequence, at, eventId, debit, credit, amountMinor, reason);
  if (Number(changes) === 1) return;
  const kept = find.get(runId, sequence);
  const isSame =
    kept !== undefined &&
    kept["at_ms"] === at &&
    kept["event_id"] === eventId &&
    kept["debit"] === debit &&
    kept["credit"] === credit &&
    kept["amount_minor"] === amountMinor;
  if (!isSame) {
    throw new Error(
      `posting ${sequence} of run ${runId} is ${JSON.stringify(kept)}, not ${eventId}`,
    );
  }
}
