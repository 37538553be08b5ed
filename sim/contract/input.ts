// Inputs: whatever comes from outside a running twin, and the journal that keeps them.

import { z } from "zod";
import type { SimMs } from "../core/time.ts";
import { ACCOUNT_INPUT_KINDS, ACCOUNT_INPUTS } from "./account-input.ts";
import { coins, reasonOf, target } from "./input-parts.ts";
import { type DeviceAnswer, METER_BUTTONS } from "./meter-device.ts";
import { OUTAGE_KINDS } from "./outage.ts";
import { HOOK_MAX_W, hookFix, THEFT_KINDS, theftSizeProblems } from "./theft.ts";
import { digitsOf, TOKEN_TEXT_FIX } from "./token.ts";

const shareFix = "a share is 0 to 1; for 60 % write 0.6";
/** More than anybody pays at once. */
export const PAYMENT_MAX_MINOR = 1e9;
const paymentFix = `write a positive whole number of the smallest coins, at most ${PAYMENT_MAX_MINOR}`;
const receiptFix = "a receipt is 1 to 64 letters, digits and . _ : / - of the payment provider";
const currencyFix = "a currency is its three capital letters, such as INR";
const stepFix = "write the step in whole milliseconds, such as 1000";
const TOKEN_TEXT_MAX = 60;
const reasonFix = "say in one to 200 characters what is disputed";
const outageKind = z.enum(OUTAGE_KINDS, {
  error: `an outage is of one of these: ${OUTAGE_KINDS.join(", ")}`,
});
const pressedButton = z.enum(METER_BUTTONS, {
  error: `a meter's buttons are ${METER_BUTTONS.join(" and ")}`,
});
const theftKind = z.enum(THEFT_KINDS, {
  error: `a theft is one of these: ${THEFT_KINDS.join(", ")}`,
});
/** The first one unless given. */
const mast = z.string().min(1).optional();
/** A supply point or a feeder; everything unless given. */
const supplied = z.string().min(1).optional();

/** A home, or a phase of a feeder. */
const faulted = z
  .string({
    error: "a target is a supply point, such as supply-12, or a feeder's phase, feeder/L2",
  })
  .min(1);

const inspected = z
  .string({ error: "a crew goes to a supply point, such as supply-12, a feeder or a case" })
  .min(1);

const officialFix = "an official is named by one to 60 characters, such as A. Pillai";
const official = z.string({ error: officialFix }).trim().min(1, officialFix).max(60, officialFix);
const batch = z.string({ error: "a batch is the id of trips that wait, such as trips-3" }).min(1);

