// What a run keeps does not grow with its length: neither the heap nor a keyframe.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DAY_MS } from "../../sim/core/time.ts";
import { encodeSnapshot } from "../../sim/engine/snapshot.ts";
import { createTwin, resolvedText } from "../../sim/engine/world.ts";
import { openSink } from "../../sim/host/files.ts";
import { createSession } from "../../sim/host/session.ts";
import { openStore } from "../../sim/host/store.ts";
import { createRecording } from "../../sim/recording/writer.ts";
import { street } from "../support/street.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const folder = mkdtempSync(join(tmpdir(), "meterville-growth-"));
const heapBytes = new Map<number, number>();
const keyframeBytes = new Map<number, number>();

/** Four weeks as `run --out --store` goes through them. */
beforeAll(async () => {
  const resolved = street({ scenario: "first-street" });
  const twin = createTwin(resolved);
  const sink = await openSink(join(folder, "run.mcap"));
  const { startEpochMs } = resolved.calendar;
  const supplies = resolved.layout.supplies.map(({ id }) => id);
  const compress = (bytes: Uint8Array) => zstdCompressSync(bytes);
  const recording = createRecording({ sink, library: "test", startEpochMs, supplies, compress });
  recording.scenario(resolvedText(resolved), twin.model.scenarioSha256, "growth");
  const run = { runId: "growth", scenario: resolved.name, seed: resolved.seed };
  const store = openStore(join(folder, "run.db"), run);
  const session = createSession({ twin, recording, store });
  const { clock } = twin.world.engine;
  while (clock.nowMs < 28 * DAY_MS) {
    session.begin([]);
    session.finish([]);
    if (session.needsFlush) await session.flush();
    if (clock.nowMs % DAY_MS !== 0) continue;
    const day = clock.nowMs / DAY_MS;
    keyframeBytes.set(day, encodeSnapshot(twin.world).length);
    if (day !== 7 && day !== 28) continue;
    await session.flush();
    collect();
    heapBytes.set(day, process.memoryUsage().heapUsed);
  }
  await session.close("{}");
  await sink.close();
  store.close();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the heap after collection at day 28 is at most 1.1 times that at day 7", () => {
  expect(heapBytes.get(28)! / heapBytes.get(7)!).toBeLessThanOrEqual(1.1);
});

test("keyframes are equally large within 2 %, from the first week to the fourth", () => {
  const sizes = [7, 14, 21, 28].map((day) => keyframeBytes.get(day)!);
  expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThanOrEqual(1.02);
});
