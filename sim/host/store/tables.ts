// The tables of a store as Kysely sees them, and the builder that writes their queries in the words of a database.
// It is used for its types and its text: each connection runs that text itself, without waiting (database.ts).

import {
  DummyDriver,
  type Generated,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Dialect, SqlValue, Statement } from "./database.ts";

export interface RunRow {
  readonly id: Generated<number>;
  readonly run_id: string;
  readonly scenario: string;
  readonly seed: number;
}
export interface PostingRow {
  readonly run: number;
  readonly sequence: number;
  readonly at_ms: number;
  readonly event_id: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount_minor: number;
  readonly reason: string;
}
export interface BillRow {
  readonly run: number;
  readonly id: string;
  readonly supply: string;
  readonly issued_at_ms: number;
  readonly amount_minor: number;
  /** The bill as JSON. */
  readonly body: string;
}
export interface ReadingRow {
  readonly run: number;
  readonly supply: string;
  readonly sequence: number;
  readonly measured_at_ms: number;
  readonly received_at_ms: number;
  readonly import_wh: number;
  readonly voltage_v: number;
}
export interface AuditRow {
  readonly id: Generated<number>;
  readonly run_id: string;
  readonly at_wall_ms: number;
  readonly at_sim_ms: number;
  readonly who: string;
  readonly role: string;
  readonly act: string;
  readonly target: string;
  readonly outcome: string;
  readonly detail: string;
}
export interface Tables {
  readonly meta: { readonly key: string; readonly value: string };
  readonly runs: RunRow;
  readonly postings: PostingRow;
  readonly bills: BillRow;
  readonly readings: ReadingRow;
  /** How far a run may have been seen. */
  readonly progress: { readonly run_id: string; readonly sim_ms: number };
  readonly audit: AuditRow;
}

export type Queries = Kysely<Tables>;

/** Writes queries for a database; runs none. */
export function queriesFor(dialect: Dialect): Queries {
  const createDriver = () => new DummyDriver();
  if (dialect === "sqlite") {
    return new Kysely<Tables>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver,
        createIntrospector: (db) => new SqliteIntrospector(db),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
  }
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver,
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

/** A query of the builder as text. */
export function statementOf(query: {
  compile(): { readonly sql: string; readonly parameters: readonly unknown[] };
}): Statement {
  const { sql, parameters } = query.compile();
  return { sql, parameters: parameters as readonly SqlValue[] };
}
