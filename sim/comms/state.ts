// The air between meters and head-end, and the outboxes that wait for it. Plain data.

import type { DownlinkMessage, UplinkMessage } from "../contract/reading.ts";
import type { SimMs } from "../core/time.ts";

export interface AirState {
  /** Row: mast. Why it is down: bit 1 by the scenario, bit 2 by hand; 0 is up. */
  readonly mastDown: Uint8Array;
  /** Row: meter. What a meter has not seen acknowledged, oldest first; at most `outboxMax` readings. */
  readonly outbox: OutboxEntry[][];
  /** Everything under way, in order of sending; a copy of a message is a flight of its own. */
  readonly flights: Flight[];
  /** Row: meter. Number of the next message a meter puts into its outbox. */
  readonly nextMessage: Float64Array;
  /** Row: meter. Number of the next message to a meter. */
  readonly nextDownlink: Float64Array;
  /** Row: meter. Sequences given up and not arrived; at most MISSING_REMEMBERED_MAX, oldest forgotten. */
  readonly missing: number[][];
  readonly counts: AirCounts;
}

export interface OutboxEntry {
  readonly number: number;
  readonly message: UplinkMessage;
  attempts: number;
  nextTryAt: SimMs;
  /** Whether a copy has reached the head-end; the meter does not know. */
  hasArrived: boolean;
}

export interface Flight {
  readonly dueAt: SimMs;
  readonly row: number;
  readonly uplink: UplinkMessage | null;
  readonly downlink: DownlinkMessage | null;
}

/** Readings, counted as `RunReport.comms` says. */
export interface AirCounts {
  made: number;
  sent: number;
  retried: number;
  lostOnAir: number;
  duplicated: number;
  delivered: number;
  late: number;
  reportedMissing: number;
}
