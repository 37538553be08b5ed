// The one canonical byte form of a world, its parts, and their digests. World is plain data: typed arrays,
// numbers, strings, arrays and records of these.

import { assert } from "../core/assert.ts";
import { digest128, textOfUtf8, utf8Bytes } from "../core/digest.ts";

export const SNAPSHOT_VERSION = 1;

export type Column =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Uint16Array
  | Int16Array
  | Uint8Array;

const COLUMN_KINDS = {
  Float64Array,
  Float32Array,
  Int32Array,
  Uint32Array,
  Uint16Array,
  Int16Array,
  Uint8Array,
} as const;
type ColumnKind = keyof typeof COLUMN_KINDS;

/** A part of a world: a column, or a state object that is kept as text. */
export type Part =
  | { readonly name: string; readonly kind: "column"; readonly column: Column }
  | { readonly name: string; readonly kind: "text"; readonly text: string };

export const isColumn = (value: unknown): value is Column => ArrayBuffer.isView(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isColumn(value);

function holdsColumn(value: unknown): boolean {
  if (isColumn(value)) return true;
  return isRecord(value) && keysOf(value).some((key) => holdsColumn(value[key]));
}

/** Keys in code-unit order: the canonical one. */
function keysOf(value: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(value).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Paths of all parts of a world, in canonical order: records that hold columns are opened, the rest is text. */
export function partPaths(world: unknown): readonly (readonly string[])[] {
  if (!isRecord(world) || !holdsColumn(world)) return [[]];
  return keysOf(world).flatMap((key) => partPaths(world[key]).map((rest) => [key, ...rest]));
}

/**
 * The first part of `expected`, or field of one, that `actual` lacks or has as another kind of column or with another
 * number of rows; undefined where there is none. What arrays hold varies in a run and is not looked at.
 */
export function firstMissing(expected: unknown, actual: unknown): string | undefined {
  if (isColumn(expected)) {
    const isAlike =
      isColumn(actual) &&
      columnKind(actual) === columnKind(expected) &&
      actual.length === expected.length;
    return isAlike ? undefined : "";
  }
  if (!isRecord(expected)) return actual === undefined ? "" : undefined;
  if (!isRecord(actual)) return "";
  for (const key of keysOf(expected)) {
    const missing = firstMissing(expected[key], actual[key]);
    if (missing !== undefined) return missing === "" ? key : `${key}.${missing}`;
  }
  return undefined;
}

/** The value at a path. */
export function valueAt(world: unknown, path: readonly string[]): unknown {
  let here = world;
  for (const key of path) here = (here as Readonly<Record<string, unknown>>)[key];
  return here;
}

/** Every part with its value as it is now. */
export function partsOf(world: unknown): readonly Part[] {
  return partPaths(world).map((path) => {
    const value = valueAt(world, path);
    const name = path.join(".");
    return isColumn(value)
      ? { name, kind: "column", column: value }
      : { name, kind: "text", text: JSON.stringify(value) };
  });
}

/** Digest of a column's bytes, four words into `out` at `offset`. */
export function digestColumn(column: Column, out: Uint32Array, offset: number): void {
  digest128(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), out, offset);
}

interface PartHeader {
  readonly name: string;
  readonly kind: ColumnKind | "text";
  readonly bytes: number;
}

/** Writes a world: length of the header, header as JSON, then every part's bytes, little-endian, 8-aligned. */
export function encodeSnapshot(world: unknown): Uint8Array {
  const parts = partsOf(world).map((part) => {
    if (part.kind === "text") return { name: part.name, kind: "text", body: utf8Bytes(part.text) };
    const { column } = part;
    const kind = columnKind(column);
    return {
      name: part.name,
      kind,
      body: new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
    };
  });
  const headers = parts.map(({ name, kind, body }) => ({ name, kind, bytes: body.length }));
  const header = utf8Bytes(JSON.stringify({ version: SNAPSHOT_VERSION, parts: headers }));
  const start = aligned(4 + header.length);
  const size = parts.reduce((at, { body }) => at + aligned(body.length), start);
  const bytes = new Uint8Array(size);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  let at = start;
  for (const { body } of parts) {
    bytes.set(body, at);
    at += aligned(body.length);
  }
  return bytes;
}

/** Thrown for bytes that are no snapshot of ours. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

/** Reads what `encodeSnapshot` wrote, as parts by name. Throws SnapshotError. */
export function decodeParts(bytes: Uint8Array): readonly Part[] {
  if (bytes.length < 8)
    throw new SnapshotError(`a snapshot has at least 8 bytes, got ${bytes.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint32(0, true);
  if (4 + headerBytes > bytes.length)
    throw new SnapshotError("the snapshot is cut off in its header");
  const headers = readHeader(bytes.subarray(4, 4 + headerBytes));
  let at = aligned(4 + headerBytes);
  return headers.map(({ name, kind, bytes: length }) => {
    if (!(Number.isSafeInteger(length) && length >= 0)) {
      throw new SnapshotError(`the part ${name} has ${length} bytes`);
    }
    if (at + length > bytes.length) throw new SnapshotError(`the snapshot is cut off in ${name}`);
    const body = bytes.slice(at, at + length);
    at += aligned(length);
    if (kind === "text") {
      return { name, kind, text: readOr(`the part ${name}`, () => textOfUtf8(body)) };
    }
    if (!Object.hasOwn(COLUMN_KINDS, kind)) {
      throw new SnapshotError(`the part ${name} is of no kind that this program knows: ${kind}`);
    }
    const Columns = COLUMN_KINDS[kind];
    const rows = length / Columns.BYTES_PER_ELEMENT;
    if (!Number.isInteger(rows)) throw new SnapshotError(`the part ${name} has ${length} bytes`);
    return { name, kind: "column", column: new Columns(body.buffer, 0, rows) };
  });
}

function readHeader(bytes: Uint8Array): readonly PartHeader[] {
  const header: { readonly version?: unknown; readonly parts?: unknown } | null = readOr(
    "the snapshot's header",
    () => JSON.parse(textOfUtf8(bytes)),
  );
  if (header?.version !== undefined && header.version !== SNAPSHOT_VERSION) {
    throw new SnapshotError(
      `snapshot version ${header.version}, this program reads ${SNAPSHOT_VERSION}`,
    );
  }
  const parts: unknown = header?.parts;
  const isList = Array.isArray(parts) && parts.every((part) => typeof part?.name === "string");
  if (!isList) throw new SnapshotError("the snapshot's header is not readable");
  return parts;
}

function readOr<Value>(what: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    throw new SnapshotError(`${what} is not readable`, { cause });
  }
}

/**
 * Reads a whole world back. The caller vouches that the bytes are of the type it asks for: they come from a
 * recording whose digests it checks. Throws SnapshotError.
 */
export function decodeSnapshot<World>(bytes: Uint8Array): World {
  const world: Record<string, unknown> = {};
  for (const part of decodeParts(bytes)) {
    const path = part.name.split(".");
    let here = world;
    for (const key of path.slice(0, -1)) {
      here[key] ??= {};
      here = here[key] as Record<string, unknown>;
    }
    here[path.at(-1)!] =
      part.kind === "column"
        ? part.column
        : readOr(`the part ${part.name}`, () => JSON.parse(part.text));
  }
  return world as World;
}

function columnKind(column: Column): ColumnKind {
  for (const kind of Object.keys(COLUMN_KINDS) as ColumnKind[]) {
    if (column instanceof COLUMN_KINDS[kind]) return kind;
  }
  assert(false, "a column of an unknown kind");
}

const aligned = (size: number): number => (size + 7) & ~7;

/** Where two parts of one name differ first. */
export interface PartDifference {
  readonly part: string;
  /** Row of a column, or character of a text. */
  readonly row: number;
  readonly expected: string;
  readonly actual: string;
}

const EXCERPT_CHARACTERS = 40;

/** The first difference between two worlds' parts, or undefined where they are the same. */
export function firstPartDifference(
  expected: readonly Part[],
  actual: readonly Part[],
): PartDifference | undefined {
  for (const part of expected) {
    const other = actual.find(({ name }) => name === part.name);
    if (other === undefined || other.kind !== part.kind) {
      return { part: part.name, row: 0, expected: part.kind, actual: other?.kind ?? "nothing" };
    }
    if (part.kind === "column" && other.kind === "column") {
      const length = Math.max(part.column.length, other.column.length);
      for (let row = 0; row < length; row++) {
        const [a, b] = [part.column[row], other.column[row]];
        if (!Object.is(a, b)) {
          return { part: part.name, row, expected: String(a), actual: String(b) };
        }
      }
    }
    if (part.kind === "text" && other.kind === "text" && part.text !== other.text) {
      let row = 0;
      while (part.text[row] === other.text[row]) row++;
      const from = Math.max(0, row - EXCERPT_CHARACTERS / 2);
      return {
        part: part.name,
        row,
        expected: part.text.slice(from, from + EXCERPT_CHARACTERS),
        actual: other.text.slice(from, from + EXCERPT_CHARACTERS),
      };
    }
  }
  return undefined;
}
