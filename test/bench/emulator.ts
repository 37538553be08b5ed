// How fast an emulated board is: × real time once warm, and beside Debian's native simavr with the same program and
// the same waves at the ADC, in turn in one run. Alone: `node test/bench/emulator.ts [--hex FILE] [--json] [--exact]`;
// `--exact` compares compiled and interpreted cores at every block over 10⁸ instructions instead.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEmulatedPort, MeterBoard } from "../../hil/board/meter-board.ts";
import { openBoard } from "../../hil/board/session.ts";
import { Board } from "../../hil/emulator/board.ts";
import { createImage } from "../../hil/emulator/image.ts";
import { BENCH_KEY } from "../../sim/contract/board-mac.ts";
import { METER_HEX } from "../../sim/host/devices.ts";
import { compileProgram, missingCompiler } from "../hil/emulator/avr-program.ts";
import { compareAtEveryBlock } from "../hil/emulator/lockstep.ts";
import { METERING_WIRING, STEADY } from "../hil/emulator/metering-board.ts";
import { runRandomProgram } from "../hil/emulator/random-run.ts";
import { buildWithSimavr, missingSimavr } from "../hil/emulator/simavr.ts";
import type { Measured } from "./measured.ts";

const WARM_UP_SECONDS = 60;
const RUN_SECONDS = 20;
const RUNS = 5;
const TIMES_REAL_MIN = 150;
const RATIO_MIN = 4;
const EXACT_INSTRUCTIONS = 100_000_000;
/** Of them over random programs; the rest over the firmware. */
const EXACT_RANDOM_PROGRAMS = 12;

/** The board's speed as × real time, with simavr's as baseline; throws where a tool is missing. */
export function measureEmulator(hexText?: string): Measured {
  const missing = missingSimavr() ?? (hexText === undefined ? missingCompiler() : undefined);
  if (missing !== undefined) throw new Error(`the emulator is not measured: ${missing}`);
  const hex = hexText ?? compileProgram("metering");
  const board = new Board(createImage(hex), { wiring: METERING_WIRING, seed: 1 });
  board.powerOn();
  board.setPhasors(STEADY);
  runSeconds(board, WARM_UP_SECONDS);
  const { folder, program } = buildWithSimavr("simavr-run");
  try {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, "program.hex");
    writeFileSync(file, hex);
    const own: number[] = [];
    const native: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      own.push(RUN_SECONDS / cpuSeconds(() => runSeconds(board, RUN_SECONDS)));
      const printed = execFileSync(program, [file, "2", String(RUN_SECONDS)], { encoding: "utf8" });
      native.push(RUN_SECONDS / Number(printed.split(" ")[0]));
    }
    const value = median(own);
    const baseline = median(native);
    return {
      name: "emulated-board",
      value,
      unit: "× real time",
      baseline,
      ratio: value / baseline,
      spread: Math.max(...own) / Math.min(...own),
      target: `≥ ${TIMES_REAL_MIN} × real time, ≥ ${RATIO_MIN} × simavr`,
      isMet: value / baseline >= RATIO_MIN,
      isReached: value >= TIMES_REAL_MIN,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The shipped firmware with three channels, display, relay and Johnny-Five, under load; nothing to compare it with. */
export async function measureShippedBoard(): Promise<Measured> {
  const meter = new MeterBoard(createImage(readFileSync(METER_HEX, "utf8")), { seed: 1 });
  const session = await openBoard(createEmulatedPort(meter), { key: BENCH_KEY });
  const { currentA, ...rest } = STEADY;
  meter.setMains({ ...rest, currentA });
  await session.order({ kind: "command", op: RELAY_OP, argument: 1, second: 0 });
  const runs: number[] = [];
  await session.pass(WARM_UP_SECONDS * 1000);
  for (let run = 0; run < RUNS; run++) {
    const from = process.cpuUsage();
    await session.pass(RUN_SECONDS * 1000);
    const { user, system } = process.cpuUsage(from);
    runs.push(RUN_SECONDS / ((user + system) / 1e6));
  }
  await session.close();
  const value = median(runs);
  return {
    name: "emulated-board-shipped-firmware",
    value,
    unit: "× real time",
    baseline: null,
    ratio: null,
    spread: Math.max(...runs) / Math.min(...runs),
    target: `≥ ${TIMES_REAL_MIN} × real time`,
    isMet: true,
    isReached: value >= TIMES_REAL_MIN,
  };
}

const RELAY_OP = 1;

function runSeconds(board: Board, seconds: number): void {
  for (let second = 0; second < seconds; second++) board.runFor(1000);
}

/** Processor time, because the machine may have other work; all threads count. */
function cpuSeconds(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Compiled against interpreted at every block; throws at the first difference. */
function compareExactly(hex: string): { readonly instructions: number; readonly blocks: number } {
  let instructions = 0;
  let blocks = 0;
  for (let seed = 1; seed <= EXACT_RANDOM_PROGRAMS; seed++) {
    const counts = runRandomProgram(1000 + seed, 60);
    instructions += counts.instructions();
    blocks += counts.blocks;
  }
  const options = { wiring: METERING_WIRING, seed: 1 };
  const compiled = new Board(createImage(hex), options);
  const interpreted = new Board(createImage(hex), { ...options, core: "interpreted" });
  for (const board of [interpreted, compiled]) board.powerOn();
  for (const board of [interpreted, compiled]) board.setPhasors(STEADY);
  interpreted.runFor(66);
  compiled.runFor(66);
  const counts = compareAtEveryBlock(compiled.chip.cpu, interpreted.chip.cpu);
  while (instructions + counts.instructions() < EXACT_INSTRUCTIONS) {
    compiled.runFor(1000);
    interpreted.runUntil(compiled.cycle);
    if (compiled.digest() !== interpreted.digest())
      throw new Error(`digests differ at ${compiled.timeMs} ms`);
  }
  return { instructions: instructions + counts.instructions(), blocks: blocks + counts.blocks };
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { hex: { type: "string" }, json: { type: "boolean" }, exact: { type: "boolean" } },
  });
  const hex = values.hex === undefined ? undefined : readFileSync(values.hex, "utf8");
  if (values.exact) {
    process.stdout.write(`${JSON.stringify(compareExactly(hex ?? compileProgram("metering")))}\n`);
  } else {
    const measured = measureEmulator(hex);
    const { name, value, unit, baseline, ratio, spread, target } = measured;
    process.stdout.write(
      values.json
        ? `${JSON.stringify([{ name, value, unit, baseline, ratio }])}\n`
        : `${name}: ${value.toFixed(0)} ${unit}, simavr ${baseline?.toFixed(0)}, ratio ${ratio?.toFixed(2)}, spread ${spread.toFixed(2)} (${target})\n`,
    );
  }
}
