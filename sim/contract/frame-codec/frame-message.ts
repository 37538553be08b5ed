// The envelope of a packed frame: which channel and step it is, and on which frame before it builds. The body behind it
// is deflated by whoever sends it.

import { CHANNELS, type ChannelName } from "../frame.ts";
import { FrameCodecError } from "./byte-stream.ts";

export const FRAME_CODEC_VERSION = 1;
export const HEADER_BYTES = 28;
const KEYFRAME = 1;

export interface FrameHead {
  readonly channel: ChannelName;
  /** Counts the frames of its channel, from 1. */
  readonly sequence: number;
  /** The frame that this one builds on; 0 for a keyframe, which needs none. */
  readonly base: number;
  readonly step: number;
  readonly simMs: number;
}

/** 0: version; 1: flags; 2: channel; 4, 8: sequence, base (uint32); 12: step, 20: simMs (float64); little-endian. */
export function joinMessage(head: FrameHead, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, FRAME_CODEC_VERSION);
  view.setUint8(1, head.base === 0 ? KEYFRAME : 0);
  view.setUint8(2, CHANNELS.indexOf(head.channel));
  view.setUint32(4, head.sequence, true);
  view.setUint32(8, head.base, true);
  view.setFloat64(12, head.step, true);
  view.setFloat64(20, head.simMs, true);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** Throws FrameCodecError where this is no packed frame, or one of a newer version. */
export function splitMessage(message: Uint8Array): {
  readonly head: FrameHead;
  readonly body: Uint8Array;
} {
  const version = message[0];
  if (version !== undefined && version > FRAME_CODEC_VERSION) {
    throw new FrameCodecError(
      `a packed frame of version ${version}, this page reads version ${FRAME_CODEC_VERSION}; load the page again`,
    );
  }
  const channel = CHANNELS[message[2] ?? CHANNELS.length];
  if (message.length < HEADER_BYTES || version === 0 || channel === undefined) {
    throw new FrameCodecError(`${message.length} bytes that are no packed frame`);
  }
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const sequence = view.getUint32(4, true);
  const base = view.getUint32(8, true);
  if ((view.getUint8(1) & KEYFRAME) === (base === 0 ? 0 : KEYFRAME)) {
    throw new FrameCodecError(`a packed frame that does not say on what it builds`);
  }
  const [step, simMs] = [view.getFloat64(12, true), view.getFloat64(20, true)];
  return { head: { channel, sequence, base, step, simMs }, body: message.subarray(HEADER_BYTES) };
}
