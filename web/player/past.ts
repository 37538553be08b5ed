// The moments that the page has fetched to look back to: whole blocks, the oldest forgotten first, so that going to and
// fro asks for nothing twice.

import type { ChannelName, Frame } from "../../sim/contract/frame.ts";
import { type BlockMessage, splitBlock } from "../../sim/contract/frame-codec/block-message.ts";
import {
  createFrameDecoder,
  type FrameDecoder,
} from "../../sim/contract/frame-codec/frame-decoder.ts";
import { type FrameHead, splitMessage } from "../../sim/contract/frame-codec/frame-message.ts";
import { type MomentView, TRACK_NAMES, type TrackName } from "../../sim/contract/moments.ts";
import { inflate } from "./inflate.ts";
import { PAGE_TEXTS } from "./packed-frames.ts";

const HELD_BYTES_MAX = 48 * 1024 * 1024;

export interface Past {
  /** The newest moment not after `ms`, or the sentence that says why not. */
  at(ms: number, finest: TrackName, channels: readonly ChannelName[]): Promise<MomentView | string>;
  forget(): void;
  readonly bytes: number;
}

type AskBlock = (
  ms: number,
  finest: TrackName,
  channels: readonly ChannelName[],
) => Promise<Uint8Array | string>;

interface Held {
  readonly block: BlockMessage;
  readonly finest: TrackName;
  readonly channels: string;
  readonly lanes: readonly Lane[];
  bytes: number;
}

/** One channel of a block: its messages unpacked as far as somebody has looked, and where its decoder stands. */
interface Lane {
  readonly channel: ChannelName;
  readonly unpacked: { readonly head: FrameHead; readonly body: Uint8Array }[];
  decoder: FrameDecoder;
  /** Row that the decoder holds; −1 before the first. */
  row: number;
  frame: Frame | undefined;
}

export function createPast(ask: AskBlock, bytesMax: number = HELD_BYTES_MAX): Past {
  /** The one that was used last is the last. */
  let blocks: Held[] = [];
  const bytesHeld = (): number => blocks.reduce((sum, { bytes }) => sum + bytes, 0);
  const hold = (held: Held): void => {
    blocks = [...blocks.filter((each) => each !== held), held];
    // The newest one stays, whatever its size.
    while (bytesHeld() > bytesMax && blocks.length > 1) blocks.shift();
  };
  return {
    get bytes() {
      return bytesHeld();
    },
    async at(ms, finest, channels) {
      const names = channels.join();
      let held = blocks.findLast((each) => each.channels === names && covers(each, ms, finest));
      if (held === undefined) {
        const bytes = await ask(ms, finest, channels);
        if (typeof bytes === "string") return bytes;
        const block = splitBlock(bytes, PAGE_TEXTS);
        // A block that was still open has grown: the older one says less.
        blocks = blocks.filter((each) => !isSame(each, block, names));
        const lanes = block.head.channels.map((channel) => laneOf(channel));
        held = { block, finest, channels: names, lanes, bytes: bytes.length };
      }
      hold(held);
      const { head } = held.block;
      const row = Math.max(
        0,
        head.moments.findLastIndex(({ simMs }) => simMs <= ms),
      );
      const { simMs, step } = head.moments[row]!;
      return { runId: head.runId, simMs, step, frames: await framesAt(held, row) };
    },
    forget() {
      blocks = [];
    },
  };
}

const laneOf = (channel: ChannelName): Lane => ({
  ...{ channel, unpacked: [], row: -1, frame: undefined },
  decoder: createFrameDecoder(channel, PAGE_TEXTS),
});

const isSame = ({ block, channels }: Held, fresh: BlockMessage, names: string): boolean =>
  channels === names &&
  block.head.runId === fresh.head.runId &&
  block.head.track === fresh.head.track &&
  block.head.moments[0]!.simMs === fresh.head.moments[0]!.simMs;

/** The finest first. */
const rankOf = (track: TrackName): number => TRACK_NAMES.indexOf(track);

/** Whether a block holds what would be fetched for a moment. */
function covers({ block, finest }: Held, ms: number, wanted: TrackName): boolean {
  const { moments, finerFromMs, track } = block.head;
  if (ms < moments[0]!.simMs || ms > moments.at(-1)!.simMs) return false;
  if (rankOf(wanted) < rankOf(finest)) return false;
  // A coarser block was the answer then; where finer ones begin it is none.
  return rankOf(track) <= rankOf(wanted) || finerFromMs === null || ms < finerFromMs;
}

async function framesAt(held: Held, row: number): Promise<readonly Frame[]> {
  const { lanes, block } = held;
  const missing = lanes.map(async (lane) => {
    const messages = block.messages.get(lane.channel)!.slice(lane.unpacked.length, row + 1);
    const fresh = await Promise.all(
      messages.map(async (message) => {
        const { head, body } = splitMessage(message);
        return { head, body: await inflate(body.slice()) };
      }),
    );
    // Somebody else may have been faster while these were unpacked.
    for (const each of fresh.slice(Math.max(0, lane.unpacked.length + fresh.length - row - 1))) {
      lane.unpacked.push(each);
      held.bytes += each.body.length;
    }
  });
  await Promise.all(missing);
  return lanes.flatMap((lane) => frameOf(lane, row) ?? []);
}

function frameOf(lane: Lane, row: number): Frame | undefined {
  if (lane.row === row) return lane.frame;
  if (lane.row > row) {
    lane.decoder = createFrameDecoder(lane.channel, PAGE_TEXTS);
    lane.row = -1;
  }
  while (lane.row < row) {
    const { head, body } = lane.unpacked[++lane.row]!;
    if (lane.row < row) lane.decoder.pass(head, body);
    else lane.frame = lane.decoder.take(head, body);
  }
  return lane.frame;
}
