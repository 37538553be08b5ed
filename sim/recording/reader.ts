// Reads a recording back. A file of another kind, a corrupt one and one that was cut off are told apart.

import { McapIndexedReader } from "@mcap/core";
import type { JournalEntry } from "../contract/input.ts";
import { hexOf, textOfUtf8 } from "../core/digest.ts";
import { createAnswerColumns } from "./answer-columns.ts";
import { crc32 } from "./crc.ts";
import {
  ATTACHMENT,
  type DigestHour,
  READABLE_VERSIONS,
  RECORDING_PROFILE,
  TOPIC,
} from "./topics.ts";

/** Bytes read at a time where all are read. */
const BLOCK_BYTES = 1n << 20n;

/** Where the bytes come from. */
export interface RecordingSource {
  size(): Promise<bigint>;
  read(offset: bigint, size: bigint): Promise<Uint8Array>;
}

export type Decompress = Readonly<Record<string, (bytes: Uint8Array, size: bigint) => Uint8Array>>;

/** What cannot be read, and what to do about it. */
export class RecordingError extends Error {
  override readonly name = "RecordingError";
}

/** A file without an index: the process that wrote it was killed, or it is no recording at all. */
export class CutOffError extends RecordingError {}

export interface RecordedKeyframe {
  readonly simMs: number;
  readonly chain: string;
  readonly snapshot: Uint8Array;
}

export interface RecordedMessage {
  readonly topic: string;
  readonly simMs: number;
  readonly value: unknown;
}

export interface RecordingReader {
  readonly resolvedText: string;
  readonly scenarioSha256: string;
  readonly resultText: string;
  readonly topics: readonly string[];
  journal(): Promise<readonly JournalEntry[]>;
  /** Every digest. Reads the whole file against its checksum first: no verdict is drawn from damaged bytes. */
  digests(): Promise<readonly DigestHour[]>;
  keyframe(notBeforeMs: number): Promise<RecordedKeyframe | undefined>;
  messages(topics: readonly string[]): AsyncGenerator<RecordedMessage, void, void>;
}

/** Opens a recording. Throws RecordingError. */
export async function openRecording(
  source: RecordingSource,
  decompress: Decompress,
): Promise<RecordingReader> {
  const reader = await guard("open", () =>
    McapIndexedReader.Initialize({ readable: source, decompressHandlers: { ...decompress } }),
  );
  if (reader.header.profile !== RECORDING_PROFILE) {
    const profile = reader.header.profile || "none";
    throw new RecordingError(
      `an MCAP file, but not one of Meterville's (profile ${profile}); give a file that run --out wrote`,
    );
  }
  const startNs = reader.statistics?.messageStartTime ?? 0n;
  let scenario = "";
  let result = "";
  let startEpochNs = startNs;
  await guard("read", async () => {
    for await (const attachment of reader.readAttachments()) {
      if (attachment.name === ATTACHMENT.scenario) {
        scenario = textOfUtf8(attachment.data);
        startEpochNs = attachment.logTime;
      }
      if (attachment.name === ATTACHMENT.result) result = textOfUtf8(attachment.data);
    }
  });
  if (scenario === "") throw new RecordingError("the recording holds no scenario; it was cut off");
  let scenarioSha256 = "";
  let version = 0;
  await guard("read", async () => {
    for await (const { metadata } of reader.readMetadata({ name: "meterville" })) {
      scenarioSha256 = metadata.get("scenarioSha256") ?? "";
      version = Number(metadata.get("version") ?? 0);
    }
  });
  if (!READABLE_VERSIONS.includes(version)) {
    throw new RecordingError(
      `recording version ${version}, this program reads versions ${READABLE_VERSIONS.join(" and ")}`,
    );
  }
  const topicOf = new Map(
    Array.from(reader.channelsById.entries(), ([id, channel]) => [id, channel.topic]),
  );
  const simMsOf = (logTime: bigint): number => Number((logTime - startEpochNs) / 1_000_000n);
  async function* messages(topics: readonly string[]): AsyncGenerator<RecordedMessage, void, void> {
    const answers = createAnswerColumns();
    try {
      for await (const { channelId, logTime, data } of reader.readMessages({
        topics,
        validateCrcs: true,
      })) {
        const topic = topicOf.get(channelId) ?? "";
        const value: unknown =
          topic === TOPIC.answers ? answers.decode(data) : JSON.parse(textOfUtf8(data));
        yield { topic, simMs: simMsOf(logTime), value };
      }
    } catch (cause) {
      throw damaged(cause);
    }
  }
  const all = async <Value>(...wanted: readonly string[]): Promise<readonly Value[]> => {
    const values: Value[] = [];
    for await (const { value } of messages(wanted)) values.push(value as Value);
    return values;
  };
  return {
    resolvedText: scenario,
    scenarioSha256,
    resultText: result,
    topics: Array.from(topicOf.values()).sort((a, b) => (a < b ? -1 : 1)),
    journal: () => all<JournalEntry>(TOPIC.journal, TOPIC.answers),
    async digests() {
      await guard("read", () => checkBytes(source, reader));
      return all<DigestHour>(TOPIC.digests);
    },
    keyframe: (notBeforeMs) =>
      guard("read", async () => {
        const startTime = startEpochNs + BigInt(notBeforeMs) * 1_000_000n;
        for await (const { data, logTime } of reader.readMessages({
          topics: [TOPIC.keyframe],
          startTime,
        })) {
          const chain = hexOf(data.subarray(0, 32));
          return { simMs: simMsOf(logTime), chain, snapshot: data.slice(32) };
        }
        return undefined;
      }),
    messages,
  };
}

/** Replays read what they need, a checksum every byte before it: indexes and channels that nobody asked for too. */
async function checkBytes(
  source: RecordingSource,
  { dataEndOffset, dataSectionCrc }: McapIndexedReader,
): Promise<void> {
  let crc = 0;
  for (let at = 0n; at < dataEndOffset; at += BLOCK_BYTES) {
    const rest = dataEndOffset - at;
    crc = crc32(await source.read(at, rest < BLOCK_BYTES ? rest : BLOCK_BYTES), crc);
  }
  if (crc !== dataSectionCrc) throw new Error("its checksum is another one");
}

async function guard<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    if (what !== "open") throw damaged(cause);
    throw new CutOffError(
      "no whole recording: it is no MCAP file, or it was cut off before its index was written; run the scenario again",
      { cause },
    );
  }
}

function damaged(cause: unknown): RecordingError {
  if (cause instanceof RecordingError) return cause;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new RecordingError(
    `the recording is damaged (${detail.slice(0, 120)}); run the scenario again`,
    {
      cause,
    },
  );
}
