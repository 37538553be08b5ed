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

/** `receivable/supply-12`, `prepaid/supply-12`, `bank`, `opening`, `duty`, `revenue/energy` and the like: one for each kind of charge. */
export type LedgerAccount = string;

/** Money that arrived for a customer's account. */
export interface Payment {
  readonly kind: "payment";
  readonly supply: SupplyPointId;
  /** When the customer paid. */
  readonly at: SimMs;
  readonly amountMinor: Minor;
  readonly reference: string;
  /** The payment provider's own number, where it gave one. */
  readonly receipt?: string;
}

/** What the company puts into a customer's letterbox; delivered without the air. */
export interface Letter {
  readonly kind:
    | "bill"
    | "reminder"
    | "warning"
    | "notice"
    | "disconnected"
    | "reconnected"
    /** Prepaid: below the limit, and gone. `owedMinor` is the credit with its sign turned. */
    | "low-credit"
    | "no-credit"
    /** Prepaid: the company's loan has begun; and days of use are left at the pace of late, five, three, one. */
    | "emergency-credit"
    | "few-days-left"
    /** Prepaid: no more than a share of the last recharge is left. */
    | "share-left"
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
  readonly by?: readonly RungWay[];
  /** With `token` alone. */
  readonly token?: string;
  /** The customer is exempt from every cut, and why: whatever is owed, the supply stays on. */
  readonly exempt?: string;
}

/** How a company may tell a customer of a case. */
export const TELL_WAYS = ["letter", "sms", "display"] as const;
export type TellWay = (typeof TELL_WAYS)[number];

/** How a rung of credit control is told: also on the customer's page alone, and by e-mail. */
export const RUNG_WAYS = [...TELL_WAYS, "portal", "email"] as const;
export type RungWay = (typeof RUNG_WAYS)[number];

/** The rungs that are told, in their order. */
export const RUNGS = ["reminder", "warning", "notice", "disconnected", "reconnected"] as const;
export type RungName = (typeof RUNGS)[number];

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
  "warning",
  "share-left",
] as const satisfies readonly Letter["kind"][];
export type TextedLetter = (typeof TEXTED_LETTERS)[number];

/** What lines of a bill are charged for, in the order of computing. Rent and its own tax stand together. */
export const BILL_CHARGES = [
  "energy",
  "fixed",
  "demand",
  "surcharge",
  "power-factor",
  "duty",
  "rent",
  "rebate",
  "minimum",
  "export",
  "rounding",
] as const;
export type BillCharge = (typeof BILL_CHARGES)[number];

/** What a bill asks for beyond the tariff: by the account, not by the use of the month. */
export type AccountCharge = "late-surcharge" | "assessment" | "budget";

/** A register that a bill rests on. */
export interface BillReading {
  /** End of the interval, on the meter's clock: with the supply point it names the stored reading. */
  readonly measuredAt: SimMs;
  /** The same moment in local time, `2026-02-01 00:00`. */
  readonly measured: string;
  /** Whole Wh; where the meter was changed it goes on from what the one before counted. */
  readonly wh: number;
  /** `estimated`: nothing later is known; `substituted`: put in between two registers that were read. */
  readonly quality: "actual" | "estimated" | "substituted";
  /** Number of the reading; missing where the bill does not know it: `measuredAt` finds it in the store. */
  readonly sequence?: number;
  /** The export register, whole Wh, and how it is known; missing where the tariff does not ask for it. */
  readonly exported?: { readonly wh: number; readonly quality: BillReading["quality"] };
}

export interface BillReadings {
  readonly from: BillReading;
  readonly to: BillReading;
}

/** What was fed into the grid in one month of a bill, Wh. With net billing nothing is carried or set off. */
export interface BillExport {
  /** `2026-01`. */
  readonly month: string;
  readonly fromWh: number;
  readonly toWh: number;
  readonly importWh: number;
  /** Left over from the months before. */
  readonly carriedWh: number;
  readonly setOffWh: number;
  readonly leftWh: number;
}

