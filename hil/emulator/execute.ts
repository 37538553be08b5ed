// What each instruction does, one at a time: the measure that compiled blocks are held against.
// Operations, flags and cycles: Microchip DS40002198 (AVR Instruction Set Manual), column AVRe+, 16-bit program counter.

import type { Cpu } from "./cpu.ts";
import { FLASH_WORDS } from "./image.ts";
import { OPS, type Op } from "./instructions.ts";

/** Executes one instruction with its operands (see `Decoded`): state, flags, program counter and cycles. */
export type Execute = (cpu: Cpu, a: number, b: number) => void;

const C = 1;
const Z = 2;
const N = 4;
const V = 8;
const S = 16;
const H = 32;
const T = 64;
const I = 128;
const PC_MASK = FLASH_WORDS - 1;
const X = 26;
const Y = 28;
const ZP = 30;

const next = (cpu: Cpu, words: number, cycles: number): void => {
  cpu.pc = (cpu.pc + words) & PC_MASK;
  cpu.tick += cycles;
};

/** Z, N, V and S of an 8-bit result; `v` is 0 or V. */
const signs = (result: number, v: number): number => {
  const n = (result & 0x80) !== 0 ? N : 0;
  return (result === 0 ? Z : 0) | n | v | ((n !== 0) !== (v !== 0) ? S : 0);
};

function add(cpu: Cpu, d: number, r: number, carry: number): void {
  const left = cpu.data[d]!;
  const right = cpu.data[r]!;
  const sum = left + right + carry;
  const result = sum & 0xff;
  const v = (~(left ^ right) & (left ^ result) & 0x80) !== 0 ? V : 0;
  const h = ((left ^ right ^ result) & 0x10) !== 0 ? H : 0;
  cpu.sreg = (cpu.sreg & (I | T)) | signs(result, v) | h | (sum >> 8);
  cpu.data[d] = result;
  next(cpu, 1, 1);
}

/** left − right − borrow; the zero flag only stays where `keepsZero` (with the bits of Z that must survive). */
function subtract(cpu: Cpu, left: number, right: number, borrow: number, zeroMask: number): number {
  const difference = left - right - borrow;
  const result = difference & 0xff;
  const v = ((left ^ right) & (left ^ result) & 0x80) !== 0 ? V : 0;
  const h = ((left ^ right ^ result) & 0x10) !== 0 ? H : 0;
  const flags = (signs(result, v) & zeroMask) | h | (difference < 0 ? C : 0);
  cpu.sreg = (cpu.sreg & (I | T)) | flags;
  next(cpu, 1, 1);
  return result;
}

/** Z is only cleared, never set, by cpc, sbc and sbci. */
const chained = (cpu: Cpu): number => ((cpu.sreg & Z) !== 0 ? 0xff : 0xff & ~Z);

function logic(cpu: Cpu, d: number, result: number): void {
  cpu.sreg = (cpu.sreg & (I | T | H | C)) | signs(result, 0);
  cpu.data[d] = result;
  next(cpu, 1, 1);
}

function multiply(cpu: Cpu, product: number, isFractional: number): void {
  const bits = product & 0xffff;
  const result = (bits << isFractional) & 0xffff;
  cpu.data[0] = result & 0xff;
  cpu.data[1] = result >> 8;
  cpu.sreg = (cpu.sreg & ~(C | Z)) | (bits >> 15) | (result === 0 ? Z : 0);
  next(cpu, 1, 2);
}

const signed = (value: number): number => (value << 24) >> 24;

function shiftRight(cpu: Cpu, d: number, result: number, c: number): void {
  const n = (result & 0x80) !== 0 ? 1 : 0;
  cpu.sreg = (cpu.sreg & (I | T | H)) | signs(result, (n ^ c) !== 0 ? V : 0) | c;
  cpu.data[d] = result;
  next(cpu, 1, 1);
}

const pair = (cpu: Cpu, low: number): number => cpu.data[low]! | (cpu.data[low + 1]! << 8);

function setPair(cpu: Cpu, low: number, value: number): void {
  cpu.data[low] = value & 0xff;
  cpu.data[low + 1] = (value >> 8) & 0xff;
}

/** Counts the ways of a branch, halving both when one is full. */
function note(cpu: Cpu, isTaken: boolean): void {
  const counts = isTaken ? cpu.image.taken : cpu.image.passed;
  if (++counts[cpu.pc]! !== 255) return;
  cpu.image.taken[cpu.pc]! >>= 1;
  cpu.image.passed[cpu.pc]! >>= 1;
}

