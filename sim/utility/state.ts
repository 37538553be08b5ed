// The belief: what the company knows, and since when. Plain data with named bounds.

import type { BillCharge, Letter } from "../contract/billing.ts";
import type { AccountState, CaseView, Signal } from "../contract/frame.ts";
import type { CommandOrder, ReadingRule } from "../contract/reading.ts";
import type { SimMs } from "../core/time.ts";

/** Interval ends that the head-end keeps of every register: twelve days of half hours, more than an outbox holds. */
export const HISTORY_INTERVALS = 576;
/** Refused readings that the head-end keeps for people to look at; the oldest are forgotten, not their count. */
export const REFUSED_KEPT_MAX = 64;
/** Open items of one account; more are merged into the oldest. */
export const OPEN_ITEMS_MAX = 36;
export const CASES_MAX = 256;
/** Orders that wait on the desk; the last quarter is kept for those about supply and money. */
export const COMMANDS_MAX = 1024;
/** Bills in a row that may be made on estimates; after them somebody has to read the meter (Rights of Consumers Rules 2020 (IN)). */
export const ESTIMATED_BILLS_MAX = 2;
/** Months of one account that are not settled by a reading; the estimate of the oldest one then stands. */
export const OPEN_MONTHS_MAX = 24;
/** Receipts of payment providers that an account remembers: a repeated one comes within days. */
export const RECEIPTS_MAX = 64;
/** Meters of one supply point that are on file; the oldest are forgotten. */
export const METERS_KEPT_MAX = 8;
/** Changes of a tariff within open months of one account; older ones are forgotten. */
export const MARKS_MAX = 24;

export interface BeliefState {
  readonly headend: HeadendState;
  readonly accounts: Account[];
  readonly rates: RateState;
  readonly ledger: LedgerState;
  readonly commands: PendingCommand[];
  readonly commandCounts: CommandCounts;
  readonly billing: BillingState;
  readonly detection: DetectionState;
  readonly outages: OutageState;
  /** Missing in runs from before there was one. */
  readonly dunning?: DunningState;
}

/** Trips that wait for another day or for an official; more are not taken. */
export const TRIPS_WAITING_MAX = 256;
/** Officials who may order trips on one day; whoever comes after them waits for the next. */
export const ORDERERS_MAX = 64;
/** E-mails that wait for the mail server; more are dropped, which is an event. */
export const EMAILS_MAX = 1024;

/** Who ordered a trip: the ladder by itself, a case of theft, or an official by name. */
export type Orderer = "ladder" | "theft" | "official" | `official/${string}`;

/** Limits and approvals of disconnections, mail that waits, and meters that have said that they are open. */
export interface DunningState {
  /** Local day that is counted. */
  day: number;
  /** Trips sent on that day, by whom. */
  readonly sent: { readonly by: Orderer; count: number }[];
  /** Oldest first, at most TRIPS_WAITING_MAX. */
  readonly waiting: WaitingTrip[];
  /** Those of the waiting trips; a batch without trips is forgotten. */
  readonly batches: TripBatch[];
  nextBatch: number;
  /** Oldest first, at most EMAILS_MAX. */
  readonly emails: Email[];
  /** One for each supply whose meter has acknowledged a trip, until it closes again. */
  readonly opened: OpenedMeter[];
}

export interface WaitingTrip {
  readonly row: number;
  readonly by: Orderer;
  readonly reason: string;
  readonly since: SimMs;
  /** Empty: it waits for another day alone. */
  readonly batch: string;
}

export interface TripBatch {
  readonly id: string;
  readonly by: Orderer;
  readonly day: number;
  /** Officials by name. */
  readonly approvals: string[];
  /** Local day on which an official refused it; its supplies are left alone until the next. Null: nobody did. */
  refusedDay: number | null;
}

export interface Email {
  readonly supply: string;
  readonly to: string;
  readonly letter: Letter["kind"];
  readonly at: SimMs;
  readonly owedMinor: number;
}

