// What passes between the run's thread and the thread that talks MQTT.

import type { CarriedCommand } from "./carrier.ts";
import type { OutboundMessage } from "./outbound-queue.ts";

/** Where messages go. */
export type BrokerPlace =
  | {
      readonly kind: "embedded";
      readonly host: string;
      readonly firstPort: number;
      readonly lastPort: number;
      readonly token: string | null;
    }
  | { readonly kind: "outside"; readonly url: string; readonly clientId: string };

export interface WorkerStart {
  readonly street: string;
  readonly place: BrokerPlace;
}

export type ToWorker =
  | {
      readonly kind: "publish";
      /** Number of the first message; the others follow on. */
      readonly first: number;
      readonly messages: readonly OutboundMessage[];
    }
  | { readonly kind: "taken"; readonly ticket: number }
  | { readonly kind: "close" };

export type FromWorker =
  | { readonly kind: "listening"; readonly port: number }
  | { readonly kind: "no-port"; readonly code: string; readonly message: string }
  | { readonly kind: "up" }
  | { readonly kind: "down"; readonly reason: string }
  /** Every message up to this number is at the broker. */
  | { readonly kind: "acknowledged"; readonly through: number }
  | { readonly kind: "command"; readonly ticket: number; readonly command: CarriedCommand }
  | {
      readonly kind: "misbehaved";
      readonly what: string;
      readonly who: string;
      readonly text: string;
    }
  | { readonly kind: "closed" };
