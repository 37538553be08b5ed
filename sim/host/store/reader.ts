// A store that somebody only looks at: which runs are in it, and the pages of each.

import { existsSync } from "node:fs";
import { CallerError } from "../failure.ts";
import { StorageError } from "../storage-error.ts";
import type { SqlDatabase } from "./database.ts";
import { STORE_VERSION, versionOf } from "./migrations.ts";
import { type Pages, pagesOf } from "./pages.ts";
import { openPostgres } from "./postgres.ts";
import { postgresOpeningError } from "./postgres-error.ts";
import { openSqliteToRead } from "./sqlite.ts";
import { storePlace } from "./store-url.ts";
import { queriesFor, statementOf } from "./tables.ts";

export interface RunInStore {
  readonly runId: string;
  readonly scenario: string;
  readonly seed: number;
}

export interface StoreReader {
  /** The file or URL that it was opened with, without a password. */
  readonly path: string;
  /** In the order in which they came. */
  readonly runs: readonly RunInStore[];
  /** Throws CallerError for a run that is not there. */
  pagesOf(runId: string): Pages;
  close(): void;
}

/** Opens a store to look at it; makes none. Throws CallerError where there is none, or one of another version. */
export function openStoreReader(url: string): StoreReader {
  const { database, version } = openToRead(url);
  const path = database.name;
  try {
    if (version < STORE_VERSION) {
      throw new CallerError(
        `${path}: a store of version ${version}; go on with its run (serve --resume), which carries it to version ${STORE_VERSION}`,
      );
    }
    const queries = queriesFor(database.dialect);
    const rows = database.all(statementOf(queries.selectFrom("runs").selectAll().orderBy("id")));
    return {
      path,
      runs: rows.map((row) => ({
        runId: String(row["run_id"]),
        scenario: String(row["scenario"]),
        seed: Number(row["seed"]),
      })),
      pagesOf(runId) {
        const row = rows.find(({ run_id }) => run_id === runId);
        if (row !== undefined) return pagesOf(database, queries, Number(row["id"]));
        throw new CallerError(`${path}: there is no run ${runId} in it`);
      },
      close: database.close,
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

interface OpenStore {
  readonly database: SqlDatabase;
  readonly version: number;
}

/** Opens a store of this version or an earlier one. Throws CallerError where there is none. */
export function openToRead(url: string): OpenStore {
  const place = storePlace(url);
  if (place.kind === "sqlite" && !existsSync(place.path)) {
    throw new CallerError(`there is no store ${place.shown}`);
  }
  const { shown } = place;
  let database: SqlDatabase | undefined;
  try {
    database =
      place.kind === "sqlite" ? openSqliteToRead(place.path) : openPostgres(place.url, shown);
    const version = versionOf(database);
    if (version === 0) throw new CallerError(`${shown}: there is no store of Meterville in it`);
    if (version <= STORE_VERSION) return { database, version };
    throw new CallerError(
      `${shown}: a store of version ${version}, this program reads versions 1 to ${STORE_VERSION}`,
    );
  } catch (cause) {
    database?.close();
    const reason = cause instanceof StorageError ? cause.cause : cause;
    if (place.kind === "postgres") throw postgresOpeningError(shown, reason);
    if (reason instanceof CallerError) throw reason;
    const message = reason instanceof Error ? reason.message : String(reason);
    throw new CallerError(`${shown}: is no store of Meterville (${message})`, { cause });
  }
}
