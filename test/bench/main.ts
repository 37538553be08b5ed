// How fast the twin is, beside the bare power flows of the same steps in the same process, its broker beside a bare one,
// its ledger beside bare inserts, and its pages beside bare queries: absolute times depend on the machine and are for
// information, ratios decide. `--json` prints one array and nothing else; `web` measures
// the page alone.

import { join } from "node:path";
import { drawUniform } from "../../sim/core/random.ts";
import { DAY_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { step } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { createGridState } from "../../sim/grid/feeder.ts";
import { solveStep } from "../../sim/grid/sweep.ts";
import { EXIT } from "../../sim/host/exit-codes.ts";
import { createReadText, PROJECT_ROOT } from "../../sim/host/files.ts";
import { APPLIANCE_COUNT } from "../../sim/plant/loads/appliance-table.ts";
import { createLoads, stepLoads } from "../../sim/plant/loads/loads.ts";
import { measureBilling } from "./billing.ts";
import { measureBroker } from "./broker.ts";
import { measureEmulator, measureShippedBoard } from "./emulator.ts";
import { measureLateness } from "./lateness.ts";
import { measureLedger } from "./ledger.ts";
import type { Measured, Row } from "./measured.ts";
import { measurePages } from "./pages.ts";
import { measurePipe } from "./pipe.ts";
import { measureSeek } from "./seek.ts";
import { measureStreet } from "./street.ts";
import { measureWeb } from "./web.ts";

/** The first runs let the compiler settle; of the others the fastest counts. */
interface Runs {
  readonly warmUp: number;
  readonly counted: number;
}
const RATIO_MAX = 5;
/** Of a street's run at least so much is its power flows; the rest is what the engine adds. */
const FLOW_SHARE_MIN = 0.04;
/** A minute of loads may cost this many draws for each appliance that a home could have. */
const LOADS_RATIO_MAX = 4;

const isJson = process.argv.includes("--json");
const rows: Measured[] = [];
const missing: string[] = [];
const isWebAlone = process.argv.includes("web");
if (!isWebAlone) await measureAll();
try {
  rows.push(...(await measureWeb(join(PROJECT_ROOT, "scenarios/first-street.yaml"))));
} catch (cause) {
  missing.push(`the page: ${(cause as Error).message.split("\n")[0]}`);
}
if (isJson) {
  const document = rows.map(({ name, value, unit, baseline, ratio }): Row => {
    return { name, value, unit, baseline, ratio };
  });
  process.stdout.write(`${JSON.stringify(document)}\n`);
} else printTable();
for (const sentence of missing) process.stderr.write(`not measured: ${sentence}\n`);
if (missing.length > 0) process.exitCode = EXIT.input;
if (rows.some(({ isMet }) => !isMet)) process.exitCode = EXIT.no;

/** Everything but the page. */
async function measureAll(): Promise<void> {
  try {
    rows.push(...europeanDay());
  } catch (cause) {
    if (!(cause instanceof Error) || !/there is no file/.test(cause.message)) throw cause;
    missing.push(`european-lv: ${cause.message.split("\n")[0]}`);
  }
  rows.push(thirtyDays("first-street", 100_000), thirtyDays("three-lanes", 200_000), streetLoads());
  rows.push(...measureBilling());
  rows.push(await measureBroker(scenario("first-street")));
  rows.push(await measureLateness(join(PROJECT_ROOT, "scenarios/first-street.yaml")));
  rows.push(...(await measureStreet()));
  rows.push(...(await measureLedger()));
  rows.push(...(await measurePages()));
  rows.push(...measurePipe());
  rows.push(...(await measureSeek()));
  try {
    rows.push(await measureEmulator(), await measureShippedBoard());
  } catch (cause) {
    if (!(cause instanceof Error) || !/is not measured/.test(cause.message)) throw cause;
    missing.push(cause.message);
  }
}

function scenario(name: string): ResolvedScenario {
  return resolveScenario(join(PROJECT_ROOT, "scenarios", `${name}.yaml`), createReadText());
}

/** One day of the European feeder: 1,440 steps of everything, and its power flows alone. */
function europeanDay(): readonly Measured[] {
  const resolved = scenario("european-lv");
  const steps = DAY_MS / MINUTE_MS;
  const engineRun = () => runEngine(resolved, steps);
  const runs = { warmUp: 3, counted: 7 };
  const [engine, sweep] = compare(engineRun, bareSweep(resolved, steps), runs);
  const ratio = engine.fastestMs / sweep.fastestMs;
  return [
    {
      name: "european-lv-day-engine",
      value: engine.fastestMs / 1000,
      unit: "s",
      baseline: sweep.fastestMs / 1000,
      ratio,
      spread: engine.spread,
      target: `≤ 0.5 s, ≤ ${RATIO_MAX} × the sweep`,
      isMet: ratio <= RATIO_MAX,
      isReached: engine.fastestMs <= 500,
    },
    {
      name: "european-lv-day-power-flows",
      value: sweep.fastestMs / 1000,
      unit: "s",
      baseline: null,
      ratio: null,
      spread: sweep.spread,
      target: "≤ 0.15 s",
      isMet: true,
      isReached: sweep.fastestMs <= 150,
    },
  ];
}

/** Thirty days of a street in minutes, with everything on but storage, as multiples of real time. */
function thirtyDays(name: string, timesRealTimeMin: number): Measured {
  const resolved = scenario(name);
  const days = 30;
  const steps = (days * DAY_MS) / MINUTE_MS;
  const engineRun = () => runEngine(resolved, steps);
  const runs = { warmUp: 1, counted: 3 };
  const [engine, sweep] = compare(engineRun, bareSweep(resolved, steps), runs);
  const value = (days * DAY_MS) / engine.fastestMs;
  const flowShare = sweep.fastestMs / engine.fastestMs;
  return {
    name: `${name}-30-days`,
    value,
    unit: "× real time",
    baseline: (days * DAY_MS) / sweep.fastestMs,
    ratio: flowShare,
    spread: engine.spread,
    target: `≥ ${timesRealTimeMin.toLocaleString("en")} × real time, power flows ≥ ${FLOW_SHARE_MIN} of it`,
    isMet: flowShare >= FLOW_SHARE_MIN,
    isReached: value >= timesRealTimeMin,
  };
}

/** A day of First Street's loads alone, a minute, beside as many bare draws as it has homes and appliances. */
function streetLoads(): Measured {
  const resolved = scenario("first-street");
  const minutes = DAY_MS / MINUTE_MS;
  const { loads } = createTwin(resolved).model;
  const rowCount = resolved.plant.supplies.length * APPLIANCE_COUNT;
  const loadsDay = () => {
    const state = createLoads(loads);
    return () => {
      for (let at = 0; at < minutes; at++) stepLoads(loads, state, at * MINUTE_MS, MINUTE_MS);
    };
  };
  const drawsDay = () => () => {
    let sum = 0;
    for (let at = 0; at < minutes; at++) {
      for (let row = 0; row < rowCount; row++) sum += drawUniform(resolved.seed, row, at, 0);
    }
    if (!(sum > 0)) throw new Error("draws are between 0 and 1");
  };
  const [own, draws] = compare(loadsDay, drawsDay, { warmUp: 3, counted: 7 });
  const ratio = own.fastestMs / draws.fastestMs;
  return {
    name: "first-street-loads-minute",
    value: own.fastestMs / minutes,
    unit: "ms",
    baseline: draws.fastestMs / minutes,
    ratio,
    spread: own.spread,
    target: `≤ 0.08 ms, ≤ ${LOADS_RATIO_MAX} × its draws`,
    isMet: ratio <= LOADS_RATIO_MAX,
    isReached: own.fastestMs / minutes <= 0.08,
  };
}

function runEngine(resolved: ResolvedScenario, steps: number): () => void {
  const twin = createTwin(resolved);
  return () => {
    for (let at = 0; at < steps; at++) step(twin, []);
  };
}

/** The power flows that a run of the engine asks for, step by step; the loads of all steps are kept from one run. */
function bareSweep(resolved: ResolvedScenario, steps: number): () => () => void {
  const twin = createTwin(resolved);
  const { feeders, plantSpec } = twin.model;
  const { feeder } = feeders[0]!;
  const { elementW, elementVar } = twin.world.plant.power;
  const askedW: Float64Array[] = [];
  const askedVar: Float64Array[] = [];
  for (let at = 0; at < steps; at++) {
    step(twin, []);
    askedW.push(elementW.slice());
    askedVar.push(elementVar.slice());
  }
  const options = {
    tolerancePu: plantSpec.tolerancePu,
    iterationsMax: 100,
    loadModel: "constant-power",
  } as const;
  return () => {
    const state = createGridState(feeder);
    return () => {
      for (let at = 0; at < steps; at++) {
        solveStep(feeder, state, askedW[at]!, askedVar[at]!, options);
      }
    };
  };
}

interface Timing {
  readonly fastestMs: number;
  readonly spread: number;
}

/** Prepares and runs both in turn, so that whatever else the machine does meets both. */
function compare(
  prepareEngine: () => () => void,
  prepareSweep: () => () => void,
  runs: Runs,
): readonly [Timing, Timing] {
  const engineMs: number[] = [];
  const sweepMs: number[] = [];
  for (let run = 0; run < runs.warmUp + runs.counted; run++) {
    engineMs.push(wallMs(prepareEngine()));
    sweepMs.push(wallMs(prepareSweep()));
  }
  const timing = (all: readonly number[]): Timing => {
    const counted = all.slice(runs.warmUp);
    return { fastestMs: Math.min(...counted), spread: Math.max(...counted) / Math.min(...counted) };
  };
  return [timing(engineMs), timing(sweepMs)];
}

function wallMs(work: () => void): number {
  const started = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function printTable(): void {
  const head = ["name", "value", "unit", "baseline", "ratio", "spread", "target"];
  const number = (value: number | null): string =>
    value === null
      ? "–"
      : value >= 1000
        ? Math.round(value).toLocaleString("en")
        : value.toPrecision(3);
  const body = rows.map((row) => [
    row.name,
    number(row.value),
    row.unit,
    number(row.baseline),
    number(row.ratio),
    number(row.spread),
    `${row.target}${row.isMet ? "" : ": MISSED"}${row.isReached === false ? " (not reached on this machine)" : ""}`,
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...body.map((cells) => cells[column]!.length)),
  );
  for (const cells of [head, ...body]) {
    process.stdout.write(
      `${cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ")}\n`,
    );
  }
}
