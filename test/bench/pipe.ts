// What a second of a live run of 100,000 homes costs on the line, once packed for all who watch, and what packing and
// reading it take. Alone: `node test/bench/pipe.ts`.

import type { ChannelName, Frame } from "../../sim/contract/frame.ts";
import { createFrameDecoder } from "../../sim/contract/frame-codec/frame-decoder.ts";
import { createFrameEncoder } from "../../sim/contract/frame-codec/frame-encoder.ts";
import { splitMessage } from "../../sim/contract/frame-codec/frame-message.ts";
import { drawUniform } from "../../sim/core/random.ts";
import { makeFrame } from "../../sim/engine/frames.ts";
import { step } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { ZLIB_PACKING } from "../../sim/host/zlib-packing.ts";
import { town } from "../support/town.ts";
import type { Measured } from "./measured.ts";

const HOMES = 100_000;
/** The town that is stepped; it is shown so many times, each some seconds later, so that minutes do not coincide. */
const TOWN_HOMES = 5_000;
const COPIES = HOMES / TOWN_HOMES;
const LAG_STEPS = 3;
const COUNTED_STEPS = 60;
const WARM_UP_STEPS = COPIES * LAG_STEPS + 10;
const KB_PER_SECOND_MAX = 60;
/** Share of homes whose power changes in each second, as in households of a second's resolution: most of it is noise, */
const RESTLESS_SHARE = 0.26;
const NOISE_W = 60;
/** and in some something large is switched. */
const SWITCHED_SHARE = 0.01;
const SWITCHED_W = 2_000;
const RESTLESS_STEPS = 20;
const CHANNELS = ["truth/supply", "truth/branch", "truth/street", "belief/supply"] as const;

export function measurePipe(): readonly Measured[] {
  return [...pipeOf("town", townFrames()), ...pipeOf("restless-town", restlessFrames())];
}

/** `frames`: of each second, one a channel. */
function pipeOf(name: string, frames: Iterable<readonly Frame[]>): readonly Measured[] {
  const ends = new Map(
    CHANNELS.map((channel) => [
      channel as ChannelName,
      {
        encoder: createFrameEncoder(channel, ZLIB_PACKING),
        decoder: createFrameDecoder(channel, ZLIB_PACKING),
      },
    ]),
  );
  const bytes: number[] = [];
  const packMs: number[] = [];
  const readMs: number[] = [];
  for (const second of frames) {
    let [sum, packed, read] = [0, 0, 0];
    for (const frame of second) {
      const { encoder, decoder } = ends.get(frame.channel)!;
      const began = performance.now();
      encoder.add(frame, new Set([7]));
      const message = encoder.delta ?? encoder.keyframe();
      const done = performance.now();
      const { head, body } = splitMessage(message);
      if (decoder.take(head, ZLIB_PACKING.inflate(body)) === undefined) {
        throw new Error(`${frame.channel} was not read back`);
      }
      read += performance.now() - done;
      packed += done - began;
      if (encoder.delta !== undefined) sum += message.length;
    }
    if (sum === 0) continue;
    bytes.push(sum);
    packMs.push(packed);
    readMs.push(read);
  }
  const kBs = bytes.reduce((sum, each) => sum + each, 0) / bytes.length / 1000;
  const row = (what: string, value: number, unit: string, target: number | null): Measured => ({
    ...{ name: `pipe-${name}-${what}`, value, unit, baseline: target },
    ratio: target === null ? null : value / target,
    spread: Math.max(...bytes) / Math.min(...bytes),
    target: target === null ? "told" : `≤ ${target}`,
    isMet: target === null || value <= target,
  });
  return [
    row("100000-homes", kBs, "kB/s", KB_PER_SECOND_MAX),
    row("packing", medianOf(packMs), "ms a frame", null),
    row("reading", medianOf(readMs), "ms a frame", null),
  ];
}

const medianOf = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

/** The engine's own seconds, in the evening. */
function* townFrames(): Iterable<readonly Frame[]> {
  const twin = createTwin(town(TOWN_HOMES));
  const past = new Map<ChannelName, Frame[]>(CHANNELS.map((channel) => [channel, []]));
  for (let at = 0; at < WARM_UP_STEPS + COUNTED_STEPS; at++) {
    step(twin, []);
    for (const channel of CHANNELS) {
      const frames = past.get(channel)!;
      frames.push(makeFrame(twin, channel));
      if (frames.length > COPIES * LAG_STEPS) frames.shift();
    }
    if (at >= WARM_UP_STEPS) yield CHANNELS.map((channel) => joined(past.get(channel)!));
  }
}

/** Columns of several moments after each other, as if they were of different homes. */
function joined(frames: readonly Frame[]): Frame {
  const lagged = Array.from({ length: COPIES }, (_, copy) => frames[copy * LAG_STEPS]!.data);
  const last = frames.at(-1)!;
  const data = Object.fromEntries(
    Object.entries(last.data).map(([name, value]) => {
      const isColumn = last.channel !== "truth/street" && name !== "boards";
      const columns = lagged as unknown as readonly Record<string, readonly unknown[]>[];
      return [name, isColumn ? columns.flatMap((each) => each[name]!) : value];
    }),
  );
  return { ...last, data } as unknown as Frame;
}

/** Homes of which a quarter change each second, and their meters count. */
function* restlessFrames(): Iterable<readonly Frame[]> {
  const rows = Array.from({ length: HOMES }, (_, row) => row);
  const watts = rows.map((row) => 80 + 600 * draw(row, 0, 1));
  const register = rows.map((row) => 1_000_000 * draw(row, 0, 2));
  const zeros = rows.map(() => 0);
  const none = rows.map(() => "");
  for (let at = 1; at <= RESTLESS_STEPS; at++) {
    for (const row of rows) {
      const chance = draw(row, at, 3);
      if (chance < SWITCHED_SHARE) watts[row] = 80 + SWITCHED_W * draw(row, at, 4);
      else if (chance < RESTLESS_SHARE) {
        watts[row] = Math.max(20, watts[row]! + NOISE_W * (draw(row, at, 4) - 0.5));
      }
      register[row] = register[row]! + watts[row]! / 3_600;
    }
    const voltageV = watts.map((power) => Math.round(100 * (235 - power / 500)) / 100);
    const currentA = rows.map((row) => Math.round((1000 * watts[row]!) / voltageV[row]!) / 1000);
    const data = {
      ...{ voltageV, currentA, neutralCurrentA: currentA },
      activePowerW: watts.map((power) => Math.round(10 * power) / 10),
      deliveredWh: register.map((wh) => Math.round(10 * wh) / 10),
      importWh: register.map(Math.floor),
      powerFactor: zeros.map(() => 0.98),
      ...{ relayOpen: zeros, bypassShare: zeros, theftKinds: zeros, unmeteredW: zeros },
      ...{ offReason: none, tamperFlags: zeros, waiting: zeros, servingMast: zeros },
      ...{ signalDbm: zeros, displayText: none, creditMinor: zeros.map(() => null) },
      ...{ clockOffsetMs: zeros, device: none, boards: [] },
    };
    const head = { version: 3, step: at, simMs: 1000 * at } as const;
    yield [{ ...head, channel: "truth/supply", data } as unknown as Frame];
  }
}

const draw = (row: number, at: number, purpose: number): number => drawUniform(1, row, at, purpose);

if (import.meta.main) {
  for (const { name, value, unit, target } of measurePipe()) {
    process.stdout.write(`${name}: ${value.toFixed(2)} ${unit} (${target})\n`);
  }
}
