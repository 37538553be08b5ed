// Random single instructions with random state, and what a core makes of them: the common ground of the comparisons.

import { Cpu } from "../../../hil/emulator/cpu.ts";
import { imageOfFlash } from "../../../hil/emulator/image.ts";
import { decode, OPS, type Op } from "../../../hil/emulator/instructions.ts";
import { randomByName } from "../../../sim/core/random.ts";

export const FLASH_WORDS = 16_384;
/** Word address at which each case's instruction stands. */
const CODE_AT = 0x1000;
export const GENERAL_PURPOSE_IO = [0x3e, 0x4a, 0x4b];
const IO_START = [0x5a, 0xa5, 0x3c];
/** Need peripherals or a debugger, or are undefined. */
const LEFT_OUT: ReadonlySet<Op> = new Set(["invalid", "spm", "sleep", "wdr", "break"]);

export interface Case {
  readonly op: Op;
  readonly words: readonly number[];
  readonly registers: Uint8Array;
  readonly sreg: number;
  readonly sp: number;
  readonly pc: number;
}

export interface Outcome {
  readonly registers: Uint8Array;
  readonly sreg: number;
  readonly sp: number;
  readonly pc: number;
  readonly cycles: number;
  readonly memoryHash: number;
}

/** `count` cases; every operation comes about equally often, with operands that matter over-represented. */
export function drawCases(seed: number, count: number): readonly Case[] {
  const next = randomByName(seed)("single-instructions");
  const below = (limit: number): number => Math.floor(next() * limit);
  const wordsOfOp = new Map<Op, number[]>(OPS.map((op) => [op, []]));
  for (let word = 0; word < 0x10000; word++) {
    wordsOfOp.get(decode(word, 0, CODE_AT, FLASH_WORDS).op)!.push(word);
  }
  const ops = OPS.filter((op) => !LEFT_OUT.has(op));
  return Array.from({ length: count }, (_, index) => {
    const op = ops[index % ops.length]!;
    let word = pick(wordsOfOp.get(op)!, below);
    while (isUndefined(op, word) || !isPlainIo(op, word)) word = pick(wordsOfOp.get(op)!, below);
    const follows = op === "lds" || op === "sts" ? 0x120 + below(0x700) : below(0x10000);
    const registers = Uint8Array.from({ length: 32 }, () => interesting(below));
    // Pointers into SRAM, and far enough from its ends for displacements.
    for (const high of [27, 29, 31]) registers[high] = 2 + below(5);
    const next2 = below(2) === 0 ? 0x940e : below(0x10000);
    const words = [word, follows, next2, below(0x10000)];
    return { op, words, registers, sreg: below(256), sp: 0x200 + below(0x600), pc: CODE_AT };
  });
}

const pick = (words: readonly number[], below: (limit: number) => number): number =>
  words[below(words.length)]!;

function interesting(below: (limit: number) => number): number {
  const edges = [0, 1, 0x0f, 0x10, 0x7f, 0x80, 0x81, 0xff];
  return below(3) === 0 ? edges[below(edges.length)]! : below(256);
}

/** The manual leaves open what a load or store with a moving pointer does to the pointer's own registers. */
function isUndefined(op: Op, word: number): boolean {
  if (!/(Inc|Dec)$/.test(op)) return false;
  const register = (word >> 4) & 31;
  const pair = op.includes("X") ? 26 : op.includes("Y") ? 28 : 30;
  return (register & 30) === pair;
}

/** Only I/O that is nothing but memory in every core compared. */
function isPlainIo(op: Op, word: number): boolean {
  const { a, b } = decode(word, 0, CODE_AT, FLASH_WORDS);
  if (op === "in" || op === "out") return GENERAL_PURPOSE_IO.includes(b);
  if (op === "sbi" || op === "cbi" || op === "sbic" || op === "sbis") return a === 0x3e;
  return true;
}

export const flashStart = (at: number): number => (at * 29 + 7) & 0xff;
export const memoryStart = (address: number): number => (address * 37 + 11) & 0xff;
export const ioStart = (index: number): number => IO_START[index]!;

/** FNV-1a over SRAM and the general-purpose I/O bytes. */
export function hashMemory(read: (address: number) => number): number {
  let hash = 2_166_136_261;
  for (let address = 0x100; address < 0x900; address++) {
    hash = Math.imul(hash ^ read(address), 16_777_619);
  }
  for (const address of GENERAL_PURPOSE_IO) hash = Math.imul(hash ^ read(address), 16_777_619);
  return hash >>> 0;
}

/** The ATmega328P's program counter has 14 bits; other cores keep more. */
export const programCounter = (pc: number): number => pc & (FLASH_WORDS - 1);

/** What our interpreter makes of the cases. */
export function runOwn(cases: readonly Case[]): readonly Outcome[] {
  const flash = Uint8Array.from({ length: FLASH_WORDS * 2 }, (_, at) => flashStart(at));
  const cpu = new Cpu(imageOfFlash(flash));
  const { image } = cpu;
  return cases.map((each) => {
    each.words.forEach((word, at) => {
      image.flash[(each.pc + at) * 2] = word & 0xff;
      image.flash[(each.pc + at) * 2 + 1] = word >> 8;
    });
    for (let at = 0; at < 3; at++) {
      const decoded = decode(each.words[at]!, each.words[at + 1]!, each.pc + at, FLASH_WORDS);
      image.op[each.pc + at] = OPS.indexOf(decoded.op);
      image.a[each.pc + at] = decoded.a;
      image.b[each.pc + at] = decoded.b;
      image.size[each.pc + at] = /^(lds|sts|jmp|call)$/.test(decoded.op) ? 2 : 1;
    }
    cpu.data.set(each.registers);
    for (let address = 0x100; address < 0x900; address++) cpu.data[address] = memoryStart(address);
    GENERAL_PURPOSE_IO.forEach((address, at) => {
      cpu.data[address] = ioStart(at);
    });
    cpu.sreg = each.sreg;
    cpu.sp = each.sp;
    cpu.pc = each.pc;
    cpu.tick = 1000;
    cpu.isInhibited = 0;
    cpu.execute();
    return {
      registers: cpu.data.slice(0, 32),
      sreg: cpu.sreg,
      sp: cpu.sp,
      pc: cpu.pc,
      cycles: cpu.tick - 1000,
      memoryHash: hashMemory((address) => cpu.data[address]!),
    };
  });
}

/** Operations whose outcomes differ, with the first difference of each in words. */
export function differences(
  cases: readonly Case[],
  ours: readonly Outcome[],
  theirs: readonly Outcome[],
): ReadonlyMap<Op, string> {
  const found = new Map<Op, string>();
  cases.forEach((each, at) => {
    const own = describeOutcome(ours[at]!);
    const other = describeOutcome(theirs[at]!);
    if (own === other || found.has(each.op)) return;
    const words = each.words.map((word) => word.toString(16)).join(" ");
    const start = `${describeOutcome({ ...each, cycles: 0, memoryHash: 0 })}`;
    found.set(each.op, `${each.op} (${words}) from ${start}\n ours   ${own}\n theirs ${other}`);
  });
  return found;
}

const describeOutcome = ({ registers, sreg, sp, pc, cycles, memoryHash }: Outcome): string =>
  `r ${Buffer.from(registers).toString("hex")} sreg ${sreg.toString(2).padStart(8, "0")} sp ${sp} pc ${pc} cycles ${cycles} memory ${memoryHash}`;
