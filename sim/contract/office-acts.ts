// What an official does at one account, and the input that each of it is.

import type { TwinInput } from "./input.ts";

export const OFFICE_ACTS = [
  "payment",
  "dispute-open",
  "dispute-upheld",
  "dispute-not-upheld",
  "instalments",
  "refund",
  "write-off",
  "budget-begin",
  "budget-end",
  "replace-meter",
  "move-out",
  "trip",
  "reconnect",
  "inspect",
] as const;
export type OfficeAct = (typeof OFFICE_ACTS)[number];

/** What an official writes for it; each act takes what it needs. */
export interface ActFields {
  readonly amountMinor: number;
  readonly months: number;
  readonly reason: string;
  /** Of the counter's own book; empty: none. */
  readonly receipt: string;
}

export function inputOf(act: OfficeAct, target: string, fields: ActFields): TwinInput {
  const { amountMinor, months, reason, receipt } = fields;
  switch (act) {
    case "payment":
      return { kind: act, target, amountMinor, ...(receipt === "" ? {} : { receipt }) };
    case "dispute-open":
    case "write-off":
      return { kind: act, target, amountMinor, reason };
    case "dispute-upheld":
      return { kind: "dispute-close", target, upheld: true };
    case "dispute-not-upheld":
      return { kind: "dispute-close", target, upheld: false };
    case "instalments":
      return { kind: act, target, months };
    case "refund":
      return { kind: act, target, amountMinor };
    case "budget-begin":
      return { kind: "budget-billing", target, isOn: true };
    case "budget-end":
      return { kind: "budget-billing", target, isOn: false };
    case "replace-meter":
    case "move-out":
    case "trip":
    case "reconnect":
    case "inspect":
      return { kind: act, target };
  }
}
