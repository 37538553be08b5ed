// Ports B, C and D: pins with pull-ups and listeners, external and pin-change interrupts.
// DS40002061B, chapters 13 and 14.

import type { Cpu } from "./cpu.ts";
import { EICRA, EIFR, EIMSK, MCUCR, PCICR, PCIFR, PCMSK0, PINB, VECTOR } from "./registers.ts";

/** 0 and 1: driven from outside; null: nothing drives the pin. */
export type Drive = 0 | 1 | null;
/** A pin of the chip: port 0 is B, 1 is C, 2 is D. */
export interface PinPlace {
  readonly port: number;
  readonly bit: number;
}
/** What the chip does to a pin: drives it low or high, or lets go with or without its pull-up. */
export type PinState = "low" | "high" | "input" | "pull-up";
export type PinListener = (state: PinState, cycle: number) => void;

const PULL_UPS_OFF = 0x10;
const PORT_COUNT = 3;
const BITS = 8;
const PORT_D = 2;
/** PC6 is the reset pin; PC7 does not exist. */
const PIN_MASKS = [0xff, 0x3f, 0xff];

export class Ports {
  /** What an input reads that neither a drive nor a pull-up holds. */
  floating: 0 | 1 = 0;
  /** Called with the edge of INT0, for the ADC's trigger. */
  onInt0: (cycle: number) => void = () => {};
  readonly #cpu: Cpu;
  readonly #direction = new Uint8Array(PORT_COUNT);
  readonly #output = new Uint8Array(PORT_COUNT);
  readonly #driven = new Uint8Array(PORT_COUNT);
  readonly #drive = new Uint8Array(PORT_COUNT);
  readonly #level = new Uint8Array(PORT_COUNT);
  readonly #listeners: PinListener[][] = Array.from({ length: PORT_COUNT * BITS }, () => []);
  /** Listeners of any change of a pin's level, whoever drives it. */
  readonly #levelListeners: ((level: 0 | 1, cycle: number) => void)[][] = Array.from(
    { length: PORT_COUNT * BITS },
    () => [],
  );

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    for (let port = 0; port < PORT_COUNT; port++) this.#hookPort(port, PINB + port * 3);
    cpu.writers[EIFR] = (value) => {
      cpu.data[EIFR] = cpu.data[EIFR]! & ~value & 3;
      this.#updateExternal();
    };
    cpu.writers[PCIFR] = (value) => {
      cpu.data[PCIFR] = cpu.data[PCIFR]! & ~value & 7;
      this.#updateExternal();
    };
    for (const address of [EICRA, EIMSK, PCICR, PCMSK0, PCMSK0 + 1, PCMSK0 + 2]) {
      cpu.writers[address] = (value) => {
        cpu.data[address] = value;
        this.#updateExternal();
      };
    }
    cpu.onTaken(VECTOR.int0, () => this.#taken(EIFR, 1));
    cpu.onTaken(VECTOR.int1, () => this.#taken(EIFR, 2));
    for (let port = 0; port < PORT_COUNT; port++) {
      cpu.onTaken(VECTOR.pcint0 + port, () => this.#taken(PCIFR, 1 << port));
    }
  }

  reset(): void {
    for (let port = 0; port < PORT_COUNT; port++) this.#set(port, 0, 0);
    for (const address of [EICRA, EIMSK, EIFR, PCICR, PCIFR, PCMSK0, PCMSK0 + 1, PCMSK0 + 2]) {
      this.#cpu.data[address] = 0;
    }
    this.#updateExternal();
  }

  /** Drives a pin from outside, or lets go of it. */
  setDrive({ port, bit }: PinPlace, drive: Drive): void {
    const mask = 1 << bit;
    this.#driven[port] = drive === null ? this.#driven[port]! & ~mask : this.#driven[port]! | mask;
    this.#drive[port] = drive === 1 ? this.#drive[port]! | mask : this.#drive[port]! & ~mask;
    this.#refresh(port);
  }

  /** The level that the pin has now. */
  level({ port, bit }: PinPlace): 0 | 1 {
    return ((this.#level[port]! >> bit) & 1) as 0 | 1;
  }

  state({ port, bit }: PinPlace): PinState {
    return stateOf((this.#direction[port]! >> bit) & 1, (this.#output[port]! >> bit) & 1);
  }

  /** Called when the program changes what it does to the pin. */
  listen({ port, bit }: PinPlace, listener: PinListener): void {
    this.#listeners[port * BITS + bit]!.push(listener);
  }

  /** Called when the pin's level changes, whoever changed it. */
  listenLevel({ port, bit }: PinPlace, listener: (level: 0 | 1, cycle: number) => void): void {
    this.#levelListeners[port * BITS + bit]!.push(listener);
  }

  /** Pull-ups follow MCUCR's PUD; its owner calls this after a change. */
  refreshAll(): void {
    for (let port = 0; port < PORT_COUNT; port++) this.#refresh(port);
  }

  #hookPort(port: number, pinAddress: number): void {
    const cpu = this.#cpu;
    const mask = PIN_MASKS[port]!;
    cpu.readers[pinAddress] = () => this.#level[port]!;
    cpu.readers[pinAddress + 1] = () => this.#direction[port]!;
    cpu.readers[pinAddress + 2] = () => this.#output[port]!;
    // 13.2.2: a one written to PINx toggles the output; sbi means its own bit only.
    cpu.writers[pinAddress] = (value, meant) =>
      this.#set(port, this.#direction[port]!, this.#output[port]! ^ (value & meant & mask));
    cpu.writers[pinAddress + 1] = (value) => this.#set(port, value & mask, this.#output[port]!);
    cpu.writers[pinAddress + 2] = (value) => this.#set(port, this.#direction[port]!, value & mask);
  }

  #set(port: number, direction: number, output: number): void {
    const oldDirection = this.#direction[port]!;
    const oldOutput = this.#output[port]!;
    const changed = (oldDirection ^ direction) | (oldOutput ^ output);
    if (changed === 0) return;
    this.#direction[port] = direction;
    this.#output[port] = output;
    this.#refresh(port);
    for (let bit = 0; bit < BITS; bit++) {
      if (((changed >> bit) & 1) === 0) continue;
      const state = stateOf((direction >> bit) & 1, (output >> bit) & 1);
      for (const listener of this.#listeners[port * BITS + bit]!) listener(state, this.#cpu.cycle);
    }
  }

  #refresh(port: number): void {
    const direction = this.#direction[port]!;
    const arePullUpsOn = (this.#cpu.data[MCUCR]! & PULL_UPS_OFF) === 0;
    const pulled = arePullUpsOn ? this.#output[port]! : 0;
    const driven = this.#driven[port]!;
    const loose = this.floating === 1 ? 0xff : pulled;
    const inputs = (this.#drive[port]! & driven) | (loose & ~driven);
    const level = (this.#output[port]! & direction) | (inputs & ~direction & PIN_MASKS[port]!);
    const changed = level ^ this.#level[port]!;
    if (changed === 0) return;
    this.#level[port] = level;
    this.#interrupts(port, changed, level);
    for (let bit = 0; bit < BITS; bit++) {
      if (((changed >> bit) & 1) === 0) continue;
      const bitLevel = ((level >> bit) & 1) as 0 | 1;
      for (const listener of this.#levelListeners[port * BITS + bit]!) {
        listener(bitLevel, this.#cpu.cycle);
      }
    }
  }

  #interrupts(port: number, changed: number, level: number): void {
    const { data } = this.#cpu;
    if ((changed & data[PCMSK0 + port]!) !== 0) data[PCIFR]! |= 1 << port;
    if (port === PORT_D) {
      for (let line = 0; line < 2; line++) {
        const bit = 2 + line;
        if (((changed >> bit) & 1) === 0) continue;
        const mode = (data[EICRA]! >> (line * 2)) & 3;
        const isHigh = ((level >> bit) & 1) !== 0;
        const isEdge = mode === 1 || (mode === 2 && !isHigh) || (mode === 3 && isHigh);
        if (!isEdge) continue;
        data[EIFR]! |= 1 << line;
        if (line === 0) this.onInt0(this.#cpu.cycle);
      }
    }
    this.#updateExternal();
  }

  #taken(flags: number, bit: number): void {
    this.#cpu.data[flags]! &= ~bit;
    this.#updateExternal();
  }

  #updateExternal(): void {
    const { data } = this.#cpu;
    for (let line = 0; line < 2; line++) {
      const isLevelMode = ((data[EICRA]! >> (line * 2)) & 3) === 0;
      const isLow = ((this.#level[PORT_D]! >> (2 + line)) & 1) === 0;
      const isFlagged = isLevelMode ? isLow : ((data[EIFR]! >> line) & 1) !== 0;
      const isEnabled = ((data[EIMSK]! >> line) & 1) !== 0;
      this.#cpu.setPending(VECTOR.int0 + line, isFlagged && isEnabled);
    }
    const changes = data[PCIFR]! & data[PCICR]!;
    for (let port = 0; port < PORT_COUNT; port++) {
      this.#cpu.setPending(VECTOR.pcint0 + port, ((changes >> port) & 1) !== 0);
    }
  }
}

function stateOf(direction: number, output: number): PinState {
  if (direction !== 0) return output !== 0 ? "high" : "low";
  return output !== 0 ? "pull-up" : "input";
}
