// A case as it went: what was done when, and every byte on the line, so that the same case can be run again and held
// against it. Lines of JSON: the case first, then what happened, and how the board ended.

import { z } from "zod";
import type { CaseResult } from "./run-case.ts";
import { type BenchCase, STEP_KINDS } from "./suite.ts";

const VERSION = 1;

/** One thing that happened: a step of the case, or bytes that arrived at one end of the line. */
export type Happened =
  | { readonly atMs: number; readonly step: number; readonly kind: string; readonly value: unknown }
  | { readonly atMs: number; readonly to: string; readonly bytes: string };

const HeadSchema = z.object({
  recording: z.literal(VERSION, "this is no recording of a case, or one of another version"),
  seed: z.number(),
  firmwareSha256: z.string(),
  case: z.object({
    id: z.string(),
    suite: z.string(),
    title: z.string(),
    requirement: z.string(),
    parameters: z.record(z.string(), z.union([z.number(), z.string()])),
    isLong: z.boolean(),
    steps: z.array(z.object({ kind: z.enum(STEP_KINDS), value: z.unknown() })),
  }),
});

export interface Recording {
  readonly seed: number;
  readonly firmwareSha256: string;
  readonly what: BenchCase;
  /** All lines but the first. */
  readonly lines: readonly string[];
}

/** A file that is no recording; the message says what is wrong with it. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/** What happened, and how the board was at the end: equal lines, equal runs. */
const linesOf = ({ happened, simMs, digest, failure }: CaseResult): readonly string[] =>
  [...happened, { endMs: simMs, digest, failure: failure ?? null }].map((line) =>
    JSON.stringify(line),
  );

export function recordingText(
  what: BenchCase,
  result: CaseResult,
  { seed, firmwareSha256 }: Pick<Recording, "seed" | "firmwareSha256">,
): string {
  const head = { recording: VERSION, seed, firmwareSha256, case: what };
  return `${[JSON.stringify(head), ...linesOf(result)].join("\n")}\n`;
}

/** Throws a RecordingError. */
export function parseRecording(text: string): Recording {
  const [head = "", ...lines] = text.trimEnd().split("\n");
  let json: unknown;
  try {
    json = JSON.parse(head);
  } catch (error) {
    throw new RecordingError("its first line is no JSON: a recording begins with its case", {
      cause: error,
    });
  }
  const checked = HeadSchema.safeParse(json);
  if (!checked.success) throw new RecordingError(checked.error.issues[0]!.message);
  const { seed, firmwareSha256, case: what } = checked.data;
  return { seed, firmwareSha256, what: what as BenchCase, lines };
}

/** The first line in which a run differs from its recording; undefined: in none. */
export function firstDifference(
  { lines }: Recording,
  result: CaseResult,
): { readonly line: number; readonly recorded: string; readonly now: string } | undefined {
  const again = linesOf(result);
  const at = Array.from({ length: Math.max(lines.length, again.length) }).findIndex(
    (_, index) => lines[index] !== again[index],
  );
  if (at < 0) return undefined;
  // The case itself is line 1.
  return { line: at + 2, recorded: lines[at] ?? "nothing", now: again[at] ?? "nothing" };
}
