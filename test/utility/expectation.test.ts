// The daily balance on readings made by hand: a small street of which the whole truth is known.

import { describe, expect, test } from "vitest";
import { DAY_MS, HOUR_MS } from "../../sim/core/time.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { compileFeeder, createGridState } from "../../sim/grid/feeder.ts";
import { solveStep } from "../../sim/grid/sweep.ts";
import { runDetection } from "../../sim/utility/detection/daily.ts";
import { createExpectation } from "../../sim/utility/detection/expectation.ts";
import { createDetection } from "../../sim/utility/detection/listen.ts";
import { createHeadend, takeReading } from "../../sim/utility/headend/headend.ts";
import type { Records } from "../../sim/utility/records.ts";
import type { BeliefState } from "../../sim/utility/state.ts";
import { meterReading } from "../support/messages.ts";
import { HEAD, importText } from "../support/networks.ts";
import { street } from "../support/street.ts";

/** Park and Miller's generator, 0 to 1. */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const BIG = "New Load.big Phases=3 Bus1=b kV=0.4 kW=3 PF=0.95";
const smallHomes = (phases: readonly number[]): string[] =>
  phases.map((phase, at) => `New Load.h${at + 1} Phases=1 Bus1=b.${phase} kV=0.23 kW=1 PF=0.95`);
const THREE_A_PHASE = smallHomes([1, 1, 1, 2, 2, 2, 3, 3, 3]);

interface Making {
  readonly loads: readonly string[];
  /** Share of a home's energy that its meter does not count. Index: home. */
  readonly hidden?: Readonly<Record<number, number>>;
  /** Homes that use in every interval just what another one uses. */
  readonly alike?: Readonly<Record<number, number>>;
  /** Whether the reading of a meter (row) at an interval's end arrives. */
  readonly arrives?: (row: number, interval: number) => boolean;
}

/** The company of a street of `loads` at the end of 20 m of cable; `balance(day)` is its balance at five in the morning. */
function company({ loads, hidden = {}, alike = {}, arrives = () => true }: Making) {
  const cable = "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m\n";
  const feeder = importText(`${HEAD}${cable}${loads.join("\n")}`);
  const resolved = street();
  const twin = createTwin(resolved);
  const supplies = feeder.loads.map(({ id, phases }, row) => ({
    ...twin.model.records.supplies[row]!,
    id: `supply-${id}`,
    load: id,
    phase: phases.length === 1 ? phases[0]! : 0,
  }));
  const feeders = [{ ...twin.model.records.feeders[0]!, network: feeder }];
  const records: Records = { ...twin.model.records, feeders, supplies };
  const belief: BeliefState = {
    ...twin.world.belief,
    headend: createHeadend(
      supplies.map(() => 0),
      [0],
    ),
    detection: createDetection(records),
  };
  const model = createExpectation(records);
  const { intervalMs } = records;
  const grid = compileFeeder(feeder, { keep: "all" });
  const state = createGridState(grid);
  const next = draws(7);
  const countedWh = supplies.map(() => 0);
  const phaseWh = [0, 0, 0];
  let interval = 0;
  const read = (row: number, registers: readonly number[]): void => {
    if (!arrives(row, interval)) return;
    const measuredAt = interval * intervalMs;
    const reading = meterReading({
      supply: supplies[row]?.id ?? "transformer",
      serial: supplies[row]?.serial ?? feeders[0]!.meterSerial,
      sequence: interval + 1,
      measuredAt,
      importWh: Math.floor(registers.reduce((sum, wh) => sum + wh, 0)),
      elementImportWh: registers.map(Math.floor),
    });
    takeReading(belief.headend, records, row, reading, measuredAt, []);
  };
  const readAll = (): void => {
    countedWh.forEach((wh, row) => {
      read(row, [wh]);
    });
    read(supplies.length, phaseWh);
    interval++;
  };
  const live = (): void => {
    const usedWh = supplies.map(() => 30 + (next() < 0.25 ? 900 * next() : 0));
    for (const [home, other] of Object.entries(alike)) usedWh[Number(home)] = usedWh[other]!;
    usedWh.forEach((wh, row) => {
      countedWh[row] = countedWh[row]! + wh * (1 - (hidden[row] ?? 0));
    });
    const activeW = Float64Array.from(grid.elements, ({ load }) => {
      const row = supplies.findIndex((supply) => supply.load === load);
      const pieces = grid.elements.filter((element) => element.load === load).length;
      return (usedWh[row]! * HOUR_MS) / intervalMs / pieces;
    });
    const reactiveVar = activeW.map((watts) => watts * model.varPerW);
    const options = { tolerancePu: 1e-9, iterationsMax: 100, loadModel: "constant-power" } as const;
    const result = solveStep(grid, state, activeW, reactiveVar, options);
    result.secondaryPhaseW.forEach((watts, phase) => {
      phaseWh[phase] = phaseWh[phase]! + (watts * intervalMs) / HOUR_MS;
    });
  };
  readAll();
  const balance = (day: number, afterMs = 5 * HOUR_MS) => {
    const now = day * DAY_MS + afterMs;
    while (interval * intervalMs <= now) {
      live();
      readAll();
    }
    return runDetection(model, records, belief, now);
  };
  return { balance, detection: belief.detection, countedWh, phaseWh };
}

