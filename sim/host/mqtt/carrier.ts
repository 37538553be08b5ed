// What the window needs of a broker, ours or somebody else's, and what comes back from it.

import type { OutboundMessage } from "./outbound-queue.ts";

export const ONLINE = "online";
export const OFFLINE = "offline";

/** A message on a command topic. */
export interface CarriedCommand {
  readonly topic: string;
  readonly payload: string;
  readonly isRetained: boolean;
}

/** Who carries messages tells this. */
export interface CarrierEvents {
  /** Messages can be given to it; what was underway before is lost. */
  up(): void;
  down(reason: string): void;
  /** The sender is told that its command arrived once `taken` is called. */
  command(command: CarriedCommand, taken: () => void): void;
  /** A client does what it may not; `kind` and `who` say whether that is new. */
  misbehaved(kind: string, who: string, text: string): void;
}

export interface Carrier {
  /** Publishes with QoS 1; `acknowledged` is called once the broker has it, and not at all when it went away before. */
  publish(message: OutboundMessage, acknowledged: () => void): void;
  /** Says `offline` and ends. */
  close(): Promise<void>;
}
