// A company whose street is made by hand: every watt-hour of it is known, and what it is told is chosen.

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
import { meterReading } from "./messages.ts";
import { HEAD, importText } from "./networks.ts";
import { street } from "./street.ts";

/** Park and Miller's generator, 0 to 1. */
export function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export const BIG = "New Load.big Phases=3 Bus1=b kV=0.4 kW=3 PF=0.95";
export const smallHomes = (phases: readonly number[]): string[] =>
  phases.map((phase, at) => `New Load.h${at + 1} Phases=1 Bus1=b.${phase} kV=0.23 kW=1 PF=0.95`);
export const THREE_A_PHASE = smallHomes([1, 1, 1, 2, 2, 2, 3, 3, 3]);

export interface Making {
  readonly loads: readonly string[];
  /** Share of a home's energy that its meter does not count. Index: home. */
  readonly hidden?: Readonly<Record<number, number>>;
  /** Homes that use in every interval just what another one uses. */
  readonly alike?: Readonly<Record<number, number>>;
  /** What each home's meter counts of what passes its sensor; 1 unless given. Index: home. */
  readonly gain?: readonly number[];
  /** A load that is tapped off before the meter of a home, W. Index: home. */
  readonly hookW?: Readonly<Record<number, number>>;
  /** What a home uses of what it would use, by day. */
  readonly usesShare?: (home: number, day: number) => number;
  readonly seed?: number;
  /** Whether the reading of a meter (row) at an interval's end arrives. */
  readonly arrives?: (row: number, interval: number) => boolean;
}

/** The company of a street of `loads` at the end of 20 m of cable; `balance(day)` is its balance at five in the morning. */
export function company({
  loads,
  hidden = {},
  alike = {},
  gain = [],
  hookW = {},
  usesShare = () => 1,
  seed = 7,
  arrives = () => true,
}: Making) {
  const cable = "New Line.a Bus1=sourcebus Bus2=b Linecode=three Length=20 Units=m\n";
  const feeder = importText(`${HEAD}${cable}${loads.join("\n")}`);
  const resolved = street();
  const twin = createTwin(resolved);
  const supplies = feeder.loads.map(({ id, phases }, row) => ({
    ...twin.model.records.supplies[row % twin.model.records.supplies.length]!,
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
  const next = draws(seed);
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
    const day = Math.floor((interval * intervalMs) / DAY_MS);
    const usedWh = supplies.map(
      (_, home) => (30 + (next() < 0.25 ? 900 * next() : 0)) * usesShare(home, day),
    );
    for (const [home, other] of Object.entries(alike)) usedWh[Number(home)] = usedWh[other]!;
    usedWh.forEach((wh, row) => {
      countedWh[row] = countedWh[row]! + wh * (1 - (hidden[row] ?? 0)) * (gain[row] ?? 1);
    });
    const activeW = Float64Array.from(grid.elements, ({ load }) => {
      const row = supplies.findIndex((supply) => supply.load === load);
      const pieces = grid.elements.filter((element) => element.load === load).length;
      return ((usedWh[row]! * HOUR_MS) / intervalMs + (hookW[row] ?? 0)) / pieces;
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
  return { balance, records, belief, model, detection: belief.detection, countedWh, phaseWh };
}
