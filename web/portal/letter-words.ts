// What the company writes to a customer, in a few words.

import type { Letter } from "../../sim/contract/billing.ts";

export const LETTER_WORDS: Readonly<Record<Letter["kind"], string>> = {
  bill: "a bill to be paid",
  reminder: "a bill is past its due date",
  warning: "a notice of disconnection follows unless the debt is paid",
  notice: "the supply will be cut off unless the debt is paid",
  disconnected: "the supply is cut off",
  reconnected: "the supply is on again",
  "low-credit": "the credit is low",
  "no-credit": "the credit is used up",
  "emergency-credit": "the emergency credit is in use",
  "share-left": "little of the last recharge is left",
  "few-days-left": "the credit lasts for a few days only",
  token: "a token for the meter",
  "theft-notice": "the company looks into energy that is missing",
  "theft-confirmed": "a crew found that current flows past the meter",
  "theft-cleared": "the company found nothing, and says sorry",
};
