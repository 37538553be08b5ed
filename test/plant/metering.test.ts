import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { addImport, displayText } from "../../sim/plant/meters/metering.ts";
import { createMeters, type MeterModel } from "../../sim/plant/meters/meters.ts";
import { createTheft, setBypass } from "../../sim/plant/theft/bypass.ts";

const CHECK = { seed: 20_260_112, numRuns: 300 };

/** Registers of `count` elements at zero, with exact sensors that see everything unless told otherwise. */
function elements(
  count: number,
  changes: { readonly gain?: number; readonly sensedShare?: number } = {},
) {
  return {
    registers: { importMilliWh: new Float64Array(count), carryMilliWMs: new Float64Array(count) },
    sensors: {
      gain: new Float64Array(count).fill(changes.gain ?? 1),
      sensedShare: new Float64Array(count).fill(changes.sensedShare ?? 1),
    },
  };
}

describe("a register", () => {
  test.for([
    { watts: 1000, stepMs: HOUR_MS, milliWh: 1_000_000 },
    { watts: 60, stepMs: MINUTE_MS, milliWh: 1000 },
    { watts: 3.6, stepMs: SECOND_MS, milliWh: 1 },
    { watts: 3.599, stepMs: SECOND_MS, milliWh: 0 },
    { watts: 0, stepMs: HOUR_MS, milliWh: 0 },
  ])("counts $milliWh mWh for $watts W over $stepMs ms", ({ watts, stepMs, milliWh }) => {
    const { registers, sensors } = elements(1);
    addImport(registers, sensors, Float64Array.of(watts), stepMs);
    expect(registers.importMilliWh[0]).toBe(milliWh);
  });

  test("counts nothing backwards: what is exported is not imported less", () => {
    const { registers, sensors } = elements(1);
    for (const watts of [1000, -5000, 1000]) {
      addImport(registers, sensors, Float64Array.of(watts), HOUR_MS);
    }
    expect(registers.importMilliWh[0]).toBe(2_000_000);
  });

  test("counts with the gain of its accuracy class", () => {
    const { registers, sensors } = elements(1, { gain: 1.01 });
    addImport(registers, sensors, Float64Array.of(2000), HOUR_MS);
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
        const { registers, sensors } = elements(1);
        let exact = 0n; // mW·ms
        for (const { watts, stepMs } of steps) {
          const before = registers.importMilliWh[0]!;
          addImport(registers, sensors, Float64Array.of(watts), stepMs);
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
        addImport(minutes.registers, minutes.sensors, Float64Array.of(watts), MINUTE_MS);
        for (let second = 0; second < 60; second++) {
          addImport(seconds.registers, seconds.sensors, Float64Array.of(watts), SECOND_MS);
        }
        expect(seconds.registers).toEqual(minutes.registers);
      }),
      CHECK,
    );
  });

  test("is given one power an element, or stops", () => {
    const { registers, sensors } = elements(2);
    expect(() => addImport(registers, sensors, Float64Array.of(1), 1000)).toThrow(
      "2 elements expected, got 1",
    );
  });
});

describe("a bypass", () => {
  const model: MeterModel = {
    intervalMs: 30 * MINUTE_MS,
    ids: ["supply-01", "supply-02", "transformer"],
    firstElement: Int32Array.of(0, 1, 4),
    elementCount: Int32Array.of(1, 3, 3),
    gain: new Float64Array(7).fill(1),
  };
  const install = () => ({
    theft: createTheft(2),
    meters: createMeters(
      model,
      model.ids.map((serial) => ({ serial, openingWh: 0, isOpen: false })),
    ),
  });

  test.for([
    { share: 0.6, milliWh: 400_000 },
    { share: 0.25, milliWh: 750_000 },
    { share: 1, milliWh: 0 },
    { share: 0, milliWh: 1_000_000 },
  ])("of $share makes a meter count $milliWh mWh of a kilowatt-hour", ({ share, milliWh }) => {
    const { theft, meters } = install();
    setBypass(theft, meters, model, 0, share);
    const activeW = Float64Array.of(1000, 0, 0, 0, 0, 0, 0);
    addImport(meters, { gain: model.gain, sensedShare: meters.sensedShare }, activeW, HOUR_MS);
    expect(meters.importMilliWh[0]).toBe(milliWh);
    expect(theft.bypassShare[0]).toBe(share);
  });

  test("leaves every other meter as it was, the transformer's too", () => {
    const { theft, meters } = install();
    setBypass(theft, meters, model, 1, 0.6);
    expect([...meters.sensedShare]).toEqual([1, 0.4, 0.4, 0.4, 1, 1, 1]);
  });

  test("that is removed leaves no trace", () => {
    const { theft, meters } = install();
    setBypass(theft, meters, model, 1, 0.6);
    setBypass(theft, meters, model, 1, 0);
    expect({ theft, meters }).toEqual(install());
  });

  test.for([-0.1, 1.1, Number.NaN])("of %d is no share", (share) => {
    const { theft, meters } = install();
    expect(() => setBypass(theft, meters, model, 0, share)).toThrow(
      `a share is 0 to 1, got ${share}`,
    );
  });
});

describe("a display", () => {
  test("shows the register, cut off and not rounded, and below it that all is well, that the supply is off, or the company's words", () => {
    expect(displayText(5_234_567, false, "")).toBe("  5234.56 kWh   \n1.8.0         OK");
    expect(displayText(5_234_567, true, "")).toBe("  5234.56 kWh   \nSUPPLY OFF      ");
    expect(displayText(0, true, "BILL IS OVERDUE")).toBe("     0.00 kWh   \nBILL IS OVERDUE ");
  });

  test("has two lines of sixteen printable characters, whatever it is told", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 15 }),
        fc.boolean(),
        text,
        (importWh, isOpen, notice) => {
          expect(displayText(importWh, isOpen, notice)).toMatch(/^[ -~]{16}\n[ -~]{16}$/);
        },
      ),
      { ...CHECK, numRuns: 2000 },
    );
  });
});
