// One block: a tree of AVR instructions from a head, as the text of a JavaScript function with the same effects.
// Registers and flags are followed as expressions and written back only where the block is left; what is never asked
// for is never worked out. Whatever the translation does not know, it leaves before, to the interpreter.

import type { Cpu } from "./cpu.ts";
import { FLASH_WORDS } from "./image.ts";
import { OPS, type Op } from "./instructions.ts";
import { ACSR, EECR, RAM_END, SPH, SPL, SPMCSR, SRAM_START, SREG } from "./registers.ts";

/**
 * Instructions in one block that may stand in other blocks too: behind a fork whose two ways are both followed, or in a
 * called function. More of them cost more in compiling, and in copies that are never warm, than they save.
 */
const INSTRUCTIONS_MAX = 32;
const PATH_CYCLES_MAX = 700;
/** A path looks at its limit at least this often, so that little is left to the interpreter before an event. */
const SEGMENT_CYCLES = 24;
const CALLS_MAX = 6;
/** A branch counts as known after so many passes in the interpreter; rarer ways than this are not followed. */
const COUNTS_MIN = 12;
const RARE_SHARE = 0.08;
const STALE_COUNT = 200;
const PC_MASK = FLASH_WORDS - 1;
/** Longer flag expressions get a name. */
const EXPRESSION_MAX = 160;
/** Reading ACSR compares and may flag; writing EECR makes the core stand still; SPMCSR is a fault. */
const READS_LEFT: ReadonlySet<number> = new Set([ACSR]);
const WRITES_LEFT: ReadonlySet<number> = new Set([EECR, ACSR, SPMCSR]);

export interface Translation {
  /** Body of a function of `flash` that returns the block. */
  readonly source: string;
  /** Word addresses at which the block is left for another. */
  readonly exits: readonly number[];
}

/** A flag as a number 0 or 1 and as a condition. */
interface Flag {
  readonly number: string;
  readonly condition: string;
}

/** A value of the stack pointer that pushes and pops are reckoned from, and how far they go. */
interface StackBase {
  readonly id: number;
  readonly name: string;
  lowest: number;
  highest: number;
}

interface Segment {
  readonly id: number;
  readonly start: number;
  cycles: number;
}

/** What is known on a path. */
interface Path {
  pc: number;
  cycles: number;
  readonly registers: (string | null)[];
  readonly isDirty: boolean[];
  /** Names of 16-bit values by their low register, where both halves are known. */
  readonly pairs: (string | null)[];
  /** By bit of SREG; null: as at the entry. */
  readonly flags: (Flag | null)[];
  stack: StackBase;
  /** The check of `stack` has been passed on this path. */
  isStackChecked: boolean;
  spDelta: number;
  /** Lowest delta from `stack` that a push has left on this path; Infinity: nothing was pushed. */
  spLowest: number;
  calls: { readonly back: number; readonly stack: StackBase; readonly spDelta: number }[];
  segment: Segment;
  /** What `isInhibited` must be if the block ends here; null: nothing. */
  inhibit: string | null;
  /** No fork so far had two ways worth following: what stands here stands in no other path of the block. */
  isOnly: boolean;
  /** The branch whose rare way this path is. */
  rareWay: { readonly pc: number; readonly isTaken: boolean } | null;
}

const C = 0;
const Z = 1;
const N = 2;
const V = 3;
const S = 4;
const H = 5;
const T = 6;
const I = 7;
const ZERO: Flag = { number: "0", condition: "false" };
const ONE: Flag = { number: "1", condition: "true" };
const X = 26;
const Y = 28;
const ZP = 30;

/** The block at word address `head`; null where it would be no longer than the interpreter's step. */
export function translate(cpu: Cpu, head: number): Translation | null {
  return new Translator(cpu, head).run();
}

class Translator {
  readonly #cpu: Cpu;
  readonly #head: number;
  #lines: string[] = [];
  /** Functions of the ways out that are hardly ever gone; the engine compiles them when they are. */
  readonly #doors: string[] = [];
  readonly #exits = new Set<number>();
  readonly #segments: Segment[] = [];
  #names = 0;
  #instructions = 0;
  readonly #stacks: StackBase[] = [];

  constructor(cpu: Cpu, head: number) {
    this.#cpu = cpu;
    this.#head = head;
  }

