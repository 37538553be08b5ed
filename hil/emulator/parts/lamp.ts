// A light, buzzer or pulse output on a pin: its state, its pulses and their lengths.

import type { PinState } from "../ports.ts";

export class Lamp {
  /** Each completed pulse: the cycle it began and how long it lasted. */
  onPulse: (startCycle: number, lengthCycles: number) => void = () => {};
  /** Times that it went on. */
  pulseCount = 0;
  isOn = false;
  readonly #onState: PinState;
  #since = 0;
  #onCycles = 0;

  constructor(on: "low" | "high") {
    this.#onState = on;
  }

  drive(state: PinState, cycle: number): void {
    const isOn = state === this.#onState;
    if (isOn === this.isOn) return;
    this.isOn = isOn;
    if (isOn) this.pulseCount++;
    else {
      this.#onCycles += cycle - this.#since;
      this.onPulse(this.#since, cycle - this.#since);
    }
    this.#since = cycle;
  }

  /** Cycles it has been on, up to `cycle`. */
  onCycles(cycle: number): number {
    return this.#onCycles + (this.isOn ? cycle - this.#since : 0);
  }
}
