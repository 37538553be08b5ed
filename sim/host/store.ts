// The durable copy of what a step decided: postings, bills and readings, in one transaction, in order.
// What is there already must be the same: a replay after a crash writes nothing twice. Beside it stands how far the
// run has been seen from outside: after a crash it comes back to there before anything new may happen.

import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import type { AuditEntry, AuditOutcome, AuditRecord } from "../contract/audit.ts";
import type { Bill, Posting } from "../contract/billing.ts";
import { sha256Text } from "../core/digest.ts";
import type { SimMs } from "../core/time.ts";
import type { StoredReading } from "../engine/world.ts";
import { CallerError } from "./failure.ts";
import { killPoint } from "./kill-point.ts";
import { storageError } from "./storage-error.ts";

export const STORE_VERSION = 1;

/** Wall time that a program may hold the store before the opening is refused, and before a step is held. */
const BUSY_OPENING_MS = 2_000;
const BUSY_STEP_MS = 500;

export interface StepRecord {
  readonly postings: readonly Posting[];
  readonly bills: readonly Bill[];
  readonly readings: readonly StoredReading[];
}

/** Which lines of the audit log are asked for; those that are named must all fit. */
export interface AuditQuery {
  readonly target?: string;
  readonly who?: string;
  /** Only lines before this one, for the next page. */
  readonly beforeId?: number;
  /** At most so many. */
  readonly limit: number;
}

