// What a live run keeps, opened for a new run or for one that goes on after its process has ended, however that was.
// Everything is in the folder at every moment: resolved scenario, journal, ledger, recording, checkpoints.

import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { BeliefEvent } from "../contract/event.ts";
import { JOURNAL_VERSION, type JournalEntry } from "../contract/input.ts";
import { AssertionFailure } from "../core/assert.ts";
import { sha256Text, textOfUtf8 } from "../core/digest.ts";
import { formatDuration, HOUR_MS } from "../core/time.ts";
import { createFeed, type JournalFeed } from "../engine/journal-feed.ts";
import { RESOLVED_VERSION, type ResolvedScenario } from "../engine/scenario/resolved.ts";
import { decodeSnapshot, SnapshotError } from "../engine/snapshot.ts";
import { createTwin, resolvedText, restoreTwin, type Twin, type World } from "../engine/world.ts";
import type { RawMessage } from "../recording/raw.ts";
import { type Decompress, RecordingError } from "../recording/reader.ts";
import { TOPIC } from "../recording/topics.ts";
import { wholeRecords } from "../recording/whole-chunks.ts";
import { createRecording, type RecordingWriter } from "../recording/writer.ts";
import { type Checkpoints, openCheckpoints } from "./checkpoint.ts";
import { CallerError } from "./failure.ts";
import { type FileSink, openSink, openSource, writeWhole } from "./files.ts";
import { continueJournal, createJournal, type JournalFile, readJournal } from "./journal.ts";
import { killPoint } from "./kill-point.ts";
import { createSupplyNotes, type SupplyNotes } from "./portal/supply-notes.ts";
import { provenance } from "./provenance.ts";
import {
  createRunFolder,
  damageText,
  lockRun,
  RUN_FILE,
  type RunEntry,
  type RunFacts,
  storePath,
  writeFacts,
} from "./run-folder.ts";
import { createSession, type Session, type SessionState } from "./session.ts";
import { StorageError } from "./storage-error.ts";
import { openStore, type Store } from "./store.ts";

/** A checkpoint is due after so much wall time, */
const CHECKPOINT_WALL_MS = 5_000;
/** or after so much simulated time, but not more often than this. */
const CHECKPOINT_SIM_MS = HOUR_MS;
const CHECKPOINT_WALL_MIN_MS = 1_000;
/** Steps and messages that are done in one go while a run comes back. */
const BATCH = 2_000;

export interface RunFiles {
  readonly folder: string;
  readonly facts: RunFacts;
  readonly resolved: ResolvedScenario;
  readonly session: Session;
  readonly journal: JournalFile;
  readonly store: Store;
  /** Everything that the journal held when it was opened, in order. */
  readonly journalled: readonly JournalEntry[];
  /** Of those, what takes effect in steps that are still to come. */
  readonly waiting: readonly JournalEntry[];
  readonly nextSequence: number;
  /** What the company did about each customer up to here, from the start of the run on. */
  readonly notes: SupplyNotes;
  /** From now on what cannot be written is waited for, and told here. */
  waitWith(onHeld: (error: StorageError) => void): void;
  /** Tries again what is waited for. */
  retry(): void;
  /**
   * To be called between steps: writes a checkpoint in the background where one is due. Throws what failed in the last
   * one beyond mending.
   */
  betweenSteps(): void;
  /**
   * Ends cleanly: the last checkpoint, unless the run has stopped for good, the recording's index, the lock. `tell` gets
   * what could not be written.
   */
  close(resultText: string, isStopped: boolean, tell: (sentence: string) => void): Promise<void>;
  /** Leaves everything as a kill would; the run can go on from it. */
  abandon(): Promise<void>;
}

