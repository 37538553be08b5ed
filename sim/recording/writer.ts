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
import { assert } from "../core/assert.ts";
import { utf8Bytes } from "../core/digest.ts";
import { createAnswerColumns } from "./answer-columns.ts";
import type { RawMessage } from "./raw.ts";
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
  /** Name of this file, unlike all others of the run: which messages have which number is its own matter. */
  readonly fileId?: string;
  /** Uncompressed bytes of a chunk: what a kill may cost. */
  readonly chunkBytes?: number;
}

const schemaOf = (schema: object): RawMessage["schema"] => ({
  name: (schema as { title?: string }).title ?? "meterville.Object",
  data: utf8Bytes(JSON.stringify(schema)),
});
const SCHEMA = {
  event: schemaOf(EVENT_SCHEMA),
  object: schemaOf(OBJECT_SCHEMA),
  truthSupply: schemaOf(TRUTH_SUPPLY_SCHEMA),
  beliefSupply: schemaOf(BELIEF_SUPPLY_SCHEMA),
} as const;

const SNAPSHOT_ENCODING = "application/x-meterville-snapshot";
const ANSWERS_ENCODING = "application/x-meterville-answers";
const CHUNK_BYTES = 256 * 1024;
/** Supply points with topics of their own; more go without. */
export const SUPPLY_TOPICS_MAX = 200;

export interface RecordingWriter {
  scenario(resolvedText: string, scenarioSha256: string, runId: string): void;
  /** Takes a message of another file of this run over; it must be the next one. */
  carry(message: RawMessage): void;
  journal(entry: JournalEntry): void;
  events(events: readonly TwinEvent[]): void;
  truth(simMs: number, supply: TruthSupplyColumns, street: TruthStreet): void;
  belief(simMs: number, supply: BeliefSupplyColumns, street: BeliefStreet): void;
  digests(hour: DigestHour): void;
  keyframe(simMs: number, chain: string, snapshot: Uint8Array): void;
  readonly fileId: string;
  /** How many messages there are, those not written yet included. */
  readonly messageCount: number;
  /** The messages that are in no whole chunk of the file yet; they die with the process. */
  unwritten(): readonly RawMessage[];
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
    chunkSize: options.chunkBytes ?? CHUNK_BYTES,
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
  const unwritten: RawMessage[] = [];
  let messageCount = 0;
  const channelOf = async ({ topic, messageEncoding, schema }: RawMessage): Promise<number> => {
    const known = channels.get(topic);
    if (known !== undefined) return known;
    let schemaId = 0;
    if (schema !== null) {
      const { name, data } = schema;
      const encoding = "jsonschema";
      schemaId = schemas.get(name) ?? (await writer.registerSchema({ name, encoding, data }));
      schemas.set(name, schemaId);
    }
    const metadata = new Map<string, string>();
    const id = await writer.registerChannel({ schemaId, topic, messageEncoding, metadata });
    channels.set(topic, id);
    return id;
  };
  const add = (message: RawMessage): void => {
    assert(message.sequence === messageCount, `message ${messageCount} is the next one`);
    messageCount++;
    unwritten.push(message);
    line(async () => {
      const { sequence, logTime, data } = message;
      const channelId = await channelOf(message);
      const before = sink.position();
      await writer.addMessage({ channelId, sequence, logTime, publishTime: logTime, data });
      // A chunk is written together with the message that fills it, and only then.
      if (sink.position() !== before) unwritten.splice(0, unwritten.indexOf(message) + 1);
    });
  };
  const at = (simMs: number): bigint => nanoseconds(startEpochMs + simMs);
  const json = (topic: string, simMs: number, schema: RawMessage["schema"], value: unknown): void =>
    add({
      topic,
      messageEncoding: "json",
      schema,
      sequence: messageCount,
      logTime: at(simMs),
      data: utf8Bytes(JSON.stringify(value)),
    });
  const bare = (topic: string, messageEncoding: string, simMs: number, data: Uint8Array): void =>
    add({
      topic,
      messageEncoding,
      schema: null,
      sequence: messageCount,
      logTime: at(simMs),
      data,
    });
  const answers = createAnswerColumns();
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
            ["fileId", options.fileId ?? ""],
          ]),
        });
        await writer.addAttachment({
          name: ATTACHMENT.scenario,
          logTime: at(0),
          createTime: at(0),
          mediaType: "application/json",
          data: utf8Bytes(resolvedText),
        });
      });
    },
    journal(entry) {
      if (entry.kind === "answers") {
        const data = answers.encode(entry);
        answers.accept(entry);
        bare(TOPIC.answers, ANSWERS_ENCODING, entry.takesEffectAtMs, data);
      } else {
        json(TOPIC.journal, entry.takesEffectAtMs, SCHEMA.object, entry);
      }
    },
    events(events) {
      for (const { side, sequence, event } of events) {
        const topic = side === "truth" ? TOPIC.truthEvents : TOPIC.beliefEvents;
        const value = { sequence, text: headline(event), event };
        json(topic, Math.max(0, event.at), SCHEMA.event, value);
      }
    },
    truth(simMs, supply, street) {
      json(TOPIC.truthStreet, simMs, SCHEMA.object, street);
      rows.forEach((id, row) => {
        json(`/truth/${id}`, simMs, SCHEMA.truthSupply, {
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
      json(TOPIC.beliefStreet, simMs, SCHEMA.object, street);
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
          disputedMinor: supply.disputedMinor[row],
          caseId: supply.caseId[row],
        };
        const text = JSON.stringify(value);
        if (text === lastBelief[row]) return;
        lastBelief[row] = text;
        json(`/belief/${id}`, simMs, SCHEMA.beliefSupply, value);
      });
    },
    digests(hour) {
      json(TOPIC.digests, hour.simMs.at(-1) ?? 0, SCHEMA.object, hour);
    },
    keyframe(simMs, chain, snapshot) {
      const data = new Uint8Array(32 + snapshot.length);
      for (let byte = 0; byte < 32; byte++) {
        data[byte] = Number.parseInt(chain.slice(2 * byte, 2 * byte + 2), 16);
      }
      data.set(snapshot, 32);
      bare(TOPIC.keyframe, SNAPSHOT_ENCODING, simMs, data);
    },
    carry(message) {
      if (message.topic === TOPIC.answers) answers.decode(message.data);
      add(message);
    },
    fileId: options.fileId ?? "",
    get messageCount() {
      return messageCount;
    },
    unwritten: () => unwritten,
    async flush() {
      await tail;
      if (failure !== undefined) throw failure;
    },
    async close(simMs, resultText) {
      line(async () => {
        await writer.addAttachment({
          name: ATTACHMENT.result,
          logTime: at(simMs),
          createTime: at(simMs),
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
