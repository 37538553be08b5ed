// Looking back: the moments of a live run that the host still has, and the marks of what happened on a timeline.

import type { SimMs } from "../core/time.ts";
import type { KnownEvent, TruthEvent } from "./event.ts";
import type { ChannelName, Frame } from "./frame.ts";

/** What a timeline shows, in the order of its lanes; where marks fall on each other the first of them is drawn. */
export const MARK_KINDS = [
  ...(["theft", "case"] as const),
  ...(["outage", "fuse", "trip"] as const),
  ...(["network", "board", "late"] as const),
  ...(["payment", "bill"] as const),
] as const;
export type MarkKind = (typeof MARK_KINDS)[number];

export type Side = "truth" | "belief";

interface Marking {
  readonly mark: MarkKind;
  /** Comes in crowds: marks of one kind within a quarter of an hour are one, nobody wants to stop for it. */
  readonly isCommon?: true;
  /** When it begins, a class should see it at the pace of life. */
  readonly isSlow?: true;
}

/**
 * By kind of event; what is not in here has no mark. What both sides tell is marked on the side that shows it to
 * everybody: a payment when the company has it, a trip when the relay moves and when the company acts.
 */
const MARKINGS: Readonly<Partial<Record<(TruthEvent | KnownEvent)["kind"], Marking>>> = {
  "theft-start": { mark: "theft", isSlow: true },
  "theft-stop": { mark: "theft" },
  "case-opened": { mark: "case", isSlow: true },
  "case-state": { mark: "case" },
  "inspection-ordered": { mark: "case" },
  "inspection-done": { mark: "case" },
  "crew-visit": { mark: "case" },
  "theft-notice": { mark: "case" },
  "power-cut": { mark: "outage" },
  "power-restored": { mark: "outage" },
  "outage-suspected": { mark: "outage" },
  "outage-over": { mark: "outage" },
  "fuse-blown": { mark: "fuse" },
  "fuse-replaced": { mark: "fuse" },
  "short-circuit": { mark: "fuse" },
  "transformer-overload": { mark: "fuse" },
  "transformer-cooled": { mark: "fuse" },
  "voltage-outside": { mark: "fuse", isCommon: true },
  "step-failed": { mark: "fuse", isCommon: true },
  relay: { mark: "trip" },
  "trip-sent": { mark: "trip" },
  tripped: { mark: "trip" },
  "reconnect-sent": { mark: "trip" },
  reconnected: { mark: "trip" },
  "mast-down": { mark: "network" },
  "mast-up": { mark: "network" },
  "outage-start": { mark: "network" },
  "outage-end": { mark: "network" },
  "device-swapped-in": { mark: "board" },
  "device-swapped-out": { mark: "board" },
  "device-lost": { mark: "board" },
  "device-back": { mark: "board" },
  "reading-late": { mark: "late", isCommon: true },
  payment: { mark: "payment" },
  bill: { mark: "bill", isCommon: true },
  reminder: { mark: "bill", isCommon: true },
  notice: { mark: "bill", isCommon: true },
};

/** How an event is marked; undefined where it is not. */
export const markingOf = ({ kind }: TruthEvent | KnownEvent): Marking | undefined => MARKINGS[kind];

export interface Mark {
  readonly at: SimMs;
  /** End of the step that made it: the first moment at which its effect is to be seen. */
  readonly shownMs: SimMs;
  readonly side: Side;
  readonly kind: MarkKind;
  /** Id of the supply point, empty where it is about none. */
  readonly supply: string;
  /** One English sentence, of the first where there are several. */
  readonly text: string;
  readonly count: number;
}

/** `GET /api/moments?sides=truth,belief&afterMs=0`. */
export interface MomentsView {
  readonly runId: string;
  /** The oldest moment that the host has; null while it has none. */
  readonly fromMs: SimMs | null;
  /** The newest one. */
  readonly toMs: SimMs | null;
  /** Why there is nothing before `fromMs`; null where that is the start. */
  readonly missing: string | null;
  /** Those after `afterMs`, in order: dense at the end, ever thinner before. */
  readonly moments: readonly {
    readonly simMs: SimMs;
    /** What the transformers deliver, W; null where the truth is not asked for. */
    readonly sourceW: number | null;
    /** What the company takes that for; null where it knows nothing or is not asked. */
    readonly knownW: number | null;
  }[];
  /** Those after `afterMs`, and crowds that have grown since. */
  readonly marks: readonly Mark[];
}

/** Tracks of moments, the finest first. */
export const TRACK_NAMES = ["second", "minute", "quarter", "long"] as const;
export type TrackName = (typeof TRACK_NAMES)[number];

/**
 * Head of `GET /api/moments/block?ms=…&finest=second&channels=…`, which brings the block that has the newest moment not
 * after `ms`, on the tracks that are no finer than `finest` (see `frame-codec/block-message.ts`).
 */
export interface BlockHead {
  readonly runId: string;
  readonly track: TrackName;
  readonly channels: readonly ChannelName[];
  /** In order of time. */
  readonly moments: readonly { readonly simMs: SimMs; readonly step: number }[];
  /** Row of the moment that was asked for. */
  readonly row: number;
  /** From here on finer tracks have moments; null where none has. */
  readonly finerFromMs: SimMs | null;
}

/** `GET /api/moments/at?ms=…&channels=…`: the newest moment that is not after `ms`. */
export interface MomentView {
  readonly runId: string;
  readonly simMs: SimMs;
  readonly step: number;
  readonly frames: readonly Frame[];
}
