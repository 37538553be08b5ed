// The appliances of homes: what each owns, when they start, how long they run, what they draw. Switching rule after
// Richardson et al., "Domestic electricity use: a high-resolution energy demand model", Energy and Buildings 42 (2010)
// 1878: each minute an idle appliance starts with calibration × the chance that somebody wants it. On top of that
// homes differ: in what they own, how much they use, and by how much their day is shifted.

import { exp } from "../../core/math.ts";
import {
  type DrawRows,
  drawRows,
  drawsBelow,
  drawTick,
  drawUniform,
  type Purpose,
} from "../../core/random.ts";
import {
  APPLIANCE_COUNT,
  APPLIANCES,
  type Appliance,
  LAMP_MINUTES,
  type Need,
  type Profile,
} from "./appliance-table.ts";
import { clearSkyIrradianceW, LOOKS_PER_DAY } from "./daylight.ts";
import { awakeShareByHour, homeShareByHour } from "./occupancy.ts";
import { PURPOSE } from "./purposes.ts";

/** Router, chargers and clocks that never stop, W: mean over homes. */
const ALWAYS_ON_W = 32;
const MINUTES_PER_YEAR = 525_600;
/** Spread of use between homes, ln: homes alike in everything else differ by about that (facts of ADMD trials). */
const USE_LN_MEAN = -0.1;
const USE_LN_DEVIATION = 0.45;
/** The whole street uses more on some days, and much more of what the weather asks for: ln standard deviations. */
const DAY_LN_DEVIATION = 0.12;
const WEATHER_LN_DEVIATION = 0.35;
/** Homes begin their day up to this much earlier or later than the table's, minutes (one standard deviation). */
const HABIT_SHIFT_MINUTES = 25;
const HABIT_SHIFT_MAX_MINUTES = 110;
/** Longest that a cooling appliance makes up for at once after a power cut, minutes of running. */
const OWED_MAX_MINUTES = 90;
const HOURS = 24;
const CALIBRATION_MAX = 50;
const CALIBRATION_HALVINGS = 60;
const LAMP_MEAN_MINUTES =
  LAMP_MINUTES.reduce((sum, [from, to]) => sum + (from + to) / 2, 0) / LAMP_MINUTES.length;

/**
 * Lamps, after Stokes, Rylatt and Lomas 2004 as Richardson et al. 2010 carry it on: they are wanted below an irradiance
 * that differs from home to home, by daylight a twentieth as often, and more by more people awake, who share them.
 */
const DARK_BELOW_W = 60;
const DARK_BELOW_DEVIATION_W = 10;
const BY_DAYLIGHT_SHARE = 0.05;
const LAMP_SHARING = [0, 1, 1.528, 1.694, 1.983, 2.094, 2.094];
/** What `LAMP_SHARING` comes to in homes of two to four with somebody awake. */
const LAMP_SHARING_MEAN = 1.4;

/** Use of what grows with people: 1 in a home as large as the country's mean, this much more with each person. */
const USE_PER_PERSON = 0.13;
const RESIDENTS_MEAN: Readonly<Record<Profile, number>> = { uk: 2.1, india: 4 };

/** By hour of a mean day, the share of homes where somebody is there whom the appliance needs. */
function shareByHour(need: Need, profile: Profile): readonly number[] {
  if (need === "nobody") return new Array<number>(HOURS).fill(1);
  return need === "awake" ? awakeShareByHour(profile) : homeShareByHour(profile);
}

/** Chance to start in one minute where nothing stands against it: [appliance × 24 + hour]. */
export function startChances(profile: Profile): Float64Array {
  const chances = new Float64Array(APPLIANCE_COUNT * HOURS);
  const darkByHour = darkShareByHour(clearSkyIrradianceW(profile));
  APPLIANCES.forEach((appliance, index) => {
    const calibration = calibrate(appliance, profile, darkByHour);
    for (let hour = 0; hour < HOURS; hour++) {
      chances[index * HOURS + hour] = Math.min(calibration * wantedAt(appliance, hour), 1);
    }
  });
  return chances;
}

const wantedAt = ({ wantedByHour }: Appliance, hour: number): number =>
  (wantedByHour?.[hour] ?? 100) / 100;

/**
 * The factor on what is wanted with which an appliance starts as often as the table says. With a chance p a minute and
 * L minutes from a start until it may start again, an available hour sees 60·p ÷ (1 + p·L) starts; bisected, because
 * the source's own formula (one ÷ mean idle minutes) falls short for what runs through most of the hours it is wanted.
 */
