// The moments of a live run to which its watchers can look back, on tracks of a second, a minute, a quarter of an hour
// and more, within a fixed number of bytes. Kept also while nobody watches. No part of the run.

import type { ChannelName, Frame } from "../../contract/frame.ts";
import { TRACK_NAMES, type TrackName } from "../../contract/moments.ts";
import type { Packing } from "../../contract/packing.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS, type SimMs } from "../../core/time.ts";
import {
  type Block,
  createBlockReader,
  createTrack,
  type Frames,
  type Moment,
  type Track,
  type TrackOptions,
} from "./track.ts";

export type { Frames, Moment } from "./track.ts";

const MEGABYTE = 1024 * 1024;

/**
 * The finest first; 96 MiB at most. A day of 10,000 homes takes some 58 MB by the minute, and blocks are so short that a
 * page reads their last moment in time. The last track keeps the run's beginning and grows coarser.
 */
export const TRACKS: Readonly<Record<TrackName, TrackOptions>> = {
  second: {
    ...{ spanMs: SECOND_MS, momentsInBlock: 30, momentsMax: 3_600 },
    ...{ bytesMax: 16 * MEGABYTE, keepsBeginning: false },
  },
  minute: {
    ...{ spanMs: MINUTE_MS, momentsInBlock: 30, momentsMax: 2_880 },
    ...{ bytesMax: 64 * MEGABYTE, keepsBeginning: false },
  },
  quarter: {
    ...{ spanMs: 15 * MINUTE_MS, momentsInBlock: 24, momentsMax: 3_072 },
    ...{ bytesMax: 12 * MEGABYTE, keepsBeginning: false },
  },
  long: {
    ...{ spanMs: 6 * HOUR_MS, momentsInBlock: 28, momentsMax: 1_024 },
    ...{ bytesMax: 4 * MEGABYTE, keepsBeginning: true },
  },
};

/** One moment among those of its block. */
export interface Place {
  readonly track: TrackName;
  readonly block: Block;
  readonly row: number;
  readonly moment: Moment;
  /** From here on finer tracks than this one have moments; null where none has. */
  readonly finerFromMs: SimMs | null;
}

export interface Moments {
  /** Keeps a moment on the tracks that are no finer than the given one and have nothing as late yet. */
  add(moment: Moment, frames: Frames, finest?: TrackName): void;
  /** Of all tracks, in order of time. */
  readonly all: readonly Moment[];
  readonly bytes: number;
  /**
   * The newest moment that is not after this time, or else the oldest; on the tracks that are no finer than the given
   * one, as far as they have any.
   */
  at(simMs: SimMs, finest?: TrackName): Place | undefined;
  /** A frame as it is read back. */
  frame(place: Place, channel: ChannelName): Frame | undefined;
}

export function createMoments(
  packing: Packing,
  options: Readonly<Partial<Record<TrackName, TrackOptions>>> = TRACKS,
): Moments {
  const tracks: readonly { readonly name: TrackName; readonly track: Track }[] =
    TRACK_NAMES.flatMap((name) => {
      const track = options[name];
      return track === undefined ? [] : { name, track: createTrack(packing, track) };
    });
  /** Of each channel the block that was read last: moments that are asked for in order are read through it once. */
  const readers = new Map<
    ChannelName,
    {
      readonly messages: unknown;
      readonly read: ReturnType<typeof createBlockReader>;
      readonly row: number;
      readonly frame: Frame | undefined;
    }
  >();
  let all: readonly Moment[] | undefined;
  return {
    add(moment, frames, finest = tracks[0]?.name) {
      const first = tracks.findIndex(({ name }) => name === finest);
      for (const { track } of tracks.slice(Math.max(0, first))) {
        if (moment.simMs <= newestMsOf(track)) continue;
        track.add(moment, frames);
        all = undefined;
      }
    },
    get all() {
      all ??= mergedMoments(tracks.map(({ track }) => track));
      return all;
    },
    get bytes() {
      return tracks.reduce((sum, { track }) => sum + track.bytes, 0);
    },
    at(simMs, finest = tracks[0]?.name) {
      const first = tracks.findIndex(({ name }) => name === finest);
      let finerFromMs: SimMs | null = null;
      const places = tracks.slice(Math.max(0, first)).flatMap(({ name, track }) => {
        const place = placeIn(name, track, simMs);
        if (place === undefined) return [];
        const found = { ...place, finerFromMs };
        const beginsMs = track.blocks[0]!.moments[0]!.simMs;
        finerFromMs = Math.min(finerFromMs ?? beginsMs, beginsMs);
        return found;
      });
      const before = places.filter(({ moment }) => moment.simMs <= simMs);
      const byTime = (a: Place, b: Place): number => a.moment.simMs - b.moment.simMs;
      // Of equals the finest, which comes first: sorting keeps that order.
      if (before.length > 0) return before.sort((a, b) => byTime(b, a))[0];
      return places.sort(byTime)[0];
    },
    frame({ block, row }, channel) {
      const messages = block.messages.get(channel);
      if (messages === undefined) return undefined;
      const last = readers.get(channel);
      const isSame = last?.messages === messages;
      if (isSame && last.row === row) return last.frame;
      const only: Block = { moments: block.moments, messages: new Map([[channel, messages]]) };
      const read = isSame && last.row < row ? last.read : createBlockReader(only, packing);
      const frame = read(row).get(channel);
      readers.set(channel, { messages, read, row, frame });
      return frame;
    },
  };
}

const newestMsOf = ({ blocks }: Track): SimMs => blocks.at(-1)?.moments.at(-1)?.simMs ?? -1;

function mergedMoments(tracks: readonly Track[]): readonly Moment[] {
  const byMs = new Map<number, Moment>();
  for (const { blocks } of tracks) {
    for (const { moments } of blocks) {
      for (const moment of moments) byMs.set(moment.simMs, moment);
    }
  }
  return [...byMs.values()].sort((a, b) => a.simMs - b.simMs);
}

/** The newest moment of a track that is not after a time, or else its oldest. */
function placeIn(
  name: TrackName,
  { blocks }: Track,
  simMs: SimMs,
): Omit<Place, "finerFromMs"> | undefined {
  const block = blocks.at(
    Math.max(
      0,
      rowBefore(blocks, (each) => each.moments[0]!, simMs),
    ),
  );
  if (block === undefined) return undefined;
  const row = Math.max(
    0,
    rowBefore(block.moments, (each) => each, simMs),
  );
  return { track: name, block, row, moment: block.moments[row]! };
}

/** Row of the last one that is not after a time; −1 where all are. */
function rowBefore<Item>(
  items: readonly Item[],
  momentOf: (item: Item) => Moment,
  simMs: SimMs,
): number {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (momentOf(items[middle]!).simMs <= simMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
