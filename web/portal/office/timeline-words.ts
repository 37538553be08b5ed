// What happened to an account, as the office says it: money in its own form, everything else as the log has it.

import type { SupplyEventKind } from "../../../sim/contract/customer-event.ts";
import type { TimelineEntry } from "../../../sim/contract/office.ts";
import { formatMoney, withMoney } from "../../player/format.ts";
import { LETTER_WORDS } from "../letter-words.ts";

/** What stands before the money; null: the log's own sentence, with its amount in its currency. */
const MONEY_WORDS: Readonly<Record<SupplyEventKind, string | null>> = {
  bill: "Bill",
  "bill-corrected": "Correction of an earlier bill",
  "bill-held": null,
  reminder: "Reminder, arrears of",
  warning: "Warning before a notice, arrears of",
  notice: "Notice of disconnection, arrears of",
  "notice-served": null,
  protected: "Protected from disconnection, arrears of",
  payment: "Payment",
  "payment-repeated": null,
  "dispute-opened": null,
  "dispute-closed": null,
  "instalments-agreed": null,
  "instalments-ended": null,
  "written-off": null,
  refunded: "Paid back to the customer:",
  "budget-set": "Each month from the next bill on:",
  "moving-out": null,
  "account-closed": null,
  "moved-in": null,
  "former-settled": null,
  "meter-replaced": null,
  "register-wrapped": null,
  "act-refused": null,
  "token-sent": "Token sent, worth",
  "token-taken": null,
  "key-renewed": null,
  "reconnect-token": null,
  "low-credit": "Credit is low:",
  "no-credit": "Credit is used up:",
  "emergency-credit": "Emergency credit has begun, credit is",
  "few-days-left": null,
  "share-left": null,
  "credit-restored": "Credit again:",
  assessed: "Charged for energy that was not counted:",
  email: null,
  "email-dropped": null,
  "reading-late": null,
  "reading-refused": null,
  "gap-estimated": null,
  "meter-event": null,
  "clock-off": null,
  "trip-sent": null,
  "trip-held": null,
  "trip-cancelled": null,
  tripped: null,
  "reconnect-sent": null,
  reconnected: null,
  "command-refused": null,
  "command-retried": null,
  "command-expired": null,
  "command-dropped": null,
  "case-opened": null,
  "case-updated": null,
  "case-state": null,
  "inspection-ordered": null,
  "inspection-done": null,
  "theft-notice": null,
  "kept-on": null,
};

/** One sentence, without the supply's id before it. */
export function timelineText(
  { kind, text, amountMinor, letter }: TimelineEntry,
  currency: string,
): string {
  const bare = text.replace(/^[\w-]+: /, "");
  const log = `${bare.charAt(0).toUpperCase()}${bare.slice(1)}`;
  const money = amountMinor === null ? "" : formatMoney(amountMinor, currency);
  if (letter !== null) {
    return `${log}: ${LETTER_WORDS[letter]}${money === "" ? "" : `, ${money}`}`;
  }
  if (amountMinor === null) return log;
  const words = MONEY_WORDS[kind];
  return words === null ? withMoney(log, amountMinor, currency) : `${words} ${money}`;
}
