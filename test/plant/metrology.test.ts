// What meters measure: within their class at every row of the standards' tables, nothing below the starting current,
// and the quantities beside energy.

import { describe, expect, test } from "vitest";
import { randomByName } from "../../sim/core/random.ts";
import { addEnergy, sensedMilliW } from "../../sim/plant/meters/metering.ts";
import { createMeters } from "../../sim/plant/meters/meters.ts";
import { drawMeter, startingShare } from "../../sim/plant/meters/model.ts";
import { readQuantities } from "../../sim/plant/meters/quantities.ts";
import { meterModel } from "../support/meter.ts";

const V = 230;
const BASIC_A = 10;

/** Terminals at a current and a power factor; a leading one is negative. */
function flow(currentA: number, powerFactor: number, direction = 1) {
  const apparentVa = V * currentA;
  const activeW = direction * apparentVa * Math.abs(powerFactor);
  const size = apparentVa * Math.sqrt(1 - powerFactor * powerFactor);
  return {
    activeW: Float64Array.of(activeW),
    reactiveVar: Float64Array.of(powerFactor < 0 ? -size : size),
    elementVoltageV: Float64Array.of(V),
    frequencyHz: 50,
  };
}

/** A meter of a class, drawn from a seed. */
function drawn(seed: number, classPercent: number) {
  const traits = drawMeter(randomByName(seed), "supply-01", {
    classPercent,
    basicA: BASIC_A,
    nominalV: V,
    clockDriftPpm: 2,
  });
  return meterModel([1], {
    gain: Float64Array.of(traits.gain),
    phaseErrorShare: Float64Array.of(traits.phaseErrorShare),
    offsetW: Float64Array.of(traits.offsetW),
    startingCurrentA: Float64Array.of(traits.startingCurrentA),
  });
}

const ALL = Float64Array.of(1);
const errorPercent = (
  model: ReturnType<typeof drawn>,
  currentA: number,
  factor: number,
): number => {
  const terminals = flow(currentA, factor);
  const trueW = terminals.activeW[0]!;
  return (100 * (sensedMilliW(model, terminals, ALL, 0) / 1000 - trueW)) / trueW;
};

// Limits of error of IEC 62053-21 (direct connected, single-phase or balanced) and, for 0,5 S, of 62053-22.
// A current stands for its row at its lower end, where the error is largest; 6 times Ib is Imax.
test.for([
  { of: 1, share: 0.05, factor: 1, limit: 1.5 },
  { of: 1, share: 0.1, factor: 1, limit: 1 },
  { of: 1, share: 6, factor: 1, limit: 1 },
  { of: 1, share: 0.1, factor: 0.5, limit: 1.5 },
  { of: 1, share: 0.1, factor: -0.8, limit: 1.5 },
  { of: 1, share: 0.2, factor: 0.5, limit: 1 },
  { of: 1, share: 0.2, factor: -0.8, limit: 1 },
  { of: 1, share: 6, factor: 0.5, limit: 1 },
  { of: 1, share: 0.2, factor: 0.25, limit: 3.5 },
  { of: 1, share: 0.2, factor: -0.5, limit: 2.5 },
  { of: 2, share: 0.05, factor: 1, limit: 2.5 },
  { of: 2, share: 0.1, factor: 1, limit: 2 },
  { of: 2, share: 0.1, factor: 0.5, limit: 2.5 },
  { of: 2, share: 0.2, factor: 0.5, limit: 2 },
  { of: 0.5, share: 0.01, factor: 1, limit: 1 },
  { of: 0.5, share: 0.05, factor: 1, limit: 0.5 },
  { of: 0.5, share: 0.02, factor: 0.5, limit: 1 },
  { of: 0.5, share: 0.02, factor: -0.8, limit: 1 },
  { of: 0.5, share: 0.1, factor: 0.5, limit: 0.6 },
  { of: 0.5, share: 0.1, factor: 0.25, limit: 1 },
])(
  "at $share Ib and a power factor of $factor every meter of class $of is within $limit %",
  (row) => {
    const errors = Array.from({ length: 300 }, (_, seed) =>
      errorPercent(drawn(seed, row.of), row.share * BASIC_A, row.factor),
    );
    // Half a milliwatt of rounding is 0.001 % of the smallest power of the table.
    expect(Math.max(...errors)).toBeLessThanOrEqual(row.limit + 0.001);
    expect(Math.min(...errors)).toBeGreaterThanOrEqual(-row.limit - 0.001);
    expect(Math.max(...errors)).toBeGreaterThan(0.1 * row.limit);
  },
);

