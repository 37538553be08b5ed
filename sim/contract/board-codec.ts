// Board messages as bytes and back, by the forms in board-protocol.ts. Pure: no port, no clock.

import {
  BOARD_MESSAGES,
  type BoardMessage,
  type BoardMessageKind,
  boardMessageKind,
  FIELD_GROUPS,
  type FieldWidth,
  fieldsOf,
  type UnknownBoardMessage,
} from "./board-protocol.ts";

/** Bytes between F0 and F7: id, fields, CRC-8 in two groups. Throws a RangeError where a value does not fit its field. */
export function encodeBoardMessage(message: BoardMessage): number[] {
  return encodeMessage(boardMessageKind(message.kind), message);
}

/** The same for a message of any dialect, of the kind given. */
export function encodeMessage(kind: BoardMessageKind, message: object): number[] {
  const bytes = encodeFields(kind, message, Number.POSITIVE_INFINITY);
  const crc = crc8(bytes);
  return [...bytes, crc & 0x7f, crc >> 7];
}

/** What the MAC of a signed message is over: the serial as four bytes, lowest first, then id and fields up to the counter. */
export function signedBytes(message: BoardMessage, serial: number): number[] {
  const kind = boardMessageKind(message.kind);
  const below = fieldsOf(kind).length - 2;
  return [...littleEndian(serial, 4), ...encodeFields(kind, message, below)];
}

/** Undoes `encodeBoardMessage`; what is no message of ours is kept as it came, with the reason. */
export function decodeBoardMessage(raw: readonly number[]): BoardMessage | UnknownBoardMessage {
  return decodeMessage<BoardMessage>(BOARD_MESSAGES, raw);
}

/** The same for the dialect whose kinds are given; `Message` is the union of theirs. */
export function decodeMessage<Message>(
  kinds: readonly BoardMessageKind[],
  raw: readonly number[],
): Message | UnknownBoardMessage {
  const unknown = (reason: string): UnknownBoardMessage => ({ kind: "unknown", raw, reason });
  const found = kinds.find((message) => message.id === raw[0]);
  if (found === undefined) return unknown("no such id");
  const fields = fieldsOf(found);
  const groups = fields.reduce((sum, { width }) => sum + FIELD_GROUPS[width], 0);
  if (raw.length !== groups + 3) return unknown(`${raw.length} bytes, ${groups + 3} expected`);
  if (raw.some((byte) => byte > 0x7f || byte < 0)) return unknown("a byte above 7F");
  const body = raw.slice(0, -2);
  if (crc8(body) !== raw[raw.length - 2]! + raw[raw.length - 1]! * 128) return unknown("wrong CRC");
  const values: Record<string, number | string> = { kind: found.kind };
  let at = 1;
  for (const { name, width } of fields) {
    values[name] = readField(raw, at, width);
    at += FIELD_GROUPS[width];
  }
  return values as unknown as Message;
}

/** CRC-8, polynomial x⁸ + x² + x + 1 (07), start 0, not reflected: 123456789 in ASCII gives F4. */
export function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

export function littleEndian(value: number, byteCount: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (let byte = 0; byte < byteCount; byte++) {
    bytes.push(rest % 256);
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

function encodeFields(found: BoardMessageKind, message: object, fieldCount: number): number[] {
  const values = message as unknown as Readonly<Record<string, number | string>>;
  const bytes: number[] = [found.id];
  fieldsOf(found).forEach(({ name, width }, index) => {
    if (index < fieldCount)
      bytes.push(...writeField(`${found.kind}.${name}`, values[name]!, width));
  });
  return bytes;
}

function writeField(place: string, value: number | string, width: FieldWidth): number[] {
  if (typeof value === "string") return writeText(place, value, FIELD_GROUPS[width]);
  const isSigned = width.startsWith("z");
  const unsigned = isSigned ? (value >= 0 ? value * 2 : -value * 2 - 1) : value;
  const groups = FIELD_GROUPS[width];
  let end = 1;
  for (let group = 0; group < groups; group++) end *= 128;
  if (!Number.isInteger(unsigned) || unsigned < 0 || unsigned >= end) {
    throw new RangeError(`${place}: ${value} does not fit ${width}`);
  }
  const bytes: number[] = [];
  let rest = unsigned;
  for (let group = 0; group < groups; group++) {
    bytes.push(rest % 128);
    rest = Math.floor(rest / 128);
  }
  return bytes;
}

function writeText(place: string, text: string, length: number): number[] {
  const bytes = [...text.padEnd(length, " ")].map((character) => character.charCodeAt(0));
  if (bytes.length !== length || bytes.some((byte) => byte < 0x20 || byte > 0x7e)) {
    throw new RangeError(`${place}: at most ${length} characters of ASCII, got "${text}"`);
  }
  return bytes;
}

function readField(raw: readonly number[], at: number, width: FieldWidth): number | string {
  const groups = raw.slice(at, at + FIELD_GROUPS[width]);
  if (width === "text32") return String.fromCharCode(...groups);
  const unsigned = groups.reduceRight((sum, group) => sum * 128 + group, 0);
  if (!width.startsWith("z")) return unsigned;
  return unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2;
}
