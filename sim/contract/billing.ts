// Money that crosses a wall: what a bank tells the company, what the company tells a customer, and postings.

import type { Minor } from "../core/money.ts";
import type { SimMs } from "../core/time.ts";
import type { SupplyPointId } from "./reading.ts";

export const POSTING_VERSION = 1;

/** One line of the double-entry ledger: `amountMinor` moves from account `credit` to account `debit`. */
export interface Posting {
  readonly version: typeof POSTING_VERSION;
  readonly sequence: number;
  readonly at: SimMs;
  /** What happened, unique: the same event posts once. */
  readonly eventId: string;
  readonly debit: LedgerAccount;
  readonly credit: LedgerAccount;
  readonly amountMinor: Minor;
  readonly reason: string;
}

/** `receivable/supply-12`, `prepaid/supply-12`, `bank`, `revenue`, `duty`, `fees`, `opening`, `rounding` of tokens. */
export type LedgerAccount = string;

/** Money that arrived for a customer's account. */
export interface Payment {
  readonly kind: "payment";
  readonly supply: SupplyPointId;
  /** When the customer paid. */
  readonly at: SimMs;
  readonly amountMinor: Minor;
  readonly reference: string;
}

/** What the company puts into a customer's letterbox; delivered without the air. */
export interface Letter {
  readonly kind:
    | "bill"
    | "reminder"
    | "notice"
    | "disconnected"
    | "reconnected"
    /** Prepaid: below the limit, and gone. `owedMinor` is the credit with its sign turned. */
    | "low-credit"
    | "no-credit"
    /** Prepaid: the company's loan has begun; and days of use are left at the pace of late, five, three, one. */
    | "emergency-credit"
    | "few-days-left"
    /** Prepaid: twenty digits for the meter. `owedMinor` is what they are worth with its sign turned, 0 for no money. */
    | "token"
    /** The company suspects that current flows past the meter; and what came of it. */
    | "theft-notice"
    | "theft-confirmed"
    | "theft-cleared";
  readonly supply: SupplyPointId;
  readonly at: SimMs;
  readonly owedMinor: Minor;
  readonly dueAt: SimMs;
  /** Missing: by letter, and by SMS where it is one of TEXTED_LETTERS. */
  readonly by?: readonly TellWay[];
  /** With `token` alone. */
  readonly token?: string;
}

/** How a company may tell a customer of a case. */
export const TELL_WAYS = ["letter", "sms", "display"] as const;
export type TellWay = (typeof TELL_WAYS)[number];

/** What the company also tells by SMS, to the customer's own phone: whatever is about the supply being on or off. */
export const TEXTED_LETTERS = [
  "reminder",
  "notice",
  "disconnected",
  "reconnected",
  "low-credit",
  "no-credit",
  "emergency-credit",
  "few-days-left",
  "token",
  "theft-notice",
  "theft-confirmed",
  "theft-cleared",
] as const satisfies readonly Letter["kind"][];
export type TextedLetter = (typeof TEXTED_LETTERS)[number];

/** What a line of a bill is charged for. */
export type BillCharge = "energy" | "fixed" | "duty";

/** One line of a bill, in the order of computing. */
export interface BillLine {
  readonly label: string;
  readonly charge: BillCharge;
  /** Whole Wh, months, days or percent that the line is about. */
  readonly quantity: number;
  readonly unit: "Wh" | "month" | "day" | "percent" | "correction";
  readonly priceMilliMinor: number;
  /** Negative where an earlier bill was too high. */
  readonly amountMinor: Minor;
  /** Id of the earlier bill that this line corrects. */
  readonly corrects?: string;
}

/**
 * A bill: ⌊end⌋ − ⌊start⌋ in whole Wh, priced by one tariff version. It starts where the last one ended, also where
 * that was an estimate: what was wrong with it is in lines that correct it.
 */
export interface Bill {
  readonly id: string;
  readonly supply: SupplyPointId;
  readonly issuedAt: SimMs;
  readonly dueAt: SimMs;
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  readonly startWh: number;
  readonly endWh: number;
  readonly energyWh: number;
  /** Its last register was not read. */
  readonly isEstimated: boolean;
  readonly tariff: string;
  readonly lines: readonly BillLine[];
  readonly amountMinor: Minor;
}
