// Who is at home and awake. Each person is a Markov chain in steps of ten minutes; people of one home share
// a rhythm. Knows nothing of appliances.

import { assert } from "../../core/assert.ts";
import { drawUniform } from "../../core/random.ts";
import {
  MIDNIGHT_SHARES,
  type OccupancyTable,
  WEEKDAY_TABLE,
  WEEKEND_TABLE,
} from "./occupancy-table.ts";
import { PURPOSE } from "./purposes.ts";

/** People per home are stored in rows of this length. */
export const RESIDENTS_MAX = 6;
const ACTIVE = 3;
const MINUTES_PER_WINDOW = 120;
/** Chance that a person follows the home's draw instead of their own. */
const SHARED_RHYTHM_SHARE = 0.35;

/** Cumulative rows of both tables: [weekend][window][from][to], flattened. */
const CUMULATIVE = cumulate([WEEKDAY_TABLE, WEEKEND_TABLE]);

function cumulate(tables: readonly OccupancyTable[]): Float64Array {
  const flat = new Float64Array(tables.length * 12 * 16);
  let at = 0;
  for (const table of tables) {
    for (const window of table) {
      for (const row of window) {
        let total = 0;
        for (const share of row) total += share;
        let sum = 0;
        for (const share of row) {
          sum += share / total;
          flat[at++] = sum;
        }
      }
    }
  }
  return flat;
}

/**
 * Draws everyone's state at midnight into `personState` (row: home × RESIDENTS_MAX + person) and counts the
 * active ones of each home into `activeCount`.
 */
export function settleOccupancy(
  { seed, firstHome }: Pick<OccupancyStep, "seed" | "firstHome">,
  residents: readonly number[],
  personState: Uint8Array,
  activeCount: Uint8Array,
): void {
  assert(personState.length === residents.length * RESIDENTS_MAX, "one row a possible resident");
  const drawn = firstHome * RESIDENTS_MAX;
  for (let home = 0; home < residents.length; home++) {
    let active = 0;
    for (let person = 0; person < residents[home]!; person++) {
      const row = home * RESIDENTS_MAX + person;
      let u = drawUniform(seed, drawn + row, 0, PURPOSE.occupancyStart);
      let state = 0;
      while (state < ACTIVE && u >= MIDNIGHT_SHARES[state]!) u -= MIDNIGHT_SHARES[state++]!;
      personState[row] = state;
      if (state === ACTIVE) active++;
    }
    activeCount[home] = active;
  }
}

export interface OccupancyStep {
  readonly seed: number;
  /** Row that the first home has among all homes; draws are keyed by it. */
  readonly firstHome: number;
  /** Number of ten-minute spans since the start. */
  readonly tick: number;
  readonly minuteOfDay: number;
  readonly isWeekend: boolean;
}

/** Moves every person on by ten minutes and counts the active ones of each home into `activeCount`. */
export function stepOccupancy(
  step: OccupancyStep,
  residents: readonly number[],
  personState: Uint8Array,
  activeCount: Uint8Array,
): void {
  const window = Math.floor(step.minuteOfDay / MINUTES_PER_WINDOW);
  const drawn = step.firstHome * RESIDENTS_MAX;
  const base = ((step.isWeekend ? 12 : 0) + window) * 16;
  for (let home = 0; home < residents.length; home++) {
    const shared = drawUniform(step.seed, step.firstHome + home, step.tick, PURPOSE.occupancyHome);
    let active = 0;
    for (let person = 0; person < residents[home]!; person++) {
      const row = home * RESIDENTS_MAX + person;
      const follows =
        drawUniform(step.seed, drawn + row, step.tick, PURPOSE.occupancyFollow) <
        SHARED_RHYTHM_SHARE;
      const u = follows
        ? shared
        : drawUniform(step.seed, drawn + row, step.tick, PURPOSE.occupancyOwn);
      const from = base + personState[row]! * 4;
      let state = 0;
      while (state < ACTIVE && u >= CUMULATIVE[from + state]!) state++;
      personState[row] = state;
      if (state === ACTIVE) active++;
    }
    activeCount[home] = active;
  }
}
