// `meterville thefts`: which detector finds which technique, how soon, and whom the company accuses without cause. Over
// many seeds, with and without outages.

import { THEFT_KINDS } from "../../contract/theft.ts";
import { DAY_MS } from "../../core/time.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { createProgress, NO_PROGRESS } from "../progress.ts";
import { checkWritable, writeTarget } from "../targets.ts";
import { type PoolTask, runPool } from "../task-pool.ts";
import { sweepMarkdown } from "../theft-sweep/page.ts";
import type { SweepTask } from "../theft-sweep/plan.ts";
import { summarize } from "../theft-sweep/summary.ts";
import type { SweepOutcome } from "../theft-sweep/watch.ts";
import { readScenario } from "./run.ts";
import { parseSeeds } from "./seeds.ts";

export interface TheftsOptions {
  readonly seeds: string;
  readonly days: number;
  readonly step: string;
  readonly jobs: number;
  readonly alone?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

const CONDITIONS: readonly boolean[] = [false, true];
/** Detectors learn a home before they judge it; with less there is nothing to learn from. */
const DAYS_MIN = 2;

/** Runs the sweep; writes or prints its page. */
export async function theftsCommand(file: string, options: TheftsOptions): Promise<number> {
  const { days, step, out } = options;
  const seeds = parseSeeds(options.seeds);
  if (days < DAYS_MIN) throw new CallerError(`--days ${days}: write at least ${DAYS_MIN}`);
  const target =
    out === undefined ? undefined : { option: "--out", path: out, kind: "page" as const };
  if (target !== undefined) checkWritable(target);
  const base = readScenario(file, { step });
  const tasks = tasksOf(file, seeds, options);
  const endMs = days * DAY_MS;
  const isQuiet = options.json === true;
  const { answers, isInterrupted } = await runPool<SweepTask, SweepOutcome>(tasks, {
    worker: new URL("./thefts.worker.ts", import.meta.url),
    workers: options.jobs,
    progress: isQuiet ? NO_PROGRESS : createProgress(endMs * tasks.length),
    stopping: "stopping; runs that are done are told",
  });
  if (answers.length === 0) return EXIT.interrupted;
  const conditions = CONDITIONS.map((hasOutages) => summarize(answers, hasOutages));
  const page = sweepMarkdown({
    title: base.title,
    command: commandOf(file, options),
    seeds: seeds.length,
    days,
    homes: base.plant.supplies.length,
    isAlone: options.alone === true,
    conditions,
  });
  if (target !== undefined) writeTarget(target, page);
  if (isQuiet) {
    const document = { scenario: base.name, days, seeds, conditions, runs: answers };
    process.stdout.write(`${JSON.stringify(document)}\n`);
  } else if (target === undefined) process.stdout.write(page);
  const unsolved = answers.reduce((sum, { failedSteps }) => sum + failedSteps, 0);
  if (unsolved > 0) {
    process.stderr.write(
      `the power flow of ${unsolved} step(s) did not converge; their energies mean nothing\n`,
    );
  }
  return isInterrupted ? EXIT.interrupted : EXIT.done;
}

/** By seed and condition: who steals, and the same street with nobody who does. */
function tasksOf(
  file: string,
  seeds: readonly number[],
  { days, step, alone }: TheftsOptions,
): readonly PoolTask<SweepTask>[] {
  const sets: readonly SweepTask["techniques"][] =
    alone === true ? [...THEFT_KINDS.map((kind) => [kind]), []] : [THEFT_KINDS, []];
  return seeds.flatMap((seed) =>
    CONDITIONS.flatMap((hasOutages) =>
      sets.map((techniques) => ({
        name: `seed ${seed}`,
        endMs: days * DAY_MS,
        task: { file, seed, days, step, hasOutages, techniques },
      })),
    ),
  );
}

function commandOf(file: string, { seeds, days, step, alone }: TheftsOptions): string {
  const parts = ["npx meterville thefts", file, `--seeds ${seeds}`, `--days ${days}`];
  return [...parts, `--step ${step}`, ...(alone === true ? ["--alone"] : [])].join(" ");
}
