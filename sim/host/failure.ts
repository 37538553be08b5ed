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
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? `\n${error.stack ?? ""}` : "";
  return {
    text: `this is a fault of Meterville, not yours: ${message}${stack}`,
    exitCode: EXIT.bug,
  };
}
