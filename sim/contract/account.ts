// What a page shows of one customer beyond the frames: bills with what they rest on, where the account goes next and
// why, and how much was used when.

import type { SimMs } from "../core/time.ts";
import type { Bill } from "./billing.ts";

/** `GET /api/supplies/ID`: what the company's files hold on one customer. */
export interface SupplyAccountView {
  readonly supply: string;
  /** The newest twelve, oldest first. */
  readonly bills: readonly Bill[];
  readonly openItems: readonly {
    readonly label: string;
    readonly amountMinor: number;
    readonly dueAt: SimMs;
  }[];
  /** Null where nobody is billed. */
  readonly outlook: AccountOutlook | null;
  /** The newest tokens for the meter's keypad, oldest first, printed in fours; missing where there are none. */
  readonly tokens?: readonly {
    readonly token: string;
    /** 0 for a key or a reconnection. */
    readonly amountMinor: number;
    readonly at: SimMs;
  }[];
}

/** The rungs of credit control for one account, past and to come. */
export interface AccountOutlook {
  readonly tariff: string;
  readonly policy: string;
  readonly steps: readonly OutlookStep[];
  /** Why the next rung is not taken now, in one sentence; empty where nothing holds it. */
  readonly heldBecause: string;
}

export interface OutlookStep {
  readonly name: "due" | "reminder" | "warning" | "notice" | "served" | "trip" | "tripped";
  /** When it was, or will be at the earliest; null where that is open. */
  readonly at: SimMs | null;
  readonly isDone: boolean;
  /** What happens and by which number of the policy; no date and no amount in it. */
  readonly sentence: string;
}

/** `GET /api/supplies/ID/history?days=31`: mean power of each whole interval, oldest first. */
export interface HistoryView {
  readonly supply: string;
  readonly intervalMs: number;
  /** End of each interval. */
  readonly endMs: readonly SimMs[];
  /** As the meter's readings that have arrived tell it; null where one of its two ends is missing. */
  readonly knownW: readonly (number | null)[];
  /** What flowed, stolen power included; null where it was not kept. Null as a whole while the truth is hidden. */
  readonly trueW: readonly (number | null)[] | null;
}
