// A store in one file, through Node's own SQLite.

import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { CallerError } from "../failure.ts";
import { storageError } from "../storage-error.ts";
import type { Row, SqlDatabase, SqlValue, Statement } from "./database.ts";

/** Wall time that a program may hold the store before the opening is refused, and before a step is held. */
const BUSY_OPENING_MS = 2_000;
const BUSY_STEP_MS = 500;
/** Pages that are held in memory: an index by account is written all over. */
const CACHE_KIB = 65_536;
/** The log is copied into the file every so many pages of 4 KiB, so that a page that is written again is copied once. */
const LOG_PAGES = 4_000;
const STATEMENTS_MAX = 500;

/** Opens or makes a file; the caller migrates it and then calls `settled`. Throws what SQLite throws. */
export function openSqlite(path: string): SqlDatabase & { settled(): void } {
  const database = new DatabaseSync(path, { timeout: BUSY_OPENING_MS });
  try {
    database.exec(
      `pragma journal_mode=wal; pragma synchronous=normal; pragma foreign_keys=on;
       pragma cache_size=-${CACHE_KIB}; pragma wal_autocheckpoint=${LOG_PAGES};`,
    );
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    ...connection(database, path),
    settled: () => database.exec(`pragma busy_timeout = ${BUSY_STEP_MS}`),
  };
}

/** Opens a file to look at it, and makes none. Throws what SQLite throws. */
export function openSqliteToRead(path: string): SqlDatabase {
  return connection(openReadOnly(path), path);
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

/** What cannot be opened, in words. */
export function sqliteOpeningError(path: string, cause: unknown): CallerError {
  if (cause instanceof CallerError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const fix = /lock|busy/i.test(message)
    ? "is locked by another program; stop that or give another file"
    : /not a database|malformed/i.test(message)
      ? "is no database of Meterville; give another file"
      : `cannot be opened (${message}); check the folder and its permissions`;
  return new CallerError(`${path}: ${fix}`, { cause });
}

function connection(database: DatabaseSync, path: string): SqlDatabase {
  const prepared = new Map<string, StatementSync>();
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = database.prepare(sql);
    if (prepared.size < STATEMENTS_MAX) prepared.set(sql, statement);
    return statement;
  };
  const within = <Result>(begin: string, work: () => Result): Result => {
    try {
      database.exec(begin);
      const result = work();
      database.exec("commit");
      return result;
    } catch (cause) {
      // SQLite has rolled back by itself where the disk is full.
      if (database.isTransaction) database.exec("rollback");
      throw storageError(cause, `the ledger ${path}`) ?? cause;
    }
  };
  return {
    dialect: "sqlite",
    name: path,
    all: ({ sql, parameters }) => prepare(sql).all(...given(parameters)) as readonly Row[],
    each({ sql, parameters }, take) {
      // One of its own: a statement that is being read must not be started again.
      for (const row of database.prepare(sql).iterate(...given(parameters))) take(row as Row);
    },
    run: ({ sql, parameters }) => Number(prepare(sql).run(...given(parameters)).changes),
    execute: (sql) => database.exec(sql),
    transaction: (work) => within("begin immediate", work),
    snapshot: (work) => within("begin", work),
    tableNames: () =>
      database
        .prepare("select name from sqlite_schema where type = 'table'")
        .all()
        .map(({ name }) => String(name)),
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
    close: () => database.close(),
  };
}

/** SQLite would keep a fraction as another type, and a number beyond 2⁵³ it could not give back. */
function given(parameters: Statement["parameters"]): SqlValue[] {
  for (const value of parameters) {
    const isWhole = typeof value !== "number" || !Number.isInteger(value);
    if (isWhole || Number.isSafeInteger(value)) continue;
    throw new RangeError(`${value} is beyond what a store can give back`);
  }
  return parameters as SqlValue[];
}
