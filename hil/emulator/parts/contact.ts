// A button, switch or reed contact between a pin and a supply rail.

import type { Drive } from "../ports.ts";

export interface ContactOptions {
  readonly active: 0 | 1;
  /** What a resistor outside the chip holds while it is released. */
  readonly released: Drive;
}

export class Contact {
  readonly #options: ContactOptions;
  readonly #setDrive: (drive: Drive) => void;
  #isActive = false;

  constructor(options: ContactOptions, setDrive: (drive: Drive) => void) {
    this.#options = options;
    this.#setDrive = setDrive;
    setDrive(options.released);
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** Presses or closes it (true), or lets go. */
  set(position: "active" | "released"): void {
    this.#isActive = position === "active";
    this.#setDrive(this.#isActive ? this.#options.active : this.#options.released);
  }
}
