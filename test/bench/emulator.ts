// How fast an emulated board is: × real time once warm, and beside Debian's native simavr with the same program and
// the same waves at the ADC, in turn in one run. Alone: `node test/bench/emulator.ts [--hex FILE | --shipped] [--json]
// [--exact]`. `--shipped` is the meter with its parts and Johnny-Five; `--exact` compares compiled and interpreted cores
// at every block over 10⁸ instructions instead.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createEmulatedPort, MeterBoard } from "../../hil/board/meter-board.ts";
import { METER_WIRING } from "../../hil/board/meter-wiring.ts";
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

/** Board time until the engine has compiled what is done five times a second too. */
const WARM_UP_SECONDS = 600;
const RUN_SECONDS = 60;
const NATIVE_RUN_SECONDS = 20;
const RUNS = 5;
const TIMES_REAL_MIN = 150;
const RATIO_MIN = 4;
const EXACT_INSTRUCTIONS = 100_000_000;
/** Of them over random programs; the rest over the firmware. */
const EXACT_RANDOM_PROGRAMS = 12;
const RELAY_OP = 1;

/** The channel that carries the voltage, and what volts and amperes are in millivolts at the pin. */
interface Sensors {
  readonly voltageChannel: number;
  readonly millivoltsPerVolt: number;
  readonly millivoltsPerAmpere: number;
}
const METERING_SENSORS: Sensors = {
  voltageChannel: 0,
  millivoltsPerVolt: 5,
  millivoltsPerAmpere: 25,
};
const SHIPPED_SENSORS: Sensors = {
  voltageChannel: 1,
  millivoltsPerVolt: METER_WIRING.voltage.millivoltsPerUnit,
  millivoltsPerAmpere: METER_WIRING.phase.millivoltsPerUnit,
};

/** A program of the chip and nothing but its sensors: × real time, with simavr's as baseline. */
export async function measureEmulator(hexText?: string): Promise<Measured> {
  const hex = hexText ?? bareProgram();
  const board = new Board(createImage(hex), { wiring: METERING_WIRING, seed: 1 });
  board.powerOn();
  board.setPhasors(STEADY);
  const run = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second++) board.runFor(1000);
  };
  return measureBesideSimavr("emulated-board", hex, METERING_SENSORS, run);
}

/**
 * The shipped firmware with three channels, display, relay and Johnny-Five under load. Simavr runs the same image with
 * the same waves, and has neither display nor host to serve.
 */
export async function measureShippedBoard(): Promise<Measured> {
  const hex = readFileSync(METER_HEX, "utf8");
  const meter = new MeterBoard(createImage(hex), { seed: 1 });
  const session = await openBoard(createEmulatedPort(meter), { key: BENCH_KEY });
  meter.setMains(STEADY);
  await session.order({ kind: "command", op: RELAY_OP, argument: 1, second: 0 });
  const run = (seconds: number): Promise<void> => session.pass(seconds * 1000);
  try {
    return await measureBesideSimavr("emulated-board-shipped-firmware", hex, SHIPPED_SENSORS, run);
  } finally {
    await session.close();
  }
}

function bareProgram(): string {
  const missing = missingCompiler();
  if (missing !== undefined) throw new Error(`the emulator is not measured: ${missing}`);
  return compileProgram("metering");
}

/** Warms `run` up, then lets it and simavr run in turn. Throws where a tool is missing. */
async function measureBesideSimavr(
  name: string,
  hex: string,
  sensors: Sensors,
  run: (seconds: number) => Promise<void>,
): Promise<Measured> {
  const missing = missingSimavr();
  if (missing !== undefined) throw new Error(`${name} is not measured: ${missing}`);
  const { voltageChannel, millivoltsPerVolt, millivoltsPerAmpere } = sensors;
  const { folder, program } = buildWithSimavr("simavr-run");
  try {
    const file = join(folder, "program.hex");
    writeFileSync(file, hex);
    const scale = [voltageChannel, millivoltsPerVolt, millivoltsPerAmpere].map(String);
    const runNative = (): number => {
      const options = [file, "2", String(NATIVE_RUN_SECONDS), ...scale];
      const printed = execFileSync(program, options, { encoding: "utf8" });
      return NATIVE_RUN_SECONDS / Number(printed.split(" ")[0]);
    };
    await run(WARM_UP_SECONDS);
    const own: number[] = [];
    const native: number[] = [];
    for (let turn = 0; turn < RUNS; turn++) {
      own.push(RUN_SECONDS / (await cpuSeconds(() => run(RUN_SECONDS))));
      native.push(runNative());
    }
    const value = median(own);
    const baseline = median(native);
    return {
      name,
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

/** Processor time, because the machine may have other work; all threads count. */
async function cpuSeconds(work: () => Promise<void>): Promise<number> {
  const from = process.cpuUsage();
  await work();
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
    options: {
      hex: { type: "string" },
      shipped: { type: "boolean" },
      json: { type: "boolean" },
      exact: { type: "boolean" },
    },
  });
  const hex = values.hex === undefined ? undefined : readFileSync(values.hex, "utf8");
  if (values.exact) {
    process.stdout.write(`${JSON.stringify(compareExactly(hex ?? compileProgram("metering")))}\n`);
  } else {
    const measured = values.shipped ? await measureShippedBoard() : await measureEmulator(hex);
    const { name, value, unit, baseline, ratio, spread, target } = measured;
    process.stdout.write(
      values.json
        ? `${JSON.stringify([{ name, value, unit, baseline, ratio }])}\n`
        : `${name}: ${value.toFixed(0)} ${unit}, simavr ${baseline?.toFixed(0)}, ratio ${ratio?.toFixed(2)}, spread ${spread.toFixed(2)} (${target})\n`,
    );
  }
}
