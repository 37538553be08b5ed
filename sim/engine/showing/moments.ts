// The moments of a live run to which its watchers can look back: frames of every channel, compressed, ever thinner
// with age, within a fixed number of bytes. Kept also while nobody watches. No part of the run.

import type { ChannelName } from "../../contract/frame.ts";
import { type Packing, packText, unpackText } from "../../contract/packing.ts";
import type { SimMs } from "../../core/time.ts";
import { rowsKept } from "./thinning.ts";

/** Fewer than this are never thinned out; more than this are never there. */
export const MOMENTS_MAX = 8_000;
export const MOMENTS_MAX_BYTES = 64 * 1024 * 1024;
/** Thinned after so many new ones. */
const THIN_AFTER = 128;

export interface Moment {
  readonly simMs: SimMs;
  readonly step: number;
  readonly sourceW: number | null;
  readonly knownW: number | null;
  /** By channel, a frame's JSON, deflated. */
  readonly packed: ReadonlyMap<ChannelName, Uint8Array>;
}

/** A frame's JSON by its channel. */
export type FrameTexts = ReadonlyMap<ChannelName, string>;

export interface Moments {
  /** Keeps a moment that is later than those before. */
  add(moment: Omit<Moment, "packed">, frames: FrameTexts): void;
  /** In order of time. */
  readonly all: readonly Moment[];
  readonly bytes: number;
  /** The newest moment that is not after this time, or else the oldest. */
  at(simMs: SimMs): Moment | undefined;
  /** One frame of a moment as JSON. */
  frameJson(moment: Moment, channel: ChannelName): string | undefined;
}

export interface MomentBounds {
  readonly momentsMax: number;
  readonly bytesMax: number;
}

const bytesOf = ({ packed }: Moment): number => {
  let bytes = 0;
  for (const each of packed.values()) bytes += each.length;
  return bytes;
};

export function createMoments(
  packing: Packing,
  bounds: MomentBounds = { momentsMax: MOMENTS_MAX, bytesMax: MOMENTS_MAX_BYTES },
): Moments {
  let all: Moment[] = [];
  let bytes = 0;
  let unthinned = 0;
  /** Doubled each time that the bounds are met; what is gone does not come back. */
  let stretch = 1;
  const thin = (): void => {
    const rows = rowsKept(
      all.map(({ simMs }) => simMs),
      stretch,
    );
    if (rows.length === all.length) return;
    all = rows.map((row) => all[row]!);
    bytes = all.reduce((sum, moment) => sum + bytesOf(moment), 0);
  };
  const isOver = (): boolean => all.length > bounds.momentsMax || bytes > bounds.bytesMax;
  const keepBounds = (): void => {
    if (unthinned >= THIN_AFTER || isOver()) {
      unthinned = 0;
      thin();
    }
    // Two moments are always kept, whatever their size.
    while (isOver() && all.length > 2) {
      stretch *= 2;
      thin();
    }
  };
  return {
    add(moment, frames) {
      if (moment.simMs <= (all.at(-1)?.simMs ?? -1)) return;
      const packed = new Map<ChannelName, Uint8Array>();
      for (const [channel, json] of frames) {
        packed.set(channel, packText(packing, json));
      }
      const kept = { ...moment, packed };
      all.push(kept);
      bytes += bytesOf(kept);
      unthinned++;
      keepBounds();
    },
    get all() {
      return all;
    },
    get bytes() {
      return bytes;
    },
    frameJson({ packed }, channel) {
      const bytes = packed.get(channel);
      return bytes === undefined ? undefined : unpackText(packing, bytes);
    },
    at(simMs) {
      let [low, high] = [0, all.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (all[middle]!.simMs <= simMs) low = middle + 1;
        else high = middle;
      }
      return all[Math.max(0, low - 1)];
    },
  };
}
