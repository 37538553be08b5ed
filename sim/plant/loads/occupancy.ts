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
const HOME_ASLEEP = 2;
const ACTIVE = 3;
const MINUTES_PER_WINDOW = 120;
const MINUTES_PER_DAY = 1440;
/**
 * Share of homes, by their people, that are never empty: 24-hour occupied dwellings of CREST demand model 2, weekday
 * (United Kingdom) and weekend (taken for India, where more generations live together).
 */
const NEVER_EMPTY_SHARE = {
  uk: [0.074, 0.143, 0.162, 0.15, 0.264, 0.264],
  india: [0.108, 0.217, 0.295, 0.336, 0.523, 0.523],
} as const;
/** Days in India begin and end earlier. */
const DAY_SHIFT_MINUTES = { uk: 0, india: 60 } as const;

/** What never changes about the people of homes. Row: home. */
export interface OccupancyModel {
  readonly residents: readonly number[];
  /** 1 where somebody is always at home. */
  readonly neverEmpty: Uint8Array;
  /** By how much earlier than the tables the day is, minutes. */
  readonly earlierMinutes: number;
}

/** Draws which homes are never empty; `uniform` gives a number of the home's stream. */
export function createOccupancy(
  homes: readonly { readonly residents: number; readonly uniform: () => number }[],
  profile: "india" | "uk",
): OccupancyModel {
  return {
    residents: homes.map(({ residents }) => residents),
    neverEmpty: Uint8Array.from(homes, ({ residents, uniform }) =>
      uniform() < NEVER_EMPTY_SHARE[profile][residents - 1]! ? 1 : 0,
    ),
    earlierMinutes: DAY_SHIFT_MINUTES[profile],
  };
}

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

/** Where people are. `personState` row: home × RESIDENTS_MAX + person; the others: home. */
export interface OccupancyState {
  readonly personState: Uint8Array;
  /** How many are at home and awake, and how many at home at all. */
  readonly activeCount: Uint8Array;
  readonly presentCount: Uint8Array;
}

/** Draws everyone's state at midnight. */
export function settleOccupancy(
  { seed, firstHome }: Pick<OccupancyStep, "seed" | "firstHome">,
  model: OccupancyModel,
  state: OccupancyState,
): void {
  const { residents } = model;
  assert(
    state.personState.length === residents.length * RESIDENTS_MAX,
    "a row a possible resident",
  );
  const drawn = firstHome * RESIDENTS_MAX;
  for (let home = 0; home < residents.length; home++) {
    for (let person = 0; person < residents[home]!; person++) {
      const row = home * RESIDENTS_MAX + person;
      let u = drawUniform(seed, drawn + row, 0, PURPOSE.occupancyStart);
      let at = 0;
      while (at < ACTIVE && u >= MIDNIGHT_SHARES[at]!) u -= MIDNIGHT_SHARES[at++]!;
      state.personState[row] = at;
    }
    countHome(model, state, home);
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

/** Moves every person on by ten minutes. */
export function stepOccupancy(
  step: OccupancyStep,
  model: OccupancyModel,
  state: OccupancyState,
): void {
  const { residents, earlierMinutes } = model;
  const { personState } = state;
  const minuteOfDay = (step.minuteOfDay + earlierMinutes) % MINUTES_PER_DAY;
  const window = Math.floor(minuteOfDay / MINUTES_PER_WINDOW);
  const base = ((step.isWeekend ? 12 : 0) + window) * 16;
  const drawn = step.firstHome * RESIDENTS_MAX;
  for (let home = 0; home < residents.length; home++) {
    const shared = drawUniform(step.seed, step.firstHome + home, step.tick, PURPOSE.occupancyHome);
    for (let person = 0; person < residents[home]!; person++) {
      const row = home * RESIDENTS_MAX + person;
      const key = drawn + row;
      const follows =
        drawUniform(step.seed, key, step.tick, PURPOSE.occupancyFollow) < SHARED_RHYTHM_SHARE;
      const u = follows ? shared : drawUniform(step.seed, key, step.tick, PURPOSE.occupancyOwn);
      const from = base + personState[row]! * 4;
      let at = 0;
      while (at < ACTIVE && u >= CUMULATIVE[from + at]!) at++;
      personState[row] = at;
    }
    countHome(model, state, home);
  }
}

/** Counts a home's people; where somebody is always at home and all would be away, the first one stays. */
function countHome(
  { residents, neverEmpty }: OccupancyModel,
  { personState, activeCount, presentCount }: OccupancyState,
  home: number,
): void {
  const first = home * RESIDENTS_MAX;
  let active = 0;
  let present = 0;
  for (let row = first; row < first + residents[home]!; row++) {
    if (personState[row]! >= HOME_ASLEEP) present++;
    if (personState[row] === ACTIVE) active++;
  }
  if (present === 0 && neverEmpty[home] === 1) {
    // Away and asleep becomes at home and asleep, away and awake at home and awake.
    personState[first] = personState[first]! + HOME_ASLEEP;
    present = 1;
    if (personState[first] === ACTIVE) active = 1;
  }
  activeCount[home] = active;
  presentCount[home] = present;
}
