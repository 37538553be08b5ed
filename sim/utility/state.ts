// The belief: what the company knows, and since when. Plain data with named bounds.

import type { AccountState, CaseView } from "../contract/frame.ts";
import type { CommandAction, ReadingRule } from "../contract/reading.ts";
import type { SimMs } from "../core/time.ts";

/** Interval ends that the head-end keeps of every register: twelve days of half hours, more than an outbox holds. */
export const HISTORY_INTERVALS = 576;
/** Refused readings that the head-end keeps for people to look at; the oldest are forgotten, not their count. */
export const REFUSED_KEPT_MAX = 64;
/** Open items of one account; more are merged into the oldest. */
export const OPEN_ITEMS_MAX = 36;
export const CASES_MAX = 256;

export interface BeliefState {
  readonly headend: HeadendState;
  readonly accounts: Account[];
  readonly ledger: LedgerState;
  readonly commands: PendingCommand[];
  readonly commandCounts: CommandCounts;
  readonly billing: BillingState;
  readonly detection: DetectionState;
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
  readonly dueAt: SimMs;
}

export interface Account {
  state: AccountState;
  /** Oldest first. */
  readonly items: OpenItem[];
  /** Money the customer is ahead. */
  creditMinor: number;
  remindedAt: SimMs | null;
  noticeSentAt: SimMs | null;
  noticeServedAt: SimMs | null;
  trippedAt: SimMs | null;
  /** Tripped by a person's order: stays off until a payment or another order. */
  heldByHand: boolean;
  billedThroughWh: number;
  billedThrough: SimMs;
  billCount: number;
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
  readonly action: CommandAction;
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
  bills: number;
  billedMinor: number;
  billedWh: number;
  paidMinor: number;
  warnings: number;
  trips: number;
  reconnects: number;
}

export interface DetectionState {
  /** Local day of the last balance. */
  lastDay: number;
  /** Row: customer. Successive days on which the balance named this home. */
  readonly namedDays: Float64Array;
  readonly cases: CaseView[];
  unexplainedWh: number | null;
  expectedLossesWh: number | null;
}
