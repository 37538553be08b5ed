// Eight appliances a home: when they start, how long they run, what they draw. Table and switching rule after
// Richardson et al., "Domestic electricity use: a high-resolution energy demand model", Energy and Buildings 42
// (2010) 1878: each minute an idle appliance starts with calibration × the chance of its activity.

import { drawUniform } from "../../core/random.ts";
import { PURPOSE } from "./purposes.ts";

export interface Appliance {
  readonly name: string;
  readonly meanW: number;
  readonly cycleMinutes: number;
  readonly restartMinutes: number;
  readonly powerFactor: number;
  readonly standbyW: number;
  readonly startsPerYear: number;
  /** Chance, by hour of day, that an active person does what this needs; null: does not depend on people. */
  readonly activityByHour: readonly number[] | null;
  /** Whether it stops when nobody is active any more. */
  readonly stopsWhenIdle: boolean;
}

const TV = [2, 1, 0, 0, 0, 0, 3, 6, 7, 7, 8, 9, 12, 13, 13, 14, 17, 22, 30, 38, 44, 42, 32, 14];
const COOK = [0, 0, 0, 0, 0, 1, 6, 14, 17, 9, 7, 12, 18, 12, 6, 6, 9, 17, 22, 17, 8, 3, 1, 0];
const WASH = [1, 0, 0, 0, 0, 6, 18, 22, 14, 7, 4, 3, 3, 3, 3, 3, 4, 5, 5, 5, 6, 8, 10, 5];
const LAUNDRY = [0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0];
const IRON = [0, 0, 0, 0, 0, 0, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 2, 1, 0, 0];
const LIGHT = [
  60, 60, 60, 60, 60, 50, 40, 15, 2, 1, 0, 0, 0, 0, 0, 1, 4, 25, 80, 95, 95, 90, 85, 70,
];
const ALWAYS = TV.map(() => 100);
const percent = (hours: readonly number[]): number[] => hours.map((share) => share / 100);

/** Mean power, cycle, restart delay, power factor, standby and starts a year (the 2010 paper's table; geyser: Indian practice). */
export const APPLIANCES: readonly Appliance[] = [
  {
    name: "refrigerator",
    meanW: 150,
    cycleMinutes: 20,
    restartMinutes: 40,
    powerFactor: 0.8,
    standbyW: 0,
    startsPerYear: 6116,
    activityByHour: null,
    stopsWhenIdle: false,
  },
  {
    name: "television",
    meanW: 110,
    cycleMinutes: 73,
    restartMinutes: 0,
    powerFactor: 0.9,
    standbyW: 3,
    startsPerYear: 1464,
    activityByHour: percent(TV),
    stopsWhenIdle: true,
  },
  {
    name: "kettle",
    meanW: 1800,
    cycleMinutes: 3,
    restartMinutes: 0,
    powerFactor: 1,
    standbyW: 1,
    startsPerYear: 1520,
    activityByHour: percent(ALWAYS),
    stopsWhenIdle: false,
  },
  {
    name: "induction-hob",
    meanW: 1800,
    cycleMinutes: 16,
    restartMinutes: 0,
    powerFactor: 0.98,
    standbyW: 1,
    startsPerYear: 900,
    activityByHour: percent(COOK),
    stopsWhenIdle: true,
  },
  {
    name: "washing-machine",
    meanW: 406,
    cycleMinutes: 138,
    restartMinutes: 0,
    powerFactor: 0.8,
    standbyW: 1,
    startsPerYear: 196,
    activityByHour: percent(LAUNDRY),
    stopsWhenIdle: false,
  },
  {
    name: "geyser",
    meanW: 2000,
    cycleMinutes: 12,
    restartMinutes: 20,
    powerFactor: 1,
    standbyW: 0,
    startsPerYear: 1100,
    activityByHour: percent(WASH),
    stopsWhenIdle: false,
  },
  {
    name: "iron",
    meanW: 1000,
    cycleMinutes: 20,
    restartMinutes: 0,
    powerFactor: 1,
    standbyW: 0,
    startsPerYear: 120,
    activityByHour: percent(IRON),
    stopsWhenIdle: true,
  },
  {
    name: "lighting",
    meanW: 120,
    cycleMinutes: 30,
    restartMinutes: 0,
    powerFactor: 0.9,
    standbyW: 0,
    startsPerYear: 5200,
    activityByHour: percent(LIGHT),
    stopsWhenIdle: true,
  },
];
export const APPLIANCE_COUNT = APPLIANCES.length;

/** Router, chargers, clock and a fan that never stop: added to every home's standby. */
const ALWAYS_ON_W = 45;
const MINUTES_PER_YEAR = 525_600;

/** Mean share of minutes with somebody active, by hour (two people, weekday; the same source). */
const ACTIVE_SHARE_BY_HOUR = [
  0.24, 0.12, 0.08, 0.07, 0.06, 0.1, 0.22, 0.56, 0.73, 0.61, 0.53, 0.48, 0.49, 0.53, 0.52, 0.49,
  0.59, 0.7, 0.81, 0.84, 0.85, 0.87, 0.77, 0.5,
];

/** Chance to start in one minute, given an hour and that somebody is active: [appliance × 24 + hour]. */
export const START_CHANCE = startChances();

