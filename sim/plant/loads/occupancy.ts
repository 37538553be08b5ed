// Who is at home and awake. Each person is a Markov chain in steps of ten minutes; people of one home share
// a rhythm. Knows nothing of appliances.

import { assert } from "../../core/assert.ts";
import { drawUniform } from "../../core/random.ts";
import {
  AWAKE_SHARE,
  AWAKE_TILT,
  MIDNIGHT_SHARES,
  WEEKDAY_TABLE,
  WEEKEND_TABLE,
} from "./occupancy-table.ts";
import { PURPOSE } from "./purposes.ts";

/** People per home are stored in rows of this length. */
export const RESIDENTS_MAX = 6;
const HOME_ASLEEP = 2;
const ACTIVE = 3;
const MINUTES_PER_DAY = 1440;
const HOURS = 24;
const HOURS_PER_WINDOW = 2;
/** Cumulative shares of one hour: four states to leave, four to come to. */
const CELLS_PER_HOUR = 16;
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

/** Share of homes by their residents, 1 to 6: the source's for Britain; towns of India by our estimate. */
const RESIDENTS_SHARE: Readonly<Record<"india" | "uk", readonly number[]>> = {
  uk: [0.339, 0.401, 0.137, 0.088, 0.035, 0],
  india: [0.05, 0.1, 0.18, 0.28, 0.19, 0.2],
};
/** Share of homes with anybody in them, by hour: what the chains of this file come to, both countries' mean. */
const HOME_SHARE = [
  0.99, 0.99, 0.99, 0.99, 0.99, 0.99, 0.97, 0.95, 0.88, 0.79, 0.74, 0.71, 0.7, 0.71, 0.69, 0.69,
  0.77, 0.84, 0.88, 0.9, 0.92, 0.95, 0.97, 0.98,
];

/** Share of a country's homes with somebody awake in them, by local hour of a mean day of the week. */
export function awakeShareByHour(profile: "india" | "uk"): readonly number[] {
  return Array.from({ length: HOURS }, (_, hour) => {
    const at = tableHour(hour * 60, DAY_SHIFT_MINUTES[profile]);
    return RESIDENTS_SHARE[profile].reduce((sum, share, index) => {
      const row = Math.min(index, AWAKE_SHARE.weekday.length - 1);
      const weekday = AWAKE_SHARE.weekday[row]![at]!;
      // Where the weekend has no row, weekdays stand for it.
      const weekend = AWAKE_SHARE.weekend[row]?.[at] ?? weekday;
      return sum + (share * (5 * weekday + 2 * weekend)) / 7;
    }, 0);
  });
}

/** Share of a country's homes with anybody in them, by local hour. */
export function homeShareByHour(profile: "india" | "uk"): readonly number[] {
  return HOME_SHARE.map((_, hour) => HOME_SHARE[tableHour(hour * 60, DAY_SHIFT_MINUTES[profile])]!);
}

/** The hour of the tables that a local minute stands for. */
function tableHour(minuteOfDay: number, earlierMinutes: number): number {
  return Math.floor(((minuteOfDay + earlierMinutes) % MINUTES_PER_DAY) / 60);
}

/**
 * How people of a home live. `worker`: all of them may be out; `family`: somebody is always at home; `retired`: every
 * day is like a Sunday.
 */
export const HOUSEHOLDS = ["worker", "family", "retired"] as const;
export type Household = (typeof HOUSEHOLDS)[number];

/** What never changes about the people of homes. Row: home. */
export interface OccupancyModel {
  readonly residents: readonly number[];
  /** 1 where somebody is always at home. */
  readonly neverEmpty: Uint8Array;
  /** 1 where every day is lived like one at the weekend. */
  readonly isRetired: Uint8Array;
  /** By how much earlier than the tables the day is, minutes. */
  readonly earlierMinutes: number;
}

export interface OccupancyDraw {
  readonly residents: number;
  /** Null: as it comes. */
  readonly household: Household | null;
  /** Uniform numbers of the home's stream. */
  readonly uniform: () => number;
}

/** Draws which homes are never empty, where the scenario does not say it. */
export function createOccupancy(
  homes: readonly OccupancyDraw[],
  profile: "india" | "uk",
): OccupancyModel {
  return {
    residents: homes.map(({ residents }) => residents),
    neverEmpty: Uint8Array.from(homes, ({ residents, household, uniform }) => {
      const isDrawn = uniform() < NEVER_EMPTY_SHARE[profile][residents - 1]!;
      return household === "family" || (isDrawn && household !== "worker") ? 1 : 0;
    }),
    isRetired: Uint8Array.from(homes, ({ household }) => (household === "retired" ? 1 : 0)),
    earlierMinutes: DAY_SHIFT_MINUTES[profile],
  };
}

/**
 * Chance that a person follows the home's draw instead of their own. With it homes of four have as many people awake
 * at once as the full matrices give: 0.7 at noon, 2.3 in the evening.
 */
const SHARED_RHYTHM_SHARE = 0.4;

/** Cumulative rows: [residents − 1][weekend][hour][from][to], flattened. */
const CUMULATIVE = cumulate();

function cumulate(): Float64Array {
  const flat = new Float64Array(RESIDENTS_MAX * 2 * HOURS * CELLS_PER_HOUR);
  let at = 0;
  for (let residents = 1; residents <= RESIDENTS_MAX; residents++) {
    for (const kind of ["weekday", "weekend"] as const) {
      const table = kind === "weekday" ? WEEKDAY_TABLE : WEEKEND_TABLE;
      for (let hour = 0; hour < HOURS; hour++) {
        const tilt = AWAKE_TILT[kind][residents - 1]![hour]!;
        for (const row of table[Math.floor(hour / HOURS_PER_WINDOW)]!) {
          const shares = row.map((share, to) => (to === ACTIVE ? share * tilt : share));
          const total = shares.reduce((sum, share) => sum + share, 0);
          let sum = 0;
          for (const share of shares) {
            sum += share / total;
            flat[at++] = sum;
          }
        }
      }
    }
  }
  return flat;
}

/** First cumulative cell of an hour, for a home of so many residents. */
function cellOf(residents: number, isWeekend: boolean, hour: number): number {
  return (((residents - 1) * 2 + (isWeekend ? 1 : 0)) * HOURS + hour) * CELLS_PER_HOUR;
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
  /** Saturdays, Sundays and holidays. */
  readonly isFreeDay: boolean;
}

/** Moves every person on by ten minutes. */
export function stepOccupancy(
  step: OccupancyStep,
  model: OccupancyModel,
  state: OccupancyState,
): void {
  const { residents, isRetired, earlierMinutes } = model;
  const { personState } = state;
  const hour = tableHour(step.minuteOfDay, earlierMinutes);
  const drawn = step.firstHome * RESIDENTS_MAX;
  for (let home = 0; home < residents.length; home++) {
    const base = cellOf(residents[home]!, step.isFreeDay || isRetired[home] === 1, hour);
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
