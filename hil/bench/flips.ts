// Bits that turn by themselves in the board's memory, one after another. After each the meter must go on as if nothing had
// been, but for at most a window's measurement, or have started anew with what it saved last and told why.

import { EEPROM_LAYOUT } from "../../sim/contract/board-protocol.ts";
import { drawUniform } from "../../sim/core/random.ts";
import type { MeterBench } from "./meter-bench.ts";
import { ms, NotMet, type Scene } from "./scene.ts";

export interface FlipsValue {
  readonly from: number;
  readonly until: number;
  readonly count: number;
  readonly seed: number;
  readonly settle: string;
  readonly errorMaxMilliWh: number;
}

const ADDRESS_PURPOSE = 7_007;
const BIT_PURPOSE = 7_008;
const WATCHDOG = 8;
/** Out of the watchdog's longest wait, and up again. */
const RESTART_MS = 3_000;
const VOLTAGE_SHARE = 0.01;
const ERASED = 0xff;

export async function flipInSram(scene: Scene, value: FlipsValue): Promise<void> {
  const { bench, options } = scene;
  for (let turn = 0; turn < value.count; turn++) {
    const draw = (purpose: number): number => drawUniform(options.seed, value.seed, turn, purpose);
    const span = value.until - value.from;
    const address = value.from + Math.floor(draw(ADDRESS_PURPOSE) * span);
    const bit = Math.floor(draw(BIT_PURPOSE) * 8);
    await flipOne(bench, address, bit, value);
  }
}

async function flipOne(bench: MeterBench, address: number, bit: number, value: FlipsValue) {
  const where = `bit ${bit} at 0x${address.toString(16)} turned (flip ${address}.${bit}): the meter`;
  const before = await known(bench);
  bench.hello = undefined;
  bench.meter.board.chip.cpu.data[address]! ^= 1 << bit;
  await bench.pass(ms(value.settle));
  const hasRestarted = bench.hello !== undefined;
  if (hasRestarted) await bench.pass(RESTART_MS);
  const after = await known(bench).catch((error: Error) => {
    throw new NotMet(`${where} to answer`, error.message);
  });
  const expect = (isTrue: boolean, wish: string, got: unknown): void => {
    if (!isTrue) throw new NotMet(`${where} ${wish}`, `${got}`);
  };
  if (hasRestarted) {
    const cause = (await bench.ask("hello")).resetCause;
    expect((cause & WATCHDOG) !== 0, "to start by its watchdog alone", `cause ${cause}`);
    const saved = before.savedMilliWh - value.errorMaxMilliWh;
    expect(after.importMilliWh >= saved, `to have ${saved} mWh`, after.importMilliWh);
  } else {
    const error = Math.abs(counted(before, after) - flowed(before, after));
    expect(error <= value.errorMaxMilliWh, `to count within ${value.errorMaxMilliWh} mWh`, error);
  }
  const ahead = counted(before, after) - flowed(before, after);
  expect(ahead <= value.errorMaxMilliWh, "to count no more than flowed", `${ahead} mWh more`);
  expect(after.rest === before.rest, `to keep ${before.rest}`, after.rest);
  const volts = bench.meter.mains.voltageV;
  const isMeasuring = Math.abs(after.voltageV - volts) <= volts * VOLTAGE_SHARE;
  expect(isMeasuring, `to measure ${volts} V`, `${after.voltageV} V`);
}

interface Known {
  readonly importMilliWh: number;
  readonly trueMilliWh: number;
  readonly savedMilliWh: number;
  readonly voltageV: number;
  /** What nothing but an order may change. */
  readonly rest: string;
}

const counted = (before: Known, after: Known): number => after.importMilliWh - before.importMilliWh;
const flowed = (before: Known, after: Known): number => after.trueMilliWh - before.trueMilliWh;

async function known(bench: MeterBench): Promise<Known> {
  const report = await bench.nextReport();
  if (report === undefined) throw new NotMet("a report of the registers", "the meter sent none");
  const { registers, trueImportMilliWh } = report;
  const { importWh, importBelowMilliWh, exportWh, exportBelowMilliWh, tamperFlags } = registers;
  const { priceMilliMinorPerKWh, relayReasons } = await bench.ask("held");
  return {
    importMilliWh: importWh * 1000 + importBelowMilliWh,
    trueMilliWh: trueImportMilliWh,
    savedMilliWh: savedMilliWh(bench.meter.board.chip.eeprom.bytes),
    voltageV: registers.voltageMilliV / 1000,
    rest: JSON.stringify({
      ...{ exportWh, exportBelowMilliWh, tamperFlags, priceMilliMinorPerKWh, relayReasons },
      conducts: bench.meter.isConducting,
    }),
  };
}

/** Where the ring's slot with the newest sequence begins; numbers wrap, so newer is less than half a turn ahead. */
export function newestSlotAt(eeprom: Uint8Array): number {
  const { ringAt, slotBytes, slotCount } = EEPROM_LAYOUT;
  let newest = -1;
  let newestSequence = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    const at = ringAt + slot * slotBytes;
    if (eeprom[at] === ERASED) continue;
    const sequence = eeprom[at + 1]! | (eeprom[at + 2]! << 8);
    if (newest >= 0 && ((sequence - newestSequence) << 16) >> 16 <= 0) continue;
    newest = at;
    newestSequence = sequence;
  }
  if (newest < 0) throw new NotMet("a slot that was written", "the ring is empty");
  return newest;
}

/** The import register in the newest slot: Wh behind marker and sequence, mWh behind both Wh. */
function savedMilliWh(eeprom: Uint8Array): number {
  const view = new DataView(eeprom.buffer, eeprom.byteOffset + newestSlotAt(eeprom));
  return view.getUint32(3, true) * 1000 + view.getUint16(11, true);
}
