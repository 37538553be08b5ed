// A file that only grows, a line at a time: each is on disk before anybody is told of it.

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
import { CallerError } from "./failure.ts";
import { storageError } from "./storage-error.ts";

/** What the file is called in errors, and who hears of a line that is on disk. */
export interface Kept {
  readonly name: string;
  readonly written?: () => void;
}

export interface Lines {
  /** Throws StorageError; then nothing of the line is in the file. */
  append(line: string): void;
  close(): void;
}

/** Opens a file; `wx`: it must not be there yet. What was left of a line that nobody was told of is cut away. */
export function openLines(path: string, flags: "wx" | "r+", kept: Kept): Lines {
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
    append(line) {
      const bytes = Buffer.from(`${line}\n`);
      try {
        write(bytes);
      } catch (cause) {
        try {
          mend();
        } catch {
          // The next append tries again; until then the reader leaves the torn line out.
        }
        throw storageError(cause, `${kept.name} ${path}`) ?? cause;
      }
      wholeBytes += bytes.length;
      kept.written?.();
    },
    close: () => closeSync(handle),
  };
}

/** The whole lines of such a file, each as JSON; none where there is no file. Throws CallerError for a damaged one. */
export function readLines(path: string): readonly unknown[] {
  if (!existsSync(path)) return [];
  const bytes = readFileSync(path);
  const texts = bytes.subarray(0, wholeLines(bytes)).toString("utf8").split("\n").slice(0, -1);
  return texts.map((text, at) => {
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      const fix = "take the line out, or put the file of a copy there";
      throw new CallerError(`${path}: line ${at + 1} is damaged; ${fix}`, { cause });
    }
  });
}

const LINE_FEED = 10;
const wholeLines = (bytes: Uint8Array): number => bytes.lastIndexOf(LINE_FEED) + 1;
