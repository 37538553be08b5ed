// Power that goes in the middle of a write: each byte that a save stores, at several moments of its 3.4 ms, on a board of
// its own. All of them start from one board's memory, so that they differ in the cut alone.

import { creditToken } from "../../sim/contract/board-mac.ts";
import { BOARD_FAULTS, BOARD_OPS } from "../../sim/contract/board-protocol.ts";
import { MeterBench } from "./meter-bench.ts";
import { type CaseOptions, NotMet, type Scene } from "./scene.ts";
import type { Save } from "./step-fields.ts";

interface Held {
  readonly milliWh: number;
  readonly creditMilliMinor: number;
  readonly faults: number;
}

interface CutValue {
  readonly lostMaxMilliWh: number;
  readonly of: Save;
}

const BYTE_CYCLES = 3.4 * 16_000;
/** A byte is first erased, then written; bits go one by one, so the cuts come at another depth of either half each time. */
const HALVES = [0, 1 / 2] as const;
const DEPTHS = 8;
const DEPTH_STRIDE = 3;
const SAVE_MS = 500;
const RESTART_MS = 3_000;
const GAIN = 33_000;
const TOP_UP_HUNDREDS = 7;

/** Cuts in every byte, and expects the registers and the credit of before the save or of after it. */
export async function cutInEverySave(scene: Scene, value: CutValue): Promise<void> {
  const { bench, options } = scene;
  await bench.order({ kind: "command", op: opOf("save"), argument: 0, second: 0 }, false);
  bench.setMains({ currentA: 0, neutralA: 0 });
  await bench.pass(SAVE_MS);
  const from = bench.meter.board.eeprom();
  const uncut = await learn(from, options, value.of);
  scene.besideMs += uncut.spanMs * (1 + uncut.storedAt.length * HALVES.length);
  if (uncut.storedAt.length === 0) throw new NotMet(`${value.of} to write EEPROM`, "no byte");
  for (const [index, stored] of uncut.storedAt.entries()) {
    for (const half of HALVES) {
      const share = half + (((index * DEPTH_STRIDE) % DEPTHS) + 0.5) / (2 * DEPTHS);
      const cycle = stored - Math.round(BYTE_CYCLES * (1 - share));
      const got = await cutAt(from, options, value.of, cycle);
      const where = `a cut in byte ${index + 1} of ${uncut.storedAt.length}, ${Math.round(share * 100)} % into it,`;
      expectHeld(where, got, uncut, value.lostMaxMilliWh);
    }
  }
}

function expectHeld(where: string, got: Held, uncut: Learnt, lostMaxMilliWh: number): void {
  const { before, after } = uncut;
  if (Math.abs(got.milliWh - before.milliWh) > lostMaxMilliWh) {
    const wish = `${where} to lose at most ${lostMaxMilliWh} mWh of ${before.milliWh}`;
    throw new NotMet(wish, `${got.milliWh} mWh after it`);
  }
  if ((got.faults & BOARD_FAULTS.calibrationLost) !== 0) {
    throw new NotMet(`${where} to leave the calibration of before or after`, "it is lost");
  }
  const allowed = [before.creditMilliMinor, after.creditMilliMinor];
  if (allowed.includes(got.creditMilliMinor)) return;
  throw new NotMet(
    `${where} to leave a credit of ${allowed.join(" or ")}`,
    `${got.creditMilliMinor}`,
  );
}

interface Learnt {
  readonly before: Held;
  readonly after: Held;
  /** Cycles at which a byte was stored, from power on. */
  readonly storedAt: readonly number[];
  readonly spanMs: number;
}

/** The save without a cut. */
async function learn(eeprom: Uint8Array, options: CaseOptions, of: Save): Promise<Learnt> {
  const bench = await started(eeprom, options);
  try {
    const before = await held(bench);
    const storedAt: number[] = [];
    const { board } = bench.meter;
    board.chip.eeprom.onStored = (_address, _value, cycle) => storedAt.push(cycle);
    await save(bench, of);
    board.chip.eeprom.onStored = () => {};
    return { before, after: await held(bench), storedAt, spanMs: board.timeMs };
  } finally {
    await bench.close();
  }
}

/** The same with the power going at this cycle; what the meter holds when it is back. */
async function cutAt(
  eeprom: Uint8Array,
  options: CaseOptions,
  of: Save,
  cycle: number,
): Promise<Held> {
  const bench = await started(eeprom, options);
  try {
    const { board } = bench.meter;
    await held(bench);
    board.setSupplyAt(cycle, 0);
    await save(bench, of);
    bench.forget();
    board.setSupply(5);
    await bench.until(() => bench.hello !== undefined, RESTART_MS);
    return await held(bench);
  } finally {
    await bench.close();
  }
}

/** A board on this memory; what its start itself writes is stored. */
async function started(eeprom: Uint8Array, options: CaseOptions): Promise<MeterBench> {
  const bench = new MeterBench(options.image, options.seed, eeprom);
  await bench.start();
  await bench.pass(SAVE_MS);
  return bench;
}

async function save(bench: MeterBench, of: Save): Promise<void> {
  const order = (op: string, argument: number, second: number) =>
    bench.order({ kind: "command", op: opOf(op), argument, second }, false);
  if (of === "registers") await order("save", 0, 0);
  else if (of === "calibration") await order("calibrate", 1, GAIN);
  else {
    const { serial } = bench.hello ?? (await bench.ask("hello"));
    const content = { number: 1, amountHundreds: TOP_UP_HUNDREDS };
    const token = BigInt(creditToken(content, { key: bench.key, serial }));
    await order("token", Number(token & 0xffff_ffffn), Number(token >> 32n));
  }
  await bench.pass(SAVE_MS);
}

async function held(bench: MeterBench): Promise<Held> {
  const { importWh, importBelowMilliWh, creditMilliMinor } = await bench.ask("held");
  const { faults } = await bench.ask("hello");
  return { milliWh: importWh * 1000 + importBelowMilliWh, creditMilliMinor, faults };
}

const opOf = (name: string): number => BOARD_OPS.find((op) => op.name === name)!.code;
