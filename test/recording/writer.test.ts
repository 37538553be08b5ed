// What is written is what is read: every topic by hand, without a street.

import { McapIndexedReader, McapWriter } from "@mcap/core";
import { describe, expect, test } from "vitest";
import type { TwinEvent } from "../../sim/contract/event.ts";
import type {
  BeliefStreet,
  BeliefSupplyColumns,
  TruthStreet,
  TruthSupplyColumns,
} from "../../sim/contract/frame.ts";
import type { JournalEntry } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { RecordingError, type RecordingReader } from "../../sim/recording/reader.ts";
import {
  BELIEF_SUPPLY_SCHEMA,
  type DigestHour,
  TOPIC,
  TRUTH_SUPPLY_SCHEMA,
} from "../../sim/recording/topics.ts";
import {
  createRecording,
  type RecordingWriter,
  SUPPLY_TOPICS_MAX,
} from "../../sim/recording/writer.ts";
import { openBytes } from "../support/recorded.ts";

const START_EPOCH_MS = 1_768_156_200_000; // 2026-01-12 00:00 in Kolkata

interface Memory {
  readonly chunks: Uint8Array[];
  position(): bigint;
  write(bytes: Uint8Array): Promise<void>;
}

function memory(bytesMax = Number.POSITIVE_INFINITY): Memory {
  const chunks: Uint8Array[] = [];
  let size = 0;
  return {
    chunks,
    position: () => BigInt(size),
    async write(bytes) {
      if (size + bytes.length > bytesMax) throw new Error("no space left on the device");
      chunks.push(Uint8Array.from(bytes));
      size += bytes.length;
    },
  };
}

const begin = (sink: Memory, supplies: readonly string[] = ["supply-01"]): RecordingWriter => {
  const writer = createRecording({
    sink,
    library: "test",
    startEpochMs: START_EPOCH_MS,
    supplies,
  });
  writer.scenario('{"version":1}', "ab".repeat(32), "run-1");
  return writer;
};

async function written(
  use: (writer: RecordingWriter) => void,
  supplies?: readonly string[],
): Promise<{ readonly bytes: Uint8Array; readonly reader: RecordingReader }> {
  const sink = memory();
  const writer = begin(sink, supplies);
  use(writer);
  await writer.close(DAY_MS, '{"done":true}');
  const bytes = Uint8Array.from(Buffer.concat(sink.chunks));
  return { bytes, reader: await openBytes(bytes) };
}

async function valuesOf(reader: RecordingReader, topic: string) {
  const values: (readonly [number, unknown])[] = [];
  for await (const { simMs, value } of reader.messages([topic])) values.push([simMs, value]);
  return values;
}

const trip = (sequence: number, takesEffectAtMs: number): JournalEntry => ({
  sequence,
  takesEffectAtMs,
  kind: "input",
  input: { kind: "trip", target: "supply-01" },
});

const truth = (supplies: number, voltageV = 230.5): TruthSupplyColumns => {
  const each = <Value>(value: Value): Value[] => Array.from({ length: supplies }, () => value);
  return {
    voltageV: each(voltageV),
    currentA: each(4.25),
    activePowerW: each(960),
    deliveredWh: each(1234.5),
    importWh: each(1230),
    relayOpen: each(0),
    bypassShare: each(0.25),
    theftKinds: each(1),
    unmeteredW: each(240),
    offReason: each(""),
    tamperFlags: each(0),
    waiting: each(2),
    servingMast: each(0),
    signalDbm: each(-71.5),
    displayText: each("1230 kWh"),
    neutralCurrentA: each(4.25),
    powerFactor: each(0.98),
    creditMinor: each(null),
    clockOffsetMs: each(0),
    device: each(""),
    boards: [],
  };
};

const belief = (importWh: number | null): BeliefSupplyColumns => ({
  importWh: [importWh],
  activePowerW: [null],
  voltageV: [null],
  measuredAt: [importWh === null ? null : HOUR_MS],
  receivedAt: [importWh === null ? null : HOUR_MS + 2_000],
  isLate: [0],
  missingIntervals: [3],
  relayOpen: [null],
  accountState: ["noticed"],
  owedMinor: [50_000],
  arrearsMinor: [40_000],
  disputedMinor: [0],
  prepaidMinor: [null],
  caseId: [""],
  suspicion: [0],
  isOut: [0],
});

