// Runs cases of a bench in a thread of its own, one after another as they are handed out.

import { parentPort, workerData } from "node:worker_threads";
import { type BenchCase, type CaseResult, createImage, runCase } from "./devices.ts";

export interface BenchWorkerData {
  readonly hexText: string;
  readonly seed: number;
  readonly isRecording?: boolean;
}
/** Asked for with a case, answered with its result. */
export type BenchQuestion = BenchCase;
export type BenchAnswer = CaseResult;

const { hexText, seed, isRecording = false } = workerData as BenchWorkerData;
const image = createImage(hexText);

parentPort!.on("message", (question: BenchQuestion) => {
  void runCase(question, { image, seed, isRecording }).then((answer: BenchAnswer) =>
    parentPort!.postMessage(answer),
  );
});
