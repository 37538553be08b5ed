// Who explains the missing energy: on readings made by hand, where the truth is known.

import { describe, expect, test } from "vitest";
import {
  INTERVALS_MIN,
  type PhaseWindow,
  weighPhase,
} from "../../sim/utility/detection/balance.ts";

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
  const varianceWh2 = new Float64Array(intervals);
  const dayPart = Uint8Array.from(varianceWh2, (_, t) => Math.floor((t % 48) / 8));
  const known = { varianceWh2, dayPart, totalVarianceWh2: 0 };
  return { customerRows, intervals, meteredWh, unexplainedWh, transformerWh, ...known };
}

describe("the balance of one phase", () => {
  test("names the home that hides 60 % of its current, and how much", () => {
    const [finding] = weighPhase(window({ homes: 8, hidden: { 3: 0.6 } }), ACCURACY).findings;
    expect(finding?.row).toBe(13);
    expect(finding?.hiddenShare).toBeCloseTo(0.6, 1);
    expect(finding?.explainedShare).toBeGreaterThan(0.9);
  });

  test("names nobody where nothing is missing", () => {
    for (let seed = 1; seed <= 20; seed++) {
      expect(weighPhase(window({ homes: 8, seed }), ACCURACY).findings).toEqual([]);
    }
  });

  test("names nobody where what is missing follows nobody's use", () => {
    expect(weighPhase(window({ homes: 8, elsewhereWh: 150 }), ACCURACY).findings).toEqual([]);
  });

  test("names both of two homes that steal at the same time, and nobody else", () => {
    const { findings } = weighPhase(window({ homes: 8, hidden: { 2: 0.6, 5: 0.6 } }), ACCURACY);
    expect(findings.map(({ row }) => row).sort()).toEqual([12, 15]);
    for (const { hiddenShare } of findings) expect(hiddenShare).toBeCloseTo(0.6, 1);
  });

  test("names nobody where an honest neighbour uses just the same", () => {
    const making = window({ homes: 8, hidden: { 3: 0.6 } });
    const { meteredWh } = making;
    for (let t = 0; t < INTERVALS; t++) {
      meteredWh[t * 8 + 6] = Math.floor(meteredWh[t * 8 + 3]! / 0.4);
    }
    expect(weighPhase(making, ACCURACY).findings).toEqual([]);
  });

  test("names nobody for what a bad meter could miss", () => {
    expect(weighPhase(window({ homes: 8, hidden: { 3: 0.02 } }), ACCURACY).findings).toEqual([]);
  });

  test("names nobody on fewer intervals than two days have", () => {
    const short = window({ homes: 8, hidden: { 3: 0.6 }, intervals: INTERVALS_MIN - 1 });
    expect(weighPhase(short, ACCURACY).findings).toEqual([]);
  });

  test("needs more missing where meters are worse", () => {
    const little = window({ homes: 8, hidden: { 3: 0.25 } });
    expect(weighPhase(little, ACCURACY).findings[0]?.row).toBe(13);
    const poor = { customerClassPercent: 5, transformerClassPercent: 5 };
    expect(weighPhase(little, poor).findings).toEqual([]);
  });
});
