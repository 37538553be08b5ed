// Whether simulated homes are awake as often as those of the time-use survey. Prints its table.
//
// Reference: share of homes with somebody awake, by residents and hour; the transition matrices of CREST demand model 2
// (McKenna and Thomson, Applied Energy 165 (2016) 445), propagated. It stands in occupancy-table.ts.

import { expect, test } from "vitest";
import {
  createOccupancy,
  type Household,
  type OccupancyState,
  RESIDENTS_MAX,
  settleOccupancy,
  stepOccupancy,
} from "../../sim/plant/loads/occupancy.ts";
import { AWAKE_SHARE } from "../../sim/plant/loads/occupancy-table.ts";

const HOMES = 800;
const WEEKS = 4;
/**
 * 800 homes on 20 weekdays, six looks an hour, are good for ± 0.01; the rest is that a factor an hour cannot follow
 * what changes within one.
 */
const HOUR_TOLERANCE = 0.06;
const DAY_TOLERANCE = 0.02;

interface Shares {
  readonly awake: { readonly weekday: Float64Array; readonly weekend: Float64Array };
  /** Mean number of people awake, weekdays. */
  readonly awakeCount: Float64Array;
}

/** Lives some weeks, from a Monday, in homes of one size; the day before is not looked at. */
function live(residents: number, household: Household | null, profile: "uk" | "india"): Shares {
  const homes = Array.from({ length: HOMES }, () => ({
    residents,
    household,
    uniform: () => 0.999,
  }));
  const model = createOccupancy(homes, profile);
  const state: OccupancyState = {
    personState: new Uint8Array(HOMES * RESIDENTS_MAX),
    activeCount: new Uint8Array(HOMES),
    presentCount: new Uint8Array(HOMES),
  };
  settleOccupancy({ seed: 7, firstHome: 0 }, model, state);
  const awake = { weekday: new Float64Array(24), weekend: new Float64Array(24) };
  const awakeCount = new Float64Array(24);
  for (let tick = 1; tick <= (7 * WEEKS + 1) * 144; tick++) {
    const [day, minuteOfDay] = [Math.floor((tick - 1) / 144) - 1, ((tick - 1) % 144) * 10];
    const isFreeDay = (day + 7) % 7 >= 5;
    stepOccupancy({ seed: 7, firstHome: 0, tick, minuteOfDay, isFreeDay }, model, state);
    if (day < 0) continue;
    const hour = Math.floor(((minuteOfDay + 10) % 1440) / 60);
    const shares = isFreeDay ? awake.weekend : awake.weekday;
    const days = isFreeDay ? 2 : 5;
    for (const active of state.activeCount) {
      if (active > 0) shares[hour] = shares[hour]! + 1 / (HOMES * days * WEEKS * 6);
      if (!isFreeDay) awakeCount[hour] = awakeCount[hour]! + active / (HOMES * days * WEEKS * 6);
    }
  }
  return { awake, awakeCount };
}

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const SURVEYED = (["weekday", "weekend"] as const).flatMap((kind) =>
  AWAKE_SHARE[kind].flatMap((expected, index) =>
    expected === null ? [] : [{ kind, residents: index + 1, expected }],
  ),
);

test.for(SURVEYED)(
  "homes of $residents are awake as the survey says, each hour of a $kind",
  ({ kind, residents, expected }) => {
    const found = live(residents, null, "uk").awake[kind];
    const off = Array.from(found, (share, hour) => Math.abs(share - expected[hour]!));
    console.log(
      `${residents} residents, ${kind}, worst hour off by ${Math.max(...off).toFixed(3)}\n` +
        `  survey    ${expected.map((share) => share.toFixed(2)).join(" ")}\n` +
        `  simulated ${Array.from(found, (share) => share.toFixed(2)).join(" ")}`,
    );
    expect(Math.max(...off)).toBeLessThan(HOUR_TOLERANCE);
    expect(Math.abs(mean(found) - mean(expected))).toBeLessThan(DAY_TOLERANCE);
  },
);

test("people of one home are awake together: of four, as many at once as the survey has", () => {
  // Mean number awake on weekdays at 3, 8, 13, 18 and 21 h, the same matrices propagated.
  const { awakeCount } = live(4, null, "uk");
  const survey = [0.18, 2.02, 0.78, 2.3, 2.54];
  [3, 8, 13, 18, 21].forEach((hour, at) => {
    expect(Math.abs(awakeCount[hour]! - survey[at]!)).toBeLessThan(0.4);
  });
});

test("the retired live every day like one at the weekend, and in a family somebody is always there", () => {
  const usual = live(2, null, "uk");
  const retired = live(2, "retired", "uk");
  const noon = 12;
  expect(retired.awake.weekday[noon]! - usual.awake.weekend[noon]!).toBeCloseTo(0, 1);
  expect(retired.awake.weekday[noon]!).toBeGreaterThan(usual.awake.weekday[noon]! + 0.1);
  const family = live(2, "family", "uk");
  expect(family.awake.weekday[noon]!).toBeGreaterThan(usual.awake.weekday[noon]! + 0.1);
});

test("in India the day is the same, an hour earlier", () => {
  const uk = live(4, "worker", "uk").awake.weekday;
  const india = live(4, "worker", "india").awake.weekday;
  for (let hour = 4; hour < 22; hour++) {
    expect(Math.abs(india[hour]! - uk[hour + 1]!)).toBeLessThan(0.05);
  }
});
