// A thread in the place of the broker's that fails when it is given something to publish.

import { parentPort, workerData } from "node:worker_threads";
import type { WorkerStart } from "../../../sim/host/mqtt/worker-messages.ts";

const { place } = workerData as WorkerStart;
const port = place.kind === "embedded" && place.firstPort !== 0 ? place.firstPort : 4_711;
parentPort!.postMessage({ kind: "listening", port });
parentPort!.postMessage({ kind: "up" });
parentPort!.on("message", ({ kind }: { kind: string }) => {
  if (kind === "publish") throw new Error("out of ideas");
  if (kind === "close") parentPort!.postMessage({ kind: "closed" });
});
