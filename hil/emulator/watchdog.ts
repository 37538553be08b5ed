// The watchdog: 128 kHz of its own, interrupt and reset modes, the timed sequence. DS40002061B, 11.8 and 11.9.

import type { Cpu } from "./cpu.ts";
import { VECTOR, WDTCSR } from "./registers.ts";

const WDIF = 0x80;
const WDIE = 0x40;
const WDCE = 0x10;
const WDE = 0x08;
const SETTINGS = 0x2f;
const OSCILLATOR_HERTZ = 128_000;
/** Oscillator cycles of the shortest time-out (16 ms). */
const SHORTEST = 2048;
const PRESCALER_MAX = 9;
const WINDOW_CYCLES = 4;

export class Watchdog {
  /** The time-out in system reset mode. */
  onReset: () => void = () => {};
  /** Whether MCUSR's WDRF stands, which keeps WDE set. */
  isResetFlagged: () => boolean = () => false;
  readonly #cpu: Cpu;
  readonly #slot: number;
  readonly #cyclesPerTick: number;
  #control = 0;
  #openUntil = -1;

  constructor(cpu: Cpu, hertz: number) {
    this.#cpu = cpu;
    this.#cyclesPerTick = hertz / OSCILLATOR_HERTZ;
    this.#slot = cpu.addSlot((at) => this.#timeOut(at));
    cpu.readers[WDTCSR] = () => {
      const open = cpu.cycle <= this.#openUntil ? WDCE : 0;
      return this.#control | open | (this.isResetFlagged() ? WDE : 0);
    };
    cpu.writers[WDTCSR] = (value) => this.#write(value);
    cpu.onWatchdogReset = () => this.restart();
    cpu.onTaken(VECTOR.watchdog, () => {
      // 11.9.2: taking the interrupt clears the flag, and WDIE too where a reset is to follow.
      this.#control &= (this.#control & WDE) !== 0 ? ~(WDIF | WDIE) : ~WDIF;
      this.#update();
    });
  }

  /** `isWatchdog`: the reset came from here, so the watchdog stays on with its shortest time. */
  reset(isWatchdog: boolean): void {
    this.#control = isWatchdog ? WDE : 0;
    this.#openUntil = -1;
    this.restart();
    this.#update();
  }

  #isOn(): boolean {
    return (this.#control & (WDE | WDIE)) !== 0 || this.isResetFlagged();
  }

  /** Counts from zero again: the instruction wdr, or the end of a reset. */
  restart(): void {
    const at = this.#isOn() ? this.#cpu.cycle + this.#timeOutCycles() : Number.POSITIVE_INFINITY;
    this.#cpu.schedule(this.#slot, at);
  }

  #timeOutCycles(): number {
    const prescaler = (this.#control & 7) | ((this.#control & 0x20) >> 2);
    return SHORTEST * 2 ** Math.min(prescaler, PRESCALER_MAX) * this.#cyclesPerTick;
  }

  #update(): void {
    this.#cpu.setPending(VECTOR.watchdog, (this.#control & (WDIF | WDIE)) === (WDIF | WDIE));
  }

  #write(value: number): void {
    const isOpen = this.#cpu.cycle <= this.#openUntil;
    const before = this.#control;
    const flag = (value & WDIF) !== 0 ? 0 : before & WDIF;
    if ((value & (WDCE | WDE)) === (WDCE | WDE) && !isOpen) {
      this.#openUntil = this.#cpu.cycle + WINDOW_CYCLES;
      this.#control = (before & ~(WDIF | WDIE)) | WDE | flag | (value & WDIE);
    } else if (isOpen) {
      this.#control = (value & (SETTINGS | WDIE)) | flag;
      // The change enable bit may be written again within the window; the settings count.
      if ((value & WDCE) === 0) this.#openUntil = -1;
    } else {
      // Outside the window WDE may be set but not cleared, and the prescaler stays.
      this.#control = (before & SETTINGS) | (value & (WDIE | WDE)) | flag;
    }
    if (((before ^ this.#control) & (SETTINGS | WDIE)) !== 0) this.restart();
    this.#update();
  }

  #timeOut(at: number): void {
    if ((this.#control & WDIE) !== 0 && (this.#control & WDIF) === 0) {
      this.#control |= WDIF;
      this.#update();
      this.#cpu.schedule(this.#slot, at + this.#timeOutCycles());
    } else if ((this.#control & WDE) !== 0 || this.isResetFlagged()) {
      this.onReset();
    } else {
      this.#cpu.schedule(this.#slot, at + this.#timeOutCycles());
    }
  }
}
