// Which masts a meter hears, and how well: worked out once, when a scenario is resolved.

import { drawStandardNormal, type RandomByName } from "../core/random.ts";
import { pathLossDb } from "./path-loss.ts";
import { ACCESS_MIN_DBM } from "./signal.ts";
import type { Candidate } from "./spec.ts";

/** What of a mast decides how far it is heard. */
export interface Transmitter {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly heightM: number;
  /** Power at its antenna in the direction of the beam: 43 dBm + 15 dBi − 3 dB of feeder is usual. */
  readonly powerDbm: number;
}

export interface Receiver {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export interface RadioSpec {
  readonly frequencyMHz: number;
  /** Mean loss from the street into the meter's box; each box differs. */
  readonly penetrationDb: number;
  /** Standard deviation of what houses and trees do to one path. */
  readonly shadowingDb: number;
}

/** Standard deviation of the loss into the boxes: a modelling choice. */
const PENETRATION_SPREAD_DB = 5;

/**
 * The masts that a meter can use, best first. Its box has one loss for all masts; each path has a shadow of its own,
 * fixed as long as the houses stand. Both come from streams by name: another meter changes nothing here.
 */
export function candidatesOf(
  meter: Receiver,
  masts: readonly Transmitter[],
  radio: RadioSpec,
  random: RandomByName,
): readonly Candidate[] {
  const box = drawStandardNormal(random(`air/${meter.id}`));
  const boxDb = Math.max(0, radio.penetrationDb + PENETRATION_SPREAD_DB * box);
  return masts
    .map((mast, row) => {
      const shadow = drawStandardNormal(random(`air/${meter.id}/${mast.id}`));
      const eastM = mast.x - meter.x;
      const northM = mast.y - meter.y;
      const distanceM = Math.sqrt(eastM * eastM + northM * northM);
      const lossDb = pathLossDb(distanceM, radio.frequencyMHz, mast.heightM);
      const levelDbm = mast.powerDbm - lossDb - boxDb - radio.shadowingDb * shadow;
      return { mast: row, levelDbm: Math.round(levelDbm * 10) / 10 };
    })
    .filter(({ levelDbm }) => levelDbm >= ACCESS_MIN_DBM)
    .sort((a, b) => b.levelDbm - a.levelDbm || a.mast - b.mast);
}

/** A modem looks no further than a cell of GSM reaches: 63 bits of timing advance. */
const COVERAGE_MAX_M = 35_000;

/** How far the median meter hears a mast, in metres: where its level falls to the least that a modem accepts. */
export function coverageOf(
  { powerDbm, heightM }: Pick<Transmitter, "powerDbm" | "heightM">,
  { frequencyMHz, penetrationDb }: Omit<RadioSpec, "shadowingDb">,
): number {
  let [nearM, farM] = [0, COVERAGE_MAX_M];
  while (farM - nearM > 1) {
    const middleM = (nearM + farM) / 2;
    const levelDbm = powerDbm - pathLossDb(middleM, frequencyMHz, heightM) - penetrationDb;
    if (levelDbm >= ACCESS_MIN_DBM) nearM = middleM;
    else farM = middleM;
  }
  return nearM;
}