/** What readings say after a meter has acknowledged a trip. */
export interface OpenedMeter {
  readonly row: number;
  /** When it opened, by its own clock. */
  readonly openedAt: SimMs;
  /** The newest reading since: its number and register; −1 before the first. */
  lastSequence: number;
  lastWh: number;
  /** Readings since then that show use, or a closed relay; and how much. */
  readings: number;
  closedReadings: number;
  usedWh: number;
}

/** Outages that the board holds at once; more are not told. */
export const OUTAGES_MAX = 64;

/** What was heard of supply. Row: meter (customers, then transformers) unless said otherwise; −1: nothing. */
export interface OutageState {
  /** A last gasp without a later sign of life: when it was said, by the meter's clock, and heard. */
  readonly gaspAt: Float64Array;
  readonly gaspHeardAt: Float64Array;
  /** The newest sign of life, by the meter's clock; and when anything was heard last. */
  readonly aliveAt: Float64Array;
  readonly heardAt: Float64Array;
  /** Row: supply. Since when it has been silent while its neighbours were heard. */
  readonly quietSince: Float64Array;
  /** Row: feeder × 3 + phase. Current in the transformer's last reading; from what it fell away, 0 where it has not. */
  readonly phaseA: Float64Array;
  readonly fellFromA: Float64Array;
  /** Row: supply. 1 where the company takes it that there is no supply. */
  readonly isOut: Uint8Array;
  /** Oldest first. */
  readonly open: OpenOutage[];
  /** Number of the next one. */
  next: number;
}

export interface OpenOutage {
  readonly id: string;
  readonly where: string;
  readonly since: SimMs;
  /** Rows of the customers' meters. */
  readonly rows: readonly number[];
  readonly sentence: string;
  /** When the first of several homes was back. */
  firstBackAt: SimMs | null;
}

/** Row: meter (customers in the order of the records, then the transformer's). Times are −1 before the first reading. */
export interface HeadendState {
  readonly lastSequence: Float64Array;
  readonly lastMeasuredAt: Float64Array;
  readonly lastReceivedAt: Float64Array;
  readonly lastImportWh: Float64Array;
  readonly lastVoltageV: Float64Array;
  /** 0 closed, 1 open, 2 unknown. */
  readonly relay: Uint8Array;
  /** When it said so, by its own clock. */
  readonly relayAt: Float64Array;
  /** Where interval k's end is kept: row × HISTORY_INTERVALS + k mod HISTORY_INTERVALS. Rows: see `historyRow`. */
  readonly historyWh: Float64Array;
  /** 0 unknown, 1 estimated, 2 read. */
  readonly historyKind: Uint8Array;
  /** Number of the newest interval of each history row, −1 before the first. */
  readonly historyEnd: Float64Array;
  /** Sequence of the reading of interval k: row × HISTORY_INTERVALS + k mod HISTORY_INTERVALS. Row: meter. */
  readonly historySequence: Uint32Array;
  /** Row: meter. How many intervals were ever read, and which: see `readTally`. */
  readonly readCount: Float64Array;
  readonly readDigest: Uint32Array;
  /** Row: meter. Intervals up to its newest reading that were never read. */
  readonly missingIntervals: Float64Array;
  /** Row: meter. 1 while its readings arrive late. */
  readonly isLate: Uint8Array;
  /** Row: meter. Least time from a reading's stamp to its receipt since the clocks were looked at, and of how many. */
  readonly lagMinMs: Float64Array;
  readonly lagCount: Float64Array;
  /** Row: READING_RULES. How many readings broke it. */
  readonly refusedCount: Float64Array;
  /** Newest last; at most REFUSED_KEPT_MAX. */
  readonly refused: RefusedReading[];
}

/** A reading that cannot be true, kept apart: nothing is billed from it. */
export interface RefusedReading {
  readonly row: number;
  readonly rule: ReadingRule;
  readonly receivedAt: SimMs;
  readonly sequence: number;
  readonly measuredAt: SimMs;
  readonly importWh: number;
  readonly voltageV: number;
  readonly serial: string;
}

