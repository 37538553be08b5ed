// Which moments and marks of a run there are, as a timeline asks for them.

import type { ChannelName } from "../../contract/frame.ts";
import { joinBlock } from "../../contract/frame-codec/block-message.ts";
import type { MomentsView, Side, TrackName } from "../../contract/moments.ts";
import type { Packing } from "../../contract/packing.ts";
import type { SimMs } from "../../core/time.ts";
import type { Showing } from "./showing.ts";

export interface LookBack extends Pick<Showing, "moments" | "marks"> {
  /** Why there is nothing before the oldest moment; null where that is the start. */
  readonly momentsMissing: string | null;
}

/** What there is to look back to, for who may see these sides. */
export function momentsView(
  run: LookBack,
  runId: string,
  sides: readonly Side[],
  afterMs: number,
): MomentsView {
  const { all } = run.moments;
  const first = all[0];
  const [showsTruth, showsBelief] = [sides.includes("truth"), sides.includes("belief")];
  return {
    runId,
    fromMs: first?.simMs ?? null,
    toMs: all.at(-1)?.simMs ?? null,
    missing: run.momentsMissing,
    moments: all
      .slice(all.findIndex(({ simMs }) => simMs > afterMs) >>> 0)
      .map(({ simMs, sourceW, knownW }) => ({
        simMs,
        sourceW: showsTruth ? sourceW : null,
        knownW: showsBelief ? knownW : null,
      })),
    marks: run.marks.after(afterMs, sides),
  };
}

/** The block that has the moment at a time, as one message; undefined before the first moment. */
export function momentBlock(
  moments: LookBack["moments"],
  runId: string,
  wanted: {
    readonly ms: SimMs;
    readonly finest: TrackName;
    readonly channels: readonly ChannelName[];
  },
  packing: Packing,
): Uint8Array<ArrayBuffer> | undefined {
  const place = moments.at(wanted.ms, wanted.finest);
  if (place === undefined) return undefined;
  const { track, block, row, finerFromMs } = place;
  const head = {
    ...{ runId, track, channels: wanted.channels, row, finerFromMs },
    moments: block.moments.map(({ simMs, step }) => ({ simMs, step })),
  };
  return joinBlock(head, block.messages, packing);
}
