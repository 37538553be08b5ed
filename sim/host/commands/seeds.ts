// `meterville run --seeds`: one scenario under many seeds, two at a time, with mean, spread and worst of each figure.

import type { RunReport } from "../../contract/report.ts";
import { formatDuration } from "../../core/time.ts";
import { numbersOf } from "../../engine/run-changes.ts";
import { EXIT } from "../exit-codes.ts";
import { isFailed, junitXml, skippedText, type Verdict } from "../expectations.ts";
import { CallerError } from "../failure.ts";
import { readable, tableOf } from "../numbers.ts";
import { createProgress, NO_PROGRESS } from "../progress.ts";
import { writeTarget } from "../targets.ts";
import { runPool } from "../task-pool.ts";
import {
  checkFiles,
  endOf,
  type RunOptions,
  readScenario,
  type Unsolved,
  unsolvedText,
} from "./run.ts";

const SEEDS_MAX = 10_000;
const SEED_LARGEST = 4_294_967_295;
const WORKERS_DEFAULT = 2;

/** What a worker is given, and what it says when a seed is done. */
export interface SeedTask {
  readonly file: string;
  readonly options: RunOptions;
}
export interface SeedAnswer {
  readonly seed: number;
  readonly report: RunReport;
  readonly verdicts: readonly Verdict[];
  readonly unsolved: Unsolved | null;
}

/** One figure over all seeds. `worst` is the largest of what should be small, the smallest of what should be large. */
export interface Figure {
  readonly mean: number;
  /** Standard deviation of the sample; 0 for one seed. */
  readonly deviation: number;
  readonly min: number;
  readonly max: number;
  readonly worst: number;
  readonly worstSeed: number;
}

/** Figures of which more is better; of all others less is. */
const MORE_IS_BETTER = new Set([
  "billing.paidMinor",
  "comms.delivered",
  "detection.found",
  "grid.minVoltageV",
  "commands.acknowledged",
]);
/** What a person sees; `--json` has all. */
const KEY_FIGURES = [
  "energy.sourceKWh",
  "energy.lossesKWh",
  "energy.stolenKWh",
  "energy.billedKWh",
  "grid.minVoltageV",
  "grid.failedSteps",
  "comms.late",
  "comms.reportedMissing",
  "commands.expired",
  "billing.billedMinor",
  "billing.arrearsMinor",
  "billing.trips",
  "billing.reconnects",
  "detection.found",
  "detection.missed",
  "detection.falseAlarms",
  "detection.meanDelayMs",
];
const NO_FIGURE = /^(seed|timesRealTime|provenance\.|simulatedMs)/;

/** Reads `1..20` or `1,4,9`. Throws CallerError with what to write. */
export function parseSeeds(text: string): readonly number[] {
  const fix = "write --seeds 1..20 or --seeds 1,4,9";
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  const seeds =
    range === null
      ? text.split(",").map((part) => (/^\d+$/.test(part.trim()) ? Number(part) : Number.NaN))
      : rangeOf(Number(range[1]), Number(range[2]), fix, text);
  if (seeds.some((seed) => !Number.isInteger(seed) || seed > SEED_LARGEST)) {
    throw new CallerError(`--seeds ${text}: no list of seeds; ${fix}`);
  }
  const twice = seeds.find((seed, index) => seeds.indexOf(seed) !== index);
  if (twice !== undefined) throw new CallerError(`--seeds ${text}: ${twice} stands twice`);
  return seeds;
}