/** A new run in a folder of its own. */
export async function startRunFiles(
  resolved: ResolvedScenario,
  runId: string,
  options: { readonly store?: string; readonly speed: number | null },
): Promise<RunFiles> {
  const { name: scenario, seed } = resolved;
  const { speed } = options;
  const { folder, lock, facts } = await createRunFolder(scenario, runId, {
    seed,
    speed,
    store: options.store ?? RUN_FILE.store,
  });
  try {
    const twin = createTwin(resolved);
    const { scenarioSha256 } = twin.model;
    const store = openStore(storePath(folder, facts), { runId, scenario, seed });
    const text = Buffer.from(resolvedText(resolved));
    await writeWhole(join(folder, RUN_FILE.scenario), text, "scenario");
    const journalHeader = { version: JOURNAL_VERSION, scenarioSha256, seed, runId } as const;
    const journal = createJournal(join(folder, RUN_FILE.journal), journalHeader);
    const path = join(folder, RUN_FILE.recording);
    const { sink, recording } = await newRecording(() => path, twin, runId);
    const session = createSession({ twin, recording, store });
    const checkpoints = checkpointsOf(folder, { runId, scenarioSha256 });
    return runFiles({
      ...{ folder, facts, resolved, session, journal, store, sink, lock, checkpoints },
      ...{ journalled: [], waiting: [], nextSequence: 1, notes: createSupplyNotes() },
    });
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/**
 * A run that goes on: from its newest whole checkpoint the journal is run again, unpaced, at least as far as anybody
 * outside may have seen the run. The ledger skips what it has; the recording is carried over into a whole file.
 */
export async function resumeRunFiles(
  { folder, facts, damage }: RunEntry,
  tell: (sentence: string) => void,
): Promise<RunFiles> {
  if (damage !== undefined) throw new CallerError(`${folder}: ${damageText(damage)}`);
  const resolved = readResolved(folder);
  if (facts === undefined || resolved === undefined) {
    throw new CallerError(
      `${folder}: the run was killed before anything was kept; start it again, and let meterville runs --prune remove this`,
    );
  }
  const lock = lockRun(folder);
  try {
    const { runId, scenario, seed } = facts;
    const scenarioSha256 = sha256Text(resolvedText(resolved));
    const journalPath = join(folder, RUN_FILE.journal);
    const journalled = readJournal(journalPath, { scenarioSha256, seed });
    const journal = continueJournal(journalPath);
    const store = openStore(storePath(folder, facts), { runId, scenario, seed });
    const checkpoints = checkpointsOf(folder, { runId, scenarioSha256 });
    const lastPosting = store.lastSequence();
    const back = await comeBack({ folder, resolved, runId, checkpoints, lastPosting }, tell);
    const session = createSession({ ...back, store });
    const { notes } = back;
    const waiting = await catchUp({ session, notes }, journalled, store.markedMs());
    await Promise.all([store.sync(), back.sink.sync()]);
    // The new file is whole up to here only together with this checkpoint: the checkpoint goes first.
    await checkpoints.write(session.capture());
    await rename(carriedPath(folder, back.fileId), join(folder, RUN_FILE.recording));
    killPoint("recording-carried");
    // Once more, so that both checkpoints that are kept are of this file.
    await checkpoints.write(session.capture());
    await removeCarried(folder);
    const nextSequence = (journalled.at(-1)?.sequence ?? 0) + 1;
    await writeFacts(folder, { ...facts, ended: null });
    const { nowMs } = session.twin.world.engine.clock;
    tell(
      `goes on at ${formatDuration(nowMs)}; ${formatDuration(nowMs - back.fromMs)} of it were run again`,
    );
    return runFiles({
      ...{ folder, facts, resolved, session, journal, store, lock, checkpoints },
      ...{ sink: back.sink, journalled, waiting, nextSequence, notes },
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

const checkpointsOf = (
  folder: string,
  owner: { readonly runId: string; readonly scenarioSha256: string },
): Checkpoints => openCheckpoints(join(folder, RUN_FILE.checkpoints), owner);

/** A recording on its way to the name that all know; after a kill the newest checkpoint may be of this file. */
const carriedPath = (folder: string, fileId: string): string =>
  join(folder, `${RUN_FILE.recording}.carried-${fileId}`);

const recordingsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => name === RUN_FILE.recording || isCarried(name))
    .map((name) => join(folder, name));
const isCarried = (name: string): boolean => name.startsWith(`${RUN_FILE.recording}.carried-`);

async function removeCarried(folder: string): Promise<void> {
  for (const name of readdirSync(folder).filter(isCarried)) await rm(join(folder, name));
}

function readResolved(folder: string): ResolvedScenario | undefined {
  const path = join(folder, RUN_FILE.scenario);
  const journal = join(folder, RUN_FILE.journal);
  // A journal without its first line belongs to nothing yet.
  if (!existsSync(path) || !existsSync(journal) || statSync(journal).size === 0) return undefined;
  const resolved = parsedOr(path);
  if (resolved.version === RESOLVED_VERSION) return resolved;
  throw new CallerError(
    `${path}: a scenario of version ${resolved.version}, this program runs version ${RESOLVED_VERSION}; go on with the program that began it`,
  );
}

function parsedOr(path: string): ResolvedScenario {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ResolvedScenario;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new CallerError(
      `${path}: is damaged or cut off; the recording beside it holds the same scenario, and opens with replay and export`,
      { cause },
    );
  }
}

async function newRecording(
  path: (fileId: string) => string,
  twin: Twin,
  runId: string,
): Promise<{ readonly sink: FileSink; readonly recording: RecordingWriter }> {
  const { resolved, scenarioSha256 } = twin.model;
  const fileId = randomUUID();
  const sink = await openSink(path(fileId));
  const recording = createRecording({
    sink,
    fileId,
    library: `meterville ${provenance().version}`,
    startEpochMs: resolved.calendar.startEpochMs,
    supplies: resolved.layout.supplies.map(({ id }) => id),
    compress: (bytes) => zstdCompressSync(bytes),
  });
  recording.scenario(resolvedText(resolved), scenarioSha256, runId);
  return { sink, recording };
}

interface Back {
  readonly twin: Twin;
  readonly recording: RecordingWriter;
  readonly sink: FileSink;
  readonly from?: Pick<SessionState, "digests" | "notedSequence">;
  readonly fromMs: number;
  readonly fileId: string;
  readonly notes: SupplyNotes;
}

interface Place {
  readonly folder: string;
  readonly resolved: ResolvedScenario;
  readonly runId: string;
  readonly checkpoints: Checkpoints;
  /** Number of the last posting that the ledger holds. */
  readonly lastPosting: number;
}

/** The newest checkpoint that can be gone on from, with the recording up to it; the start where there is none. */
async function comeBack(place: Place, tell: (sentence: string) => void): Promise<Back> {
  const { folder, resolved, runId, checkpoints } = place;
  const carried = (fileId: string): string => carriedPath(folder, fileId);
  for (const state of checkpoints.whole(tell)) {
    const twin = restored(resolved, state, tell);
    if (twin === undefined) continue;
    const posted = twin.world.belief.ledger.nextSequence - 1;
    if (posted > place.lastPosting) {
      tell(
        `the ledger has ${place.lastPosting} of the ${posted} postings before the checkpoint at ${formatDuration(state.simMs)}; the one before it is taken`,
      );
      continue;
    }
    const { sink, recording } = await newRecording(carried, twin, runId);
    const { fileId } = recording;
    const notes = createSupplyNotes();
    if (await carry(await fileOf(folder, state), state, { recording, notes })) {
      checkpoints.forgetAfter(state.simMs);
      return { twin, recording, sink, from: state, fromMs: state.simMs, fileId, notes };
    }
    tell(
      `the recording lacks messages before the checkpoint at ${formatDuration(state.simMs)}; the one before it is taken`,
    );
    await sink.close();
    await rm(carried(fileId));
  }
  checkpoints.forgetAfter(0);
  const twin = createTwin(resolved);
  const { sink, recording } = await newRecording(carried, twin, runId);
  const notes = createSupplyNotes();
  return { twin, sink, recording, fromMs: 0, fileId: recording.fileId, notes };
}

/** The recording that a checkpoint is of. */
async function fileOf(folder: string, { fileId }: SessionState): Promise<string | undefined> {
  for (const path of recordingsIn(folder)) {
    const source = await openSource(path);
    try {
      for await (const record of wholeRecords(source, DECOMPRESS)) {
        if (record.kind !== "metadata") break;
        if (record.metadata.metadata.get("fileId") === fileId) return path;
      }
    } catch (error) {
      // Killed before its first bytes were on the disk.
      if (!(error instanceof RecordingError)) throw error;
    } finally {
      await source.close();
    }
  }
  return undefined;
}

const DECOMPRESS: Decompress = { zstd: (bytes) => new Uint8Array(zstdDecompressSync(bytes)) };

function restored(
  resolved: ResolvedScenario,
  { simMs, snapshot }: SessionState,
  tell: (sentence: string) => void,
): Twin | undefined {
  try {
    return restoreTwin(resolved, decodeSnapshot<World>(snapshot));
  } catch (error) {
    if (!(error instanceof SnapshotError || error instanceof AssertionFailure)) throw error;
    tell(
      `the checkpoint at ${formatDuration(simMs)} is of another version (${error.message}); the one before it is taken`,
    );
    return undefined;
  }
}

/** Takes over every message before a checkpoint, from the whole chunks of its file and then from the checkpoint. */
async function carry(
  path: string | undefined,
  { messageCount, unwritten }: SessionState,
  { recording, notes }: Pick<Back, "recording" | "notes">,
): Promise<boolean> {
  if (path === undefined) return false;
  const take = (message: RawMessage): void => {
    recording.carry(message);
    if (message.topic === TOPIC.beliefEvents) notes.note(eventOf(message));
  };
  const source = await openSource(path);
  try {
    for await (const record of wholeRecords(source, DECOMPRESS)) {
      if (record.kind !== "message") continue;
      const { sequence } = record.message;
      if (sequence >= messageCount || sequence !== recording.messageCount) break;
      take(record.message);
      if (recording.messageCount % BATCH === 0) await recording.flush();
    }
  } finally {
    await source.close();
  }
  for (const message of unwritten) {
    if (message.sequence === recording.messageCount) take(message);
  }
  await recording.flush();
  return recording.messageCount === messageCount;
}

function eventOf({ data }: RawMessage): BeliefEvent {
  const { event } = JSON.parse(textOfUtf8(data)) as { readonly event: BeliefEvent };
  return event;
}

/** Runs the journal again; returns what takes effect later. */
async function catchUp(
  { session, notes }: { readonly session: Session; readonly notes: SupplyNotes },
  journalled: readonly JournalEntry[],
  markedMs: number,
): Promise<readonly JournalEntry[]> {
  const { clock } = session.twin.world.engine;
  const ahead = journalled.filter(({ takesEffectAtMs }) => takesEffectAtMs >= clock.nowMs);
  for (const entry of journalled) session.noteEntry(entry);
  const feed = createFeed(ahead);
  const lastMs = ahead.reduce((last, entry) => Math.max(last, entry.takesEffectAtMs), 0);
  const targetMs = Math.max(markedMs, lastMs);
  for (let steps = 1; clock.nowMs < targetMs || feed.hasAnswersAt(clock.nowMs); steps++) {
    stepAgain(session, feed);
    for (const { side, event } of session.twin.out.events) if (side === "belief") notes.note(event);
    if (steps % BATCH === 0) await session.flush();
  }
  return ahead.filter(({ takesEffectAtMs }) => takesEffectAtMs >= clock.nowMs);
}

function stepAgain(session: Session, feed: JournalFeed): void {
  const { nowMs } = session.twin.world.engine.clock;
  session.begin(feed.inputsAt(nowMs));
  session.finish(feed.answersAt(nowMs));
  killPoint("step-again");
}

type Opened = Pick<
  RunFiles,
  | "folder"
  | "facts"
  | "resolved"
  | "session"
  | "journal"
  | "store"
  | "journalled"
  | "waiting"
  | "nextSequence"
  | "notes"
> & {
  readonly sink: FileSink;
  readonly lock: { release(): void };
  readonly checkpoints: Checkpoints;
};

function runFiles({ sink, lock, checkpoints, ...opened }: Opened): RunFiles {
  const { folder, facts, session, journal, store } = opened;
  const { clock } = session.twin.world.engine;
  let last = { wallMs: performance.now(), simMs: clock.nowMs };
  let writing: Promise<void> | undefined;
  let failure: unknown;
  let onHeld: ((error: StorageError) => void) | undefined;
  const checkpoint = async (): Promise<void> => {
    last = { wallMs: performance.now(), simMs: clock.nowMs };
    const state = session.capture();
    // Nothing may be older than the checkpoint, also after a power cut.
    await Promise.all([store.sync(), sink.sync()]);
    await checkpoints.write(state);
  };
  const isDue = (): boolean => {
    if (writing !== undefined || clock.nowMs === last.simMs) return false;
    const wallMs = performance.now() - last.wallMs;
    const isHourOver = clock.nowMs - last.simMs >= CHECKPOINT_SIM_MS;
    return wallMs >= CHECKPOINT_WALL_MS || (isHourOver && wallMs >= CHECKPOINT_WALL_MIN_MS);
  };
  const letGo = async (): Promise<void> => {
    await sink.close();
    journal.close();
    store.close();
    lock.release();
  };
  return {
    ...opened,
    waitWith(tell) {
      onHeld = tell;
      sink.waitWith(tell);
    },
    retry: () => sink.retry(),
    betweenSteps() {
      if (failure !== undefined) throw failure;
      if (!isDue()) return;
      writing = checkpoint()
        .catch((error: unknown) => {
          if (error instanceof StorageError) onHeld?.(error);
          else failure = error;
        })
        .finally(() => {
          writing = undefined;
        });
    },
    async close(resultText, isStopped, tell) {
      sink.giveUp();
      await writing;
      try {
        if (!isStopped) await checkpoint();
        await session.close(resultText);
        await sink.sync();
        const ended = { at: new Date().toISOString(), simMs: clock.nowMs };
        await writeFacts(folder, { ...facts, ended });
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        tell(error.message);
      }
      await letGo();
    },
    async abandon() {
      sink.giveUp();
      await writing;
      await letGo();
    },
  };
}
