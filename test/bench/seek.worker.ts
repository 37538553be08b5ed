// A page's part of going to another moment, with nothing else in memory.

import { parentPort } from "node:worker_threads";
import { createPast } from "../../web/player/past.ts";
import type { Seek, SeekTimes } from "./seek.ts";

const MINUTE_MS = 60_000;
/** What comes first is compiled first; it does not count. */
const WARM_UPS = 4;

async function timesOf(seeks: readonly Seek[]): Promise<SeekTimes> {
  const [fresh, again]: number[][] = [[], []];
  for (const { ms, block, hostMs, channels } of [...seeks.slice(0, WARM_UPS), ...seeks]) {
    const past = createPast(async () => block.slice());
    for (const [at, times] of [fresh!, again!].entries()) {
      const began = performance.now();
      const found = await past.at(ms - at * MINUTE_MS, "minute", channels);
      if (typeof found === "string") throw new Error(found);
      times.push(performance.now() - began + (at === 0 ? hostMs : 0));
    }
  }
  return { fresh: fresh!.slice(WARM_UPS), again: again!.slice(WARM_UPS) };
}

parentPort!.once("message", (seeks: readonly Seek[]) => {
  void timesOf(seeks).then((times) => parentPort!.postMessage(times));
});
