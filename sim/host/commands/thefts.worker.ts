// One run of `thefts`, in a worker thread.

import { parentPort, workerData } from "node:worker_threads";
import { DAY_MS, HOUR_MS } from "../../core/time.ts";
import { createFeed, stepByJournal } from "../../engine/journal-feed.ts";
import { createTwin } from "../../engine/world.ts";
import { explainFailure } from "../failure.ts";
import type { TaskMessage } from "../task-pool.ts";
import { planRun, type SweepTask } from "../theft-sweep/plan.ts";
import { createSweepWatch, type SweepOutcome } from "../theft-sweep/watch.ts";
import { readScenario } from "./run.ts";

const say = (message: TaskMessage<SweepOutcome>): void => parentPort!.postMessage(message);

function play(task: SweepTask): void {
  const { file, seed, step, days } = task;
  const base = readScenario(file, { seed, step });
  const { resolved, journal, controls } = planRun(base, task);
  const twin = createTwin(resolved);
  const { clock } = twin.world.engine;
  const feed = createFeed(journal);
  const watch = createSweepWatch();
  while (clock.nowMs < days * DAY_MS) {
    stepByJournal(twin, feed);
    if (clock.nowMs % HOUR_MS === 0) watch.look(twin);
    if (clock.nowMs % DAY_MS === 0) say({ kind: "progress", simMs: clock.nowMs });
  }
  say({ kind: "done", answer: watch.outcome(twin, task, controls) });
}

try {
  play(workerData as SweepTask);
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  say({ kind: "failed", message: text, exitCode });
}