describe("the starting current", () => {
  // IEC 62053-21 and 62053-22.
  test.for([
    { of: 0.5, share: 0.001 },
    { of: 1, share: 0.004 },
    { of: 2, share: 0.005 },
  ])(
    "of class $of is $share of the basic one: below it nothing is counted, above it something",
    (row) => {
      expect(startingShare(row.of)).toBe(row.share);
      const model = drawn(3, row.of);
      const startA = row.share * BASIC_A;
      expect(sensedMilliW(model, flow(0.99 * startA, 1), ALL, 0)).toBe(0);
      expect(sensedMilliW(model, flow(1.01 * startA, 1), ALL, 0)).toBeGreaterThan(0);
    },
  );

  test("lets nothing creep: voltage without current is counted as nothing, for a year", () => {
    const model = drawn(5, 1);
    const meters = createMeters(model, [{ serial: "M", openingWh: 0, isOpen: false }]);
    addEnergy(meters, model, flow(0, 1), ALL, 365 * 86_400_000);
    expect([meters.importMilliWh[0], meters.carryMilliWMs[0]]).toEqual([0, 0]);
  });
});

test("what is fed back counts in the export register and takes nothing from the import", () => {
  const model = meterModel();
  const meters = createMeters(model, [{ serial: "M", openingWh: 0, isOpen: false }]);
  for (const direction of [1, -1, 1])
    addEnergy(meters, model, flow(10, 1, direction), ALL, 3_600_000);
  expect([meters.importMilliWh[0], meters.exportMilliWh[0]]).toEqual([4_600_000, 2_300_000]);
});

const SENSORS = { sensedShare: ALL, neutralShare: ALL };
const ONE = { row: 0, first: 0, count: 1 };

describe("the quantities", () => {
  test("of one phase are V, I = S ÷ V, P, Q and P ÷ S; the neutral carries what the phase carries", () => {
    expect(readQuantities(meterModel(), flow(10, 0.8), SENSORS, ONE)).toEqual({
      elementVoltageV: [230],
      elementCurrentA: [10],
      neutralCurrentA: 10,
      activePowerW: 1840,
      reactivePowerVar: 1380,
      powerFactor: 0.8,
      frequencyHz: 50,
    });
  });

  test.for([
    { factor: -0.8, direction: 1, shown: -0.8 },
    { factor: 0.8, direction: -1, shown: -0.8 },
    { factor: 1, direction: 1, shown: 1 },
  ])("have a power factor of $shown at $factor in direction $direction", (row) => {
    const terminals = flow(10, row.factor, row.direction);
    expect(readQuantities(meterModel(), terminals, SENSORS, ONE).powerFactor).toBe(row.shown);
  });

  const three = (watts: readonly number[], vars: readonly number[] = [0, 0, 0]) =>
    readQuantities(
      meterModel([3]),
      {
        activeW: Float64Array.from(watts),
        reactiveVar: Float64Array.from(vars),
        elementVoltageV: Float64Array.of(230, 230, 230),
        frequencyHz: 50,
      },
      { sensedShare: Float64Array.of(1, 1, 1), neutralShare: Float64Array.of(1) },
      { row: 0, first: 0, count: 3 },
    );

  test.for([
    { watts: [2300, 2300, 2300], vars: [0, 0, 0], neutralA: 0 },
    { watts: [2300, 0, 0], vars: [0, 0, 0], neutralA: 10 },
    { watts: [2300, 2300, 0], vars: [0, 0, 0], neutralA: 10 },
    { watts: [2300, 1150, 1150], vars: [0, 0, 0], neutralA: 5 },
    // 10 A in phase with L1, and 10 A that lag L2 by 90°: 10·√(2 − 2·sin 60°), by the law of cosines at 150°.
    { watts: [2300, 0, 0], vars: [0, 2300, 0], neutralA: 5.176 },
  ])("of three phases with $watts W and $vars var sum to $neutralA A in the neutral", (row) => {
    expect(three(row.watts, row.vars).neutralCurrentA).toBeCloseTo(row.neutralA, 3);
  });

  test("of a dead meter are all zero, with a power factor of one", () => {
    const dead = { ...flow(0, 1), elementVoltageV: Float64Array.of(0) };
    expect(readQuantities(meterModel(), dead, SENSORS, ONE)).toMatchObject({
      elementVoltageV: [0],
      elementCurrentA: [0],
      frequencyHz: 0,
      powerFactor: 1,
    });
  });
});
