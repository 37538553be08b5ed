// Kinds of fields that steps share. Each is a value, or a column of the case's table, which is put in before a step is
// done: so the doers' types have values alone.

import { z } from "zod";
import { parseDurationMs } from "../../sim/core/time.ts";

export const PARAMETER = /^\$[a-z][A-Za-z0-9]*$/;

/** The answer of a board that does not answer. */
export const NO_ANSWER = "nothing";
/** What makes the meter write: its registers, its account with the registers, or its settings. */
export const SAVES = ["registers", "credit", "calibration"] as const;
export type Save = (typeof SAVES)[number];

const parameter = z.string().regex(PARAMETER, "write a number, or $name for a column of the table");
export const numberField = z.union([z.number(), parameter]) as unknown as z.ZodType<number, number>;

const durationFix = "a duration is a number with its unit: 200ms, 10s, 2min, 1h";
export const durationField = z
  .string(durationFix)
  .refine((text) => PARAMETER.test(text) || parseDurationMs(text) !== undefined, durationFix);

/** One of some words. */
export function wordField<Word extends string>(
  words: readonly Word[],
  what: string,
): z.ZodType<Word, Word> {
  const fix = `${what} is one of ${words.join(", ")}`;
  const isIt = (text: string): boolean =>
    PARAMETER.test(text) || (words as readonly string[]).includes(text);
  return z.string(fix).refine(isIt, fix) as unknown as z.ZodType<Word, Word>;
}
