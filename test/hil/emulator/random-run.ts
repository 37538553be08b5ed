// A random program on a compiled and an interpreted chip side by side, thrown elsewhere now and then so that it does not
// spend its time in one small loop.

import { Chip } from "../../../hil/emulator/chip.ts";
import { attachCompiler } from "../../../hil/emulator/compile.ts";
import { drawUniform } from "../../../sim/core/random.ts";
import { compareAtEveryBlock, follow, type Lockstep } from "./lockstep.ts";
import { randomProgram } from "./random-program.ts";

const CYCLES_BETWEEN_KICKS = 600;

/** Runs the program of `seed` with `kicks` new places to go on from; throws at the first difference. */
export function runRandomProgram(seed: number, kicks: number): Lockstep {
  const compiled = new Chip(randomProgram(seed));
  const interpreted = new Chip(randomProgram(seed));
  attachCompiler(compiled.cpu, 1);
  const counts = compareAtEveryBlock(compiled.cpu, interpreted.cpu);
  compiled.reset("powerOn");
  interpreted.reset("powerOn");
  for (let kick = 1; kick <= kicks; kick++) {
    const draw = (limit: number, purpose: number): number =>
      Math.floor(drawUniform(seed, kick, 0, purpose) * limit);
    const until = kick * CYCLES_BETWEEN_KICKS;
    compiled.cpu.runUntil(until);
    interpreted.cpu.runUntil(until);
    follow(compiled.cpu, interpreted.cpu, -1);
    const pc = draw(0x4000, 1);
    const sp = draw(8, 2) === 0 ? draw(0x1000, 3) : 0x180 + draw(0x780, 3);
    const sreg = draw(256, 4);
    for (const { cpu } of [compiled, interpreted]) {
      cpu.pc = pc;
      cpu.sp = sp;
      cpu.sreg = sreg;
      cpu.isAsleep = false;
    }
  }
  return counts;
}
