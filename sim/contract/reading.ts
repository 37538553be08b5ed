// What a meter and the head-end say to each other. Both sides know this file; neither knows the other.

import type { SimMs } from "../core/time.ts";

/** Names the place where a customer meets the grid, such as `supply-12`; the transformer's meter has one too. */
export type SupplyPointId = string;
/** What is printed on a meter; it changes when the meter is replaced. */
export type MeterSerial = string;

/** A register that is shown and sent has six digits of kWh: after 999 999 comes 0. */
export const REGISTER_WRAP_WH = 1_000_000_000;

/** Bits of `tamperFlags`: a meter's own suspicions, latched until cleared. */
export const TAMPER = {
  cover: 1,
  terminal: 2,
  magnet: 4,
  neutral: 8,
  reverse: 16,
  /** Voltage behind the open relay. */
  load: 32,
} as const;

/** Bits of `intervalFlags`: what makes an interval unlike others. */
export const INTERVAL = {
  /** The supply failed in it. */
  powerFailed: 1,
  /** The clock was set in it; it is shorter or longer than others. */
  clockSet: 2,
  /** The clock had run out of reserve; `measuredAt` is a guess until the clock is set. */
  clockInvalid: 4,
  /** It passed without supply; written down afterwards, in the load profile alone. */
  dark: 8,
} as const;

/**
 * Registers and instantaneous values at the end of an interval. OBIS codes stand in `plant/meters/obis.ts`.
 * `importWh` is whole Wh, `importBelowMilliWh` what lies below it. `sequence` counts from 1 per meter.
 */
export interface MeterReading {
  readonly kind: "reading";
  readonly supply: SupplyPointId;
  readonly serial: MeterSerial;
  readonly sequence: number;
  /** The end of the interval, on the meter's own clock; always a whole multiple of the interval. */
  readonly measuredAt: SimMs;
  /** Bits of `INTERVAL`. */
  readonly intervalFlags: number;
  readonly importWh: number;
  readonly importBelowMilliWh: number;
  /** Whole Wh fed back into the grid. */
  readonly exportWh: number;
  /** Whole Wh by element (one a metered phase, L1 first). */
  readonly elementImportWh: readonly number[];
  /** Of the first element. */
  readonly voltageV: number;
  readonly elementVoltageV: readonly number[];
  readonly elementCurrentA: readonly number[];
  readonly neutralCurrentA: number;
  readonly activePowerW: number;
  readonly reactivePowerVar: number;
  /** P ÷ S, with its sign turned where the current leads; 1 where nothing flows. */
  readonly powerFactor: number;
  readonly frequencyHz: number;
  readonly relay: RelayPosition;
  readonly tamperFlags: number;
  /** Null while the meter is postpaid. */
  readonly prepaid: PrepaidReport | null;
  /** Missing where the meter has no such registers; a board has none. */
  readonly apparent?: ApparentReport;
}

/** Registers of apparent energy and maximum demand, of what is drawn alone. */
export interface ApparentReport {
  /** Whole VAh. */
  readonly importVah: number;
  /** The largest mean of a demand integration period since the local month began, whole VA. */
  readonly demandVa: number;
  /** With readings of local midnights: the last months that ended, oldest first. */
  readonly profiles?: readonly BillingProfile[];
}

/** What a meter wrote down when a local month ended on its own clock. */
export interface BillingProfile {
  readonly at: SimMs;
  readonly importWh: number;
  readonly apparentVah: number;
  readonly demandVa: number;
}

/** What a prepaid meter counts by. The company sends it with `set-prepaid`; the meter keeps it. */
export interface PrepaidTerms {
  readonly version: string;
  readonly currency: string;
  /** By local minute of the day, ascending, the first from 0. */
  readonly rates: readonly PrepaidRate[];
  /** Taken at every local midnight, also while the supply is off. */
  readonly standingDailyMinor: number;
  /** How far below nothing the credit may go before the supply goes. */
  readonly emergencyCreditMinor: number;
  /** At and below this the meter warns. */
  readonly lowCreditMinor: number;
  /** Supply goes only in these local minutes of the day; the rest are friendly hours. */
  readonly cutFromMinute: number;
  readonly cutUntilMinute: number;
  readonly isWorkingDaysOnly: boolean;
}

export interface PrepaidRate {
  readonly fromMinute: number;
  readonly priceMilliMinorPerKWh: number;
}

