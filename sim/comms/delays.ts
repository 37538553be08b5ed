// How long a message takes, by bearer, from uniform draws. Figures of SMS follow published measurements: 6 to 8 s
// from mobile to mobile, of which 1 to 2 s in the centre (ETSI EMTEL at ITU-T, 2006), log-normal bodies (Hung et al.,
// IEEE Trans. Wireless Comm. 3(6), 2004), and a tail of minutes to hours.

import { cos, exp, ln } from "../core/math.ts";
import { drawUniform } from "../core/random.ts";
import { SECOND_MS } from "../core/time.ts";
import type { AirSpec } from "./spec.ts";

/** Numbers that one SMS takes, beginning with its purpose. */
export const SMS_DRAWS = 9;
const TWO_PI = 2 * Math.PI;

/** A log-normal delay: its median, and the standard deviation of its logarithm. */
interface LogNormal {
  readonly medianS: number;
  readonly sigma: number;
}

/** From the meter to the centre: a signalling channel, then the message. */
const ORIGINATING: LogNormal & { readonly leastS: number } = {
  leastS: 1.5,
  medianS: 2.2,
  sigma: 0.5,
};
const CENTRE: LogNormal = { medianS: 1.2, sigma: 0.6 };
/** From the centre to the meter: paging for 1 to 3 s, then the message. */
const TERMINATING: LogNormal & { readonly pagingMinS: number; readonly pagingMaxS: number } = {
  pagingMinS: 1,
  pagingMaxS: 3,
  medianS: 2,
  sigma: 0.5,
};
/** One in so many takes minutes, some hours. */
const TAIL: LogNormal & { readonly share: number } = { share: 0.015, medianS: 600, sigma: 1.4 };

/** Shifted exponential delay of the data bearer, of a uniform number in [0, 1). */
export function dataDelayMs({ delayMinMs, delayMeanMs }: AirSpec, u: number): number {
  return Math.round(delayMinMs - delayMeanMs * ln(1 - u));
}

/** Delay of an SMS between meter and head-end, which sits at the centre by cable. `purpose` and the next are its own. */
export function smsDelayMs(
  direction: "up" | "down",
  seed: number,
  row: number,
  tick: number,
  purpose: number,
): number {
  const u = (draw: number): number => drawUniform(seed, row, tick, purpose + draw);
  let delayS = logNormalS(CENTRE, u(0), u(1));
  if (direction === "up") delayS += ORIGINATING.leastS + logNormalS(ORIGINATING, u(2), u(3));
  else {
    const { pagingMinS, pagingMaxS } = TERMINATING;
    delayS += pagingMinS + (pagingMaxS - pagingMinS) * u(4) + logNormalS(TERMINATING, u(2), u(3));
  }
  if (u(6) < TAIL.share) delayS += logNormalS(TAIL, u(7), u(8));
  return Math.round(delayS * SECOND_MS);
}

/** By Box and Muller (1958), of two uniform numbers. */
function logNormalS({ medianS, sigma }: LogNormal, u: number, v: number): number {
  const normal = Math.sqrt(-2 * ln(1 - u)) * cos(TWO_PI * v);
  return medianS * exp(sigma * normal);
}
