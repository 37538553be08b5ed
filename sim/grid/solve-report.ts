// What the `solve` command says of a feeder: node voltages of a snapshot, energies of a day.

import { atan2, magnitude } from "../core/math.ts";
import { DAY_MS, MINUTE_MS } from "../core/time.ts";
import { compileFeeder, createGridState, type Feeder, type GridState } from "./feeder.ts";
import type { ImportedFeeder } from "./opendss.ts";
import { type SweepResult, solveStep } from "./sweep.ts";

export interface NodeVoltage {
  /** `bus.phase`, lower case. */
  readonly node: string;
  readonly reV: number;
  readonly imV: number;
  readonly magV: number;
  readonly angDeg: number;
}

export interface SolveSettings {
  readonly loadModel: "opendss" | "constant-power";
  readonly tolerancePu: number;
  /** 1-based minute of the day whose shape samples hold; without it loads are as written. */
  readonly minute?: number;
}

export interface Snapshot {
  readonly converged: boolean;
  readonly iterations: number;
  readonly worstBus: string;
  readonly worstMismatchPu: number;
  readonly sourceKW: number;
  readonly sourceKvar: number;
  readonly secondaryKW: number;
  readonly secondaryKvar: number;
  readonly lossesKW: number;
  readonly nodes: readonly NodeVoltage[];
}

export interface DaySolution {
  readonly converged: boolean;
  /** 1-based minutes that did not converge. */
  readonly failedMinutes: readonly number[];
  readonly sourceKWh: number;
  readonly sourceKvarh: number;
  readonly secondaryKWh: number;
  readonly secondaryKvarh: number;
  readonly lossesKWh: number;
  /** Of the last minute. */
  readonly nodes: readonly NodeVoltage[];
}

const ITERATIONS_MAX = 100;
const MINUTES_PER_DAY = DAY_MS / MINUTE_MS;

/** Solves once. */
export function solveFeeder(imported: ImportedFeeder, settings: SolveSettings): Snapshot {
  const feeder = compileFeeder(imported, { keep: "all" });
  const state = createGridState(feeder);
  const loads = createElementLoads(imported, feeder);
  loads.fill(settings.minute);
  const result = solveStep(feeder, state, loads.activeW, loads.reactiveVar, {
    ...settings,
    iterationsMax: ITERATIONS_MAX,
  });
  return {
    converged: result.converged,
    iterations: result.iterations,
    worstBus: result.worstBus,
    worstMismatchPu: result.worstMismatchPu,
    sourceKW: result.sourceW / 1000,
    sourceKvar: result.sourceVar / 1000,
    secondaryKW: result.secondaryW / 1000,
    secondaryKvar: result.secondaryVar / 1000,
    lossesKW: result.lossesW / 1000,
    nodes: nodesOf(feeder, state),
  };
}

/** Solves every minute of a day by the loads' shapes. */
export function solveDay(
  imported: ImportedFeeder,
  settings: SolveSettings,
  keep: "all" | "needed" = "all",
): DaySolution {
  const feeder = compileFeeder(imported, { keep });
  const state = createGridState(feeder);
  const loads = createElementLoads(imported, feeder);
  const options = { ...settings, iterationsMax: ITERATIONS_MAX };
  const sums = { sourceW: 0, sourceVar: 0, secondaryW: 0, secondaryVar: 0, lossesW: 0 };
  const failedMinutes: number[] = [];
  for (let minute = 1; minute <= MINUTES_PER_DAY; minute++) {
    loads.fill(minute);
    const result = solveStep(feeder, state, loads.activeW, loads.reactiveVar, options);
    if (!result.converged) failedMinutes.push(minute);
    addTo(sums, result);
  }
  const kilo = 60_000;
  return {
    converged: failedMinutes.length === 0,
    failedMinutes,
    sourceKWh: sums.sourceW / kilo,
    sourceKvarh: sums.sourceVar / kilo,
    secondaryKWh: sums.secondaryW / kilo,
    secondaryKvarh: sums.secondaryVar / kilo,
    lossesKWh: sums.lossesW / kilo,
    nodes: nodesOf(feeder, state),
  };
}

function addTo(
  sums: {
    sourceW: number;
    sourceVar: number;
    secondaryW: number;
    secondaryVar: number;
    lossesW: number;
  },
  result: SweepResult,
): void {
  sums.sourceW += result.sourceW;
  sums.sourceVar += result.sourceVar;
  sums.secondaryW += result.secondaryW;
  sums.secondaryVar += result.secondaryVar;
  sums.lossesW += result.lossesW;
}

/** Every element's power in a minute; a shape multiplies both P and Q unless it holds the power itself. */
export function createElementLoads(
  imported: ImportedFeeder,
  feeder: Feeder,
): {
  readonly activeW: Float64Array;
  readonly reactiveVar: Float64Array;
  fill(minute: number | undefined): void;
} {
  const elementCount = new Map<string, number>();
  for (const { load } of feeder.elements) {
    elementCount.set(load, (elementCount.get(load) ?? 0) + 1);
  }
  const loads = new Map(imported.loads.map((load) => [load.id, load]));
  const shapes = new Map(imported.shapes.map((shape) => [shape.name, shape]));
  const rows = feeder.elements.map(({ load: id }) => {
    const load = loads.get(id)!;
    const count = elementCount.get(id)!;
    return {
      activeW: (load.kW * 1000) / count,
      reactiveVar: (load.kvar * 1000) / count,
      shape: load.shape === undefined ? undefined : shapes.get(load.shape),
      perKW: load.kW === 0 ? 0 : 1 / load.kW,
    };
  });
  const activeW = new Float64Array(rows.length);
  const reactiveVar = new Float64Array(rows.length);
  return {
    activeW,
    reactiveVar,
    fill(minute) {
      rows.forEach((row, element) => {
        let factor = 1;
        if (minute !== undefined && row.shape !== undefined) {
          const { multipliers, intervalMs, isActual } = row.shape;
          const sample = Math.ceil((minute * MINUTE_MS) / intervalMs) - 1;
          factor = multipliers[sample % multipliers.length]! * (isActual ? row.perKW : 1);
        }
        activeW[element] = row.activeW * factor;
        reactiveVar[element] = row.reactiveVar * factor;
      });
    },
  };
}

/** Every node that exists, in the order of the buses. */
export function nodesOf(feeder: Feeder, state: GridState): NodeVoltage[] {
  return feeder.busNames.flatMap((bus, row) =>
    feeder.busPhases[row]!.map((phase) => {
      const reV = state.voltageRe[3 * row + phase - 1]!;
      const imV = state.voltageIm[3 * row + phase - 1]!;
      const angDeg = (atan2(imV, reV) * 180) / Math.PI;
      return { node: `${bus}.${phase}`, reV, imV, magV: magnitude(reV, imV), angDeg };
    }),
  );
}

/** RFC 4180 with the header `node,re_V,im_V,mag_V,ang_deg`. */
export function nodesCsv(nodes: readonly NodeVoltage[]): string {
  const rows = nodes.map(({ node, reV, imV, magV, angDeg }) =>
    [node, reV, imV, magV, angDeg].join(","),
  );
  return `node,re_V,im_V,mag_V,ang_deg\n${rows.join("\n")}\n`;
}