export interface OpenItem {
  readonly label: string;
  amountMinor: number;
  /** Part of it that is disputed. */
  heldMinor: number;
  dueAt: SimMs;
  /** Part of it that is a late-payment surcharge and bears none itself; missing: nothing. */
  lateMinor?: number;
  /** The instalment plan that it belongs to; missing: none. */
  plan?: number;
}

/** What is overdue is paid in parts. */
export interface InstalmentPlan {
  readonly number: number;
  readonly agreedAt: SimMs;
  /** Since when the oldest of it was due. */
  readonly oldestDueAt: SimMs;
}

/** The same amount each month. Positive `deferredMinor`: more was asked than was used. */
export interface BudgetPlan {
  readonly amountMinor: number;
  /** Months that are billed. */
  bills: number;
  /** What the bills so far would have asked. */
  chargedMinor: number;
  deferredMinor: number;
  isEnding: boolean;
}

/** Successive days, and the sum over them of what was overdue. */
export interface LateSpan {
  readonly coinDays: number;
  readonly days: number;
}

/** A part of a debt that is looked into; how much it is stands with the items. */
export interface Dispute {
  readonly number: number;
  readonly openedAt: SimMs;
  readonly reason: string;
}

/** A meter that hangs or hung at a supply point. Registers that the company works with go on from meter to meter. */
export interface MeterOnFile {
  readonly serial: string;
  /** What the register of the company has beyond the meter's own. */
  readonly offsetWh: number;
  /** In the register of the company: when it was put up, and when it was taken down; null while it hangs. */
  readonly firstWh: number;
  readonly since: SimMs;
  /** As `offsetWh`, of the export register; missing: 0. */
  readonly exportOffsetWh?: number;
  lastWh: number | null;
  until: SimMs | null;
}

export interface Account {
  state: AccountState;
  /** Oldest first. */
  readonly items: OpenItem[];
  /** Money the customer is ahead. */
  creditMinor: number;
  warnedAt: SimMs | null;
  /** Missing or null: no warning between reminder and notice went out. */
  warningSentAt?: SimMs | null;
  noticeSentAt: SimMs | null;
  noticeServedAt: SimMs | null;
  trippedAt: SimMs | null;
  /** When the customer last brought the arrears below the policy's minimum; null while they are above it. */
  clearedAt: SimMs | null;
  /** Tripped by a person's order: stays off until a payment or another order. */
  heldByHand: boolean;
  /** The case for which its supply is off: stays off until the case lets it go, or a person does; empty: none. */
  heldForCase: string;
  /** A trip that was taken back or given up, and that its meter may still have obeyed. */
  strayTrip: { readonly commandId: string; readonly expiresAt: SimMs } | null;
  dispute: Dispute | null;
  /** Whether it has been said that this debt leads to no trip. */
  isProtectionTold: boolean;
  /** When the ladder has to look at this account next. */
  lookAt: SimMs;
  /** Local midnight, as a day, and register up to which everything is billed for good. */
  settledDay: number;
  settledWh: number;
  /** Row: rate of the tariff; empty without rates. */
  settledByRateWh: number[];
  /** Months after that, billed on an estimate or not yet; oldest first, at most OPEN_MONTHS_MAX. */
  readonly openMonths: OpenMonth[];
  billCount: number;
  /** Registers that were read at midnights on which the tariff changed within open months; missing: none. */
  marks?: readonly RegisterMark[];
  /** Missing until a tariff that charges demand in kW is looked at. */
  peak?: PeakDemand;
  /** Null: postpaid. */
  prepaid: PrepaidAccount | null;
  /** What follows is missing until it is needed, so that accounts of before it existed stay as they were. */
  isSettledOnEstimate?: true;
  late?: LateSpan[];
  plan?: InstalmentPlan;
  /** How many plans there were, and what persons did here: each has a number of its own. */
  plans?: number;
  acts?: number;
  /** Moves out: the local day at whose first midnight the final bill ends. */
  leaving?: { readonly endDay: number };
  closed?: { readonly billId: string; readonly at: SimMs };
  depositMinor?: number;
  budget?: BudgetPlan;
  receipts?: { readonly receipt: string; isToldAgain: boolean }[];
  /** Oldest first, at most METERS_KEPT_MAX; missing: the meter of the records has hung there from the start. */
  meters?: MeterOnFile[];
  /** What is known of its meter's key; missing before the first token. */
  vending?: VendingState;
  /** Missing: the customer of the records. */
  holder?: AccountHolder;
  /** Who lived there before, in order; at most FORMER_MAX. */
  former?: FormerCustomer[];
  /** Missing where the tariff does not ask for what is fed in. */
  exports?: ExportBook;
  /** Missing where the tariff asks for no kVA, power factor or kVAh. */
  demand?: DemandBook;
}

