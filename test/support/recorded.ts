// A recording in memory: what `run --out` writes, without a file.

import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import type { JournalEntry } from "../../sim/contract/input.ts";
import { createFeed } from "../../sim/engine/journal-feed.ts";
import { runReport } from "../../sim/engine/report.ts";
import { createTwin, resolvedText, type Twin } from "../../sim/engine/world.ts";
import { createSession } from "../../sim/host/session.ts";
import { openRecording, type RecordingReader } from "../../sim/recording/reader.ts";
import { createRecording, type RecordingWriter } from "../../sim/recording/writer.ts";
import { street } from "./street.ts";

export interface RecordedRun {
  readonly bytes: Uint8Array;
  readonly twin: Twin;
}

/** Runs First Street with a journal and records it; `meddle` may change the world or what is written. */
export async function record(
  untilMs: number,
  entries: readonly JournalEntry[] = [],
  meddle: (twin: Twin, recording: RecordingWriter) => void = () => undefined,
): Promise<RecordedRun> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const resolved = street();
  const twin = createTwin(resolved);
  const recording = createRecording({
    sink: {
      position: () => BigInt(size),
      async write(bytes) {
        chunks.push(bytes.slice());
        size += bytes.length;
      },
    },
    library: "meterville test",
    startEpochMs: resolved.calendar.startEpochMs,
    supplies: resolved.layout.supplies.map(({ id }) => id),
    compress: (bytes) => zstdCompressSync(bytes),
  });
  recording.scenario(resolvedText(resolved), twin.model.scenarioSha256, "test-run");
  const session = createSession({ twin, recording });
  const feed = createFeed(entries);
  const { clock } = twin.world.engine;
  for (const entry of entries) session.noteEntry(entry);
  while (clock.nowMs < untilMs) {
    session.begin(feed.inputsAt(clock.nowMs));
    session.finish(feed.answersAt(clock.nowMs));
    meddle(twin, recording);
  }
  const report = runReport(twin, { version: "test", commit: "", node: "", timesRealTime: 0 });
  await session.close(JSON.stringify(report));
  return { bytes: Buffer.concat(chunks), twin };
}

/** Opens a recording that lies in memory. */
export function openBytes(bytes: Uint8Array): Promise<RecordingReader> {
  return openRecording(
    {
      size: async () => BigInt(bytes.length),
      read: async (offset, length) => bytes.slice(Number(offset), Number(offset + length)),
    },
    { zstd: (packed) => new Uint8Array(zstdDecompressSync(packed)) },
  );
}
