// Writes one run into one MCAP file. Calls may overlap: they are lined up, since McapWriter corrupts its file
// when two run at once.

import { McapWriter } from "@mcap/core";
import type { TwinEvent } from "../contract/event.ts";
import { headline } from "../contract/event.ts";
import type {
  BeliefStreet,
  BeliefSupplyColumns,
  TruthStreet,
  TruthSupplyColumns,
} from "../contract/frame.ts";
import type { JournalEntry } from "../contract/input.ts";
import { utf8Bytes } from "../core/digest.ts";
import {
  ATTACHMENT,
  BELIEF_SUPPLY_SCHEMA,
  type DigestHour,
  EVENT_SCHEMA,
  nanoseconds,
  OBJECT_SCHEMA,
  RECORDING_PROFILE,
  RECORDING_VERSION,
  TOPIC,
  TRUTH_SUPPLY_SCHEMA,
} from "./topics.ts";

/** Where the bytes go. */
export interface RecordingSink {
  position(): bigint;
  write(bytes: Uint8Array): Promise<unknown>;
}

export interface RecordingOptions {
  readonly sink: RecordingSink;
  readonly library: string;
  readonly startEpochMs: number;
  readonly supplies: readonly string[];
  /** Zstandard at level 1, or nothing. */
  readonly compress?: (bytes: Uint8Array) => Uint8Array;
}

const CHUNK_BYTES = 256 * 1024;
/** Supply points with topics of their own; more go without. */
export const SUPPLY_TOPICS_MAX = 200;

export interface RecordingWriter {
  scenario(resolvedText: string, scenarioSha256: string, runId: string): void;
  journal(entry: JournalEntry): void;
  events(events: readonly TwinEvent[]): void;
  truth(simMs: number, supply: TruthSupplyColumns, street: TruthStreet): void;
  belief(simMs: number, supply: BeliefSupplyColumns, street: BeliefStreet): void;
  digests(hour: DigestHour): void;
  keyframe(simMs: number, chain: string, snapshot: Uint8Array): void;
  /** Waits until everything is written; rejects with the first failure. */
  flush(): Promise<void>;
  /** Writes the result and the index. */
  close(simMs: number, resultText: string): Promise<void>;
}

