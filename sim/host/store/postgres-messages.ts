// What passes between a store and the thread that holds its connection to PostgreSQL.

import type { MessagePort } from "node:worker_threads";
import type { Row, SqlValue } from "./database.ts";

export interface PostgresSettings {
  readonly url: string;
  /** The schema that all tables lie in, so that a database may hold other things too. */
  readonly schema: string;
  readonly connectWallMs: number;
  /** Wall time that a statement may wait for somebody else's lock. */
  readonly lockWallMs: number;
  /** The server ends a transaction that a frozen or lost process left open for so long. */
  readonly abandonedWallMs: number;
}

export interface PostgresRequest {
  readonly id: number;
  /** Empty: close the connection. */
  readonly sql: string;
  /** Undefined: several statements in one text. */
  readonly parameters: readonly SqlValue[] | undefined;
  /** False within a transaction: what is left of it must not run on a new connection. */
  readonly mayConnect: boolean;
  readonly wallMs: number;
}

export interface PostgresFailure {
  readonly message: string;
  /** SQLSTATE of the server, or the system's code. */
  readonly code: string | undefined;
}

export type PostgresAnswer =
  | { readonly id: number; readonly rows: readonly Row[]; readonly count: number }
  | { readonly id: number; readonly failure: PostgresFailure };

/** The connection was lost, or the server did not answer in time. */
export const CONNECTION_LOST = "connection-lost";

export interface PostgresWorkerData {
  readonly settings: PostgresSettings;
  readonly port: MessagePort;
  /** Counts the answers, for whoever waits for the next one without an event loop. */
  readonly answered: SharedArrayBuffer;
}
