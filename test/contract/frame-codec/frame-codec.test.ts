import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChannelName, Frame } from "../../../sim/contract/frame.ts";
import { CHANNELS } from "../../../sim/contract/frame.ts";
import { FrameCodecError } from "../../../sim/contract/frame-codec/byte-stream.ts";
import {
  COLUMN_TABLE,
  type Column,
  type NumberColumn,
} from "../../../sim/contract/frame-codec/column-table.ts";
import { createFrameDecoder } from "../../../sim/contract/frame-codec/frame-decoder.ts";
import { createFrameEncoder } from "../../../sim/contract/frame-codec/frame-encoder.ts";
import { joinMessage, splitMessage } from "../../../sim/contract/frame-codec/frame-message.ts";
import { makeFrame } from "../../../sim/engine/frames.ts";
import { step } from "../../../sim/engine/step.ts";
import { createTwin } from "../../../sim/engine/world.ts";
import { ZLIB_PACKING } from "../../../sim/host/zlib-packing.ts";
import { street } from "../../support/street.ts";

type StateChannel = Exclude<ChannelName, "truth/event" | "belief/event">;
const STATE_CHANNELS = CHANNELS.filter((name): name is StateChannel => !name.endsWith("/event"));
const frame = (channel: ChannelName, at: number, data: object): Frame =>
  ({ version: 3, channel, step: at, simMs: 1000 * at, data }) as unknown as Frame;
type Lists = Readonly<Record<string, readonly unknown[]>>;
const reader = (channel: ChannelName) => {
  const decoder = createFrameDecoder(channel, ZLIB_PACKING);
  return (message: Uint8Array) => {
    const { head, body } = splitMessage(message);
    return decoder.take(head, ZLIB_PACKING.inflate(body));
  };
};

const valueFor = (column: Column): fc.Arbitrary<unknown> => {
  if (column.kind === "text") return fc.constantFrom("", "cut", "1234 kWh\nL1 ₹", "case-7");
  const whole = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: -300, max: 300 }) },
    { weight: 1, arbitrary: fc.integer({ min: -(2 ** 45), max: 2 ** 45 }) },
  );
  const value = whole.map((units) => units / column.perUnit);
  return column.isNullable ? fc.option(value) : value;
};

/** Some frames of one channel after each other, in units of its columns. */
const runOf = (channel: ChannelName) =>
  fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 5 })).chain(([rows, count]) =>
    fc.array(
      fc.record({
        ...Object.fromEntries(
          COLUMN_TABLE[channel].map((column) => [
            column.name,
            fc.array(valueFor(column), { minLength: rows, maxLength: rows }),
          ]),
        ),
        ...{ sourceW: fc.integer(), boards: fc.array(fc.record({ displayText: fc.string() })) },
      }),
      { minLength: count, maxLength: count },
    ),
  ) as unknown as fc.Arbitrary<readonly Lists[]>;

test.for(STATE_CHANNELS)("what is read of %s is what was written, bit for bit", (channel) => {
  fc.assert(
    fc.property(runOf(channel), fc.integer({ min: 0, max: 4 }), (frames, joins) => {
      const encoder = createFrameEncoder(channel, ZLIB_PACKING);
      const [read, late] = [reader(channel), reader(channel)];
      frames.forEach((data, at) => {
        // As JSON has it.
        const given = JSON.parse(JSON.stringify(frame(channel, at, data))) as Frame;
        encoder.add(given);
        expect(read(encoder.delta ?? encoder.keyframe())).toStrictEqual(given);
        // Who comes later gets a keyframe and goes on from it.
        if (at === joins) expect(late(encoder.keyframe())).toStrictEqual(given);
        if (at > joins) expect(late(encoder.delta ?? encoder.keyframe())).toStrictEqual(given);
      });
    }),
    { numRuns: 60 },
  );
});

test.for(STATE_CHANNELS)(
  "of a large street, %s is never off by more than half a quantum, and exact in focus",
  (channel) => {
    fc.assert(
      fc.property(runOf(channel), fc.integer({ min: 0, max: 39 }), (frames, row) => {
        const encoder = createFrameEncoder(channel, ZLIB_PACKING, 0);
        const read = reader(channel);
        const focus = new Set([row]);
        frames.forEach((data, at) => {
          encoder.add(frame(channel, at, data), focus);
          const got = read(encoder.delta ?? encoder.keyframe())!.data as unknown as Lists;
          for (const column of COLUMN_TABLE[channel]) {
            holdsTo(column, data[column.name]!, got[column.name]!, row);
          }
          expect(got["boards"]).toEqual(data["boards"]);
        });
      }),
      { numRuns: 60 },
    );
  },
);

