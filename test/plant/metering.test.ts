import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createCalendar } from "../../sim/core/calendar.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { addEnergy } from "../../sim/plant/meters/metering.ts";
import { createMeters } from "../../sim/plant/meters/meters.ts";
import {
  createTheft,
  followThefts,
  installTheft,
  removeTheft,
} from "../../sim/plant/theft/thefts.ts";
import { leaveTraces } from "../../sim/plant/theft/traces.ts";
import { meterModel } from "../support/meter.ts";

const CHECK = { seed: 20_260_112, numRuns: 300 };

/** Registers of perfect elements at zero, unless told otherwise, that are given one power each. */
function elements(
  count: number,
  changes: { readonly gain?: number; readonly sensedShare?: number } = {},
) {
  const model = meterModel(Array.from({ length: count }, () => 1));
  model.gain.fill(changes.gain ?? 1);
  const registers = createMeters(
    model,
    model.ids.map((serial) => ({ serial, openingWh: 0, isOpen: false })),
  );
  registers.sensedShare.fill(changes.sensedShare ?? 1);
  const add = (watts: readonly number[], stepMs: number): void => {
    const terminals = {
      activeW: Float64Array.from(watts),
      reactiveVar: new Float64Array(watts.length),
      elementVoltageV: new Float64Array(watts.length).fill(230),
      frequencyHz: 50,
    };
    addEnergy(registers, model, terminals, registers.sensedShare, stepMs);
  };
  return { registers, add };
}

describe("a register", () => {
  test.for([
    { watts: 1000, stepMs: HOUR_MS, milliWh: 1_000_000 },
    { watts: 60, stepMs: MINUTE_MS, milliWh: 1000 },
    { watts: 3.6, stepMs: SECOND_MS, milliWh: 1 },
    { watts: 3.599, stepMs: SECOND_MS, milliWh: 0 },
    { watts: 0, stepMs: HOUR_MS, milliWh: 0 },
  ])("counts $milliWh mWh for $watts W over $stepMs ms", ({ watts, stepMs, milliWh }) => {
    const { registers, add } = elements(1);
    add([watts], stepMs);
    expect(registers.importMilliWh[0]).toBe(milliWh);
  });

  test("counts nothing backwards: what is exported is not imported less", () => {
    const { registers, add } = elements(1);
    for (const watts of [1000, -5000, 1000]) {
      add([watts], HOUR_MS);
    }
    expect(registers.importMilliWh[0]).toBe(2_000_000);
  });

  test("counts with the gain of its accuracy class", () => {
    const { registers, add } = elements(1, { gain: 1.01 });
    add([2000], HOUR_MS);
    expect(registers.importMilliWh[0]).toBe(2_020_000);
  });

  const powers = fc.array(
    fc.record({
      watts: fc.double({ min: -500, max: 20_000, noNaN: true }),
      stepMs: fc.constantFrom(100, SECOND_MS, MINUTE_MS, HOUR_MS),
    }),
    { maxLength: 60 },
  );

  test("is whole milliwatt-hours, never falls, and loses nothing below them", () => {
    fc.assert(
      fc.property(powers, (steps) => {
        const { registers, add } = elements(1);
        let exact = 0n; // mW·ms
        for (const { watts, stepMs } of steps) {
          const before = registers.importMilliWh[0]!;
          add([watts], stepMs);
          exact += BigInt(Math.max(0, Math.round(watts * 1000))) * BigInt(stepMs);
          expect(Number.isSafeInteger(registers.importMilliWh[0])).toBe(true);
          expect(registers.importMilliWh[0]).toBeGreaterThanOrEqual(before);
        }
        expect(BigInt(registers.importMilliWh[0]!)).toBe(exact / 3_600_000n);
        expect(BigInt(registers.carryMilliWMs[0]!)).toBe(exact % 3_600_000n);
      }),
      CHECK,
    );
  });

  test("counts in one minute what it counts in sixty seconds", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 30_000, noNaN: true }), (watts) => {
        const [minutes, seconds] = [elements(1), elements(1)];
        minutes.add([watts], MINUTE_MS);
        for (let second = 0; second < 60; second++) {
          seconds.add([watts], SECOND_MS);
        }
        expect(seconds.registers).toEqual(minutes.registers);
      }),
      CHECK,
    );
  });

  test("is given one power an element, or stops", () => {
    const { add } = elements(2);
    expect(() => add([1], 1000)).toThrow("2 elements expected, got 1");
  });
});

describe("a bypass", () => {
  const model = meterModel([1, 3, 3]);
  const install = () => ({
    theft: createTheft(2),
    meters: createMeters(
      model,
      model.ids.map((serial) => ({ serial, openingWh: 0, isOpen: false })),
    ),
  });

  const bypass = ({ theft, meters }: ReturnType<typeof install>, row: number, share: number) => {
    const what = { kind: "partial-bypass", intensity: share, plan: -1, opensCover: false } as const;
    if (share === 0) removeTheft(theft, row, undefined);
    else installTheft(theft, row, what, 0);
    const calendar = createCalendar("2026-01-12T00:00", "UTC", []);
    followThefts(theft, { specs: [], calendar, nowMs: 0, relayOpen: new Uint8Array(2) });
    leaveTraces(theft, meters, model, { hasNeutralSensor: true, at: 0 });
  };

  test.for([
    { share: 0.6, milliWh: 400_000 },
    { share: 0.25, milliWh: 750_000 },
    { share: 1, milliWh: 0 },
    { share: 0, milliWh: 1_000_000 },
  ])("of $share makes a meter count $milliWh mWh of a kilowatt-hour", ({ share, milliWh }) => {
    const { theft, meters } = install();
    bypass({ theft, meters }, 0, share);
    const terminals = {
      activeW: Float64Array.of(1000, 0, 0, 0, 0, 0, 0),
      reactiveVar: new Float64Array(7),
      elementVoltageV: new Float64Array(7).fill(230),
      frequencyHz: 50,
    };
    addEnergy(meters, model, terminals, meters.sensedShare, HOUR_MS);
    expect(meters.importMilliWh[0]).toBe(milliWh);
    expect(theft.bypassShare[0]).toBe(share);
  });

  test("leaves every other meter as it was, the transformer's too", () => {
    const { theft, meters } = install();
    bypass({ theft, meters }, 1, 0.6);
    expect([...meters.sensedShare]).toEqual([1, 0.4, 0.4, 0.4, 1, 1, 1]);
  });

  test("that is removed leaves no trace", () => {
    const { theft, meters } = install();
    bypass({ theft, meters }, 1, 0.6);
    bypass({ theft, meters }, 1, 0);
    expect({ theft, meters }).toEqual(install());
  });

  test.for([-0.1, 1.1, Number.NaN])("of %d is no share", (share) => {
    expect(() => bypass(install(), 0, share)).toThrow(
      `partial-bypass of ${share}: a share is 0 to 1`,
    );
  });
});
