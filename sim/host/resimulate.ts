// A recording run again from its scenario and journal, minute by minute against its digests.

import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import type { JournalEntry } from "../contract/input.ts";
import type { RunReport } from "../contract/report.ts";
import { sha256Text } from "../core/digest.ts";
import { formatDuration, HOUR_MS, MINUTE_MS, type SimMs } from "../core/time.ts";
import { compareHours, createDigestLog, type DigestHourRow } from "../engine/digest-log.ts";
import { createFeed, stepByJournal } from "../engine/journal-feed.ts";
import { RESOLVED_VERSION, type ResolvedScenario } from "../engine/scenario/resolved.ts";
import { decodeParts, firstPartDifference, partsOf } from "../engine/snapshot.ts";
import { beginStep, finalHash, finishStep } from "../engine/step.ts";
import { createTwin } from "../engine/world.ts";
import {
  CutOffError,
  openRecording,
  RecordingError,
  type RecordingReader,
} from "../recording/reader.ts";
import type { BoardsAgain, BoardsAgainResult } from "./boards-again.ts";
import { CallerError } from "./failure.ts";
import { openSource } from "./files.ts";
import { recoverRecording } from "./recovered.ts";
import { RUN_FILE } from "./run-folder.ts";

/** The first place where a recording and its replay differ. */
export interface FirstDifference {
  readonly simMs: number;
  readonly part: string;
  readonly row: number | null;
  readonly recorded: string | null;
  readonly replayed: string | null;
}

export interface ReplayResult {
  readonly verified: boolean;
  readonly steps: number;
  readonly digestsChecked: number;
  readonly firstDifference: FirstDifference | null;
  /** Null where no board was run again. */
  readonly boards: BoardsAgainResult | null;
}

/**
 * Opens a recording, or that in the folder of a live run, for the length of `work`. Of a file that was cut off, what
 * is whole is opened; `tell` gets a sentence about it. `cutOffAtMs` is null for a whole file.
 */
