// Many runs at once, each in a thread of its own: tasks go to workers as they get free, answers come in the tasks' order.

import { Worker } from "node:worker_threads";
import { CallerError } from "./failure.ts";
import type { Progress } from "./progress.ts";

/** What a worker says of its task, which it finds in its `workerData`. */
export type TaskMessage<Answer> =
  | { readonly kind: "progress"; readonly simMs: number }
  | { readonly kind: "done"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly message: string; readonly exitCode: number };

export interface PoolTask<Task> {
  /** What it is called where it fails, such as `seed 7`. */
  readonly name: string;
  readonly task: Task;
  /** How much it has to go, for the progress. */
  readonly endMs: number;
}

export interface PoolOptions {
  readonly worker: URL;
  readonly workers: number;
  readonly progress: Progress;
  /** What is told on stderr when the first SIGINT or SIGTERM ends it. */
  readonly stopping: string;
}

/** The first SIGINT or SIGTERM ends the runs under way and gives what is done; a task that fails ends all. */
export async function runPool<Task, Answer>(
  tasks: readonly PoolTask<Task>[],
  { worker, workers, progress, stopping }: PoolOptions,
): Promise<{ readonly answers: readonly Answer[]; readonly isInterrupted: boolean }> {
  const answers = new Array<Answer | undefined>(tasks.length);
  const reachedMs = tasks.map(() => 0);
  const stop = new AbortController();
  const note = (index: number, simMs: number): void => {
    reachedMs[index] = simMs;
    if (!stop.signal.aborted) progress.note(reachedMs.reduce((sum, ms) => sum + ms, 0));
  };
  const interrupt = (): void => {
    progress.end();
    process.stderr.write(`${stopping}\n`);
    stop.abort();
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tasks.length && !stop.signal.aborted; index = next++) {
      const task = tasks[index]!;
      answers[index] = await runOne(worker, task, (simMs) => note(index, simMs), stop.signal);
      note(index, task.endMs);
    }
  };
  let isInterrupted = false;
  try {
    await Promise.all(Array.from({ length: Math.min(workers, tasks.length) }, work));
    isInterrupted = stop.signal.aborted;
  } finally {
    stop.abort(); // where one has failed, the others are not waited for
    progress.end();
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
  return {
    answers: answers.filter((answer): answer is Answer => answer !== undefined),
    isInterrupted,
  };
}

/** One task; undefined where it was stopped before its end. */
function runOne<Task, Answer>(
  url: URL,
  { task, name }: PoolTask<Task>,
  note: (simMs: number) => void,
  stop: AbortSignal,
): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(url, { workerData: task });
    const terminate = (): void => void worker.terminate();
    stop.addEventListener("abort", terminate);
    worker.on("message", (message: TaskMessage<Answer>) => {
      if (message.kind === "progress") note(message.simMs);
      else if (message.kind === "done") resolve(message.answer);
      else {
        const { message: text, exitCode } = message;
        reject(new CallerError(`${name}: ${text}`, { exitCode }));
      }
    });
    worker.on("error", reject);
    worker.on("exit", () => {
      stop.removeEventListener("abort", terminate);
      resolve(undefined);
    });
  });
}