/** Where a prepaid meter stands. */
export interface PrepaidReport {
  /** Whole thousandths of the smallest coin; below zero is owed. */
  readonly creditMilliMinor: number;
  /** Whether the customer lives on the emergency credit. */
  readonly isEmergency: boolean;
  readonly termsVersion: string;
  /** The token accepted last; empty before the first. */
  readonly lastToken: string;
  /** Sum of all tokens ever accepted, and of opening credits. */
  readonly toppedUpMinor: number;
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

/** A meter's answer to a command, sent for each delivery of it; a copy gets the answer of the first. */
export interface CommandAck {
  readonly kind: "command-ack";
  readonly supply: SupplyPointId;
  readonly commandId: string;
  /** On the meter's own clock. */
  readonly doneAt: SimMs;
  readonly relay: RelayPosition;
  readonly result: CommandResult;
  /** Null unless refused. */
  readonly reason: RefusalReason | null;
}

/** `used-token`: the top-up is in the credit already. */
export type CommandResult = "done" | "used-token" | "refused";
export type RefusalReason =
  | "not-prepaid"
  | "bad-terms"
  | "bad-amount"
  | "bad-clock"
  | "bad-limit"
  | "bad-token"
  | "dead-token"
  | "credit-full";

/** The meter gave up keeping readings up to and including `throughSequence`: its outbox overflowed. */
export interface ReadingsLost {
  readonly kind: "readings-lost";
  readonly supply: SupplyPointId;
  readonly throughSequence: number;
}

export const METER_EVENT_CODES = [
  "last-gasp",
  "first-breath",
  "cover-open",
  "magnet",
  "magnet-gone",
  "neutral-missing",
  "neutral-restored",
  "load-voltage",
  "load-voltage-gone",
  "over-limit-open",
  "over-limit-closed",
  "over-limit-lockout",
  "limit-set",
  "limit-removed",
  "prepaid-set",
  "postpaid-set",
  "topped-up",
  "credit-low",
  "credit-emergency",
  "credit-out",
  "credit-overshoot",
  "clock-set",
  "clock-invalid",
  "relay-open",
  "relay-closed",
  "voltage-high",
  "voltage-high-over",
  "voltage-low",
  "voltage-low-over",
  "token-refused",
  "token-locked",
  "key-changed",
  "credit-cleared",
  "tamper-cleared",
] as const;
export type MeterEventCode = (typeof METER_EVENT_CODES)[number];

/** Something that a meter noticed, told at once and kept in its log. `number` counts from 1 per meter. */
export interface MeterEvent {
  readonly kind: "meter-event";
  readonly supply: SupplyPointId;
  readonly serial: MeterSerial;
  readonly number: number;
  readonly code: MeterEventCode;
  /** Identifier of IS 15959; null where it has none. */
  readonly eventId: number | null;
  /** On the meter's own clock. */
  readonly at: SimMs;
  /**
   * `over-limit-open`: W. `limit-set`: W. `credit-…`, `topped-up`, `prepaid-set`: the credit in thousandths of the
   * smallest coin. `clock-set`: by how many ms it was set forward. `first-breath`: how long it was dark in ms, as
   * far as the clock knows. `voltage-…`: V. `token-refused`: wrong ones in a row. `token-locked`: for how many ms.
   * `key-changed`: revision of the new key. `credit-cleared`: what was taken away, as credit. Else null.
   */
  readonly value: number | null;
}

/** A part of a meter's load profile: the answer to `read-profile`, oldest entry first, at most PROFILE_PART_MAX. */
export interface ProfilePart {
  readonly kind: "profile";
  readonly supply: SupplyPointId;
  readonly serial: MeterSerial;
  readonly commandId: string;
  readonly entries: readonly ProfileEntry[];
  /** False where more entries of the asked span follow; ask again from after the last one. */
  readonly isComplete: boolean;
}

/** Entries in one answer to `read-profile`: two days of half hours. */
export const PROFILE_PART_MAX = 96;

/** One interval of the load profile. */
export interface ProfileEntry {
  readonly measuredAt: SimMs;
  readonly importWh: number;
  readonly exportWh: number;
  readonly intervalFlags: number;
}

export type UplinkMessage = MeterReading | CommandAck | ReadingsLost | MeterEvent | ProfilePart;

/** An order to a meter. `text` is shown on its display. Idempotent by `id`, a top-up also by its token. */
export type MeterCommand = CommandHead & CommandOrder;

interface CommandHead {
  readonly kind: "command";
  readonly id: string;
  readonly supply: SupplyPointId;
  readonly text: string;
  readonly issuedAt: SimMs;
  readonly expiresAt: SimMs;
}

/** What a meter can be told to do, with what it needs for it. */
export type CommandOrder =
  | { readonly action: PlainAction }
  /** The clock shows `clockMs` at the moment that the meter obeys. */
  | { readonly action: "set-clock"; readonly clockMs: SimMs }
  /** New terms; the opening credit is added once, by the command's id. */
  | {
      readonly action: "set-prepaid";
      readonly terms: PrepaidTerms;
      readonly openingCreditMinor: number;
    }
  | { readonly action: "set-postpaid" }
  /**
   * `token` is one-time: a second command with it, or the same digits at the keypad, changes nothing. Twenty digits say
   * themselves what they are worth; any other text is a reference, for dates that no token can count.
   */
  | { readonly action: "top-up"; readonly token: string; readonly amountMinor: number }
  /** A token that is no money, typed from afar: half of a new key. */
  | { readonly action: "take-token"; readonly token: string }
  /** `limitW` null: no limit. Opens after `afterMs` above it, closes again after `recloseAfterMs`, and so on. */
  | {
      readonly action: "set-limit";
      readonly limitW: number | null;
      readonly afterMs: number;
      readonly recloseAfterMs: number;
      readonly recloseTriesMax: number;
    }
  /** Asks for the intervals that ended after `fromMs` and not after `toMs`. */
  | { readonly action: "read-profile"; readonly fromMs: SimMs; readonly toMs: SimMs };

/** Orders that say everything with their name and text. */
export type PlainAction = "trip" | "reconnect" | "reminder" | "notice";
export type CommandAction = CommandOrder["action"];

/** The head-end has a message of the meter for good; its modem may forget it. The bearer's own, meters do not see it. */
export interface UplinkAck {
  readonly kind: "uplink-ack";
  readonly supply: SupplyPointId;
  /** The number that the meter's outbox gave it. */
  readonly message: number;
}

export type DownlinkMessage = MeterCommand | UplinkAck;
