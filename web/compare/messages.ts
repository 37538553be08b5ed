// What the page of two runs and the two pages inside it say to each other. Only pages of this site are listened to.

import type { TwinSource } from "../player/local-messages.ts";
import type { View } from "../player/views.ts";

/** What of each home is held against the other run's, by row. */
export interface HomesNow {
  readonly off: readonly boolean[];
  readonly isStealing: readonly boolean[];
  readonly activePowerW: readonly number[];
}

export type ToSide =
  | { readonly kind: "open"; readonly source: TwinSource; readonly untilMs: number }
  | { readonly kind: "go-to"; readonly ms: number }
  | { readonly kind: "camera"; readonly camera: string }
  | { readonly kind: "select"; readonly row: number }
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "lit"; readonly rows: readonly number[] };

export type FromSide =
  /** It waits for a source. */
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly sentence: string }
  | {
      readonly kind: "now";
      readonly simMs: number;
      readonly stepMs: number;
      readonly clock: string;
      readonly homes: HomesNow | null;
      readonly addresses: readonly string[];
      readonly ids: readonly string[];
      readonly currency: string;
    }
  | { readonly kind: "camera"; readonly camera: string }
  | { readonly kind: "selected"; readonly row: number };

interface Wrapped<Message> {
  readonly meterville: Message;
}

export function post<Message extends ToSide | FromSide>(to: Window, message: Message): void {
  const wrapped: Wrapped<Message> = { meterville: message };
  to.postMessage(wrapped, location.origin);
}

/** Hears what a page of this site says; returns what stops it. */
export function hear<Message extends ToSide | FromSide>(
  take: (message: Message, from: MessageEventSource | null) => void,
): () => void {
  const listen = ({ origin, data, source }: MessageEvent<unknown>): void => {
    if (origin !== location.origin || typeof data !== "object" || data === null) return;
    if ("meterville" in data) take((data as Wrapped<Message>).meterville, source);
  };
  window.addEventListener("message", listen);
  return () => window.removeEventListener("message", listen);
}