describe("a home that hides 60 % of its current", () => {
  test("is named on two mornings before it is a case, and is a case once", () => {
    const { balance, detection } = company({ loads: THREE_A_PHASE, hidden: { 4: 0.6 } });
    expect(balance(1), "fewer than 96 intervals").toEqual([]);
    expect(balance(2)).toEqual([]);
    expect([...detection.namedDays]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(balance(3)).toMatchObject([
      { kind: "case-opened", supply: "supply-h5", caseId: "case-1", at: 3 * DAY_MS + 5 * HOUR_MS },
    ]);
    expect(balance(4)).toEqual([]);
    expect(detection.cases).toHaveLength(1);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.6, 1) });
    expect(detection.cases[0]!.evidence).toMatch(/^On L2 .* as if 60 % of its current flowed/);
  });

  test("is named although of a neighbour only every other reading arrives", () => {
    const { balance, detection } = company({
      loads: THREE_A_PHASE,
      hidden: { 4: 0.6 },
      arrives: (row, interval) => row !== 3 || interval % 2 === 0,
    });
    balance(2);
    expect(balance(3)).toMatchObject([{ kind: "case-opened", supply: "supply-h5" }]);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.6, 1) });
  });

  test("begins anew after a morning that did not name it", () => {
    const [silentFrom, silentUntil] = [2 * 48 + 10, 4 * 48 + 10];
    const { balance, detection } = company({
      loads: THREE_A_PHASE,
      hidden: { 4: 0.6 },
      // For two days the transformer's meter is not heard of.
      arrives: (row, interval) => row !== 9 || interval <= silentFrom || interval > silentUntil,
    });
    const named = [2, 4, 7, 8].map((day) => {
      const cases = balance(day).length;
      return { days: detection.namedDays[4], cases };
    });
    expect(named).toEqual([
      { days: 1, cases: 0 },
      { days: 0, cases: 0 },
      { days: 1, cases: 0 },
      { days: 2, cases: 1 },
    ]);
  });

  test("and uses just what a neighbour uses is not told from it", () => {
    const both = { hidden: { 4: 0.6 }, alike: { 3: 4 } };
    const { balance, detection } = company({ loads: THREE_A_PHASE, ...both });
    for (const day of [2, 3, 4]) expect(balance(day)).toEqual([]);
    expect(detection.unexplainedWh, "although much is missing").toBeGreaterThan(5_000);
  });
});

describe("an honest street", () => {
  test("leaves nothing unexplained, and the losses are what cable and meters make of it", () => {
    const { balance, detection, countedWh, phaseWh } = company({ loads: THREE_A_PHASE });
    expect(balance(2)).toEqual([]);
    const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
    // Registers are whole Wh: 12 of them, each off by less than one at either end.
    const lostWh = sum(phaseWh) - sum(countedWh);
    expect(Math.abs(detection.expectedLossesWh! - lostWh)).toBeLessThan(12);
    expect(Math.abs(detection.unexplainedWh!)).toBeLessThan(12);
    expect(lostWh).toBeGreaterThan(50);
  });

  test("is balanced once a day, from five in the morning on", () => {
    const { balance, detection } = company({ loads: THREE_A_PHASE });
    balance(2, 5 * HOUR_MS - 60_000);
    expect(detection.unexplainedWh).toBeNull();
    balance(2, 5 * HOUR_MS);
    const first = detection.unexplainedWh;
    expect(first).not.toBeNull();
    balance(2, 9 * HOUR_MS);
    expect(detection.unexplainedWh).toBe(first);
  });
});

describe("a three-phase customer", () => {
  const loads = [BIG, ...smallHomes([1, 1, 2, 2, 3, 3])];

  test("is expected a third on each phase, and leaves nothing unexplained", () => {
    const { balance, detection } = company({ loads });
    for (const day of [2, 3]) expect(balance(day)).toEqual([]);
    expect(Math.abs(detection.unexplainedWh!)).toBeLessThan(10); // as above, 10 registers
  });

  test("who hides half of the current is named, and not a neighbour", () => {
    const { balance, detection } = company({ loads, hidden: { 0: 0.5 } });
    balance(2);
    expect(balance(3)).toMatchObject([{ kind: "case-opened", supply: "supply-big" }]);
    expect(detection.cases).toHaveLength(1);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.5, 1) });
  });

  test("who hides half of the current does not make a case of a neighbour who lives alike", () => {
    const { balance } = company({ loads, hidden: { 0: 0.5 }, alike: { 3: 0 } });
    balance(2);
    expect(balance(3)).toMatchObject([{ supply: "supply-big" }]);
  });

  test("between three phases is shared alike", () => {
    const delta = BIG.replace("Phases=3", "Phases=3 Conn=delta");
    const { balance, detection } = company({
      loads: [delta, ...loads.slice(1)],
      hidden: { 0: 0.5 },
    });
    balance(2);
    expect(balance(3)).toMatchObject([{ kind: "case-opened", supply: "supply-big" }]);
    expect(detection.cases[0]).toMatchObject({ hiddenShare: expect.closeTo(0.5, 1) });
  });
});