function calibrate(appliance: Appliance, profile: Profile, darkByHour: readonly number[]): number {
  const shares = shareByHour(appliance.need, profile);
  const { startsPerYear } = appliance.use[profile];
  const runMinutes = appliance.isLamp ? LAMP_MEAN_MINUTES : appliance.cycleMinutes;
  const length = runMinutes + appliance.restartMinutes;
  const startsWith = (calibration: number): number => {
    let starts = 0;
    for (let hour = 0; hour < HOURS; hour++) {
      const chance = Math.min(calibration * wantedAt(appliance, hour), 1);
      const minutes = (shares[hour]! * MINUTES_PER_YEAR) / HOURS;
      const dark = appliance.isLamp ? darkByHour[hour]! : 1;
      const byDaylight = chance * BY_DAYLIGHT_SHARE;
      starts += (minutes * dark * chance) / (1 + chance * length);
      starts += (minutes * (1 - dark) * byDaylight) / (1 + byDaylight * length);
    }
    return starts;
  };
  let low = 0;
  let high = CALIBRATION_MAX;
  for (let halving = 0; halving < CALIBRATION_HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (startsWith(middle) < startsPerYear) low = middle;
    else high = middle;
  }
  return startsPerYear === 0 ? 0 : high;
}

/** Share of the year in which it is dark at an hour. */
function darkShareByHour(irradianceW: Float64Array): readonly number[] {
  const share = new Array<number>(HOURS).fill(0);
  const looksPerHour = LOOKS_PER_DAY / HOURS;
  const each = LOOKS_PER_DAY / irradianceW.length / looksPerHour;
  irradianceW.forEach((watts, row) => {
    const hour = Math.floor((row % LOOKS_PER_DAY) / looksPerHour);
    if (watts < DARK_BELOW_W) share[hour] = share[hour]! + each;
  });
  return share;
}

/** What homes have: row home × APPLIANCE_COUNT + appliance. Drawn once, from named streams. */
export interface ApplianceModel {
  readonly profile: Profile;
  /** Mean power over a cycle; 0 where the home owns none. */
  readonly ratedW: Float64Array;
  /** Factor on the chance to start. */
  readonly useFactor: Float64Array;
  /** Row: home. What the home draws with everything off. */
  readonly standbyW: Float64Array;
  /** Row: home. By how much its day is later than the table's, minutes. */
  readonly shiftMinutes: Int16Array;
  /** Row: home. Irradiance below which lamps are wanted, W/m². */
  readonly darkBelowW: Float64Array;
  /** Row: month × LOOKS_PER_DAY + ten minutes of the day. */
  readonly irradianceW: Float64Array;
  /** [appliance × 24 + hour]. */
  readonly chance: Float64Array;
  /** Row: home × APPLIANCE_COUNT + appliance. The minute since the start in which it comes into the home. */
  readonly boughtAt: Float64Array;
  /** The rows that have an appliance, home by home: those of a home begin at `ownedFrom[home]`. */
  readonly ownedRows: Int32Array;
  readonly ownedFrom: Int32Array;
  /** Row: home × APPLIANCE_COUNT + appliance. */
  readonly startDraws: DrawRows;
}

/** tan(acos(pf)) by the identity √(1 − pf²) ÷ pf, exact in every engine. */
export function varPerWatt(powerFactor: number): number {
  return Math.sqrt(1 - powerFactor * powerFactor) / powerFactor;
}

export interface HomeDraw {
  readonly residents: number;
  /** Names of appliances that it has for certain. */
  readonly owns: readonly string[];
  /** What it buys, and in which minute since the start. */
  readonly buys: readonly { readonly appliance: string; readonly minute: number }[];
  /** Uniform and standard normal numbers of this home's stream. */
  readonly uniform: () => number;
  readonly normal: () => number;
}

export interface ApplianceOptions {
  readonly profile: Profile;
  readonly scale: number;
  readonly seed: number;
  /** Row that the first home has among all homes; draws are keyed by it. */
  readonly firstHome: number;
}

