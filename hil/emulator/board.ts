// A board: chip, parts and their wiring, with a supply that can fail. It runs exactly as much board time as it is asked.

import { assert } from "../../sim/core/assert.ts";
import { digest128 } from "../../sim/core/digest.ts";
import { type Assembly, assemble } from "./assemble.ts";
import { Chip, CLOCK_HERTZ } from "./chip.ts";
import { attachCompiler } from "./compile.ts";
import type { Fault } from "./cpu.ts";
import { EEPROM_BYTES } from "./eeprom.ts";
import type { Image } from "./image.ts";
import { type Distortion, FrontEnd, type Phasors } from "./parts/front-end.ts";
import { type PinName, pinPlace, type Wiring } from "./wiring.ts";

export const CYCLES_PER_MS = CLOCK_HERTZ / 1000;
/** Fuses of an Uno: brown-out at 2.7 V (DS40002061B, table 29-13: 2.5 to 2.9), 16K clocks and 65 ms to start. */
const BROWN_OUT_VOLTS = 2.7;
const POWER_ON_RESET_VOLTS = 1.1;
const START_UP_MS = 66;
const NEVER = Number.POSITIVE_INFINITY;

export interface BoardOptions {
  readonly wiring: Wiring;
  /** Of the sensors' noise and of what SRAM holds when power comes. */
  readonly seed: number;
  /** EEPROM to begin with; erased where it is missing. */
  readonly eeprom?: Uint8Array;
  /** What undriven inputs read. Default: low. */
  readonly floating?: "low" | "high";
  /** From power or a reset to the first instruction. Default: 66. */
  readonly startUpMs?: number;
  /** Interpreted boards are slower and the same in every other way. Default: compiled. */
  readonly core?: "compiled" | "interpreted";
}

/** A change of the supply that is still to come. */
interface SupplyChange {
  readonly cycle: number;
  readonly volts: number;
}

export class Board {
  readonly chip: Chip;
  readonly frontEnd: FrontEnd;
  readonly parts: Assembly;
  /** Each byte that the program sent, at the cycle of its stop bit's end. */
  onByte: (byte: number, cycle: number) => void = () => {};
  /** What was sent during one call of `runFor` or `runUntil`, at its end. */
  onBytes: (bytes: Uint8Array, cycle: number) => void = () => {};
  readonly #startUpCycles: number;
  readonly #seed: number;
  #supplyVolts = 0;
  /** The core stands in reset until this cycle; Infinity: until the supply is back. */
  #heldUntil = NEVER;
  #isHeld = true;
  #hasLostPower = true;
  /** Where calls have asked the board to be. */
  #target = 0;
  readonly #changes: SupplyChange[] = [];
  #sent: number[] = [];
  #powerOnCount = 0;