export interface Store {
  readonly path: string;
  /**
   * Appends the records of the step that ended at `simMs`, all or none, and marks it; false where there were none.
   * Throws StorageError; then nothing was written.
   */
  append(record: StepRecord, simMs: SimMs): boolean;
  /** Notes that the run may be seen up to `simMs`. Throws StorageError. */
  mark(simMs: SimMs): void;
  /** How far the run may have been seen; 0 for a new one. */
  markedMs(): SimMs;
  /** The readings that arrived last, at most so many, oldest first. */
  newestReadings(countMax: number): readonly StoredReading[];
  /** One supply's registers that were measured at or after a moment, oldest first. */
  registersOf(
    supply: string,
    fromMs: SimMs,
  ): readonly { readonly measuredAt: SimMs; readonly importWh: number }[];
  /** Everything a customer was billed, oldest first. */
  billsOf(supply: string): readonly Bill[];
  /** What the store's postings add up to for one account: positive is debit. */
  balanceMinor(account: string): number;
  /** Writes a line into the audit log, at once and for good; returns its number. Throws StorageError. */
  audit(entry: AuditEntry): number;
  /** Lines of the audit log of this run, newest first. */
  auditOf(query: AuditQuery): readonly AuditRecord[];
  postingCount(): number;
  /** Number of the last posting; 0 without any. */
  lastSequence(): number;
  /** Resolves when everything that was appended outlasts a power cut too. */
  sync(): Promise<void>;
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
create table if not exists progress (run_id text primary key, sim_ms integer not null) strict;
create table if not exists audit (
  id integer primary key, run_id text not null, at_wall_ms integer not null, at_sim_ms integer not null,
  who text not null, role text not null, act text not null, target text not null,
  outcome text not null, detail text not null) strict;
create index if not exists audit_by_target on audit (run_id, target, id);
create index if not exists audit_by_who on audit (run_id, who, id);
create index if not exists audit_by_run on audit (run_id, id);
`;

/** What was ever written of a run's postings, kept apart from them in the same transactions. */
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
  const text = `${sha256}${JSON.stringify([sequence, ...columns])}`;
  return { postings: postings + 1, last: sequence, sha256: sha256Text(text) };
}

/**
 * Opens a database to look at it. Where no program has it open it is taken as it lies: SQLite would otherwise leave two
 * files of its own beside a store that is only read.
 */
export function openReadOnly(path: string): DatabaseSync {
  const url = pathToFileURL(resolve(path));
  if (!existsSync(`${path}-wal`)) url.searchParams.set("immutable", "1");
  return new DatabaseSync(url, { readOnly: true, timeout: BUSY_OPENING_MS });
}

/** Opens or makes a database file. Throws CallerError where it is locked, foreign or of another version. */
export function openStore(
  path: string,
  run: { readonly runId: string; readonly scenario: string; readonly seed: number },
): Store {
  const database = openDatabase(path);
  const { runId } = run;
  const insert = recordInserts(database, runId);
  const upsertTally = database.prepare(
    "insert into meta values (?, ?) on conflict do update set value = excluded.value",
  );
  let tally = tallyOf(database, runId);
  const selectBills = database.prepare(
    "select body from bills where run_id = ? and supply = ? order by issued_at_ms",
  );
  const selectBalance = database.prepare(
    `select coalesce(sum(case when debit = :account then amount_minor else -amount_minor end), 0) as balance
     from postings where run_id = :run and (debit = :account or credit = :account)`,
  );
  const selectCount = database.prepare("select count(*) as n from postings where run_id = ?");
  const selectNewest = database.prepare(
    "select * from readings where run_id = ? order by received_at_ms desc, sequence desc limit ?",
  );
  const selectRegisters = database.prepare(
    `select measured_at_ms, import_wh from readings
     where run_id = ? and supply = ? and measured_at_ms >= ? order by measured_at_ms`,
  );
  const selectLast = database.prepare(
    "select max(sequence) as last from postings where run_id = ?",
  );
  const selectMark = database.prepare("select sim_ms from progress where run_id = ?");
  const upsertMark = database.prepare(
    `insert into progress values (?, ?)
     on conflict do update set sim_ms = excluded.sim_ms where excluded.sim_ms > sim_ms`,
  );
  const log = auditLog(database, runId);
  const write = (work: () => void): void => {
    try {
      database.exec("begin immediate");
      work();
      database.exec("commit");
    } catch (cause) {
      // SQLite has rolled back by itself where the disk is full.
      if (database.isTransaction) database.exec("rollback");
      throw storageError(cause, `the ledger ${path}`) ?? cause;
    }
  };
  write(() => {
    database
      .prepare("insert into runs values (?, ?, ?) on conflict do nothing")
      .run(runId, run.scenario, run.seed);
  });
  return {
    path,
    append({ postings, bills, readings }, simMs) {
      if (postings.length + bills.length + readings.length === 0) return false;
      let next = tally;
      write(() => {
        for (const posting of postings) {
          insert.posting(posting);
          // One that comes again after it was lost has been counted before.
          if (posting.sequence > next.last) {
            next = tallied(next, posting.sequence, columnsOf(posting));
          }
        }
        if (next !== tally) upsertTally.run(TALLY_PREFIX + runId, JSON.stringify(next));
        for (const bill of bills) insert.bill(bill);
        for (const reading of readings) insert.reading(reading);
        upsertMark.run(runId, simMs);
      });
      tally = next;
      killPoint(bills.length > 0 ? "bills-kept" : "records-kept");
      return true;
    },
    mark(simMs) {
      write(() => upsertMark.run(runId, simMs));
    },
    newestReadings(countMax) {
      return selectNewest.all(runId, countMax).map(readingOf).reverse();
    },
    registersOf(supply, fromMs) {
      return selectRegisters.all(runId, supply, fromMs).map((row) => ({
        measuredAt: Number(row["measured_at_ms"]),
        importWh: Number(row["import_wh"]),
      }));
    },
    markedMs() {
      return Number(selectMark.get(runId)?.["sim_ms"] ?? 0);
    },
    billsOf(supply) {
      return selectBills.all(runId, supply).map(({ body }) => JSON.parse(String(body)) as Bill);
    },
    balanceMinor(account) {
      return Number(selectBalance.get({ account, run: runId })?.["balance"] ?? 0);
    },
    audit(entry) {
      let id = 0;
      write(() => {
        id = log.write(entry);
      });
      return id;
    },
    auditOf: log.read,
    postingCount() {
      return Number(selectCount.get(runId)?.["n"] ?? 0);
    },
    lastSequence() {
      return Number(selectLast.get(runId)?.["last"] ?? 0);
    },
    async sync() {
      // SQLite itself syncs its log only when it is full (pragma synchronous=normal).
      const log = `${path}-wal`;
      if (!existsSync(log)) return;
      const handle = await open(log, "r+");
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
    },
    close() {
      database.close();
    },
  };
}

function readingOf(row: Record<string, unknown>): StoredReading {
  return {
    supply: String(row["supply"]),
    sequence: Number(row["sequence"]),
    measuredAt: Number(row["measured_at_ms"]),
    receivedAt: Number(row["received_at_ms"]),
    importWh: Number(row["import_wh"]),
    voltageV: Number(row["voltage_v"]),
  };
}

/** The audit log of a run. */
function auditLog(database: DatabaseSync, runId: string) {
  const insert = database.prepare(
    `insert into audit (run_id, at_wall_ms, at_sim_ms, who, role, act, target, outcome, detail)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    write(entry: AuditEntry): number {
      const { atWallMs, atSimMs, who, role, act, target, outcome, detail } = entry;
      const row = [runId, atWallMs, atSimMs, who, role, act, target, outcome, detail];
      return Number(insert.run(...row).lastInsertRowid);
    },
    read({ target, who, beforeId, limit }: AuditQuery): readonly AuditRecord[] {
      const wanted: [string, string | number][] = [["run_id = ?", runId]];
      if (target !== undefined) wanted.push(["target = ?", target]);
      if (who !== undefined) wanted.push(["who = ?", who]);
      if (beforeId !== undefined) wanted.push(["id < ?", beforeId]);
      const where = wanted.map(([condition]) => condition).join(" and ");
      const select = database.prepare(
        `select * from audit where ${where} order by id desc limit ?`,
      );
      return select.all(...wanted.map(([, value]) => value), limit).map(auditRecordOf);
    },
  };
}

