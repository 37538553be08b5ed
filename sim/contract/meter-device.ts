// The slot into which an emulated board or a real one fits. The engine asks through the host and never waits.

import type { Calendar } from "../core/calendar.ts";
import type { SimMs } from "../core/time.ts";
import type {
  CommandResult,
  DownlinkMessage,
  MeterEventCode,
  MeterSerial,
  PrepaidTerms,
  ProfileEntry,
  RefusalReason,
  RelayPosition,
  UplinkMessage,
} from "./reading.ts";
import type { KeyToken } from "./token.ts";
import type { DecoderKey } from "./token-cipher.ts";

/** What a swapped meter meets at its terminals during one step. */
export interface TerminalConditions {
  readonly at: SimMs;
  readonly stepMs: number;
  readonly voltageV: number;
  /** Through the phase sensor: without what a bypass leads around it. */
  readonly phaseCurrentA: number;
  readonly neutralCurrentA: number;
  /** By which the current lags the voltage. */
  readonly angleRad: number;
  /** V·I·cos φ at the sensor; beside the phasors, so that a simulated meter is exact to the milliwatt. */
  readonly activePowerW: number;
  /** Positive where the current lags. */
  readonly reactivePowerVar: number;
  readonly frequencyHz: number;
  readonly supplyPresent: boolean;
  readonly tamperContacts: { readonly coverOpen: boolean; readonly magnetPresent: boolean };
  /** Voltage behind the relay that does not come through it: somebody has bridged it. Default: no. */
  readonly loadSideLive?: boolean;
  /** By the air, and typed at the keypad. */
  readonly delivered: readonly (DownlinkMessage | KeypadEntry)[];
}

/** Somebody types twenty digits at the meter. */
export interface KeypadEntry {
  readonly kind: "keypad-entry";
  readonly digits: string;
  /** Who sits in the dark types; with the relay closed nobody does. */
  readonly ifOff?: true;
}

/** A command that was obeyed, with what was answered. */
export interface ObeyedCommand {
  readonly id: string;
  readonly result: CommandResult;
  readonly reason: RefusalReason | null;
}

/** What a meter holds besides its logs: small, and told with every step. */
export interface MeterRegisters {
  readonly serial: MeterSerial;
  readonly importWh: number;
  readonly importBelowMilliWh: number;
  /** Rest below a milliwatt-hour, in mW·ms. */
  readonly carryMilliWMs: number;
  readonly exportWh: number;
  readonly exportBelowMilliWh: number;
  readonly exportCarryMilliWMs: number;
  readonly relay: RelayPosition;
  /** Bits of `RELAY_REASON`; 0 while the relay is closed. */
  readonly relayReasons: number;
  readonly tamperFlags: number;
  /** The suspicions that were told. */
  readonly tamperTold: number;
  /** Missing where nothing is going on. */
  readonly tamperWatch?: TamperWatch;
  readonly nextSequence: number;
  readonly nextEvent: number;
  /** The commands obeyed last, newest last: a late copy is answered and not obeyed again. */
  readonly obeyedCommands: readonly ObeyedCommand[];
  /** What the company wrote on the display last; empty: the meter's own pages. */
  readonly displayText: string;
  readonly clock: ClockState;
  readonly supply: SupplyState;
  readonly prepaid: PrepaidState | null;
  readonly limit: LimitState | null;
  /** Missing before the first token. */
  readonly tokens?: TokenState;
}

/** What a meter is in the middle of noticing. */
export interface TamperWatch {
  /** Bits of `TAMPER`: told the beginning of, and not the end. */
  readonly now: number;
  /** By sign: since when it is otherwise than told, true time; −1 where it is not. */
  readonly since: readonly SimMs[];
}

/** Who keeps a relay open. The company goes before the credit, the credit before the limit. */
export const RELAY_REASON = { company: 1, credit: 2, limit: 4 } as const;

/** The own clock is the true time + `offsetMs` + the device's drift since `setAt`. */
export interface ClockState {
  readonly setAt: SimMs;
  readonly offsetMs: number;
  readonly isInvalid: boolean;
  /** Number of the interval that ended last: its end on the own clock ÷ the interval. */
  readonly lastInterval: number;
  readonly intervalFlags: number;
}

/** True times; −1: not. */
export interface SupplyState {
  readonly darkSince: SimMs;
  readonly breathAt: SimMs;
  readonly darkMs: number;
}

export interface PrepaidState {
  readonly terms: PrepaidTerms;
  readonly creditMilliMinor: number;
  readonly chargeCarry: number;
  readonly chargedMilliWh: number;
  readonly priceMilliMinorPerKWh: number;
  readonly termsUntil: SimMs;
  readonly mayCut: boolean;
  readonly standingDay: number;
  readonly level: number;
  readonly toppedUpMinor: number;
  readonly tokens: readonly string[];
}

/** What a meter answers to a token. */
export const TOKEN_RESULTS = [
  "accepted",
  /** The first half of a new key waits for the other one. */
  "half-a-key",
  /** Not made for this meter, or no token; which digit is wrong nobody can tell. */
  "rejected",
  "used",
  /** Older than all that the meter remembers: it may have been used. */
  "old",
  "overflow",
  /** Made later than the key is good for. */
  "key-expired",
  /** Too many wrong ones before; nothing is looked at. */
  "locked",
  /** Good, but not for a meter of this kind: money at a postpaid one, units at one that counts money. */
  "wrong-kind",
] as const;
export type TokenResult = (typeof TOKEN_RESULTS)[number];

