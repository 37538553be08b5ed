// How light it is outside on a clear day, by month and ten minutes of the local clock. Knows no clouds: lamps ask only
// whether it is dark, and clouds move dusk by minutes.

import { cos, exp, sin } from "../../core/math.ts";
import type { Profile } from "./appliance-table.ts";

export const LOOKS_PER_DAY = 144;
const MONTHS = 12;
const DAYS_PER_MONTH = 30.4;
const RAD_PER_DEG = 0.017453292519943295;

interface Place {
  readonly latitudeDeg: number;
  /** Where the sun stands later than the zone's own meridian says, minutes. */
  readonly behindMinutes: number;
  /** Months in which the clock is an hour ahead, 0 for January. */
  readonly summerTime: readonly [from: number, to: number] | null;
}

/** Kerala (76.3° E, clock of 82.5°) and the Midlands of England (1.2° W). */
const PLACES: Readonly<Record<Profile, Place>> = {
  india: { latitudeDeg: 10, behindMinutes: 25, summerTime: null },
  uk: { latitudeDeg: 52.8, behindMinutes: 5, summerTime: [3, 9] },
};

/**
 * Global horizontal irradiance of a clear sky in W/m²: row month × LOOKS_PER_DAY + ten minutes, the middle of each
 * month standing for it. Sun: declination and hour angle (Duffie and Beckman 2013, 1.6; without the equation of time,
 * ± 15 min). Sky: Haurwitz, Journal of Meteorology 2 (1945) 154: 1098·sin α·exp(−0.057 ÷ sin α).
 */
export function clearSkyIrradianceW(profile: Profile): Float64Array {
  const { latitudeDeg, behindMinutes, summerTime } = PLACES[profile];
  const irradianceW = new Float64Array(MONTHS * LOOKS_PER_DAY);
  const latitude = latitudeDeg * RAD_PER_DEG;
  for (let month = 0; month < MONTHS; month++) {
    const dayOfYear = (month + 0.5) * DAYS_PER_MONTH;
    const declination = 23.45 * RAD_PER_DEG * sin((360 / 365) * (284 + dayOfYear) * RAD_PER_DEG);
    const isAhead = summerTime !== null && month >= summerTime[0] && month <= summerTime[1];
    for (let look = 0; look < LOOKS_PER_DAY; look++) {
      const minute = look * 10 + 5 - behindMinutes - (isAhead ? 60 : 0);
      const hourAngle = (minute / 4 - 180) * RAD_PER_DEG;
      const sinAltitude =
        sin(latitude) * sin(declination) + cos(latitude) * cos(declination) * cos(hourAngle);
      if (sinAltitude <= 0) continue;
      irradianceW[month * LOOKS_PER_DAY + look] = 1098 * sinAltitude * exp(-0.057 / sinAltitude);
    }
  }
  return irradianceW;
}
