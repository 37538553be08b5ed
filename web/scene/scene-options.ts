// What the page's address asks of the picture: a fixed hour, no motion, a quality. For tests and for stills.

import { QUALITY_STEPS } from "./quality-ladder.ts";

export interface SceneOptions {
  /** Local hour that lights the street instead of the twin's own, null for the twin's. */
  readonly hour: number | null;
  /** No animation: pulses, waves and dashes stand still. */
  readonly isFrozen: boolean;
  /** Row of `QUALITY_STEPS`; null lets the machine choose. */
  readonly qualityStep: number | null;
}

/** Names for those who do not want to count steps. */
const NAMED_STEPS: Readonly<Record<string, number>> = { high: 0, low: 2 };

/** Reads `?t=19:06&freeze=1&quality=high`; what is not understood counts as not said. */
export function readSceneOptions(search: string): SceneOptions {
  const query = new URLSearchParams(search);
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(query.get("t") ?? "");
  const quality = query.get("quality") ?? "";
  const step = /^\d$/.test(quality) ? Number(quality) : NAMED_STEPS[quality];
  return {
    hour: time === null ? null : Number(time[1]) + Number(time[2]) / 60,
    isFrozen: query.get("freeze") === "1",
    qualityStep: step !== undefined && step < QUALITY_STEPS.length ? step : null,
  };
}

export const sceneOptions: SceneOptions = readSceneOptions(globalThis.location?.search ?? "");

/** Whether things may move by themselves. */
export const mayMove = (): boolean =>
  !sceneOptions.isFrozen && !globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
