// The durable copy of what a step decided: postings, bills and readings, in one transaction, in order.
// What is there already must be the same: a replay after a crash writes nothing twice. Beside it stands how far the
// run has been seen from outside: after a crash it comes back to there before anything new may happen.

import type { AuditEntry, AuditRecord } from "../contract/audit.ts";
import type { Bill, Posting } from "../contract/billing.ts";
import type { SimMs } from "../core/time.ts";
import type { StoredReading } from "../engine/world.ts";
import { killPoint } from "./kill-point.ts";
import { StorageError } from "./storage-error.ts";
import { type AuditQuery, auditTable } from "./store/audit-log.ts";
import type { SqlDatabase } from "./store/database.ts";
import { columnsOf, type RecordInserts, recordInserts } from "./store/inserts.ts";
import { migrate } from "./store/migrations.ts";
import { type Pages, pagesOf } from "./store/pages.ts";
import { openPostgres } from "./store/postgres.ts";
import { postgresOpeningError } from "./store/postgres-error.ts";
import { openSqlite, sqliteOpeningError } from "./store/sqlite.ts";
import { storePlace } from "./store/store-url.ts";
import { type Queries, queriesFor, statementOf } from "./store/tables.ts";
import { NO_TALLY, TALLY_PREFIX, type Tally, tallied } from "./store/tally.ts";

export interface StepRecord {
  readonly postings: readonly Posting[];
  readonly bills: readonly Bill[];
  readonly readings: readonly StoredReading[];
}

