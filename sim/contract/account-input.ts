// Inputs about a customer's account and its meter: what a person at the company does there.

import { z } from "zod";
import { coins, reasonOf, target } from "./input-parts.ts";

const monthsFix = "write 2 to 24 whole months";
const reasonFix = "say in one to 200 characters why";

export const INSTALMENTS_MAX = 24;

export const ACCOUNT_INPUTS = [
  /** What is overdue is paid in parts, one a month. */
  z.strictObject({
    kind: z.literal("instalments"),
    target,
    months: z.number(monthsFix).int(monthsFix).min(2, monthsFix).max(INSTALMENTS_MAX, monthsFix),
  }),
  z.strictObject({
    kind: z.literal("write-off"),
    target,
    amountMinor: coins,
    reason: reasonOf(reasonFix),
  }),
  /** Everything that the customer is ahead unless given. */
  z.strictObject({ kind: z.literal("refund"), target, amountMinor: coins.optional() }),
  /** Another meter hangs there from now on; both are read. */
  z.strictObject({ kind: z.literal("replace-meter"), target }),
  /** The account is closed with a final bill up to the end of this local day. */
  z.strictObject({ kind: z.literal("move-out"), target }),
  /** The same amount each month, or no more. */
  z.strictObject({
    kind: z.literal("budget-billing"),
    target,
    isOn: z.boolean("say whether it begins or ends: true or false"),
  }),
] as const;

const AccountInputSchema = z.discriminatedUnion("kind", ACCOUNT_INPUTS);
export type AccountInput = z.infer<typeof AccountInputSchema>;

export const ACCOUNT_INPUT_KINDS: readonly AccountInput["kind"][] = [
  "instalments",
  "write-off",
  "refund",
  "replace-meter",
  "move-out",
  "budget-billing",
];

/** Whether an input is one of these. */
export function isAccountInput<Other extends { readonly kind: string }>(
  input: AccountInput | Other,
): input is AccountInput {
  return (ACCOUNT_INPUT_KINDS as readonly string[]).includes(input.kind);
}
