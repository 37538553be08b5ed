// Inputs about a customer's account and its meter: what a person at the company does there.

import { z } from "zod";
import { coins, reasonOf, target } from "./input-parts.ts";

const monthsFix = "write 2 to 24 whole months";
const reasonFix = "say in one to 200 characters why";

const nameFix = "write the customer's name in one to 80 characters";
const DEPOSIT_MAX_MINOR = 1e9;
const depositFix = `write 0 or a positive whole number of the smallest coins, at most ${DEPOSIT_MAX_MINOR}`;
const customerFix = "a former customer is named by a number, 1 for the first";
const INSTALMENTS_MAX = 24;

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
  /** Another customer takes over a supply whose account is closed, from the midnight before on. */
  z.strictObject({
    kind: z.literal("move-in"),
    target,
    name: z.string(nameFix).trim().min(1, nameFix).max(80, nameFix),
    email: z.email("an address has an @, such as nair@example.in").max(254).optional(),
    depositMinor: z
      .number(depositFix)
      .int(depositFix)
      .min(0, depositFix)
      .max(DEPOSIT_MAX_MINOR, depositFix)
      .optional(),
  }),
  /** What somebody owes who lived there before is paid, or given up. */
  z.strictObject({
    kind: z.literal("settle-former"),
    target,
    customer: z.number(customerFix).int(customerFix).min(1, customerFix),
    amountMinor: coins,
    how: z.enum(["paid", "written-off"], { error: "it is paid or written-off" }),
  }),
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
  "move-in",
  "settle-former",
  "budget-billing",
];

/** Whether an input is one of these. */
export function isAccountInput<Other extends { readonly kind: string }>(
  input: AccountInput | Other,
): input is AccountInput {
  return (ACCOUNT_INPUT_KINDS as readonly string[]).includes(input.kind);
}