const TRUTH_STREET: TruthStreet = {
  sourceW: 1000,
  lossesW: 40,
  transformerLoadingShare: 0.1,
  minVoltageV: 228,
  maxVoltageV: 231,
  mastUp: [1],
  backhaulUp: [1],
  mastMeters: [1],
  mastLoadShare: [0],
  coreUp: 1,
  smsUp: 1,
  dataUp: 1,
  inFlight: 0,
  flights: [],
  transformers: [],
  unsolved: [],
  energy: {
    sourceKWh: 1,
    secondaryKWh: 1,
    lossesKWh: 0,
    deliveredKWh: 1,
    meteredKWh: 1,
    stolenKWh: 0,
    billedKWh: 0,
  },
};
const BELIEF_STREET: BeliefStreet = {
  cases: [],
  outages: [],
  unexplainedWh: null,
  expectedLossesWh: 12.5,
  transformerPowerW: null,
  commands: { sent: 1, acknowledged: 1, retried: 0, expired: 0, waiting: 0 },
  billing: {
    currency: "INR",
    bills: 0,
    estimatedBills: 0,
    corrections: 0,
    billedMinor: 0,
    paidMinor: 0,
    arrearsMinor: 0,
    disputes: 0,
    disputedMinor: 0,
    refusedReadings: 0,
    warnings: 0,
    trips: 0,
    reconnects: 0,
    ledgerBalanceMinor: 0,
  },
};

describe("what is written comes back", () => {
  test("scenario, its hash and the result, letter by letter", async () => {
    const { reader } = await written(() => undefined);
    expect(reader).toMatchObject({
      resolvedText: '{"version":1}',
      scenarioSha256: "ab".repeat(32),
      resultText: '{"done":true}',
      topics: [],
    });
    expect(await reader.journal()).toEqual([]);
    expect(await reader.keyframe(0)).toBeUndefined();
  });

  test("the journal in its order, also where thousands of entries share a moment and chunks lie between", async () => {
    const entries = Array.from({ length: 6000 }, (_, at) =>
      trip(at + 1, at < 5000 ? MINUTE_MS : 2 * MINUTE_MS),
    );
    const { reader } = await written((writer) => {
      for (const entry of entries) {
        writer.journal(entry);
        if (entry.sequence % 1000 === 0) {
          writer.keyframe(entry.sequence, "00".repeat(32), new Uint8Array(300_000));
        }
      }
    });
    expect(await reader.journal()).toEqual(entries);
  });

  test("digests, hour by hour", async () => {
    const hour = (from: number): DigestHour => ({
      names: ["plant.meters.importMilliWh"],
      simMs: [from + MINUTE_MS, from + 2 * MINUTE_MS],
      chains: ["0123456789abcdef", "fedcba9876543210"],
      parts: "0011223344556677",
      chain: "ab".repeat(32),
    });
    const { reader } = await written((writer) => {
      writer.digests(hour(0));
      writer.digests(hour(HOUR_MS));
    });
    expect(await reader.digests()).toEqual([hour(0), hour(HOUR_MS)]);
  });

  test("keyframes with their chain, the first at or after the moment asked for", async () => {
    const chain = Array.from({ length: 32 }, (_, at) => at.toString(16).padStart(2, "0")).join("");
    const { reader } = await written((writer) => {
      writer.keyframe(DAY_MS, chain, Uint8Array.of(1, 2, 3));
      writer.keyframe(2 * DAY_MS, "ff".repeat(32), Uint8Array.of(4));
    });
    expect(await reader.keyframe(0)).toEqual({
      simMs: DAY_MS,
      chain,
      snapshot: Uint8Array.of(1, 2, 3),
    });
    expect(await reader.keyframe(DAY_MS)).toMatchObject({ simMs: DAY_MS });
    expect(await reader.keyframe(DAY_MS + 1)).toMatchObject({ simMs: 2 * DAY_MS });
    expect(await reader.keyframe(2 * DAY_MS + 1)).toBeUndefined();
  });

  test("columns of a home and of the street, at their moment", async () => {
    const { reader } = await written((writer) => {
      writer.truth(HOUR_MS, truth(1), TRUTH_STREET);
      writer.belief(HOUR_MS, belief(1230), BELIEF_STREET);
    });
    expect(await valuesOf(reader, "/truth/supply-01")).toEqual([
      [
        HOUR_MS,
        {
          voltageV: 230.5,
          currentA: 4.25,
          activePowerW: 960,
          deliveredWh: 1234.5,
          importWh: 1230,
          relayOpen: 0,
          bypassShare: 0.25,
          waiting: 2,
        },
      ],
    ]);
    expect(await valuesOf(reader, TOPIC.truthStreet)).toEqual([[HOUR_MS, TRUTH_STREET]]);
    expect(await valuesOf(reader, TOPIC.beliefStreet)).toEqual([[HOUR_MS, BELIEF_STREET]]);
    const [[, known]] = (await valuesOf(reader, "/belief/supply-01")) as [[number, object]];
    expect(known).toMatchObject({ importWh: 1230, activePowerW: null, owedMinor: 50_000 });
  });

  test("events in their order, each side on its topic, with one sentence", async () => {
    const events: TwinEvent[] = [
      { side: "truth", sequence: 1, event: { kind: "mast-down", at: 5, mast: "mast-1" } },
      { side: "belief", sequence: 2, event: { kind: "tripped", at: 5, supply: "supply-01" } },
      { side: "truth", sequence: 3, event: { kind: "mast-up", at: 5, mast: "mast-1" } },
    ];
    const { reader } = await written((writer) => writer.events(events));
    expect(await valuesOf(reader, TOPIC.truthEvents)).toEqual([
      [5, { sequence: 1, text: "mast-1 is down", event: events[0]!.event }],
      [5, { sequence: 3, text: "mast-1 is back", event: events[2]!.event }],
    ]);
    expect(await valuesOf(reader, TOPIC.beliefEvents)).toEqual([
      [5, { sequence: 2, text: "supply-01: tripped, as its meter says", event: events[1]!.event }],
    ]);
  });
});

