// One track of moments: at most one in each span of simulated time, in blocks of a keyframe and the deltas after it, so
// that one request brings a block. Forgets its oldest blocks, or keeps its beginning and grows coarser.

import type { ChannelName, Frame } from "../../contract/frame.ts";
import { createFrameDecoder } from "../../contract/frame-codec/frame-decoder.ts";
import { createFrameEncoder, type FrameEncoder } from "../../contract/frame-codec/frame-encoder.ts";
import { splitMessage } from "../../contract/frame-codec/frame-message.ts";
import type { Packing } from "../../contract/packing.ts";
import type { SimMs } from "../../core/time.ts";

export interface Moment {
  readonly simMs: SimMs;
  readonly step: number;
  readonly sourceW: number | null;
  readonly knownW: number | null;
}

export type Frames = ReadonlyMap<ChannelName, Frame>;

export interface Block {
  readonly moments: readonly Moment[];
  /** By channel and moment, a packed frame; the first of each channel is a keyframe. */
  readonly messages: ReadonlyMap<ChannelName, readonly (Uint8Array<ArrayBuffer> | null)[]>;
}

export interface TrackOptions {
  /** The first moment in each span is kept. */
  readonly spanMs: number;
  readonly momentsInBlock: number;
  readonly momentsMax: number;
  readonly bytesMax: number;
  /** Doubles its span where there is no room, instead of forgetting what is oldest. */
  readonly keepsBeginning: boolean;
}

export interface Track {
  readonly blocks: readonly Block[];
  readonly momentCount: number;
  readonly bytes: number;
  /** Of a moment later than those before. */
  add(moment: Moment, frames: Frames): void;
}

interface OpenBlock {
  readonly moments: Moment[];
  readonly messages: Map<ChannelName, (Uint8Array<ArrayBuffer> | null)[]>;
}

export function createTrack(packing: Packing, options: TrackOptions): Track {
  const { momentsInBlock, momentsMax, bytesMax, keepsBeginning } = options;
  let { spanMs } = options;
  let blocks: OpenBlock[] = [];
  let encoders = new Map<ChannelName, FrameEncoder>();
  let lastSpan = -1;
  let [bytes, momentCount] = [0, 0];
  let isFull = true;

  const append = (moment: Moment, frames: Frames): void => {
    const span = Math.floor(moment.simMs / spanMs);
    if (span === lastSpan) return;
    lastSpan = span;
    if (isFull) {
      blocks.push({ moments: [], messages: new Map() });
      encoders = new Map();
    }
    const { moments, messages } = blocks.at(-1)!;
    for (const [channel, frame] of frames) {
      const encoder = encoders.get(channel) ?? createFrameEncoder(channel, packing);
      encoders.set(channel, encoder);
      encoder.add(frame);
      const message = encoder.delta ?? encoder.keyframe();
      const list = messages.get(channel) ?? new Array(moments.length).fill(null);
      messages.set(channel, list);
      list.push(message);
      bytes += message.length;
    }
    moments.push(moment);
    momentCount++;
    isFull = moments.length >= momentsInBlock;
  };
  const isOver = (): boolean => bytes > bytesMax || momentCount > momentsMax;
  const coarsen = (): void => {
    const before = blocks;
    [blocks, lastSpan, bytes, momentCount, isFull] = [[], -1, 0, 0, true];
    spanMs *= 2;
    for (const block of before) {
      const read = createBlockReader(block, packing);
      block.moments.forEach((moment, at) => {
        if (Math.floor(moment.simMs / spanMs) !== lastSpan) append(moment, read(at));
      });
    }
  };
  const forgetOldest = (): void => {
    const [oldest] = blocks.splice(0, 1);
    momentCount -= oldest!.moments.length;
    for (const list of oldest!.messages.values()) {
      for (const message of list) bytes -= message?.length ?? 0;
    }
  };
  return {
    get blocks() {
      return blocks;
    },
    get momentCount() {
      return momentCount;
    },
    get bytes() {
      return bytes;
    },
    add(moment, frames) {
      append(moment, frames);
      // One moment at least stays, whatever its size.
      if (keepsBeginning) while (isOver() && momentCount > 1) coarsen();
      else {
        while (isOver() && blocks.length > 1) forgetOldest();
        if (isOver()) isFull = true;
      }
    },
  };
}

/** All frames of a block's moments, which are asked for in rising order. */
export function createBlockReader(
  { messages }: Block,
  packing: Packing,
): (moment: number) => Frames {
  const channels = [...messages.keys()].map((channel) => ({
    channel,
    decoder: createFrameDecoder(channel, packing),
    next: 0,
  }));
  return (moment) => {
    const frames = new Map<ChannelName, Frame>();
    for (const each of channels) {
      const { channel, decoder } = each;
      for (; each.next <= moment; each.next++) {
        const message = messages.get(channel)?.[each.next] ?? null;
        if (message === null) continue;
        const { head, body } = splitMessage(message);
        const inflated = packing.inflate(body);
        if (each.next < moment) decoder.pass(head, inflated);
        else {
          const frame = decoder.take(head, inflated);
          if (frame !== undefined) frames.set(channel, frame);
        }
      }
    }
    return frames;
  };
}
