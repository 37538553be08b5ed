// What a meter and the head-end say to each other. Both sides know this file; neither knows the other.

import type { SimMs } from "../core/time.ts";

/** Names the place where a customer meets the grid, such as `supply-12`; the transformer's meter has one too. */
export type SupplyPointId = string;
/** What is printed on a meter; it changes when the meter is replaced. */
export type MeterSerial = string;

/** Bits of `tamperFlags`: a meter's own suspicions, latched until cleared. */
export const TAMPER = { cover: 1, terminal: 2, magnet: 4, neutral: 8, reverse: 16 } as const;

/**
 * Register snapshot at the end of an interval, OBIS 1.8.0 (and 21/41/61.8.0 by element).
 * `importWh` is whole Wh, `importBelowMilliWh` what lies below it. `sequence` counts from 1 per meter.
 */
export interface MeterReading {
  readonly kind: "reading";
  readonly supply: SupplyPointId;
  readonly serial: MeterSerial;
  readonly sequence: number;
  /** End of the interval by the meter's own clock. */
  readonly measuredAt: SimMs;
  readonly importWh: number;
  readonly importBelowMilliWh: number;
  /** Whole Wh by element (one a metered phase, L1 first). */
  readonly elementImportWh: readonly number[];
  readonly voltageV: number;
  readonly relay: RelayPosition;
  readonly tamperFlags: number;
}

/** Why a head-end may refuse a reading: what it says cannot be true. */
export const READING_RULES = [
  "malformed",
  "wrong-serial",
  "from-the-future",
  "too-old",
  "implausible-voltage",
  "interval-conflict",
  "sequence-conflict",
  "register-falls",
  "jump-above-load",
] as const;
export type ReadingRule = (typeof READING_RULES)[number];

export type RelayPosition = "open" | "closed";

/** A meter's answer to a command, sent once for each delivery of it. */
export interface CommandAck {
  readonly kind: "command-ack";
  readonly supply: SupplyPointId;
  readonly commandId: string;
  readonly doneAt: SimMs;
  readonly relay: RelayPosition;
}

/** The meter gave up keeping readings up to and including `throughSequence`: its outbox overflowed. */
export interface ReadingsLost {
  readonly kind: "readings-lost";
  readonly supply: SupplyPointId;
  readonly throughSequence: number;
}

export type UplinkMessage = MeterReading | CommandAck | ReadingsLost;

/** An order to a meter. `text` is shown on its display. Idempotent by `id`. */
export interface MeterCommand {
  readonly kind: "command";
  readonly id: string;
  readonly supply: SupplyPointId;
  readonly action: CommandAction;
  readonly text: string;
  readonly issuedAt: SimMs;
  readonly expiresAt: SimMs;
}

export type CommandAction = "trip" | "reconnect" | "reminder" | "notice";

/** The head-end has these readings for good; the meter may forget them. */
export interface ReadingAck {
  readonly kind: "reading-ack";
  readonly supply: SupplyPointId;
  readonly sequence: number;
}

export type DownlinkMessage = MeterCommand | ReadingAck;