function startChances(): Float64Array {
  const chances = new Float64Array(APPLIANCE_COUNT * 24);
  APPLIANCES.forEach((appliance, index) => {
    let meanActivity = 0;
    for (let hour = 0; hour < 24; hour++) {
      const activity = appliance.activityByHour?.[hour] ?? 1;
      const share = appliance.activityByHour === null ? 1 : ACTIVE_SHARE_BY_HOUR[hour]!;
      meanActivity += (activity * share) / 24;
    }
    const busyMinutes =
      appliance.startsPerYear * (appliance.cycleMinutes + appliance.restartMinutes);
    const idleMinutes = Math.max(MINUTES_PER_YEAR - busyMinutes, MINUTES_PER_YEAR / 20);
    const calibration = appliance.startsPerYear / (idleMinutes * meanActivity);
    for (let hour = 0; hour < 24; hour++) {
      const activity = appliance.activityByHour?.[hour] ?? 1;
      chances[index * 24 + hour] = Math.min(calibration * activity, 1);
    }
  });
  return chances;
}

/** What one home has: row home × APPLIANCE_COUNT + appliance. Drawn once, from named streams. */
export interface ApplianceModel {
  readonly ratedW: Float64Array;
  /** tan φ of each appliance: vars per watt. */
  readonly varPerW: Float64Array;
  /** Factor on the chance to start: homes with more people use more. */
  readonly useFactor: Float64Array;
  /** Row: home. What the home draws with everything off. */
  readonly standbyW: Float64Array;
}

/** tan(acos(pf)) by the identity √(1 − pf²) ÷ pf, exact in every engine. */
export function varPerWatt(powerFactor: number): number {
  return Math.sqrt(1 - powerFactor * powerFactor) / powerFactor;
}

export interface HomeDraw {
  readonly residents: number;
  /** Standard normal numbers of this home's stream. */
  readonly normal: () => number;
}

/** Draws every home's appliances: rated power N(mean, 10 %), use factor by people and taste. */
export function createApplianceModel(homes: readonly HomeDraw[], scale: number): ApplianceModel {
  const rows = homes.length * APPLIANCE_COUNT;
  const model = {
    ratedW: new Float64Array(rows),
    varPerW: new Float64Array(rows),
    useFactor: new Float64Array(rows),
    standbyW: new Float64Array(homes.length),
  };
  homes.forEach((home, homeRow) => {
    const taste = Math.max(0.4, 1 + 0.25 * home.normal());
    let standbyW = ALWAYS_ON_W * Math.max(0.3, 1 + 0.3 * home.normal());
    APPLIANCES.forEach((appliance, index) => {
      const row = homeRow * APPLIANCE_COUNT + index;
      model.ratedW[row] = scale * appliance.meanW * Math.max(0.5, 1 + 0.1 * home.normal());
      model.varPerW[row] = varPerWatt(appliance.powerFactor);
      const byPeople = appliance.activityByHour === null ? 1 : 0.55 + 0.22 * home.residents;
      model.useFactor[row] = byPeople * taste;
      standbyW += appliance.standbyW;
    });
    model.standbyW[homeRow] = scale * standbyW;
  });
  return model;
}

/** Row: home × APPLIANCE_COUNT + appliance. Minutes left to run, and minutes until it may start again. */
export interface ApplianceState {
  readonly runMinutes: Uint16Array;
  readonly waitMinutes: Uint16Array;
}

/** Starts every cooling appliance somewhere in its cycle, so that a street does not begin in step. */
export function settleAppliances(
  { seed, firstHome }: { readonly seed: number; readonly firstHome: number },
  state: ApplianceState,
): void {
  const drawn = firstHome * APPLIANCE_COUNT;
  for (let row = 0; row < state.runMinutes.length; row++) {
    const appliance = APPLIANCES[row % APPLIANCE_COUNT]!;
    if (appliance.activityByHour !== null) continue;
    const u = drawUniform(seed, drawn + row, 0, PURPOSE.applianceSettle);
    const whole = appliance.cycleMinutes + appliance.restartMinutes;
    const minute = Math.floor(u * whole);
    if (minute < appliance.cycleMinutes) state.runMinutes[row] = appliance.cycleMinutes - minute;
    else state.waitMinutes[row] = whole - minute;
  }
}

/**
 * One minute of every appliance: ends, starts, and the sum of each home into `activeW` and `reactiveVar`
 * (row: home). `tick` is the minute since the start.
 */
export function stepAppliances(
  time: {
    readonly seed: number;
    readonly firstHome: number;
    readonly tick: number;
    readonly hour: number;
  },
  model: ApplianceModel,
  activeCount: Uint8Array,
  state: ApplianceState,
  activeW: Float64Array,
  reactiveVar: Float64Array,
): void {
  const { ratedW, varPerW, useFactor, standbyW } = model;
  const { runMinutes, waitMinutes } = state;
  const drawn = time.firstHome * APPLIANCE_COUNT;
  for (let home = 0; home < standbyW.length; home++) {
    let watts = standbyW[home]!;
    let vars = 0;
    const isActive = activeCount[home]! > 0;
    for (let index = 0; index < APPLIANCE_COUNT; index++) {
      const row = home * APPLIANCE_COUNT + index;
      const appliance = APPLIANCES[index]!;
      let left = runMinutes[row]!;
      if (left > 0) {
        left -= 1;
        if (appliance.stopsWhenIdle && !isActive) left = 0;
        if (left === 0) waitMinutes[row] = appliance.restartMinutes;
      } else if (waitMinutes[row]! > 0) {
        waitMinutes[row] = waitMinutes[row]! - 1;
      } else if (isActive || appliance.activityByHour === null) {
        const chance = START_CHANCE[index * 24 + time.hour]! * useFactor[row]!;
        const u = drawUniform(time.seed, drawn + row, time.tick, PURPOSE.applianceStart);
        if (u < chance) left = appliance.cycleMinutes;
      }
      runMinutes[row] = left;
      if (left > 0) {
        watts += ratedW[row]!;
        vars += ratedW[row]! * varPerW[row]!;
      }
    }
    activeW[home] = watts;
    reactiveVar[home] = vars;
  }
}
