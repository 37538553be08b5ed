// How the sweep over thefts draws its runs, and what it makes of what came of them.

import { describe, expect, test } from "vitest";
import type { Detector } from "../../sim/contract/theft.ts";
import { THEFT_KINDS } from "../../sim/contract/theft.ts";
import { DAY_MS } from "../../sim/core/time.ts";
import { readScenario } from "../../sim/host/commands/run.ts";
import { planRun, type SweepTask } from "../../sim/host/theft-sweep/plan.ts";
import { medianOf, summarize } from "../../sim/host/theft-sweep/summary.ts";
import type { HomeOutcome, SweepOutcome } from "../../sim/host/theft-sweep/watch.ts";

const FILE = "scenarios/five-thieves.yaml";
const task = (changes: Partial<SweepTask> = {}): SweepTask => ({
  ...{ file: FILE, seed: 7, days: 28, step: "5min", hasOutages: true, techniques: THEFT_KINDS },
  ...changes,
});
const plan = (changes: Partial<SweepTask> = {}) => {
  const { seed } = task(changes);
  return planRun(readScenario(FILE, { seed, step: "5min" }), task(changes));
};

describe("a run of the sweep", () => {
  test("has its five thieves at five homes, none of whom looks like one for another reason", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const { resolved, controls } = plan({ seed });
      const targets = resolved.plant.thefts.map(({ target }) => target);
      expect(resolved.plant.thefts.map(({ kind }) => kind)).toEqual([...THEFT_KINDS]);
      expect(new Set(targets).size).toBe(5);
      expect(targets.filter((id) => controls.has(id))).toEqual([]);
      for (const { from } of resolved.plant.thefts) {
        expect(from).toBeGreaterThanOrEqual(0.3 * 28 * DAY_MS);
        expect(from).toBeLessThanOrEqual(0.45 * 28 * DAY_MS);
      }
      seen.add(targets.join());
    }
    expect(seen.size).toBeGreaterThan(15);
  });

  test("is drawn by its seed alone: an outage more moves no thief", () => {
    expect(plan()).toEqual(plan());
    expect(plan({ hasOutages: false }).resolved.plant.thefts).toEqual(plan().resolved.plant.thefts);
    expect(plan({ techniques: ["magnet"] }).resolved.plant.thefts[0]).toMatchObject({
      kind: "magnet",
      from: plan().resolved.plant.thefts[3]!.from,
    });
  });

  test("has outages of air and supply only where they are asked for", () => {
    const counts = (hasOutages: boolean) => {
      const { outages, plant } = plan({ hasOutages }).resolved;
      return [outages.length > 0, plant.powerCuts.length > 0];
    };
    expect([counts(true), counts(false)]).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  test("cuts off who bridges the relay, and an honest home at the same moment; neither pays", () => {
    const { resolved, journal, controls } = plan();
    const bridge = resolved.plant.thefts.find(({ kind }) => kind === "relay-bypass")!;
    const honest = [...controls].find(([, control]) => control === "disconnected")![0];
    expect(journal.map(({ kind, takesEffectAtMs }) => [kind, takesEffectAtMs])).toEqual([
      ["input", bridge.from - (bridge.from % 300_000)],
      ["input", bridge.from - (bridge.from % 300_000)],
    ]);
    for (const id of [bridge.target, honest]) {
      const { pays } = resolved.plant.supplies.find((each) => each.id === id)!;
      expect(pays).toEqual({ afterBillMs: null, afterTripMs: null, topsUp: null });
    }
  });
});

describe("the figures", () => {
  const home = (changes: Partial<HomeOutcome>): HomeOutcome => ({
    ...{ supply: "h", theft: null, control: "none", onsetMs: null, stolenWh: 0, flowedWh: 1000 },
    ...{ openedMs: null, technique: null, spokeMs: {}, falseCases: 0, falseBy: [] },
    ...changes,
  });
  const thief = (days: number | null, rest: Partial<HomeOutcome> = {}): HomeOutcome =>
    home({
      ...{ theft: "magnet", onsetMs: 10 * DAY_MS, stolenWh: 400, technique: "magnet" },
      openedMs: days === null ? null : (10 + days) * DAY_MS,
      ...rest,
    });
  const run = (homes: readonly HomeOutcome[], changes: Partial<SweepTask> = {}): SweepOutcome => ({
    task: task(changes),
    simulatedMs: 365.2425 * DAY_MS,
    homes,
    feederCases: [],
    failedSteps: 0,
  });

  test("of a technique: who is found and when, by whatever name, and which detector spoke", () => {
    const spoke = (name: Detector, days: number) => ({ spokeMs: { [name]: (10 + days) * DAY_MS } });
    const runs = [
      run([thief(2, spoke("tamper-event", 3))]),
      run([thief(4, { technique: "partial-bypass" })]),
      run([thief(9, spoke("tamper-event", 9))]),
      run([thief(null)]),
      run([thief(1)], { hasOutages: false }),
    ];
    const magnet = summarize(runs, true).techniques.find(
      ({ technique }) => technique === "magnet",
    )!;
    expect(magnet).toMatchObject({
      ...{ thieves: 4, hiddenShare: 0.4, hiddenKWh: 0.4, named: 2, misnamed: 1, unnamed: 0 },
      found: { count: 3, medianDelayDays: 4 },
    });
    expect(magnet.byDetector["tamper-event"]).toEqual({ count: 2, medianDelayDays: 6 });
    expect(magnet.byDetector["voltage-sag"]).toEqual({ count: 0, medianDelayDays: null });
  });

  test("of accusations: a case a year on one of ten honest homes are 8.3 per 1000 home-months", () => {
    const accused = home({ falseCases: 1, falseBy: ["own-history"], control: "away" });
    const homes = [accused, ...Array.from({ length: 9 }, () => home({}))];
    const figures = summarize([run(homes, { techniques: [] })], true);
    expect(figures.honestStreets.homeMonths).toBeCloseTo(120, 9);
    expect(figures.honestStreets.per1000).toBeCloseTo(1000 / 120, 9);
    expect(figures.thievesStreets).toEqual({ homeMonths: 0, cases: 0, per1000: 0 });
    expect(figures.falseByDetector["own-history"].cases).toBe(1);
    expect(figures.falseByDetector["voltage-sag"].cases).toBe(0);
    expect(figures.falseByControl.away).toMatchObject({ cases: 1 });
  });

  test("a hook that shows on the feeder alone is found there", () => {
    const hook = home({ theft: "hook", onsetMs: 10 * DAY_MS, stolenWh: 500 });
    const cases = [9, 13, 15].map((day) => ({
      ...{ feeder: "feeder", openedMs: day * DAY_MS, technique: "hook" as const },
    }));
    const [figures] = summarize([{ ...run([hook]), feederCases: cases }], true).techniques.slice(1);
    expect(figures).toMatchObject({
      ...{ technique: "hook", found: { count: 0 } },
      onFeeder: { count: 1, medianDelayDays: 3 },
    });
  });

  test.for([
    { values: [], median: 0 },
    { values: [3], median: 3 },
    { values: [9, 1, 5], median: 5 },
    { values: [9, 1, 5, 6], median: 5.5 },
  ])("the median of $values is $median", ({ values, median }) => {
    expect(medianOf(values)).toBe(median);
  });
});
