// One seed of `run --seeds`, in a worker thread.

import { parentPort, workerData } from "node:worker_threads";
import { runReport } from "../../engine/report.ts";
import { createTwin } from "../../engine/world.ts";
import { BOARD_DEADLINE_WALL_MS, createBoards } from "../boards.ts";
import { createDevice } from "../devices.ts";
import { explainFailure } from "../failure.ts";
import { provenance } from "../provenance.ts";
import { createSession } from "../session.ts";
import type { TaskMessage } from "../task-pool.ts";
import { endOf, playToEnd, readScenario } from "./run.ts";
import type { SeedAnswer, SeedTask } from "./seeds.ts";

const say = (message: TaskMessage<SeedAnswer>): void => parentPort!.postMessage(message);

async function play({ file, options }: SeedTask): Promise<void> {
  const resolved = readScenario(file, options);
  const endMs = endOf(resolved, options);
  const twin = createTwin(resolved);
  const { version, commit, node } = provenance();
  const started = performance.now();
  const report = () => {
    const timesRealTime = twin.world.engine.clock.nowMs / (performance.now() - started);
    return runReport(twin, { version, commit, node, timesRealTime });
  };
  const { verdicts, unsolved } = await playToEnd(
    createSession({ twin }),
    { resolved, endMs, journal: [], boards: createBoards(createDevice, BOARD_DEADLINE_WALL_MS) },
    { report, note: (simMs) => say({ kind: "progress", simMs }), isInterrupted: () => false },
  );
  say({ kind: "done", answer: { seed: resolved.seed, report: report(), verdicts, unsolved } });
}

try {
  await play(workerData as SeedTask);
} catch (error) {
  const { text, exitCode } = explainFailure(error);
  say({ kind: "failed", message: text, exitCode });
}
