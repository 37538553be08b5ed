// Every customer's P and Q for one step: by measured shapes, or by occupancy and appliances. Decided once a
// minute, whatever the step, so that the same appliances run in the same minutes.

import { skyAt, type WeatherSpell } from "../../contract/weather.ts";
import { assert } from "../../core/assert.ts";
import {
  type Calendar,
  dateOfDay,
  isWorkingDay,
  type LocalTime,
  localTime,
} from "../../core/calendar.ts";
import { drawStandardNormal, randomByName } from "../../core/random.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { AwaySpec, PurchaseSpec } from "../spec.ts";
import type { LoadState } from "../state.ts";
import type { Profile } from "./appliance-table.ts";
import {
  type ApplianceModel,
  createApplianceModel,
  createApplianceState,
  settleAppliances,
  stepAppliances,
} from "./appliances.ts";
import {
  createOccupancy,
  type Household,
  type OccupancyModel,
  RESIDENTS_MAX,
  settleOccupancy,
  stepOccupancy,
} from "./occupancy.ts";
import { feedSolar, type SolarRoof, solarShare } from "./solar.ts";

const TEN_MINUTES = 10;

export type LoadModel =
  | {
      readonly kind: "shapes";
      /** Row: supply. Rated power; sample k (1-based) of the shape multiplies it in minute k. */
      readonly ratedW: Float64Array;
      readonly ratedVar: Float64Array;
      readonly shapes: readonly (readonly number[])[];
      readonly shapeIntervalMs: readonly number[];
    }
  | {
      readonly kind: "occupancy";
      readonly seed: number;
      readonly calendar: Calendar;
      /** Row that the first home has among all homes of the run; draws are keyed by it. */
      readonly firstHome: number;
      readonly occupancy: OccupancyModel;
      readonly appliances: ApplianceModel;
      /** Panels on roofs. */
      readonly solar: readonly SolarRoof[];
      /** The sky over them, in order of time. */
      readonly weather: readonly WeatherSpell[];
      /** Homes that nobody is in for a while. */
      readonly away: readonly ({ readonly home: number } & AwaySpec)[];
    };

export interface ShapeLoad {
  readonly activeW: number;
  readonly reactiveVar: number;
  readonly shape: readonly number[];
  readonly intervalMs: number;
}

/** Measured shapes, one a supply point. */
export function createShapeModel(loads: readonly ShapeLoad[]): LoadModel {
  return {
    kind: "shapes",
    ratedW: Float64Array.from(loads, (load) => load.activeW),
    ratedVar: Float64Array.from(loads, (load) => load.reactiveVar),
    shapes: loads.map((load) => load.shape),
    shapeIntervalMs: loads.map((load) => load.intervalMs),
  };
}

export interface Home {
  readonly id: string;
  readonly residents: number;
  /** Appliances that it has for certain, by their names in the table. */
  readonly owns: readonly string[];
  /** How its people live; drawn unless given. */
  readonly household?: Household | null;
  readonly away?: readonly AwaySpec[];
  readonly buys?: readonly PurchaseSpec[];
  readonly solarPeakW?: number;
}

/** Homes by occupancy and appliances; what a home owns and how it lives comes from the stream of its name. */
export function createOccupancyModel(
  homes: readonly Home[],
  options: {
    readonly seed: number;
    readonly calendar: Calendar;
    readonly profile: Profile;
    readonly scale: number;
    readonly firstHome: number;
    /** Missing: days are drawn. */
    readonly weather?: readonly WeatherSpell[];
  },
): LoadModel {
  const { seed, calendar, profile, scale, firstHome, weather = [] } = options;
  const random = randomByName(seed);
  const draws = homes.map(({ id, residents, owns, household = null, buys = [] }) => {
    assert(residents >= 1 && residents <= RESIDENTS_MAX, `${id}: 1 to ${RESIDENTS_MAX} residents`);
    const uniform = random(`loads/${id}`);
    return {
      ...{ residents, owns, household, uniform, normal: () => drawStandardNormal(uniform) },
      buys: buys.map(({ appliance, from }) => ({ appliance, minute: Math.ceil(from / MINUTE_MS) })),
    };
  });
  return {
    kind: "occupancy",
    seed,
    calendar,
    firstHome,
    occupancy: createOccupancy(draws, profile),
    appliances: createApplianceModel(draws, { profile, scale, seed, firstHome }),
    solar: homes.flatMap(({ solarPeakW: peakW }, home) =>
      peakW === undefined ? [] : [{ home, peakW }],
    ),
    weather,
    away: homes.flatMap(({ away = [] }, home) => away.map((span) => ({ home, ...span }))),
  };
}

/** Loads before the first minute; every home has supply. */
export function createLoads(model: LoadModel): LoadState {
  const isHomes = model.kind === "occupancy";
  const count = isHomes ? model.occupancy.residents.length : model.ratedW.length;
  const homes = isHomes ? count : 0;
  const state: LoadState = {
    minute: Float64Array.of(-1),
    wantedW: new Float64Array(count),
    wantedVar: new Float64Array(count),
    hasSupply: new Uint8Array(count).fill(1),
    personState: new Uint8Array(homes * RESIDENTS_MAX),
    activeCount: new Uint8Array(homes),
    presentCount: new Uint8Array(homes),
    appliances: createApplianceState(homes),
  };
  if (isHomes) {
    settlePeople(model, state);
    settleAppliances(model, model.appliances, state.appliances);
  }
  return state;
}