/** Skips the next instruction, one or two words, where `isSkipping`. */
function skip(cpu: Cpu, isSkipping: boolean): void {
  note(cpu, isSkipping);
  if (!isSkipping) {
    next(cpu, 1, 1);
    return;
  }
  const words = cpu.image.size[(cpu.pc + 1) & PC_MASK]!;
  next(cpu, 1 + words, 1 + words);
}

/** Loads: `before` and `after` change the pointer by so much. */
const load =
  (pointer: number, before: number, after: number): Execute =>
  (cpu, a) => {
    const address = (pair(cpu, pointer) + before) & 0xffff;
    const value = cpu.read(address);
    if (before + after !== 0) setPair(cpu, pointer, address + after);
    cpu.data[a] = value;
    next(cpu, 1, 2);
  };

const store =
  (pointer: number, before: number, after: number): Execute =>
  (cpu, a) => {
    const address = (pair(cpu, pointer) + before) & 0xffff;
    const value = cpu.data[a]!;
    if (before + after !== 0) setPair(cpu, pointer, address + after);
    cpu.write(address, value);
    next(cpu, 1, 2);
  };

const loadAt =
  (pointer: number): Execute =>
  (cpu, a, b) => {
    cpu.data[a] = cpu.read((pair(cpu, pointer) + b) & 0xffff);
    next(cpu, 1, 2);
  };

const storeAt =
  (pointer: number): Execute =>
  (cpu, a, b) => {
    cpu.write((pair(cpu, pointer) + b) & 0xffff, cpu.data[a]!);
    next(cpu, 1, 2);
  };

const flashByte = (cpu: Cpu): number => cpu.image.flash[pair(cpu, ZP) & 0x7fff]!;

/** Pushes the address of the instruction after this one, low byte first. */
function call(cpu: Cpu, words: number, target: number, cycles: number): void {
  const back = (cpu.pc + words) & PC_MASK;
  cpu.push(back & 0xff);
  cpu.push(back >> 8);
  cpu.pc = target & PC_MASK;
  cpu.tick += cycles;
}

function popPc(cpu: Cpu): void {
  const high = cpu.pop();
  cpu.pc = ((high << 8) | cpu.pop()) & PC_MASK;
  cpu.tick += 4;
}

