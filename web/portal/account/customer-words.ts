// What the states of an account and the company's messages mean to the customer.

import type { AlertKind } from "../../../sim/contract/customer-event.ts";
import type { AccountState } from "../../../sim/contract/frame.ts";
import type { AlertsView } from "../../../sim/contract/portal.ts";
import { formatMoney } from "../../player/format.ts";
import { LETTER_WORDS } from "../letter-words.ts";

export const CUSTOMER_WORDS: Readonly<Record<AccountState, string>> = {
  active: "Your account is in order.",
  due: "A bill is open.",
  overdue: "A bill is past its due date.",
  warned: "You have had a reminder.",
  noticed: "You have had a notice: your supply may be cut off.",
  tripping: "Your supply is being cut off.",
  tripped: "Your supply is cut off.",
  reconnecting: "Your supply is being switched on again.",
  emergency: "You are on emergency credit.",
  "no-credit": "Your supply is off: the credit is used up.",
};

const ALERT_WORDS: Readonly<Record<AlertKind, string>> = {
  bill: "A new bill",
  "bill-corrected": "An earlier bill was corrected",
  "bill-held": "There is no new bill: your meter has to be read first",
  reminder: "Reminder: a bill is past its due date",
  warning: "Warning: unless the debt is paid, a notice of disconnection follows",
  notice: "Notice: your supply may be cut off",
  "notice-served": "Your meter has shown the notice",
  "trip-cancelled": "Your debt is paid; your supply stays on",
  tripped: "Your supply was cut off",
  reconnected: "Your supply is on again",
  "reconnect-token":
    "Your meter cannot be reached: type the newest token on its keypad, and it switches your supply on",
  payment: "Your payment has arrived",
  "dispute-opened": "Your dispute is looked into",
  "dispute-closed": "Your dispute is decided",
  "low-credit": "Your credit is low",
  "few-days-left": "At the pace of late your credit lasts for a few days",
  "share-left": "Little of your last recharge is left; your credit is",
  "emergency-credit": "You live on emergency credit now; your credit is",
  "no-credit": "Your credit is used up",
  "credit-restored": "You have credit again",
  "token-sent": "A top-up is on its way to your meter",
  "key-renewed": "Your meter gets a new key; older tokens are no longer good",
  "theft-notice": "The company asks about your connection",
  assessed: "Energy that was not counted was charged",
  "instalments-agreed": "What is overdue is paid in monthly instalments",
  "instalments-ended": "Your instalments have ended; overdue is",
  "written-off": "A debt was given up",
  refunded: "Money was paid back to you",
  "meter-replaced": "Another meter hangs at your home now; both were read",
  "moving-out": "You move out; a final bill follows",
  "account-closed": "Your account is closed; still owed is",
  "moved-in": "You have moved in; welcome",
  "budget-set": "From the next bill on you pay the same amount each month",
  email: "E-mail",
};

/** A message as one sentence. */
export function alertText(
  { kind, amountMinor, count, email }: AlertsView["alerts"][number],
  currency: string,
): string {
  const money = amountMinor === null ? "" : `: ${formatMoney(amountMinor, currency)}`;
  if (email !== null) return `E-mail to ${email.to}: ${LETTER_WORDS[email.letter]}${money}`;
  if (kind === "few-days-left" && count !== null) {
    const days = count === 1 ? "one day" : `${count} days`;
    return `At the pace of late your credit lasts for no more than ${days}${money}`;
  }
  if (kind === "instalments-agreed" && count !== null) {
    return `What is overdue is paid in ${count} monthly instalments${money}`;
  }
  if (kind === "instalments-ended" && amountMinor === 0) return "All your instalments are paid";
  return `${ALERT_WORDS[kind]}${money}`;
}