test("what the company knows of a home is written when it changes, and the street always", async () => {
  const { reader } = await written((writer) => {
    for (const [at, wh] of [null, null, 1230, 1230, 1231].entries()) {
      writer.belief(at * MINUTE_MS, belief(wh), BELIEF_STREET);
    }
  });
  const moments = (await valuesOf(reader, "/belief/supply-01")).map(([simMs]) => simMs);
  expect(moments).toEqual([0, 2 * MINUTE_MS, 4 * MINUTE_MS]);
  expect(await valuesOf(reader, TOPIC.beliefStreet)).toHaveLength(5);
});

test("homes beyond the two-hundredth have no topic of their own", async () => {
  const ids = Array.from({ length: SUPPLY_TOPICS_MAX + 1 }, (_, at) => `supply-${at + 1}`);
  const { reader } = await written(
    (writer) => writer.truth(0, truth(ids.length), TRUTH_STREET),
    ids,
  );
  expect(reader.topics).toContain("/truth/supply-200");
  expect(reader.topics).not.toContain("/truth/supply-201");
});

test("every field of a home's message is in its schema, with a type that the value has", async () => {
  const { reader } = await written((writer) => {
    writer.truth(0, truth(1), TRUTH_STREET);
    writer.belief(0, belief(null), BELIEF_STREET);
    writer.belief(1, belief(1230), BELIEF_STREET);
  });
  for (const [topic, schema] of [
    ["/truth/supply-01", TRUTH_SUPPLY_SCHEMA],
    ["/belief/supply-01", BELIEF_SUPPLY_SCHEMA],
  ] as const) {
    const properties = schema["properties"] as Record<string, { type: string | string[] }>;
    for (const [, value] of await valuesOf(reader, topic)) {
      expect(Object.keys(value as object)).toEqual(Object.keys(properties));
      for (const [name, field] of Object.entries(value as object)) {
        expect([properties[name]!.type].flat()).toContain(field === null ? "null" : typeof field);
      }
    }
  }
});

