// A meter's own clock: intervals end on it, whatever the step; it is set, it runs out of reserve, and no interval is
// told twice.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { INTERVAL } from "../../sim/contract/reading.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import { ownTime, trueTimeOf } from "../../sim/plant/meters/clock.ts";
import { meterModel } from "../support/meter.ts";
import { type Bench, bench } from "../support/metering.ts";

const HALF_HOUR_MS = 30 * MINUTE_MS;

/** A meter whose clock is ahead by so much from the start on. */
const ahead = (offsetMs: number, stepMs = MINUTE_MS): Bench =>
  bench({
    stepMs,
    handover: {
      clock: { setAt: 0, offsetMs, isInvalid: false, lastInterval: 0, intervalFlags: 0 },
    },
  });
const measuredAt = ({ readings }: Bench): readonly number[] =>
  readings.map((reading) => reading.measuredAt / MINUTE_MS);

describe("a drifting clock", () => {
  // IEC 62054-21: half a second a day at most; 5.787 ppm are that.
  test("of 5.787 ppm is half a second ahead after a day, and five minutes late after three years of −3 ppm", () => {
    const model = meterModel([1, 1], { clockDriftPpm: Float64Array.of(5.787, -3.171) });
    const clock = bench().meter.state.clock;
    const wide = { ...clock, setAt: new Float64Array(2), offsetMs: new Float64Array(2) };
    expect(ownTime(model, wide, 0, DAY_MS) - DAY_MS).toBeCloseTo(500, -1);
    expect(ownTime(model, wide, 1, 1096 * DAY_MS) - 1096 * DAY_MS).toBeCloseTo(-300_280, -2);
  });

  test("shows a time of its own first at the true time that is computed for it", () => {
    const ppm = fc.double({ min: -500, max: 500, noNaN: true });
    const time = fc.integer({ min: 0, max: 3650 * DAY_MS });
    fc.assert(
      fc.property(ppm, fc.integer({ min: -DAY_MS, max: DAY_MS }), time, (drift, offset, ownMs) => {
        const model = meterModel([1], { clockDriftPpm: Float64Array.of(drift) });
        const { clock } = ahead(offset).meter.state;
        const at = trueTimeOf(model, clock, 0, ownMs);
        expect(ownTime(model, clock, 0, at)).toBeGreaterThanOrEqual(ownMs);
        expect(ownTime(model, clock, 0, at - 1)).toBeLessThan(ownMs);
      }),
      { seed: 20_260_112, numRuns: 300 },
    );
  });

  test("ends an interval in the middle of a step, with the register of that moment", () => {
    // 20 s ahead: the half hour ends at 29:40 true time; at 3600 W that is 1780 Wh.
    const meter = ahead(20 * SECOND_MS).run(HALF_HOUR_MS, 3600);
    expect(meter.readings).toMatchObject([{ measuredAt: HALF_HOUR_MS, importWh: 1780 }]);
  });

  test("late by 20 s ends it 20 s into the next step", () => {
    const meter = ahead(-20 * SECOND_MS).run(31 * MINUTE_MS, 3600);
    expect(meter.readings).toMatchObject([{ measuredAt: HALF_HOUR_MS, importWh: 1820 }]);
  });

  test("comes to the same readings with steps of a second, of a minute and of five", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -3 * MINUTE_MS, max: 3 * MINUTE_MS }),
        fc.double({ min: -300, max: 300, noNaN: true }),
        (offsetMs, clockDriftPpm) => {
          const told = [SECOND_MS, MINUTE_MS, 5 * MINUTE_MS].map((stepMs) => {
            const clock = { setAt: 0, offsetMs, isInvalid: false, lastInterval: 0 };
            const handover = { clock: { ...clock, intervalFlags: 0 } };
            const meter = bench({ stepMs, context: { clockDriftPpm }, handover });
            for (let part = 1; part <= 6; part++) {
              meter.run(part * 20 * MINUTE_MS, 700 * (part % 4));
            }
            return meter.readings.filter((reading) => reading.measuredAt <= 90 * MINUTE_MS);
          });
          expect(told[0]!.length).toBeGreaterThanOrEqual(2);
          expect(told[1]).toEqual(told[0]);
          expect(told[2]).toEqual(told[0]);
        },
      ),
      { seed: 7, numRuns: 10 },
    );
  });
});