/** Draws every home's appliances, use and habits. */
export function createApplianceModel(
  homes: readonly HomeDraw[],
  { profile, scale, seed, firstHome }: ApplianceOptions,
): ApplianceModel {
  const rows = homes.length * APPLIANCE_COUNT;
  const firstRow = firstHome * APPLIANCE_COUNT;
  const drawn = {
    profile,
    ratedW: new Float64Array(rows),
    useFactor: new Float64Array(rows),
    standbyW: new Float64Array(homes.length),
    shiftMinutes: new Int16Array(homes.length),
    darkBelowW: new Float64Array(homes.length),
    irradianceW: clearSkyIrradianceW(profile),
    chance: startChances(profile),
    boughtAt: new Float64Array(rows),
    startDraws: drawRows(seed, { firstRow, count: rows }, PURPOSE.applianceStart),
  };
  homes.forEach((home, homeRow) => {
    const use = exp(USE_LN_MEAN + USE_LN_DEVIATION * home.normal());
    let standbyW = ALWAYS_ON_W * Math.max(0.3, 1 + 0.3 * home.normal());
    const shift = Math.round(HABIT_SHIFT_MINUTES * home.normal());
    const most = HABIT_SHIFT_MAX_MINUTES;
    drawn.shiftMinutes[homeRow] = Math.max(-most, Math.min(most, shift));
    APPLIANCES.forEach((appliance, index) => {
      const row = homeRow * APPLIANCE_COUNT + index;
      // Drawn for every appliance, owned or not: what a home lacks changes nothing about the rest.
      const u = home.uniform();
      const rated = Math.max(0.6, 1 + 0.12 * home.normal());
      const bought = home.buys.find((each) => each.appliance === appliance.name);
      const isOwned =
        u < ownedShare(appliance, profile, use) ||
        home.owns.includes(appliance.name) ||
        bought !== undefined;
      if (!isOwned) return;
      drawn.boughtAt[row] = bought?.minute ?? 0;
      drawn.ratedW[row] = scale * appliance.use[profile].meanW * rated;
      const extraPeople = home.residents - RESIDENTS_MEAN[profile];
      const byPeople = appliance.growsWithPeople ? 1 + USE_PER_PERSON * extraPeople : 1;
      drawn.useFactor[row] = appliance.need === "nobody" ? 1 : byPeople * use;
      standbyW += appliance.standbyW;
    });
    drawn.standbyW[homeRow] = scale * standbyW;
    drawn.darkBelowW[homeRow] = DARK_BELOW_W + DARK_BELOW_DEVIATION_W * home.normal();
  });
  return { ...drawn, ...ownedOf(drawn.ratedW, homes.length) };
}

function ownedOf(
  ratedW: Float64Array,
  homes: number,
): Pick<ApplianceModel, "ownedRows" | "ownedFrom"> {
  const rows: number[] = [];
  const ownedFrom = new Int32Array(homes + 1);
  for (let home = 0; home < homes; home++) {
    const first = home * APPLIANCE_COUNT;
    for (let row = first; row < first + APPLIANCE_COUNT; row++) {
      if (ratedW[row] !== 0) rows.push(row);
    }
    ownedFrom[home + 1] = rows.length;
  }
  return { ownedRows: Int32Array.from(rows), ownedFrom };
}

/** Homes that use much also own more; what nearly all own, all own. */
function ownedShare(appliance: Appliance, profile: Profile, use: number): number {
  const { owned } = appliance.use[profile];
  return owned >= 0.9 ? owned : owned * Math.min(1.6, 0.4 + 0.6 * use);
}

/** Row: home × APPLIANCE_COUNT + appliance. */
export interface ApplianceState {
  /** Minutes left to run, of so many in all. */
  readonly runMinutes: Uint16Array;
  readonly cycleMinutes: Uint16Array;
  /** Minutes until it may start again. */
  readonly waitMinutes: Uint16Array;
  /** Running that a power cut has kept a cooling appliance from, minutes. */
  readonly owedMinutes: Float32Array;
}

/** Everything off. */
export function createApplianceState(homes: number): ApplianceState {
  const rows = homes * APPLIANCE_COUNT;
  return {
    runMinutes: new Uint16Array(rows),
    cycleMinutes: new Uint16Array(rows),
    waitMinutes: new Uint16Array(rows),
    owedMinutes: new Float32Array(rows),
  };
}

/** Starts every cooling appliance somewhere in its cycle, so that a street does not begin in step. */
export function settleAppliances(
  { seed, firstHome }: { readonly seed: number; readonly firstHome: number },
  model: ApplianceModel,
  state: ApplianceState,
): void {
  const drawn = firstHome * APPLIANCE_COUNT;
  for (let row = 0; row < state.runMinutes.length; row++) {
    const appliance = APPLIANCES[row % APPLIANCE_COUNT]!;
    if (appliance.need !== "nobody" || model.ratedW[row] === 0) continue;
    if (model.boughtAt[row]! > 0) continue;
    const u = drawUniform(seed, drawn + row, 0, PURPOSE.applianceSettle);
    const whole = appliance.cycleMinutes + appliance.restartMinutes;
    const minute = Math.floor(u * whole);
    state.cycleMinutes[row] = appliance.cycleMinutes;
    if (minute < appliance.cycleMinutes) state.runMinutes[row] = appliance.cycleMinutes - minute;
    else state.waitMinutes[row] = whole - minute;
  }
}

