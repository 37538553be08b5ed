// Readings through the whole window, from a step's outputs to ten subscribers, beside the same messages through a
// bare aedes.

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import type { Follower } from "../../sim/engine/showing/follower.ts";
import { createTwin, type StoredReading } from "../../sim/engine/world.ts";
import { readingPayload } from "../../sim/host/mqtt/payloads.ts";
import { createTopics } from "../../sim/host/mqtt/topics.ts";
import { openWindow } from "../../sim/host/mqtt/window.ts";
import type { Measured } from "./measured.ts";

const READINGS = 20_000;
const READINGS_PER_STEP = 60;
const SUBSCRIBERS = 10;
const RUN_ID = "00000000-0000-0000-0000-000000000000";
const RUNS = { warmUp: 1, counted: 3 };
const PER_SECOND_MIN = 5_000;
const RATIO_MIN = 0.5;

/** Both paths in turn; the fastest run of each counts. */
export async function measureBroker(resolved: ResolvedScenario): Promise<Measured> {
  const windowMs: number[] = [];
  const bareMs: number[] = [];
  for (let run = 0; run < RUNS.warmUp + RUNS.counted; run++) {
    windowMs.push(await throughWindow(resolved));
    bareMs.push(await throughBareBroker(resolved));
  }
  const counted = windowMs.slice(RUNS.warmUp);
  const fastestMs = Math.min(...counted);
  const bareFastestMs = Math.min(...bareMs.slice(RUNS.warmUp));
  const perSecond = (ms: number): number => (READINGS * 1000) / ms;
  const ratio = bareFastestMs / fastestMs;
  return {
    name: "broker-readings-to-ten-subscribers",
    value: perSecond(fastestMs),
    unit: "readings/s",
    baseline: perSecond(bareFastestMs),
    ratio,
    spread: Math.max(...counted) / fastestMs,
    target: `≥ ${PER_SECOND_MIN.toLocaleString("en")} readings/s, ≥ ${RATIO_MIN} × a bare aedes`,
    isMet: ratio >= RATIO_MIN,
    isReached: perSecond(fastestMs) >= PER_SECOND_MIN,
  };
}

function readingsOfStep(step: number): StoredReading[] {
  const at = step * 900_000;
  return Array.from({ length: READINGS_PER_STEP }, (_, row) => ({
    ...{ supply: `supply-${row}`, sequence: step + 1, measuredAt: at, receivedAt: at + row },
    ...{ importWh: 5_000_000 + step, voltageV: 230.1 },
  }));
}

/** From `twin.out` on: payloads, queue, thread, broker. */
async function throughWindow(resolved: ResolvedScenario): Promise<number> {
  const twin = createTwin(resolved);
  const followers = new Set<Follower>();
  const window = await openWindow({
    run: {
      session: { twin },
      followers,
      publish: () => true,
      note: () => {},
      input: () => ({ ok: false, reason: "nobody asks" }),
    },
    runId: RUN_ID,
    place: { kind: "embedded", host: "127.0.0.1", firstPort: 0, lastPort: 0, token: null },
    earlier: { journalled: [], readings: [] },
    answered: () => undefined,
    tell: (line) => void process.stderr.write(`${line}\n`),
  });
  const subscribers = await subscribe(window.port!);
  const heard = once(subscribers, "message");
  const started = process.hrtime.bigint();
  for (let step = 0; step * READINGS_PER_STEP < READINGS; step++) {
    const rest = Math.min(READINGS_PER_STEP, READINGS - step * READINGS_PER_STEP);
    twin.out.readings.splice(0, Infinity, ...readingsOfStep(step).slice(0, rest));
    for (const follower of followers) {
      follower.stepped(0);
      follower.shown();
    }
    // A run lets its process breathe between steps, too.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await heard;
  const took = Number(process.hrtime.bigint() - started) / 1e6;
  await subscribers.terminate();
  await window.close();
  return took;
}

async function throughBareBroker(resolved: ResolvedScenario): Promise<number> {
  const topics = createTopics(resolved.name);
  const messages = Array.from({ length: READINGS }, (_, number) => {
    const reading = readingsOfStep(Math.floor(number / READINGS_PER_STEP))[
      number % READINGS_PER_STEP
    ]!;
    const payload = readingPayload(resolved.calendar, RUN_ID, reading);
    return { topic: topics.reading(reading.supply), payload };
  });
  const broker = new Worker(new URL("./bare-broker.worker.ts", import.meta.url));
  const [port] = (await once(broker, "message")) as [number];
  const subscribers = await subscribe(port);
  const heard = once(subscribers, "message");
  const started = process.hrtime.bigint();
  broker.postMessage(messages);
  await heard;
  const took = Number(process.hrtime.bigint() - started) / 1e6;
  await subscribers.terminate();
  await broker.terminate();
  return took;
}

async function subscribe(port: number): Promise<Worker> {
  const workerData = { port, count: SUBSCRIBERS, messages: READINGS };
  const worker = new Worker(new URL("./subscribers.worker.ts", import.meta.url), { workerData });
  await once(worker, "message");
  return worker;
}
