// Reads packed frames of one channel back: a keyframe at any time, a delta only where it builds on what is held.

import type { ChannelName, Frame } from "../frame.ts";
import { FRAME_VERSION } from "../frame.ts";
import type { Packing } from "../packing.ts";
import { type ByteReader, createByteReader, FrameCodecError } from "./byte-stream.ts";
import { COLUMN_TABLE } from "./column-table.ts";
import type { FrameHead } from "./frame-message.ts";
import {
  createPackedState,
  foretoldAt,
  isBitmap,
  isNumbers,
  type PackedColumn,
  type PackedNumbers,
  type PackedState,
  plainOf,
} from "./packed-state.ts";

/** No street has more; bytes that say so are none of ours. */
const ROWS_MAX = 4_000_000;

export interface FrameDecoder {
  /** Of the frame that is held; 0 for none. */
  readonly sequence: number;
  /**
   * Takes one frame, its body inflated; undefined where it builds on a frame that is not held. Arrays of columns that have
   * not changed are those of the frame before. Throws FrameCodecError, and then holds nothing until the next keyframe.
   */
  take(head: FrameHead, body: Uint8Array): Frame | undefined;
  /** The same for a frame that nobody looks at, on the way to another; whether it was taken. */
  pass(head: FrameHead, body: Uint8Array): boolean;
}

export function createFrameDecoder(
  channel: ChannelName,
  { decode }: Pick<Packing, "decode">,
): FrameDecoder {
  let sequence = 0;
  let state: PackedState | undefined;
  let shown: Record<string, unknown> = {};
  /** Columns that have changed since `shown` was made. */
  let changed = new Set<PackedColumn>();
  let scratch = createScratch(0);
  const keyframe = (reader: ByteReader): PackedState => {
    const rows = reader.varint();
    const mask = reader.varint();
    if (rows > ROWS_MAX || mask >= 1 << COLUMN_TABLE[channel].length) {
      throw new FrameCodecError(`a packed frame of ${channel} with columns that are not known`);
    }
    const fresh = createPackedState(channel, { rows, mask, isCoarse: reader.byte() === 1 });
    scratch = createScratch(rows);
    for (const packed of fresh.columns) readWhole(packed, reader, decode, scratch);
    fresh.rest = decode(reader.bytes(reader.varint()));
    shown = JSON.parse(fresh.rest) as Record<string, unknown>;
    changed = new Set(fresh.columns);
    return fresh;
  };
  const delta = (held: PackedState, reader: ByteReader): void => {
    for (const packed of held.columns) {
      const isSent = isNumbers(packed)
        ? readNumbers(packed, reader, held.isCoarse, scratch)
        : readTexts(packed.texts, reader, decode, scratch);
      if (isSent) changed.add(packed);
    }
    const restBytes = reader.varint();
    if (restBytes === 0) return;
    held.rest = decode(reader.bytes(restBytes));
    shown = { ...shown, ...(JSON.parse(held.rest) as Record<string, unknown>) };
  };
  const pass: FrameDecoder["pass"] = (head, body) => {
    const isWhole = head.base === 0;
    if (!isWhole && (state === undefined || head.base !== sequence)) return false;
    sequence = 0;
    const reader = createByteReader(body);
    try {
      if (isWhole) state = keyframe(reader);
      else delta(state!, reader);
      if (!reader.isAtEnd) {
        throw new FrameCodecError(`a packed frame of ${channel} with more bytes than it needs`);
      }
    } catch (cause) {
      state = undefined;
      if (cause instanceof FrameCodecError) throw cause;
      throw new FrameCodecError(`a packed frame of ${channel} that cannot be read`, { cause });
    }
    ({ sequence } = head);
    return true;
  };
  return {
    get sequence() {
      return sequence;
    },
    take(head, body) {
      if (!pass(head, body)) return undefined;
      shown = { ...shown };
      const moved = new Set<string>();
      for (const packed of state!.columns) {
        const { name } = packed.column;
        const isMoved =
          isNumbers(packed) && (packed.column.foretold?.by ?? []).some((by) => moved.has(by));
        if (!isMoved && !changed.has(packed)) continue;
        moved.add(name);
        if (isNumbers(packed)) setUnits(packed);
        shown[name] = listOf(packed);
      }
      changed.clear();
      const { step, simMs } = head;
      return { version: FRAME_VERSION, channel, step, simMs, data: shown } as unknown as Frame;
    },
    pass,
  };
}

