// What the page's address asks of the picture: a fixed hour, no motion, a quality. For tests and for stills.

export interface SceneOptions {
  /** Local hour that lights the street instead of the twin's own, null for the twin's. */
  readonly hour: number | null;
  /** No animation: pulses, waves and dashes stand still. */
  readonly isFrozen: boolean;
  readonly quality: "auto" | "low" | "high";
}

/** Reads `?t=19:06&freeze=1&quality=high`; what is not understood counts as not said. */
export function readSceneOptions(search: string): SceneOptions {
  const query = new URLSearchParams(search);
  const time = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(query.get("t") ?? "");
  const quality = query.get("quality");
  return {
    hour: time === null ? null : Number(time[1]) + Number(time[2]) / 60,
    isFrozen: query.get("freeze") === "1",
    quality: quality === "low" || quality === "high" ? quality : "auto",
  };
}

export const sceneOptions: SceneOptions = readSceneOptions(globalThis.location?.search ?? "");

/** Whether things may move by themselves. */
export const mayMove = (): boolean =>
  !sceneOptions.isFrozen && !globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
