// What the steps that break something may say.

import { z } from "zod";
import { BOARD_OPS } from "../../sim/contract/board-protocol.ts";
import { MODEM_CONDUCTS } from "../modem/at-modem.ts";
import { LINE_ENDS, MESSAGE_FATES } from "./faulty-line.ts";
import { durationField, numberField, wordField } from "./step-fields.ts";

const opNames = BOARD_OPS.map(({ name }) => name);
const SRAM_START = 0x100;
const SRAM_END = 0x900;
/** Whoever is not the company writes from another number. */
const HEAD_END = "+919810000001";

export const faultSteps = {
  /** The program stands in a loop for ever, with or without its interrupts served. */
  hang: z.strictObject({ interrupts: wordField(["on", "off"], "what becomes of interrupts") }),
  /** The board's crystal against the world's time, in millionths. */
  clock: z.strictObject({ ppm: numberField }),
  /** The relay's contact jumps for so long after each of its movements; 0ms: no longer. */
  bounce: z.strictObject({ for: durationField, every: durationField.default("1ms") }),
  /** Of the bytes to one end which share is lost, and of which one bit turns. */
  line: z.strictObject({
    to: wordField(LINE_ENDS, "an end of the line"),
    lostShare: numberField.default(0),
    flippedShare: numberField.default(0),
    seed: numberField.default(1),
  }),
  /** What becomes of the next messages to one end. */
  message: z.strictObject({
    to: wordField(LINE_ENDS, "an end of the line"),
    is: wordField(MESSAGE_FATES, "a message's fate"),
    count: numberField.default(1),
  }),
  /** Bits of SRAM that turn, one after another, and what must be true after each. */
  flips: z.strictObject({
    from: numberField.default(SRAM_START),
    until: numberField.default(SRAM_END),
    count: numberField,
    seed: numberField.default(1),
    /** From one to the next, long enough for a watchdog. */
    settle: durationField.default("3s"),
    errorMaxMilliWh: numberField,
  }),
  /** How the modem behaves from now on, and what happens to it. */
  modem: z.strictObject({
    answers: wordField(MODEM_CONDUCTS, "a modem's conduct").optional(),
    delay: durationField.optional(),
    does: wordField(["restart", "turnOff"], "what a modem does").optional(),
  }),
  modemNoise: z.strictObject({ bytes: numberField, seed: numberField.default(1) }),
  /** Text messages from the network: an order of the company, or any text. */
  sms: z.strictObject({
    from: z
      .string()
      .regex(/^\+?\d+$/, "a number is digits, a plus before them")
      .default(HEAD_END),
    text: z.string().max(160).optional(),
    op: wordField(opNames, "an order").optional(),
    argument: numberField.default(0),
    second: numberField.default(0),
    forged: z.boolean().default(false),
    times: numberField.default(1),
  }),
  /** The meter has sent such a text, now or within so long. */
  reply: z.strictObject({
    matches: z.string(),
    to: z.string().optional(),
    within: durationField.optional(),
  }),
} as const;

type Written = { [Kind in keyof typeof faultSteps]: z.infer<(typeof faultSteps)[Kind]> };
/** With the table's values in place of `$name`. */
type Filled<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Filled<Value[Key]> }
  : Value;
export type FaultStepValues = Filled<Written>;
