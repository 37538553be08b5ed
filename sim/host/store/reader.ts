// A store that somebody only looks at: which runs are in it, and the pages of each.

import { CallerError } from "../failure.ts";
import { STORE_VERSION } from "./migrations.ts";
import { type Pages, pagesOf } from "./pages.ts";
import { openStoreToRead } from "./store-to-read.ts";
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
  const { database, version } = openStoreToRead(url);
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
