// The journal of a run: a line an entry, on disk before anybody is told that it was accepted. Inputs are JSON; answers of
// boards, of which there may be one a second, are what changed since the last one, in base64.

import { existsSync, readFileSync } from "node:fs";
import { JOURNAL_VERSION, type JournalEntry, type JournalHeader } from "../contract/input.ts";
import { type AnswerColumns, createAnswerColumns } from "../recording/answer-columns.ts";
import { CallerError, fileReason } from "./failure.ts";
import { killPoint } from "./kill-point.ts";
import { type Lines, openLines } from "./line-file.ts";

export interface JournalFile {
  readonly path: string;
  /**
   * Returns when the entry is on disk. Throws StorageError where it cannot be: then nothing of it is in the file, and
   * nothing may take effect.
   */
  append(entry: JournalEntry): void;
  close(): void;
}

/** Starts a journal; the file must not be there yet. */
export function createJournal(path: string, header: JournalHeader): JournalFile {
  const lines = openLines(path, "wx", JOURNAL);
  lines.append(JSON.stringify(header));
  return entriesOver(path, lines, createAnswerColumns());
}

/** Goes on with a journal. What was left of a line that nobody was told of is cut away. */
export function continueJournal(path: string): JournalFile {
  const answers = createAnswerColumns();
  linesOf(path).forEach((line, index) => {
    if (line.startsWith(ANSWERS_MARK)) readLine(line, answers, `${path}:${index + 1}`);
  });
  return entriesOver(path, openLines(path, "r+", JOURNAL), answers);
}

const JOURNAL = { name: "the journal", written: () => killPoint("journalled") } as const;

/** No line of JSON begins with it. */
const ANSWERS_MARK = "~";

function entriesOver(path: string, lines: Lines, answers: AnswerColumns): JournalFile {
  return {
    path,
    append(entry) {
      if (entry.kind !== "answers") {
        lines.append(JSON.stringify(entry));
        return;
      }
      lines.append(`${ANSWERS_MARK}${Buffer.from(answers.encode(entry)).toString("base64")}`);
      answers.accept(entry);
    },
    close: lines.close,
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CallerError(`cannot read ${path}: ${fileReason(cause)}`, { cause });
  }
}

const READABLE_VERSIONS: readonly unknown[] = [1, JOURNAL_VERSION];

/** The whole lines; nothing is between them. */
function linesOf(path: string): readonly string[] {
  const lines = textOf(path).split("\n");
  lines.pop();
  return lines.filter((line) => line !== "");
}

function readLine(line: string, answers: AnswerColumns, where: string): unknown {
  try {
    if (!line.startsWith(ANSWERS_MARK)) return JSON.parse(line) as unknown;
    return answers.decode(Buffer.from(line.slice(ANSWERS_MARK.length), "base64"));
  } catch (cause) {
    throw new CallerError(`${where}: not a line of a journal; is the file damaged?`, { cause });
  }
}

/**
 * Reads a journal for a scenario. Throws CallerError for another scenario's or seed's; a last line that was cut
 * off was never acknowledged and is left out.
 */
export function readJournal(
  path: string,
  expected: { readonly scenarioSha256: string; readonly seed: number },
): readonly JournalEntry[] {
  if (!existsSync(path)) throw new CallerError(`there is no journal ${path}`);
  const answers = createAnswerColumns();
  const values = linesOf(path).map((line, index) =>
    readLine(line, answers, `${path}:${index + 1}`),
  );
  const header = values[0] as JournalHeader | undefined;
  if (!READABLE_VERSIONS.includes(header?.version) || typeof header?.scenarioSha256 !== "string") {
    const versions = READABLE_VERSIONS.join(" or ");
    throw new CallerError(`${path}:1: not a journal of version ${versions}`);
  }
  if (header.scenarioSha256 !== expected.scenarioSha256 || header.seed !== expected.seed) {
    throw new CallerError(
      `${path}: the journal of another scenario (${header.scenarioSha256.slice(0, 12)}, seed ${header.seed}), ` +
        `not of this one (${expected.scenarioSha256.slice(0, 12)}, seed ${expected.seed}); give the scenario, seed, step and --set that it was made with`,
    );
  }
  return values.slice(1) as JournalEntry[];
}