/** Opens a recording. Failures of the sink surface in `flush` and `close`. */
export function createRecording(options: RecordingOptions): RecordingWriter {
  const { sink, startEpochMs } = options;
  const compress = options.compress;
  const writer = new McapWriter({
    writable: { position: () => sink.position(), write: async (b) => void (await sink.write(b)) },
    chunkSize: CHUNK_BYTES,
    ...(compress === undefined
      ? {}
      : {
          compressChunk: (bytes: Uint8Array) => ({
            compression: "zstd",
            compressedData: compress(bytes),
          }),
        }),
  });
  let tail: Promise<void> = Promise.resolve();
  let failure: unknown;
  const line = (work: () => Promise<void>): void => {
    tail = tail.then(async () => {
      if (failure !== undefined) return;
      try {
        await work();
      } catch (error) {
        failure = error ?? new Error("the recording could not be written");
      }
    });
  };
  const channels = new Map<string, number>();
  const schemas = new Map<string, number>();
  let sequence = 0;
  const channelOf = async (topic: string, encoding: "json" | "snapshot", schema: object) => {
    const known = channels.get(topic);
    if (known !== undefined) return known;
    let schemaId = 0;
    if (encoding === "json") {
      const title = (schema as { title?: string }).title ?? "meterville.Object";
      schemaId =
        schemas.get(title) ??
        (await writer.registerSchema({
          name: title,
          encoding: "jsonschema",
          data: utf8Bytes(JSON.stringify(schema)),
        }));
      schemas.set(title, schemaId);
    }
    const messageEncoding = encoding === "json" ? "json" : "application/x-meterville-snapshot";
    const id = await writer.registerChannel({
      schemaId,
      topic,
      messageEncoding,
      metadata: new Map(),
    });
    channels.set(topic, id);
    return id;
  };
  const add = async (channelId: number, simMs: number, data: Uint8Array): Promise<void> => {
    const at = nanoseconds(startEpochMs + simMs);
    await writer.addMessage({
      channelId,
      sequence: sequence++,
      logTime: at,
      publishTime: at,
      data,
    });
  };
  const json = (topic: string, simMs: number, schema: object, value: unknown): void => {
    const data = utf8Bytes(JSON.stringify(value));
    line(async () => add(await channelOf(topic, "json", schema), simMs, data));
  };
  const rows = options.supplies.slice(0, SUPPLY_TOPICS_MAX);
  const lastBelief: string[] = rows.map(() => "");
  line(() => writer.start({ profile: RECORDING_PROFILE, library: options.library }));
  return {
    scenario(resolvedText, scenarioSha256, runId) {
      line(async () => {
        await writer.addMetadata({
          name: "meterville",
          metadata: new Map([
            ["version", String(RECORDING_VERSION)],
            ["scenarioSha256", scenarioSha256],
            ["runId", runId],
          ]),
        });
        const at = nanoseconds(startEpochMs);
        await writer.addAttachment({
          name: ATTACHMENT.scenario,
          logTime: at,
          createTime: at,
          mediaType: "application/json",
          data: utf8Bytes(resolvedText),
        });
      });
    },
    journal(entry) {
      json(TOPIC.journal, entry.takesEffectAtMs, OBJECT_SCHEMA, entry);
    },
    events(events) {
      for (const { side, sequence: number, event } of events) {
        const topic = side === "truth" ? TOPIC.truthEvents : TOPIC.beliefEvents;
        const at = Math.max(0, event.at);
        json(topic, at, EVENT_SCHEMA, { sequence: number, text: headline(event), event });
      }
    },
    truth(simMs, supply, street) {
      json(TOPIC.truthStreet, simMs, OBJECT_SCHEMA, street);
      rows.forEach((id, row) => {
        json(`/truth/${id}`, simMs, TRUTH_SUPPLY_SCHEMA, {
          voltageV: supply.voltageV[row],
          currentA: supply.currentA[row],
          activePowerW: supply.activePowerW[row],
          deliveredWh: supply.deliveredWh[row],
          importWh: supply.importWh[row],
          relayOpen: supply.relayOpen[row],
          bypassShare: supply.bypassShare[row],
          waiting: supply.waiting[row],
        });
      });
    },
    belief(simMs, supply, street) {
      json(TOPIC.beliefStreet, simMs, OBJECT_SCHEMA, street);
      rows.forEach((id, row) => {
        const value = {
          importWh: supply.importWh[row],
          activePowerW: supply.activePowerW[row],
          voltageV: supply.voltageV[row],
          measuredAt: supply.measuredAt[row],
          receivedAt: supply.receivedAt[row],
          isLate: supply.isLate[row],
          missingIntervals: supply.missingIntervals[row],
          relayOpen: supply.relayOpen[row],
          accountState: supply.accountState[row],
          owedMinor: supply.owedMinor[row],
          arrearsMinor: supply.arrearsMinor[row],
          caseId: supply.caseId[row],
        };
        const text = JSON.stringify(value);
        if (text === lastBelief[row]) return;
        lastBelief[row] = text;
        json(`/belief/${id}`, simMs, BELIEF_SUPPLY_SCHEMA, value);
      });
    },
    digests(hour) {
      json(TOPIC.digests, hour.simMs.at(-1) ?? 0, OBJECT_SCHEMA, hour);
    },
    keyframe(simMs, chain, snapshot) {
      const data = new Uint8Array(32 + snapshot.length);
      for (let at = 0; at < 32; at++) {
        data[at] = Number.parseInt(chain.slice(2 * at, 2 * at + 2), 16);
      }
      data.set(snapshot, 32);
      line(async () => add(await channelOf(TOPIC.keyframe, "snapshot", {}), simMs, data));
    },
    async flush() {
      await tail;
      if (failure !== undefined) throw failure;
    },
    async close(simMs, resultText) {
      line(async () => {
        const at = nanoseconds(startEpochMs + simMs);
        await writer.addAttachment({
          name: ATTACHMENT.result,
          logTime: at,
          createTime: at,
          mediaType: "application/json",
          data: utf8Bytes(resultText),
        });
        await writer.end();
      });
      await tail;
      if (failure !== undefined) throw failure;
    },
  };
}