/** Customers of one supply that are kept. */
export const FORMER_MAX = 64;

/** Who took the supply over, and the registers there. */
export interface AccountHolder {
  readonly number: number;
  readonly name: string;
  readonly email?: string;
  readonly since: SimMs;
  /** Local day from whose first midnight on. */
  readonly day: number;
  readonly openingWh: number;
  readonly openingByRateWh: readonly number[];
}

/** Whose account is closed, and what of its last bills is still owed. */
export interface FormerCustomer {
  readonly number: number;
  /** Empty: that of the records. */
  readonly name: string;
  readonly billId: string;
  readonly closedAt: SimMs;
  owedMinor: number;
}

/** The end of a month as a meter wrote it down, in registers of the company. */
export interface DemandMark {
  readonly at: SimMs;
  readonly wh: number;
  readonly vah: number;
  /** The largest demand since the one before. */
  readonly demandVa: number;
}

/** Demand and apparent energy of a customer. */
export interface DemandBook {
  /** Up to where everything is billed for good; null: what the registers stood at there is not known. */
  start: DemandMark | null;
  /** Oldest first. */
  readonly marks: DemandMark[];
  /** What meters that were taken down had counted, and their largest demand of the running month. */
  offsetVah: number;
  heldVa: number;
  /** Readings of meters without such registers, one a day. */
  readonly gaps: SimMs[];
}

/** A register that was read at an interval's end. */
export interface RegisterSeen {
  readonly interval: number;
  readonly wh: number;
}

/** The readings of the export register that are nearest to a midnight, on either side of it. */
export interface ExportMark {
  readonly day: number;
  readonly interval: number;
  before: RegisterSeen;
  after: RegisterSeen | null;
}

/** What a customer has fed in. */
export interface ExportBook {
  newest: RegisterSeen;
  /** Midnights at which months end, in order; the first one is billed for good. One more than OPEN_MONTHS_MAX + 1. */
  readonly marks: ExportMark[];
  /** Left over at the first one, Wh. */
  carriedWh: number;
}

/** Row: rate of the tariff; empty without rates. */
export interface RegisterMark {
  readonly day: number;
  readonly wh: number;
  readonly byRateWh: readonly number[];
}

/** The largest half hour of the running month, of the intervals up to `throughInterval`. */
export interface PeakDemand {
  throughInterval: number;
  blockWh: number;
}

/** The company's own books of a prepaid meter: what was vended, what was used, what the credit must be. */
export interface PrepaidAccount {
  /** Register and local day from which use is paid ahead. */
  readonly startWh: number;
  readonly startDay: number;
  /** Local day up to whose midnight use is booked. */
  bookedDay: number;
  /** Use that is booked, smallest coins: what it is income of. */
  readonly booked: Record<"energy" | "fixed" | "duty", number>;
  /** Everything that was paid for tokens, and what they round up, smallest coins. */
  vendedMinor: number;
  /** The first reading of a prepaid meter; its credit is followed from there. Null before it. */
  base: CreditBase | null;
  /** What the meter said last; null before that. */
  creditMinor: number | null;
  lastMicro: number;
  /** Readings in a row whose credit is not what it must be. */
  strikes: number;
  isToldLow: boolean;
  /** What a day has cost of late, smallest coins; missing before the first whole day. */
  dailyMinor?: number;
  /** The lowest of DAYS_TOLD that was told since there was more credit; missing: none. */
  toldDays?: number;
  /** What was paid for tokens last; missing: what the run began with. */
  rechargeMinor?: number;
  /** The least share of it that was told since there was more credit; missing: none. */
  toldPercent?: number;
  /** Money that was paid and of which no token is made yet. */
  unsentMinor: number;
}

