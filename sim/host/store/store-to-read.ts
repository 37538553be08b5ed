// A store that is only looked at, of this version or an earlier one: nothing in it is carried forward or written.

import { existsSync } from "node:fs";
import { CallerError } from "../failure.ts";
import { StorageError } from "../storage-error.ts";
import type { SqlDatabase } from "./database.ts";
import { STORE_VERSION, versionOf } from "./migrations.ts";
import { openPostgres } from "./postgres.ts";
import { postgresOpeningError } from "./postgres-error.ts";
import { openSqliteToRead } from "./sqlite.ts";
import { storePlace } from "./store-url.ts";

export interface StoreToRead {
  readonly database: SqlDatabase;
  /** For people; never with a password. */
  readonly shown: string;
  readonly version: number;
  /** How the rows of its version name their run, and the query of `run` and `run_id`. */
  readonly runColumn: string;
  readonly ofRun: string;
}

const RUNS_BY_VERSION = [
  { runColumn: "run_id", ofRun: "select run_id as run, run_id from runs" },
  { runColumn: "run", ofRun: "select id as run, run_id from runs" },
] as const;

/** Opens what `--store` names. Throws CallerError where nothing is there, or no store that this program reads. */
export function openStoreToRead(url: string): StoreToRead {
  const place = storePlace(url);
  const { shown } = place;
  if (place.kind === "sqlite" && !existsSync(place.path)) {
    throw new CallerError(`there is no store ${shown}`);
  }
  let database: SqlDatabase | undefined;
  try {
    database =
      place.kind === "sqlite" ? openSqliteToRead(place.path) : openPostgres(place.url, shown);
    const version = versionOf(database);
    if (version === 0) throw new CallerError(`${shown}: there is no store of Meterville in it`);
    const runs = RUNS_BY_VERSION[version - 1];
    if (runs !== undefined) return { database, shown, version, ...runs };
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