/** What a meter remembers of tokens: its key, and those that it has taken. True times. */
export interface TokenState extends DecoderKey {
  readonly keyType: number;
  readonly revision: number;
  readonly tariffIndex: number;
  /** Tokens whose minute's highest 8 bits are above it are refused; 255 never. */
  readonly expiry: number;
  /** Stamps (minute × 16 + random) of tokens taken, ascending; at most STAMPS_REMEMBERED_MAX. */
  readonly seen: readonly number[];
  /** The newest stamp that is no longer remembered; −1. */
  readonly forgotten: number;
  readonly half: { readonly token: KeyToken; readonly at: SimMs } | null;
  /** When the company last ordered a trip: a token that closes the relay has to be younger. Missing without one. */
  readonly tripOrderedAt?: SimMs;
  /** Wrong tokens in a row at the keypad, and until when it is locked (−1: not). */
  readonly wrong: number;
  readonly lockedUntil: SimMs;
  /** Two lines for the display, and what was answered at that moment. */
  readonly shown: {
    readonly text: string;
    readonly at: SimMs;
    readonly results: readonly TokenResult[];
  } | null;
}

export interface LimitState {
  readonly limitW: number;
  readonly afterMs: number;
  readonly recloseAfterMs: number;
  readonly recloseTriesMax: number;
  readonly overSince: SimMs;
  readonly movedAt: SimMs;
  readonly tries: number;
}

/** An entry of a meter's event log. */
export interface LoggedEvent {
  readonly number: number;
  readonly code: MeterEventCode;
  readonly at: SimMs;
  readonly value: number | null;
}

/** What a meter wrote into its logs, oldest first. */
export interface MeterLogs {
  readonly profile: readonly ProfileEntry[];
  readonly events: readonly LoggedEvent[];
}

/** Everything that passes from one meter to its successor at the same supply point. */
export interface MeterHandover extends MeterRegisters {
  readonly logs: MeterLogs;
}

/** What the meter has done by the end of the step. */
export interface MeterOutputs {
  readonly registers: MeterRegisters;
  /** What went into the logs in this step. */
  readonly logged: MeterLogs;
  readonly relay: RelayPosition;
  /** 16×2 characters, lines divided by a line feed. */
  readonly displayText: string;
  readonly leds: { readonly pulse: boolean; readonly alarm: boolean };
  readonly sent: readonly UplinkMessage[];
  readonly faults: readonly string[];
}

/** A board's answer to one step, or that there was none; a journal entry either way. */
export type DeviceAnswer =
  | {
      readonly kind: "outputs";
      readonly supply: string;
      readonly outputs: MeterOutputs;
      /** The step before had none. */
      readonly isBack?: true;
    }
  | {
      readonly kind: "no-answer";
      readonly supply: string;
      readonly reason: string;
      /** Nor had the step before, which was told. */
      readonly isStill?: true;
    };

/** What the scenario wants when a board is silent. */
export type DeviceLostPolicy = "hold" | "fall-back" | "stop";

/** The buttons of a meter that has any. */
export const METER_BUTTONS = ["up", "enter"] as const;
export type MeterButton = (typeof METER_BUTTONS)[number];

/** Who a board is: two of the same number and firmware are one. */
export interface BoardIdentity {
  /** First 32 bits of the SHA-256 of the firmware's sources. */
  readonly firmwareId: number;
  /** Set by who owns it; 0: never. */
  readonly serial: number;
}

/** What a device shows beside its slot where its time passes by itself. */
export interface WallSide {
  /** Undefined until it was reached. */
  readonly identity: BoardIdentity | undefined;
  /** Why it is gone for good, part of a sentence; undefined while it is there. */
  readonly lost: string | undefined;
  /** Reaches the board and asks who it is; rejects where it is not there, or not the `expected` one. */
  connect(expected?: BoardIdentity): Promise<BoardIdentity>;
}

/** A meter outside the engine: emulated, real, or a simulated one behind the same door. */
export interface MeterDevice {
  readonly name: string;
  /** It lives the step's time and no other: it answers when it has, however long that takes by the wall. Default: no. */
  readonly isOnTwinTime?: boolean;
  /** Takes over from another meter; called once, before the first step. */
  handOver(state: MeterHandover, context: DeviceContext): Promise<void>;
  /** Missing where its time is the twin's. */
  readonly wall?: WallSide;
  /**
   * One step at these terminals. Rejects where the device is lost. On the wall's clock the step is over when `ended`
   * resolves, at once without it.
   */
  step(terminals: TerminalConditions, ended?: Promise<void>): Promise<MeterOutputs>;
  /** Presses a button and lets go of it, before a step. Missing where nobody can but a finger. */
  readonly press?: (button: MeterButton) => Promise<void>;
  /** A step that it goes through without anybody to hear it: its line is cut. Without this it stands still meanwhile. */
  unheard?(terminals: TerminalConditions): Promise<void>;
  /** Gives the registers back; no step follows. */
  takeBack(): Promise<MeterHandover>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a meter is told about its place when it is installed, and what kind of meter it is. */
export interface DeviceContext {
  readonly supply: string;
  readonly intervalMs: number;
  /** For local days and hours of the meter's own clock. */
  readonly calendar: Calendar;
  /** Gain of the metrology around 1: the larger part of this meter's error. */
  readonly gain: number;
  /** Share of the reactive power that is counted as active: the sensors' phase displacement in rad. */
  readonly phaseErrorShare: number;
  /** Counted beside all else once a current flows, in W. */
  readonly offsetW: number;
  /** Below this current nothing is counted (IEC 62053-21). */
  readonly startingCurrentA: number;
  /** Parts per million by which its clock runs fast. */
  readonly clockDriftPpm: number;
  /** How long its clock goes on without supply. */
  readonly clockReserveMs: number;
  /** Seeds the waits before its first breaths. */
  readonly breathSeed: number;
}
