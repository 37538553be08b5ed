// The journal of a run: one JSON line an entry, on disk before anybody is told that it was accepted.

import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { JOURNAL_VERSION, type JournalEntry, type JournalHeader } from "../contract/input.ts";
import { CallerError } from "./failure.ts";

export interface JournalFile {
  readonly path: string;
  /** Returns when the entry is on disk; throws where it cannot be, and then nothing may take effect. */
  append(entry: JournalEntry): void;
  close(): void;
}

/** Starts a journal; the file must not be there yet. */
export function createJournal(path: string, header: JournalHeader): JournalFile {
  const handle = openSync(path, "wx");
  const write = (value: unknown): void => {
    writeSync(handle, `${JSON.stringify(value)}\n`);
    fsyncSync(handle);
  };
  write(header);
  return { path, append: write, close: () => closeSync(handle) };
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
  const lines = readFileSync(path, "utf8").split("\n");
  if (lines.at(-1) !== "") lines.pop();
  const values = lines
    .filter((line) => line !== "")
    .map((line, index) => {
      try {
        return JSON.parse(line) as unknown;
      } catch (cause) {
        throw new CallerError(
          `${path}:${index + 1}: not a line of a journal; is the file damaged?`,
          {
            cause,
          },
        );
      }
    });
  const header = values[0] as JournalHeader | undefined;
  if (header?.version !== JOURNAL_VERSION || typeof header.scenarioSha256 !== "string") {
    throw new CallerError(`${path}:1: not a journal of version ${JOURNAL_VERSION}`);
  }
  if (header.scenarioSha256 !== expected.scenarioSha256 || header.seed !== expected.seed) {
    throw new CallerError(
      `${path}: the journal of another scenario (${header.scenarioSha256.slice(0, 12)}, seed ${header.seed}), ` +
        `not of this one (${expected.scenarioSha256.slice(0, 12)}, seed ${expected.seed}); give the scenario, seed, step and --set that it was made with`,
    );
  }
  return values.slice(1) as JournalEntry[];
}
