// A compiled core beside an interpreted one: after every block both must be in one state.

import type { Block, Cpu } from "../../../hil/emulator/cpu.ts";

/** Counts of a comparison; a difference is thrown. */
export interface Lockstep {
  /** Blocks after which the states were compared. */
  blocks: number;
  /** Instructions of the compiled core, as its twin counted them. */
  readonly instructions: () => number;
}

/** Hooks `compiled`, so that after each of its blocks `interpreted` follows and is compared in all state. */
export function compareAtEveryBlock(compiled: Cpu, interpreted: Cpu): Lockstep {
  const counts: Lockstep = { blocks: 0, instructions: () => interpreted.interpretedCount };
  const { onMiss } = compiled;
  const { blocks } = compiled;
  const isWrapped = new Set<Block>();
  compiled.onMiss = (pc) => {
    onMiss?.(pc);
    const block = blocks![pc];
    if (block == null || isWrapped.has(block)) return;
    const wrapped: Block = (cpu, data, limit) => {
      const head = cpu.pc;
      const hasRun = block(cpu, data, limit);
      if (hasRun) {
        counts.blocks++;
        follow(compiled, interpreted, head);
      }
      return hasRun;
    };
    isWrapped.add(wrapped);
    blocks![pc] = wrapped;
  };
  return counts;
}

/** Brings `interpreted` to the cycle of `compiled` and compares. */
export function follow(compiled: Cpu, interpreted: Cpu, head: number): void {
  while (interpreted.cycle < compiled.cycle) interpreted.step();
  const ours = stateOf(compiled);
  const theirs = stateOf(interpreted);
  if (ours === theirs && Buffer.compare(compiled.data, interpreted.data) === 0) return;
  const differing: string[] = [];
  compiled.data.forEach((value, address) => {
    const other = interpreted.data[address]!;
    if (value !== other) differing.push(`0x${address.toString(16)}: ${value} not ${other}`);
  });
  throw new Error(
    `after the block at word ${head}: ${ours}, interpreted ${theirs}; ${differing.slice(0, 8).join(", ")}`,
  );
}

const stateOf = (cpu: Cpu): string =>
  `pc ${cpu.pc} sp ${cpu.sp} sreg ${cpu.sreg} cycle ${cpu.cycle} pending ${cpu.pending} inhibited ${cpu.isInhibited} lowest ${cpu.spMin} interrupts ${cpu.interruptCount}`;
