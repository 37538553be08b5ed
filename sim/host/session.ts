// One run of a twin in this process: steps it, keeps what it hands out, records it. Knows nothing of pace,
// sockets or terminals.

import type { JournalEntry } from "../contract/input.ts";
import type { DeviceAnswer } from "../contract/meter-device.ts";
import { MINUTE_MS } from "../core/time.ts";
import { createDigestLog, type DigestLog } from "../engine/digest-log.ts";
import { makeFrame } from "../engine/frames.ts";
import { encodeSnapshot } from "../engine/snapshot.ts";
import { beginStep, finishStep, type StepEnd, type SwappedMeter } from "../engine/step.ts";
import type { Twin } from "../engine/world.ts";
import type { RecordingWriter } from "../recording/writer.ts";
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
  finish(answers: readonly DeviceAnswer[]): StepEnd;
  /** Records a journal entry; it has been made durable before. */
  noteEntry(entry: JournalEntry): void;
  flush(): Promise<void>;
  /** Writes what is left of the digests and closes the recording. */
  close(resultText: string): Promise<void>;
}

export interface SessionParts {
  readonly twin: Twin;
  readonly recording?: RecordingWriter;
  readonly store?: Store;
}

/** Binds a twin to its recording and store; both are optional. */
export function createSession({ twin, recording, store }: SessionParts): Session {
  const digestLog: DigestLog | undefined =
    recording === undefined ? undefined : createDigestLog(twin);
  let steps = 0;
  const keep = (end: StepEnd): void => {
    const { out } = twin;
    store?.append(out);
    if (recording === undefined || digestLog === undefined) return;
    if (out.events.length > 0) recording.events(out.events);
    const hour = digestLog.note(twin, end);
    if (hour !== undefined) recording.digests(hour);
    if (end.isKeyframe) recordKeyframe(twin, recording, end);
    if (end.simMs % COLUMNS_MS === 0) recordColumns(twin, recording, end.simMs);
  };
  return {
    twin,
    get needsFlush() {
      return steps % FLUSH_STEPS === 0;
    },
    begin(entries) {
      return beginStep(twin, entries);
    },
    finish(answers) {
      const end = finishStep(twin, answers);
      steps++;
      keep(end);
      return end;
    },
    noteEntry(entry) {
      recording?.journal(entry);
    },
    async flush() {
      await recording?.flush();
    },
    async close(resultText) {
      if (recording === undefined) return;
      const rest = digestLog?.rest();
      if (rest !== undefined) recording.digests(rest);
      await recording.close(twin.world.engine.clock.nowMs, resultText);
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
