// Holds one connection to PostgreSQL for a store that waits for each answer.

import { workerData } from "node:worker_threads";
import pg from "pg";
import {
  CONNECTION_LOST,
  type PostgresAnswer,
  type PostgresFailure,
  type PostgresRequest,
  type PostgresWorkerData,
} from "./postgres-messages.ts";

const { settings, port, answered } = workerData as PostgresWorkerData;
const count = new Int32Array(answered);
const STATEMENTS_MAX = 500;

/** PostgreSQL's whole numbers and sums come as text, since they may be beyond 2⁵³. */
function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`${text} is beyond what a store may hold`);
  return value;
}
pg.types.setTypeParser(pg.types.builtins.INT8, wholeNumber);
pg.types.setTypeParser(pg.types.builtins.NUMERIC, wholeNumber);

let client: pg.Client | undefined;
let names = new Map<string, string>();

async function connect(): Promise<pg.Client> {
  const { url, schema, connectWallMs, lockWallMs, abandonedWallMs } = settings;
  const fresh = new pg.Client({
    connectionString: url,
    application_name: "meterville",
    connectionTimeoutMillis: connectWallMs,
    lock_timeout: lockWallMs,
    idle_in_transaction_session_timeout: abandonedWallMs,
    keepAlive: true,
    options: `-c search_path=${schema}`,
  });
  // A server that goes away while nothing is asked: the next statement connects again.
  const forget = (): void => {
    if (client === fresh) client = undefined;
  };
  fresh.on("error", forget);
  fresh.on("end", forget);
  await fresh.connect();
  client = fresh;
  names = new Map();
  return fresh;
}

/** Ends a connection at once; the server takes back what was not committed. */
function cut(): void {
  const gone = client;
  client = undefined;
  void gone?.end().catch(() => undefined);
  // `end` waits for a statement that is still running.
  (
    gone as unknown as { connection?: { stream?: { destroy(): void } } }
  )?.connection?.stream?.destroy();
}

function nameOf(sql: string): string | undefined {
  const known = names.get(sql);
  if (known !== undefined || names.size >= STATEMENTS_MAX) return known;
  const name = `meterville-${names.size}`;
  names.set(sql, name);
  return name;
}

async function ask({ sql, parameters, mayConnect, wallMs }: PostgresRequest) {
  const open = client ?? (mayConnect ? await connect() : undefined);
  if (open === undefined) throw new Error("the connection was lost");
  // Not a part of the types, but of the package.
  const limit = { query_timeout: wallMs };
  if (parameters === undefined) return open.query({ text: sql, ...limit } as pg.QueryConfig);
  const name = nameOf(sql);
  return open.query({
    text: sql,
    values: [...parameters],
    ...(name === undefined ? {} : { name }),
    ...limit,
  } as pg.QueryConfig);
}

async function answer(request: PostgresRequest): Promise<PostgresAnswer> {
  const { id, sql } = request;
  try {
    if (sql === "") {
      await client?.end();
      client = undefined;
      return { id, rows: [], count: 0 };
    }
    const { rows, rowCount } = await ask(request);
    return { id, rows: rows ?? [], count: rowCount ?? 0 };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.code === CONNECTION_LOST) cut();
    return { id, failure };
  }
}

function failureOf(error: unknown): PostgresFailure {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const text = typeof message === "string" ? message : String(error);
  const isLost = /timeout|terminated|connection (error|closed|was lost)|not queryable/i.test(text);
  if (typeof code === "string") return { message: text, code };
  return { message: text, code: isLost ? CONNECTION_LOST : undefined };
}

let last: Promise<void> = Promise.resolve();
port.on("message", (request: PostgresRequest) => {
  last = last.then(async () => {
    port.postMessage(await answer(request));
    Atomics.add(count, 0, 1);
    Atomics.notify(count, 0);
  });
});