const RULES: Readonly<Record<Op, Execute>> = {
  invalid: (cpu) => {
    cpu.fault("invalid-instruction", `0x${(cpu.pc * 2).toString(16)} holds no instruction`);
    next(cpu, 1, 1);
  },
  nop: (cpu) => next(cpu, 1, 1),
  movw: (cpu, a, b) => {
    cpu.data[a] = cpu.data[b]!;
    cpu.data[a + 1] = cpu.data[b + 1]!;
    next(cpu, 1, 1);
  },
  mul: (cpu, a, b) => multiply(cpu, cpu.data[a]! * cpu.data[b]!, 0),
  muls: (cpu, a, b) => multiply(cpu, signed(cpu.data[a]!) * signed(cpu.data[b]!), 0),
  mulsu: (cpu, a, b) => multiply(cpu, signed(cpu.data[a]!) * cpu.data[b]!, 0),
  fmul: (cpu, a, b) => multiply(cpu, cpu.data[a]! * cpu.data[b]!, 1),
  fmuls: (cpu, a, b) => multiply(cpu, signed(cpu.data[a]!) * signed(cpu.data[b]!), 1),
  fmulsu: (cpu, a, b) => multiply(cpu, signed(cpu.data[a]!) * cpu.data[b]!, 1),
  add: (cpu, a, b) => add(cpu, a, b, 0),
  adc: (cpu, a, b) => add(cpu, a, b, cpu.sreg & C),
  sub: (cpu, a, b) => {
    cpu.data[a] = subtract(cpu, cpu.data[a]!, cpu.data[b]!, 0, 0xff);
  },
  subi: (cpu, a, b) => {
    cpu.data[a] = subtract(cpu, cpu.data[a]!, b, 0, 0xff);
  },
  sbc: (cpu, a, b) => {
    cpu.data[a] = subtract(cpu, cpu.data[a]!, cpu.data[b]!, cpu.sreg & C, chained(cpu));
  },
  sbci: (cpu, a, b) => {
    cpu.data[a] = subtract(cpu, cpu.data[a]!, b, cpu.sreg & C, chained(cpu));
  },
  cp: (cpu, a, b) => {
    subtract(cpu, cpu.data[a]!, cpu.data[b]!, 0, 0xff);
  },
  cpi: (cpu, a, b) => {
    subtract(cpu, cpu.data[a]!, b, 0, 0xff);
  },
  cpc: (cpu, a, b) => {
    subtract(cpu, cpu.data[a]!, cpu.data[b]!, cpu.sreg & C, chained(cpu));
  },
  cpse: (cpu, a, b) => skip(cpu, cpu.data[a] === cpu.data[b]),
  and: (cpu, a, b) => logic(cpu, a, cpu.data[a]! & cpu.data[b]!),
  andi: (cpu, a, b) => logic(cpu, a, cpu.data[a]! & b),
  or: (cpu, a, b) => logic(cpu, a, cpu.data[a]! | cpu.data[b]!),
  ori: (cpu, a, b) => logic(cpu, a, cpu.data[a]! | b),
  eor: (cpu, a, b) => logic(cpu, a, cpu.data[a]! ^ cpu.data[b]!),
  mov: (cpu, a, b) => {
    cpu.data[a] = cpu.data[b]!;
    next(cpu, 1, 1);
  },
  ldi: (cpu, a, b) => {
    cpu.data[a] = b;
    next(cpu, 1, 1);
  },
  adiw: (cpu, a, b) => {
    const left = pair(cpu, a);
    const result = (left + b) & 0xffff;
    const v = (~left & result & 0x8000) !== 0 ? V : 0;
    wordFlags(cpu, result, v, (left & ~result & 0x8000) !== 0 ? C : 0);
    setPair(cpu, a, result);
    next(cpu, 1, 2);
  },
  sbiw: (cpu, a, b) => {
    const left = pair(cpu, a);
    const result = (left - b) & 0xffff;
    const v = (left & ~result & 0x8000) !== 0 ? V : 0;
    wordFlags(cpu, result, v, (~left & result & 0x8000) !== 0 ? C : 0);
    setPair(cpu, a, result);
    next(cpu, 1, 2);
  },
  com: (cpu, a) => {
    const result = ~cpu.data[a]! & 0xff;
    cpu.sreg = (cpu.sreg & (I | T | H)) | signs(result, 0) | C;
    cpu.data[a] = result;
    next(cpu, 1, 1);
  },
  neg: (cpu, a) => {
    cpu.data[a] = subtract(cpu, 0, cpu.data[a]!, 0, 0xff);
  },
  swap: (cpu, a) => {
    const value = cpu.data[a]!;
    cpu.data[a] = ((value << 4) | (value >> 4)) & 0xff;
    next(cpu, 1, 1);
  },
  inc: (cpu, a) => {
    const result = (cpu.data[a]! + 1) & 0xff;
    cpu.sreg = (cpu.sreg & (I | T | H | C)) | signs(result, result === 0x80 ? V : 0);
    cpu.data[a] = result;
    next(cpu, 1, 1);
  },
  dec: (cpu, a) => {
    const result = (cpu.data[a]! - 1) & 0xff;
    cpu.sreg = (cpu.sreg & (I | T | H | C)) | signs(result, result === 0x7f ? V : 0);
    cpu.data[a] = result;
    next(cpu, 1, 1);
  },
  asr: (cpu, a) => {
    const value = cpu.data[a]!;
    shiftRight(cpu, a, (value >> 1) | (value & 0x80), value & 1);
  },
  lsr: (cpu, a) => shiftRight(cpu, a, cpu.data[a]! >> 1, cpu.data[a]! & 1),
  ror: (cpu, a) => {
    const value = cpu.data[a]!;
    shiftRight(cpu, a, (value >> 1) | ((cpu.sreg & C) << 7), value & 1);
  },
  bset: (cpu, a) => {
    const bit = 1 << a;
    if (bit === I && (cpu.sreg & I) === 0) cpu.isInhibited = 1;
    cpu.sreg |= bit;
    next(cpu, 1, 1);
  },
  bclr: (cpu, a) => {
    cpu.sreg &= ~(1 << a);
    next(cpu, 1, 1);
  },
  brbs: (cpu, a, b) => branch(cpu, ((cpu.sreg >> a) & 1) !== 0, b),
  brbc: (cpu, a, b) => branch(cpu, ((cpu.sreg >> a) & 1) === 0, b),
  sbi: (cpu, a, b) => {
    cpu.writeIo(a, cpu.read(a) | (1 << b), 1 << b);
    next(cpu, 1, 2);
  },
  cbi: (cpu, a, b) => {
    cpu.writeIo(a, cpu.read(a) & ~(1 << b), 1 << b);
    next(cpu, 1, 2);
  },
  sbic: (cpu, a, b) => skip(cpu, ((cpu.read(a) >> b) & 1) === 0),
  sbis: (cpu, a, b) => skip(cpu, ((cpu.read(a) >> b) & 1) !== 0),
  in: (cpu, a, b) => {
    cpu.data[a] = cpu.read(b);
    next(cpu, 1, 1);
  },
  out: (cpu, a, b) => {
    cpu.writeIo(b, cpu.data[a]!, 0xff);
    next(cpu, 1, 1);
  },
  lds: (cpu, a, b) => {
    cpu.data[a] = cpu.read(b);
    next(cpu, 2, 2);
  },
  sts: (cpu, a, b) => {
    cpu.write(b, cpu.data[a]!);
    next(cpu, 2, 2);
  },
  ldX: load(X, 0, 0),
  ldXInc: load(X, 0, 1),
  ldXDec: load(X, -1, 0),
  ldYInc: load(Y, 0, 1),
  ldYDec: load(Y, -1, 0),
  ldZInc: load(ZP, 0, 1),
  ldZDec: load(ZP, -1, 0),
  lddY: loadAt(Y),
  lddZ: loadAt(ZP),
  stX: store(X, 0, 0),
  stXInc: store(X, 0, 1),
  stXDec: store(X, -1, 0),
  stYInc: store(Y, 0, 1),
  stYDec: store(Y, -1, 0),
  stZInc: store(ZP, 0, 1),
  stZDec: store(ZP, -1, 0),
  stdY: storeAt(Y),
  stdZ: storeAt(ZP),
  lpm: (cpu, a) => {
    cpu.data[a] = flashByte(cpu);
    next(cpu, 1, 3);
  },
  lpmInc: (cpu, a) => {
    const value = flashByte(cpu);
    setPair(cpu, ZP, pair(cpu, ZP) + 1);
    cpu.data[a] = value;
    next(cpu, 1, 3);
  },
  spm: (cpu) => {
    cpu.fault(
      "spm",
      "the program writes its own flash, which an emulated board does not let it do",
    );
    next(cpu, 1, 1);
  },
  push: (cpu, a) => {
    cpu.push(cpu.data[a]!);
    next(cpu, 1, 2);
  },
  pop: (cpu, a) => {
    cpu.data[a] = cpu.pop();
    next(cpu, 1, 2);
  },
  rjmp: (cpu, _a, b) => {
    cpu.pc = b;
    cpu.tick += 2;
  },
  jmp: (cpu, _a, b) => {
    cpu.pc = b;
    cpu.tick += 3;
  },
  ijmp: (cpu) => {
    cpu.pc = pair(cpu, ZP) & PC_MASK;
    cpu.tick += 2;
  },
  rcall: (cpu, _a, b) => call(cpu, 1, b, 3),
  call: (cpu, _a, b) => call(cpu, 2, b, 4),
  icall: (cpu) => call(cpu, 1, pair(cpu, ZP), 3),
  ret: popPc,
  reti: (cpu) => {
    popPc(cpu);
    cpu.sreg |= I;
    cpu.isInhibited = 1;
  },
  sbrc: (cpu, a, b) => skip(cpu, ((cpu.data[a]! >> b) & 1) === 0),
  sbrs: (cpu, a, b) => skip(cpu, ((cpu.data[a]! >> b) & 1) !== 0),
  bst: (cpu, a, b) => {
    cpu.sreg = (cpu.sreg & ~T) | (((cpu.data[a]! >> b) & 1) !== 0 ? T : 0);
    next(cpu, 1, 1);
  },
  bld: (cpu, a, b) => {
    const bit = 1 << b;
    cpu.data[a] = (cpu.sreg & T) !== 0 ? cpu.data[a]! | bit : cpu.data[a]! & ~bit;
    next(cpu, 1, 1);
  },
  sleep: (cpu) => {
    next(cpu, 1, 1);
    cpu.isAsleep = cpu.enterSleep();
  },
  wdr: (cpu) => {
    cpu.onWatchdogReset();
    next(cpu, 1, 1);
  },
  // Without a debugger attached the data sheet treats it as no operation.
  break: (cpu) => next(cpu, 1, 1),
};

function wordFlags(cpu: Cpu, result: number, v: number, c: number): void {
  const n = (result & 0x8000) !== 0 ? N : 0;
  const s = (n !== 0) !== (v !== 0) ? S : 0;
  cpu.sreg = (cpu.sreg & (I | T | H)) | (result === 0 ? Z : 0) | n | v | s | c;
}

function branch(cpu: Cpu, isTaken: boolean, target: number): void {
  note(cpu, isTaken);
  if (isTaken) {
    cpu.pc = target;
    cpu.tick += 2;
  } else {
    next(cpu, 1, 1);
  }
}

/** Row: index into `OPS`. */
export const EXECUTE: readonly Execute[] = OPS.map((op) => RULES[op]);
