// Many runs of First Street at once, two at a time; reports come back in the order of the changes.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { RunReport } from "../../sim/contract/report.ts";
import type { StreetChanges } from "./street.ts";

const WORKERS = 2;

export async function reportsAfter(
  days: number,
  all: readonly Omit<StreetChanges, "scenario">[],
): Promise<readonly RunReport[]> {
  const reports = new Array<RunReport>(all.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < all.length; index = next++) {
      const worker = new Worker(new URL("./report-worker.ts", import.meta.url), {
        workerData: { days, changes: { ...all[index], scenario: "first-street" } },
      });
      [reports[index]] = (await once(worker, "message")) as [RunReport];
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return reports;
}
