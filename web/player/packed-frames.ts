// The packed frames of a live run as they come: each channel's newest frame is held, and what is missed is asked for.

import type { ChannelName, Frame } from "../../sim/contract/frame.ts";
import { FrameCodecError } from "../../sim/contract/frame-codec/byte-stream.ts";
import {
  createFrameDecoder,
  type FrameDecoder,
} from "../../sim/contract/frame-codec/frame-decoder.ts";
import { splitMessage } from "../../sim/contract/frame-codec/frame-message.ts";
import { inflate } from "./inflate.ts";

export interface PackedFrames {
  /** The frame of a message; undefined where it is of no use now. Rejects with a sentence where it cannot be read. */
  read(message: ArrayBuffer): Promise<Frame | undefined>;
  /** Another run begins, or another connection. */
  forget(): void;
}

const utf8 = new TextDecoder();
export const PAGE_TEXTS = { decode: (bytes: Uint8Array): string => utf8.decode(bytes) };

/** `askKeyframe` is called once for each gap. */
export function createPackedFrames(askKeyframe: (channel: ChannelName) => void): PackedFrames {
  const decoders = new Map<ChannelName, FrameDecoder>();
  const asked = new Set<ChannelName>();
  const miss = (channel: ChannelName): void => {
    if (asked.has(channel)) return;
    asked.add(channel);
    askKeyframe(channel);
  };
  return {
    async read(message) {
      const { head, body } = splitMessage(new Uint8Array(message));
      const { channel } = head;
      const decoder = decoders.get(channel) ?? createFrameDecoder(channel, PAGE_TEXTS);
      decoders.set(channel, decoder);
      const inflated = await inflate(body.slice());
      try {
        const frame = decoder.take(head, inflated);
        if (frame === undefined) miss(channel);
        else asked.delete(channel);
        return frame;
      } catch (error) {
        if (error instanceof FrameCodecError) miss(channel);
        throw error;
      }
    },
    forget() {
      decoders.clear();
      asked.clear();
    },
  };
}
