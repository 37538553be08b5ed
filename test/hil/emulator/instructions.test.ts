import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import avr8js from "avr8js";
import { describe, expect, test } from "vitest";
import { buildWithSimavr, missingSimavr } from "./simavr.ts";
import {
  type Case,
  differences,
  drawCases,
  FLASH_WORDS,
  flashStart,
  GENERAL_PURPOSE_IO,
  hashMemory,
  ioStart,
  memoryStart,
  type Outcome,
  programCounter,
  runOwn,
} from "./single-instructions.ts";

const CASE_COUNT = 60_000;
const AVR8JS_CASE_COUNT = 12_000;
const HALF_CARRY = "takes the half carry from bit 0 instead of bit 3";
/** Where avr8js 0.21 leaves the instruction set manual; simavr agrees with the manual in each. */
const WRONG_IN_AVR8JS: Readonly<Record<string, string>> = {
  adc: HALF_CARRY,
  add: HALF_CARRY,
  cbi: "takes one cycle instead of two",
  cp: HALF_CARRY,
  cpc: HALF_CARRY,
  cpi: HALF_CARRY,
  fmulsu: "sets Z where the product is not zero, and the other way round",
  neg: `${HALF_CARRY}, and never sets V`,
  sbc: HALF_CARRY,
  sbci: HALF_CARRY,
  sbiw: "clears H, which the instruction leaves alone",
  sub: HALF_CARRY,
  subi: HALF_CARRY,
};

function runSimavr(cases: readonly Case[]): readonly Outcome[] {
  const { folder, program } = buildWithSimavr("simavr-harness");
  try {
    const input = Buffer.alloc(cases.length * 45);
    cases.forEach((each, index) => {
      const at = index * 45;
      each.words.forEach((word, word2) => {
        input.writeUInt16LE(word, at + word2 * 2);
      });
      input.set(each.registers, at + 8);
      input[at + 40] = each.sreg;
      input.writeUInt16LE(each.sp, at + 41);
      input.writeUInt16LE(each.pc, at + 43);
    });
    const output = execFileSync(program, { input, maxBuffer: cases.length * 64 + 4096 });
    return cases.map((_, index) => {
      const at = index * 42;
      return {
        registers: output.subarray(at, at + 32),
        sreg: output[at + 32]!,
        sp: output.readUInt16LE(at + 33),
        pc: programCounter(output.readUInt16LE(at + 35)),
        cycles: output[at + 37]!,
        memoryHash: output.readUInt32LE(at + 38),
      };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runAvr8js(cases: readonly Case[]): readonly Outcome[] {
  const words = Uint16Array.from({ length: FLASH_WORDS }, (_, at) => {
    return flashStart(at * 2) | (flashStart(at * 2 + 1) << 8);
  });
  const cpu = new avr8js.CPU(words, 2048);
  return cases.map((each) => {
    cpu.progMem.set(each.words, each.pc);
    cpu.data.set(each.registers);
    for (let address = 0x100; address < 0x900; address++) cpu.data[address] = memoryStart(address);
    GENERAL_PURPOSE_IO.forEach((address, at) => {
      cpu.data[address] = ioStart(at);
    });
    cpu.data[95] = each.sreg;
    cpu.dataView.setUint16(93, each.sp, true);
    cpu.pc = each.pc;
    cpu.cycles = 1000;
    avr8js.avrInstruction(cpu);
    return {
      registers: cpu.data.slice(0, 32),
      sreg: cpu.data[95]!,
      sp: cpu.dataView.getUint16(93, true),
      pc: programCounter(cpu.pc),
      cycles: cpu.cycles - 1000,
      memoryHash: hashMemory((address) => cpu.data[address]!),
    };
  });
}

describe("one instruction from a random state", () => {
  const cases = drawCases(328, CASE_COUNT);
  const ours = runOwn(cases);

  test("leaves registers, flags, memory, stack, program counter and cycles as simavr does", (context) => {
    const missing = missingSimavr();
    context.skip(missing !== undefined, missing ?? "");
    expect([...differences(cases, ours, runSimavr(cases)).values()]).toEqual([]);
  });

  test("differs from avr8js 0.21 in the named instructions and no other", () => {
    const fewer = cases.slice(0, AVR8JS_CASE_COUNT);
    const found = differences(fewer, ours.slice(0, AVR8JS_CASE_COUNT), runAvr8js(fewer));
    expect([...found.keys()].sort()).toEqual(Object.keys(WRONG_IN_AVR8JS).sort());
  });
});
