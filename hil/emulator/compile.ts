// When to compile: heads of blocks that are met often are translated once per image, for all boards that run it.

import type { Block, Blocks, Cpu } from "./cpu.ts";
import { FLASH_WORDS, type Image } from "./image.ts";
import { OPS, type Op } from "./instructions.ts";
import { translate } from "./translate.ts";

/** Meetings of a head before it is worth a block. */
const MEETINGS = 100;
const RENEWALS_MAX = 6;
/** Counts of a branch's two ways after one that was rare has become common. */
const OFTEN = 200;
const SELDOM = 40;
const TRANSFERS: ReadonlySet<Op> = new Set(["brbs", "brbc", "rjmp", "jmp", "rcall", "call"]);
/** After these a block begins, because the interpreter has just done one instruction or control comes back here. */
const BREAKS: ReadonlySet<Op> = new Set([
  "rcall",
  "call",
  "icall",
  "sleep",
  "wdr",
  "break",
  "out",
  "sts",
  "sbi",
  "cbi",
  "in",
  "lds",
  "ret",
  "reti",
  "rjmp",
  "jmp",
  "ijmp",
  "spm",
]);
const VECTOR_COUNT = 26;

/** What the boards of one image share. */
export interface CompiledImage {
  /** Undefined: a head not met often enough; null: no head, or not worth one. */
  readonly blocks: Blocks;
  readonly meetings: Uint8Array;
  /** How often a block was made anew because its branches go other ways now. */
  readonly renewals: Uint8Array;
  /** Blocks made so far. */
  blockCount: number;
}

/** Lets `cpu` run the blocks of its image, and make them after `meetings` of a head. */
export function attachCompiler(cpu: Cpu, meetings = MEETINGS): void {
  const { image } = cpu;
  image.compiled ??= createCompiledImage(image);
  const { compiled } = image;
  cpu.blocks = compiled.blocks;
  cpu.onMiss = (pc) => {
    if (compiled.meetings[pc]! < meetings && ++compiled.meetings[pc]! < meetings) return;
    compiled.blocks[pc] = compile(cpu, compiled, pc);
  };
  cpu.onStale = (head, pc, isTaken) => {
    if (++compiled.renewals[head]! > RENEWALS_MAX) return;
    const [often, seldom] = isTaken ? [image.taken, image.passed] : [image.passed, image.taken];
    often[pc] = OFTEN;
    seldom[pc] = Math.min(seldom[pc]!, SELDOM);
    compiled.blocks[head] = undefined;
  };
}

function compile(cpu: Cpu, compiled: CompiledImage, pc: number): Block | null {
  const translated = translate(cpu, pc);
  if (translated === null) return null;
  compiled.blockCount++;
  for (const head of translated.exits) {
    if (compiled.blocks[head] === null) compiled.blocks[head] = undefined;
  }
  const make = new Function("flash", translated.source) as (flash: Uint8Array) => Block;
  return make(cpu.image.flash);
}

function createCompiledImage(image: Image): CompiledImage {
  const blocks: Blocks = new Array<Block | null | undefined>(FLASH_WORDS).fill(null);
  for (let vector = 0; vector < VECTOR_COUNT; vector++) blocks[vector * 2] = undefined;
  for (let pc = 0; pc < FLASH_WORDS; pc++) {
    const op = OPS[image.op[pc]!]!;
    const after = (pc + image.size[pc]!) % FLASH_WORDS;
    if (TRANSFERS.has(op)) blocks[image.b[pc]!] = undefined;
    if (BREAKS.has(op)) blocks[after] = undefined;
  }
  return {
    blocks,
    meetings: new Uint8Array(FLASH_WORDS),
    renewals: new Uint8Array(FLASH_WORDS),
    blockCount: 0,
  };
}
