// The states of an account as people say them.

import type { AccountState } from "../../sim/contract/frame.ts";

export const ACCOUNT_WORDS: Readonly<Record<AccountState, string>> = {
  active: "in order",
  due: "bill open",
  overdue: "overdue",
  warned: "overdue, warned",
  noticed: "notice of disconnection served",
  tripping: "trip under way",
  tripped: "cut off",
  reconnecting: "reconnection under way",
  emergency: "on emergency credit",
  "no-credit": "off, no credit",
};
