// The analog comparator: AIN0 or the bandgap against AIN1. DS40002061B, chapter 23. Levels are asked for when the
// program looks, and when whoever owns the voltages says that they changed.

import type { Cpu } from "./cpu.ts";
import { ACSR, VECTOR } from "./registers.ts";

const ACD = 0x80;
const ACBG = 0x40;
const ACO = 0x20;
const ACI = 0x10;
const ACIE = 0x08;
const ACIC = 0x04;
const BANDGAP_VOLTS = 1.1;

export class Comparator {
  /** Volts at AIN0 (D6) and AIN1 (D7). */
  ain0Volts: (cycle: number) => number = () => 0;
  ain1Volts: (cycle: number) => number = () => 0;
  /** The output changed; `captures` where ACIC hands it to timer 1. */
  onOutput: (isHigh: boolean, captures: boolean, cycle: number) => void = () => {};
  readonly #cpu: Cpu;
  #control = 0;
  #isHigh = false;

  constructor(cpu: Cpu) {
    this.#cpu = cpu;
    cpu.readers[ACSR] = () => {
      this.update();
      return this.#control | (this.#isHigh ? ACO : 0);
    };
    cpu.writers[ACSR] = (value) => {
      const flag = (value & ACI) !== 0 ? 0 : this.#control & ACI;
      this.#control = (value & ~(ACI | ACO)) | flag;
      this.update();
    };
    cpu.onTaken(VECTOR.comparator, () => {
      this.#control &= ~ACI;
      this.#raise();
    });
  }

  reset(): void {
    this.#control = 0;
    this.#isHigh = false;
    this.#raise();
  }

  /** Compares now; call it where an input voltage has crossed the other. */
  update(): void {
    if ((this.#control & ACD) === 0) {
      const { cycle } = this.#cpu;
      const positive = (this.#control & ACBG) !== 0 ? BANDGAP_VOLTS : this.ain0Volts(cycle);
      const isHigh = positive > this.ain1Volts(cycle);
      if (isHigh !== this.#isHigh) {
        this.#isHigh = isHigh;
        const mode = this.#control & 3;
        if (mode === 0 || (mode === 2 && !isHigh) || (mode === 3 && isHigh)) this.#control |= ACI;
        this.onOutput(isHigh, (this.#control & ACIC) !== 0, cycle);
      }
    }
    this.#raise();
  }

  #raise(): void {
    this.#cpu.setPending(VECTOR.comparator, (this.#control & (ACI | ACIE)) === (ACI | ACIE));
  }
}
