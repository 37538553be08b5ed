// The journal of a run: one JSON line an entry, on disk before anybody is told that it was accepted.

import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { JOURNAL_VERSION, type JournalEntry, type JournalHeader } from "../contract/input.ts";
import { CallerError, fileReason } from "./failure.ts";
import { killPoint } from "./kill-point.ts";
import { storageError } from "./storage-error.ts";

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
  const lines = openLines(path, "wx");
  lines.append(header);
  return lines;
}

/** Goes on with a journal. What was left of a line that nobody was told of is cut away. */
export function continueJournal(path: string): JournalFile {
  return openLines(path, "r+");
}

function openLines(
  path: string,
  flags: "wx" | "r+",
): JournalFile & { append(value: object): void } {
  const handle = openSync(path, flags);
  // Everything before this byte is whole lines.
  let wholeBytes = flags === "wx" ? 0 : wholeLines(readFileSync(handle));
  let isTorn = fstatSync(handle).size !== wholeBytes;
  const mend = (): void => {
    ftruncateSync(handle, wholeBytes);
    isTorn = false;
  };
  const write = (bytes: Uint8Array): void => {
    if (isTorn) mend();
    isTorn = true;
    let done = 0;
    while (done < bytes.length) {
      done += writeSync(handle, bytes, done, bytes.length - done, wholeBytes + done);
    }
    fsyncSync(handle);
    isTorn = false;
  };
  if (isTorn) mend();
  return {
    path,
    append(value) {
      const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
      try {
        write(bytes);
      } catch (cause) {
        try {
          mend();
        } catch {
          // The next append tries again; until then the reader leaves the torn line out.
        }
        throw storageError(cause, `the journal ${path}`) ?? cause;
      }
      wholeBytes += bytes.length;
      killPoint("journalled");
    },
    close: () => closeSync(handle),
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new CallerError(`cannot read ${path}: ${fileReason(cause)}`, { cause });
  }
}

const LINE_FEED = 10;
const wholeLines = (bytes: Uint8Array): number => bytes.lastIndexOf(LINE_FEED) + 1;

/**
 * Reads a journal for a scenario. Throws CallerError for another scenario's or seed's; a last line that was cut
 * off was never acknowledged and is left out.
 */
export function readJournal(
  path: string,
  expected: { readonly scenarioSha256: string; readonly seed: number },
): readonly JournalEntry[] {
  if (!existsSync(path)) throw new CallerError(`there is no journal ${path}`);
  const lines = textOf(path).split("\n");
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
