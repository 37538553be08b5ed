// What the web for customers and officials is told over HTTP: who asks, and what each may read.

import type { SimMs } from "../core/time.ts";
import type { AccountOutlook } from "./account.ts";
import type { Bill, BillLine, Letter } from "./billing.ts";
import type { AlertKind } from "./customer-event.ts";
import type { AccountState } from "./frame.ts";
import type { TokenResult } from "./meter-device.ts";

/** Whoever may sign in with an account. The person at the machine, without a session, is an engineer. */
export const ACCOUNT_ROLES = [
  "customer",
  "official",
  "teacher",
  "engineer",
  "administrator",
] as const;
/** A learner has no account: the code of a class lets them in. */
export const ROLES = [...ACCOUNT_ROLES, "learner"] as const;
export type Role = (typeof ROLES)[number];

/** `GET /api/me`. */
export interface MeView {
  /** Null: nobody has signed in, and nobody is let in without. */
  readonly role: Role | null;
  readonly name: string;
  /** The customer's own supply point; null for everybody else. */
  readonly supply: string | null;
  readonly isSignedIn: boolean;
  /** To be sent back as the header `csrf-token` with whatever changes something; null without a session. */
  readonly csrfToken: string | null;
}

/** `GET /api/sign-in`: what the sign-in page says. */
export interface SignInView {
  /** Where nobody but this machine reaches the server, the accounts of the demonstration; else empty. */
  readonly demo: readonly DemoAccount[];
  readonly demoPassword: string | null;
  /** Whether any account is there at all. */
  readonly canSignIn: boolean;
}

export interface DemoAccount {
  readonly name: string;
  readonly role: Role;
}

/** `GET /api/account/SUPPLY`. */
export interface CustomerView {
  readonly supply: string;
  readonly address: string;
  readonly customer: string;
  readonly clock: PortalClock;
  readonly currency: string;
  readonly tariff: string | null;
  readonly state: AccountState;
  readonly owedMinor: number;
  readonly arrearsMinor: number;
  readonly disputedMinor: number;
  readonly openItems: readonly {
    readonly label: string;
    readonly amountMinor: number;
    readonly dueAt: SimMs;
  }[];
  readonly outlook: AccountOutlook | null;
  /** Null where nobody is billed, and for prepaid meters. */
  readonly running: RunningBill | null;
  /** Null for postpaid meters. */
  readonly prepaid: PrepaidView | null;
  /** Told to the customer, the newest first; also who pays afterwards may get one, to be switched on again. */
  readonly tokens: readonly TokenView[];
  readonly isOut: boolean;
  readonly relayOpen: boolean | null;
}

/** What a page needs to say moments in the place's own time. */
export interface PortalClock {
  readonly nowMs: SimMs;
  readonly startEpochMs: number;
  readonly offsets: readonly { readonly fromMs: SimMs; readonly offsetMs: number }[];
}

/** The bill of the cycle that is not over: as it stands, and where it goes. */
export interface RunningBill {
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  /** The newest reading that it rests on. */
  readonly readAtMs: SimMs;
  readonly energyWh: number;
  readonly amountMinor: number;
  readonly lines: readonly BillLine[];
  readonly forecastWh: number;
  readonly forecastMinor: number;
  readonly forecastLines: readonly BillLine[];
  /** Whole sentences. */
  readonly assumptions: readonly string[];
}

export interface PrepaidView {
  /** What the meter said last; null before. */
  readonly creditMinor: number | null;
  readonly emergencyCreditMinor: number;
  readonly lowCreditMinor: number;
}

/** Twenty digits for the meter's keypad. */
export interface TokenView {
  /** In fours. */
  readonly token: string;
  /** 0 for one that brings no money. */
  readonly amountMinor: number;
  readonly at: SimMs;
  readonly purpose: "money" | "key" | "reconnect";
  /** The meter has said that it has counted it. */
  readonly isTaken: boolean;
}

/** `POST` with `{token}` and `GET /api/account/SUPPLY/keypad`: what the display answered, the newest first. */
export interface KeypadView {
  /** `result` is null where the meter was dark. */
  readonly answers: readonly { readonly at: SimMs; readonly result: TokenResult | null }[];
}

export const USE_SPANS = ["hour", "day", "month"] as const;
export type UseSpan = (typeof USE_SPANS)[number];

/** `GET /api/account/SUPPLY/use?by=hour|day|month`: energy by parts of time, oldest first. */
export interface UseView {
  readonly by: UseSpan;
  readonly parts: readonly UsePart[];
  /** How many neighbours the mean is of; null where they are too few for one. */
  readonly neighbours: number | null;
  /** The same number of days of the month before; null where that is not known. */
  readonly thisMonthWh: number | null;
  readonly lastMonthWh: number | null;
}

export interface UsePart {
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  /** Null where a reading is missing. */
  readonly energyWh: number | null;
  readonly neighboursMeanWh: number | null;
}

/** `GET /api/account/SUPPLY/bills`: the newest first. */
export interface BillsView {
  readonly bills: readonly Bill[];
  /** There are older ones: `?before=` and the id of the last of these. */
  readonly isMore: boolean;
}

/** `GET /api/account/SUPPLY/alerts`: what the company told this customer, the newest first. */
export interface AlertsView {
  readonly alerts: readonly {
    readonly at: SimMs;
    readonly kind: AlertKind;
    readonly amountMinor: number | null;
    /** Days for which credit lasts, months of instalments; null for all others. */
    readonly count: number | null;
    /** Of an e-mail alone: what it said, and to which address it went. */
    readonly email: { readonly letter: Letter["kind"]; readonly to: string } | null;
  }[];
  readonly isComplete: boolean;
}

/** `GET /api/account/SUPPLY/outages`. */
export interface NearbyOutagesView {
  readonly outages: readonly {
    readonly since: SimMs;
    readonly homes: number;
    readonly isHere: boolean;
  }[];
}

/** What a simulated payment provider is to do. */
export const PROVIDER_WAYS = ["success", "failure", "delay", "duplicate"] as const;
export type ProviderWay = (typeof PROVIDER_WAYS)[number];

/** `POST` and `GET /api/account/SUPPLY/payments`. */
export interface PaymentOrderView {
  readonly reference: string;
  readonly amountMinor: number;
  readonly way: ProviderWay;
  readonly state: "waiting" | "paid" | "failed";
  /** How often the provider called back. */
  readonly callbacks: number;
  readonly orderedAt: SimMs;
}

/** `GET /api/account/SUPPLY/consent`. */
export interface ConsentView {
  readonly intervalMs: number;
  readonly readings: number;
  readonly oldestMs: SimMs | null;
  /** Whether this home is part of its neighbours' mean, and sees theirs. */
  readonly sharesUse: boolean;
}
