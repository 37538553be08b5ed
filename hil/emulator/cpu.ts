// The core: registers, data memory, interrupts, sleep and the clock that everything else is reckoned from.
// It knows no peripheral: those hook addresses, ask for cycles, and raise vectors.

import { assert } from "../../sim/core/assert.ts";
import { EXECUTE } from "./execute.ts";
import type { Image } from "./image.ts";
import { DATA_BYTES, RAM_END, SPH, SPL, SRAM_START, SREG } from "./registers.ts";

/** Reads a register of I/O. */
export type IoRead = (address: number) => number;
/** Writes one; `mask` has the bits that the instruction meant (all but for sbi and cbi). */
export type IoWrite = (value: number, mask: number, address: number) => void;
/** Called at or just after the cycle it was scheduled for; `at` is that cycle exactly. */
export type DueHandler = (at: number) => void;
/**
 * A compiled block: runs from the head it was made for while every instruction begins before `limitTick`. False where
 * it did nothing, so that the interpreter must do the next instruction.
 */
export type Block = (cpu: Cpu, data: Uint8Array, limitTick: number) => boolean;
/** Compiled blocks by word address; null where the interpreter goes on, undefined where `onMiss` is asked. */
export type Blocks = (Block | null | undefined)[];

/** What a program did that no program should do; the core carries on. */
export interface Fault {
  readonly kind: "invalid-instruction" | "spm" | "data-address" | "stack-overflow";
  /** Word address of the instruction. */
  readonly pc: number;
  readonly cycle: number;
  readonly text: string;
}

/** Ticks since `baseCycle` stay small integers below this. */
const TICKS_MAX = 0x2000_0000;
const REBASE_TICKS = 0x1000_0000;
const FAULTS_MAX = 16;
/** Handlers that peripherals and parts may have. */
const SLOTS_MAX = 32;
const IO_END = 0x100;
export const FLAG_I = 0x80;
/** DS40002061B 7.7.1: the response takes four cycles, and four more out of sleep. */
const INTERRUPT_CYCLES = 4;
const WAKE_CYCLES = 4;

export class Cpu {
  readonly image: Image;
  /** Registers, I/O and SRAM by data address. What has a hook is not kept here. */
  readonly data = new Uint8Array(DATA_BYTES);
  /** Word address of the next instruction. */
  pc = 0;
  sp = RAM_END;
  /** Lowest stack pointer that a push, call or interrupt has left. */
  spMin = RAM_END;
  /** The program's static data end here; a push at or below it is a fault. 0: unknown. */
  staticEnd = 0;
  sreg = 0;
  /**
   * Cycles = `baseCycle` + `tick`; the tick is a small integer for speed. Minus zero makes the field a double from the
   * start: what turned from integer to double in mid-run would throw away all optimized code.
   */
  baseCycle = -0;
  tick = 0;
  /** Tick of the next due handler, TICKS_MAX where it is far. */
  nextTick = TICKS_MAX;
  /** One bit a vector that is flagged and enabled. */
  pending = 0;
  /** Set by what sets I: one more instruction goes first. */
  isInhibited = 0;
  isAsleep = false;
  readonly faults: Fault[] = [];
  /** Vectors taken since the start. */
  interruptCount = 0;
  /** Instructions that were interpreted; blocks do not count. */
  interpretedCount = 0;
  /** Set to stop the run loop after the instruction at hand. */
  isStopped = false;
  blocks: Blocks | null = null;
  /** Called at the head of an instruction without a block; may fill `blocks`. */
  onMiss: ((pc: number) => void) | null = null;
  /** A block from `head` leaves often by the way of the branch at `pc` that it took for rare. */
  onStale: (head: number, pc: number, isTaken: boolean) => void = () => {};
  /** Whether SLEEP does anything (SE) and what to do about it; set by the power register's owner. */
  enterSleep: () => boolean = () => false;
  onWatchdogReset: () => void = () => {};

  readonly readers: (IoRead | null)[] = new Array<IoRead | null>(IO_END).fill(null);
  readonly writers: (IoWrite | null)[] = new Array<IoWrite | null>(IO_END).fill(null);
  readonly #acknowledge: (() => void)[] = new Array<() => void>(32).fill(() => {});
  readonly #dueAt = new Float64Array(SLOTS_MAX).fill(Number.POSITIVE_INFINITY);
  readonly #handlers: DueHandler[] = [];
  #nextAt = Number.POSITIVE_INFINITY;
  #nextSlot = 0;
  /** While a handler runs: what it schedules is looked at when it is done. */
  #isInHandler = false;

