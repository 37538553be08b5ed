// What PostgreSQL refuses, in words: what waiting or mending cures, and what is a fault of ours.

import { CallerError } from "../failure.ts";
import { StorageError } from "../storage-error.ts";
import { CONNECTION_LOST, type PostgresFailure } from "./postgres-messages.ts";

/** An error of the server or of the way to it. */
export class PostgresError extends Error {
  override readonly name = "PostgresError";
  readonly code: string | undefined;
  constructor({ message, code }: PostgresFailure) {
    super(message);
    this.code = code;
  }
}

/**
 * By the class of the SQLSTATE (https://www.postgresql.org/docs/15/errcodes-appendix.html), the first two letters, or by
 * the whole code where a class holds both kinds.
 */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^53100$/, "cannot be written: its disk is full; make room"],
  [/^53300$/, "has no connection left; end another or raise max_connections"],
  [/^53/, "is out of means (%); give the server more"],
  [/^28/, "does not let this user in (%); give user and password in the URL or in PGPASSWORD"],
  [/^3D000$/, "is not there (%); make it with createdb"],
  [/^42501$/, "may not be written by this user (%); grant create on the database"],
  [/^25006$/, "is read-only (%); give the server that writes"],
  [/^55P03$/, "is locked by another program; stop that"],
  [/^40/, "was being written by another program (%); stop that"],
  [/^(57|58|08)/, "has stopped answering (%); start the server again"],
  [/^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT|EACCES)/, "cannot be reached (%); start the server"],
  [/^(ENOTFOUND|EAI_AGAIN)/, "cannot be reached: its host is not known (%); correct the URL"],
  [new RegExp(`^${CONNECTION_LOST}$`), "does not answer (%); look after the server"],
];

/** The error as one that mending cures; undefined for all others, which are faults of ours. */
export function postgresStorageError(cause: unknown, name: string): StorageError | undefined {
  const reason = reasonOf(cause);
  return reason === undefined
    ? undefined
    : new StorageError(`the ledger ${name} ${reason}`, { cause });
}

/** What cannot be opened, in words. */
export function postgresOpeningError(name: string, cause: unknown): CallerError {
  if (cause instanceof CallerError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const reason = reasonOf(cause) ?? `cannot be opened (${message}); check the URL and the server`;
  return new CallerError(`${name}: ${reason}`, { cause });
}

function reasonOf(cause: unknown): string | undefined {
  if (!(cause instanceof PostgresError)) return undefined;
  const { code, message } = cause;
  const found = code === undefined ? undefined : REASONS.find(([codes]) => codes.test(code));
  return found?.[1].replace("%", () => message);
}
