// Fleets of honest meters, and the things that look like theft and are none. Facts of the field: the residual of a
// class 1 fleet stays within 1.5 % a week and no home's factor above 0.1; half a current hidden is a factor of one.

import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { type PhaseVerdict, weighPhase } from "../../sim/utility/detection/balance.ts";
import { balanceWindows } from "../../sim/utility/detection/balance-windows.ts";
import { company, draws, smallHomes, THREE_A_PHASE } from "../support/company.ts";

const ACCURACY = { customerClassPercent: 1, transformerClassPercent: 0.5 };
const HUNDRED = smallHomes(Array.from({ length: 99 }, (_, home) => 1 + (home % 3)));
/** Errors of class 1 meters: a third of a percent is one standard deviation, one percent the limit. */
const gains = (count: number, seed: number): number[] => {
  const next = draws(seed);
  return Array.from({ length: count }, () => {
    const normal = next() + next() + next() + next() - 2;
    return 1 + Math.max(-0.01, Math.min(0.01, 0.0058 * normal));
  });
};
const verdictsOf = (
  { model, records, belief }: ReturnType<typeof company>,
  day: number,
): PhaseVerdict[] =>
  balanceWindows(model, model.feeders[0]!, records, belief, day * DAY_MS + 5 * HOUR_MS).phases.map(
    (window) => weighPhase(window, ACCURACY),
  );

describe("99 honest homes with class 1 meters", () => {
  test.for([1, 2, 3])(
    "of seed %i leave little, no factor above 0.1, and no case in eight days",
    (seed) => {
      const fleet = company({ loads: HUNDRED, gain: gains(99, seed), seed });
      for (let day = 1; day <= 8; day++) expect(fleet.balance(day)).toEqual([]);
      for (const verdict of verdictsOf(fleet, 8)) {
        expect(Math.abs(verdict.unexplainedWh / verdict.transformerWh)).toBeLessThan(0.015);
        expect(Math.max(...verdict.factors)).toBeLessThan(0.1);
        expect(verdict.isKnown).toBe(true);
      }
    },
  );
});

describe("a third of the readings lost at random", () => {
  const lost = (seed: number, share: number) => {
    const draw = draws(seed);
    const fate = new Map<number, boolean>();
    return (row: number, interval: number): boolean => {
      const key = interval * 1000 + row;
      if (!fate.has(key)) fate.set(key, interval === 0 || draw() >= share);
      return fate.get(key)!;
    };
  };

  test.for([0.2, 0.4])("makes no case of an honest home where %d of them are lost", (share) => {
    for (const seed of [1, 2, 3]) {
      const fleet = company({
        loads: THREE_A_PHASE,
        gain: gains(9, seed),
        seed,
        arrives: lost(seed, share),
      });
      for (let day = 1; day <= 8; day++) expect(fleet.balance(day)).toEqual([]);
      for (const { sigmaWh, transformerWh } of verdictsOf(fleet, 8)) {
        expect(sigmaWh / transformerWh).toBeGreaterThan(0.001);
      }
    }
  });

  test("hides no thief of 60 %", () => {
    const fleet = company({ loads: THREE_A_PHASE, hidden: { 4: 0.6 }, arrives: lost(5, 0.3) });
    const opened = [2, 3, 4, 5].flatMap((day) => fleet.balance(day));
    expect(opened.map((event) => ("supply" in event ? event.supply : ""))).toEqual(["supply-h5"]);
  });
});

describe("half of a home's current hidden", () => {
  test.for([1, 2, 3, 4])("is a factor of 1.0 ± 0.15 (seed %i)", (seed) => {
    const fleet = company({ loads: THREE_A_PHASE, hidden: { 4: 0.5 }, gain: gains(9, seed), seed });
    fleet.balance(4);
    const factors = verdictsOf(fleet, 4)[1]!.factors;
    expect(factors[1]).toBeGreaterThan(0.85);
    expect(factors[1]).toBeLessThan(1.15);
  });
});

describe("a load tapped off the line", () => {
  test.for([1, 2, 3, 4, 5, 6])(
    "is a case against its phase and never against a customer (seed %i)",
    (seed) => {
      const fleet = company({
        loads: THREE_A_PHASE,
        hookW: { 4: 600 },
        gain: gains(9, seed),
        seed,
      });
      for (let day = 1; day <= 8; day++) fleet.balance(day);
      expect(fleet.detection.cases).toMatchObject([
        {
          supply: fleet.records.feeders[0]!.id,
          technique: "hook",
          signals: [{ numbers: { phase: 2 } }],
        },
      ]);
    },
  );
});

describe("what looks like theft and is none", () => {
  test.for<[string, (home: number, day: number) => number]>([
    [
      "a home that stands empty from the twelfth day on",
      (home, day) => (home === 3 && day > 11 ? 0 : 1),
    ],
    [
      "a car that charges elsewhere from the twelfth day on",
      (home, day) => (home === 3 && day > 11 ? 0.35 : 1),
    ],
    ["solar panels from the twelfth day on", (home, day) => (home === 3 && day > 11 ? 0.6 : 1)],
    ["a holiday of the whole street", (_, day) => (day > 11 && day < 15 ? 0.3 : 1)],
  ])("makes no case: %s", ([, usesShare]) => {
    for (const seed of [1, 2]) {
      const fleet = company({ loads: THREE_A_PHASE, usesShare, gain: gains(9, seed), seed });
      for (let day = 1; day <= 18; day++) expect(fleet.balance(day)).toEqual([]);
    }
  });
});

test("the order of the homes changes nothing of what is found", () => {
  const named = (hidden: number, loads: readonly string[]) => {
    const fleet = company({ loads, hidden: { [hidden]: 0.6 }, seed: 4, usesShare: () => 1 });
    fleet.balance(2);
    fleet.balance(3);
    const [found] = fleet.detection.cases;
    return found?.kind === "theft" ? { ...found, supply: "" } : undefined;
  };
  // The same homes in the same order of use, on phases that are turned: L2's thief is L3's.
  const turned = smallHomes([2, 2, 2, 3, 3, 3, 1, 1, 1]);
  const [here, there] = [named(4, THREE_A_PHASE), named(4, turned)];
  expect(here?.hiddenShare).toBeCloseTo(there!.hiddenShare!, 2);
  expect(here?.probability).toBeCloseTo(there!.probability, 6);
});
