// Panels on roofs: what they give goes into the home first, and what the home does not draw into the grid.

import type { Sky } from "../../contract/weather.ts";
import { pow } from "../../core/math.ts";
import { drawUniform } from "../../core/random.ts";
import type { LoadState } from "../state.ts";
import { LOOKS_PER_DAY } from "./daylight.ts";
import { PURPOSE } from "./purposes.ts";

/** Inverter, wires, dust and heat (IEC 61724-1 performance ratio; 0.75 to 0.85 is usual). */
const PERFORMANCE = 0.8;
/** At which a panel's peak power is stated (IEC 60904-3), W/m². */
const REFERENCE_W = 1000;
/** Of a clear sky's light so much comes on a day at least: a model's, one cloud over the whole street. */
const CLEARNESS_MIN = 0.35;

/**
 * How many eighths of the sky are covered (oktas); which sky has how many is our choice. The relation below knows nothing
 * thicker than a closed cover: a storm dims as rain does.
 */
const OKTAS: Readonly<Record<Sky, number>> = { clear: 0, cloudy: 6, rain: 8, storm: 8 };

/**
 * Part of a clear sky's light that comes through clouds: 1 − 0.75·(N ÷ 8)^3.4 of N oktas. Kasten and Czeplak, Solar
 * Energy 24 (1980) 177–189: means, around which single hours scatter widely.
 */
export const clearnessUnder = (oktas: number): number => 1 - 0.75 * pow(oktas / 8, 3.4);

const CLEARNESS: Readonly<Record<Sky, number>> = {
  clear: clearnessUnder(OKTAS.clear),
  cloudy: clearnessUnder(OKTAS.cloudy),
  rain: clearnessUnder(OKTAS.rain),
  storm: clearnessUnder(OKTAS.storm),
};

/** One roof. */
export interface SolarRoof {
  readonly home: number;
  readonly peakW: number;
}

/** Moment and street that the sun shines on. */
export interface SolarMinute {
  readonly seed: number;
  /** Local day. */
  readonly day: number;
  /** 0 for January. */
  readonly month: number;
  readonly minuteOfDay: number;
  /** As the scenario says; null: the day's cloud is drawn. */
  readonly sky: Sky | null;
}

/** Part of its peak power that a panel gives. `irradianceW`: row month × LOOKS_PER_DAY + ten minutes, clear sky. */
export function solarShare(
  irradianceW: Float64Array,
  { seed, day, month, minuteOfDay, sky }: SolarMinute,
): number {
  const clearW = irradianceW[month * LOOKS_PER_DAY + Math.floor(minuteOfDay / 10)]!;
  if (clearW === 0) return 0;
  const clearness = sky === null ? drawnClearness(seed, day) : CLEARNESS[sky];
  return (PERFORMANCE * clearness * clearW) / REFERENCE_W;
}

function drawnClearness(seed: number, day: number): number {
  return CLEARNESS_MIN + (1 - CLEARNESS_MIN) * drawUniform(seed, 0, day, PURPOSE.cloudOfStreet);
}

/** Takes what the roofs give off what homes want; without supply an inverter gives nothing (IEC 62116). */
export function feedSolar(
  roofs: readonly SolarRoof[],
  share: number,
  { wantedW, hasSupply }: Pick<LoadState, "wantedW" | "hasSupply">,
): void {
  for (const { home, peakW } of roofs) {
    if (hasSupply[home] === 1) wantedW[home] = wantedW[home]! - peakW * share;
  }
}
