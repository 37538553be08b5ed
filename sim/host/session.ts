// One run of a twin in this process: steps it, keeps what it hands out, records it. Knows nothing of pace,
// sockets or terminals.

import type { JournalEntry } from "../contract/input.ts";
import type { DeviceAnswer } from "../contract/meter-device.ts";
import { assert } from "../core/assert.ts";
import { MINUTE_MS, type SimMs } from "../core/time.ts";
import { createDigestLog, type DigestHourRow, type DigestLog } from "../engine/digest-log.ts";
import { makeFrame } from "../engine/frames.ts";
import { encodeSnapshot } from "../engine/snapshot.ts";
import { beginStep, finishStep, type StepEnd, type SwappedMeter } from "../engine/step.ts";
import type { Twin } from "../engine/world.ts";
import type { RawMessage } from "../recording/raw.ts";
import type { RecordingWriter } from "../recording/writer.ts";
import { killPoint } from "./kill-point.ts";
import type { Profile } from "./profile.ts";
import type { Store } from "./store.ts";

/** Columns of the supply points are recorded this often. */
const COLUMNS_MS = 15 * MINUTE_MS;
/** The recording is waited for this often, so that its queue stays short. */
const FLUSH_STEPS = 2_000;

export interface Session {
  readonly twin: Twin;
  /** Whether the recording wants to be waited for. */
  readonly needsFlush: boolean;
  begin(entries: readonly JournalEntry[]): readonly SwappedMeter[];
  /** The second half of the step, and `settle`. */
  finish(answers: readonly DeviceAnswer[]): StepEnd;
  /**
   * Keeps what the last step handed out, if that has not been done: in the store, then in the recording. Throws
   * StorageError where the store takes nothing; the step stays as it is, and the next call tries again.
   */
  settle(): void;
  /** Whether the last step is computed but not kept. */
  readonly isUnsettled: boolean;
  /** Makes durable that the run may be seen up to now. Cheap where it is so already. Throws StorageError. */
  mark(): void;
  /** How far the run may be seen. */
  readonly markedMs: SimMs;
  /** What another session needs to go on from here; between steps. */
  capture(): SessionState;
  /** Records a journal entry; it has been made durable before. */
  noteEntry(entry: JournalEntry): void;
  flush(): Promise<void>;
  /** Writes what is left of the digests and closes the recording. */
  close(resultText: string): Promise<void>;
}

/** Where a session stands: the world, and what its recording has of it. */
export interface SessionState {
  readonly simMs: SimMs;
  readonly snapshot: Uint8Array;
  /** Digests of an hour that is not full yet. */
  readonly digests: DigestHourRow | undefined;
  /** The recording's file: another one may have other messages under the same numbers. */
  readonly fileId: string;
  readonly messageCount: number;
  /** Messages that are in no whole chunk of the recording. */
  readonly unwritten: readonly RawMessage[];
  /** The last journal entry that the recording has; 0 for none. */
  readonly notedSequence: number;
}

export interface SessionParts {
  readonly twin: Twin;
  readonly recording?: RecordingWriter;
  readonly store?: Store;
  /** Hears which part of a step has ended, for a profile. */
  readonly onPhase?: Profile["mark"];
  /** Where an earlier session was captured; the twin and the recording stand there. */
  readonly from?: Pick<SessionState, "digests" | "notedSequence">;
}

/** Binds a twin to its recording and store; both are optional. */
export function createSession({ twin, recording, store, onPhase, from }: SessionParts): Session {
  const digestLog: DigestLog | undefined =
    recording === undefined ? undefined : createDigestLog(twin, from?.digests);
  let notedSequence = from?.notedSequence ?? 0;
  const { clock } = twin.world.engine;
  let steps = 0;
  let markedMs = store?.markedMs() ?? 0;
  let unsettled: StepEnd | undefined;
  const record = (end: StepEnd): void => {
    if (recording === undefined || digestLog === undefined) return;
    const { events } = twin.out;
    if (events.length > 0) recording.events(events);
    const hour = digestLog.note(twin, end);
    if (hour !== undefined) recording.digests(hour);
    if (end.isKeyframe) recordKeyframe(twin, recording, end);
    if (end.isKeyframe) killPoint("keyframe");
    if (end.simMs % COLUMNS_MS === 0) recordColumns(twin, recording, end.simMs);
  };
  const settle = (): void => {
    if (unsettled === undefined) return;
    const { simMs } = unsettled;
    const isKept = store?.append(twin.out, simMs) ?? false;
    if (isKept) markedMs = Math.max(markedMs, simMs);
    onPhase?.("store");
    record(unsettled);
    onPhase?.("recording");
    unsettled = undefined;
  };
  return {
    twin,
    get needsFlush() {
      return steps % FLUSH_STEPS === 0;
    },
    get isUnsettled() {
      return unsettled !== undefined;
    },
    get markedMs() {
      return markedMs;
    },
    begin(entries) {
      onPhase?.("other");
      return beginStep(twin, entries, onPhase);
    },
    finish(answers) {
      const end = finishStep(twin, answers, onPhase);
      steps++;
      unsettled = end;
      settle();
      return end;
    },
    settle,
    mark() {
      settle();
      if (clock.nowMs <= markedMs) return;
      store?.mark(clock.nowMs);
      markedMs = clock.nowMs;
    },
    capture() {
      assert(unsettled === undefined, "what is captured has been kept");
      return {
        simMs: clock.nowMs,
        snapshot: encodeSnapshot(twin.world),
        // Copies: the session goes on while they are written.
        digests: structuredClone(digestLog?.rest()),
        fileId: recording?.fileId ?? "",
        messageCount: recording?.messageCount ?? 0,
        unwritten: [...(recording?.unwritten() ?? [])],
        notedSequence,
      };
    },
    noteEntry(entry) {
      if (entry.sequence <= notedSequence) return;
      notedSequence = entry.sequence;
      recording?.journal(entry);
    },
    async flush() {
      await recording?.flush();
    },
    async close(resultText) {
      if (recording === undefined) return;
      const rest = digestLog?.rest();
      if (rest !== undefined) recording.digests(rest);
      await recording.close(clock.nowMs, resultText);
    },
  };
}

function recordKeyframe(twin: Twin, recording: RecordingWriter, end: StepEnd): void {
  recording.keyframe(end.simMs, end.minuteChain ?? "", encodeSnapshot(twin.world));
}

function recordColumns(twin: Twin, recording: RecordingWriter, simMs: number): void {
  const [truth, street] = [makeFrame(twin, "truth/supply"), makeFrame(twin, "truth/street")];
  if (truth.channel === "truth/supply" && street.channel === "truth/street") {
    recording.truth(simMs, truth.data, street.data);
  }
  if (twin.world.belief.accounts.length === 0) return;
  const [belief, company] = [makeFrame(twin, "belief/supply"), makeFrame(twin, "belief/street")];
  if (belief.channel === "belief/supply" && company.channel === "belief/street") {
    recording.belief(simMs, belief.data, company.data);
  }
}
