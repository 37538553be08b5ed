// One firmware as all boards share it: flash, decoded once, and the counts and blocks of the compiler.

import type { CompiledImage } from "./compile.ts";
import { FLASH_BYTES, parseHex } from "./hex.ts";
import { decode, isTwoWords, OPS, type Op } from "./instructions.ts";

/** Flash of the ATmega328P in words. */
export const FLASH_WORDS = FLASH_BYTES / 2;
const CODE_OF_OP: ReadonlyMap<Op, number> = new Map(OPS.map((op, code) => [op, code]));

/** A firmware. Row of every array but `flash`: word address. */
export interface Image {
  readonly flash: Uint8Array;
  /** Index into `OPS`. */
  readonly op: Uint8Array;
  /** Operands, see `Decoded`. */
  readonly a: Uint16Array;
  readonly b: Uint16Array;
  /** Words that the instruction takes, 1 or 2. */
  readonly size: Uint8Array;
  /** How often the interpreter found a branch or skip taken and passed, up to 255: advice for the compiler. */
  readonly taken: Uint8Array;
  readonly passed: Uint8Array;
  /** Made by the first board that compiles; what it holds changes speed and nothing else. */
  compiled: CompiledImage | null;
}

/** The program of an Intel HEX text. Throws `HexError`. */
export function createImage(hexText: string): Image {
  return imageOfFlash(parseHex(hexText).flash);
}

/** The program of raw flash; shorter flash is filled up with erased bytes. */
export function imageOfFlash(bytes: Uint8Array): Image {
  const flash = new Uint8Array(FLASH_BYTES).fill(0xff);
  flash.set(bytes);
  const word = (pc: number): number => {
    const at = (pc % FLASH_WORDS) * 2;
    return flash[at]! | (flash[at + 1]! << 8);
  };
  const op = new Uint8Array(FLASH_WORDS);
  const a = new Uint16Array(FLASH_WORDS);
  const b = new Uint16Array(FLASH_WORDS);
  const size = new Uint8Array(FLASH_WORDS);
  for (let pc = 0; pc < FLASH_WORDS; pc++) {
    const decoded = decode(word(pc), word(pc + 1), pc, FLASH_WORDS);
    op[pc] = CODE_OF_OP.get(decoded.op)!;
    a[pc] = decoded.a;
    b[pc] = decoded.b;
    size[pc] = isTwoWords(decoded.op) ? 2 : 1;
  }
  const taken = new Uint8Array(FLASH_WORDS);
  const passed = new Uint8Array(FLASH_WORDS);
  return { flash, op, a, b, size, taken, passed, compiled: null };
}
