// A store in a database of PostgreSQL. Its package cannot be asked without an event loop, so one thread holds the
// connection and this one sleeps until it has the answer: nothing about a step leaves before its records are kept.

import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from "node:worker_threads";
import type { Row, SqlDatabase, SqlValue } from "./database.ts";
import { PostgresError, postgresStorageError } from "./postgres-error.ts";
import {
  CONNECTION_LOST,
  type PostgresAnswer,
  type PostgresRequest,
  type PostgresSettings,
  type PostgresWorkerData,
} from "./postgres-messages.ts";

export const SCHEMA = "meterville";

const CONNECT_WALL_MS = 5_000;
const LOCK_WALL_MS = 2_000;
const ABANDONED_WALL_MS = 60_000;
/** What a statement may take while a run is stepped: the page stands still for so long, and then the run is held. */
const STEP_WALL_MS = 5_000;
/** What it may take while a store is carried forward or checked. */
const PATIENT_WALL_MS = 3_600_000;
/** A thread that has said nothing for so long beyond what its statement may take has ended. */
const THREAD_WALL_MS = 10_000;
const ROWS_AT_ONCE = 5_000;

/** Connects when it is first asked. `settled`: from now on statements have the time of a step. */
export function openPostgres(url: string, name: string): SqlDatabase & { settled(): void } {
  let wallMs = PATIENT_WALL_MS;
  let isWithin = false;
  const link = createLink({
    ...{ url, schema: SCHEMA, connectWallMs: CONNECT_WALL_MS, lockWallMs: LOCK_WALL_MS },
    abandonedWallMs: ABANDONED_WALL_MS,
  });
  const ask = (sql: string, parameters?: readonly SqlValue[]) => {
    try {
      return link.ask({ sql, parameters, mayConnect: !isWithin, wallMs });
    } catch (cause) {
      throw postgresStorageError(cause, name) ?? cause;
    }
  };
  const within = <Result>(begin: string, work: () => Result): Result => {
    ask(begin);
    isWithin = true;
    try {
      const result = work();
      ask("commit");
      return result;
    } catch (error) {
      takeBack();
      throw error;
    } finally {
      isWithin = false;
    }
  };
  const takeBack = (): void => {
    try {
      ask("rollback");
    } catch {
      // The connection is lost: the server takes back what was not committed.
    }
  };
  return {
    dialect: "postgres",
    name,
    all: ({ sql, parameters }) => ask(sql, parameters).rows,
    each({ sql, parameters }, take) {
      ask(`declare every cursor for ${sql}`, parameters);
      for (;;) {
        const { rows } = ask(`fetch ${ROWS_AT_ONCE} from every`);
        for (const row of rows) take(row);
        if (rows.length < ROWS_AT_ONCE) break;
      }
      ask("close every");
    },
    run: ({ sql, parameters }) => ask(sql, parameters).count,
    execute: (sql) => void ask(sql),
    transaction: (work) => within("begin", work),
    snapshot: (work) => within("begin isolation level repeatable read, read only", work),
    tableNames: () =>
      ask("select tablename from pg_tables where schemaname = $1", [SCHEMA]).rows.map(
        ({ tablename }) => String(tablename),
      ),
    // What is committed is on the server's disk, unless the server is told otherwise.
    sync: () => Promise.resolve(),
    close: () => link.close(),
    settled() {
      wallMs = STEP_WALL_MS;
    },
  };
}

/** Makes the schema of the tables, once; within a transaction that no other opening shares. */
export function prepareSchema(database: SqlDatabase): void {
  // Any number will do that all versions of this program agree on.
  database.execute("select pg_advisory_xact_lock(716281)");
  const sql = "select 1 from pg_namespace where nspname = $1";
  if (database.all({ sql, parameters: [SCHEMA] }).length > 0) return;
  database.execute(`create schema ${SCHEMA}`);
}

interface Answer {
  readonly rows: readonly Row[];
  readonly count: number;
}

interface Link {
  /** Throws PostgresError. */
  ask(request: Omit<PostgresRequest, "id">): Answer;
  close(): void;
}

function createLink(settings: PostgresSettings): Link {
  const answered = new Int32Array(new SharedArrayBuffer(4));
  let open: { readonly worker: Worker; readonly port: MessagePort } | undefined;
  let lastId = 0;
  const launch = (): NonNullable<typeof open> => {
    const { port1: port, port2 } = new MessageChannel();
    const workerData: PostgresWorkerData = { settings, port: port2, answered: answered.buffer };
    // Not rewritten by the build, unlike an import.
    const file = `./postgres.worker.${import.meta.filename.endsWith(".ts") ? "ts" : "js"}`;
    const worker = new Worker(new URL(file, import.meta.url), {
      workerData,
      transferList: [port2],
    });
    // A failing thread shows by its silence; and it keeps no process alive.
    worker.on("error", () => undefined);
    worker.unref();
    port.unref();
    return { worker, port };
  };
  const letGo = (): void => {
    open?.port.close();
    void open?.worker.terminate();
    open = undefined;
  };
  const ask = (request: Omit<PostgresRequest, "id">): PostgresAnswer => {
    if (open === undefined && !request.mayConnect) throw lost("the connection was lost");
    open ??= launch();
    const id = ++lastId;
    const untilMs = performance.now() + request.wallMs + settings.connectWallMs + THREAD_WALL_MS;
    let seen = Atomics.load(answered, 0);
    open.port.postMessage({ id, ...request } satisfies PostgresRequest);
    for (;;) {
      const received = receiveMessageOnPort(open.port) as { message: PostgresAnswer } | undefined;
      if (received?.message.id === id) return received.message;
      if (received !== undefined) continue;
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) {
        letGo();
        throw lost("its thread has ended");
      }
      Atomics.wait(answered, 0, seen, leftMs);
      seen = Atomics.load(answered, 0);
    }
  };
  return {
    ask(request) {
      const answer = ask(request);
      if ("failure" in answer) throw new PostgresError(answer.failure);
      return answer;
    },
    close() {
      if (open === undefined) return;
      try {
        const request = { sql: "", parameters: undefined, mayConnect: false, wallMs: 0 };
        ask(request);
      } finally {
        letGo();
      }
    },
  };
}

const lost = (message: string): PostgresError =>
  new PostgresError({ message, code: CONNECTION_LOST });