export interface ApplianceMinute {
  readonly seed: number;
  /** Row that the first home has among all homes; draws are keyed by it. */
  readonly firstHome: number;
  /** Minute since the start. */
  readonly tick: number;
  readonly minuteOfDay: number;
  /** 0 for January. */
  readonly month: number;
  /** Local day, for what the whole street does alike. */
  readonly day: number;
}

/** Who is there, and whether there is supply. Row: home. */
export interface HomePresence {
  readonly activeCount: Uint8Array;
  readonly presentCount: Uint8Array;
  /** 0: dark, by a power cut or an open relay. */
  readonly hasSupply: Uint8Array;
}

/** Per appliance, read once: the loop below must not chase objects. */
const NEED = Uint8Array.from(APPLIANCES, ({ need }) => ({ nobody: 0, awake: 1, home: 2 })[need]);
const STOPS = Uint8Array.from(APPLIANCES, ({ stopsWhenIdle }) => (stopsWhenIdle ? 1 : 0));
const CYCLE = Uint16Array.from(APPLIANCES, ({ cycleMinutes }) => cycleMinutes);
const RESTART = Uint16Array.from(APPLIANCES, ({ restartMinutes }) => restartMinutes);
const VAR_PER_W = Float64Array.from(APPLIANCES, ({ powerFactor }) => varPerWatt(powerFactor));
const IS_LAMP = Uint8Array.from(APPLIANCES, ({ isLamp }) => (isLamp ? 1 : 0));
const HAS_COURSE = Uint8Array.from(APPLIANCES, ({ course }) => (course === null ? 0 : 1));
const DUTY = Float64Array.from(
  APPLIANCES,
  ({ cycleMinutes, restartMinutes }) => cycleMinutes / (cycleMinutes + restartMinutes),
);

/**
 * One minute of every appliance: ends, starts, and the sum of each home into `activeW` and `reactiveVar`
 * (row: home). A home without supply draws nothing; its cooling appliances start at once when supply returns, and
 * run the longer the longer they were kept from it.
 */
export function stepAppliances(
  time: ApplianceMinute,
  model: ApplianceModel,
  presence: HomePresence,
  state: ApplianceState,
  activeW: Float64Array,
  reactiveVar: Float64Array,
): void {
  const { ratedW, useFactor, standbyW, shiftMinutes, boughtAt, startDraws } = model;
  const { ownedRows, ownedFrom } = model;
  const { runMinutes, cycleMinutes, waitMinutes, owedMinutes } = state;
  const drawn = time.firstHome * APPLIANCE_COUNT;
  const { seed, tick } = time;
  const starts = drawTick(tick);
  const chance = chancesOfDay(time, model);
  const look = time.month * LOOKS_PER_DAY + Math.floor(time.minuteOfDay / 10);
  const outsideW = model.irradianceW[look]!;
  for (let home = 0; home < standbyW.length; home++) {
    if (presence.hasSupply[home] === 0) {
      darkMinute(state, ratedW, home);
      activeW[home] = 0;
      reactiveVar[home] = 0;
      continue;
    }
    let watts = standbyW[home]!;
    let vars = 0;
    const isAwake = presence.activeCount[home]! > 0;
    const isHome = presence.presentCount[home]! > 0;
    const hour = shiftedHour(time.minuteOfDay, shiftMinutes[home]!);
    const byLight = outsideW < model.darkBelowW[home]! ? 1 : BY_DAYLIGHT_SHARE;
    const lampFactor = (byLight * LAMP_SHARING[presence.activeCount[home]!]!) / LAMP_SHARING_MEAN;
    const end = ownedFrom[home + 1]!;
    for (let at = ownedFrom[home]!; at < end; at++) {
      const row = ownedRows[at]!;
      if (tick < boughtAt[row]!) continue;
      const rated = ratedW[row]!;
      const index = row - home * APPLIANCE_COUNT;
      const need = NEED[index]!;
      const isWanted = need === 0 || (need === 1 ? isAwake : isHome);
      let left = runMinutes[row]!;
      if (left > 0) {
        left -= 1;
        if (!isWanted && STOPS[index] === 1) left = 0;
        if (left === 0) waitMinutes[row] = RESTART[index]!;
      } else if (waitMinutes[row]! > 0) {
        waitMinutes[row] = waitMinutes[row]! - 1;
      } else if (isWanted) {
        const owed = owedMinutes[row]!;
        let likely = chance[index * HOURS + hour]! * useFactor[row]!;
        if (IS_LAMP[index] === 1) likely *= lampFactor;
        if (owed > 0 || (likely > 0 && drawsBelow(startDraws, row, starts, likely))) {
          left =
            IS_LAMP[index] === 1
              ? lampMinutes(drawUniform(seed, drawn + row, tick, PURPOSE.lampMinutes))
              : CYCLE[index]! + Math.floor(owed);
          cycleMinutes[row] = left;
          owedMinutes[row] = 0;
        }
      }
      runMinutes[row] = left;
      if (left === 0) continue;
      const whole = cycleMinutes[row]!;
      const power =
        HAS_COURSE[index] === 0 ? rated : rated * courseFactor(index, whole - left, whole);
      watts += power;
      vars += power * VAR_PER_W[index]!;
    }
    activeW[home] = watts;
    reactiveVar[home] = vars;
  }
}

