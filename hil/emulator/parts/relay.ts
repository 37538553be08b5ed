// A relay with its operating delay. Where it stands at a cycle is worked out when somebody asks.

import type { PinState } from "../ports.ts";

export interface RelayOptions {
  readonly closes: "high" | "low";
  readonly isLatching: boolean;
  readonly operateCycles: number;
}

/** A contact that jumps off again and again after it has arrived. */
export interface Bounce {
  readonly spanCycles: number;
  /** From jump to jump. */
  readonly everyCycles: number;
}

export class Relay {
  /** The contact has been told to move; it arrives at `arrivesAt`. */
  onCommand: (isClosing: boolean, arrivesAt: number) => void = () => {};
  /** The contact has been welded, stuck open or healed. */
  onStick: () => void = () => {};
  /** Movements of the contact. */
  operationCount = 0;
  readonly #options: RelayOptions;
  #isClosed = false;
  #target = false;
  #arrivesAt = 0;
  #stuck: boolean | null = null;
  #bounce: Bounce | null = null;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** Whether the contact conducts at `cycle`; cycles must not run back behind a command. */
  isClosed(cycle: number): boolean {
    if (this.#stuck !== null) return this.#stuck;
    const since = cycle - this.#arrivesAt;
    if (since < 0) return this.#isClosed;
    const bounce = this.#bounce;
    if (bounce === null || since >= bounce.spanCycles) return this.#target;
    return Math.floor(since / bounce.everyCycles) % 2 === 0 ? this.#target : !this.#target;
  }

  /** Welds the contact (true), sticks it open (false), or heals it (null). */
  stick(position: boolean | null): void {
    this.#stuck = position;
    this.onStick();
  }

  /** From the next movement on the contact bounces when it arrives; null: it does not. */
  bounce(bounce: Bounce | null): void {
    this.#bounce = bounce;
  }

  /** The coil's pin changed. */
  drive(state: PinState, cycle: number): void {
    const isActive = state === this.#options.closes;
    if (!this.#options.isLatching) this.#move(isActive, cycle);
    else if (isActive) this.#move(true, cycle);
  }

  /** The reset coil's pin of a latching relay changed. */
  driveReset(state: PinState, cycle: number): void {
    if (state === this.#options.closes) this.#move(false, cycle);
  }

  #move(isClosing: boolean, cycle: number): void {
    if (isClosing === this.#target) return;
    this.#isClosed = this.isClosed(cycle);
    this.#target = isClosing;
    this.#arrivesAt = cycle + this.#options.operateCycles;
    this.operationCount++;
    this.onCommand(isClosing, this.#arrivesAt);
  }
}
