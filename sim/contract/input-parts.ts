// Parts that inputs of several kinds have, with the sentences that say what is right.

import { z } from "zod";

const coinsFix = "write a positive whole number of the smallest coins";
const COINS_MAX = 1e12;

/** A supply point. */
export const target = z
  .string({ error: "a target is the id of a supply point, such as supply-12" })
  .min(1);
export const coins = z.number(coinsFix).int(coinsFix).positive(coinsFix).max(COINS_MAX, coinsFix);

/** Why something is done, in words; `fix` says how much of it. */
export const reasonOf = (fix: string) => z.string(fix).trim().min(1, fix).max(200, fix);