/** Tokens of one customer that wait to be sent again. */
export const WAITING_TOKENS_MAX = 64;

/** What the company knows of the key of a meter, and of the tokens that it made for it. */
export interface VendingState {
  /** Row of BASE_DATES: under which key, and since when minutes are counted. */
  baseDate: number;
  /** Stamp (minute × 16 + random) of the newest token; −1. */
  lastStamp: number;
  /** Oldest first. */
  readonly waiting: SoldToken[];
  /** What the customer was told last, oldest first; at most TOLD_TOKENS_MAX. */
  readonly told: ToldToken[];
}

/** Tokens that a customer can look up. */
export const TOLD_TOKENS_MAX = 8;

export interface ToldToken {
  /** Twenty digits. */
  readonly token: string;
  /** 0 for a key or a reconnection. */
  readonly amountMinor: number;
  readonly at: SimMs;
}

/** Twenty digits and what they give. */
export interface SoldToken {
  readonly token: string;
  readonly amountMinor: number;
}

export interface CreditBase {
  /** Price of everything used up to there, in millionths of the smallest coin. */
  readonly usedMicro: number;
  readonly day: number;
  readonly creditMilliMinor: number;
  readonly toppedUpMinor: number;
}

/** A month whose end is not known by a reading yet, or not billed yet. */
export interface OpenMonth {
  /** Local day at whose midnight it ends. */
  readonly endDay: number;
  endWh: number;
  byRateWh: number[];
  isRead: boolean;
  /** The bill that it is on; empty: none yet. */
  billId: string;
  billedWh: number;
  /** Largest half hour of the month in whole W; missing: its tariff does not ask. */
  readonly demandW?: number;
  /** By charge; what the month never had is missing. */
  readonly billedMinor: Partial<Record<BillCharge, number>>;
}

/** Rate registers. Row: customer, and customer × registers each has + rate: RATES_MAX, or the longest tariff's. */
export interface RateState {
  /** Interval up to whose end `wh` is added up for good; what comes after is still in the history. */
  readonly throughInterval: Float64Array;
  /** The register there. */
  readonly throughWh: Float64Array;
  readonly wh: Float64Array;
}

/** Row: account, in order of first use. */
export interface LedgerState {
  readonly accounts: string[];
  readonly balanceMinor: number[];
  nextSequence: number;
}

export interface PendingCommand {
  readonly id: string;
  readonly row: number;
  readonly order: CommandOrder;
  readonly text: string;
  readonly reason: string;
  readonly issuedAt: SimMs;
  readonly expiresAt: SimMs;
  attempts: number;
  nextTryAt: SimMs;
}

export interface CommandCounts {
  next: number;
  sent: number;
  acknowledged: number;
  retried: number;
  expired: number;
}

export interface BillingState {
  /** Local day on which bills are made next. */
  nextBillDay: number;
  /** Local day on which open months are held against late readings next. */
  nextRefreshDay: number;
  bills: number;
  estimatedBills: number;
  corrections: number;
  billedMinor: number;
  billedWh: number;
  paidMinor: number;
  warnings: number;
  trips: number;
  reconnects: number;
  disputes: number;
}

