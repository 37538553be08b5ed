// A task in a worker thread: takes it, posts the answer.

import { parentPort, workerData } from "node:worker_threads";
import { runTask, type StreetTask } from "./street-task.ts";

parentPort!.postMessage(runTask(workerData as StreetTask));
