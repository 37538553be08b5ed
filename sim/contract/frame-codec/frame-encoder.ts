// Packs the frames of one channel, each as what has changed since the one before, or whole. Once for all who watch.

import type { ChannelName, Frame } from "../frame.ts";
import type { Packing } from "../packing.ts";
import { type ByteWriter, createByteWriter } from "./byte-stream.ts";
import { COLUMN_TABLE, type Column, EXACT_ROWS_MAX } from "./column-table.ts";
import { joinMessage } from "./frame-message.ts";
import {
  codedOf,
  createPackedState,
  foretoldAt,
  isBitmap,
  isNumbers,
  type PackedColumn,
  type PackedNumbers,
  type PackedState,
  type PackedTexts,
} from "./packed-state.ts";

/** Below it, units, what foretells them and their differences are whole numbers that a varint holds. */
const UNITS_MAX = 2 ** 46;
export interface FrameEncoder {
  /** Takes the next frame. */
  add(frame: Frame, focus?: ReadonlySet<number>): void;
  /** Of the frame that was taken last; 0 before the first. */
  readonly sequence: number;
  /** What brings the frame before to the last one; undefined where that cannot be, and a keyframe is needed. */
  readonly delta: Uint8Array<ArrayBuffer> | undefined;
  /** The last frame whole, made when it is asked for. */
  keyframe(): Uint8Array<ArrayBuffer>;
}

const NO_FOCUS: ReadonlySet<number> = new Set();

/** `exactRowsMax`: up to so many rows nothing is lost. */
export function createFrameEncoder(
  channel: ChannelName,
  packing: Packing,
  exactRowsMax: number = EXACT_ROWS_MAX,
): FrameEncoder {
  let state: PackedState | undefined;
  let sequence = 0;
  let last = { step: 0, simMs: 0 };
  let delta: Uint8Array<ArrayBuffer> | undefined;
  let keyframe: Uint8Array<ArrayBuffer> | undefined;
  const message = (base: number, writer: ByteWriter): Uint8Array<ArrayBuffer> =>
    joinMessage({ channel, sequence, base, ...last }, packing.deflate(writer.take()));
  return {
    get sequence() {
      return sequence;
    },
    get delta() {
      return delta;
    },
    add(frame, focus = NO_FOCUS) {
      const data = frame.data as unknown as Readonly<Record<string, unknown>>;
      const { rows, mask } = shapeOf(channel, data);
      last = { step: frame.step, simMs: frame.simMs };
      const base = sequence++;
      keyframe = undefined;
      const rest = restOf(channel, data, mask);
      if (state === undefined || state.rows !== rows || state.mask !== mask) {
        state = createPackedState(channel, { rows, mask, isCoarse: rows > exactRowsMax });
        delta = undefined;
        // All of it exactly, once; only texts of the focus stay where they belong.
        for (const packed of state.columns) {
          const isCoarse = state.isCoarse && !isNumbers(packed);
          const work = { state: { isCoarse }, focus, packing, writer: undefined };
          packChanges(packed, data[packed.column.name], work);
        }
        state.rest = rest;
        return;
      }
      const writer = createByteWriter();
      for (const packed of state.columns) {
        packChanges(packed, data[packed.column.name], { state, focus, packing, writer });
      }
      if (rest === state.rest) writer.varint(0);
      else writeText(writer, packing, rest);
      state.rest = rest;
      delta = message(base, writer);
    },
    keyframe() {
      keyframe ??= message(0, writeWhole(state!, packing));
      return keyframe;
    },
  };
}

/** How many rows the frame has, and which columns of the table can be packed. */
function shapeOf(
  channel: ChannelName,
  data: Readonly<Record<string, unknown>>,
): { readonly rows: number; readonly mask: number } {
  let [rows, mask] = [-1, 0];
  COLUMN_TABLE[channel].forEach((column, at) => {
    const values = data[column.name];
    if (!Array.isArray(values) || (rows >= 0 && values.length !== rows)) return;
    if (!values.every((value) => canHold(column, value))) return;
    const { foretold } = column as Partial<Extract<Column, { kind: "number" }>>;
    const hasSources = (foretold?.by ?? []).every((name) => {
      const source = COLUMN_TABLE[channel].findIndex((each) => each.name === name);
      return (mask & (1 << source)) !== 0;
    });
    if (!hasSources) return;
    rows = values.length;
    mask |= 1 << at;
  });
  return { rows: Math.max(0, rows), mask };
}

function canHold(column: Column, value: unknown): boolean {
  if (column.kind === "text") return typeof value === "string";
  if (value === null) return column.isNullable;
  return typeof value === "number" && Math.abs(value * column.perUnit) < UNITS_MAX;
}

