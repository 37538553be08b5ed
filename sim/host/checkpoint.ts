// Checkpoints of a live run: the whole world and what its recording does not hold yet, written atomically, the last two
// kept. A matter of the host: they change nothing in a run, and a run without them comes back from its start.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SimMs } from "../core/time.ts";
import type { DigestHourRow } from "../engine/digest-log.ts";
import { decodeRaw, encodeRaw } from "../recording/raw.ts";
import { writeWhole } from "./files.ts";
import type { SessionState } from "./session.ts";
import { makeFolder } from "./targets.ts";

export const CHECKPOINT_VERSION = 1;
/** So many are kept: the newest, and one before it in case that the newest is damaged. */
const KEPT_MAX = 2;

/** First line of a checkpoint, as JSON. */
interface CheckpointSeal {
  readonly checkpoint: typeof CHECKPOINT_VERSION;
  /** SHA-256 of all that follows the line. */
  readonly sha256: string;
}

/** Second line, as JSON; the snapshot follows, then the messages. */
interface CheckpointHeader {
  readonly runId: string;
  readonly scenarioSha256: string;
  readonly simMs: SimMs;
  readonly fileId: string;
  readonly messageCount: number;
  readonly notedSequence: number;
  readonly digests: DigestHourRow | null;
  readonly snapshotBytes: number;
}

/** Which run a checkpoint belongs to. */
export interface CheckpointOwner {
  readonly runId: string;
  readonly scenarioSha256: string;
}

/** A file that is no whole checkpoint of this run; `message` says why. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** The bytes of a checkpoint: two lines of JSON, the snapshot, the messages. */
export function encodeCheckpoint(owner: CheckpointOwner, state: SessionState): Uint8Array {
  const { simMs, snapshot, digests, fileId, messageCount, unwritten, notedSequence } = state;
  const header: CheckpointHeader = {
    runId: owner.runId,
    scenarioSha256: owner.scenarioSha256,
    simMs,
    fileId,
    messageCount,
    notedSequence,
    digests: digests ?? null,
    snapshotBytes: snapshot.length,
  };
  const sealed = Buffer.concat([jsonLine(header), snapshot, encodeRaw(unwritten)]);
  const seal: CheckpointSeal = { checkpoint: CHECKPOINT_VERSION, sha256: sha256(sealed) };
  return Buffer.concat([jsonLine(seal), sealed]);
}

/** Reads what `encodeCheckpoint` wrote for the same run. Throws CheckpointError. */
export function decodeCheckpoint(owner: CheckpointOwner, bytes: Uint8Array): SessionState {
  const [seal, sealed] = takeLine(bytes) as [CheckpointSeal, Uint8Array];
  if (seal.checkpoint !== CHECKPOINT_VERSION) {
    throw new CheckpointError(`is of version ${seal.checkpoint}, not ${CHECKPOINT_VERSION}`);
  }
  if (sha256(sealed) !== seal.sha256) throw new CheckpointError("is damaged or cut off");
  const [header, body] = takeLine(sealed) as [CheckpointHeader, Uint8Array];
  if (header.runId !== owner.runId) throw new CheckpointError(`is of run ${header.runId}`);
  if (header.scenarioSha256 !== owner.scenarioSha256) {
    throw new CheckpointError("is of another scenario");
  }
  const { simMs, fileId, messageCount, notedSequence, digests, snapshotBytes } = header;
  return {
    simMs,
    fileId,
    messageCount,
    notedSequence,
    digests: digests ?? undefined,
    // A copy: columns want to begin at a multiple of eight.
    snapshot: Uint8Array.from(body.subarray(0, snapshotBytes)),
    unwritten: decodeRaw(body.subarray(snapshotBytes)),
  };
}

const LINE_FEED = 10;
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const jsonLine = (value: object): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);

/** The object in the first line, and the bytes after it. */
function takeLine(bytes: Uint8Array): readonly [line: object, rest: Uint8Array] {
  const end = bytes.indexOf(LINE_FEED);
  try {
    const line: unknown = JSON.parse(Buffer.from(bytes.subarray(0, Math.max(0, end))).toString());
    if (typeof line === "object" && line !== null) return [line, bytes.subarray(end + 1)];
  } catch {
    // Said below.
  }
  throw new CheckpointError("is no checkpoint");
}

export interface Checkpoints {
  /** Keeps one more, in the background, and lets go of the oldest. Throws StorageError. */
  write(state: SessionState): Promise<void>;
  /** Those that are whole, newest first; what is wrong with the others goes to `tell` in a sentence each. */
  whole(tell: (sentence: string) => void): Generator<SessionState, void, void>;
  /** Forgets all that are newer than this one: the run goes on from it in another way. */
  forgetAfter(simMs: SimMs): void;
}

/** The checkpoints in a folder, which is made if missing. */
export function openCheckpoints(folder: string, owner: CheckpointOwner): Checkpoints {
  makeFolder(folder);
  const path = (number: number): string =>
    join(folder, `checkpoint-${String(number).padStart(8, "0")}.bin`);
  /** Newest first. */
  const numbers = readdirSync(folder)
    .map((name) => Number(/^checkpoint-(\d+)\.bin$/.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((a, b) => b - a);
  const read = (number: number): SessionState => {
    return decodeCheckpoint(owner, readFileSync(path(number)));
  };
  return {
    async write(state) {
      const number = (numbers[0] ?? 0) + 1;
      const bytes = encodeCheckpoint(owner, state);
      await writeWhole(path(number), bytes, "checkpoint");
      numbers.unshift(number);
      for (const old of numbers.splice(KEPT_MAX)) rmSync(path(old), { force: true });
    },
    *whole(tell) {
      for (const number of [...numbers]) {
        try {
          yield read(number);
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
          tell(`${path(number)} ${error.message}; the one before it is taken`);
        }
      }
    },
    forgetAfter(simMs) {
      for (const number of [...numbers]) {
        let isNewer = true;
        try {
          isNewer = read(number).simMs > simMs;
        } catch (error) {
          if (!(error instanceof CheckpointError)) throw error;
        }
        if (!isNewer) continue;
        rmSync(path(number), { force: true });
        numbers.splice(numbers.indexOf(number), 1);
      }
    },
  };
}

/** Simulated time of the newest checkpoint in a folder, whether it is whole or not; undefined where there is none. */
export function newestCheckpointMs(folder: string): SimMs | undefined {
  try {
    const newest = readdirSync(folder)
      .filter((name) => /^checkpoint-\d+\.bin$/.test(name))
      .sort((a, b) => (a < b ? 1 : -1))[0];
    if (newest === undefined) return undefined;
    const [, sealed] = takeLine(readFileSync(join(folder, newest)));
    return (takeLine(sealed)[0] as CheckpointHeader).simMs;
  } catch {
    return undefined;
  }
}
