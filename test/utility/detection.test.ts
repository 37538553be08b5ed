// Who explains the missing energy: on readings made by hand, where the truth is known.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  INTERVALS_MIN,
  type PhaseWindow,
  weighPhase,
} from "../../sim/utility/detection/balance.ts";
import { createExpectation } from "../../sim/utility/detection/expectation.ts";
import { solveNonNegative } from "../../sim/utility/detection/nonnegative.ts";
import { HEAD, importText } from "../support/networks.ts";
import { street } from "../support/street.ts";

const ACCURACY = { customerClassPercent: 1, transformerClassPercent: 0.5 };
const INTERVALS = 144;

/** Park and Miller's generator, 0 to 1. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

interface Making {
  readonly homes: number;
  /** Share of a home's energy that its meter does not count. Index: home. */
  readonly hidden?: Readonly<Record<number, number>>;
  /** Energy that nobody's use explains, Wh an interval. */
  readonly elsewhereWh?: number;
  readonly seed?: number;
  readonly intervals?: number;
}

/** What meters and transformer count while homes use energy in bursts. */
function window({
  homes,
  hidden = {},
  elsewhereWh = 0,
  seed = 5,
  intervals = INTERVALS,
}: Making): PhaseWindow {
  const next = draws(seed);
  const meteredWh = new Float64Array(intervals * homes);
  const unexplainedWh = new Float64Array(intervals);
  let transformerWh = 0;
  for (let t = 0; t < intervals; t++) {
    for (let home = 0; home < homes; home++) {
      const usedWh = 30 + (next() < 0.25 ? 900 * next() : 0);
      const share = hidden[home] ?? 0;
      meteredWh[t * homes + home] = Math.floor(usedWh * (1 - share));
      unexplainedWh[t] = unexplainedWh[t]! + usedWh * share;
      transformerWh += usedWh;
    }
    unexplainedWh[t] = unexplainedWh[t]! + elsewhereWh + 4 * (next() - 0.5);
    transformerWh += elsewhereWh;
  }
  const customerRows = Array.from({ length: homes }, (_, home) => 10 + home);
  return { customerRows, intervals, meteredWh, unexplainedWh, transformerWh };
}

describe("the balance of one phase", () => {
  test("names the home that hides 60 % of its current, and how much", () => {
    const finding = weighPhase(window({ homes: 8, hidden: { 3: 0.6 } }), ACCURACY);
    expect(finding?.row).toBe(13);
    expect(finding?.hiddenShare).toBeCloseTo(0.6, 1);
    expect(finding?.explainedShare).toBeGreaterThan(0.9);
  });

  test("names nobody where nothing is missing", () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(weighPhase(window({ homes: 8, seed }), ACCURACY)).toBeUndefined();
    }
  });

  test("names nobody where what is missing follows nobody's use", () => {
    expect(weighPhase(window({ homes: 8, elsewhereWh: 150 }), ACCURACY)).toBeUndefined();
  });

  test("names nobody where two homes explain it alike", () => {
    expect(weighPhase(window({ homes: 8, hidden: { 2: 0.6, 5: 0.6 } }), ACCURACY)).toBeUndefined();
  });

  test("names nobody for what a bad meter could miss", () => {
    expect(weighPhase(window({ homes: 8, hidden: { 3: 0.02 } }), ACCURACY)).toBeUndefined();
  });

  test("names nobody on fewer intervals than two days have", () => {
    const short = window({ homes: 8, hidden: { 3: 0.6 }, intervals: INTERVALS_MIN - 1 });
    expect(weighPhase(short, ACCURACY)).toBeUndefined();
  });

  test("needs more missing where meters are worse", () => {
    const little = window({ homes: 8, hidden: { 3: 0.25 } });
    expect(weighPhase(little, ACCURACY)?.row).toBe(13);
    const poor = { customerClassPercent: 5, transformerClassPercent: 5 };
    expect(weighPhase(little, poor)).toBeUndefined();
  });
});

describe("non-negative least squares", () => {
  test("solves a system whose solution is positive", () => {
    // 2x + y = 5, x + 3y = 10.
    const x = solveNonNegative(Float64Array.of(2, 1, 1, 3), Float64Array.of(5, 10));
    expect(x[0]).toBeCloseTo(1, 6);
    expect(x[1]).toBeCloseTo(3, 6);
  });

  test("puts a zero where the free solution is negative, and refits the rest", () => {
    // Free solution of 2x + y = 1, x + 2y = 5 is x = −1, y = 3; with x = 0 the best y is 5/2.
    const x = solveNonNegative(Float64Array.of(2, 1, 1, 2), Float64Array.of(1, 5));
    expect(x[0]).toBe(0);
    expect(x[1]).toBeCloseTo(2.5, 6);
  });

  test("leaves out columns of zeros", () => {
    expect([...solveNonNegative(Float64Array.of(0, 0, 0, 4), Float64Array.of(7, 8))]).toEqual([
      0, 2,
    ]);
  });

  // Karush, Kuhn and Tucker: x ≥ 0, gradient ≥ 0, and one of the two is zero.
  test("meets the conditions of an optimum on random problems", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 1e6 }),
        (count, seed) => {
          const next = draws(seed);
          const rows = 3 * count;
          const a = Array.from({ length: rows * count }, () => next());
          const b = Array.from({ length: rows }, () => 4 * next() - 1.5);
          const gram = new Float64Array(count * count);
          const moment = new Float64Array(count);
          for (let r = 0; r < rows; r++) {
            for (let i = 0; i < count; i++) {
              moment[i] = moment[i]! + a[r * count + i]! * b[r]!;
              for (let j = 0; j < count; j++) {
                gram[i * count + j] = gram[i * count + j]! + a[r * count + i]! * a[r * count + j]!;
              }
            }
          }
          const x = solveNonNegative(gram, moment);
          for (let i = 0; i < count; i++) {
            let gradient = -moment[i]!;
            for (let j = 0; j < count; j++) gradient += gram[i * count + j]! * x[j]!;
            expect(x[i]).toBeGreaterThanOrEqual(0);
            expect(gradient).toBeGreaterThan(-1e-4);
            expect(Math.abs(gradient * x[i]!)).toBeLessThan(1e-4);
          }
        },
      ),
    );
  });
});

test("a three-phase customer's reading is expected a third on each phase", () => {
  const feeder =
    importText(`${HEAD}New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m
New Load.big Phases=3 Bus1=b kV=0.4 kW=3 PF=0.95
New Load.small Phases=1 Bus1=b.2 kV=0.23 kW=1 PF=0.95`);
  const { calendar, records } = street();
  const supplies = ["big", "small"].map((load, row) => ({ ...records.supplies[row]!, load }));
  const model = createExpectation({ ...records, calendar, feeder, supplies });
  expect([...model.customerOfElement]).toEqual([0, 0, 0, 1]);
  expect([...model.shareOfElement]).toEqual([1 / 3, 1 / 3, 1 / 3, 1]);
});
