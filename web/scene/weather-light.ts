// What the weather does to the light of an hour: a greyer sky, a weaker sun, softer shadows.

import type { Sky } from "../../sim/contract/weather.ts";
import type { Light, Rgb } from "./lighting.ts";

interface Dimming {
  /** Of the sky's colour so much goes to grey. */
  readonly greyShare: number;
  /** What is left of the sky's brightness, of the sun's and of the light from everywhere. */
  readonly skyShare: number;
  readonly sunShare: number;
  readonly hemisphereShare: number;
}

/** Chosen by eye, so that a street stays readable in a storm at midnight: light from everywhere takes the sun's place. */
const DIMMING: Readonly<Record<Sky, Dimming>> = {
  clear: { greyShare: 0, skyShare: 1, sunShare: 1, hemisphereShare: 1 },
  cloudy: { greyShare: 0.6, skyShare: 0.92, sunShare: 0.55, hemisphereShare: 1.1 },
  rain: { greyShare: 0.88, skyShare: 0.78, sunShare: 0.25, hemisphereShare: 1.15 },
  storm: { greyShare: 0.92, skyShare: 0.55, sunShare: 0.1, hemisphereShare: 0.95 },
};

/** An hour's light under a sky. */
export function lightUnder(light: Light, sky: Sky): Light {
  if (sky === "clear") return light;
  const { greyShare, skyShare, sunShare, hemisphereShare } = DIMMING[sky];
  return {
    ...light,
    skyTop: greyed(light.skyTop, greyShare, skyShare),
    horizon: greyed(light.horizon, greyShare, skyShare),
    sun: greyed(light.sun, greyShare * 0.6, 1),
    sunStrength: light.sunStrength * sunShare,
    hemisphereSky: greyed(light.hemisphereSky, greyShare * 0.6, 1),
    hemisphereGround: greyed(light.hemisphereGround, greyShare * 0.4, 1),
    hemisphereStrength: light.hemisphereStrength * hemisphereShare,
  };
}

/** Towards the grey of the same luminance (Rec. 709), and darker. */
function greyed([red, green, blue]: Rgb, greyShare: number, left: number): Rgb {
  const grey = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  const of = (value: number): number => (value + (grey - value) * greyShare) * left;
  return [of(red), of(green), of(blue)];
}
