// Hands a task to the engine in a module worker; the test calls it.

import type { StreetAnswer, StreetTask } from "../../support/street-task.ts";

declare global {
  interface Window {
    runTask?: (task: StreetTask) => Promise<StreetAnswer>;
  }
}

window.runTask = (task) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./street.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<StreetAnswer>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(task);
  });