export interface DetectionState {
  /** Local day of the last balance. */
  lastDay: number;
  /** Row: customer. Successive days on which the balance named this home. */
  readonly namedDays: Float64Array;
  /** Row: 3 × feeder + phase − 1. Successive days on which energy was missing there that no home explains. */
  readonly hookDays: Float64Array;
  /** Oldest first, at most CASES_MAX. */
  readonly cases: CaseView[];
  nextCase: number;
  unexplainedWh: number | null;
  expectedLossesWh: number | null;
  /** Row: customer. A crew was there then: what was known before speaks no more. */
  readonly countsFrom: Float64Array;
  /** Row: customer. What the detectors of the day said last, for or against; those of events say it when asked. */
  readonly daily: Signal[][];
  /** Row: customer, then 3 × feeder + phase − 1. Successive days on which next to nothing spoke for its case. */
  readonly quietDays: Float64Array;
  /** Local day on which the policy sent crews last, and how many. */
  crewDay: number;
  crewsSent: number;
  readonly neutral: NeutralWatch;
  readonly openRelay: OpenRelayWatch;
  readonly tamper: TamperWatch;
  readonly past: PastWatch;
  readonly sag: SagWatch;
}

/** Row: customer. What single-phase meters said of their two sensors. */
export interface NeutralWatch {
  /** Up by one for a reading whose sensors disagree, down by one for one whose sensors agree. */
  readonly strikes: Float64Array;
  /** Mean difference over the larger current, of the readings that disagree; and how many there were. */
  readonly meanShare: Float64Array;
  readonly count: Float64Array;
  readonly since: Float64Array;
}

/** Row: customer. What was used behind a relay that the meter says is open. */
export interface OpenRelayWatch {
  /** The newest reading with an open relay: its number and register; −1 without one. */
  readonly lastSequence: Float64Array;
  readonly lastWh: Float64Array;
  readonly energyWh: Float64Array;
  /** Readings that show use. */
  readonly readings: Float64Array;
  /** Since when the meter has told of voltage at its load side, −1 where it does not; and how long it was in all. */
  readonly voltageAt: Float64Array;
  readonly voltageMs: Float64Array;
  readonly since: Float64Array;
}

/** Row: customer × TAMPER_CODES. Events that are counted, halving with time. */
export interface TamperWatch {
  /** Since when it has lasted, −1 where it does not; when it ended last; and how long it was in all. */
  readonly openAt: Float64Array;
  readonly goneAt: Float64Array;
  readonly lastedMs: Float64Array;
  readonly weight: Float64Array;
  readonly count: Float64Array;
  readonly lastAt: Float64Array;
  readonly since: Float64Array;
}

/** Days of a home's own past that are kept. */
export const PAST_DAYS = 28;

/** Row: customer. */
export interface PastWatch {
  /** Row: customer × PAST_DAYS + day mod PAST_DAYS. Energy of a local day in Wh; −1 unknown. */
  readonly dayWh: Float64Array;
  /** Cumulated evidence of a step down, in standard deviations. */
  readonly cusum: Float64Array;
  /** When it left zero; −1 while it is there. */
  readonly since: Float64Array;
  /** Days that have spoken. */
  readonly days: Float64Array;
}

/** Snapshots that are kept until a day is looked at: of two days of half hours. */
export const SAG_INTERVALS = 96;

/** Voltages of one moment, and what they say. */
export interface SagWatch {
  /** Row: customer × SAG_INTERVALS + interval mod SAG_INTERVALS. Which interval, −1 none; tenths of a volt; W; var. */
  readonly interval: Int32Array;
  readonly voltageDv: Uint16Array;
  readonly activeW: Int32Array;
  readonly reactiveVar: Int32Array;
  /** Row: (feeder × 3 + phase − 1) × SAG_INTERVALS + interval mod SAG_INTERVALS. The transformer's. */
  readonly feederInterval: Int32Array;
  readonly feederDv: Uint16Array;
  /** The first interval that no look has taken in. */
  nextInterval: number;
  /** Row: customer. Unmetered current in A as voltages tell it: what was usual at first, of how many moments; */
  readonly usualA: Float64Array;
  readonly usualCount: Float64Array;
  /** and of the last days: sum of weights, mean, and mean square. */
  readonly weight: Float64Array;
  readonly meanA: Float64Array;
  readonly squareA2: Float64Array;
  /** Successive days on which current was found here, and since when. */
  readonly days: Float64Array;
  readonly since: Float64Array;
}
