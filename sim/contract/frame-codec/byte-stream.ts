// Bytes of packed frames: growing output, bounded input, whole numbers as varints.

import { assert } from "../../core/assert.ts";

/** What was not written by this codec, or not whole. The message is a sentence. */
export class FrameCodecError extends Error {
  override readonly name = "FrameCodecError";
}

const FIRST_BYTES = 1024;
const VARINT_BYTES_MAX = 8;

export interface ByteWriter {
  byte(value: number): void;
  /** 0 to 2^53 − 1, in 1 to 8 bytes, small ones in few. */
  varint(value: number): void;
  /** A whole number of either sign below 2^52; those near to zero take few bytes. */
  signed(value: number): void;
  bytes(values: Uint8Array): void;
  /** What has been written; valid until more is. */
  take(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  let buffer = new Uint8Array(FIRST_BYTES);
  let length = 0;
  const reserve = (count: number): void => {
    if (length + count <= buffer.length) return;
    const larger = new Uint8Array(Math.max(2 * buffer.length, length + count));
    larger.set(buffer);
    buffer = larger;
  };
  const varint = (value: number): void => {
    reserve(VARINT_BYTES_MAX);
    let rest = value;
    while (rest >= 0x80) {
      buffer[length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    buffer[length++] = rest;
  };
  return {
    byte(value) {
      reserve(1);
      buffer[length++] = value;
    },
    varint,
    signed: (value) => varint(value < 0 ? -2 * value - 1 : 2 * value),
    bytes(values) {
      reserve(values.length);
      buffer.set(values, length);
      length += values.length;
    },
    take: () => buffer.subarray(0, length),
  };
}

export interface ByteReader {
  byte(): number;
  varint(): number;
  /** Reads whole numbers of either sign to the beginning of `into`. */
  signed(into: Float64Array, count: number): void;
  /** Reads whole numbers that are not negative to the beginning of `into`. */
  varints(into: Float64Array, count: number): void;
  bytes(count: number): Uint8Array;
  readonly isAtEnd: boolean;
}

/** Every reader throws FrameCodecError where the bytes end too early or make no number. */
export function createByteReader(from: Uint8Array): ByteReader {
  let at = 0;
  const cutOff = (): FrameCodecError =>
    new FrameCodecError(`a packed frame ends after ${from.length} bytes, in the middle of a value`);
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < VARINT_BYTES_MAX; count++) {
      const byte = from[at++];
      if (byte === undefined) throw cutOff();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw new FrameCodecError(`a packed frame holds no number at byte ${at}`);
  };
  return {
    byte() {
      const byte = from[at++];
      if (byte === undefined) throw cutOff();
      return byte;
    },
    varint,
    // Columns of tens of thousands of numbers: short ones are put together here, in 32 bits and without a call.
    signed(into, count) {
      let next = at;
      for (let row = 0; row < count; row++) {
        const first = from[next]!;
        const second = from[next + 1]!;
        if (first < 0x80) {
          next++;
          into[row] = (first >>> 1) ^ -(first & 1);
        } else if (second < 0x80) {
          next += 2;
          const value = (first & 0x7f) | (second << 7);
          into[row] = (value >>> 1) ^ -(value & 1);
        } else {
          at = next;
          const value = varint();
          next = at;
          into[row] = value % 2 === 0 ? value / 2 : -(value + 1) / 2;
        }
      }
      at = next;
    },
    varints(into, count) {
      let next = at;
      for (let row = 0; row < count; row++) {
        const first = from[next]!;
        if (first < 0x80) {
          next++;
          into[row] = first;
        } else {
          at = next;
          into[row] = varint();
          next = at;
        }
      }
      at = next;
    },
    bytes(count) {
      assert(count >= 0, "a count of bytes is not negative");
      if (at + count > from.length) throw cutOff();
      at += count;
      return from.subarray(at - count, at);
    },
    get isAtEnd() {
      return at === from.length;
    },
  };
}