function auditRecordOf(row: Record<string, unknown>): AuditRecord {
  return {
    id: Number(row["id"]),
    atWallMs: Number(row["at_wall_ms"]),
    atSimMs: Number(row["at_sim_ms"]),
    who: String(row["who"]),
    role: String(row["role"]),
    act: String(row["act"]),
    target: String(row["target"]),
    outcome: String(row["outcome"]) as AuditOutcome,
    detail: String(row["detail"]),
  };
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_OPENING_MS });
    database.exec("pragma journal_mode=wal; pragma synchronous=normal; pragma foreign_keys=on;");
    database.exec("begin immediate");
    if (isForeign(database)) {
      throw new CallerError(`${path}: is a database of another program; give another file`);
    }
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
    database.exec(`pragma busy_timeout = ${BUSY_STEP_MS}`);
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

const columnsOf = (posting: Posting): readonly (string | number)[] => {
  const { at, eventId, debit, credit, amountMinor, reason } = posting;
  return [at, eventId, debit, credit, amountMinor, reason];
};

/** The tally of a run; a store of before there were any is counted. */
function tallyOf(database: DatabaseSync, runId: string): Tally {
  const row = database.prepare("select value from meta where key = ?").get(TALLY_PREFIX + runId);
  if (row !== undefined) return JSON.parse(String(row["value"])) as Tally;
  const all = database.prepare(
    `select sequence, at_ms, event_id, debit, credit, amount_minor, reason
     from postings where run_id = ? order by sequence`,
  );
  let tally = NO_TALLY;
  for (const columns of all.iterate(runId)) {
    const [sequence, ...rest] = Object.values(columns) as (string | number)[];
    tally = tallied(tally, Number(sequence), rest);
  }
  return tally;
}

/** A database with tables, but without ours. */
function isForeign(database: DatabaseSync): boolean {
  const tables = database.prepare("select name from sqlite_schema where type = 'table'").all();
  return tables.length > 0 && !tables.some(({ name }) => name === "meta");
}

interface RecordInserts {
  posting(posting: Posting): void;
  bill(bill: Bill): void;
  reading(reading: StoredReading): void;
}

/** Inserts that skip what is there already, and throw where that is another one: two runs would share one name. */
function recordInserts(database: DatabaseSync, runId: string): RecordInserts {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  const postings = {
    insert: prepare("insert into postings values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing"),
    find: prepare("select * from postings where run_id = ? and sequence = ?"),
  };
  const bills = {
    insert: prepare("insert into bills values (?, ?, ?, ?, ?, ?) on conflict do nothing"),
    find: prepare("select * from bills where run_id = ? and id = ?"),
  };
  const readings = {
    insert: prepare("insert into readings values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing"),
    find: prepare("select * from readings where run_id = ? and supply = ? and sequence = ?"),
  };
  const keep = (
    { insert, find }: { readonly insert: StatementSync; readonly find: StatementSync },
    name: string,
    key: readonly (string | number)[],
    rest: readonly (string | number)[],
  ): void => {
    if (Number(insert.run(runId, ...key, ...rest).changes) === 1) return;
    const kept = Object.values(find.get(runId, ...key) ?? {});
    const wanted = [runId, ...key, ...rest];
    if (wanted.length === kept.length && wanted.every((value, at) => value === kept[at])) return;
    throw new Error(
      `${name} of run ${runId} is kept as ${JSON.stringify(kept)}, now it is ${JSON.stringify(wanted)}`,
    );
  };
  return {
    posting(posting) {
      const { sequence, eventId } = posting;
      keep(postings, `posting ${sequence}`, [sequence], columnsOf(posting));
      killPoint(eventId.startsWith("bill/") ? "bill-posting" : "posting");
    },
    bill(bill) {
      const { id, supply, issuedAt, amountMinor } = bill;
      keep(bills, `bill ${id}`, [id], [supply, issuedAt, amountMinor, JSON.stringify(bill)]);
      killPoint("bill");
    },
    reading({ supply, sequence, measuredAt, receivedAt, importWh, voltageV }) {
      const rest = [measuredAt, receivedAt, importWh, voltageV];
      keep(readings, `reading ${sequence} of ${supply}`, [supply, sequence], rest);
    },
  };
}