  constructor(image: Image) {
    this.image = image;
    this.readers[SPL] = () => this.sp & 0xff;
    this.readers[SPH] = () => this.sp >> 8;
    this.readers[SREG] = () => this.sreg;
    this.writers[SPL] = (value) => {
      this.sp = (this.sp & 0xff00) | value;
    };
    this.writers[SPH] = (value) => {
      this.sp = (this.sp & 0xff) | (value << 8);
    };
    this.writers[SREG] = (value) => {
      if ((value & ~this.sreg & FLAG_I) !== 0) this.isInhibited = 1;
      this.sreg = value;
    };
  }

  /** Cycles since power came on for the first time. */
  get cycle(): number {
    return this.baseCycle + this.tick;
  }

  /** Adds cycles in which the core stands still, such as after an EEPROM access. */
  stall(cycles: number): void {
    this.tick += cycles;
  }

  read(address: number): number {
    if (address >= SRAM_START) {
      if (address <= RAM_END) return this.data[address]!;
      this.fault("data-address", `reads 0x${address.toString(16)}, beyond the end of SRAM`);
      return 0;
    }
    const reader = this.readers[address]!;
    return reader === null ? this.data[address]! : reader(address);
  }

  write(address: number, value: number): void {
    if (address >= SRAM_START) {
      if (address <= RAM_END) this.data[address] = value;
      else this.fault("data-address", `writes 0x${address.toString(16)}, beyond the end of SRAM`);
      return;
    }
    this.writeIo(address, value, 0xff);
  }

  /** A write below SRAM; `mask` as in `IoWrite`. */
  writeIo(address: number, value: number, mask: number): void {
    const writer = this.writers[address]!;
    if (writer === null) this.data[address] = value;
    else writer(value, mask, address);
  }

  push(value: number): void {
    this.write(this.sp, value);
    this.sp = (this.sp - 1) & 0xffff;
    if (this.sp < this.spMin) this.lowerStack();
  }

  pop(): number {
    this.sp = (this.sp + 1) & 0xffff;
    return this.read(this.sp);
  }

  /** Notes a new minimum of the stack pointer. */
  lowerStack(): void {
    this.spMin = this.sp;
    if (this.sp < this.staticEnd) {
      this.fault("stack-overflow", `the stack reaches 0x${this.sp.toString(16)}, into static data`);
    }
  }

  fault(kind: Fault["kind"], text: string): void {
    if (this.faults.length < FAULTS_MAX) {
      this.faults.push({ kind, pc: this.pc, cycle: this.cycle, text });
    }
  }

  /** Says what happens when `vector` is taken, for flags that this clears. */
  onTaken(vector: number, acknowledge: () => void): void {
    this.#acknowledge[vector] = acknowledge;
  }

  /** Raises or withdraws a vector: true while its flag and its enable bit are both set. */
  setPending(vector: number, isPending: boolean): void {
    if (isPending) this.pending |= 1 << vector;
    else this.pending &= ~(1 << vector);
  }

  /** A place in the schedule; handlers due at the same cycle run in the order of their places. */
  addSlot(handler: DueHandler): number {
    assert(
      this.#handlers.length < SLOTS_MAX,
      `at most ${SLOTS_MAX} handlers have a place in the schedule`,
    );
    return this.#handlers.push(handler) - 1;
  }

