// The EEPROM: 1,024 bytes that outlive power, their wear, and what a power cut leaves of a byte half written.
// DS40002061B, 8.4 and 8.6: EEMPE opens four cycles; erase and write take 3.4 ms, either alone 1.8 ms.

import type { Cpu } from "./cpu.ts";
import { EEARH, EEARL, EECR, EEDR, VECTOR } from "./registers.ts";

export const EEPROM_BYTES = 1024;
const EERIE = 0x08;
const EEMPE = 0x04;
const EEPE = 0x02;
const EERE = 0x01;
const WINDOW_CYCLES = 4;
const READ_STALL_CYCLES = 4;
const WRITE_STALL_CYCLES = 2;
const ERASED = 0xff;

/** How a byte is programmed, by EEPM1:0. */
const MODES = [
  { isErasing: true, isWriting: true, ms: 3.4 },
  { isErasing: true, isWriting: false, ms: 1.8 },
  { isErasing: false, isWriting: true, ms: 1.8 },
  { isErasing: false, isWriting: false, ms: 0 },
] as const;

interface Write {
  readonly address: number;
  readonly value: number;
  readonly mode: (typeof MODES)[number];
  readonly startCycle: number;
  readonly endCycle: number;
}

export class Eeprom {
  /** What the cells hold; kept by whoever keeps the board. */
  readonly bytes = new Uint8Array(EEPROM_BYTES).fill(ERASED);
  /** Erase and write cycles of each byte. */
  readonly wear = new Uint32Array(EEPROM_BYTES);
  writeCount = 0;
  /** Writes that a power cut tore. */
  tornCount = 0;
  /** A byte is stored for good. */
  onStored: (address: number, value: number, cycle: number) => void = () => {};
  readonly #cpu: Cpu;
  readonly #slot: number;
  readonly #cyclesPerMs: number;
  #control = 0;
  #address = 0;
  #data = 0;
  /** EEMPE counts until this cycle. */
  #openUntil = -1;
  #write: Write | null = null;

  constructor(cpu: Cpu, hertz: number) {
    this.#cpu = cpu;
    this.#cyclesPerMs = hertz / 1000;
    this.#slot = cpu.addSlot((at) => this.#finish(at));
    cpu.readers[EECR] = () => this.#readControl();
    cpu.readers[EEDR] = () => this.#data;
    cpu.readers[EEARL] = () => this.#address & 0xff;
    cpu.readers[EEARH] = () => this.#address >> 8;
    cpu.writers[EECR] = (value) => this.#writeControl(value);
    cpu.writers[EEDR] = (value) => {
      this.#data = value;
    };
    cpu.writers[EEARL] = (value) => {
      if (this.#write === null) this.#address = (this.#address & 0x300) | value;
    };
    cpu.writers[EEARH] = (value) => {
      if (this.#write === null) this.#address = (this.#address & 0xff) | ((value & 3) << 8);
    };
  }

  get isBusy(): boolean {
    return this.#write !== null;
  }

  reset(): void {
    // A write under way goes on through a reset (8.4.1), so only the registers are cleared.
    this.#control = 0;
    this.#address = 0;
    this.#data = 0;
    this.#openUntil = -1;
    this.#update();
  }

  /** The supply is gone: a byte being programmed keeps a state between old and new. */
  cutPower(): void {
    const write = this.#write;
    if (write === null) return;
    this.#write = null;
    this.#cpu.schedule(this.#slot, Number.POSITIVE_INFINITY);
    const share =
      (this.#cpu.cycle - write.startCycle) / Math.max(1, write.endCycle - write.startCycle);
    this.bytes[write.address] = torn(this.bytes[write.address]!, write, Math.min(1, share));
    this.wear[write.address]!++;
    this.tornCount++;
  }

  #update(): void {
    this.#cpu.setPending(VECTOR.eepromReady, (this.#control & EERIE) !== 0 && !this.isBusy);
  }

  #readControl(): number {
    const open = this.#cpu.cycle <= this.#openUntil ? EEMPE : 0;
    return this.#control | open | (this.isBusy ? EEPE : 0);
  }

  #writeControl(value: number): void {
    const wasOpen = this.#cpu.cycle <= this.#openUntil;
    if (!this.isBusy) this.#control = value & (0x30 | EERIE);
    else this.#control = (this.#control & 0x30) | (value & EERIE);
    if ((value & EEPE) !== 0 && wasOpen && !this.isBusy) this.#start();
    else if ((value & EEMPE) !== 0) this.#openUntil = this.#cpu.cycle + WINDOW_CYCLES + 1;
    if ((value & EERE) !== 0 && !this.isBusy) {
      this.#data = this.bytes[this.#address]!;
      this.#cpu.stall(READ_STALL_CYCLES);
    }
    this.#update();
  }

  #start(): void {
    const startCycle = this.#cpu.cycle;
    const mode = MODES[(this.#control >> 4) & 3]!;
    const endCycle = startCycle + Math.round(mode.ms * this.#cyclesPerMs);
    this.#write = { address: this.#address, value: this.#data, mode, startCycle, endCycle };
    this.#openUntil = -1;
    this.#cpu.schedule(this.#slot, endCycle);
    this.#cpu.stall(WRITE_STALL_CYCLES);
  }

  #finish(at: number): void {
    const write = this.#write;
    if (write === null) return;
    this.#write = null;
    const before = write.mode.isErasing ? ERASED : this.bytes[write.address]!;
    const after = write.mode.isWriting ? before & write.value : before;
    this.bytes[write.address] = after;
    this.wear[write.address]!++;
    this.writeCount++;
    this.#update();
    this.onStored(write.address, after, at);
  }
}

/**
 * What is left after `share` of the programming time: in the erasing half bits rise to 1 one after the other, in the
 * writing half they fall to 0, in an order that depends on the address. A model: no data sheet says what happens.
 */
function torn(old: number, write: Write, share: number): number {
  const { mode } = write;
  const parts = (mode.isErasing ? 1 : 0) + (mode.isWriting ? 1 : 0);
  const done = share * parts;
  if (mode.isErasing && done < 1) return old | bitsDone(write.address, done);
  const erased = mode.isErasing ? ERASED : old;
  if (!mode.isWriting) return erased;
  const written = mode.isErasing ? done - 1 : done;
  return erased & (write.value | (0xff & ~bitsDone(write.address, written)));
}

/** The bits that changed after `share` of a phase, an eighth of it each. */
function bitsDone(address: number, share: number): number {
  let mask = 0;
  const count = Math.floor(share * 8);
  for (let bit = 0; bit < count; bit++) mask |= 1 << ((bit * 5 + address * 3) & 7);
  return mask;
}
