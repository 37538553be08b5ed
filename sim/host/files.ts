// Files of the host: scenario texts with the data root, and byte ports for recordings.

import { existsSync, readFileSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { ReadText } from "../engine/scenario/resolve.ts";
import type { RecordingSource } from "../recording/reader.ts";
import type { RecordingSink } from "../recording/writer.ts";
import { CallerError, fileReason } from "./failure.ts";
import { killPoint } from "./kill-point.ts";
import { type StorageError, storageError } from "./storage-error.ts";

/** Top of the checkout. */
export const PROJECT_ROOT: string = resolve(import.meta.dirname, "../..");

/** Where live runs are kept: METERVILLE_RUNS, or `runs` in the checkout. */
export function runsRoot(): string {
  return process.env["METERVILLE_RUNS"] ?? join(PROJECT_ROOT, "runs");
}

/** Where reference data lies: METERVILLE_DATA, or `../shared/data` beside the checkout. */
export function dataRoot(): string {
  return process.env["METERVILLE_DATA"] ?? resolve(PROJECT_ROOT, "../shared/data");
}

/** Reads texts for scenarios and feeders; `$DATA/` is the data root. Throws with a sentence where there is no file. */
export function createReadText(): ReadText {
  return (path) => {
    const isData = path.startsWith("$DATA/");
    const file = isData ? join(dataRoot(), path.slice("$DATA/".length)) : path;
    if (!existsSync(file)) {
      const hint = isData
        ? "; set METERVILLE_DATA to the folder that holds feeders/"
        : isAbsolute(path)
          ? ""
          : "; paths are relative to the file that names them";
      throw new CallerError(`there is no file ${path}${hint}`);
    }
    try {
      return readFileSync(file, "utf8");
    } catch (cause) {
      throw new CallerError(`cannot read ${path}: ${fileReason(cause)}`, { cause });
    }
  };
}

/** Resolves when the names in a folder are on the disk itself. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file that is there whole or not at all, whenever the process or the machine dies. Throws StorageError.
 * `what` names the kill points on the way.
 */
export async function writeWhole(path: string, bytes: Uint8Array, what: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    const handle = await open(unfinished, "w");
    try {
      const half = bytes.length >> 1;
      await handle.writeFile(bytes.subarray(0, half));
      killPoint(`${what}-half-written`);
      await handle.writeFile(bytes.subarray(half));
      await handle.sync();
    } finally {
      await handle.close();
    }
    killPoint(`${what}-written`);
    await rename(unfinished, path);
    killPoint(`${what}-renamed`);
    await syncFolder(dirname(path));
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw storageError(cause, path) ?? cause;
  }
}

export interface FileSink extends RecordingSink {
  /** From now on a full disk is told here, and the writer waits for `retry`; before, it is thrown. */
  waitWith(onHeld: (error: StorageError) => void): void;
  /** Writes again what could not be written. */
  retry(): void;
  /** From now on a failure is thrown: nobody will mend it any more. */
  giveUp(): void;
  /** Resolves when what was written is on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A file as the bytes of a recording to be written: what is asked for is written in the end, in order and once. */
export async function openSink(path: string): Promise<FileSink> {
  const handle = await open(path, "w");
  let onHeld: ((error: StorageError) => void) | undefined;
  let position = 0;
  let isGivenUp = false;
  let wake: (() => void) | undefined;
  const go = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    position: () => BigInt(position),
    async write(bytes) {
      let done = 0;
      while (done < bytes.length) {
        try {
          const left = bytes.length - done;
          done += (await handle.write(bytes, done, left, position + done)).bytesWritten;
        } catch (cause) {
          const error = storageError(cause, `the recording ${path}`);
          if (error === undefined || onHeld === undefined || isGivenUp) throw error ?? cause;
          onHeld(error);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      position += bytes.length;
    },
    waitWith(tell) {
      onHeld = tell;
    },
    retry: go,
    giveUp() {
      isGivenUp = true;
      go();
    },
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/** A file as the bytes of a recording to be read. */
export async function openSource(
  path: string,
): Promise<RecordingSource & { close(): Promise<void> }> {
  const handle: FileHandle = await open(path, "r");
  return {
    size: async () => BigInt((await handle.stat()).size),
    async read(offset, size) {
      const bytes = new Uint8Array(Number(size));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(
          bytes,
          done,
          bytes.length - done,
          Number(offset) + done,
        );
        if (bytesRead === 0) throw new Error("the file ends too early");
        done += bytesRead;
      }
      return bytes;
    },
    close: () => handle.close(),
  };
}
