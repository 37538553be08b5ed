// The AVR enhanced core's instructions as data: which word is which instruction, with which operands.
// Microchip DS40002198 (AVR Instruction Set Manual), core AVRe+ with a 16-bit program counter.

/** What a word of flash does. Operands: see `Decoded`. */
export const OPS = [
  "invalid",
  "nop",
  "movw",
  "muls",
  "mulsu",
  "fmul",
  "fmuls",
  "fmulsu",
  "cpc",
  "sbc",
  "add",
  "cpse",
  "cp",
  "sub",
  "adc",
  "and",
  "eor",
  "or",
  "mov",
  "cpi",
  "sbci",
  "subi",
  "ori",
  "andi",
  "ldi",
  "mul",
  "adiw",
  "sbiw",
  "com",
  "neg",
  "swap",
  "inc",
  "asr",
  "lsr",
  "ror",
  "dec",
  "bset",
  "bclr",
  "brbs",
  "brbc",
  "sbi",
  "cbi",
  "sbic",
  "sbis",
  "in",
  "out",
  "lds",
  "sts",
  "ldX",
  "ldXInc",
  "ldXDec",
  "ldYInc",
  "ldYDec",
  "ldZInc",
  "ldZDec",
  "lddY",
  "lddZ",
  "stX",
  "stXInc",
  "stXDec",
  "stYInc",
  "stYDec",
  "stZInc",
  "stZDec",
  "stdY",
  "stdZ",
  "lpm",
  "lpmInc",
  "spm",
  "push",
  "pop",
  "rjmp",
  "rcall",
  "jmp",
  "call",
  "ijmp",
  "icall",
  "ret",
  "reti",
  "sbrc",
  "sbrs",
  "bst",
  "bld",
  "sleep",
  "wdr",
  "break",
] as const;
export type Op = (typeof OPS)[number];

/**
 * One instruction. `a`: the destination register, the register stored or tested, the data address of sbi, cbi,
 * sbic and sbis, or the bit of SREG. `b`: the other register, constant, displacement, bit, data address (I/O
 * included, in, out, lds, sts) or target as a word address.
 */
export interface Decoded {
  readonly op: Op;
  readonly a: number;
  readonly b: number;
}

const IO_BASE = 0x20;
const REGISTER_PAIRS: readonly Op[] = [
  "invalid",
  "cpc",
  "sbc",
  "add",
  "cpse",
  "cp",
  "sub",
  "adc",
  "and",
  "eor",
  "or",
  "mov",
];
const CONSTANTS: readonly Op[] = ["cpi", "sbci", "subi", "ori", "andi"];
const LOADS: readonly (Op | null)[] = [
  "lds",
  "ldZInc",
  "ldZDec",
  null,
  "lpm",
  "lpmInc",
  null,
  null,
  null,
  "ldYInc",
  "ldYDec",
  null,
  "ldX",
  "ldXInc",
  "ldXDec",
  "pop",
];
const STORES: readonly (Op | null)[] = [
  "sts",
  "stZInc",
  "stZDec",
  null,
  null,
  null,
  null,
  null,
  null,
  "stYInc",
  "stYDec",
  null,
  "stX",
  "stXInc",
  "stXDec",
  "push",
];
const ONE_REGISTER: readonly (Op | null)[] = [
  "com",
  "neg",
  "swap",
  "inc",
  null,
  "asr",
  "lsr",
  "ror",
  null,
  null,
  "dec",
];
const WHOLE_WORDS: ReadonlyMap<number, Decoded> = new Map([
  [0x0000, { op: "nop", a: 0, b: 0 }],
  [0x9409, { op: "ijmp", a: 0, b: 0 }],
  [0x9508, { op: "ret", a: 0, b: 0 }],
  [0x9509, { op: "icall", a: 0, b: 0 }],
  [0x9518, { op: "reti", a: 0, b: 0 }],
  [0x9588, { op: "sleep", a: 0, b: 0 }],
  [0x9598, { op: "break", a: 0, b: 0 }],
  [0x95a8, { op: "wdr", a: 0, b: 0 }],
  [0x95c8, { op: "lpm", a: 0, b: 0 }],
  [0x95e8, { op: "spm", a: 0, b: 0 }],
]);
const INVALID: Decoded = { op: "invalid", a: 0, b: 0 };

