// Other prices from a day on, for a run that leaves another one.

import type { SimMs } from "../core/time.ts";

/** Half of the price up to three times it. */
export const PRICE_PERCENT_MIN = -50;
export const PRICE_PERCENT_MAX = 200;

export interface PriceChange {
  /** The prices hold from the first local midnight after this moment. */
  readonly atMs: SimMs;
  /** What is added to every price per kWh, in percent; fixed charges and taxes stay. */
  readonly percent: number;
  /** Id of the one home that it is for; missing: every home that pays by bills. */
  readonly supply?: string;
}

/** Whether a value that came by a link is one. */
export function isPriceChange(value: unknown): value is PriceChange {
  if (typeof value !== "object" || value === null) return false;
  const { atMs, percent, supply } = value as Partial<Record<keyof PriceChange, unknown>>;
  return (
    Number.isSafeInteger(atMs) &&
    (atMs as number) >= 0 &&
    typeof percent === "number" &&
    percent >= PRICE_PERCENT_MIN &&
    percent <= PRICE_PERCENT_MAX &&
    (supply === undefined || typeof supply === "string")
  );
}
