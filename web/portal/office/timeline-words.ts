// What happened to an account, as the office says it: money in its own form, everything else as the log has it.

import type { TimelineEntry } from "../../../sim/contract/office.ts";
import { formatMoney } from "../../player/format.ts";

const MONEY_WORDS: Readonly<Record<string, string>> = {
  bill: "Bill",
  "bill-corrected": "Correction of an earlier bill",
  reminder: "Reminder, arrears of",
  notice: "Notice of disconnection, arrears of",
  protected: "Protected from disconnection, arrears of",
  payment: "Payment",
  "dispute-opened": "Dispute opened about",
  "dispute-closed": "Dispute closed about",
  "token-sent": "Token sent, worth",
  "low-credit": "Credit is low:",
  "no-credit": "Credit is used up:",
  "credit-restored": "Credit again:",
  assessed: "Charged for energy that was not counted:",
};

/** One sentence, without the supply's id before it. */
export function timelineText({ kind, text, amountMinor }: TimelineEntry, currency: string): string {
  const words = MONEY_WORDS[kind];
  if (words !== undefined && amountMinor !== null) {
    return `${words} ${formatMoney(amountMinor, currency)}`;
  }
  const bare = text.replace(/^[\w-]+: /, "");
  return `${bare.charAt(0).toUpperCase()}${bare.slice(1)}`;
}
