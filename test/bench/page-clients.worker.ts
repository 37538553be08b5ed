// Clients that ask a server for pages, so many at once, each over a connection that it keeps.

import { Agent, get } from "node:http";
import { parentPort } from "node:worker_threads";
import type { Load } from "./pages.ts";

parentPort!.on("message", ({ port, paths, clients }: Load) => {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const tookMs: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < paths.length) {
      const path = paths[next++]!;
      const asked = performance.now();
      await page(agent, port, path);
      tookMs.push(performance.now() - asked);
    }
  };
  void Promise.all(Array.from({ length: clients }, client)).then(() => {
    agent.destroy();
    parentPort!.postMessage(tookMs);
  }, fail);
});

/** Ends this thread, and with it the bench. */
const fail = (error: unknown): void =>
  queueMicrotask(() => {
    throw error;
  });

function page(agent: Agent, port: number, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ agent, port, host: "127.0.0.1", path }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
      response.on("end", resolve).resume();
    }).on("error", reject);
  });
}
