// Meters in the twin: a cut that the company hears of, quantities that agree with the grid, boards with logs and credit,
// and steps of a second that come to what steps of a minute do.

import { describe, expect, test } from "vitest";
import type { MeterReading, PrepaidTerms } from "../../sim/contract/reading.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { beginStep, finishStep, type SwappedMeter } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import {
  contextOf,
  createOneMeter,
  handoverOf,
  type OneMeter,
  stepOneMeter,
} from "../../sim/plant/meters/one-meter.ts";
import { prepaidTerms } from "../support/meter.ts";
import { journal, runUntil, street } from "../support/street.ts";

const ROW = 4;
const SUPPLY = "supply-05";

/** Readings that the meters hand to the air until a moment, with those of one home. */
function readingsUntil(twin: Twin, untilMs: number, supply = SUPPLY): readonly MeterReading[] {
  const seen = new Map<number, MeterReading>();
  // With the mast down nothing leaves an outbox, so that it shows all that was made.
  const down = journal([[twin.world.engine.clock.nowMs, { kind: "mast-down" }]]);
  runUntil(twin, untilMs, down, ({ world }) => {
    for (const { message } of world.air.outbox.flat()) {
      if (message.kind === "reading" && message.supply === supply) {
        seen.set(message.sequence, message);
      }
    }
  });
  return [...seen.values()];
}

/** Hands a meter its terms as if they had come over the air. */
function makePrepaid(twin: Twin, terms: PrepaidTerms, openingCreditMinor: number): void {
  twin.world.plant.meters.delivered.push({
    row: ROW,
    message: {
      kind: "command",
      id: "prepaid-1",
      supply: SUPPLY,
      action: "set-prepaid",
      terms,
      openingCreditMinor,
      text: "",
      issuedAt: 0,
      expiresAt: DAY_MS,
    },
  });
}

describe("a power cut", () => {
  const cut = `powerCuts=[{ target: ${SUPPLY}, from: 2h10min, for: 90min }]`;

  test("is one last gasp and one first breath, and no reading between; the neighbours go on", () => {
    const twin = createTwin(street({ set: [cut, "meters.clockDriftPpm=0"] }));
    runUntil(twin, 6 * HOUR_MS);
    const codes = (row: number): readonly string[] => {
      const { state, logs } = { state: twin.world.plant.meters, logs: twin.world.plant.meterLogs };
      return handoverOf(twin.model.meters, { state, logs }, row).logs.events.map(
        ({ code }) => code,
      );
    };
    expect(codes(ROW)).toEqual(["last-gasp", "first-breath"]);
    expect(codes(ROW + 1)).toEqual([]);
    // 12 half hours; those that end at 2:30, 3:00 and 3:30 passed in the dark.
    const { nextSequence } = twin.world.plant.meters;
    expect([nextSequence[ROW], nextSequence[ROW + 1]]).toEqual([1 + 12 - 3, 1 + 12]);
  });

  test("shows a dark display", () => {
    const twin = runUntil(createTwin(street({ set: [cut] })), 3 * HOUR_MS);
    const frame = makeFrame(twin, "truth/supply");
    const shown = frame.channel === "truth/supply" ? frame.data.displayText : [];
    expect(shown[ROW]!.trim()).toBe("");
    expect(shown[ROW + 1]!.trim()).not.toBe("");
  });
});

test("a reading's quantities are those of the grid at its moment, within the meter's error", () => {
  const set = ["meters.classPercent=0", "meters.clockDriftPpm=0"];
  const twin = createTwin(street({ set }));
  const reading = readingsUntil(twin, 9 * HOUR_MS).at(-1)!;
  const { power } = twin.world.plant;
  const element = twin.model.meters.firstElement[ROW]!;
  const [watts, vars] = [power.meteredW[element]!, power.meteredVar[element]!];
  const volts = power.meteredV[element]!;
  expect(reading.measuredAt).toBe(9 * HOUR_MS);
  expect(reading.activePowerW).toBeCloseTo(watts, 0);
  expect(reading.reactivePowerVar).toBeCloseTo(vars, 0);
  expect(reading.elementCurrentA[0]).toBeCloseTo(Math.sqrt(watts * watts + vars * vars) / volts, 2);
  expect(reading.neutralCurrentA).toBe(reading.elementCurrentA[0]);
  expect(reading.powerFactor).toBeCloseTo(watts / Math.sqrt(watts * watts + vars * vars), 2);
});

