// What a view needs of a twin, wherever it runs. A live server is the first; recordings and a local engine follow.

import type {
  BoardView,
  ChannelName,
  Frame,
  PaceView,
  StreetLayout,
  SupplyAccountView,
} from "../../sim/contract/frame.ts";
import type { TwinInput } from "../../sim/contract/input.ts";

/** What a player can do; a view does not offer the rest. */
export interface PlayerCapabilities {
  readonly canSteer: boolean;
  readonly canPace: boolean;
}

/** What a player tells its listener, in order. */
export interface PlayerListener {
  onLayout(runId: string, layout: StreetLayout): void;
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
  /** Resolves with null, or with the sentence that says why not. */
  send(input: TwinInput): Promise<string | null>;
  pace(change: { readonly speed?: number | null; readonly isPaused?: boolean }): void;
  account(supply: string): Promise<SupplyAccountView | null>;
  /** The host's figures on every board; null where it tells none. */
  boards(): Promise<readonly BoardView[] | null>;
  close(): void;
}