/** A number of minutes for a uniform number in [0, 1). */
export function lampMinutes(u: number): number {
  const scaled = u * LAMP_MINUTES.length;
  const bin = Math.floor(scaled);
  const [from, to] = LAMP_MINUTES[bin]!;
  return from + Math.floor((scaled - bin) * (to - from + 1));
}

/** What stood still for a minute; cooling appliances get warm meanwhile. */
function darkMinute(state: ApplianceState, ratedW: Float64Array, home: number): void {
  const { runMinutes, waitMinutes, owedMinutes } = state;
  for (let index = 0; index < APPLIANCE_COUNT; index++) {
    const row = home * APPLIANCE_COUNT + index;
    if (ratedW[row] === 0) continue;
    runMinutes[row] = 0;
    waitMinutes[row] = 0;
    if (NEED[index] !== 0) continue;
    owedMinutes[row] = Math.min(OWED_MAX_MINUTES, owedMinutes[row]! + DUTY[index]!);
  }
}

function shiftedHour(minuteOfDay: number, shiftMinutes: number): number {
  const minute = (minuteOfDay - shiftMinutes + 2 * 1440) % 1440;
  return Math.floor(minute / 60);
}

/** The last day's chances: [appliance × 24 + hour], and what they are of. */
const chancesScratch = new Float64Array(APPLIANCE_COUNT * HOURS);
let chancesOf: Pick<ApplianceMinute, "seed" | "day" | "month"> & Pick<ApplianceModel, "chance"> = {
  ...{ seed: Number.NaN, day: Number.NaN, month: Number.NaN },
  chance: chancesScratch,
};

/** Every appliance's chance to start, by the month and by the day that the whole street has. */
function chancesOfDay(time: ApplianceMinute, { chance }: ApplianceModel): Float64Array {
  const { seed, day, month } = time;
  const of = chancesOf;
  if (of.day === day && of.seed === seed && of.month === month && of.chance === chance) {
    return chancesScratch;
  }
  chancesOf = { seed, day, month, chance };
  const dayFactor = exp(DAY_LN_DEVIATION * dayNormal(seed, day, PURPOSE.dayOfStreet));
  const weatherNormal = dayNormal(seed, day, PURPOSE.weatherOfStreet);
  // Its mean is 1: weather moves use from day to day and does not add to it.
  const half = (WEATHER_LN_DEVIATION * WEATHER_LN_DEVIATION) / 2;
  const weatherFactor = exp(WEATHER_LN_DEVIATION * weatherNormal - half);
  for (let index = 0; index < APPLIANCE_COUNT; index++) {
    const { byMonth, need, followsWeather } = APPLIANCES[index]!;
    const plain = (byMonth?.[month] ?? 1) * (need === "nobody" ? 1 : dayFactor);
    const factor = followsWeather ? plain * weatherFactor : plain;
    for (let at = index * HOURS; at < (index + 1) * HOURS; at++) {
      chancesScratch[at] = chance[at]! * factor;
    }
  }
  return chancesScratch;
}

/** A standard normal number that the street has for a day. */
function dayNormal(seed: number, day: number, purpose: Purpose): number {
  let normal = -6;
  for (let draw = 0; draw < 12; draw++) normal += drawUniform(seed, draw, day, purpose);
  return normal;
}

/** Factor on the mean power after `elapsed` of `whole` minutes. */
export function courseFactor(index: number, elapsed: number, whole: number): number {
  const { course } = APPLIANCES[index]!;
  if (course === null) return 1;
  let end = 0;
  for (const [share, factor] of course) {
    end += share;
    if (elapsed < end * whole) return factor;
  }
  return course.at(-1)![1];
}