test("messages of a kind share one schema, and times are nanoseconds since 1970", async () => {
  const supplies = ["supply-01", "supply-02"];
  const { bytes } = await written((writer) => {
    writer.truth(HOUR_MS, truth(2), TRUTH_STREET);
  }, supplies);
  const raw = await McapIndexedReader.Initialize({
    readable: {
      size: async () => BigInt(bytes.length),
      read: async (offset, length) => bytes.slice(Number(offset), Number(offset + length)),
    },
  });
  const schemaIds = [...raw.channelsById.values()]
    .filter(({ topic }) => topic.startsWith("/truth/supply-"))
    .map(({ schemaId }) => schemaId);
  expect(schemaIds).toHaveLength(2);
  expect(new Set(schemaIds).size).toBe(1);
  expect(raw.schemasById.get(schemaIds[0]!)?.name).toBe("meterville.TruthSupply");
  expect(raw.statistics?.messageStartTime).toBe(BigInt(START_EPOCH_MS + HOUR_MS) * 1_000_000n);
});

describe("a sink that fails", () => {
  test("is heard of in flush and in close, once and for all", async () => {
    const writer = begin(memory(2_000));
    writer.keyframe(0, "00".repeat(32), new Uint8Array(300_000));
    await expect(writer.flush()).rejects.toThrow("no space left on the device");
    writer.journal(trip(1, 0));
    await expect(writer.flush()).rejects.toThrow("no space left on the device");
    await expect(writer.close(0, "{}")).rejects.toThrow("no space left on the device");
  });

  test("leaves a file that is no whole recording", async () => {
    const sink = memory(400_000);
    const writer = begin(sink);
    writer.keyframe(0, "00".repeat(32), new Uint8Array(300_000));
    await writer.flush();
    writer.keyframe(1, "00".repeat(32), new Uint8Array(300_000));
    await expect(writer.close(0, "{}")).rejects.toThrow("no space left");
    const cut = Uint8Array.from(Buffer.concat(sink.chunks));
    await expect(openBytes(cut)).rejects.toThrow(/^no whole recording: .* run the scenario again$/);
  });
});

describe("a file of somebody else", () => {
  async function foreign(
    profile: string,
    fill: (writer: McapWriter) => Promise<void>,
  ): Promise<Uint8Array> {
    const sink = memory();
    const writer = new McapWriter({ writable: sink });
    await writer.start({ profile, library: "another program" });
    await fill(writer);
    await writer.end();
    return Uint8Array.from(Buffer.concat(sink.chunks));
  }
  const scenario = {
    name: "resolved-scenario.json",
    logTime: 0n,
    createTime: 0n,
    mediaType: "application/json",
    data: new TextEncoder().encode("{}"),
  };
  const nothing = async (): Promise<void> => undefined;

  test.each([
    { who: "no file at all", bytes: new Uint8Array(0), says: /^no whole recording: it is no MCAP/ },
    {
      who: "a text",
      bytes: new TextEncoder().encode("meterville: 1\nname: first-street\n".repeat(20)),
      says: /^no whole recording: it is no MCAP/,
    },
  ])("is told from a recording: $who", async ({ bytes, says }) => {
    const opened = openBytes(bytes);
    await expect(opened).rejects.toThrow(says);
    await expect(opened).rejects.toBeInstanceOf(RecordingError);
  });

  test("is refused with its profile", async () => {
    await expect(openBytes(await foreign("ros2", nothing))).rejects.toThrow(
      "an MCAP file, but not one of Meterville's (profile ros2); give a file that run --out wrote",
    );
    await expect(openBytes(await foreign("", nothing))).rejects.toThrow("(profile none)");
  });

  test("is refused without a scenario", async () => {
    await expect(openBytes(await foreign("meterville", nothing))).rejects.toThrow(
      "the recording holds no scenario; it was cut off",
    );
  });

  test("is refused with its version", async () => {
    const later = foreign("meterville", async (writer) => {
      await writer.addAttachment(scenario);
      await writer.addMetadata({ name: "meterville", metadata: new Map([["version", "3"]]) });
    });
    await expect(openBytes(await later)).rejects.toThrow(
      "recording version 3, this program reads versions 1 and 2",
    );
  });
});
