// A recording whose process was killed: what is whole of it, as a whole recording in a file of its own.

import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { textOfUtf8 } from "../core/digest.ts";
import type { SimMs } from "../core/time.ts";
import { RecordingError } from "../recording/reader.ts";
import { ATTACHMENT } from "../recording/topics.ts";
import { wholeRecords } from "../recording/whole-chunks.ts";
import { createRecording, type RecordingWriter } from "../recording/writer.ts";
import { openCheckpoints } from "./checkpoint.ts";
import { openSink, openSource } from "./files.ts";
import { provenance } from "./provenance.ts";
import { RUN_FILE, readRun } from "./run-folder.ts";

/** What is known of a recording before its first message. */
interface Head {
  text?: string;
  startEpochMs?: number;
  scenarioSha256?: string;
  runId?: string;
  fileId?: string;
}

/**
 * Writes what is whole of a recording to `target`; where a run's folder is around it, with what the run's checkpoint
 * holds beyond. Returns the simulated time of the last message. Throws RecordingError where nothing is whole.
 */
export async function recoverRecording(path: string, target: string): Promise<SimMs> {
  const source = await openSource(path);
  const sink = await openSink(target);
  try {
    const zstd = (bytes: Uint8Array): Uint8Array => new Uint8Array(zstdDecompressSync(bytes));
    const head: Head = {};
    let recording: RecordingWriter | undefined;
    let lastNs = 0n;
    for await (const record of wholeRecords(source, { zstd })) {
      if (record.kind === "attachment" && record.attachment.name === ATTACHMENT.scenario) {
        head.text = textOfUtf8(record.attachment.data);
        head.startEpochMs = Number(record.attachment.logTime / NS_PER_MS);
      }
      if (record.kind === "metadata" && record.metadata.name === "meterville") {
        head.scenarioSha256 = record.metadata.metadata.get("scenarioSha256") ?? "";
        head.runId = record.metadata.metadata.get("runId") ?? "";
        head.fileId = record.metadata.metadata.get("fileId") ?? "";
      }
      recording ??= begun(head, sink);
      if (record.kind !== "message" || recording === undefined) continue;
      recording.carry(record.message);
      if (record.message.logTime > lastNs) lastNs = record.message.logTime;
      if (recording.messageCount % FLUSH_MESSAGES === 0) await recording.flush();
    }
    if (recording === undefined) throw new RecordingError("it was cut off before its scenario");
    const lastMs = Math.max(0, Number(lastNs / NS_PER_MS) - head.startEpochMs!);
    const untilMs = Math.max(lastMs, addCheckpoint(path, head, recording));
    await recording.close(untilMs, "");
    return untilMs;
  } finally {
    await source.close();
    await sink.close();
  }
}

const NS_PER_MS = 1_000_000n;
const FLUSH_MESSAGES = 5_000;

/** The new recording, once everything is known that stands at its beginning. */
function begun(head: Head, sink: Parameters<typeof createRecording>[0]["sink"]) {
  const { text, startEpochMs, scenarioSha256, runId } = head;
  if (text === undefined || startEpochMs === undefined) return undefined;
  if (scenarioSha256 === undefined || runId === undefined) return undefined;
  const recording = createRecording({
    sink,
    library: `meterville ${provenance().version}`,
    startEpochMs,
    supplies: [],
    compress: (bytes) => zstdCompressSync(bytes),
  });
  recording.scenario(text, scenarioSha256, runId);
  return recording;
}

/** Adds the messages that only the newest checkpoint has, and the digests of its last hour; returns its time. */
function addCheckpoint(path: string, head: Head, recording: RecordingWriter): SimMs {
  const folder = join(dirname(path), RUN_FILE.checkpoints);
  const isOfRun = basename(path) === RUN_FILE.recording && existsSync(folder);
  if (!isOfRun || readRun(dirname(path)).facts?.runId !== head.runId) return 0;
  const owner = { runId: head.runId!, scenarioSha256: head.scenarioSha256! };
  for (const state of openCheckpoints(folder, owner).whole(() => undefined)) {
    const { fileId, messageCount, unwritten, digests, simMs } = state;
    if (fileId !== head.fileId) continue;
    const first = unwritten[0]?.sequence ?? messageCount;
    // A file that is ahead of its checkpoint needs nothing of it; one that lacks messages cannot use it.
    if (messageCount < recording.messageCount || first > recording.messageCount) continue;
    for (const message of unwritten) {
      if (message.sequence === recording.messageCount) recording.carry(message);
    }
    if (digests !== undefined) recording.digests(digests);
    return simMs;
  }
  return 0;
}