/** What a person or a program may ask of a running twin. Unknown keys are refused. */
export const InputSchema = z.discriminatedUnion("kind", [
  z
    .strictObject({
      kind: z.literal("theft-start"),
      target,
      /** `partial-bypass` unless given. */
      theft: theftKind.optional(),
      /** What of the current; of `relay-bypass` what also flows around the sensor, all unless given. */
      share: z.number(shareFix).gt(0, shareFix).max(1, shareFix).optional(),
      /** Of a hook. */
      powerW: z.number(hookFix).gt(0, hookFix).max(HOOK_MAX_W, hookFix).optional(),
      opensCover: z.boolean("opensCover is true or false").optional(),
    })
    .superRefine(({ theft = "partial-bypass", share, powerW }, context) => {
      for (const { path, message } of theftSizeProblems(theft, { share, powerW })) {
        context.addIssue({ code: "custom", path: [path], message });
      }
    }),
  /** Every theft there unless one is named. */
  z.strictObject({ kind: z.literal("theft-stop"), target, theft: theftKind.optional() }),
  z.strictObject({ kind: z.literal("mast-down"), target: mast }),
  z.strictObject({ kind: z.literal("mast-up"), target: mast }),
  z.strictObject({ kind: z.literal("outage-start"), of: outageKind, target: mast }),
  z.strictObject({ kind: z.literal("outage-end"), of: outageKind, target: mast }),
  z.strictObject({ kind: z.literal("power-cut"), target: supplied }),
  z.strictObject({ kind: z.literal("power-restore"), target: supplied }),
  z.strictObject({ kind: z.literal("short-circuit"), target: faulted }),
  z.strictObject({ kind: z.literal("fuse-replace"), target: faulted }),
  z.strictObject({
    kind: z.literal("payment"),
    target,
    amountMinor: z
      .number(paymentFix)
      .int(paymentFix)
      .positive(paymentFix)
      .max(PAYMENT_MAX_MINOR, paymentFix),
    /** ISO 4217; the tariff's unless given. */
    currency: z
      .string(currencyFix)
      .regex(/^[A-Z]{3}$/, currencyFix)
      .optional(),
    /** The provider's own number: the same one again is not booked again. */
    receipt: z
      .string(receiptFix)
      .regex(/^[\w.:/-]{1,64}$/, receiptFix)
      .optional(),
  }),
  z.strictObject({
    kind: z.literal("dispute-open"),
    target,
    /** Everything that is owed unless given. */
    amountMinor: coins.optional(),
    reason: reasonOf(reasonFix),
  }),
  z.strictObject({
    kind: z.literal("dispute-close"),
    target,
    upheld: z.boolean("say whether the customer was right: true or false"),
  }),
  z.strictObject({ kind: z.literal("trip"), target, by: official.optional() }),
  z.strictObject({ kind: z.literal("reconnect"), target, by: official.optional() }),
  /** A crew goes there and looks. */
  z.strictObject({ kind: z.literal("inspect"), target: inspected, by: official.optional() }),
  /** An official's word on trips that wait for a second one. */
  z.strictObject({ kind: z.literal("approve-trips"), by: official, batch }),
  z.strictObject({ kind: z.literal("refuse-trips"), by: official, batch }),
  z.strictObject({
    kind: z.literal("set-step"),
    stepMs: z.number(stepFix).int(stepFix).positive(stepFix),
  }),
  z.strictObject({ kind: z.literal("swap-in"), target, device: z.string().min(1) }),
  z.strictObject({ kind: z.literal("swap-out"), target }),
  z.strictObject({ kind: z.literal("press-button"), target, button: pressedButton }),
  /** Somebody types a token at the meter. */
  z.strictObject({
    kind: z.literal("enter-token"),
    target,
    token: z
      .string(TOKEN_TEXT_FIX)
      .max(TOKEN_TEXT_MAX, TOKEN_TEXT_FIX)
      .refine((text) => digitsOf(text) !== undefined, TOKEN_TEXT_FIX),
  }),
  ...ACCOUNT_INPUTS,
]);

export type TwinInput = z.infer<typeof InputSchema>;
export type InputKind = TwinInput["kind"];

/** Every kind of input, for the sentence about an unknown one. */
export const INPUT_KINDS: readonly InputKind[] = [
  "theft-start",
  "theft-stop",
  "mast-down",
  "mast-up",
  "outage-start",
  "outage-end",
  "power-cut",
  "power-restore",
  "short-circuit",
  "fuse-replace",
  "payment",
  "dispute-open",
  "dispute-close",
  "trip",
  "reconnect",
  "inspect",
  "approve-trips",
  "refuse-trips",
  "set-step",
  "swap-in",
  "swap-out",
  "press-button",
  "enter-token",
  ...ACCOUNT_INPUT_KINDS,
];

export const JOURNAL_VERSION = 2;

/** First line of a journal: it belongs to one resolved scenario and one seed. */
export interface JournalHeader {
  /** 1: answers of boards are lines of JSON too. */
  readonly version: 1 | typeof JOURNAL_VERSION;
  readonly scenarioSha256: string;
  readonly seed: number;
  readonly runId: string;
}

/** One thing from outside, numbered, with the step boundary at which it takes effect. */
export type JournalEntry =
  | {
      readonly sequence: number;
      readonly takesEffectAtMs: SimMs;
      readonly kind: "input";
      readonly input: TwinInput;
      /** Whose command of a broker it was, `supply-12/order-17`: the same one again is not executed again. */
      readonly command?: string;
    }
  | {
      readonly sequence: number;
      readonly takesEffectAtMs: SimMs;
      readonly kind: "answers";
      readonly answers: readonly DeviceAnswer[];
    };
