// Chance: named streams for setup and rare events, counter-based draws for kernels.
// Neither depends on the order in which others draw.

import seedrandom from "seedrandom";

/** Gives the stream of a name, such as `theft/supply-12`: uniform numbers in [0, 1). */
export type RandomByName = (name: string) => () => number;

/** Streams of one run's seed. Make a stream, draw at setup, drop it: it is no part of the world. */
export function randomByName(seed: number): RandomByName {
  return (name) => {
    const next = seedrandom(`${seed}/${name}`);
    return () => next();
  };
}

/** What a draw is for; two purposes never share a number. */
export type Purpose = number;

const TWO_POW_26 = 67_108_864;
const TWO_POW_27 = 134_217_728;
const TWO_POW_MINUS_53 = 1 / 9_007_199_254_740_992;
const TWO_POW_32 = 4_294_967_296;

/** Finalizer of MurmurHash3 (Appleby 2011, public domain): every input bit reaches every output bit. */
function mix32(value: number): number {
  let h = value;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/**
 * Uniform number in [0, 1) with 53 bits, a pure function of its arguments.
 * `tick` is a fixed span of simulated time that the process owns, never the step.
 */
export function drawUniform(seed: number, row: number, tick: number, purpose: Purpose): number {
  const tickHigh = Math.floor(tick / TWO_POW_32);
  let h = mix32(seed ^ 0x9e3779b9);
  h = mix32((h + Math.imul(purpose + 1, 0x9e3779b1)) | 0);
  h = mix32((h ^ Math.imul(row + 1, 0x85ebca77)) | 0);
  h = mix32((h + Math.imul(tick | 0, 0xc2b2ae3d) + tickHigh) | 0);
  const high = mix32((h ^ Math.imul(row + 0x27d4eb2f, 0x165667b1)) | 0);
  const low = mix32((high + 0x61c88647 + Math.imul(tick | 0, 0x2c1b3c6d)) | 0);
  return ((high >>> 5) * TWO_POW_26 + (low >>> 6)) * TWO_POW_MINUS_53;
}

/** What `drawUniform` makes of seed, row and purpose, for loops that draw for the same rows at many ticks. */
export interface DrawRows {
  /** Row: the loop's own. Mixed before the tick, and with it. */
  readonly before: Int32Array;
  readonly beside: Int32Array;
}

/** The rows from `firstRow` on. */
export function drawRows(
  seed: number,
  { firstRow, count }: { readonly firstRow: number; readonly count: number },
  purpose: Purpose,
): DrawRows {
  const of = mix32((mix32(seed ^ 0x9e3779b9) + Math.imul(purpose + 1, 0x9e3779b1)) | 0);
  const before = new Int32Array(count);
  const beside = new Int32Array(count);
  for (let at = 0; at < count; at++) {
    const row = firstRow + at;
    before[at] = mix32((of ^ Math.imul(row + 1, 0x85ebca77)) | 0);
    beside[at] = Math.imul(row + 0x27d4eb2f, 0x165667b1);
  }
  return { before, beside };
}

/** What a tick adds to the draws of every row. */
export interface DrawTick {
  readonly before: number;
  readonly low: number;
}

export function drawTick(tick: number): DrawTick {
  return {
    before: (Math.imul(tick | 0, 0xc2b2ae3d) + Math.floor(tick / TWO_POW_32)) | 0,
    low: (0x61c88647 + Math.imul(tick | 0, 0x2c1b3c6d)) | 0,
  };
}

/** Whether `drawUniform` of the row at `at` is below `chance`; its low half is mixed only where the high one is a tie. */
export function drawsBelow(rows: DrawRows, at: number, tick: DrawTick, chance: number): boolean {
  const high = mix32(mix32((rows.before[at]! + tick.before) | 0) ^ rows.beside[at]!);
  const top = high >>> 5;
  const wanted = chance * TWO_POW_27;
  if (top + 1 <= wanted) return true;
  if (top >= wanted) return false;
  const low = mix32((high + tick.low) | 0);
  return (top * TWO_POW_26 + (low >>> 6)) * TWO_POW_MINUS_53 < chance;
}

/** Sum of twelve uniforms minus six: mean 0, variance 1, tails end at 6; exact in every engine. */
export function drawStandardNormal(next: () => number): number {
  let sum = -6;
  for (let draw = 0; draw < 12; draw++) sum += next();
  return sum;
}
