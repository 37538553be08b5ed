// What every part of the scene needs to know of the moment: light, view and the phase of what moves. Written once
// a drawn frame by `Daylight`, before the others read it.

import type { Sky } from "../../sim/contract/weather.ts";
import { type Light, lightAt } from "./lighting.ts";

export interface SceneLight {
  light: Light;
  night: number;
  /** As it is painted: null where no weather is, and where the light is the same at every hour. */
  sky: Sky | null;
  /** An hour's light under a sky; set once `weather.tsx` has been fetched, which no other street needs. */
  under: ((light: Light, sky: Sky) => Light) | null;
  /** The difference view: everything that agrees is unpainted clay. */
  isClay: boolean;
  /** 0 to 1 and back, 0.67 times a second; 0.5 where nothing may move. */
  pulse: number;
  /** Seconds of motion so far; stands still while the twin is paused. */
  motionS: number;
  /** Whether a cable has moving dashes, a home a growing ring, or a message is under way. */
  hasOverload: boolean;
  hasTheft: boolean;
  hasFlights: boolean;
  /** Current flows through an open meter that is looked at. */
  hasFlow: boolean;
  /** Drops fall. */
  hasRain: boolean;
}

export const sceneLight: SceneLight = {
  light: lightAt(12),
  night: 0,
  sky: null,
  under: null,
  isClay: false,
  pulse: 0.5,
  motionS: 0,
  hasOverload: false,
  hasTheft: false,
  hasFlights: false,
  hasFlow: false,
  hasRain: false,
};
