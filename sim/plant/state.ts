// The truth: what physically is. Plain data; the model beside it never changes during a run.

import type {
  KeypadEntry,
  LoggedEvent,
  ObeyedCommand,
  TokenState,
} from "../contract/meter-device.ts";
import type {
  BillingProfile,
  DownlinkMessage,
  MeterSerial,
  PrepaidTerms,
} from "../contract/reading.ts";
import type { Minor } from "../core/money.ts";
import type { SimMs } from "../core/time.ts";
import type { GridState } from "../grid/feeder.ts";
import type { FuseState } from "../grid/fuses.ts";
import type { ApplianceState } from "./loads/appliances.ts";

/** Rows: supply points in the order of their feeders; each feeder's transformer meter is one more row at the end. */
export interface PlantState {
  readonly loads: LoadState;
  readonly theft: TheftState;
  readonly cuts: CutState;
  /** By the feeder's id. */
  readonly grid: Readonly<Record<string, GridState>>;
  /** By the feeder's id; no rows without protection. */
  readonly fuses: Readonly<Record<string, FuseState>>;
  readonly protection: ProtectionState;
  readonly interruptions: InterruptionState;
  readonly power: PowerColumns;
  readonly meters: MeterState;
  readonly meterLogs: MeterLogState;
  readonly customers: CustomerState;
  readonly energy: EnergyState;
}

export interface LoadState {
  /** The minute that the columns below hold for; −1 before the first. */
  readonly minute: Float64Array;
  /** Row: supply. What the home draws if it has supply, in the minute that `minute` says. */
  readonly wantedW: Float64Array;
  readonly wantedVar: Float64Array;
  /** Row: supply. 0 where the service is dead or the relay open: what needs people stops, cold things get warm. */
  readonly hasSupply: Uint8Array;
  /** Row: home × RESIDENTS_MAX + person; empty with load shapes. */
  readonly personState: Uint8Array;
  readonly activeCount: Uint8Array;
  readonly presentCount: Uint8Array;
  readonly appliances: ApplianceState;
}

/** Why there is no supply, as bits: 1 by the scenario, 2 by hand; 0 is supplied. */
export interface CutState {
  /** Row: supply. The service cable is dead. */
  readonly supply: Uint8Array;
  /** Row: feeder. The transformer is dead. */
  readonly feeder: Uint8Array;
}

/** No rows where the scenario has no protection. */
export interface ProtectionState {
  /** Row: feeder. How hot its transformer is: top oil, and what the windings' hottest spot is above it. */
  readonly topOilC: Float64Array;
  readonly gradientK: Float64Array;
  readonly isOverloaded: Uint8Array;
  /** Row: feeder. Homes whose voltage was outside its limits in the last ten minutes: low, and high. */
  readonly lowHomes: Float64Array;
  readonly highHomes: Float64Array;
  readonly voltage: VoltageColumns;
}

/** Row: feeder element. */
export interface VoltageColumns {
  /** Of the ten minutes that run: V × ms, and the ms with supply. */
  readonly sumVMs: Float64Array;
  readonly suppliedMs: Float64Array;
  /** Of the ten minutes before: bits of `OUTSIDE`, and the mean; 0 V without supply. */
  readonly outside: Uint8Array;
  readonly meanV: Float64Array;
}

/** Row: supply. Interruptions of supply before the meter. */
export interface InterruptionState {
  /** Since when there is none, −1 while there is. */
  readonly since: Float64Array;
  /** Those that were sustained: how many, and their time. */
  readonly sustained: Float64Array;
  readonly sustainedMs: Float64Array;
}

export interface TheftState {
  /** Row: supply. Bits of `theftBit`: what is put up, and what of it is at work in this step. */
  readonly installed: Uint8Array;
  readonly atWork: Uint8Array;
  /** Row: supply × THEFT_KINDS. How much once it is grown (a share; W of a hook), since when (−1: not). */
  readonly intensity: Float64Array;
  readonly installedAt: Float64Array;
  /** Row: supply × THEFT_KINDS. Row among the scenario's thefts, whose habits it has; −1: by hand. */
  readonly planOf: Int32Array;
  /** Row: supply. Until when the meter's cover is off; −1 never. */
  readonly coverUntil: Float64Array;
  /** Row: supply. In this step: share of the current around both sensors. */
  readonly bypassShare: Float64Array;
  /** Asked of the grid before the meter. */
  readonly hookW: Float64Array;
  /** Share of the current that returns through the earth. */
  readonly earthShare: Float64Array;
  /** By how much the sensors see less. */
  readonly magnetShare: Float64Array;
  /** 1 while a bridge carries the current over the open relay, and what share of it also flows around the sensors. */
  readonly isBridged: Uint8Array;
  readonly bridgeShare: Float64Array;
}