  run(): Translation | null {
    const path: Path = {
      pc: this.#head,
      cycles: 0,
      registers: new Array<string | null>(32).fill(null),
      isDirty: new Array<boolean>(32).fill(false),
      pairs: new Array<string | null>(32).fill(null),
      flags: new Array<Flag | null>(8).fill(null),
      stack: this.#newStack("sp"),
      isStackChecked: true,
      spDelta: 0,
      spLowest: Number.POSITIVE_INFINITY,
      calls: [],
      segment: this.#newSegment(0),
      inhibit: null,
      isOnly: true,
      rareWay: null,
    };
    this.#follow(path, INSTRUCTIONS_MAX);
    if (this.#instructions < 2) return null;
    let body = this.#lines.join("\n");
    for (const { id, cycles } of this.#segments) body = body.replace(`@${id}@`, String(cycles));
    for (const { id, lowest, highest } of this.#stacks) {
      body = body
        .replaceAll(`@low${id}@`, String(lowest))
        .replaceAll(`@high${id}@`, String(highest));
    }
    const { lowest, highest } = this.#stacks[0]!;
    const isStackUsed = lowest < 0 || highest > 0;
    const stack = isStackUsed ? `if (${outside("sp", lowest, highest)}) return go;\n` : "";
    // Strict: a sloppy function's missing receiver costs a conversion a call. The parentheses let the engine compile the inner function at once instead of parsing it twice.
    const source = `"use strict";
${this.#doors.join("\n")}
return (function block${this.#head.toString(16)}(cpu, D, limit) {
let go = false;
for (;;) {
const t = cpu.tick, s = cpu.sreg, sp = cpu.sp;
if (t + ${this.#segments[0]!.cycles} > limit) return go;
${stack}${body}
}
})`;
    return { source, exits: [...this.#exits] };
  }

  #newSegment(start: number): Segment {
    const segment = { id: this.#segments.length, start, cycles: 0 };
    this.#segments.push(segment);
    return segment;
  }

  #newStack(name: string): StackBase {
    const stack = { id: this.#stacks.length, name, lowest: 0, highest: 0 };
    this.#stacks.push(stack);
    return stack;
  }

  #emit(line: string): void {
    this.#lines.push(line);
  }

  #name(expression: string): string {
    if (/^\w+$/.test(expression)) return expression;
    const folded = fold(expression);
    return folded ?? this.#fresh(expression);
  }

  #fresh(expression: string): string {
    const name = `v${this.#names++}`;
    this.#emit(`const ${name} = ${expression};`);
    return name;
  }

  /** Goes on from `path.pc` until the path ends; `budget`: instructions left for it. */
  #follow(path: Path, budget: number): void {
    let left = budget;
    for (;;) {
      if (path.cycles > 0 && path.pc === this.#head && path.calls.length === 0) {
        this.#loop(path);
        return;
      }
      if (budget <= 0) {
        this.#leaveRarely(path, String(path.pc), path.pc);
        return;
      }
      if (left <= 0 || path.cycles > PATH_CYCLES_MAX) {
        this.#leave(path, String(path.pc), path.pc);
        return;
      }
      if (path.cycles - path.segment.start >= SEGMENT_CYCLES) this.#check(path);
      const before = path.cycles;
      const isGoingOn = this.#instruction(path, left);
      path.segment.cycles = Math.max(path.segment.cycles, path.cycles - path.segment.start);
      if (!isGoingOn) return;
      if (path.cycles === before) throw new Error(`no time passes at ${path.pc}`);
      if (!path.isOnly || path.calls.length > 0) left--;
    }
  }