describe("a clock that is set", () => {
  const set = (clockMs: number) => [{ action: "set-clock", clockMs } as const];

  test("by a few seconds ends no interval, and the next reading says so", () => {
    const meter = bench()
      .run(10 * MINUTE_MS, 600)
      .run(11 * MINUTE_MS, 600, set(11 * MINUTE_MS + 5000));
    meter.run(65 * MINUTE_MS, 600);
    expect(meter.readings).toMatchObject([
      { measuredAt: HALF_HOUR_MS, intervalFlags: INTERVAL.clockSet, importWh: 299 },
      { measuredAt: HOUR_MS, intervalFlags: 0, importWh: 599 },
    ]);
    expect(meter.events).toMatchObject([{ code: "clock-set", eventId: 151, value: 5000 }]);
  });

  test("forward over a boundary ends the interval there, short, and says so; what it skips is not told", () => {
    const meter = bench()
      .run(20 * MINUTE_MS, 600)
      .run(21 * MINUTE_MS, 600, set(95 * MINUTE_MS));
    expect(meter.readings).toMatchObject([
      { measuredAt: HALF_HOUR_MS, intervalFlags: INTERVAL.clockSet, importWh: 210 },
    ]);
    meter.run(46 * MINUTE_MS, 600);
    expect(measuredAt(meter)).toEqual([30, 120]);
    expect(meter.readings[1]).toMatchObject({ intervalFlags: INTERVAL.clockSet, importWh: 460 });
  });

  test("backward ends no interval a second time: the running one is longer and says so", () => {
    const meter = bench()
      .run(35 * MINUTE_MS, 600)
      .run(36 * MINUTE_MS, 600, set(5 * MINUTE_MS));
    meter.run(3 * HOUR_MS, 600);
    expect(measuredAt(meter)).toEqual([30, 60, 90, 120]);
    const flags = meter.readings.map(({ intervalFlags }) => intervalFlags);
    expect(flags).toEqual([0, INTERVAL.clockSet, 0, 0]);
  });

  test.for([Number.NaN, -1, 1.5, 1e300])("to %d is refused and stays", (clockMs) => {
    const meter = bench().run(MINUTE_MS, 0, set(clockMs));
    expect(meter.sent).toMatchObject([
      { kind: "command-ack", result: "refused", reason: "bad-clock", doneAt: MINUTE_MS },
    ]);
  });

  test("again and again tells every interval once at most, ascending, and flags whatever is irregular", () => {
    const setting = fc.record({
      afterMinutes: fc.integer({ min: 1, max: 100 }),
      byMs: fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }),
      darkMinutes: fc.constantFrom(0, 0, 5, 90, 3000),
    });
    fc.assert(
      fc.property(fc.array(setting, { maxLength: 6 }), (settings) => {
        const meter = bench();
        for (const { afterMinutes, byMs, darkMinutes } of settings) {
          meter.run(meter.nowMs + afterMinutes * MINUTE_MS, 600);
          const { state, model } = meter.meter;
          const own = ownTime(model, state.clock, 0, meter.nowMs) + byMs;
          meter.run(meter.nowMs + MINUTE_MS, 600, set(Math.max(0, own)));
          meter.dark(meter.nowMs + darkMinutes * MINUTE_MS);
        }
        meter.run(meter.nowMs + 8 * HOUR_MS, 600);
        const intervals = meter.readings.map((reading) => reading.measuredAt / HALF_HOUR_MS);
        let before = 0;
        meter.readings.forEach(({ intervalFlags, importWh }, index) => {
          const steps = intervals[index]! - before;
          const lastWh = meter.readings[index - 1]?.importWh ?? 0;
          expect(steps).toBeGreaterThanOrEqual(1);
          const isRegular = steps === 1 && importWh - lastWh === 300;
          if (!isRegular) expect(intervalFlags).not.toBe(0);
          before = intervals[index]!;
        });
      }),
      { seed: 20_260_112, numRuns: 60 },
    );
  });
});

describe("a clock without supply", () => {
  test("goes on as long as its reserve, and is right afterwards", () => {
    const meter = bench()
      .run(HOUR_MS, 600)
      .dark(37 * HOUR_MS)
      .run(38 * HOUR_MS, 600);
    expect(meter.readings.at(-1)).toMatchObject({ measuredAt: 38 * HOUR_MS });
    expect(meter.codes).not.toContain("clock-invalid");
  });

  test("stands still after it, says that it lost the time, and every reading says so until it is set", () => {
    const meter = bench()
      .run(HOUR_MS, 600)
      .dark(41 * HOUR_MS)
      .run(42 * HOUR_MS, 600);
    expect(meter.codes).toEqual(["last-gasp", "clock-invalid", "first-breath"]);
    // Four of forty hours are lost.
    expect(meter.readings.at(-1)).toMatchObject({
      measuredAt: 38 * HOUR_MS,
      intervalFlags: INTERVAL.clockInvalid,
    });
    const clockMs = 42 * HOUR_MS + MINUTE_MS;
    meter.run(clockMs, 600, [{ action: "set-clock", clockMs }]).run(43 * HOUR_MS, 600);
    expect(meter.readings.at(-1)).toMatchObject({ measuredAt: 43 * HOUR_MS, intervalFlags: 0 });
  });
});