  constructor(image: Image, options: BoardOptions) {
    this.chip = new Chip(image);
    this.#seed = options.seed;
    this.#startUpCycles = Math.round((options.startUpMs ?? START_UP_MS) * CYCLES_PER_MS);
    this.frontEnd = new FrontEnd(options.seed, CLOCK_HERTZ);
    this.chip.adc.source = (channel, cycle) => this.frontEnd.volts(channel, cycle);
    this.chip.ports.floating = options.floating === "high" ? 1 : 0;
    this.parts = assemble(options.wiring, this.chip, this.frontEnd, () => this.#supplyVolts);
    if (options.eeprom !== undefined) {
      assert(
        options.eeprom.length === EEPROM_BYTES,
        `${EEPROM_BYTES} bytes of EEPROM expected, ${options.eeprom.length} given`,
      );
      this.chip.eeprom.bytes.set(options.eeprom);
    }
    if (options.core !== "interpreted") attachCompiler(this.chip.cpu);
    this.chip.usart.onByte = (byte, cycle) => {
      this.#sent.push(byte);
      this.onByte(byte, cycle);
    };
    this.chip.onReset = (_cause, cycle) => this.#hold(cycle);
  }

  /** Cycles of board time, powered or not. */
  get cycle(): number {
    return this.chip.cpu.cycle;
  }

  get timeMs(): number {
    return this.cycle / CYCLES_PER_MS;
  }

  /** Whether the program runs or may run: supplied and out of reset. */
  get isRunning(): boolean {
    return !this.#isHeld;
  }

  get supplyVolts(): number {
    return this.#supplyVolts;
  }

  get faults(): readonly Fault[] {
    return this.chip.cpu.faults;
  }

  /** Lowest stack pointer since power came. */
  get stackMin(): number {
    return this.chip.cpu.spMin;
  }

  powerOn(): void {
    this.setSupply(5);
  }

  powerOff(): void {
    this.setSupply(0);
  }

  /** Sets the supply at a cycle to come; a cut falls between the instructions around it. */
  setSupplyAt(cycle: number, volts: number): void {
    this.#changes.push({ cycle: Math.ceil(cycle), volts });
    this.#changes.sort((a, b) => a.cycle - b.cycle);
  }

  /** Sets the supply now: below the brown-out level the core is held in reset, at 0 everything is lost but EEPROM. */
  setSupply(volts: number): void {
    const before = this.#supplyVolts;
    this.#supplyVolts = volts;
    const { chip } = this;
    chip.adc.supplyVolts = volts;
    chip.adc.arefVolts = volts;
    const wasUp = before >= BROWN_OUT_VOLTS;
    const isUp = volts >= BROWN_OUT_VOLTS;
    if (volts < POWER_ON_RESET_VOLTS && before >= POWER_ON_RESET_VOLTS) this.#losePower();
    else if (wasUp && !isUp) this.#brownOut();
    if (!wasUp && isUp) {
      if (this.#hasLostPower) this.#findPower();
      this.#hold(this.cycle);
    }
    chip.comparator.update();
  }

  /** The reset button or the line that opens with the port. */
  pressReset(): void {
    if (this.#supplyVolts < BROWN_OUT_VOLTS) return;
    this.chip.reset("external");
    this.#hold(this.cycle);
  }

  /** Terminal conditions from now on. */
  setPhasors(phasors: Phasors): void {
    this.frontEnd.setPhasors(phasors, this.cycle);
  }

  /** A fault at the sensor of an analog pin; null takes it away. */
  distort(channel: number, distortion: Distortion | null): void {
    this.frontEnd.distort(channel, distortion);
  }

  /** Drives a pin that no part drives; null lets go. */
  setPin(pin: PinName, drive: 0 | 1 | null): void {
    this.chip.ports.setDrive(pinPlace(pin), drive);
  }

  /** Puts bytes on the serial line to the chip. False where more wait than a line holds. */
  write(bytes: Uint8Array): boolean {
    return this.chip.usart.receive(bytes);
  }

  /** Runs `ms` of board time; fractions of a cycle must not occur. */
  runFor(ms: number): void {
    const cycles = ms * CYCLES_PER_MS;
    assert(Number.isInteger(cycles), `whole cycles expected, ${ms} ms are ${cycles}`);
    this.runUntil(this.#target + cycles);
  }

  /** Runs to `cycle`; the last instruction may end up to a few cycles later, the next call makes up for it. */
  runUntil(cycle: number): void {
    this.#target = cycle;
    while (this.cycle < cycle) {
      const change = this.#changes[0];
      if (change !== undefined && change.cycle <= this.cycle) {
        this.#changes.shift();
        this.setSupply(change.volts);
        continue;
      }
      const until = Math.min(cycle, change?.cycle ?? NEVER);
      if (this.#isHeld) this.#wait(until);
      else this.chip.cpu.runUntil(until);
      this.chip.cpu.isStopped = false;
    }
    if (this.#sent.length > 0) {
      const bytes = Uint8Array.from(this.#sent);
      this.#sent = [];
      this.onBytes(bytes, this.cycle);
    }
  }

  /** A copy of the EEPROM, for the file that outlives the board. */
  eeprom(): Uint8Array {
    return this.chip.eeprom.bytes.slice();
  }

  /** 128 bits over core, registers, SRAM, EEPROM and cycle as 32 hexadecimal digits. */
  digest(): string {
    const { cpu, eeprom, adc } = this.chip;
    const numbers = Float64Array.of(
      cpu.cycle,
      cpu.pc,
      cpu.sp,
      cpu.sreg,
      cpu.pending,
      cpu.interruptCount,
      adc.conversionCount,
    );
    const bytes = new Uint8Array(cpu.data.length + EEPROM_BYTES + numbers.byteLength);
    bytes.set(cpu.data);
    bytes.set(eeprom.bytes, cpu.data.length);
    bytes.set(new Uint8Array(numbers.buffer), cpu.data.length + EEPROM_BYTES);
    const words = new Uint32Array(4);
    digest128(bytes, words, 0);
    return [...words].map((word) => word.toString(16).padStart(8, "0")).join("");
  }

  #hold(fromCycle: number): void {
    this.#isHeld = true;
    this.#heldUntil = fromCycle + this.#startUpCycles;
    // Leave the core's loop: until then nothing runs, the watchdog neither.
    this.chip.cpu.isStopped = true;
  }

  /** In reset: time passes and nothing runs. */
  #wait(until: number): void {
    this.chip.cpu.skipTo(Math.min(until, this.#heldUntil));
    if (this.cycle < this.#heldUntil) return;
    this.#isHeld = false;
    this.chip.watchdog.restart();
  }

  #brownOut(): void {
    this.chip.reset("brownOut");
    this.#isHeld = true;
    this.#heldUntil = NEVER;
  }

  #losePower(): void {
    this.chip.eeprom.cutPower();
    this.chip.reset("powerOn");
    this.chip.usart.clearLine();
    this.parts.losePower();
    this.#hasLostPower = true;
    this.#isHeld = true;
    this.#heldUntil = NEVER;
  }

  /** SRAM comes up with what the seed makes of it, so that a program that forgets to clear it shows. */
  #findPower(): void {
    const { cpu } = this.chip;
    this.#hasLostPower = false;
    this.#powerOnCount++;
    let h = (this.#seed ^ Math.imul(this.#powerOnCount, 0x9e3779b1)) | 0;
    for (let address = 0x100; address < cpu.data.length; address++) {
      h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) + address;
      cpu.data[address] = (h >>> 16) & 0xff;
    }
    cpu.data.fill(0, 0, 0x20);
    cpu.spMin = cpu.sp;
    this.chip.reset("powerOn");
  }
}