  /** Begins a segment: leaves here where it might not end before the limit. */
  #check(path: Path): void {
    const segment = this.#newSegment(path.cycles);
    this.#emit(`if (t + ${path.cycles} + @${segment.id}@ > limit) {`);
    this.#leaveRarely(path, String(path.pc), null);
    this.#emit("}");
    path.segment = segment;
  }

  #loop(path: Path): void {
    this.#writeBack(path, String(path.pc));
    if (path.inhibit === null) this.#emit("go = true; continue;");
    else this.#emit("return true;");
  }

  /** Ends the path with the program counter `pc`; `head` is a new head where that is known. */
  #leave(path: Path, pc: string, head: number | null): void {
    if (head !== null) this.#exits.add(head);
    if (path.cycles === 0) {
      this.#emit("return go;");
      return;
    }
    this.#writeBack(path, pc);
    this.#emit("return true;");
  }

  /** A way out that is hardly ever gone: as `#leave`, in a function of its own. */
  #leaveRarely(path: Path, pc: string, head: number | null): void {
    if (path.cycles === 0) {
      this.#emit("return go;");
      return;
    }
    const lines = this.#lines;
    this.#lines = [];
    if (path.rareWay !== null) this.#countWay(path.rareWay);
    this.#leave(path, pc, head);
    const body = this.#lines.join("\n");
    this.#lines = lines;
    const names = new Set(body.match(/\b(?:v\d+|t|s|sp)\b/g));
    const list = ["cpu", "D", ...names].join(", ");
    const door = `x${this.#doors.length}`;
    this.#doors.push(`function ${door}(${list}) {\n${body}\n}`);
    this.#emit(`return ${door}(${list});`);
  }

  /** A way that was rare when the block was made and is gone often now makes the block stale. */
  #countWay({ pc, isTaken }: { readonly pc: number; readonly isTaken: boolean }): void {
    const count = `n${this.#doors.length}`;
    this.#doors.push(`let ${count} = 0;`);
    this.#emit(`if (++${count} === ${STALE_COUNT}) cpu.onStale(${this.#head}, ${pc}, ${isTaken});`);
  }

  #writeBack(path: Path, pc: string): void {
    for (let register = 0; register < 32; register++) {
      if (path.isDirty[register]) this.#emit(`D[${register}] = ${path.registers[register]};`);
    }
    if (path.flags.some((flag) => flag !== null)) this.#emit(`cpu.sreg = ${this.#sreg(path)};`);
    const { name } = path.stack;
    if (path.spDelta !== 0 || name !== "sp") this.#emit(`cpu.sp = ${name} + ${path.spDelta};`);
    this.#noteLowest(path);
    if (path.inhibit !== null) this.#emit(`cpu.isInhibited = ${path.inhibit};`);
    this.#emit(`cpu.tick = t + ${path.cycles}; cpu.pc = ${pc};`);
  }

  #noteLowest({ stack, spLowest }: Path): void {
    if (spLowest === Number.POSITIVE_INFINITY) return;
    this.#emit(
      `if (${stack.name} + ${spLowest} < cpu.spMin) cpu.spMin = ${stack.name} + ${spLowest};`,
    );
  }

  #sreg(path: Path): string {
    let kept = 0;
    const terms: string[] = [];
    for (let bit = 0; bit < 8; bit++) {
      const flag = path.flags[bit]!;
      if (flag === null) kept |= 1 << bit;
      else if (flag.number === "1") terms.push(String(1 << bit));
      else if (flag.number !== "0")
        terms.push(bit === 0 ? flag.number : `(${flag.number}) << ${bit}`);
    }
    if (kept !== 0) terms.unshift(`s & ${kept}`);
    return terms.length === 0 ? "0" : terms.map((term) => `(${term})`).join(" | ");
  }

  #get(path: Path, register: number): string {
    const known = path.registers[register]!;
    if (known !== null) return known;
    const name = this.#name(`D[${register}]`);
    path.registers[register] = name;
    return name;
  }

  #set(path: Path, register: number, expression: string): string {
    const name = this.#name(expression);
    path.registers[register] = name;
    path.isDirty[register] = true;
    path.pairs[register & 30] = null;
    return name;
  }

  #pair(path: Path, low: number): string {
    const known = path.pairs[low]!;
    if (known !== null) return known;
    const high = this.#get(path, low + 1);
    const shifted = fold(`${high} << 8`) ?? `(${high} << 8)`;
    const name = this.#name(`${this.#get(path, low)} | ${shifted}`);
    path.pairs[low] = name;
    return name;
  }

  #setPair(path: Path, low: number, expression: string): string {
    const name = this.#name(expression);
    this.#set(path, low, `${name} & 255`);
    this.#set(path, low + 1, `${name} >> 8`);
    path.pairs[low] = name;
    return name;
  }

  #flag(path: Path, bit: number): Flag {
    const known = path.flags[bit]!;
    if (known !== null) return known;
    return { number: `(s >> ${bit} & 1)`, condition: `(s & ${1 << bit}) !== 0` };
  }

  #setFlag(path: Path, bit: number, number: string, condition?: string): void {
    if (number.length > EXPRESSION_MAX) {
      const name = this.#name(number);
      path.flags[bit] = { number: name, condition: `${name} !== 0` };
    } else path.flags[bit] = { number, condition: condition ?? `${number} !== 0` };
  }

  #zeroAndSign(path: Path, result: string): void {
    this.#setFlag(path, Z, `(${result} === 0 ? 1 : 0)`, `${result} === 0`);
    this.#setFlag(path, N, `(${result} >> 7)`, `${result} > 127`);
  }

  #add(path: Path, a: number, b: number, carry: string): void {
    const left = this.#get(path, a);
    const right = this.#get(path, b);
    const sum = this.#name(`${left} + ${right}${carry}`);
    const result = this.#set(path, a, `${sum} & 255`);
    const overflow = `(~(${left} ^ ${right}) & (${left} ^ ${result}))`;
    this.#setFlag(path, C, `(${sum} >> 8)`, `${sum} > 255`);
    this.#zeroAndSign(path, result);
    this.#setFlag(path, V, `(${overflow} >> 7 & 1)`);
    this.#setFlag(path, S, `((${result} ^ ${overflow}) >> 7 & 1)`);
    this.#setFlag(path, H, `((${left} ^ ${right} ^ ${result}) >> 4 & 1)`);
  }

  /** Flags of left − right − borrow; returns the result's name. `isChained`: Z is only ever cleared. */
  #subtract(
    path: Path,
    { left, right, borrow }: { left: string; right: string; borrow: string },
  ): string {
    const isChained = borrow !== "";
    const difference = this.#name(`${left} - ${right}${borrow}`);
    const result = this.#name(`${difference} & 255`);
    const overflow = `((${left} ^ ${right}) & (${left} ^ ${result}))`;
    const zeroBefore = this.#flag(path, Z);
    this.#setFlag(path, C, `(${difference} >>> 31)`, `${difference} < 0`);
    this.#zeroAndSign(path, result);
    if (isChained) {
      const zero = `(${result} === 0 ? ${zeroBefore.number} : 0)`;
      this.#setFlag(path, Z, zero, `(${result} === 0 && ${zeroBefore.condition})`);
      if (zero.length > EXPRESSION_MAX / 2) {
        const name = this.#name(zero);
        this.#setFlag(path, Z, name);
      }
    }
    this.#setFlag(path, V, `(${overflow} >> 7 & 1)`);
    this.#setFlag(path, S, `((${result} ^ ${overflow}) >> 7 & 1)`);
    this.#setFlag(path, H, `((${left} ^ ${right} ^ ${result}) >> 4 & 1)`);
    return result;
  }

  #logic(path: Path, register: number, expression: string): void {
    const result = this.#set(path, register, expression);
    this.#zeroAndSign(path, result);
    path.flags[V] = ZERO;
    path.flags[S] = path.flags[N]!;
  }

  #shift(path: Path, register: number, expression: string, before: string): void {
    const result = this.#set(path, register, expression);
    const carry = `(${before} & 1)`;
    this.#zeroAndSign(path, result);
    this.#setFlag(path, C, carry);
    this.#setFlag(path, V, `((${result} >> 7) ^ ${carry})`);
    // S = N ^ V = N ^ N ^ C.
    this.#setFlag(path, S, carry);
  }

  #word(path: Path, register: number, constant: number): void {
    const left = this.#pair(path, register);
    const result = this.#setPair(path, register, `(${left} + ${constant}) & 65535`);
    const rising = `(~${left} & ${result})`;
    const falling = `(${left} & ~${result})`;
    const [v, c] = constant >= 0 ? [rising, falling] : [falling, rising];
    this.#setFlag(path, Z, `(${result} === 0 ? 1 : 0)`, `${result} === 0`);
    this.#setFlag(path, N, `(${result} >> 15)`);
    this.#setFlag(path, V, `(${v} >> 15 & 1)`);
    this.#setFlag(path, S, `((${result} ^ ${v}) >> 15 & 1)`);
    this.#setFlag(path, C, `(${c} >> 15 & 1)`);
  }

  #multiply(path: Path, left: string, right: string, shift: 0 | 1): void {
    const product = this.#name(`(${left} * ${right}) & 65535`);
    const result = shift === 0 ? product : this.#name(`(${product} << 1) & 65535`);
    this.#setPair(path, 0, result);
    this.#setFlag(path, C, `(${product} >> 15)`);
    this.#setFlag(path, Z, `(${result} === 0 ? 1 : 0)`, `${result} === 0`);
  }

  #next(path: Path, words: number, cycles: number): true {
    path.pc = (path.pc + words) & PC_MASK;
    spend(path, cycles);
    return true;
  }

  /** Two ways on; both are followed, each with half of what is left. Ends the path. */
  #fork(
    path: Path,
    condition: string,
    ways: readonly [yes: Way, no: Way],
    budget: number,
  ): boolean {
    const [yes, no] = ways;
    if (condition === "true" || condition === "false") {
      const way = condition === "true" ? yes : no;
      path.pc = way.pc & PC_MASK;
      spend(path, way.cycles);
      return true;
    }
    const [yesBudget, noBudget] = this.#shares(path.pc, ways, budget - 1);
    if (yesBudget > 0 && noBudget > 0) path.isOnly = false;
    const other = clone(path);
    const isYesTaken = yes.cycles > no.cycles;
    path.rareWay = yesBudget <= 0 ? { pc: path.pc, isTaken: isYesTaken } : null;
    other.rareWay = noBudget <= 0 ? { pc: path.pc, isTaken: !isYesTaken } : null;
    this.#emit(`if (${condition}) {`);
    path.pc = yes.pc & PC_MASK;
    spend(path, yes.cycles);
    path.segment.cycles = Math.max(path.segment.cycles, path.cycles - path.segment.start);
    this.#follow(path, yesBudget);
    this.#emit("} else {");
    other.pc = no.pc & PC_MASK;
    spend(other, no.cycles);
    other.segment.cycles = Math.max(other.segment.cycles, other.cycles - other.segment.start);
    this.#follow(other, noBudget);
    this.#emit("}");
    return false;
  }

  /** How a budget is shared between two ways: by how often they were gone, nothing for one that was hardly ever. */
  #shares(pc: number, [yes, no]: readonly [Way, Way], budget: number): readonly [number, number] {
    const { taken, passed } = this.#cpu.image;
    const isYesTaken = yes.cycles > no.cycles;
    const yesCount = isYesTaken ? taken[pc]! : passed[pc]!;
    const noCount = isYesTaken ? passed[pc]! : taken[pc]!;
    const total = yesCount + noCount;
    if (total < COUNTS_MIN) return [budget >> 1, budget >> 1];
    const share = yesCount / total;
    if (share < RARE_SHARE) return [0, budget];
    if (share > 1 - RARE_SHARE) return [budget, 0];
    const part = Math.max(
      budget >> 2,
      Math.min(budget - (budget >> 2), Math.round(budget * share)),
    );
    return [part, budget - part];
  }

  #skip(path: Path, condition: string, budget: number): boolean {
    const words = this.#cpu.image.size[(path.pc + 1) & PC_MASK]!;
    const yes = { pc: path.pc + 1 + words, cycles: 1 + words };
    return this.#fork(path, condition, [yes, { pc: path.pc + 1, cycles: 1 }], budget);
  }

  /** Leaves to the interpreter, before the instruction at hand, where an address is not in SRAM. */
  #guard(path: Path, address: string): void {
    this.#emit(`if (${address} < ${SRAM_START} || ${address} > ${RAM_END}) {`);
    this.#leaveRarely(path, String(path.pc), null);
    this.#emit("}");
  }

  #load(path: Path, a: number, pointer: { pair: number; before: number; after: number }): void {
    const start = this.#pair(path, pointer.pair);
    const isMoving = pointer.before + pointer.after !== 0;
    const address =
      pointer.before === 0 ? start : this.#name(`(${start} + ${pointer.before}) & 65535`);
    this.#guard(path, address);
    const value = this.#name(`D[${address}]`);
    if (isMoving) {
      this.#setPair(
        path,
        pointer.pair,
        pointer.after === 0 ? address : `(${address} + ${pointer.after}) & 65535`,
      );
    }
    this.#set(path, a, value);
    this.#next(path, 1, 2);
  }

  #store(path: Path, a: number, pointer: { pair: number; before: number; after: number }): void {
    const start = this.#pair(path, pointer.pair);
    const address =
      pointer.before === 0 ? start : this.#name(`(${start} + ${pointer.before}) & 65535`);
    this.#guard(path, address);
    this.#emit(`D[${address}] = ${this.#get(path, a)};`);
    if (pointer.before + pointer.after !== 0) {
      this.#setPair(
        path,
        pointer.pair,
        pointer.after === 0 ? address : `(${address} + ${pointer.after}) & 65535`,
      );
    }
    this.#next(path, 1, 2);
  }

  #at(path: Path, pair: number, displacement: number): string {
    const start = this.#pair(path, pair);
    const address = displacement === 0 ? start : this.#name(`(${start} + ${displacement}) & 65535`);
    this.#guard(path, address);
    return address;
  }

  #push(path: Path, value: string): void {
    this.#emit(`D[${path.stack.name} + ${path.spDelta}] = ${value};`);
    path.spDelta--;
    path.spLowest = Math.min(path.spLowest, path.spDelta);
    path.stack.lowest = Math.min(path.stack.lowest, path.spDelta);
  }

  /** Before the first push or pop after SP was written: leaves where the stack would go out of SRAM. */
  #checkStack(path: Path): void {
    if (path.isStackChecked) return;
    path.isStackChecked = true;
    const { id, name } = path.stack;
    this.#emit(`if (${outside(name, `@low${id}@`, `@high${id}@`)}) {`);
    this.#leaveRarely(path, String(path.pc), null);
    this.#emit("}");
  }

  /** SP is written: its value `expression` is the base from here on. */
  #setStack(path: Path, expression: string): void {
    this.#noteLowest(path);
    path.stack = this.#newStack(this.#fresh(expression));
    path.isStackChecked = false;
    path.spDelta = 0;
    path.spLowest = Number.POSITIVE_INFINITY;
    path.calls = [];
  }

  #pop(path: Path): string {
    path.spDelta++;
    path.stack.highest = Math.max(path.stack.highest, path.spDelta);
    return this.#name(`D[${path.stack.name} + ${path.spDelta}]`);
  }

  #call(path: Path, target: number, words: number, cycles: number): boolean {
    if (path.calls.length >= CALLS_MAX) {
      this.#leave(path, String(path.pc), path.cycles === 0 ? null : path.pc);
      return false;
    }
    this.#checkStack(path);
    const back = (path.pc + words) & PC_MASK;
    path.calls.push({ back, stack: path.stack, spDelta: path.spDelta });
    this.#push(path, String(back & 0xff));
    this.#push(path, String(back >> 8));
    path.pc = target;
    spend(path, cycles);
    return true;
  }

  #return(path: Path, isInterrupt: boolean): boolean {
    this.#checkStack(path);
    const known = path.calls.at(-1);
    const high = this.#pop(path);
    const low = this.#pop(path);
    spend(path, 4);
    if (isInterrupt) {
      path.flags[I] = ONE;
      path.inhibit = "1";
    }
    const target = `((${high} << 8) | ${low}) & ${PC_MASK}`;
    const isKnown = known?.stack === path.stack && known.spDelta === path.spDelta;
    if (isInterrupt || known === undefined || !isKnown) {
      this.#leave(path, target, null);
      return false;
    }
    this.#emit(`if ((${target}) !== ${known.back}) {`);
    this.#leaveRarely(path, target, null);
    this.#emit("}");
    path.calls.pop();
    path.pc = known.back;
    return true;
  }

  #read(path: Path, address: number): string | null {
    if (address >= SRAM_START) return address <= RAM_END ? this.#name(`D[${address}]`) : null;
    if (address < 0x20 || READS_LEFT.has(address)) return null;
    if (address === SREG) return this.#name(this.#sreg(path));
    if (address === SPL) return this.#name(`(${this.#sp(path)}) & 255`);
    if (address === SPH) return this.#name(`(${this.#sp(path)}) >> 8`);
    if (this.#cpu.readers[address] === null) return this.#name(`D[${address}]`);
    this.#emit(`cpu.tick = t + ${path.cycles};`);
    return this.#name(`cpu.readers[${address}](${address})`);
  }

  #sp(path: Path): string {
    return `${path.stack.name} + ${path.spDelta}`;
  }

  /** A write of an instruction that takes `words` and `cycles`; false: left to the interpreter. */
  #write(path: Path, address: number, value: string, words: number, cycles: number): boolean {
    if (address >= SRAM_START && address <= RAM_END) {
      this.#emit(`D[${address}] = ${value};`);
      return this.#next(path, words, cycles);
    }
    const isStrange = address > RAM_END || address < 0x20 || WRITES_LEFT.has(address);
    if (isStrange) {
      this.#leave(path, String(path.pc), null);
      return false;
    }
    if (address === SPL || address === SPH) {
      const kept = address === SPL ? `(${this.#sp(path)}) & 65280` : `(${this.#sp(path)}) & 255`;
      this.#setStack(path, `(${kept}) | ${address === SPL ? value : `(${value} << 8)`}`);
      return this.#next(path, words, cycles);
    }
    if (address === SREG) return this.#writeSreg(path, value, words, cycles);
    if (this.#cpu.writers[address] === null) {
      this.#emit(`D[${address}] = ${value};`);
      return this.#next(path, words, cycles);
    }
    this.#emit(`cpu.tick = t + ${path.cycles};`);
    this.#emit(`cpu.writers[${address}](${value}, 255, ${address});`);
    this.#next(path, words, cycles);
    this.#leaveIfDue(path);
    return true;
  }

  /** After an effect outside the registers: an event may be due sooner, an interrupt may wait. */
  #leaveIfDue(path: Path): void {
    this.#emit(
      `if (cpu.nextTick < limit || (cpu.pending !== 0 && ${this.#flag(path, I).condition})) {`,
    );
    this.#leaveRarely(path, String(path.pc), path.pc);
    this.#emit("}");
  }

  #writeSreg(path: Path, value: string, words: number, cycles: number): boolean {
    const before = this.#name(this.#flag(path, I).number);
    const name = this.#name(value);
    for (let bit = 0; bit < 8; bit++) {
      path.flags[bit] = {
        number: `(${name} >> ${bit} & 1)`,
        condition: `(${name} & ${1 << bit}) !== 0`,
      };
    }
    this.#next(path, words, cycles);
    path.inhibit = `(${name} >> 7) & (${before} ^ 1)`;
    this.#leaveIfPending(path);
    return true;
  }

  /** I may just have been set: with a vector waiting, the main loop must see to it. */
  #leaveIfPending(path: Path): void {
    this.#emit("if (cpu.pending !== 0) {");
    this.#leaveRarely(path, String(path.pc), path.pc);
    this.#emit("}");
  }

  /** One instruction; false where the path has ended. */
  #instruction(path: Path, budget: number): boolean {
    const { image } = this.#cpu;
    const op: Op = OPS[image.op[path.pc]!]!;
    const a = image.a[path.pc]!;
    const b = image.b[path.pc]!;
    this.#instructions++;
    switch (op) {
      case "nop":
        return this.#next(path, 1, 1);
      case "mov":
        this.#set(path, a, this.#get(path, b));
        return this.#next(path, 1, 1);
      case "movw": {
        const pair = path.pairs[b]!;
        this.#set(path, a, this.#get(path, b));
        this.#set(path, a + 1, this.#get(path, b + 1));
        path.pairs[a] = pair;
        return this.#next(path, 1, 1);
      }
      case "ldi":
        this.#set(path, a, String(b));
        return this.#next(path, 1, 1);
      case "add":
        this.#add(path, a, b, "");
        return this.#next(path, 1, 1);
      case "adc":
        this.#add(path, a, b, ` + ${this.#flag(path, C).number}`);
        return this.#next(path, 1, 1);
      case "sub":
      case "subi":
      case "sbc":
      case "sbci":
      case "cp":
      case "cpi":
      case "cpc": {
        const isConstant = op === "subi" || op === "sbci" || op === "cpi";
        const isChained = op === "sbc" || op === "sbci" || op === "cpc";
        const result = this.#subtract(path, {
          left: this.#get(path, a),
          right: isConstant ? String(b) : this.#get(path, b),
          borrow: isChained ? ` - ${this.#flag(path, C).number}` : "",
        });
        if (!op.startsWith("cp")) this.#set(path, a, result);
        return this.#next(path, 1, 1);
      }
      case "neg":
        this.#set(
          path,
          a,
          this.#subtract(path, { left: "0", right: this.#get(path, a), borrow: "" }),
        );
        return this.#next(path, 1, 1);
      case "and":
        this.#logic(path, a, `${this.#get(path, a)} & ${this.#get(path, b)}`);
        return this.#next(path, 1, 1);
      case "andi":
        this.#logic(path, a, `${this.#get(path, a)} & ${b}`);
        return this.#next(path, 1, 1);
      case "or":
        this.#logic(path, a, `${this.#get(path, a)} | ${this.#get(path, b)}`);
        return this.#next(path, 1, 1);
      case "ori":
        this.#logic(path, a, `${this.#get(path, a)} | ${b}`);
        return this.#next(path, 1, 1);
      case "eor":
        if (a === b) this.#logic(path, a, "0");
        else this.#logic(path, a, `${this.#get(path, a)} ^ ${this.#get(path, b)}`);
        return this.#next(path, 1, 1);
      case "com":
        this.#logic(path, a, `${this.#get(path, a)} ^ 255`);
        path.flags[C] = ONE;
        return this.#next(path, 1, 1);
      case "swap": {
        const value = this.#get(path, a);
        this.#set(path, a, `((${value} << 4) | (${value} >> 4)) & 255`);
        return this.#next(path, 1, 1);
      }
      case "inc":
      case "dec": {
        const [by, extreme] = op === "inc" ? ["+ 1", 128] : ["- 1", 127];
        const result = this.#set(path, a, `(${this.#get(path, a)} ${by}) & 255`);
        this.#zeroAndSign(path, result);
        this.#setFlag(path, V, `(${result} === ${extreme} ? 1 : 0)`, `${result} === ${extreme}`);
        this.#setFlag(path, S, `((${result} >> 7) ^ (${result} === ${extreme} ? 1 : 0))`);
        return this.#next(path, 1, 1);
      }
      case "asr": {
        const value = this.#get(path, a);
        this.#shift(path, a, `(${value} >> 1) | (${value} & 128)`, value);
        return this.#next(path, 1, 1);
      }
      case "lsr": {
        const value = this.#get(path, a);
        this.#shift(path, a, `${value} >> 1`, value);
        return this.#next(path, 1, 1);
      }
      case "ror": {
        const value = this.#get(path, a);
        this.#shift(path, a, `(${value} >> 1) | (${this.#flag(path, C).number} << 7)`, value);
        return this.#next(path, 1, 1);
      }
      case "adiw":
        this.#word(path, a, b);
        return this.#next(path, 1, 2);
      case "sbiw":
        // Not −0: sbiw of zero has the flags of a falling result.
        this.#subtractWord(path, a, b);
        return this.#next(path, 1, 2);
      case "mul":
      case "fmul":
        this.#multiply(path, this.#get(path, a), this.#get(path, b), op === "mul" ? 0 : 1);
        return this.#next(path, 1, 2);
      case "muls":
      case "fmuls": {
        const [left, right] = [signed(this.#get(path, a)), signed(this.#get(path, b))];
        this.#multiply(path, left, right, op === "muls" ? 0 : 1);
        return this.#next(path, 1, 2);
      }
      case "mulsu":
      case "fmulsu": {
        const left = signed(this.#get(path, a));
        this.#multiply(path, left, this.#get(path, b), op === "mulsu" ? 0 : 1);
        return this.#next(path, 1, 2);
      }
      case "bset":
      case "bclr": {
        const before = a === I && op === "bset" ? this.#name(this.#flag(path, I).number) : "";
        path.flags[a] = op === "bset" ? ONE : ZERO;
        this.#next(path, 1, 1);
        if (before !== "") {
          path.inhibit = `${before} ^ 1`;
          this.#leaveIfPending(path);
        }
        return true;
      }
      case "bst":
        this.#setFlag(path, T, `(${this.#get(path, a)} >> ${b} & 1)`);
        return this.#next(path, 1, 1);
      case "bld": {
        const kept = `${this.#get(path, a)} & ${0xff & ~(1 << b)}`;
        this.#set(path, a, `(${kept}) | (${this.#flag(path, T).number} << ${b})`);
        return this.#next(path, 1, 1);
      }
      case "brbs":
      case "brbc": {
        const { condition } = this.#flag(path, a);
        const taken = { pc: b, cycles: 2 };
        const passed = { pc: path.pc + 1, cycles: 1 };
        const ways: [Way, Way] = op === "brbs" ? [taken, passed] : [passed, taken];
        return this.#fork(path, condition, ways, budget);
      }
      case "rjmp":
      case "jmp":
        path.pc = b;
        spend(path, op === "jmp" ? 3 : 2);
        return true;
      case "ijmp":
        return this.#jumpIndirect(path);
      case "icall":
        return this.#callIndirect(path);
      case "sleep":
        return this.#sleep(path);
      case "rcall":
      case "call":
        return this.#call(path, b, op === "call" ? 2 : 1, op === "call" ? 4 : 3);
      case "ret":
      case "reti":
        return this.#return(path, op === "reti");
      case "cpse":
        return this.#skip(path, `${this.#get(path, a)} === ${this.#get(path, b)}`, budget);
      case "sbrc":
      case "sbrs": {
        const isClear = op === "sbrc" ? "===" : "!==";
        return this.#skip(path, `(${this.#get(path, a)} & ${1 << b}) ${isClear} 0`, budget);
      }
      case "sbic":
      case "sbis": {
        const value = this.#read(path, a);
        if (value === null) break;
        return this.#skip(
          path,
          `(${value} & ${1 << b}) ${op === "sbic" ? "===" : "!=="} 0`,
          budget,
        );
      }
      case "sbi":
      case "cbi": {
        if (WRITES_LEFT.has(a)) break;
        this.#emit(`cpu.tick = t + ${path.cycles};`);
        const bit = 1 << b;
        const value = op === "sbi" ? `cpu.read(${a}) | ${bit}` : `cpu.read(${a}) & ${0xff & ~bit}`;
        this.#emit(`cpu.writeIo(${a}, ${value}, ${bit});`);
        this.#next(path, 1, 2);
        this.#leaveIfDue(path);
        return true;
      }
      case "in":
      case "lds": {
        const value = this.#read(path, b);
        if (value === null) break;
        this.#set(path, a, value);
        return this.#next(path, op === "in" ? 1 : 2, op === "in" ? 1 : 2);
      }
      case "out":
        return this.#write(path, b, this.#get(path, a), 1, 1);
      case "sts":
        return this.#write(path, b, this.#get(path, a), 2, 2);
      case "ldX":
      case "ldXInc":
      case "ldXDec":
      case "ldYInc":
      case "ldYDec":
      case "ldZInc":
      case "ldZDec":
        this.#load(path, a, pointerOf(op));
        return true;
      case "stX":
      case "stXInc":
      case "stXDec":
      case "stYInc":
      case "stYDec":
      case "stZInc":
      case "stZDec":
        this.#store(path, a, pointerOf(op));
        return true;
      case "lddY":
      case "lddZ":
        this.#set(path, a, `D[${this.#at(path, op === "lddY" ? Y : ZP, b)}]`);
        return this.#next(path, 1, 2);
      case "stdY":
      case "stdZ": {
        const address = this.#at(path, op === "stdY" ? Y : ZP, b);
        this.#emit(`D[${address}] = ${this.#get(path, a)};`);
        return this.#next(path, 1, 2);
      }
      case "lpm":
        this.#set(path, a, `flash[${this.#pair(path, ZP)} & 32767]`);
        return this.#next(path, 1, 3);
      case "lpmInc": {
        const address = this.#pair(path, ZP);
        const value = this.#name(`flash[${address} & 32767]`);
        this.#setPair(path, ZP, `(${address} + 1) & 65535`);
        this.#set(path, a, value);
        return this.#next(path, 1, 3);
      }
      case "push":
        this.#checkStack(path);
        this.#push(path, this.#get(path, a));
        return this.#next(path, 1, 2);
      case "pop":
        this.#checkStack(path);
        this.#set(path, a, this.#pop(path));
        return this.#next(path, 1, 2);
      case "wdr":
        this.#emit(`cpu.tick = t + ${path.cycles}; cpu.onWatchdogReset();`);
        this.#next(path, 1, 1);
        this.#leaveIfDue(path);
        return true;
      default:
        break;
    }
    // The interpreter's: break, spm, invalid words, and addresses that are left to it.
    this.#instructions--;
    this.#leave(path, String(path.pc), null);
    return false;
  }

  /** Where Z is known, as between gcc's shared prologue and its caller, the path goes on. */
  #jumpIndirect(path: Path): boolean {
    const target = this.#name(`${this.#pair(path, ZP)} & ${PC_MASK}`);
    spend(path, 2);
    if (/^\d+$/.test(target)) {
      path.pc = Number(target);
      return true;
    }
    this.#leave(path, target, null);
    return false;
  }

  #callIndirect(path: Path): boolean {
    this.#checkStack(path);
    const target = this.#name(`${this.#pair(path, ZP)} & ${PC_MASK}`);
    const back = (path.pc + 1) & PC_MASK;
    this.#push(path, String(back & 0xff));
    this.#push(path, String(back >> 8));
    spend(path, 3);
    this.#leave(path, target, null);
    return false;
  }

  #sleep(path: Path): boolean {
    this.#next(path, 1, 1);
    this.#exits.add(path.pc);
    this.#writeBack(path, String(path.pc));
    this.#emit("cpu.isAsleep = cpu.enterSleep(); return true;");
    return false;
  }

  #subtractWord(path: Path, register: number, constant: number): void {
    if (constant > 0) {
      this.#word(path, register, -constant);
      return;
    }
    const value = this.#pair(path, register);
    this.#setFlag(path, Z, `(${value} === 0 ? 1 : 0)`, `${value} === 0`);
    this.#setFlag(path, N, `(${value} >> 15)`);
    path.flags[V] = ZERO;
    path.flags[S] = path.flags[N]!;
    path.flags[C] = ZERO;
  }
}