  /** Calls the slot's handler at `cycle`; Infinity: never. One time per slot, the last one counts. */
  schedule(slot: number, cycle: number): void {
    this.#dueAt[slot] = cycle;
    if (this.#isInHandler) return;
    if (slot !== this.#nextSlot && cycle > this.#nextAt) return;
    this.#findNext();
  }

  dueAt(slot: number): number {
    return this.#dueAt[slot]!;
  }

  /** Clears what a reset clears in the core; the clock goes on, SRAM stays. */
  reset(): void {
    this.pc = 0;
    this.sp = RAM_END;
    this.sreg = 0;
    this.pending = 0;
    this.isInhibited = 0;
    this.isAsleep = false;
  }

  /** Jumps ahead without executing, as while the supply is gone; due handlers must have been cleared. */
  skipTo(cycle: number): void {
    this.tick = cycle - this.baseCycle;
    this.#rebase();
  }

  /** Runs until `cycle` is reached; the last instruction may end a few cycles later, sleep ends exactly. */
  runUntil(cycle: number): void {
    while (this.cycle < cycle && !this.isStopped) {
      this.#rebase();
      const stopTick = Math.min(cycle - this.baseCycle, TICKS_MAX - 1);
      this.#run(Math.ceil(stopTick));
    }
  }

  /** One instruction or one interrupt entry, with the handlers due before it. */
  step(): void {
    this.#rebase();
    if (this.tick >= this.nextTick) this.#runDue();
    if (this.isAsleep && !this.#wake()) {
      this.tick = Math.max(this.tick + 1, Math.min(this.nextTick, TICKS_MAX - 1));
      return;
    }
    if (this.pending !== 0 && (this.sreg & FLAG_I) !== 0 && this.isInhibited === 0) {
      this.#interrupt();
      return;
    }
    this.isInhibited = 0;
    this.execute();
  }

  /** The instruction at `pc`, whatever is due or pending. */
  execute(): void {
    const pc = this.pc;
    const { image } = this;
    this.interpretedCount++;
    EXECUTE[image.op[pc]!]!(this, image.a[pc]!, image.b[pc]!);
  }

  #run(stopTick: number): void {
    const { data } = this;
    while (this.tick < stopTick) {
      if (this.tick >= this.nextTick) {
        this.#runDue();
        if (this.isStopped) return;
      }
      if (this.isAsleep && !this.#wake()) {
        this.tick = Math.min(this.nextTick, stopTick);
        continue;
      }
      if (this.pending !== 0 && (this.sreg & FLAG_I) !== 0) {
        if (this.isInhibited === 0) {
          this.#interrupt();
        } else {
          this.isInhibited = 0;
          this.execute();
        }
        continue;
      }
      this.isInhibited = 0;
      const blocks = this.blocks;
      if (blocks !== null) {
        const block = blocks[this.pc];
        if (block != null) {
          if (block(this, data, Math.min(this.nextTick, stopTick))) continue;
        } else if (block === undefined) {
          this.onMiss?.(this.pc);
        }
      }
      this.execute();
      if (this.isStopped) return;
    }
  }

  /** Out of sleep by an enabled interrupt; whether the core is awake. */
  #wake(): boolean {
    if (this.pending === 0) return false;
    this.isAsleep = false;
    if ((this.sreg & FLAG_I) !== 0) this.tick += WAKE_CYCLES;
    return true;
  }

  #interrupt(): void {
    const vector = 31 - Math.clz32(this.pending & -this.pending);
    this.interruptCount++;
    const { sp, pc } = this;
    if (sp <= RAM_END && sp > SRAM_START && sp - 2 >= this.spMin) {
      this.data[sp] = pc;
      this.data[sp - 1] = pc >> 8;
      this.sp = sp - 2;
    } else {
      this.push(pc & 0xff);
      this.push(pc >> 8);
    }
    this.sreg &= ~FLAG_I;
    this.#acknowledge[vector]!();
    this.pc = vector * 2;
    this.tick += INTERRUPT_CYCLES;
  }

  #runDue(): void {
    while (this.tick >= this.nextTick) {
      const at = this.#nextAt;
      const slot = this.#nextSlot;
      this.#dueAt[slot] = Number.POSITIVE_INFINITY;
      this.#isInHandler = true;
      this.#handlers[slot]!(at);
      this.#isInHandler = false;
      this.#findNext();
    }
  }

  #findNext(): void {
    const due = this.#dueAt;
    const count = this.#handlers.length;
    let nextAt = Number.POSITIVE_INFINITY;
    let nextSlot = 0;
    for (let slot = 0; slot < count; slot++) {
      const at = due[slot]!;
      if (at < nextAt) {
        nextAt = at;
        nextSlot = slot;
      }
    }
    this.#nextAt = nextAt;
    this.#nextSlot = nextSlot;
    this.#setNextTick();
  }

  #setNextTick(): void {
    const ticks = this.#nextAt - this.baseCycle;
    this.nextTick = ticks < TICKS_MAX ? Math.ceil(ticks) : TICKS_MAX;
  }

  #rebase(): void {
    if (this.tick < REBASE_TICKS) return;
    this.baseCycle += this.tick;
    this.tick = 0;
    this.#setNextTick();
  }
}
