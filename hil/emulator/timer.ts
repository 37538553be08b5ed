// Timers 0, 1 and 2 without an event per tick: the count is worked out when somebody looks, interrupts when they fall
// due. DS40002061B, chapters 15, 16, 18; table numbers at the modes.

import type { Cpu } from "./cpu.ts";
import { GTCCR, VECTOR } from "./registers.ts";

/** Which timer it is: addresses, clocks, vectors. */
export interface TimerConfig {
  readonly isWide: boolean;
  readonly controlA: number;
  readonly controlB: number;
  readonly count: number;
  readonly compareA: number;
  readonly compareB: number;
  /** Input capture register; 0: none. */
  readonly capture: number;
  readonly mask: number;
  readonly flags: number;
  /** Cycles a tick, by clock select; 0: stopped or clocked by a pin. */
  readonly divisions: readonly number[];
  /** Bit of GTCCR that resets its prescaler. */
  readonly prescalerReset: number;
  readonly vectors: { readonly a: number; readonly b: number; readonly overflow: number };
}

const SYNCHRONOUS = [0, 1, 8, 64, 256, 1024, 0, 0];
export const TIMER_0: TimerConfig = {
  isWide: false,
  controlA: 0x44,
  controlB: 0x45,
  count: 0x46,
  compareA: 0x47,
  compareB: 0x48,
  capture: 0,
  mask: 0x6e,
  flags: 0x35,
  divisions: SYNCHRONOUS,
  prescalerReset: 0x01,
  vectors: {
    a: VECTOR.timer0CompareA,
    b: VECTOR.timer0CompareB,
    overflow: VECTOR.timer0Overflow,
  },
};
export const TIMER_1: TimerConfig = {
  isWide: true,
  controlA: 0x80,
  controlB: 0x81,
  count: 0x84,
  compareA: 0x88,
  compareB: 0x8a,
  capture: 0x86,
  mask: 0x6f,
  flags: 0x36,
  divisions: SYNCHRONOUS,
  prescalerReset: 0x01,
  vectors: {
    a: VECTOR.timer1CompareA,
    b: VECTOR.timer1CompareB,
    overflow: VECTOR.timer1Overflow,
  },
};
export const TIMER_2: TimerConfig = {
  isWide: false,
  controlA: 0xb0,
  controlB: 0xb1,
  count: 0xb2,
  compareA: 0xb3,
  compareB: 0xb4,
  capture: 0,
  mask: 0x70,
  flags: 0x37,
  divisions: [0, 1, 8, 32, 64, 128, 256, 1024],
  prescalerReset: 0x02,
  vectors: {
    a: VECTOR.timer2CompareA,
    b: VECTOR.timer2CompareB,
    overflow: VECTOR.timer2Overflow,
  },
};

const TOV = 1;
const OCF_A = 2;
const OCF_B = 4;
const ICF = 0x20;

type Shape = "normal" | "ctc" | "fast" | "phase";
/** How a timer counts: its shape and where it turns, a number or a register. */
interface Mode {
  readonly shape: Shape;
  readonly top: number | "a" | "capture";
}
/** Table 15-8; modes 4 and 6 are reserved. */
const NARROW_MODES: readonly Mode[] = [
  { shape: "normal", top: 0xff },
  { shape: "phase", top: 0xff },
  { shape: "ctc", top: "a" },
  { shape: "fast", top: 0xff },
  { shape: "normal", top: 0xff },
  { shape: "phase", top: "a" },
  { shape: "normal", top: 0xff },
  { shape: "fast", top: "a" },
];
/** Table 16-4; mode 13 is reserved. */
const WIDE_MODES: readonly Mode[] = [
  { shape: "normal", top: 0xffff },
  { shape: "phase", top: 0xff },
  { shape: "phase", top: 0x1ff },
  { shape: "phase", top: 0x3ff },
  { shape: "ctc", top: "a" },
  { shape: "fast", top: 0xff },
  { shape: "fast", top: 0x1ff },
  { shape: "fast", top: 0x3ff },
  { shape: "phase", top: "capture" },
  { shape: "phase", top: "a" },
  { shape: "phase", top: "capture" },
  { shape: "phase", top: "a" },
  { shape: "ctc", top: "capture" },
  { shape: "normal", top: 0xffff },
  { shape: "fast", top: "capture" },
  { shape: "fast", top: "a" },
];

/** What a compare output gives its pin. */
export interface Wave {
  readonly hertz: number;
  /** Share of the period that is high, 0 to 1. */
  readonly highShare: number;
}

