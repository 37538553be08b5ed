import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { JournalEntry } from "../../sim/contract/input.ts";
import { textOfUtf8, utf8Bytes } from "../../sim/core/digest.ts";
import { decodeRaw, encodeRaw, type RawMessage } from "../../sim/recording/raw.ts";
import { wholeRecords } from "../../sim/recording/whole-chunks.ts";
import { createRecording } from "../../sim/recording/writer.ts";

const MESSAGES = 30;
const zstd = (bytes: Uint8Array): Uint8Array => new Uint8Array(zstdDecompressSync(bytes));

/** A recording of journal entries in small chunks, and how much of the file each entry needs to be whole. */
interface SmallRecording {
  readonly bytes: Uint8Array;
  /** Row: message. Bytes of the file with which its chunk is whole. */
  readonly wholeAt: readonly number[];
}

async function smallRecording(): Promise<SmallRecording> {
  const parts: Uint8Array[] = [];
  let size = 0;
  const wholeAt: number[] = [];
  const recording = createRecording({
    sink: {
      position: () => BigInt(size),
      async write(bytes) {
        parts.push(bytes.slice());
        size += bytes.length;
      },
    },
    library: "meterville test",
    startEpochMs: 1_768_156_200_000,
    supplies: [],
    compress: (bytes) => zstdCompressSync(bytes),
    chunkBytes: 500,
  });
  recording.scenario('{"name":"small"}', "ab".repeat(32), "run-1");
  for (let sequence = 1; sequence <= MESSAGES; sequence++) {
    const input = { kind: "trip", target: `supply-${sequence}` } as const;
    const entry: JournalEntry = {
      sequence,
      takesEffectAtMs: sequence * 1000,
      kind: "input",
      input,
    };
    recording.journal(entry);
    await recording.flush();
    // What has left the tail lies in a chunk; its index, which nobody needs for this, comes right behind.
    const written = messagesInChunks(recording);
    while (wholeAt.length < written) wholeAt.push(chunkEnd(parts));
  }
  await recording.close(MESSAGES * 1000, "{}");
  while (wholeAt.length < MESSAGES) wholeAt.push(size);
  return { bytes: Buffer.concat(parts), wholeAt };
}

const messagesInChunks = (recording: {
  readonly messageCount: number;
  unwritten(): readonly RawMessage[];
}): number => recording.messageCount - recording.unwritten().length;

/** End of the chunk that was written last: the part before its index. */
const chunkEnd = (parts: readonly Uint8Array[]): number =>
  parts.slice(0, -1).reduce((sum, part) => sum + part.length, 0);

async function read(bytes: Uint8Array): Promise<{ sequences: number[]; isWhole: boolean }> {
  const sequences: number[] = [];
  const records = wholeRecords(
    {
      size: async () => BigInt(bytes.length),
      read: async (offset, size) => bytes.slice(Number(offset), Number(offset + size)),
    },
    { zstd },
  );
  for (;;) {
    const next = await records.next();
    if (next.done === true) return { sequences, isWhole: next.value };
    if (next.value.kind !== "message") continue;
    const entry = JSON.parse(textOfUtf8(next.value.message.data)) as JournalEntry;
    expect(next.value.message.sequence).toBe(entry.sequence - 1);
    sequences.push(entry.sequence);
  }
}

const countTo = (count: number): number[] => Array.from({ length: count }, (_, at) => at + 1);

let recording: SmallRecording;
beforeAll(async () => {
  recording = await smallRecording();
});

test("a whole file gives everything and says that it is whole", async () => {
  expect(await read(recording.bytes)).toEqual({ sequences: countTo(MESSAGES), isWhole: true });
  expect(new Set(recording.wholeAt).size, "there are chunks to lose").toBeGreaterThan(5);
});

test("cut at whichever byte, exactly the messages of the whole chunks come back", async () => {
  const { bytes, wholeAt } = recording;
  const dataEnd = wholeAt.at(-2)!;
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    // Magic and header: before them it might be any file.
    if (length < HEADER_BYTES) {
      await expect(read(cut), String(length)).rejects.toThrow(/no recording of Meterville/);
      continue;
    }
    const { sequences, isWhole } = await read(cut);
    expect(isWhole, String(length)).toBe(false);
    const expected = wholeAt.filter((at) => at <= length && at <= dataEnd).length;
    if (length >= bytes.length - SUMMARY_BYTES_MAX) {
      expect(sequences.length, String(length)).toBeGreaterThanOrEqual(expected);
    } else expect(sequences, String(length)).toEqual(countTo(expected));
  }
});

/** Magic, and the header record with profile and library. */
const HEADER_BYTES = 8 + 9 + 4 + "meterville".length + 4 + "meterville test".length;
/** The last chunk, its index and the summary are written in one go at the end. */
const SUMMARY_BYTES_MAX = 4_000;

test("whichever bit is turned over, what comes back is a beginning of what was written", async () => {
  const bits = fc.integer({ min: 0, max: 8 * recording.bytes.length - 1 });
  await fc.assert(
    fc.asyncProperty(bits, async (bit) => {
      const bytes = Uint8Array.from(recording.bytes);
      bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
      const sequences = await read(bytes).then(
        (found) => found.sequences,
        () => [],
      );
      expect(sequences).toEqual(countTo(sequences.length));
    }),
    { numRuns: 500 },
  );
});

test("messages in a checkpoint come back as they were", () => {
  const message = fc.record({
    topic: fc.constantFrom("/journal", "/digests", "/keyframe"),
    sequence: fc.nat(),
    logTime: fc.bigInt({ min: 0n, max: 2n ** 63n }),
    data: fc.uint8Array({ maxLength: 40 }),
  });
  fc.assert(
    fc.property(fc.array(message), (rows) => {
      const messages = rows.map(
        (row): RawMessage => ({
          ...row,
          messageEncoding: row.topic === "/keyframe" ? "snapshot" : "json",
          schema: row.topic === "/keyframe" ? null : { name: row.topic, data: utf8Bytes("{}") },
        }),
      );
      expect(decodeRaw(encodeRaw(messages))).toEqual(messages);
    }),
  );
});