export async function withRecording<Value>(
  given: string,
  work: (reader: RecordingReader, cutOffAtMs: SimMs | null) => Promise<Value>,
  tell: (sentence: string) => void = (sentence) => void process.stderr.write(`${sentence}\n`),
): Promise<Value> {
  const path = recordingPath(given);
  try {
    return await withFile(path, (reader) => work(reader, null));
  } catch (error) {
    if (!(error instanceof CutOffError)) throw inFile(path, error);
  }
  const folder = mkdtempSync(join(tmpdir(), "meterville-"));
  try {
    const whole = join(folder, "whole.mcap");
    const cutOffAtMs = await recoverRecording(path, whole);
    tell(
      `${path}: cut off at ${formatDuration(cutOffAtMs)}; ${(cutOffAtMs / HOUR_MS).toFixed(1)} hours of it are whole`,
    );
    return await withFile(whole, (reader) => work(reader, cutOffAtMs));
  } catch (error) {
    throw inFile(path, error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function recordingPath(given: string): string {
  if (!existsSync(given)) {
    throw new CallerError(`there is no file ${given}; give a recording that run --out wrote`);
  }
  if (!statSync(given).isDirectory()) return given;
  const inside = join(given, RUN_FILE.recording);
  if (existsSync(inside)) return inside;
  throw new CallerError(`${given}: a folder without ${RUN_FILE.recording}; give a recording`);
}

const inFile = (path: string, error: unknown): unknown =>
  error instanceof RecordingError
    ? new CallerError(`${path}: ${error.message}`, { cause: error })
    : error;

async function withFile<Value>(
  path: string,
  work: (reader: RecordingReader) => Promise<Value>,
): Promise<Value> {
  const source = await openSource(path);
  try {
    return await work(
      await openRecording(source, { zstd: (bytes) => new Uint8Array(zstdDecompressSync(bytes)) }),
    );
  } finally {
    await source.close();
  }
}

/** Reads the resolved scenario back; it must be the one that the recording names. */
export function recordedScenario(reader: RecordingReader): ResolvedScenario {
  if (sha256Text(reader.resolvedText) !== reader.scenarioSha256) {
    throw new RecordingError(
      "the recording's scenario was changed after it was written; it cannot be trusted",
    );
  }
  const resolved = JSON.parse(reader.resolvedText) as ResolvedScenario;
  if (resolved.version !== RESOLVED_VERSION) {
    throw new RecordingError(
      `a scenario of version ${resolved.version}, this program runs version ${RESOLVED_VERSION}`,
    );
  }
  return resolved;
}

/**
 * Runs everything again and stops at the first difference of the twin. With `boardsAgain` the boards run beside it; what
 * they answer otherwise is told and changes nothing.
 */
export async function resimulate(
  reader: RecordingReader,
  boardsAgain?: BoardsAgain,
): Promise<ReplayResult> {
  const resolved = recordedScenario(reader);
  const journal = await reader.journal();
  const hours = await reader.digests();
  const last = hours.at(-1)?.simMs.at(-1);
  const result =
    reader.resultText === "" ? undefined : (JSON.parse(reader.resultText) as RunReport);
  const endMs = result?.simulatedMs ?? last;
  if (endMs === undefined) {
    throw new RecordingError("the recording holds no digests; there is nothing to verify");
  }
  const twin = createTwin(resolved);
  const log = createDigestLog(twin);
  const feed = createFeed(journal);
  const { clock } = twin.world.engine;
  let hour = 0;
  let digestsChecked = 0;
  let steps = 0;
  const check = async (again: DigestHourRow): Promise<FirstDifference | undefined> => {
    const recorded = hours[hour++];
    if (recorded === undefined) {
      return { simMs: again.simMs[0]!, part: "", row: null, recorded: null, replayed: again.chain };
    }
    const difference = compareHours({ ...recorded } as DigestHourRow, again);
    if (difference === undefined) {
      digestsChecked += again.simMs.length * (again.names.length + 1);
      return undefined;
    }
    return explain(reader, resolved, journal, difference);
  };
  const failed = (firstDifference: FirstDifference): ReplayResult => ({
    verified: false,
    steps,
    digestsChecked,
    firstDifference,
    boards: boardsAgain?.result ?? null,
  });
  while (clock.nowMs < endMs) {
    const { nowMs } = clock;
    const swapped = beginStep(twin, feed.inputsAt(nowMs));
    const answers = feed.answersAt(nowMs);
    await boardsAgain?.compare(twin, swapped, answers);
    const end = finishStep(twin, answers);
    steps++;
    const full = log.note(twin, end);
    const difference = full === undefined ? undefined : await check(full);
    if (difference !== undefined) return failed(difference);
  }
  const rest = log.rest();
  const difference = rest === undefined ? undefined : await check(rest);
  if (difference !== undefined) return failed(difference);
  const replayed = finalHash(twin);
  if (result !== undefined && result.finalHash !== replayed) {
    const recorded = result.finalHash;
    return failed({ simMs: clock.nowMs, part: "finalHash", row: null, recorded, replayed });
  }
  const boards = boardsAgain?.result ?? null;
  return {
    verified: (boards?.firstDifference ?? null) === null,
    steps,
    digestsChecked: digestsChecked + 1,
    firstDifference: null,
    boards,
  };
}

/** Names the row and both values, where a keyframe at or after the difference still shows them. */
async function explain(
  reader: RecordingReader,
  resolved: ResolvedScenario,
  journal: readonly JournalEntry[],
  { simMs, part }: { readonly simMs: number; readonly part: string },
): Promise<FirstDifference> {
  const nothing = { simMs, part, row: null, recorded: null, replayed: null };
  const keyframe = await reader.keyframe(Math.floor(simMs / MINUTE_MS) * MINUTE_MS);
  if (keyframe === undefined) return nothing;
  const twin = createTwin(resolved);
  const feed = createFeed(journal);
  while (twin.world.engine.clock.nowMs < keyframe.simMs) stepByJournal(twin, feed);
  const recorded = decodeParts(keyframe.snapshot);
  const named = recorded.filter(({ name }) => part === "" || name === part);
  const difference = firstPartDifference(named, partsOf(twin.world));
  if (difference === undefined) return nothing;
  return {
    simMs,
    part: difference.part,
    row: difference.row,
    recorded: difference.expected,
    replayed: difference.actual,
  };
}
