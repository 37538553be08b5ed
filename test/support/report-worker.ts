// One whole run in a worker thread: takes the changes, posts the report.

import { parentPort, workerData } from "node:worker_threads";
import { reportAfter, type StreetChanges } from "./street.ts";

const { days, changes } = workerData as { days: number; changes: StreetChanges };
parentPort!.postMessage(reportAfter(days, changes));
