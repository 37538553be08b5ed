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
  const keyframe = (reader: ByteReader): PackedState => {
    const rows = reader.varint();
    const mask = reader.varint();
    if (rows > ROWS_MAX || mask >= 1 << COLUMN_TABLE[channel].length) {
      throw new FrameCodecError(`a packed frame of ${channel} with columns that are not known`);
    }
    const fresh = createPackedState(channel, { rows, mask, isCoarse: reader.byte() === 1 });
    for (const packed of fresh.columns) readWhole(packed, reader, decode);
    fresh.rest = decode(reader.bytes(reader.varint()));
    shown = JSON.parse(fresh.rest) as Record<string, unknown>;
    changed = new Set(fresh.columns);
    return fresh;
  };
  const delta = (held: PackedState, reader: ByteReader): void => {
    const moved = new Set<string>();
    for (const packed of held.columns) {
      const isSent = isNumbers(packed)
        ? readNumbers(packed, reader, held.isCoarse)
        : readTexts(packed.texts, reader, decode);
      const isMoved =
        isNumbers(packed) && (packed.column.foretold?.by ?? []).some((by) => moved.has(by));
      if (!isSent && !isMoved) continue;
      if (isNumbers(packed)) setUnits(packed);
      moved.add(packed.column.name);
      changed.add(packed);
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
      for (const packed of changed) shown[packed.column.name] = listOf(packed);
      changed.clear();
      const { step, simMs } = head;
      return { version: FRAME_VERSION, channel, step, simMs, data: shown } as unknown as Frame;
    },
    pass,
  };
}

function readWhole(packed: PackedColumn, reader: ByteReader, decode: Packing["decode"]): void {
  if (isNumbers(packed)) {
    const { coded } = packed;
    let before = 0;
    for (let row = 0; row < coded.length; row++) {
      before += reader.signed();
      coded[row] = before;
    }
    setUnits(packed);
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

function setUnits(packed: PackedNumbers): void {
  const { coded, units } = packed;
  for (let row = 0; row < coded.length; row++) units[row] = coded[row]! + foretoldAt(packed, row);
}

/** Whether anything of the column has changed. */
function readNumbers({ column, coded }: PackedNumbers, reader: ByteReader, isCoarse: boolean) {
  const quantum = isCoarse ? column.quantum : 1;
  const stepped = readRows(reader, coded.length);
  for (const row of stepped) coded[row] = coded[row]! + quantum * reader.signed();
  if (quantum === 1) return stepped.length > 0;
  const exact = readRows(reader, coded.length);
  for (const row of exact) coded[row] = coded[row]! + reader.signed();
  return stepped.length + exact.length > 0;
}

function readTexts(texts: string[], reader: ByteReader, decode: Packing["decode"]): boolean {
  const changed = readRows(reader, texts.length);
  for (const row of changed) texts[row] = decode(reader.bytes(reader.varint()));
  return changed.length > 0;
}

function readRows(reader: ByteReader, rows: number): readonly number[] {
  const count = reader.varint();
  const found: number[] = [];
  if (count > rows) throw new FrameCodecError(`${count} changes in ${rows} rows`);
  if (isBitmap(count, rows)) {
    const bits = reader.bytes(Math.ceil(rows / 8));
    for (let row = 0; row < rows; row++) {
      if ((bits[row >> 3]! & (1 << (row & 7))) !== 0) found.push(row);
    }
    if (found.length !== count) throw new FrameCodecError(`${found.length} changes, not ${count}`);
    return found;
  }
  let row = -1;
  for (let at = 0; at < count; at++) {
    row += reader.varint() + 1;
    if (row >= rows) throw new FrameCodecError(`a change in row ${row} of ${rows}`);
    found.push(row);
  }
  return found;
}

/** A column as frames have it. */
function listOf(packed: PackedColumn): readonly unknown[] {
  if (!isNumbers(packed)) return [...packed.texts];
  const { column, units } = packed;
  const values = new Array<number | null>(units.length);
  for (let row = 0; row < units.length; row++) values[row] = plainOf(column, units[row]!);
  return values;
}