export interface PowerColumns {
  /** Row: feeder element. What was asked of the grid in this step. */
  readonly elementW: Float64Array;
  readonly elementVar: Float64Array;
  /** Row: metered element (customers', then three of each feeder's transformer). */
  readonly meteredW: Float64Array;
  readonly meteredVar: Float64Array;
  /** Row: metered element. Voltage of its phase at the meter. */
  readonly meteredV: Float64Array;
  /** Row: meter. Voltage at its terminals. */
  readonly voltageV: Float64Array;
  /** Row: supply. What flows into a hook before the meter. */
  readonly hookW: Float64Array;
  readonly hookVar: Float64Array;
  /** Row: feeder × 4: source, secondary, losses, delivered in W, of the last step. */
  readonly totals: Float64Array;
}

export interface MeterState {
  /** Row: metered element. */
  readonly importMilliWh: Float64Array;
  readonly carryMilliWMs: Float64Array;
  readonly exportMilliWh: Float64Array;
  readonly exportCarryMilliWMs: Float64Array;
  readonly sensedShare: Float64Array;
  /** Row: meter. Share of its phase current that its neutral carries. */
  readonly neutralShare: Float64Array;
  /** Row: meter. Bits of TAMPER: what its contacts and its load side are at in this step. */
  readonly contacts: Uint8Array;
  /** Row: meter. Bits of TAMPER that it has told the beginning of and not the end. */
  readonly tamperNow: Uint8Array;
  /** Row: meter × WATCHES. Since when a contact is otherwise than told; −1 where it is not. */
  readonly tamperSince: Float64Array;
  /** Row: meter. */
  readonly relayOpen: Uint8Array;
  /** Who keeps the relay open, as bits of `RELAY_REASON`; it is closed where nobody does. */
  readonly relayReasons: Uint8Array;
  readonly tamperFlags: Uint8Array;
  /** The suspicions that the meter has told. */
  readonly tamperTold: Uint8Array;
  readonly nextSequence: Float64Array;
  readonly nextEvent: Float64Array;
  readonly clock: MeterClockColumns;
  readonly supply: MeterSupplyColumns;
  readonly prepaid: PrepaidColumns;
  readonly limit: LimitColumns;
  readonly voltage: VoltageWatchColumns;
  readonly serials: MeterSerial[];
  /** What the company wrote on the display last; empty: the meter's own pages. */
  readonly notices: string[];
  /** Commands already obeyed, newest last; at most COMMANDS_REMEMBERED_MAX a meter. */
  readonly obeyed: ObeyedCommand[][];
  /** Row: meter. Name of the device in the slot; empty for the simulated meter. */
  readonly devices: string[];
  /** Messages delivered since the last step, for the meters of the next one. */
  readonly delivered: { readonly row: number; readonly message: DownlinkMessage | KeypadEntry }[];
  /** Row: meter. Null before its first token. */
  readonly tokens: (TokenState | null)[];
  /** Missing where meters have no registers of apparent energy. */
  readonly demand?: DemandColumns;
}

/** Row: meter. Apparent energy and demand of what is drawn. */
export interface DemandColumns {
  /** Whole mVAh, and the rest in mVA·ms. */
  readonly apparentMilliVah: Float64Array;
  readonly carryMilliVaMs: Float64Array;
  /** The register at which the running block of demand began. */
  readonly blockMilliVah: Float64Array;
  /** Of the running month, whole VA. */
  readonly largestVa: Float64Array;
  /** Ends of months, oldest first; at most BILLING_PROFILES_MAX. */
  readonly profiles: (readonly BillingProfile[])[];
}

/** Row: meter. Its own clock is the true time + `offsetMs` + the drift since `setAt`. */
export interface MeterClockColumns {
  /** True time at which the offset held. */
  readonly setAt: Float64Array;
  readonly offsetMs: Float64Array;
  /** 1 once it ran out of reserve, until it is set. */
  readonly isInvalid: Uint8Array;
  /** Number of the interval that was ended last, on the own clock. */
  readonly lastInterval: Float64Array;
  /** Bits of `INTERVAL` for the running interval. */
  readonly intervalFlags: Uint8Array;
}

/** Row: meter. True times. */
export interface MeterSupplyColumns {
  /** Since when there is no supply; −1 while there is. */
  readonly darkSince: Float64Array;
  /** When the first breath is due after the supply returned, −1 where none is. */
  readonly breathAt: Float64Array;
  /** How long it was dark before that, in ms. */
  readonly darkMs: Float64Array;
}

