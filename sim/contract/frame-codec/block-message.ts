// A block of moments as one answer: a head in JSON, then every packed frame behind its length.

import type { ChannelName } from "../frame.ts";
import type { BlockHead } from "../moments.ts";
import type { Packing } from "../packing.ts";
import { FrameCodecError } from "./byte-stream.ts";

export interface BlockMessage {
  readonly head: BlockHead;
  /** By channel of the head and moment; empty where a moment has no frame. */
  readonly messages: ReadonlyMap<ChannelName, readonly Uint8Array[]>;
}

const LENGTH_BYTES = 4;

/** `messages`: by channel of the head and moment, null where there is none. */
export function joinBlock(
  head: BlockHead,
  messages: ReadonlyMap<ChannelName, readonly (Uint8Array | null)[]>,
  packing: Pick<Packing, "encode">,
): Uint8Array<ArrayBuffer> {
  const empty = new Uint8Array(0);
  const parts = [
    packing.encode(JSON.stringify(head)),
    ...head.channels.flatMap((channel) =>
      head.moments.map((_, row) => messages.get(channel)?.[row] ?? empty),
    ),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return bytes;
}

/** Throws FrameCodecError where the bytes are no whole block. */
export function splitBlock(bytes: Uint8Array, { decode }: Pick<Packing, "decode">): BlockMessage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const next = (): Uint8Array => {
    const from = at + LENGTH_BYTES;
    const length = from <= bytes.length ? view.getUint32(at, true) : Number.POSITIVE_INFINITY;
    if (from + length > bytes.length) {
      throw new FrameCodecError(`a block of moments is cut off after ${bytes.length} bytes`);
    }
    at = from + length;
    return bytes.subarray(from, at);
  };
  const text = decode(next());
  let head: BlockHead;
  try {
    head = JSON.parse(text) as BlockHead;
  } catch (cause) {
    throw new FrameCodecError("a block of moments without a head", { cause });
  }
  const messages = new Map(
    head.channels.map((channel) => [channel, head.moments.map(() => next())] as const),
  );
  return { head, messages };
}
