// What a view needs of a twin, wherever it runs. A live server is the first; recordings and a local engine follow.

import type { HistoryView, SupplyAccountView } from "../../sim/contract/account.ts";
import type {
  BoardView,
  ChannelName,
  Frame,
  HidingView,
  PaceRequest,
  PaceView,
  ServerMessage,
} from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";
import type { MomentsView, Side, TrackName } from "../../sim/contract/moments.ts";

export type Hello = Extract<ServerMessage, { readonly kind: "hello" }>;

/** What a player can do; a view does not offer the rest. */
export interface PlayerCapabilities {
  readonly canSteer: boolean;
  readonly canPace: boolean;
}

/** What a player tells its listener, in order. */
export interface PlayerListener {
  /** A run begins to arrive: the first, the same one after a gap, or another. What is subscribed to comes after it. */
  onHello(hello: Hello): void;
  onHiding(hiding: HidingView): void;
  onFrame(frame: Frame): void;
  onPace(pace: PaceView): void;
  /** `gone` while nothing arrives; the player tries again by itself. */
  onConnection(state: "connecting" | "live" | "gone"): void;
  onProblem(sentence: string): void;
}

export interface Player {
  readonly capabilities: PlayerCapabilities;
  /** Replaces the subscription; channels left out are no longer received. */
  subscribe(channels: readonly ChannelName[]): void;
  /** Somebody looks at this home, by its id, empty for none: of a large street it alone comes to the last digit. */
  lookClosely(home: string): void;
  /** Resolves with null, or with the sentence that says why not. */
  send(input: TwinInput): Promise<string | null>;
  pace(change: PaceRequest): void;
  /** Which moments after one there are to look back to; null where they cannot be had now. */
  moments(sides: readonly Side[], afterMs: number): Promise<MomentsView | null>;
  /**
   * The block (see `frame-codec/block-message.ts`) with the newest moment not after `ms`, on the tracks that are no finer
   * than `finest`; or the sentence that says why not.
   */
  block(
    ms: number,
    finest: TrackName,
    channels: readonly ChannelName[],
  ): Promise<Uint8Array | string>;
  /** Resolves with null, or with the sentence that says why not; so does the next. */
  hideTruth(isHidden: boolean, code?: string): Promise<string | null>;
  /** The same scenario and seed from its start, as another run. */
  startOver(): Promise<string | null>;
  /** Wall time since anything was heard, ms. */
  readonly silenceMs: number;
  account(supply: string): Promise<SupplyAccountView | null>;
  /** Use of one home by interval over the newest days; null where it cannot be had now. */
  history(supply: string, days: number): Promise<HistoryView | null>;
  /** The host's figures on every board; null where it tells none. */
  boards(): Promise<readonly BoardView[] | null>;
  close(): void;
}