/** Row: meter. Thousandths of the smallest coin in whole numbers. */
export interface PrepaidColumns {
  readonly isPrepaid: Uint8Array;
  readonly creditMilliMinor: Float64Array;
  /** What is charged beyond whole thousandths, in thousandths × mWh ÷ 1 kWh. */
  readonly chargeCarry: Float64Array;
  /** The import register up to which energy is charged, in mWh. */
  readonly chargedMilliWh: Float64Array;
  /** The rate that holds, and until when on the own clock. */
  readonly priceMilliMinorPerKWh: Float64Array;
  readonly termsUntil: Float64Array;
  /** Whether supply may be cut now. */
  readonly mayCut: Uint8Array;
  /** Local day up to which the standing charge is taken. */
  readonly standingDay: Float64Array;
  /** 0 well, 1 low, 2 on emergency credit, 3 used up. */
  readonly level: Uint8Array;
  readonly toppedUpMinor: Float64Array;
  readonly terms: (PrepaidTerms | null)[];
  /** Tokens already accepted, newest last; at most TOKENS_REMEMBERED_MAX a meter. */
  readonly tokens: string[][];
}

/** Row: meter. True times. */
export interface LimitColumns {
  /** In W; 0: no limit. */
  readonly limitW: Float64Array;
  readonly afterMs: Float64Array;
  readonly recloseAfterMs: Float64Array;
  readonly recloseTriesMax: Float64Array;
  /** Since when the load is above the limit, −1 where it is not. */
  readonly overSince: Float64Array;
  /** When the limiter moved the relay last, −1 never. */
  readonly movedAt: Float64Array;
  /** How often it has closed again since the load was below the limit for long. */
  readonly tries: Float64Array;
}

/** Row: meter; no rows where meters have no limits. True times. */
export interface VoltageWatchColumns {
  /** Where the voltage is, and since when (−1: not known): 0 within its limits, 1 below, 2 above. */
  readonly side: Uint8Array;
  readonly since: Float64Array;
  /** Where the company was told that it is. */
  readonly told: Uint8Array;
}

/** What meters write down. It decides nothing until it is asked for, and is digested with the keyframes. */
export interface MeterLogState {
  /** Where interval k is kept: meter × PROFILE_INTERVALS + k mod PROFILE_INTERVALS. Registers in whole Wh. */
  readonly profileImportWh: Float64Array;
  readonly profileExportWh: Float64Array;
  /** Bits of `INTERVAL`; with PROFILE_PRESENT where there is an entry. */
  readonly profileFlags: Uint8Array;
  /** Row: meter. Number of the newest interval, −1 before the first. */
  readonly profileEnd: Float64Array;
  /** Row: meter × EVENT_CLASSES. At most EVENTS_KEPT_MAX, oldest first. */
  readonly events: LoggedEvent[][];
}

export interface CustomerState {
  /** Row: supply. When the customer goes to the bank next and with how much; −1: no plan. */
  readonly payAt: Float64Array;
  readonly payMinor: Float64Array;
  /** Row: supply. Tokens that came by letter and may be typed yet; at most TOKENS_HELD_MAX, oldest first. */
  readonly drawers: HeldToken[][];
}

/** A slip of paper with twenty digits. */
export interface HeldToken {
  readonly digits: string;
  readonly since: SimMs;
  /** How often its owner has gone to the meter with it. */
  tries: number;
}

export interface EnergyState {
  /** W·ms since the start; source = delivered + losses. Row: feeder. */
  readonly sourceWMs: Float64Array;
  readonly secondaryWMs: Float64Array;
  readonly lossesWMs: Float64Array;
  /** Row: supply. */
  readonly deliveredWMs: Float64Array;
  readonly stolenWMs: Float64Array;
  /** Row: feeder × 2. Lowest and highest voltage at a supply point that had supply. */
  readonly extremesV: Float64Array;
  /**
   * Row: feeder. Steps that did not converge. Such a step counts the energies of the last one that did, or none where
   * phases have died or come back since.
   */
  readonly failedSteps: Float64Array;
  /** Row: feeder. While its last step has not converged: row of the worst bus (else −1), and by how much in pu. */
  readonly unsolvedBus: Int32Array;
  readonly unsolvedPu: Float64Array;
  /** Row: feeder. Fuses that have blown since the start. */
  readonly fusesBlown: Float64Array;
}

/** A customer's payment on its way to the company. */
export interface PaymentMade {
  readonly row: number;
  readonly at: SimMs;
  readonly amountMinor: Minor;
}