export class Timer {
  /** New flags, at the cycle they rose; only those enabled or wanted come in time. */
  onFlags: (flags: number, cycle: number) => void = () => {};
  readonly #cpu: Cpu;
  readonly #config: TimerConfig;
  readonly #slot: number;
  readonly #max: number;
  #controlA = 0;
  #controlB = 0;
  #mode: Mode;
  /** Cycles a tick; 0: stopped. */
  #division = 0;
  /** Cycle at which the prescaler was zero. */
  #prescalerAt = -0;
  /** Ticks since then that the position includes. */
  #ticksDone = -0;
  /** Position in the period: the count, or beyond the top the way down of a phase-correct mode. */
  #position = 0;
  #compareA = 0;
  #compareB = 0;
  /** Written in a PWM mode, taken over at the bottom; −1: nothing waits. */
  #nextA = -1;
  #nextB = -1;
  #capture = 0;
  #flags = 0;
  #enabled = 0;
  #temporary = 0;
  /** Flags raised since the last `#update`. */
  #raised = 0;
  /** Flags that another part wants at their cycle though no interrupt is enabled. */
  #wanted = 0;

  constructor(cpu: Cpu, config: TimerConfig) {
    this.#cpu = cpu;
    this.#config = config;
    this.#max = config.isWide ? 0xffff : 0xff;
    this.#mode = config.isWide ? WIDE_MODES[0]! : NARROW_MODES[0]!;
    this.#slot = cpu.addSlot(() => this.#due());
    const { readers, writers } = cpu;
    readers[config.controlA] = () => this.#controlA;
    readers[config.controlB] = () => this.#controlB;
    readers[config.mask] = () => this.#enabled;
    readers[config.flags] = () => {
      this.#sync();
      return this.#flags;
    };
    writers[config.controlA] = (value) =>
      this.#change(() => {
        this.#controlA = value;
      });
    writers[config.controlB] = (value) =>
      this.#change(() => {
        this.#controlB = value;
      });
    writers[config.mask] = (value) =>
      this.#change(() => {
        this.#enabled = value;
      });
    writers[config.flags] = (value) =>
      this.#change(() => {
        this.#flags &= ~value;
      });
    this.#hookCounts();
    cpu.onTaken(config.vectors.a, () => this.#clear(OCF_A));
    cpu.onTaken(config.vectors.b, () => this.#clear(OCF_B));
    cpu.onTaken(config.vectors.overflow, () => this.#clear(TOV));
    if (config.capture !== 0) cpu.onTaken(VECTOR.timer1Capture, () => this.#clear(ICF));
  }

  reset(): void {
    this.#controlA = 0;
    this.#controlB = 0;
    this.#division = 0;
    this.#position = 0;
    this.#compareA = 0;
    this.#compareB = 0;
    this.#nextA = -1;
    this.#nextB = -1;
    this.#capture = 0;
    this.#flags = 0;
    this.#enabled = 0;
    this.#temporary = 0;
    this.#configure();
    this.#update();
  }

  /** Says which flags another part waits for (the ADC's trigger), beside the enabled interrupts. */
  want(flags: number): void {
    if (flags === this.#wanted) return;
    this.#sync();
    this.#wanted = flags;
    this.#update();
  }

  /** GTCCR's reset of the prescaler. */
  resetPrescaler(): void {
    this.#change(() => {
      this.#prescalerAt = this.#cpu.cycle;
      this.#ticksDone = 0;
    });
  }

  /** An edge at its clock pin: counts where the clock select says so (6: falling, 7: rising). */
  clockEdge(isRising: boolean): void {
    const select = this.#controlB & 7;
    if (this.#config.divisions[6] !== 0 || select !== (isRising ? 7 : 6)) return;
    this.#advance(1);
    this.#update();
  }

  /** An edge at the capture input. */
  captureEdge(isRising: boolean): void {
    const wantsRising = (this.#controlB & 0x40) !== 0;
    if (this.#config.capture === 0 || isRising !== wantsRising) return;
    this.#change(() => {
      this.#capture = this.#count();
      this.#raise(ICF);
    });
  }

  /** What compare output `channel` gives its pin; null where the pin is an ordinary one. */
  wave(channel: "a" | "b", hertz: number): Wave | null {
    const output = (this.#controlA >> (channel === "a" ? 6 : 4)) & 3;
    if (output === 0 || this.#division === 0) return null;
    const compare = channel === "a" ? this.#compareA : this.#compareB;
    const tickHertz = hertz / this.#division;
    const top = this.#top();
    if (output === 1 || this.#mode.shape === "normal" || this.#mode.shape === "ctc") {
      return { hertz: tickHertz / (2 * (top + 1)), highShare: 0.5 };
    }
    const share = this.#mode.shape === "fast" ? (compare + 1) / (top + 1) : compare / top;
    const period = this.#period();
    return { hertz: tickHertz / period, highShare: output === 2 ? share : 1 - share };
  }

  #hookCounts(): void {
    this.#hookNumber(
      this.#config.count,
      () => {
        this.#sync();
        return this.#count();
      },
      (value) => {
        this.#position = value;
      },
    );
    const isBuffered = (): boolean => this.#mode.shape === "fast" || this.#mode.shape === "phase";
    this.#hookNumber(
      this.#config.compareA,
      () => (this.#nextA >= 0 ? this.#nextA : this.#compareA),
      (value) => {
        if (isBuffered() && this.#division !== 0) this.#nextA = value;
        else this.#compareA = value;
      },
    );
    this.#hookNumber(
      this.#config.compareB,
      () => (this.#nextB >= 0 ? this.#nextB : this.#compareB),
      (value) => {
        if (isBuffered() && this.#division !== 0) this.#nextB = value;
        else this.#compareB = value;
      },
    );
    if (this.#config.capture === 0) return;
    this.#hookNumber(
      this.#config.capture,
      () => this.#capture,
      (value) => {
        if (this.#mode.top === "capture") this.#capture = value;
      },
    );
  }

  /** One register of 8 bits, or two through the shared temporary byte (16.3). */
  #hookNumber(address: number, get: () => number, set: (value: number) => void): void {
    const { readers, writers } = this.#cpu;
    if (!this.#config.isWide) {
      readers[address] = get;
      writers[address] = (value) => this.#change(() => set(value));
      return;
    }
    readers[address] = () => {
      const value = get();
      this.#temporary = value >> 8;
      return value & 0xff;
    };
    readers[address + 1] = () => this.#temporary;
    writers[address + 1] = (value) => {
      this.#temporary = value;
    };
    writers[address] = (value) => this.#change(() => set((this.#temporary << 8) | value));
  }

  #change(apply: () => void): void {
    this.#sync();
    apply();
    this.#configure();
    this.#update();
  }

  #configure(): void {
    const { isWide, divisions } = this.#config;
    const number = isWide
      ? (this.#controlA & 3) | ((this.#controlB & 0x18) >> 1)
      : (this.#controlA & 3) | ((this.#controlB & 0x08) >> 1);
    this.#mode = (isWide ? WIDE_MODES : NARROW_MODES)[number]!;
    const division = divisions[this.#controlB & 7]!;
    if (division === this.#division) return;
    this.#division = division;
    this.#ticksDone = division === 0 ? 0 : this.#ticksAt(this.#cpu.cycle);
  }

  #ticksAt(cycle: number): number {
    return Math.floor((cycle - this.#prescalerAt) / this.#division);
  }

  #top(): number {
    const { top } = this.#mode;
    if (top === "a") return this.#compareA;
    return top === "capture" ? this.#capture : top;
  }

  #period(): number {
    const top = this.#top();
    return this.#mode.shape === "phase" ? Math.max(1, top * 2) : top + 1;
  }

  #count(): number {
    const top = this.#top();
    if (this.#mode.shape !== "phase" || this.#position <= top) return this.#position;
    return Math.max(0, top * 2 - this.#position);
  }

  /** Brings count and flags to the present cycle. */
  #sync(): void {
    if (this.#division === 0) return;
    const ticks = this.#ticksAt(this.#cpu.cycle);
    const passed = ticks - this.#ticksDone;
    this.#ticksDone = ticks;
    if (passed > 0) this.#advance(passed);
  }

  #advance(ticks: number): void {
    let left = ticks;
    // A count above the top runs to the end of its register first; buffers are taken over at the first bottom.
    const isBeyond = this.#mode.shape !== "phase" && this.#position > this.#top();
    const hasBuffer = this.#nextA >= 0 || this.#nextB >= 0;
    if (isBeyond || hasBuffer) {
      const toBottom = isBeyond ? this.#max + 1 - this.#position : this.#ticksToBottom();
      const first = Math.min(left, toBottom);
      this.#flagsWithin(first, isBeyond);
      this.#position += first;
      left -= first;
      if (first < toBottom) return;
      this.#position = 0;
      if (this.#nextA >= 0) this.#compareA = this.#nextA;
      if (this.#nextB >= 0) this.#compareB = this.#nextB;
      this.#nextA = -1;
      this.#nextB = -1;
    }
    if (left === 0) return;
    this.#flagsWithin(left, false);
    this.#position = (this.#position + left) % this.#period();
  }

  #ticksToBottom(): number {
    const period = this.#period();
    return period - (this.#position % period);
  }

  #flagsWithin(ticks: number, isBeyond: boolean): void {
    for (const flag of [TOV, OCF_A, OCF_B]) {
      if (ticks >= this.#ticksTo(flag, isBeyond)) this.#raise(flag);
    }
    // 16.9: a capture register that is the top flags the capture instead.
    if (this.#mode.top === "capture" && ticks >= this.#ticksToValue(this.#capture, isBeyond)) {
      this.#raise(ICF);
    }
  }

  /** Ticks until the flag rises, from the present position: a flag rises one tick after its count is reached. */
  #ticksTo(flag: number, isBeyond: boolean): number {
    if (flag === OCF_A) return this.#ticksToValue(this.#compareA, isBeyond);
    if (flag === OCF_B) return this.#ticksToValue(this.#compareB, isBeyond);
    if (isBeyond) return this.#max + 1 - this.#position;
    if (this.#mode.shape === "phase") return this.#ticksToBottom();
    if (this.#mode.shape === "fast" || this.#top() === this.#max) {
      return this.#top() + 1 - this.#position;
    }
    return Number.POSITIVE_INFINITY;
  }

  #ticksToValue(value: number, isBeyond: boolean): number {
    const top = this.#top();
    const period = this.#period();
    if (isBeyond) {
      if (value >= this.#position) return value - this.#position + 1;
      if (value > top) return Number.POSITIVE_INFINITY;
      return this.#max + 1 - this.#position + value + 1;
    }
    if (value > top) return Number.POSITIVE_INFINITY;
    const up = (value - this.#position + period) % period;
    if (this.#mode.shape !== "phase") return up + 1;
    const down = (period - value - this.#position + period) % period;
    return Math.min(up, down) + 1;
  }

  #raise(flag: number): void {
    this.#raised |= flag & ~this.#flags;
    this.#flags |= flag;
  }

  #clear(flag: number): void {
    this.#flags &= ~flag;
    this.#update();
  }

  #due(): void {
    this.#sync();
    this.#update();
  }

  #update(): void {
    const { a, b, overflow } = this.#config.vectors;
    const live = this.#flags & this.#enabled;
    this.#cpu.setPending(overflow, (live & TOV) !== 0);
    this.#cpu.setPending(a, (live & OCF_A) !== 0);
    this.#cpu.setPending(b, (live & OCF_B) !== 0);
    if (this.#config.capture !== 0) this.#cpu.setPending(VECTOR.timer1Capture, (live & ICF) !== 0);
    const raised = this.#raised;
    this.#raised = 0;
    if (raised !== 0) this.onFlags(raised, this.#cpu.cycle);
    this.#plan();
  }

  /** Schedules the next flag that somebody waits for. */
  #plan(): void {
    const waited = (this.#enabled | this.#wanted) & ~this.#flags;
    let ticks = Number.POSITIVE_INFINITY;
    if (this.#division !== 0 && waited !== 0) {
      const isBeyond = this.#mode.shape !== "phase" && this.#position > this.#top();
      for (const flag of [TOV, OCF_A, OCF_B]) {
        if ((waited & flag) !== 0) ticks = Math.min(ticks, this.#ticksTo(flag, isBeyond));
      }
      if ((waited & ICF) !== 0 && this.#mode.top === "capture") {
        ticks = Math.min(ticks, this.#ticksToValue(this.#capture, isBeyond));
      }
      // A value that waits for the bottom may bring the next flag earlier.
      if (this.#nextA >= 0 || this.#nextB >= 0) ticks = Math.min(ticks, this.#ticksToBottom());
    }
    const at = this.#prescalerAt + (this.#ticksDone + ticks) * this.#division;
    this.#cpu.schedule(this.#slot, ticks === Number.POSITIVE_INFINITY ? ticks : at);
  }
}

/** Writes to GTCCR reset the prescalers; TSM, which would hold them, is not kept. */
export function hookPrescalerReset(
  cpu: Cpu,
  timers: readonly (readonly [Timer, TimerConfig])[],
): void {
  cpu.writers[GTCCR] = (value) => {
    for (const [timer, config] of timers) {
      if ((value & config.prescalerReset) !== 0) timer.resetPrescaler();
    }
  };
}
