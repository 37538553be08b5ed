// A year of a street, in numbers: what homes use, when, and how little of it at once. Prints its table.
//
// Bounds: household year, evening peak and coincident peak are the product's own; the spread between homes is Ofgem's
// (P90/P10 of 3.6 to 4.5 is a standard deviation of ln of 0.50 to 0.60, ± 0.12 for 60 homes), the shape of demand
// against the number of homes is CLNR report L217's a·N^b with b < 0.

import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import {
  APPLIANCE_COUNT,
  APPLIANCES,
  type Profile,
} from "../../sim/plant/loads/appliance-table.ts";
import { createLoads, createOccupancyModel, stepLoads } from "../../sim/plant/loads/loads.ts";

const HOMES = 60;
const MINUTES = 525_600;
const HALF_HOUR = 30;
/** People a home: UK 33.9, 40.1, 13.7, 8.8 and 3.5 %; India's mean of urban homes is about four. */
const RESIDENTS: Readonly<Record<Profile, readonly number[]>> = {
  uk: [1, 1, 1, 2, 2, 2, 2, 3, 4, 5],
  india: [1, 2, 2, 3, 3, 4, 4, 4, 5, 6],
};
const GROUPS = [1, 2, 5, 10, 20, 60];

interface Year {
  readonly kWh: readonly number[];
  readonly meanByHourW: readonly number[];
  readonly peakHalfHourW: number;
  readonly peakMinuteW: number;
  /** Largest half-hour mean a home of groups of so many homes, mean over groups. */
  readonly admdW: readonly number[];
  /** Row: appliance. Starts of an owner in the year ÷ those of the table; NaN where nobody owns one. */
  readonly startsShare: readonly number[];
  readonly ownerCount: readonly number[];
  /** Row: appliance. kWh a home of the street. */
  readonly applianceKWh: readonly number[];
}

function year(profile: Profile, seed: number): Year {
  const sizes = RESIDENTS[profile];
  const homes = Array.from({ length: HOMES }, (_, home) => ({
    id: `supply-${home + 1}`,
    residents: sizes[home % sizes.length]!,
    owns: [],
  }));
  const zone = profile === "uk" ? "Europe/London" : "Asia/Kolkata";
  const calendar = createCalendar("2026-01-01T00:00", zone, []);
  const model = createOccupancyModel(homes, { seed, calendar, profile, scale: 1, firstHome: 0 });
  const state = createLoads(model);
  const wattMinutes = new Float64Array(HOMES);
  const byHour = new Float64Array(24);
  const halfHour = new Float64Array(HOMES);
  const groupPeaks = GROUPS.map((size) => new Float64Array(Math.floor(HOMES / size)));
  let peakMinuteW = 0;
  const ratedW = model.kind === "occupancy" ? model.appliances.ratedW : new Float64Array();
  const watched = watchAppliances(ratedW);
  for (let minute = 0; minute < MINUTES; minute++) {
    stepLoads(model, state, minute * MINUTE_MS, MINUTE_MS);
    let streetW = 0;
    for (let home = 0; home < HOMES; home++) {
      const watts = state.wantedW[home]!;
      wattMinutes[home] = wattMinutes[home]! + watts;
      halfHour[home] = halfHour[home]! + watts;
      streetW += watts;
    }
    const hour = Math.floor(minute / 60) % 24;
    byHour[hour] = byHour[hour]! + streetW;
    peakMinuteW = Math.max(peakMinuteW, streetW);
    watched.look(state.appliances.runMinutes);
    if (minute % HALF_HOUR !== HALF_HOUR - 1) continue;
    GROUPS.forEach((size, at) => {
      notePeaks(halfHour, size, groupPeaks[at]!);
    });
    halfHour.fill(0);
  }
  const admdW = groupPeaks.map(
    (peaks) => peaks.reduce((sum, watts) => sum + watts, 0) / peaks.length,
  );
  return {
    kWh: Array.from(wattMinutes, (sum) => sum / 60_000),
    meanByHourW: Array.from(byHour, (sum) => sum / (MINUTES / 24) / HOMES),
    peakHalfHourW: admdW.at(-1)!,
    peakMinuteW: peakMinuteW / HOMES,
    admdW,
    startsShare: APPLIANCES.map(
      ({ use }, at) => watched.starts[at]! / watched.owners[at]! / use[profile].startsPerYear,
    ),
    ownerCount: Array.from(watched.owners),
    applianceKWh: Array.from(watched.wattMinutes, (sum) => sum / 60_000 / HOMES),
  };
}

/** Counts starts, owners and energy of every appliance, minute by minute. */
function watchAppliances(ratedW: Float64Array) {
  const before = new Uint16Array(ratedW.length);
  const starts = new Float64Array(APPLIANCE_COUNT);
  const owners = new Float64Array(APPLIANCE_COUNT);
  const wattMinutes = new Float64Array(APPLIANCE_COUNT);
  ratedW.forEach((watts, row) => {
    if (watts > 0) owners[row % APPLIANCE_COUNT]! += 1;
  });
  const look = (runMinutes: Uint16Array): void => {
    for (let row = 0; row < runMinutes.length; row++) {
      const left = runMinutes[row]!;
      if (left > 0) {
        const index = row % APPLIANCE_COUNT;
        if (before[row] === 0) starts[index]! += 1;
        wattMinutes[index]! += ratedW[row]!;
      }
      before[row] = left;
    }
  };
  return { starts, owners, wattMinutes, look };
}

