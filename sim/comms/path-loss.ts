// How much of a mast's power reaches a meter at some distance. At the distances of a street (20 m to 5 km) the form
// of Walfisch and Ikegami holds, over roofs and down into the street; Okumura's and Hata's begins at 1 km and is
// used beyond. Both are medians; what single walls and corners do is added by `coverage.ts`.

import { ln } from "../core/math.ts";

const LN_10 = ln(10);
const log10 = (x: number): number => ln(x) / LN_10;

/** Height of a meter in its box, m. */
const METER_HEIGHT_M = 1.5;
/** A street of houses with two floors: roofs, streets and rows of houses, m. */
const ROOF_HEIGHT_M = 9;
const STREET_WIDTH_M = 15;
const ROW_DISTANCE_M = 30;
/** The formula's own limits, m. */
const STREET_MIN_M = 20;
const STREET_MAX_M = 5_000;

/**
 * COST 231 Walfisch–Ikegami without line of sight, streets square to the path, suburb or medium city (COST 231 final
 * report, 4.4.1): 800–2000 MHz, mast 4–50 m, 20 m–5 km. In dB.
 */
function walfischIkegamiDb(distanceM: number, frequencyMHz: number, mastHeightM: number): number {
  const distanceKm = distanceM / 1000;
  const logKm = log10(distanceKm);
  const logMHz = log10(frequencyMHz);
  const freeDb = 32.4 + 20 * logKm + 20 * logMHz;
  // At 90° to the street, the orientation costs 4 − 0.114 · (90 − 55) dB.
  const roofToStreetDb =
    -16.9 -
    10 * log10(STREET_WIDTH_M) +
    10 * logMHz +
    20 * log10(ROOF_HEIGHT_M - METER_HEIGHT_M) +
    (4 - 0.114 * 35);
  const aboveM = mastHeightM - ROOF_HEIGHT_M;
  const isAbove = aboveM > 0;
  const heightDb = isAbove ? -18 * log10(1 + aboveM) : 0;
  const ka = isAbove ? 54 : 54 - 0.8 * aboveM * Math.min(1, distanceKm / 0.5);
  const kd = isAbove ? 18 : 18 - (15 * aboveM) / ROOF_HEIGHT_M;
  const kf = -4 + 0.7 * (frequencyMHz / 925 - 1);
  const screensDb = heightDb + ka + kd * logKm + kf * logMHz - 9 * log10(ROW_DISTANCE_M);
  return freeDb + Math.max(0, roofToStreetDb + screensDb);
}

/** Okumura–Hata in a small or medium city (Hata 1980): 150–1500 MHz, mast 30–200 m, 1–20 km. In dB. */
function hataUrbanDb(distanceM: number, frequencyMHz: number, mastHeightM: number): number {
  const logMHz = log10(frequencyMHz);
  const meterDb = (1.1 * logMHz - 0.7) * METER_HEIGHT_M - (1.56 * logMHz - 0.8);
  const slope = 44.9 - 6.55 * log10(mastHeightM);
  return (
    69.55 + 26.16 * logMHz - 13.82 * log10(mastHeightM) - meterDb + slope * log10(distanceM / 1000)
  );
}

/** The same for a suburb: 2 · log²(f/28) + 5.4 dB less. */
function hataSuburbanDb(distanceM: number, frequencyMHz: number, mastHeightM: number): number {
  const log28 = log10(frequencyMHz / 28);
  return hataUrbanDb(distanceM, frequencyMHz, mastHeightM) - 2 * log28 * log28 - 5.4;
}

/** Median loss between a mast and a meter outdoors, dB. */
export function pathLossDb(distanceM: number, frequencyMHz: number, mastHeightM: number): number {
  if (distanceM > STREET_MAX_M) return hataSuburbanDb(distanceM, frequencyMHz, mastHeightM);
  return walfischIkegamiDb(Math.max(STREET_MIN_M, distanceM), frequencyMHz, mastHeightM);
}
