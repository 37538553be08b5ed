// Programs of random instructions that keep the core busy: branches, calls, stack, I/O, interrupts.

import { type Image, imageOfFlash } from "../../../hil/emulator/image.ts";
import { decode, OPS, type Op } from "../../../hil/emulator/instructions.ts";
import { drawUniform } from "../../../sim/core/random.ts";

const FLASH_WORDS = 16_384;
const VECTOR_WORDS = 52;
const RETI = 0x9518;
/** How often an operation is drawn, beside 8 for all the others. */
const WEIGHTS: Partial<Record<Op, number>> = {
  invalid: 0,
  spm: 0,
  break: 1,
  sleep: 1,
  wdr: 2,
  ijmp: 1,
  icall: 1,
  ret: 12,
  reti: 4,
  jmp: 1,
  call: 4,
  rcall: 8,
  rjmp: 3,
  brbs: 20,
  brbc: 20,
  push: 10,
  pop: 8,
  bset: 12,
  bclr: 8,
  out: 12,
  in: 8,
  sts: 12,
};
/** I/O that random programs may use, as data addresses: ports, timers, ADC, USART, general purpose, SREG. */
const LOW_IO = [0x23, 0x24, 0x25, 0x29, 0x2b, 0x35, 0x3e, 0x45, 0x46, 0x47, 0x4a, 0x4b, 0x53, 0x5f];
const EXTENDED_IO = [
  0x6e, 0x6f, 0x78, 0x79, 0x7a, 0x7c, 0x81, 0x84, 0x85, 0x88, 0x89, 0xc0, 0xc1, 0xc4, 0xc6,
];

/** The program of a seed: vectors that return at once or jump into the middle, and instructions all over the flash. */
export function randomProgram(seed: number): Image {
  const words = wordsByOp();
  const bag: Op[] = OPS.flatMap((op) => new Array<Op>(WEIGHTS[op] ?? 8).fill(op));
  let draws = 0;
  const below = (limit: number): number => Math.floor(drawUniform(seed, 0, draws++, 0) * limit);
  const code = new Uint16Array(FLASH_WORDS);
  for (let pc = 0; pc < FLASH_WORDS; pc++) {
    const op = bag[below(bag.length)]!;
    const [word, follows] = drawWord(op, words, below, pc);
    code[pc] = word;
    if (follows !== null && pc + 1 < FLASH_WORDS) code[++pc] = follows;
  }
  // Timer 0 is set up first, with its interrupts; each vector either returns or falls into code.
  for (let pc = 2; pc < VECTOR_WORDS; pc += 2) {
    if (below(3) > 0) code[pc] = RETI;
  }
  // ldi r17, 3; out TCCR0B, r17; ldi r17, 7; sts TIMSK0, r17; sei.
  const start = [0xe013, 0xbd15, 0xe017, 0x9310, 0x006e, 0x9478];
  code.set([0x940c, 0x0100], 0);
  code.set(start, 0x100);
  const flash = new Uint8Array(FLASH_WORDS * 2);
  code.forEach((word, pc) => {
    flash[pc * 2] = word & 0xff;
    flash[pc * 2 + 1] = word >> 8;
  });
  return imageOfFlash(flash);
}

function wordsByOp(): ReadonlyMap<Op, readonly number[]> {
  const map = new Map<Op, number[]>(OPS.map((op) => [op, []]));
  for (let word = 0; word < 0x10000; word++)
    map.get(decode(word, 0, 0, FLASH_WORDS).op)!.push(word);
  return map;
}

function drawWord(
  op: Op,
  words: ReadonlyMap<Op, readonly number[]>,
  below: (limit: number) => number,
  pc: number,
): readonly [number, number | null] {
  const choices = words.get(op)!;
  let word = choices[below(choices.length)]!;
  switch (op) {
    case "in":
    case "out": {
      const io = LOW_IO[below(LOW_IO.length)]! - 0x20;
      word = (word & 0xf9f0) | (io & 15) | ((io & 0x30) << 5);
      return [word, null];
    }
    case "sbi":
    case "cbi":
    case "sbic":
    case "sbis": {
      const io = LOW_IO[below(7)]! - 0x20;
      return [(word & 0xff07) | (io << 3), null];
    }
    case "lds":
    case "sts": {
      const isIo = below(2) === 0;
      return [word, isIo ? EXTENDED_IO[below(EXTENDED_IO.length)]! : 0x100 + below(0x800)];
    }
    case "jmp":
    case "call":
      return [word & 0xfe0e, VECTOR_WORDS + below(FLASH_WORDS - VECTOR_WORDS)];
    case "rjmp":
    case "rcall":
      return [(word & 0xf000) | ((below(2) === 0 ? -below(40) : below(60)) & 0xfff), null];
    case "brbs":
    case "brbc":
      return [(word & 0xfc07) | (((below(3) === 0 ? -below(30) : below(30)) & 0x7f) << 3), null];
    case "ldi": {
      // Often a pointer's high byte that leads into SRAM.
      const high = [27, 29, 31][below(3)]!;
      if (below(2) === 0) return [0xe000 | ((high - 16) << 4) | (1 + below(7)), null];
      return [word, null];
    }
    default:
      return [word, pc < 0 ? 0 : null];
  }
}
