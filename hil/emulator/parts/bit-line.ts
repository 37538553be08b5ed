// A serial line between two pins of a program that counts its bits itself: eight bits, no parity, one stop bit, the
// lowest bit first. Bytes from what one pin does, bytes to the other as levels. It knows no meaning of any byte.

import { type Chip, CLOCK_HERTZ } from "../chip.ts";
import { type PinName, pinPlace } from "../wiring.ts";

const DATA_BITS = 8;
const STOP_BIT = 9;
const NEVER = Number.POSITIVE_INFINITY;

export interface BitLineOptions {
  /** The pin that the program sends on, and the one it listens at. */
  readonly from: PinName;
  readonly to: PinName;
  readonly baud: number;
}

export class BitLine {
  /** A byte with its stop bit came from the program. */
  onByte: (byte: number, cycle: number) => void = () => {};
  readonly #chip: Chip;
  readonly #bitCycles: number;
  readonly #sampleSlot: number;
  readonly #sendSlot: number;
  readonly #options: BitLineOptions;
  readonly #waiting: number[] = [];
  /** Bits of the byte that is being sent, the start bit lowest; 1: none is. */
  #frame = 1;
  /** Which bit of a byte from the program comes next; 0: it waits for a start bit. */
  #bit = 0;
  #byte = 0;

  constructor(chip: Chip, options: BitLineOptions) {
    this.#chip = chip;
    this.#options = options;
    this.#bitCycles = CLOCK_HERTZ / options.baud;
    this.#sampleSlot = chip.cpu.addSlot((at) => this.#sample(at));
    this.#sendSlot = chip.cpu.addSlot((at) => this.#sendBit(at));
    chip.ports.setDrive(pinPlace(options.to), 1);
    chip.ports.listenLevel(pinPlace(options.from), (level, cycle) => {
      if (level === 1 || this.#bit !== 0) return;
      this.#bit = 1;
      chip.cpu.schedule(this.#sampleSlot, cycle + 1.5 * this.#bitCycles);
    });
  }

  /** Puts bytes on the line to the program, behind those that wait. */
  send(bytes: readonly number[]): void {
    this.#waiting.push(...bytes);
    const { cpu } = this.#chip;
    if (this.#frame === 1 && cpu.dueAt(this.#sendSlot) === NEVER) {
      cpu.schedule(this.#sendSlot, cpu.cycle);
    }
  }

  #sample(at: number): void {
    const level = this.#chip.ports.level(pinPlace(this.#options.from));
    if (this.#bit <= DATA_BITS) {
      this.#byte = (this.#byte >> 1) | (level << (DATA_BITS - 1));
      this.#bit++;
      this.#chip.cpu.schedule(this.#sampleSlot, at + this.#bitCycles);
      return;
    }
    this.#bit = 0;
    // Without a stop bit it was no byte.
    if (level === 1) this.onByte(this.#byte, at);
  }

  #sendBit(at: number): void {
    if (this.#frame === 1) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#frame = (next << 1) | (1 << STOP_BIT) | (1 << (STOP_BIT + 1));
    }
    this.#chip.ports.setDrive(pinPlace(this.#options.to), (this.#frame & 1) as 0 | 1);
    this.#frame >>= 1;
    this.#chip.cpu.schedule(this.#sendSlot, at + this.#bitCycles);
  }
}
