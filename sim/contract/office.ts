// What the office's pages are told over HTTP: searches, lists, the board of outages, and what a tariff would change.

import type { SimMs } from "../core/time.ts";
import type { Bill, LedgerAccount, Letter, Posting } from "./billing.ts";
import type { SupplyEventKind } from "./customer-event.ts";
import type { AccountState, CaseView, OutageView } from "./frame.ts";
import type { OfficeAct } from "./office-acts.ts";
import type { CustomerView, PortalClock } from "./portal.ts";

export interface OfficeRow {
  readonly supply: string;
  readonly address: string;
  readonly customer: string;
  readonly serial: string;
  readonly state: AccountState;
  readonly owedMinor: number;
  readonly arrearsMinor: number;
}

/** `GET /api/office/search?q=` and `GET /api/office/arrears?from=50`. */
export interface OfficeRows {
  readonly rows: readonly OfficeRow[];
  /** How many stand before the first of them. */
  readonly from: number;
  /** Of all that fit, also those that are not in `rows`. */
  readonly count: number;
  /** More fit than are counted. */
  readonly isMore: boolean;
  readonly arrearsMinor: number;
  readonly currency: string;
}

/** `GET /api/office/supplies/:id`: a customer's account with its story. */
export interface OfficeAccountView {
  readonly account: CustomerView;
  readonly serial: string;
  readonly feeder: string;
  /** Why it is never cut off for debt; null for who is not protected. */
  readonly protected: string | null;
  readonly bills: readonly Bill[];
  readonly cases: readonly CaseView[];
  /** Everything that can be done by hand; `refusal` is why it cannot be done now, empty where it can. */
  readonly acts: readonly { readonly act: OfficeAct; readonly refusal: string }[];
  /** The newest first. */
  readonly timeline: readonly TimelineEntry[];
  readonly isComplete: boolean;
}

/** `GET /api/office/supplies/:id/postings?before=SEQUENCE`: the newest first. */
export interface PostingsView {
  readonly account: LedgerAccount;
  /** What the account stands at, smallest coins: positive is debit. */
  readonly balanceMinor: number;
  readonly postings: readonly Posting[];
  /** There are older ones, before the last of these. */
  readonly isMore: boolean;
}

export interface TimelineEntry {
  readonly at: SimMs;
  readonly kind: SupplyEventKind;
  /** Whole sentence, with the supply's id. */
  readonly text: string;
  /** What it is about in money; null where it is about none. */
  readonly amountMinor: number | null;
  /** What an e-mail said; null for all others. */
  readonly letter: Letter["kind"] | null;
}

/** `GET /api/office/disconnections`. */
export interface DisconnectionsView {
  readonly rows: readonly DisconnectionRow[];
  readonly clock: PortalClock;
  readonly currency: string;
}

/**
 * Of a trip on the desk. `queued`: it goes out by itself when what it waits for has come. `ordered`: not sent yet.
 * `failed`: nobody answered in time; it is tried again.
 */
export type TripState = "queued" | "waiting-approval" | "refused" | "ordered" | "sent" | "failed";

export interface DisconnectionRow {
  readonly supply: string;
  readonly address: string;
  readonly reason: string;
  /** Of the trip; of the account where none is on the desk. */
  readonly state: TripState | AccountState;
  readonly since: SimMs | null;
  readonly arrearsMinor: number;
  /** What it waits for; empty where nothing holds it. */
  readonly waitsFor: string;
  /** What officials decide about together; empty: nobody has to. */
  readonly batch: string;
  /** Officials who have said yes, and how many are wanted. */
  readonly approvals: readonly string[];
  readonly approvalsWanted: number;
}

/** `GET /api/office/board`. */
export interface BoardOfOffice {
  readonly clock: PortalClock;
  readonly outages: readonly OutageView[];
  readonly cases: readonly CaseView[];
  /** By supply or feeder of the cases and outages: how people call it. */
  readonly names: Readonly<Record<string, string>>;
}

/** `GET /api/office/tariffs`. */
export interface TariffsView {
  readonly inForce: readonly {
    readonly id: string;
    readonly title: string;
    readonly homes: number;
  }[];
  /** Files that ship, for the editor to begin with. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
}

/** `POST /api/office/tariff-trial` with `{text}`. */
export interface TariffTrialView {
  /** Where the text is no tariff: each fault with its place. Everything else is then missing. */
  readonly problems: readonly string[];
  readonly trial: TariffTrial | null;
}

export interface TariffTrial {
  readonly title: string;
  readonly currency: string;
  readonly fromMs: SimMs;
  readonly toMs: SimMs;
  readonly clock: PortalClock;
  readonly homes: number;
  /** Homes that were left out, and why. */
  readonly leftOut: readonly { readonly homes: number; readonly because: string }[];
  readonly beforeMinor: number;
  readonly afterMinor: number;
  readonly medianChangeMinor: number;
  /** Homes that would pay less, more, and the same. */
  readonly winners: number;
  readonly losers: number;
  readonly same: number;
  /** Those whose bill changes most, the largest rise first. */
  readonly rows: readonly TrialRow[];
}

export interface TrialRow {
  readonly supply: string;
  readonly address: string;
  readonly energyWh: number;
  readonly beforeMinor: number;
  readonly afterMinor: number;
}
