// How long it takes to show another moment of 10,000 homes: the host's block, unpacked and read by the page's own code
// in a thread whose memory holds no town, and what a day of minutes takes. What a browser adds is the way of a megabyte.
// Alone: `node test/bench/seek.ts`.

import { once } from "node:events";
import { Worker } from "node:worker_threads";

import { CHANNELS, type ChannelName, type Frame } from "../../sim/contract/frame.ts";
import { drawUniform } from "../../sim/core/random.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { createMoments, TRACKS } from "../../sim/engine/showing/moments.ts";
import { momentBlock } from "../../sim/engine/showing/moments-view.ts";
import { step } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { ZLIB_PACKING } from "../../sim/host/zlib-packing.ts";
import { VIEW_CHANNELS } from "../../web/player/views.ts";
import { town } from "../support/town.ts";
import type { Measured } from "./measured.ts";

const HOMES = 10_000;
const MINUTES = 120;
const SEEKS = 24;
const MINUTES_A_DAY = 1_440;
const SEEK_MS_MAX = 150;

/** One moment that a page goes to, and what the host answers. */
export interface Seek {
  readonly ms: number;
  readonly block: Uint8Array;
  readonly hostMs: number;
  readonly channels: readonly ChannelName[];
}

/** In ms, with the host's part: with nothing held, and the minute before that one, of the block that is held now. */
export interface SeekTimes {
  readonly fresh: readonly number[];
  readonly again: readonly number[];
}

type StateChannel = Exclude<ChannelName, "truth/event" | "belief/event">;
const isState = (name: ChannelName): name is StateChannel => !name.endsWith("/event");

export async function measureSeek(): Promise<readonly Measured[]> {
  const twin = createTwin(town(HOMES, "", "1min"));
  const { minute } = TRACKS;
  const moments = createMoments(ZLIB_PACKING, { minute });
  const { clock } = twin.world.engine;
  for (let at = 0; at < MINUTES; at++) {
    step(twin, []);
    const frames = new Map<ChannelName, Frame>(
      CHANNELS.filter(isState).map((channel) => [channel, makeFrame(twin, channel)]),
    );
    moments.add({ simMs: clock.nowMs, step: clock.step, sourceW: null, knownW: null }, frames);
  }
  const channels = VIEW_CHANNELS.truth.filter(isState);
  const lastMs = clock.nowMs;
  const seeks = Array.from({ length: SEEKS }, (_, seek): Seek => {
    const ms = Math.ceil(drawUniform(1, seek, 0, 1) * lastMs);
    const began = performance.now();
    const block = momentBlock(moments, "run", { ms, finest: "minute", channels }, ZLIB_PACKING)!;
    return { ms, block, hostMs: performance.now() - began, channels };
  });
  const reader = new Worker(new URL("./seek.worker.ts", import.meta.url));
  reader.postMessage(seeks);
  const [{ fresh, again }] = (await once(reader, "message")) as [SeekTimes];
  await reader.terminate();
  const dayMB = (moments.bytes / MINUTES) * (MINUTES_A_DAY / 1e6);
  const dayMaxMB = minute.bytesMax / 1e6;
  return [
    rowOf("seek-10000-homes", quantileOf(fresh, 0.5), "ms", SEEK_MS_MAX, spreadOf(fresh)),
    rowOf("seek-10000-homes-p95", quantileOf(fresh, 0.95), "ms", SEEK_MS_MAX, spreadOf(fresh)),
    rowOf("seek-10000-homes-again", quantileOf(again, 0.5), "ms", SEEK_MS_MAX, spreadOf(again)),
    rowOf("a-day-of-10000-homes-by-the-minute", dayMB, "MB", dayMaxMB, 1),
  ];
}

const quantileOf = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(share * values.length)]!;
const spreadOf = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);

/** Times are the machine's own and never decide; bytes do. */
function rowOf(
  name: string,
  value: number,
  unit: "ms" | "MB",
  most: number,
  spread: number,
): Measured {
  const row = { name, value, unit, baseline: most, ratio: value / most, spread };
  const isReached = value <= most;
  const target = `≤ ${most.toFixed(0)} ${unit}`;
  return unit === "MB"
    ? { ...row, target, isMet: isReached }
    : { ...row, target, isMet: true, isReached };
}

if (import.meta.main) {
  for (const { name, value, unit, target } of await measureSeek()) {
    process.stdout.write(`${name}: ${value.toFixed(2)} ${unit} (${target})\n`);
  }
}
