// Events of an account: what the company did about a debt, a credit or a meter, and what it refused to do.

import { unreachable } from "../core/assert.ts";
import type { SimMs } from "../core/time.ts";
import type { AccountInput } from "./account-input.ts";
import type { SupplyPointId } from "./reading.ts";

interface AtAccount {
  readonly at: SimMs;
  readonly supply: SupplyPointId;
}

export type AccountEvent =
  | (AtAccount & {
      readonly kind: "instalments-agreed";
      readonly amountMinor: number;
      readonly months: number;
    })
  /** `missed`: an instalment was not paid when it was due; `amountMinor` is what is left. */
  | (AtAccount & {
      readonly kind: "instalments-ended";
      readonly how: "kept" | "missed";
      readonly amountMinor: number;
    })
  | (AtAccount & {
      readonly kind: "written-off";
      readonly amountMinor: number;
      readonly reason: string;
    })
  | (AtAccount & { readonly kind: "refunded"; readonly amountMinor: number })
  /** The same payment was told again; nothing is booked. */
  | (AtAccount & {
      readonly kind: "payment-repeated";
      readonly receipt: string;
      readonly amountMinor: number;
    })
  /** By the registers of the meters themselves. */
  | (AtAccount & {
      readonly kind: "meter-replaced";
      readonly oldSerial: string;
      readonly finalWh: number;
      readonly newSerial: string;
      readonly initialWh: number;
    })
  /** A register came round: after its highest number came 0. */
  | (AtAccount & { readonly kind: "register-wrapped"; readonly serial: string })
  | (AtAccount & { readonly kind: "moving-out"; readonly lastDay: string })
  | (AtAccount & {
      readonly kind: "account-closed";
      readonly billId: string;
      /** What is still owed after deposit and credit were settled. */
      readonly owedMinor: number;
    })
  /** `customer`: the second one that lives there is 2. `vacantWh`: what was used since the last final bill, by nobody. */
  | (AtAccount & {
      readonly kind: "moved-in";
      readonly customer: number;
      readonly name: string;
      readonly openingWh: number;
      readonly vacantWh: number;
    })
  | (AtAccount & {
      readonly kind: "former-settled";
      readonly customer: number;
      readonly amountMinor: number;
      readonly how: "paid" | "written-off";
    })
  /** From the next bill on this amount is asked each month. */
  | (AtAccount & { readonly kind: "budget-set"; readonly amountMinor: number })
  /** What was asked made no sense any more when it took effect. */
  | (AtAccount & {
      readonly kind: "act-refused";
      readonly act: AccountInput["kind"];
      readonly reason: string;
    });

export const ACCOUNT_EVENT_KINDS: readonly AccountEvent["kind"][] = [
  "instalments-agreed",
  "instalments-ended",
  "written-off",
  "refunded",
  "payment-repeated",
  "meter-replaced",
  "register-wrapped",
  "moving-out",
  "account-closed",
  "moved-in",
  "former-settled",
  "budget-set",
  "act-refused",
];

/** Whether an event is one of these. */
export function isAccountEvent<Other extends { readonly kind: string }>(
  event: AccountEvent | Other,
): event is AccountEvent {
  return (ACCOUNT_EVENT_KINDS as readonly string[]).includes(event.kind);
}

/** One English sentence for a log line; money in whole coins. */
export function accountHeadline(event: AccountEvent): string {
  const { supply } = event;
  switch (event.kind) {
    case "instalments-agreed":
      return `${supply}: ${event.amountMinor} is to be paid in ${event.months} monthly instalments`;
    case "instalments-ended":
      return event.how === "kept"
        ? `${supply}: all instalments are paid`
        : `${supply}: an instalment was missed; ${event.amountMinor} is overdue as before`;
    case "written-off":
      return `${supply}: ${event.amountMinor} written off (${event.reason})`;
    case "refunded":
      return `${supply}: ${event.amountMinor} paid back to the customer`;
    case "payment-repeated":
      return `${supply}: payment ${event.receipt} of ${event.amountMinor} was told again; nothing is booked`;
    case "meter-replaced":
      return `${supply}: meter ${event.oldSerial} is replaced at ${event.finalWh} Wh by ${event.newSerial} at ${event.initialWh} Wh`;
    case "register-wrapped":
      return `${supply}: the register of ${event.serial} has come round to 0`;
    case "moving-out":
      return `${supply}: the customer moves out; the final bill goes up to the end of ${event.lastDay}`;
    case "account-closed":
      return `${supply}: the account is closed with bill ${event.billId}; ${event.owedMinor} is still owed`;
    case "moved-in":
      return `${supply}: ${event.name} moves in as customer ${event.customer}, from ${event.openingWh} Wh on; ${event.vacantWh} Wh before are nobody's`;
    case "former-settled":
      return event.how === "paid"
        ? `${supply}: former customer ${event.customer} has paid ${event.amountMinor}`
        : `${supply}: ${event.amountMinor} of former customer ${event.customer} written off`;
    case "budget-set":
      return `${supply}: ${event.amountMinor} is asked each month from the next bill on`;
    case "act-refused":
      return `${supply}: ${event.act} not done: ${event.reason}`;
    default:
      return unreachable(event);
  }
}
