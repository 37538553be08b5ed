// What the company came to know or did about one customer, and which of it the customer is told.

import type { Letter } from "./billing.ts";
import type { BeliefEvent } from "./event.ts";

export type SupplyEvent = Extract<BeliefEvent, { readonly supply: string }>;
export type SupplyEventKind = SupplyEvent["kind"];

/** Suspicions, crews, orders on their way and the everyday life of a meter are the company's own. */
const IS_TOLD = {
  "reading-late": false,
  "reading-refused": false,
  "gap-estimated": false,
  "meter-event": false,
  bill: true,
  "bill-corrected": true,
  "bill-held": true,
  reminder: true,
  warning: true,
  notice: true,
  "notice-served": true,
  protected: false,
  "dispute-opened": true,
  "dispute-closed": true,
  "token-sent": true,
  "token-taken": false,
  "key-renewed": true,
  "reconnect-token": true,
  "command-refused": false,
  "low-credit": true,
  "no-credit": true,
  "emergency-credit": true,
  "share-left": true,
  "few-days-left": true,
  "credit-restored": true,
  "clock-off": false,
  "trip-sent": false,
  "trip-held": false,
  email: true,
  "email-dropped": false,
  "trip-cancelled": true,
  tripped: true,
  payment: true,
  "reconnect-sent": false,
  reconnected: true,
  "command-retried": false,
  "command-expired": false,
  "command-dropped": false,
  "case-opened": false,
  "case-updated": false,
  "case-state": false,
  "inspection-ordered": false,
  "inspection-done": false,
  "theft-notice": true,
  "kept-on": false,
  assessed: true,
  "instalments-agreed": true,
  "instalments-ended": true,
  "written-off": true,
  refunded: true,
  "payment-repeated": false,
  "meter-replaced": true,
  "register-wrapped": false,
  "moving-out": true,
  "account-closed": true,
  "moved-in": true,
  "former-settled": false,
  "budget-set": true,
  "act-refused": false,
} as const satisfies Readonly<Record<SupplyEventKind, boolean>>;

/** Kinds that a customer's page has words for. */
export type AlertKind = {
  [Kind in SupplyEventKind]: (typeof IS_TOLD)[Kind] extends true ? Kind : never;
}[SupplyEventKind];
export type AlertEvent = Extract<SupplyEvent, { readonly kind: AlertKind }>;

export const isAlert = (event: SupplyEvent): event is AlertEvent => IS_TOLD[event.kind];

/** Whether an event is about one customer; one of a kind that this program does not know is not. */
export const isSupplyEvent = (event: { readonly kind: string }): event is SupplyEvent =>
  "supply" in event && Object.hasOwn(IS_TOLD, event.kind);

/** Letters whose `owedMinor` is a credit, or a token's worth, with its sign turned. */
const CREDIT_LETTERS: readonly Letter["kind"][] = [
  ...([
    "low-credit",
    "no-credit",
    "emergency-credit",
    "share-left",
    "few-days-left",
    "token",
  ] as const),
];
const THEFT_LETTERS: readonly Letter["kind"][] = [
  ...(["theft-notice", "theft-confirmed", "theft-cleared"] as const),
];

/** What an event is about in money, smallest coins; null where it is about none. */
export function amountOf(event: SupplyEvent): number | null {
  if (event.kind === "email") {
    if (THEFT_LETTERS.includes(event.letter)) return null;
    return CREDIT_LETTERS.includes(event.letter) ? 0 - event.owedMinor : event.owedMinor;
  }
  if ("amountMinor" in event) return event.amountMinor;
  if ("arrearsMinor" in event) return event.arrearsMinor;
  if ("owedMinor" in event) return event.owedMinor;
  return "creditMinor" in event ? event.creditMinor : null;
}