test("steps of a second and of a minute come to the same readings and credit under drifting clocks", () => {
  const terms = prepaidTerms({ isWorkingDaysOnly: false });
  const [seconds, minutes] = [1000, MINUTE_MS].map((stepMs) => {
    const twin = createTwin(street({ stepMs, set: ["meters.clockDriftPpm=60"] }));
    makePrepaid(twin, terms, 100_000);
    // The order is obeyed at the end of the first step; credit begins there.
    runUntil(twin, 3 * HOUR_MS + 5 * MINUTE_MS);
    const { meters: state, meterLogs: logs } = twin.world.plant;
    return handoverOf(twin.model.meters, { state, logs }, ROW);
  });
  const intervals = minutes!.logs.profile;
  expect(intervals.length).toBeGreaterThanOrEqual(5);
  expect(seconds!.logs.profile).toHaveLength(intervals.length);
  intervals.forEach(({ measuredAt, importWh }, index) => {
    const other = seconds!.logs.profile[index]!;
    expect(other.measuredAt).toBe(measuredAt);
    // The grid solves to 1e-7 pu from other starting points: a few mWh in an hour.
    expect(Math.abs(other.importWh - importWh)).toBeLessThanOrEqual(1);
  });
  const difference = seconds!.prepaid!.creditMilliMinor - minutes!.prepaid!.creditMilliMinor;
  // A minute at 3 kW, 50 Wh, costs 30 coins.
  expect(Math.abs(difference)).toBeLessThan(30_000);
});

describe("a simulated meter behind the door", () => {
  /** Answers every step of one slot with a meter that took over when it was swapped in. */
  function answerer(twin: Twin) {
    let meter: OneMeter | undefined;
    return (swapped: readonly SwappedMeter[]) =>
      swapped.map(({ supply, terminals }) => {
        const { model, world } = twin;
        const here = { state: world.plant.meters, logs: world.plant.meterLogs };
        meter ??= createOneMeter(handoverOf(model.meters, here, ROW), contextOf(model.meters, ROW));
        // What a journal does to it.
        const outputs = JSON.parse(JSON.stringify(stepOneMeter(meter, terminals)));
        return { kind: "outputs" as const, supply, outputs };
      });
  }

  test("leaves the twin where the street's own meter would have: registers, clock, credit, logs", () => {
    const set = ["step=1s", `powerCuts=[{ target: ${SUPPLY}, from: 26min, for: 6min }]`];
    const ends = [true, false].map((isSwapped) => {
      const twin = createTwin(street({ set }));
      makePrepaid(twin, prepaidTerms(), 50);
      const answers = answerer(twin);
      const entries = journal([
        [2 * MINUTE_MS, { kind: "swap-in", target: SUPPLY, device: "simulated" }],
        [34 * MINUTE_MS, { kind: "swap-out", target: SUPPLY }],
      ]);
      const { clock } = twin.world.engine;
      while (clock.nowMs < 40 * MINUTE_MS) {
        const due = isSwapped
          ? entries.filter((entry) => entry.takesEffectAtMs === clock.nowMs)
          : [];
        finishStep(twin, answers(beginStep(twin, due)));
      }
      const { meters: state, meterLogs: logs } = twin.world.plant;
      return handoverOf(twin.model.meters, { state, logs }, ROW);
    });
    expect(ends[0]!.logs.events.map(({ code }) => code)).toContain("first-breath");
    expect(ends[0]!.logs.profile).toHaveLength(1);
    expect(ends[0]!.prepaid!.creditMilliMinor).toBeLessThan(50_000);
    expect(ends[0]).toEqual(ends[1]);
  });
});