function rangeOf(first: number, last: number, fix: string, text: string): readonly number[] {
  if (last < first) throw new CallerError(`--seeds ${text}: ${last} comes before ${first}; ${fix}`);
  if (last - first >= SEEDS_MAX) {
    throw new CallerError(`--seeds ${text}: at most ${SEEDS_MAX} seeds at once`);
  }
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Every number of the reports over the seeds, in the order of the report. */
export function figuresOf(reports: readonly RunReport[]): Readonly<Record<string, Figure>> {
  const figures: Record<string, Figure> = {};
  const bySeed = reports.map((report) => ({ seed: report.seed, numbers: numbersOf(report) }));
  const paths = new Set(bySeed.flatMap(({ numbers }) => [...numbers.keys()]));
  for (const path of paths) {
    if (NO_FIGURE.test(path)) continue;
    const values = bySeed.flatMap(({ seed, numbers }) => {
      const value = numbers.get(path);
      return value === undefined ? [] : [{ seed, value }];
    });
    figures[path] = figureOf(values, MORE_IS_BETTER.has(path));
  }
  return figures;
}

function figureOf(
  values: readonly { readonly seed: number; readonly value: number }[],
  isMoreBetter: boolean,
): Figure {
  let worst = values[0]!;
  let sum = 0;
  for (const each of values) {
    sum += each.value;
    const isWorse = isMoreBetter ? each.value < worst.value : each.value > worst.value;
    if (isWorse) worst = each;
  }
  const mean = sum / values.length;
  const squares = values.reduce((total, { value }) => total + (value - mean) ** 2, 0);
  const all = values.map(({ value }) => value);
  return {
    mean,
    deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0,
    min: Math.min(...all),
    max: Math.max(...all),
    worst: worst.value,
    worstSeed: worst.seed,
  };
}

/** Runs every seed; 1 where an expectation fails under any of them. */
export async function seedsCommand(file: string, options: RunOptions): Promise<number> {
  const { seeds: text = "", out, store, journal, profile } = options;
  const kept = { "--out": out, "--store": store, "--journal": journal };
  for (const [name, value] of Object.entries(kept)) {
    if (value !== undefined) {
      throw new CallerError(`${name} keeps one run, --seeds makes many; run the seed alone for it`);
    }
  }
  if (profile === true) {
    throw new CallerError("--profile tells of one run, --seeds makes many; profile one seed alone");
  }
  checkFiles(file, options);
  const seeds = parseSeeds(text);
  const resolved = readScenario(file, options);
  const endMs = endOf(resolved, options);
  const { answers, isInterrupted } = await runPool<SeedTask, SeedAnswer>(
    seeds.map((seed) => ({
      ...{ name: `seed ${seed}`, endMs },
      task: { file, options: { ...options, seed } },
    })),
    {
      worker: new URL("./seeds.worker.ts", import.meta.url),
      workers: options.workers ?? WORKERS_DEFAULT,
      progress: options.json === true ? NO_PROGRESS : createProgress(endMs * seeds.length),
      stopping: "stopping; seeds that are done are told",
    },
  );
  if (answers.length === 0) return EXIT.interrupted;
  const reports = answers.map(({ report }) => report);
  const figures = figuresOf(reports);
  if (options.json === true) {
    const done = answers.map(({ seed }) => seed);
    const document = {
      scenario: resolved.name,
      simulatedMs: endMs,
      seeds: done,
      figures,
      runs: reports,
    };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else {
    const title = `${resolved.title}: ${answers.length} of ${seeds.length} seeds, ${formatDuration(endMs)} each\n\n`;
    process.stdout.write(`${title}${figuresTable(figures)}\n`);
  }
  if (options.junit !== undefined) {
    const suites = answers.map((answer) =>
      junitXml(`${resolved.name}, seed ${answer.seed}`, answer.report, answer.verdicts),
    );
    writeTarget({ option: "--junit", path: options.junit }, joinedJunit(suites));
  }
  for (const { seed, unsolved, report } of answers) {
    const text = unsolvedText(unsolved, report.grid.failedSteps);
    if (text !== "") process.stderr.write(`seed ${seed}: ${text}`);
  }
  process.stderr.write(skippedText(answers[0]!.verdicts));
  const failed = answers.flatMap(({ seed, verdicts }) =>
    verdicts.filter(isFailed).map(({ row, message }) => ({ seed, row, message })),
  );
  for (const { seed, row, message } of failed) {
    process.stderr.write(`seed ${seed}: ${row.place} ${message}\n`);
  }
  if (isInterrupted) return EXIT.interrupted;
  return failed.length > 0 ? EXIT.no : EXIT.done;
}

function figuresTable(figures: Readonly<Record<string, Figure>>): string {
  const rows = KEY_FIGURES.flatMap((path) => {
    const figure = figures[path];
    if (figure === undefined) return [];
    const { mean, deviation, min, max, worst, worstSeed } = figure;
    const numbers = [mean, deviation, min, max].map(readable);
    return [[path, ...numbers, `${readable(worst)} (seed ${worstSeed})`]];
  });
  return tableOf(["figure", "mean", "deviation", "least", "most", "worst"], rows);
}

/** One document of many: the suites of each inside one root. */
function joinedJunit(documents: readonly string[]): string {
  const suites = documents.map((text) => {
    const from = text.indexOf("  <testsuite ");
    return text.slice(from, text.indexOf("</testsuites>"));
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("")}</testsuites>\n`;
}
