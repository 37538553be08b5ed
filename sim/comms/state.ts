// The air between meters and head-end, and the outboxes that wait for it. Plain data.

import type { TextedLetter } from "../contract/billing.ts";
import type { DownlinkMessage, UplinkMessage } from "../contract/reading.ts";
import type { SimMs } from "../core/time.ts";

export type Bearer = "data" | "sms";

export interface AirState {
  /** Row: mast. Why it is down, as bits: 1 by the scenario, 2 by hand; 0 is up. */
  readonly mastDown: Uint8Array;
  /** Row: mast. The same of the line behind it: meters stay registered, nothing passes. */
  readonly backhaulDown: Uint8Array;
  /** Row: NETWORK_ROW. The same of what all masts share. */
  readonly networkDown: Uint8Array;
  readonly load: MastLoad;
  readonly modems: ModemColumns;
  /** Row: meter. What a meter has not seen acknowledged, in the order in which it was made; see `outbox.ts`. */
  readonly outbox: OutboxEntry[][];
  /** Row: meter. Readings in the outbox that have not arrived. */
  readonly waiting: Float64Array;
  /** Row: meter. When its modem or its outbox acts next, as a tournament; see `due.ts`. */
  readonly due: Float64Array;
  /** Everything under way, as a heap by (due time, order of sending); a copy is a flight of its own. */
  readonly flights: Flight[];
  /** One row: number of the next flight. */
  readonly nextFlight: Float64Array;
  /** Row: meter. Flights of its messages, those that the SMS centre keeps included; at most UNDER_WAY_MAX. */
  readonly underWay: Uint16Array;
  /** Row: meter. Messages that the SMS centre keeps for a meter that is away, oldest first; at most SMS_KEPT_MAX. */
  readonly smsKept: Flight[][];
  /** Messages that wait for the SMS centre or the core to come back, in the order in which they came. */
  readonly smsHeld: Flight[];
  /** SMS on their way to customers' phones, in the order of sending; at most TEXTS_MAX. See `phones.ts`. */
  readonly texts: PhoneText[];
  /** Row: meter. Number of the next SMS to the phone of its home. */
  readonly nextText: Float64Array;
  /** Row: meter × kind of message. Number of the next message of that kind. */
  readonly nextMessage: Float64Array;
  /** Row: meter. Number of the next command to a meter. */
  readonly nextDownlink: Float64Array;
  /** Row: meter. When the newest order to the relay that it has had was given. */
  readonly orderedAt: Float64Array;
  /** Row: meter. Sequences given up and not arrived; at most MISSING_REMEMBERED_MAX, oldest forgotten. */
  readonly missing: number[][];
  readonly counts: AirCounts;
}

/** Row: mast. What it took in the minute that `minute` says, and in the one before. */
export interface MastLoad {
  readonly minute: Float64Array;
  readonly sms: Float64Array;
  readonly data: Float64Array;
  readonly smsBefore: Float64Array;
  readonly dataBefore: Float64Array;
}

/** What `ModemColumns.phase` says. */
export const MODEM = { dark: 0, waiting: 1, registering: 2, registered: 3 } as const;

/** Row: meter. */
export interface ModemColumns {
  readonly phase: Uint8Array;
  /** The mast that it registers or is registered with, or was last; −1 none yet. */
  readonly mast: Int16Array;
  /** When it acts next: looks for a mast, has registered, or compares masts. NEVER_MS: nothing to do. */
  readonly actsAt: Float64Array;
  /** Times it looked for a mast; draws are keyed by it. */
  readonly searches: Float64Array;
  /** Searches in a row without success. */
  readonly failures: Uint8Array;
  /** When its radio is free for the next message. */
  readonly freeAt: Float64Array;
  /** Times in a row that the mast was full. */
  readonly blocked: Uint8Array;
  /** Transmissions over data in a row that nobody acknowledged. */
  readonly silent: Uint8Array;
  /** While it is on SMS: when it tries data again. */
  readonly probeAt: Float64Array;
}

export interface OutboxEntry {
  /** Unique among the messages of a meter. */
  readonly number: number;
  readonly message: UplinkMessage;
  attempts: number;
  nextTryAt: SimMs;
  /** Whether it went over data last, and neither an answer nor the next attempt has come since. */
  awaitsData: boolean;
  /** Whether a copy has reached the head-end; the meter does not know. */
  hasArrived: boolean;
}

export interface Flight {
  /** Order of sending. */
  readonly sequence: number;
  readonly dueAt: SimMs;
  readonly sentAt: SimMs;
  readonly row: number;
  readonly bearer: Bearer;
  /** What draws for its acknowledgement are keyed by. */
  readonly tick: number;
  /** Of the outbox entry that it is a copy of; −1 for a command. */
  readonly number: number;
  readonly uplink: UplinkMessage | null;
  readonly downlink: DownlinkMessage | null;
}

/** An SMS to the phone of the customer whose meter has this row. */
export interface PhoneText {
  readonly row: number;
  readonly letter: TextedLetter;
  readonly sentAt: SimMs;
  /** When the centre tries next. */
  dueAt: SimMs;
}

/** Readings, counted as `RunReport.comms` says; the last two count attempts of whatever kind. */
export interface AirCounts {
  made: number;
  sent: number;
  retried: number;
  lostOnAir: number;
  duplicated: number;
  delivered: number;
  /** Of those delivered: the first copy came by SMS. */
  bySms: number;
  late: number;
  reportedMissing: number;
  /** Times a mast was full for a message or a registration. */
  congested: number;
  registrations: number;
  /** SMS to customers' phones: given to the centre, and on the phones. */
  textsSent: number;
  textsReceived: number;
}