/** Draws everybody's state at the midnight before the start, and lives from there until it. */
function settlePeople(model: LoadModel & { readonly kind: "occupancy" }, state: LoadState): void {
  const { seed, calendar, firstHome, occupancy } = model;
  settleOccupancy(model, occupancy, state);
  const start = localTime(calendar, 0);
  const isFreeDay = !isWorkingDay(calendar, start);
  const spans = Math.floor(start.minuteOfDay / TEN_MINUTES);
  for (let span = 0; span < spans; span++) {
    const step = { seed, firstHome, minuteOfDay: span * TEN_MINUTES, isFreeDay };
    stepOccupancy({ ...step, tick: span - spans }, occupancy, state);
  }
}

/**
 * Brings the wanted loads to the step from `at`; true where they may have changed. A step longer than a
 * minute gets the mean of its minutes.
 */
export function stepLoads(model: LoadModel, state: LoadState, at: SimMs, stepMs: number): boolean {
  const firstMinute = Math.floor(at / MINUTE_MS);
  const lastMinute = Math.floor((at + stepMs - 1) / MINUTE_MS);
  if (state.minute[0] === lastMinute) return false;
  if (firstMinute === lastMinute) {
    stepMinute(model, state, lastMinute);
    return true;
  }
  const count = state.wantedW.length;
  const sumW = new Float64Array(count);
  const sumVar = new Float64Array(count);
  for (let minute = firstMinute; minute <= lastMinute; minute++) {
    stepMinute(model, state, minute);
    for (let row = 0; row < count; row++) {
      sumW[row] = sumW[row]! + state.wantedW[row]!;
      sumVar[row] = sumVar[row]! + state.wantedVar[row]!;
    }
  }
  const minutes = lastMinute - firstMinute + 1;
  for (let row = 0; row < count; row++) {
    state.wantedW[row] = sumW[row]! / minutes;
    state.wantedVar[row] = sumVar[row]! / minutes;
  }
  return true;
}

function stepMinute(model: LoadModel, state: LoadState, minute: number): void {
  state.minute[0] = minute;
  if (model.kind === "shapes") {
    const { ratedW, ratedVar, shapes, shapeIntervalMs } = model;
    for (let row = 0; row < ratedW.length; row++) {
      const shape = shapes[row]!;
      const sample = Math.floor((minute * MINUTE_MS) / shapeIntervalMs[row]!) % shape.length;
      state.wantedW[row] = ratedW[row]! * shape[sample]!;
      state.wantedVar[row] = ratedVar[row]! * shape[sample]!;
    }
    return;
  }
  const local = localTime(model.calendar, minute * MINUTE_MS);
  if (minute % TEN_MINUTES === 0 && minute > 0) {
    // A transition leads from the beginning of its ten minutes to their end, which is now.
    const began = localTime(model.calendar, (minute - TEN_MINUTES) * MINUTE_MS);
    const { seed, firstHome } = model;
    const isFreeDay = !isWorkingDay(model.calendar, began);
    const tick = minute / TEN_MINUTES;
    const step = { seed, firstHome, tick, minuteOfDay: began.minuteOfDay, isFreeDay };
    stepOccupancy(step, model.occupancy, state);
  }
  stepAppliances(
    {
      seed: model.seed,
      firstHome: model.firstHome,
      tick: minute,
      minuteOfDay: local.minuteOfDay,
      month: dateOfDay(local.day).month - 1,
      day: local.day,
    },
    model.appliances,
    presenceOf(model, state, minute * MINUTE_MS),
    state.appliances,
    state.wantedW,
    state.wantedVar,
  );
  if (model.solar.length > 0)
    feedSolar(model.solar, solarShareAt(model, local, minute * MINUTE_MS), state);
}

function solarShareAt(
  { appliances, seed, weather }: LoadModel & { readonly kind: "occupancy" },
  { day, minuteOfDay }: LocalTime,
  at: SimMs,
): number {
  const month = dateOfDay(day).month - 1;
  const sky = skyAt(weather, at);
  return solarShare(appliances.irradianceW, { seed, day, month, minuteOfDay, sky });
}

/** Who is there now: the people as they live, less those who are away. */
function presenceOf(
  { away }: LoadModel & { readonly kind: "occupancy" },
  state: LoadState,
  at: SimMs,
): Pick<LoadState, "activeCount" | "presentCount" | "hasSupply"> {
  if (!away.some(({ from, until }) => from <= at && at < until)) return state;
  const { hasSupply } = state;
  const activeCount = state.activeCount.slice();
  const presentCount = state.presentCount.slice();
  for (const { home, from, until } of away) {
    if (at < from || at >= until) continue;
    activeCount[home] = 0;
    presentCount[home] = 0;
  }
  return { activeCount, presentCount, hasSupply };
}