/** Decodes the word at word address `pc`; `next` is the word after it, `wordCount` the size of the flash. */
export function decode(word: number, next: number, pc: number, wordCount: number): Decoded {
  const whole = WHOLE_WORDS.get(word);
  if (whole !== undefined) return whole;
  const d5 = (word >> 4) & 31;
  const r5 = (word & 15) | ((word >> 5) & 16);
  const d4 = 16 + ((word >> 4) & 15);
  const k8 = (word & 15) | ((word >> 4) & 0xf0);
  const top = word >> 12;
  switch (top) {
    case 0:
    case 1:
    case 2:
      return word < 0x0400 ? low(word) : { op: REGISTER_PAIRS[word >> 10]!, a: d5, b: r5 };
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
      return { op: CONSTANTS[top - 3]!, a: d4, b: k8 };
    case 8:
    case 10: {
      const q = (word & 7) | ((word >> 7) & 0x18) | ((word >> 8) & 0x20);
      const isY = (word & 8) !== 0;
      if ((word & 0x200) !== 0) return { op: isY ? "stdY" : "stdZ", a: d5, b: q };
      return { op: isY ? "lddY" : "lddZ", a: d5, b: q };
    }
    case 9:
      return nines(word, next, wordCount);
    case 11: {
      const address = IO_BASE + ((word & 15) | ((word >> 5) & 0x30));
      return { op: (word & 0x800) !== 0 ? "out" : "in", a: d5, b: address };
    }
    case 12:
    case 13: {
      const offset = ((word & 0xfff) << 20) >> 20;
      return { op: top === 12 ? "rjmp" : "rcall", a: 0, b: wrap(pc + 1 + offset, wordCount) };
    }
    case 14:
      return { op: "ldi", a: d4, b: k8 };
    default:
      return fifteens(word, pc, wordCount);
  }
}

/** Whether an instruction takes two words of flash. */
export function isTwoWords(op: Op): boolean {
  return op === "lds" || op === "sts" || op === "jmp" || op === "call";
}

const wrap = (pc: number, wordCount: number): number => (pc + wordCount) % wordCount;

/** 0x0001 to 0x03FF: movw and the signed and fractional multiplications. */
function low(word: number): Decoded {
  const d = (word >> 4) & 15;
  const r = word & 15;
  if (word < 0x0100) return INVALID;
  if (word < 0x0200) return { op: "movw", a: d * 2, b: r * 2 };
  if (word < 0x0300) return { op: "muls", a: 16 + d, b: 16 + r };
  const a = 16 + (d & 7);
  const b = 16 + (r & 7);
  const isHighD = (word & 0x80) !== 0;
  const isHighR = (word & 0x08) !== 0;
  if (isHighD) return { op: isHighR ? "fmulsu" : "fmuls", a, b };
  return { op: isHighR ? "fmul" : "mulsu", a, b };
}

/** 0x9000 to 0x9FFF. */
function nines(word: number, next: number, wordCount: number): Decoded {
  const d5 = (word >> 4) & 31;
  const low4 = word & 15;
  switch ((word >> 9) & 7) {
    case 0: {
      const op = LOADS[low4] ?? "invalid";
      return { op, a: d5, b: op === "lds" ? next : 0 };
    }
    case 1: {
      const op = STORES[low4] ?? "invalid";
      return { op, a: d5, b: op === "sts" ? next : 0 };
    }
    case 2: {
      if (low4 === 8 && d5 < 16) {
        return { op: (word & 0x80) !== 0 ? "bclr" : "bset", a: d5 & 7, b: 0 };
      }
      if (low4 >= 12) {
        const target = ((((word >> 3) & 0x3e) | (word & 1)) << 16) + next;
        return { op: low4 >= 14 ? "call" : "jmp", a: 0, b: target % wordCount };
      }
      return { op: ONE_REGISTER[low4] ?? "invalid", a: d5, b: 0 };
    }
    case 3: {
      const pair = 24 + ((word >> 3) & 6);
      const k6 = (word & 15) | ((word >> 2) & 0x30);
      return { op: (word & 0x100) !== 0 ? "sbiw" : "adiw", a: pair, b: k6 };
    }
    case 4:
    case 5: {
      const ops: readonly Op[] = ["cbi", "sbic", "sbi", "sbis"];
      return { op: ops[(word >> 8) & 3]!, a: IO_BASE + ((word >> 3) & 31), b: word & 7 };
    }
    default:
      return { op: "mul", a: d5, b: (word & 15) | ((word >> 5) & 16) };
  }
}

/** 0xF000 to 0xFFFF: branches on a flag, bit copies, skips on a register's bit. */
function fifteens(word: number, pc: number, wordCount: number): Decoded {
  const bit = word & 7;
  if (word < 0xf800) {
    const offset = ((word & 0x3f8) << 22) >> 25;
    const op = (word & 0x400) !== 0 ? "brbc" : "brbs";
    return { op, a: bit, b: wrap(pc + 1 + offset, wordCount) };
  }
  if ((word & 8) !== 0) return INVALID;
  const ops: readonly Op[] = ["bld", "bst", "sbrc", "sbrs"];
  return { op: ops[(word >> 9) & 3]!, a: (word >> 4) & 31, b: bit };
}