/** Of one column while it is read: the rows that change, and numbers as they were sent. */
interface Scratch {
  readonly rows: Int32Array;
  readonly numbers: Float64Array;
}

const createScratch = (rows: number): Scratch => ({
  rows: new Int32Array(rows),
  numbers: new Float64Array(rows),
});

function readWhole(
  packed: PackedColumn,
  reader: ByteReader,
  decode: Packing["decode"],
  { numbers }: Scratch,
): void {
  if (isNumbers(packed)) {
    const { coded } = packed;
    reader.signed(numbers, coded.length);
    let before = 0;
    for (let row = 0; row < coded.length; row++) {
      before += numbers[row]!;
      coded[row] = before;
    }
    return;
  }
  const { texts } = packed;
  let before = "";
  for (let row = 0; row < texts.length; row++) {
    const bytes = reader.varint();
    if (bytes > 0) before = decode(reader.bytes(bytes - 1));
    texts[row] = before;
  }
}

/** Only what is looked at is worked out: deltas say what is not foretold. */
function setUnits(packed: PackedNumbers): void {
  const { coded, units } = packed;
  if (units === coded) return;
  for (let row = 0; row < coded.length; row++) units[row] = coded[row]! + foretoldAt(packed, row);
}

/** Whether anything of the column has changed. */
function readNumbers(
  { column, coded }: PackedNumbers,
  reader: ByteReader,
  isCoarse: boolean,
  scratch: Scratch,
): boolean {
  const quantum = isCoarse ? column.quantum : 1;
  const { rows, numbers } = scratch;
  const stepped = readRows(reader, coded.length, scratch);
  reader.signed(numbers, stepped);
  for (let at = 0; at < stepped; at++) {
    const row = rows[at]!;
    coded[row] = coded[row]! + quantum * numbers[at]!;
  }
  if (quantum === 1) return stepped > 0;
  const exact = readRows(reader, coded.length, scratch);
  reader.signed(numbers, exact);
  for (let at = 0; at < exact; at++) {
    const row = rows[at]!;
    coded[row] = coded[row]! + numbers[at]!;
  }
  return stepped + exact > 0;
}

function readTexts(
  texts: string[],
  reader: ByteReader,
  decode: Packing["decode"],
  scratch: Scratch,
): boolean {
  const count = readRows(reader, texts.length, scratch);
  for (let at = 0; at < count; at++) {
    texts[scratch.rows[at]!] = decode(reader.bytes(reader.varint()));
  }
  return count > 0;
}

/** Writes the rows that change to the beginning of the scratch's rows, and returns how many they are. */
function readRows(reader: ByteReader, rows: number, scratch: Scratch): number {
  const count = reader.varint();
  if (count > rows) throw new FrameCodecError(`${count} changes in ${rows} rows`);
  if (isBitmap(count, rows)) {
    const set = readBits(reader.bytes(Math.ceil(rows / 8)), rows, scratch.rows);
    if (set !== count) throw new FrameCodecError(`${set} changes, not ${count}`);
    return count;
  }
  reader.varints(scratch.numbers, count);
  let row = -1;
  for (let at = 0; at < count; at++) {
    row += scratch.numbers[at]! + 1;
    if (row >= rows) throw new FrameCodecError(`a change in row ${row} of ${rows}`);
    scratch.rows[at] = row;
  }
  return count;
}

/** The rows whose bits are set, and how many they are; bits behind the last row count for nothing. */
function readBits(bits: Uint8Array, rows: number, found: Int32Array): number {
  let set = 0;
  for (let at = 0; at < bits.length; at++) {
    let byte = bits[at]!;
    while (byte !== 0) {
      const bit = 31 - Math.clz32(byte & -byte);
      byte &= byte - 1;
      const row = 8 * at + bit;
      if (row < rows) found[set++] = row;
    }
  }
  return set;
}

/** A column as frames have it. */
function listOf(packed: PackedColumn): readonly unknown[] {
  if (!isNumbers(packed)) return [...packed.texts];
  const { column, units } = packed;
  const values = new Array<number | null>(units.length);
  for (let row = 0; row < units.length; row++) values[row] = plainOf(column, units[row]!);
  return values;
}