/** A meter that counted for a bill, by its own register. */
export interface BillMeter {
  readonly serial: string;
  readonly fromWh: number;
  readonly toWh: number;
}

/** One line of a bill, in the order of computing. */
export interface BillLine {
  readonly label: string;
  readonly charge: BillCharge | AccountCharge;
  /** How much of its unit the line is about: whole Wh, VA, W, days and months; percent in thousandths at the finest. */
  readonly quantity: number;
  /** `amount`: no quantity times a price, such as a minimum or a rounding. */
  readonly unit: "Wh" | "VAh" | "VA" | "W" | "month" | "day" | "percent" | "correction" | "amount";
  /** For one kWh, kVA, kW, month or day; for a percentage, what it is taken of. */
  readonly priceMilliMinor: number;
  /** Negative where an earlier bill was too high, and for what the customer is paid. */
  readonly amountMinor: Minor;
  /** The price is for `ofDays` days and the line only for `days` of them. */
  readonly part?: BillPart;
  /** The price is a mean over half hours, for people; the amount is the sum of the half hours, rounded once. */
  readonly isMeanPrice?: true;
  /** Id of the earlier bill that this line corrects. */
  readonly corrects?: string;
  /** Of a correction: what that bill asked for this charge, and the lines that it has now. */
  readonly billedMinor?: Minor;
  readonly pricedAnew?: readonly BillLine[];
  /** Of a budget: one amount less another. */
  readonly difference?: { readonly fromMinor: Minor; readonly lessMinor: Minor };
  /** Registers that the line comes from. Missing on bills of before lines knew them, and where it comes from none. */
  readonly readings?: BillReadings;
}

/** What a bill says of whom and of what, so that it can be read without anything beside it. */
export interface BillHeading {
  readonly customer: string;
  readonly address: string;
  readonly tariffTitle: string;
  /** Local days: the last one that is billed, and the one on which it was made. */
  readonly through: string;
  readonly issued: string;
}

export interface BillPart {
  readonly days: number;
  readonly ofDays: number;
  /** The price is a month's, and `ofDays` are those of so many months; missing: one. */
  readonly months?: number;
}

/** What a meter's registers of demand and apparent energy say of the months of a bill. */
export interface BillDemand {
  /** The last month, `2026-01`. */
  readonly month: string;
  readonly demandVa: number;
  /** Between the two ends of months that the meter wrote down; missing where one of them was not. */
  readonly energy?: { readonly wh: number; readonly vah: number };
}

/**
 * A bill: ⌊end⌋ − ⌊start⌋ in whole Wh, priced by one tariff version. It starts where the last one ended, also where
 * that was an estimate: what was wrong with it is in lines that correct it.
 */
export interface Bill {
  readonly id: string;
  /** Missing in bills of stores from before there was one. */
  readonly heading?: BillHeading;
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
  /** What follows is missing on bills of before there was more than a month's. First and last register of all. */
  readonly readings?: BillReadings;
  /** In the order in which they hung there. */
  readonly meters?: readonly BillMeter[];
  /** ISO 4217. */
  readonly currency?: string;
  /** Local days: the first one, the one after the last, and the one by which it is paid. */
  readonly period?: { readonly from: string; readonly until: string; readonly due: string };
  /** Each month of the bill; missing where the tariff does not ask for what is fed in. */
  readonly exports?: readonly BillExport[];
  /** Missing where the tariff does not ask for demand in kVA, power factor or kVAh, and where nothing was measured. */
  readonly demands?: readonly BillDemand[];
  /** Missing: a month's. */
  readonly kind?: "final" | "assessment";
  /** Of an assessment; it is provisional, and can be disputed. */
  readonly basis?: AssessmentBasis;
}

/** Units of an assessment: load × days × hours a day × demand factor, less what was metered in those days. */
export interface AssessmentBasis {
  readonly loadW: number;
  readonly days: number;
  readonly hoursPerDay: number;
  readonly demandFactor: number;
  readonly assessedWh: number;
  readonly meteredWh: number;
  readonly timesTariff: number;
}
