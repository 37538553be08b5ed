import { describe, expect, test } from "vitest";
import { Board } from "../../../hil/emulator/board.ts";
import { createImage } from "../../../hil/emulator/image.ts";
import { compileProgram, missingCompiler } from "./avr-program.ts";
import { compareAtEveryBlock } from "./lockstep.ts";
import { METERING_WIRING, STEADY } from "./metering-board.ts";
import { runRandomProgram } from "./random-run.ts";

const RANDOM_PROGRAMS = 5;
const KICKS = 16;

describe("compiled blocks leave the state of the interpreter after every block", () => {
  test("over random programs with interrupts, sleep and a wandering stack", () => {
    let blocks = 0;
    let instructions = 0;
    for (let seed = 1; seed <= RANDOM_PROGRAMS; seed++) {
      const counts = runRandomProgram(seed, KICKS);
      blocks += counts.blocks;
      instructions += counts.instructions();
    }
    expect(blocks).toBeGreaterThan(800);
    expect(instructions).toBeGreaterThan(8_000);
  });

  test("over a metering program in its second second", (context) => {
    const missing = missingCompiler();
    context.skip(missing !== undefined, missing ?? "");
    const hex = compileProgram("metering");
    const options = { wiring: METERING_WIRING, seed: 7, startUpMs: 0 };
    const compiled = new Board(createImage(hex), options);
    const interpreted = new Board(createImage(hex), { ...options, core: "interpreted" });
    const counts = compareAtEveryBlock(compiled.chip.cpu, interpreted.chip.cpu);
    for (const board of [interpreted, compiled]) {
      board.powerOn();
      board.setPhasors(STEADY);
      board.runUntil(1);
    }
    compiled.runFor(2000);
    interpreted.runFor(2000);
    expect(compiled.digest()).toBe(interpreted.digest());
    expect(counts.instructions()).toBeGreaterThan(2_000_000);
    expect(counts.blocks).toBeGreaterThan(20_000);
  });
});
