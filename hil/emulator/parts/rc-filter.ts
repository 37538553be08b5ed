// A resistor and a capacitor behind an output that moves in steps. Between two steps the voltage is an exponential, so
// what it was at a cycle is worked out when somebody asks.

import { exp } from "../../../sim/core/math.ts";

/** Steps that are kept: somebody may ask for what was, a few milliseconds ago. */
const KEPT = 64;

export class RcFilter {
  readonly #timeConstantCycles: number;
  readonly #fromCycle = new Float64Array(KEPT);
  readonly #fromVolts = new Float64Array(KEPT);
  readonly #towardsVolts = new Float64Array(KEPT);
  #newest = 0;

  constructor(timeConstantCycles: number) {
    this.#timeConstantCycles = timeConstantCycles;
  }

  /** The input is `volts` from `cycle` on; cycles must not run back. */
  step(volts: number, cycle: number): void {
    const before = this.volts(cycle);
    const next = (this.#newest + 1) % KEPT;
    this.#fromCycle[next] = cycle;
    this.#fromVolts[next] = before;
    this.#towardsVolts[next] = volts;
    this.#newest = next;
  }

  /** The voltage at a cycle, not further back than the last 64 steps. */
  volts(cycle: number): number {
    let at = this.#newest;
    for (let back = 1; back < KEPT && this.#fromCycle[at]! > cycle; back++) {
      at = (at + KEPT - 1) % KEPT;
    }
    const towards = this.#towardsVolts[at]!;
    const past = Math.max(0, cycle - this.#fromCycle[at]!);
    return towards + (this.#fromVolts[at]! - towards) * exp(-past / this.#timeConstantCycles);
  }
}
