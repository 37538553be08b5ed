// An MCP4728: four 12-bit converters on the two-wire bus, their outputs moved by LDAC. DS22187E, chapter 5: fast write
// (5.6.1) and the choice of references (5.6.4); other commands are acknowledged and change nothing.

import type { TwiPart } from "../twi.ts";

const OUTPUTS = 4;
const STEPS = 4096;
/** What an output is after power-up, from the EEPROM as it leaves the factory: nothing, against the internal reference. */
const INTERNAL_VOLTS = 2.048;
const COMMAND_MASK = 0xe0;
const SET_REFERENCES = 0x80;

/** One output moved, at a cycle of the bus's master. */
export type OutputMoved = (output: number, volts: number, cycle: number) => void;

export class Mcp4728 implements TwiPart {
  /** Called for each output whose volts have changed. */
  onMoved: OutputMoved = () => {};
  readonly #supplyVolts: () => number;
  /** Codes as they came over the bus, and as the outputs have them. */
  readonly #inputs = new Uint16Array(OUTPUTS);
  readonly #codes = new Uint16Array(OUTPUTS);
  readonly #volts = new Float64Array(OUTPUTS);
  readonly #isReferenceInternal = new Uint8Array(OUTPUTS).fill(1);
  #isLoading = false;
  #bytes: number[] = [];

  constructor(supplyVolts: () => number) {
    this.#supplyVolts = supplyVolts;
  }

  start(isRead: boolean): boolean {
    this.#bytes = [];
    return !isRead && this.#supplyVolts() > 0;
  }

  write(byte: number, cycle: number): boolean {
    if (this.#supplyVolts() === 0) return false;
    this.#bytes.push(byte);
    const first = this.#bytes[0]!;
    if ((first & 0xc0) === 0) this.#fastWrite();
    else if ((first & COMMAND_MASK) === SET_REFERENCES && this.#bytes.length === 1) {
      for (let output = 0; output < OUTPUTS; output++) {
        this.#isReferenceInternal[output] = (first >> (OUTPUTS - 1 - output)) & 1;
      }
    }
    if (this.#isLoading) this.#load(cycle);
    return true;
  }

  /** Nothing can be read from it here. */
  read(): number {
    return 0xff;
  }

  stop(): void {
    this.#bytes = [];
  }

  /** LDAC: while it is low, the outputs follow what comes over the bus. */
  setLoad(level: 0 | 1, cycle: number): void {
    this.#isLoading = level === 0;
    if (this.#isLoading) this.#load(cycle);
  }

  /** The supply has changed: without it everything is forgotten. */
  feelSupply(cycle: number): void {
    if (this.#supplyVolts() === 0) {
      this.#inputs.fill(0);
      this.#codes.fill(0);
      this.#isReferenceInternal.fill(1);
    }
    this.#move(cycle);
  }

  /** Two bytes an output, in turn. */
  #fastWrite(): void {
    const length = this.#bytes.length;
    if (length % 2 === 1) return;
    const output = (length / 2 - 1) % OUTPUTS;
    this.#inputs[output] = ((this.#bytes[length - 2]! & 0x0f) << 8) | this.#bytes[length - 1]!;
  }

  #load(cycle: number): void {
    this.#codes.set(this.#inputs);
    this.#move(cycle);
  }

  #move(cycle: number): void {
    const supply = this.#supplyVolts();
    for (let output = 0; output < OUTPUTS; output++) {
      const reference = this.#isReferenceInternal[output] === 1 ? INTERNAL_VOLTS : supply;
      const volts = Math.min(supply, (this.#codes[output]! / STEPS) * reference);
      if (volts === this.#volts[output]) continue;
      this.#volts[output] = volts;
      this.onMoved(output, volts, cycle);
    }
  }
}
