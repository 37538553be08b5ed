// How long it takes to show another moment of 10,000 homes: the host's block, unpacked and read by the page's own code,
// and what a day of minutes takes. What a browser adds is the way of some hundred kilobytes. Alone:
// `node test/bench/seek.ts`.

import { CHANNELS, type ChannelName, type Frame } from "../../sim/contract/frame.ts";
import type { TrackName } from "../../sim/contract/moments.ts";
import { drawUniform } from "../../sim/core/random.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { createMoments, TRACKS } from "../../sim/engine/showing/moments.ts";
import { momentBlock } from "../../sim/engine/showing/moments-view.ts";
import { step } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { ZLIB_PACKING } from "../../sim/host/zlib-packing.ts";
import { createPast } from "../../web/player/past.ts";
import { VIEW_CHANNELS } from "../../web/player/views.ts";
import { town } from "../support/town.ts";
import type { Measured } from "./measured.ts";

const HOMES = 10_000;
const MINUTES = 150;
const SEEKS = 24;
const MINUTES_A_DAY = 1_440;
const SEEK_MS_MAX = 150;

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
  const ask = async (ms: number, finest: TrackName): Promise<Uint8Array> =>
    momentBlock(moments, "run", { ms, finest, channels }, ZLIB_PACKING)!;
  const [fresh, again]: number[][] = [[], []];
  const lastMs = clock.nowMs;
  for (let seek = 0; seek < SEEKS; seek++) {
    const past = createPast(ask);
    const ms = Math.ceil(drawUniform(1, seek, 0, 1) * lastMs);
    for (const times of [fresh, again]) {
      const began = performance.now();
      const found = await past.at(times === fresh ? ms : ms - 60_000, "minute", channels);
      times!.push(performance.now() - began);
      if (typeof found === "string") throw new Error(found);
    }
  }
  const dayMB = (moments.bytes / MINUTES) * (MINUTES_A_DAY / 1e6);
  const dayMaxMB = minute.bytesMax / 1e6;
  return [
    rowOf("seek-10000-homes-slowest", Math.max(...fresh!), "ms", SEEK_MS_MAX, spreadOf(fresh!)),
    rowOf(
      "seek-10000-homes-fetched-block",
      Math.max(...again!),
      "ms",
      SEEK_MS_MAX,
      spreadOf(again!),
    ),
    rowOf("a-day-of-10000-homes-by-the-minute", dayMB, "MB", dayMaxMB, 1),
  ];
}

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