function notePeaks(halfHour: Float64Array, size: number, peaks: Float64Array): void {
  for (let group = 0; group < peaks.length; group++) {
    let sum = 0;
    for (let home = group * size; home < (group + 1) * size; home++) sum += halfHour[home]!;
    peaks[group] = Math.max(peaks[group]!, sum / HALF_HOUR / size);
  }
}

const CASES = [
  { profile: "india", seed: 1 },
  { profile: "india", seed: 2 },
  { profile: "uk", seed: 1 },
] as const;

describe.each(CASES)("a year of 60 homes, $profile, seed $seed", ({ profile, seed }) => {
  const found = year(profile, seed);
  const mean = found.kWh.reduce((sum, kWh) => sum + kWh, 0) / HOMES;
  const logs = found.kWh.map(Math.log);
  const logMean = logs.reduce((sum, ln) => sum + ln, 0) / HOMES;
  const deviation = Math.sqrt(logs.reduce((sum, ln) => sum + (ln - logMean) ** 2, 0) / HOMES);
  const peakHour = found.meanByHourW.indexOf(Math.max(...found.meanByHourW));
  const sorted = [...found.kWh].sort((a, b) => a - b);
  console.log(
    [
      `${profile}, seed ${seed}: ${Math.round(mean)} kWh a home and year, 5th to 95th percentile ` +
        `${Math.round(sorted[3]!)} to ${Math.round(sorted[56]!)}, ln deviation ${deviation.toFixed(2)}`,
      `  coincident peak ${(found.peakHalfHourW / 1000).toFixed(2)} kW a home by half-hours, ` +
        `${(found.peakMinuteW / 1000).toFixed(2)} kW by minutes; mean day peaks at ${peakHour} h`,
      `  kW a home at the peak of ${GROUPS.map((size, at) => `${size}: ${(found.admdW[at]! / 1000).toFixed(2)}`).join(", ")}`,
      `  mean day, share of its mean: ${found.meanByHourW.map((watts) => ((watts * 8.76) / mean).toFixed(2)).join(" ")}`,
      `  kWh by appliance: ${APPLIANCES.map(({ name }, at) => `${name} ${Math.round(found.applianceKWh[at]!)}`).join(", ")}`,
    ].join("\n"),
  );

  test("a household uses 2,500 to 4,500 kWh", () => {
    expect(mean).toBeGreaterThan(2500);
    expect(mean).toBeLessThan(4500);
  });

  test("homes differ as much as meters say that they do", () => {
    expect(deviation).toBeGreaterThan(0.4);
    expect(deviation).toBeLessThan(0.7);
  });

  test("the mean day peaks in the evening, between 18 and 22 h, and is lowest before dawn", () => {
    expect(peakHour).toBeGreaterThanOrEqual(18);
    expect(peakHour).toBeLessThan(22);
    const lowest = found.meanByHourW.indexOf(Math.min(...found.meanByHourW));
    expect(lowest).toBeGreaterThanOrEqual(2);
    expect(lowest).toBeLessThan(6);
  });

  test("at its peak the street draws 1 to 2 kW a home by half-hours, and by minutes up to half as much again", () => {
    expect(found.peakHalfHourW).toBeGreaterThan(1000);
    expect(found.peakHalfHourW).toBeLessThan(2000);
    expect(found.peakMinuteW).toBeGreaterThan(found.peakHalfHourW);
    expect(found.peakMinuteW).toBeLessThan(1.5 * found.peakHalfHourW);
  });

  test("owners use their appliances about as often as the table says", () => {
    // Of appliances with five owners and more. Use differs by 45 % from home to home, and who uses much owns more: owners
    // are some 10 % above the table, the mean of five of them is good for ± 20 %, of a street for ± 6 %.
    const ratios = found.startsShare.filter((_, at) => found.ownerCount[at]! >= 5);
    expect(ratios.length).toBeGreaterThan(12);
    for (const ratio of ratios) {
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.7);
    }
    const middle = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    expect(middle).toBeGreaterThan(0.9);
    expect(middle).toBeLessThan(1.3);
  });

  test("refrigerators, lights and what people switch on share the year as surveys say", () => {
    const shareOf = (...names: readonly string[]): number =>
      APPLIANCES.reduce((sum, { name }, at) => {
        return names.includes(name) ? sum + found.applianceKWh[at]! : sum;
      }, 0) / mean;
    // Of a British year without electric heat: cold 15 to 20 %, lighting 5 to 18 %; with heaters and cars a little less.
    expect(shareOf("refrigerator", "freezer")).toBeGreaterThan(0.07);
    expect(shareOf("refrigerator", "freezer")).toBeLessThan(0.2);
    const lights = shareOf("living-room-lights", "kitchen-lights", "bedroom-lights");
    expect(lights).toBeGreaterThan(0.03);
    expect(lights).toBeLessThan(0.18);
  });

  test("the more homes share a cable, the less each adds to its peak: a·N^b with b from −0.20 to −0.45", () => {
    for (let at = 1; at < GROUPS.length; at++) {
      expect(found.admdW[at]).toBeLessThan(found.admdW[at - 1]!);
    }
    const xs = GROUPS.map(Math.log);
    const ys = found.admdW.map(Math.log);
    const [xMean, yMean] = [xs, ys].map((all) => all.reduce((sum, v) => sum + v, 0) / all.length);
    const slope =
      xs.reduce((sum, x, at) => sum + (x - xMean!) * (ys[at]! - yMean!), 0) /
      xs.reduce((sum, x) => sum + (x - xMean!) ** 2, 0);
    expect(slope).toBeLessThan(-0.2);
    expect(slope).toBeGreaterThan(-0.45);
  });
});
