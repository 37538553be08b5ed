// What a disk or a database refuses for now. Nothing is lost by waiting: somebody mends it, and the same bytes are
// written again.

import { CallerError } from "./failure.ts";

/** `message` is a sentence: what cannot be written, why, and how to mend it. */
export class StorageError extends CallerError {
  /** It is ours, and it passes: server-errors.ts says it to whoever asked. */
  readonly statusCode = 503;
}

const FULL_CODES: readonly string[] = ["ENOSPC", "EDQUOT", "EFBIG"];
const FILE_CODES: readonly string[] = [
  "EIO",
  "EROFS",
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
  "ENOENT",
  "ENOTDIR",
];

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) that waiting or mending can cure. */
const SQLITE = { busy: 5, locked: 6, readonly: 8, ioError: 10, full: 13, cantOpen: 14 } as const;

/** The error as one that mending cures; undefined for all others, which are faults of ours. */
export function storageError(cause: unknown, what: string): StorageError | undefined {
  const why = reasonOf(cause as { code?: unknown; errcode?: unknown; message?: unknown });
  return why === undefined ? undefined : new StorageError(`${what} ${why}`, { cause });
}

function reasonOf(error: {
  readonly code?: unknown;
  readonly errcode?: unknown;
  readonly message?: unknown;
}): string | undefined {
  if (error instanceof StorageError) return undefined;
  const { code } = error;
  if (code === "ERR_SQLITE_ERROR" && typeof error.errcode === "number") {
    // Extended codes keep the primary one in their low byte.
    const primary = error.errcode & 0xff;
    if (primary === SQLITE.full) return "cannot be written: the disk is full; make room";
    if (primary === SQLITE.busy || primary === SQLITE.locked) {
      return "is locked by another program; stop that";
    }
    const others: readonly number[] = [SQLITE.readonly, SQLITE.ioError, SQLITE.cantOpen];
    return others.includes(primary)
      ? `cannot be written (${error.message}); check disk and permissions`
      : undefined;
  }
  if (typeof code !== "string") return undefined;
  if (FULL_CODES.includes(code)) return "cannot be written: the disk is full; make room";
  return FILE_CODES.includes(code)
    ? `cannot be written (${code}); check disk and permissions`
    : undefined;
}