function holdsTo(
  column: Column,
  given: readonly unknown[],
  got: readonly unknown[],
  focus: number,
): void {
  expect(got).toHaveLength(given.length);
  expect(got[focus]).toBe(given[focus]);
  given.forEach((value, row) => {
    if (column.kind === "text") {
      expect(got[row]).toBe(column.isOfFocusOnly && row !== focus ? "" : value);
    } else if (value === null || value === 0 || column.quantum === 1) expect(got[row]).toBe(value);
    else {
      const off = Math.abs(
        Math.round((got[row] as number) * column.perUnit) - units(column, value),
      );
      expect(off).toBeLessThanOrEqual(column.quantum / 2);
    }
  });
}
const units = (column: NumberColumn, value: unknown): number =>
  Math.round((value as number) * column.perUnit);

test("every frame of a street's first hours comes out as it went in, and every list is a packed column", () => {
  const twin = createTwin(street());
  const ends = STATE_CHANNELS.map((channel) => ({
    channel,
    encoder: createFrameEncoder(channel, ZLIB_PACKING),
    read: reader(channel),
  }));
  for (let at = 0; at < 200; at++) {
    step(twin, []);
    for (const { channel, encoder, read } of ends) {
      const given = makeFrame(twin, channel);
      encoder.add(given);
      const got = read(encoder.delta ?? encoder.keyframe());
      expect(got).toEqual(JSON.parse(JSON.stringify(given)));
      for (const { name } of COLUMN_TABLE[channel]) expect(given.data).toHaveProperty(name);
    }
  }
});

test("columns that have not changed are the same arrays as before", () => {
  const encoder = createFrameEncoder("truth/branch", ZLIB_PACKING);
  const read = reader("truth/branch");
  const data = {
    currentA: [1, 2],
    loadingShare: [0.1, 0.2],
    voltageV: [230, 229],
    fuseOpen: [0, 0],
  };
  encoder.add(frame("truth/branch", 0, data));
  const first = read(encoder.keyframe())!.data as unknown as typeof data;
  encoder.add(frame("truth/branch", 1, { ...data, currentA: [1, 3] }));
  const second = read(encoder.delta!)!.data as unknown as typeof data;
  expect(second.currentA).toEqual([1, 3]);
  expect(first.currentA).toEqual([1, 2]);
  expect(second.voltageV).toBe(first.voltageV);
});

test("a delta on a frame that was missed is no frame, and the next keyframe is", () => {
  const encoder = createFrameEncoder("truth/branch", ZLIB_PACKING);
  const read = reader("truth/branch");
  const add = (at: number) => encoder.add(frame("truth/branch", at, { currentA: [at] }));
  add(1);
  expect(read(encoder.keyframe())?.step).toBe(1);
  add(2);
  add(3);
  expect(read(encoder.delta!)).toBeUndefined();
  expect(read(encoder.keyframe())).toMatchObject({ step: 3, data: { currentA: [3] } });
});

test("bytes that are no packed frame, are cut off or come from a newer version are refused with a sentence", () => {
  const encoder = createFrameEncoder("truth/branch", ZLIB_PACKING);
  encoder.add(frame("truth/branch", 1, { currentA: [1, 2, 3], fuseOpen: [0, 1, 2], more: "₹" }));
  const whole = encoder.keyframe();
  expect(() => splitMessage(whole.subarray(0, 10))).toThrow(/10 bytes that are no packed frame/);
  expect(() => splitMessage(Uint8Array.from([99, ...whole.subarray(1)]))).toThrow(
    /version 99, this page reads version 1; load the page again/,
  );
  const { head, body } = splitMessage(whole);
  const inflated = ZLIB_PACKING.inflate(body);
  for (let length = 0; length < inflated.length; length++) {
    const decoder = createFrameDecoder("truth/branch", ZLIB_PACKING);
    expect(() => decoder.take(head, inflated.subarray(0, length))).toThrow(FrameCodecError);
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(1), (bytes, base) => {
      const decoder = createFrameDecoder("truth/branch", ZLIB_PACKING);
      decoder.take(head, inflated);
      try {
        const message = joinMessage({ ...head, sequence: 2, base }, bytes);
        decoder.take(splitMessage(message).head, bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameCodecError);
      }
    }),
  );
});