/** Every method waits for the database, and throws StorageError for what waiting or mending cures. */
export interface Store extends Pages {
  /** The file or URL that it was opened with, without a password. */
  readonly path: string;
  /**
   * Appends the records of the step that ended at `simMs`, all or none, and marks it; false where there were none.
   * Throws StorageError; then nothing was written, or all of it and nobody can know: the same call again is right.
   */
  append(record: StepRecord, simMs: SimMs): boolean;
  /** Notes that the run may be seen up to `simMs`. Throws StorageError. */
  mark(simMs: SimMs): void;
  /** How far the run may have been seen; 0 for a new one. */
  markedMs(): SimMs;
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

export interface StoredRun {
  readonly runId: string;
  readonly scenario: string;
  readonly seed: number;
}

/**
 * Opens or makes a store: a path, `sqlite:path` or `postgres://user@host/database`. One of an earlier version is carried
 * forward. Throws CallerError where it is locked, foreign, out of reach or of a later version.
 */
export function openStore(url: string, run: StoredRun): Store {
  const database = openDatabase(url);
  try {
    return storeOf(database, run);
  } catch (error) {
    database.close();
    throw error;
  }
}

function openDatabase(url: string): SqlDatabase {
  const place = storePlace(url);
  const explain = place.kind === "sqlite" ? sqliteOpeningError : postgresOpeningError;
  let database: ReturnType<typeof openSqlite> | undefined;
  try {
    database =
      place.kind === "sqlite" ? openSqlite(place.path) : openPostgres(place.url, place.shown);
    migrate(database);
    database.settled();
    return database;
  } catch (cause) {
    database?.close();
    throw explain(place.shown, cause instanceof StorageError ? cause.cause : cause);
  }
}

function storeOf(database: SqlDatabase, run: StoredRun): Store {
  const { runId } = run;
  const queries = queriesFor(database.dialect);
  const row = rowOfRun(database, queries, run);
  const insert = recordInserts(database, queries, { row, runId });
  const marks = marksOf(database, queries, runId);
  const log = auditTable(database, queries, runId);
  const tallies = tallyOf(database, queries, { row, runId });
  let tally = tallies.read();
  const lastSequence = (): number => {
    const query = queries
      .selectFrom("postings")
      .select(({ fn }) => fn.max("sequence").as("last"))
      .where("run", "=", row);
    return Number(database.all(statementOf(query))[0]?.["last"] ?? 0);
  };
  return {
    ...pagesOf(database, queries, row),
    path: database.name,
    append(record, simMs) {
      const { postings, bills, readings } = record;
      if (postings.length + bills.length + readings.length === 0) return false;
      tally = database.transaction(() => {
        const next = keepAll(insert, record, tally);
        if (next !== tally) tallies.write(next);
        marks.write(simMs);
        return next;
      });
      killPoint(bills.length > 0 ? "bills-kept" : "records-kept");
      return true;
    },
    mark(simMs) {
      database.transaction(() => marks.write(simMs));
    },
    markedMs: marks.read,
    audit: (entry) => database.transaction(() => log.write(entry)),
    auditOf: log.read,
    postingCount() {
      const query = queries
        .selectFrom("postings")
        .select(({ fn }) => fn.countAll().as("count"))
        .where("run", "=", row);
      return Number(database.all(statementOf(query))[0]?.["count"]);
    },
    lastSequence,
    sync: database.sync,
    close: database.close,
  };
}

/** Keeps the records of a step; returns the tally with its postings. */
function keepAll(insert: RecordInserts, { postings, bills, readings }: StepRecord, tally: Tally) {
  insert.postings(postings);
  let next = tally;
  for (const posting of postings) {
    // One that comes again after it was lost has been counted before.
    if (posting.sequence <= next.last) continue;
    next = tallied(next, posting.sequence, columnsOf(posting));
  }
  insert.bills(bills);
  insert.readings(readings);
  return next;
}

/** The number of a run in the store, which gets one where it has none. */
function rowOfRun(database: SqlDatabase, queries: Queries, run: StoredRun): number {
  const { runId, scenario, seed } = run;
  const find = queries.selectFrom("runs").select("id").where("run_id", "=", runId);
  const found = database.all(statementOf(find))[0];
  if (found !== undefined) return Number(found["id"]);
  const insert = queries.insertInto("runs").values({ run_id: runId, scenario, seed });
  database.transaction(() =>
    database.run(statementOf(insert.onConflict((conflict) => conflict.doNothing()))),
  );
  return Number(database.all(statementOf(find))[0]!["id"]);
}

function marksOf(database: SqlDatabase, queries: Queries, runId: string) {
  const find = statementOf(
    queries.selectFrom("progress").select("sim_ms").where("run_id", "=", runId),
  );
  const { sql } = statementOf(
    queries
      .insertInto("progress")
      .values({ run_id: runId, sim_ms: 0 })
      .onConflict((conflict) =>
        conflict
          .column("run_id")
          .doUpdateSet(({ ref }) => ({ sim_ms: ref("excluded.sim_ms") }))
          .whereRef("excluded.sim_ms", ">", "progress.sim_ms"),
      ),
  );
  return {
    read: (): SimMs => Number(database.all(find)[0]?.["sim_ms"] ?? 0),
    write: (simMs: SimMs): void => void database.run({ sql, parameters: [runId, simMs] }),
  };
}

function tallyOf(
  database: SqlDatabase,
  queries: Queries,
  { row, runId }: { readonly row: number; readonly runId: string },
) {
  const key = TALLY_PREFIX + runId;
  const { sql } = statementOf(
    queries
      .insertInto("meta")
      .values({ key, value: "" })
      .onConflict((conflict) =>
        conflict.column("key").doUpdateSet(({ ref }) => ({ value: ref("excluded.value") })),
      ),
  );
  return {
    /** Of a store of before there were any, the rows are counted. */
    read(): Tally {
      const find = queries.selectFrom("meta").select("value").where("key", "=", key);
      const kept = database.all(statementOf(find))[0];
      if (kept !== undefined) return JSON.parse(String(kept["value"])) as Tally;
      const columns = ["at_ms", "event_id", "debit", "credit", "amount_minor", "reason"] as const;
      const all = queries
        .selectFrom("postings")
        .select(["sequence", ...columns])
        .where("run", "=", row)
        .orderBy("sequence");
      let tally = NO_TALLY;
      database.snapshot(() =>
        database.each(statementOf(all), (posting) => {
          const rest = columns.map((column) => posting[column] as string | number);
          tally = tallied(tally, Number(posting["sequence"]), rest);
        }),
      );
      return tally;
    },
    write: (tally: Tally): void =>
      void database.run({ sql, parameters: [key, JSON.stringify(tally)] }),
  };
}
