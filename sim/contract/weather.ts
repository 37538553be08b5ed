// The weather over the street: what a scenario says of the sky, from when on. Everybody may know it.

import type { SimMs } from "../core/time.ts";

/** `cloudy`: clouds with gaps; `rain`, `storm`: under a closed cover. */
export const SKIES = ["clear", "cloudy", "rain", "storm"] as const;
export type Sky = (typeof SKIES)[number];

/** It lasts until the next one begins. */
export interface WeatherSpell {
  readonly from: SimMs;
  readonly sky: Sky;
}

/** The sky at a moment; null before the first spell, and where nothing is said of weather. Spells are in order. */
export function skyAt(spells: readonly WeatherSpell[], at: SimMs): Sky | null {
  let low = 0;
  let high = spells.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spells[middle]!.from <= at) low = middle + 1;
    else high = middle;
  }
  return spells[low - 1]?.sky ?? null;
}