interface Way {
  readonly pc: number;
  readonly cycles: number;
}

/** True where a stack from `name` + low to `name` + high is not within SRAM and above static data. */
const outside = (name: string, low: number | string, high: number | string): string =>
  `${name} + ${low} < cpu.staticEnd || ${name} + ${low} < ${SRAM_START - 1} || ${name} + ${high} > ${RAM_END}`;

/** The number that `a op b` makes of two whole numbers; null where it is something else. */
function fold(expression: string): string | null {
  const match = /^(-?\d+) (<<|>>|[-+&|^]) (-?\d+)$/.exec(expression);
  if (match === null) return null;
  const [left, right] = [Number(match[1]), Number(match[3])];
  switch (match[2]) {
    case "<<":
      return String(left << right);
    case ">>":
      return String(left >> right);
    case "-":
      return String(left - right);
    case "+":
      return String(left + right);
    case "&":
      return String(left & right);
    case "|":
      return String(left | right);
    default:
      return String(left ^ right);
  }
}

const signed = (value: string): string => `(${value} << 24 >> 24)`;

function pointerOf(op: Op): { pair: number; before: number; after: number } {
  const letter = op[2];
  const pair = letter === "X" ? X : letter === "Y" ? Y : ZP;
  return { pair, before: op.endsWith("Dec") ? -1 : 0, after: op.endsWith("Inc") ? 1 : 0 };
}

/** The instruction is done: time passes, and what it followed has nothing more to hold back. */
function spend(path: Path, cycles: number): void {
  path.cycles += cycles;
  path.inhibit = null;
}

function clone(path: Path): Path {
  return {
    ...path,
    registers: [...path.registers],
    isDirty: [...path.isDirty],
    pairs: [...path.pairs],
    flags: [...path.flags],
    calls: [...path.calls],
  };
}