/** The fields that are no packed columns, as JSON. */
function restOf(
  channel: ChannelName,
  data: Readonly<Record<string, unknown>>,
  mask: number,
): string {
  const packed = new Set(
    COLUMN_TABLE[channel].flatMap(({ name }, at) => ((mask & (1 << at)) === 0 ? [] : [name])),
  );
  return JSON.stringify(
    Object.fromEntries(Object.entries(data).filter(([name]) => !packed.has(name))),
  );
}

interface PackWork {
  readonly state: Pick<PackedState, "isCoarse">;
  readonly focus: ReadonlySet<number>;
  readonly packing: Packing;
  /** Where there is none, the column only takes its values. */
  readonly writer: ByteWriter | undefined;
}

/** Brings a column to its new values, and writes how. */
function packChanges(packed: PackedColumn, values: unknown, work: PackWork): void {
  if (isNumbers(packed)) packNumbers(packed, values as readonly (number | null)[], work);
  else packTexts(packed, values as readonly string[], work);
}

function packNumbers(
  packed: PackedNumbers,
  values: readonly (number | null)[],
  { state, focus, writer }: PackWork,
): void {
  const { column, coded, units } = packed;
  const { perUnit, isNullable } = column;
  const quantum = state.isCoarse ? column.quantum : 1;
  const [stepped, steps, exact, differences]: number[][] = [[], [], [], []];
  for (let row = 0; row < coded.length; row++) {
    const value = values[row]!;
    const target = value === null ? null : Math.round(value * perUnit);
    const foretold = foretoldAt(packed, row);
    const wanted = codedOf(column, target) - foretold;
    const before = coded[row]!;
    const difference = wanted - before;
    let after = wanted;
    if (difference !== 0 && quantum === 1) {
      stepped!.push(row);
      steps!.push(difference);
    } else if (difference !== 0) {
      const count = Math.round(difference / quantum);
      after = before + count * quantum;
      const isExact =
        target === null ||
        target === 0 ||
        (isNullable && (before === 0 || Math.sign(after) !== Math.sign(wanted))) ||
        focus.has(row);
      if (isExact) {
        after = wanted;
        exact!.push(row);
        differences!.push(difference);
      } else if (2 * Math.abs(difference) <= quantum) after = before;
      else {
        stepped!.push(row);
        steps!.push(count);
      }
    }
    coded[row] = after;
    units[row] = after + foretold;
  }
  if (writer === undefined) return;
  writeRows(writer, stepped!, coded.length);
  for (const count of steps!) writer.signed(count);
  if (quantum === 1) return;
  writeRows(writer, exact!, coded.length);
  for (const difference of differences!) writer.signed(difference);
}

function packTexts(
  { column, texts }: PackedTexts,
  values: readonly string[],
  { state, focus, packing, writer }: PackWork,
): void {
  const isOfFocus = state.isCoarse && column.isOfFocusOnly;
  const changed: number[] = [];
  for (let row = 0; row < texts.length; row++) {
    const wanted = isOfFocus && !focus.has(row) ? "" : values[row]!;
    if (wanted === texts[row]) continue;
    texts[row] = wanted;
    changed.push(row);
  }
  if (writer === undefined) return;
  writeRows(writer, changed, texts.length);
  for (const row of changed) writeText(writer, packing, texts[row]!);
}

/** Rows in rising order: how many, then a bit for each row or the gaps between them, whichever is shorter. */
function writeRows(writer: ByteWriter, changed: readonly number[], rows: number): void {
  writer.varint(changed.length);
  if (isBitmap(changed.length, rows)) {
    const bits = new Uint8Array(Math.ceil(rows / 8));
    for (const row of changed) bits[row >> 3] = bits[row >> 3]! | (1 << (row & 7));
    writer.bytes(bits);
    return;
  }
  let before = -1;
  for (const row of changed) {
    writer.varint(row - before - 1);
    before = row;
  }
}

function writeText(writer: ByteWriter, packing: Packing, text: string, lengthPlus = 0): void {
  const bytes = packing.encode(text);
  writer.varint(bytes.length + lengthPlus);
  writer.bytes(bytes);
}

/** Everything that the reader must hold; each row as its difference to the row before. */
function writeWhole({ rows, mask, isCoarse, columns, rest }: PackedState, packing: Packing) {
  const writer = createByteWriter();
  writer.varint(rows);
  writer.varint(mask);
  writer.byte(isCoarse ? 1 : 0);
  for (const packed of columns) {
    if (isNumbers(packed)) {
      let before = 0;
      for (const coded of packed.coded) {
        writer.signed(coded - before);
        before = coded;
      }
      continue;
    }
    let before = "";
    for (const text of packed.texts) {
      if (text === before) writer.varint(0);
      else writeText(writer, packing, text, 1);
      before = text;
    }
  }
  writeText(writer, packing, rest);
  return writer;
}
