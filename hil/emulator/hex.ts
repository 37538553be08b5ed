// Intel HEX to the bytes of an ATmega328P's flash. It checks every record and says in one sentence what is wrong.
// Intel, Hexadecimal Object File Format Specification, revision A (1988).

/** Flash of the ATmega328P in bytes. */
export const FLASH_BYTES = 32_768;
const ERASED = 0xff;
const RECORD = /^:(?:[0-9A-Fa-f]{2})+$/;
const DATA = 0;
const END = 1;
const EXTENDED_SEGMENT = 2;
const START_SEGMENT = 3;
const EXTENDED_LINEAR = 4;
const START_LINEAR = 5;

/** A file that is no program for this chip; `line` counts from 1. */
export class HexError extends Error {
  override readonly name = "HexError";
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** Flash contents with erased bytes as 0xFF, and how many bytes the file wrote. Throws `HexError`. */
export function parseHex(text: string): {
  readonly flash: Uint8Array;
  readonly usedBytes: number;
} {
  const flash = new Uint8Array(FLASH_BYTES).fill(ERASED);
  const isWritten = new Uint8Array(FLASH_BYTES);
  let base = 0;
  let usedBytes = 0;
  let endLine = 0;
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = index + 1;
    const trimmed = lines[index]!.trim();
    if (trimmed === "") continue;
    if (endLine > 0) {
      throw new HexError(line, `a record follows the end of file in line ${endLine}; remove it`);
    }
    const record = parseRecord(trimmed, line);
    switch (record.kind) {
      case DATA:
        usedBytes += store(flash, isWritten, base + record.address, record.data, line);
        break;
      case END:
        if (record.data.length > 0) throw new HexError(line, "the end of file carries data");
        endLine = line;
        break;
      case EXTENDED_SEGMENT:
        base = twoBytes(record.data, line) * 16;
        break;
      case EXTENDED_LINEAR:
        base = twoBytes(record.data, line) * 65_536;
        break;
      case START_SEGMENT:
      case START_LINEAR:
        break;
      default:
        throw new HexError(line, `record type ${record.kind} is unknown; types 0 to 5 exist`);
    }
  }
  if (endLine === 0) {
    throw new HexError(lines.length, "the end of file (:00000001FF) is missing; the file is cut");
  }
  if (usedBytes === 0) throw new HexError(endLine, "the file holds no program");
  return { flash, usedBytes };
}

interface HexRecord {
  readonly kind: number;
  readonly address: number;
  readonly data: Uint8Array;
}

function parseRecord(text: string, line: number): HexRecord {
  if (!RECORD.test(text)) {
    throw new HexError(
      line,
      "this is no Intel HEX record; a record is a colon and pairs of digits",
    );
  }
  const bytes = Uint8Array.from({ length: (text.length - 1) / 2 }, (_, at) =>
    Number.parseInt(text.slice(1 + at * 2, 3 + at * 2), 16),
  );
  if (bytes.length < 5 || bytes.length !== bytes[0]! + 5) {
    const expected = (bytes[0] ?? 0) + 5;
    throw new HexError(line, `the record has ${bytes.length} bytes where it says ${expected}`);
  }
  const sum = bytes.reduce((total, byte) => total + byte, 0) & 0xff;
  if (sum !== 0) {
    const found = bytes.at(-1)!;
    const right = (found - sum) & 0xff;
    throw new HexError(
      line,
      `its sum is ${hex(found)} and must be ${hex(right)}; the file is damaged`,
    );
  }
  return {
    kind: bytes[3]!,
    address: bytes[1]! * 256 + bytes[2]!,
    data: bytes.subarray(4, bytes.length - 1),
  };
}

function store(
  flash: Uint8Array,
  isWritten: Uint8Array,
  address: number,
  data: Uint8Array,
  line: number,
): number {
  const last = address + data.length - 1;
  if (data.length > 0 && last >= FLASH_BYTES) {
    throw new HexError(
      line,
      `address 0x${last.toString(16)} is beyond the ATmega328P's 32 KiB; the file is for another chip`,
    );
  }
  for (let at = 0; at < data.length; at++) {
    if (isWritten[address + at] === 1) {
      throw new HexError(line, `address 0x${(address + at).toString(16)} is written twice`);
    }
    isWritten[address + at] = 1;
    flash[address + at] = data[at]!;
  }
  return data.length;
}

function twoBytes(data: Uint8Array, line: number): number {
  if (data.length !== 2) throw new HexError(line, "an address record carries two bytes");
  return data[0]! * 256 + data[1]!;
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
