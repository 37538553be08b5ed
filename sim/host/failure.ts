// Failures that a person is told about in one line each, with the exit code that goes with them.

import { AssertionFailure } from "../core/assert.ts";
import { ScenarioError } from "../engine/scenario/problem.ts";
import { SnapshotError } from "../engine/snapshot.ts";
import { RecordingError } from "../recording/reader.ts";
import { SetupFailure } from "./bootstrap/setup-failure.mjs";
import { EXIT } from "./exit-codes.ts";

/** Something that the caller must change; `message` says what, where and how. */
export class CallerError extends Error {
  override readonly name = "CallerError";
  readonly exitCode: number;
  constructor(message: string, options: { exitCode?: number; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exitCode = options.exitCode ?? EXIT.input;
  }
}

const FILE_REASONS: Readonly<Record<string, string>> = {
  EACCES: "there is no permission",
  EPERM: "there is no permission",
  EROFS: "the disk is read-only",
  EISDIR: "it is a folder; give a file",
  ENOTDIR: "a part of the path is no folder",
  ENOENT: "there is no such file or folder",
  EEXIST: "there is a file of that name",
  ENOSPC: "the disk is full; make room",
  EDQUOT: "the disk is full; make room",
  EFBIG: "the disk is full; make room",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "its links lead in a circle",
  EMFILE: "too many files are open",
  EIO: "the disk fails",
};

/** Why a file cannot be read or written, in words. */
export function fileReason(cause: unknown): string {
  const { code, message } = cause as { code?: string; message?: string };
  return FILE_REASONS[code ?? ""] ?? code ?? message ?? String(cause);
}

/** What the system says of a file is about the file, and not a fault of ours. */
function fileFailure(error: unknown): string | undefined {
  const { code, path } = error as { code?: unknown; path?: unknown };
  if (!(error instanceof Error) || typeof code !== "string" || typeof path !== "string") {
    return undefined;
  }
  return FILE_REASONS[code] === undefined ? undefined : `${path}: ${FILE_REASONS[code]}`;
}

/** The lines for a person, without a stack trace, and the exit code. */
export function explainFailure(error: unknown): {
  readonly text: string;
  readonly exitCode: number;
} {
  if (error instanceof CallerError) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof SetupFailure) return { text: error.message, exitCode: error.exitCode };
  if (error instanceof ScenarioError) return { text: error.message, exitCode: EXIT.input };
  if (error instanceof RecordingError || error instanceof SnapshotError) {
    return { text: error.message, exitCode: EXIT.input };
  }
  if (error instanceof AssertionFailure) {
    const where = error.stack?.split("\n").find((line) => line.includes(".ts:")) ?? "";
    return {
      text: `this is a fault of Meterville, not yours: ${error.message} (${where.trim()})`,
      exitCode: EXIT.bug,
    };
  }
  const ofFile = fileFailure(error);
  if (ofFile !== undefined) return { text: ofFile, exitCode: EXIT.input };
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return {
    text: `this is a fault of Meterville, not yours: ${message}${stack}`,
    exitCode: EXIT.bug,
  };
}
