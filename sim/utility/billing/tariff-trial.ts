// What another tariff would have made of the same use: each home's month priced twice, and what that comes to.

import { totalOf } from "./charge-lines.ts";
import { type MonthUse, type PostpaidTariff, priceMonth } from "./tariff.ts";

export interface TrialHome {
  readonly supply: string;
  /** The tariff in force, with the use as that tariff counts it. */
  readonly before: { readonly tariff: PostpaidTariff; readonly use: MonthUse };
  readonly after: { readonly tariff: PostpaidTariff; readonly use: MonthUse };
}

export interface PricedTwice {
  readonly supply: string;
  readonly energyWh: number;
  readonly beforeMinor: number;
  readonly afterMinor: number;
}

export interface TrialSums {
  readonly beforeMinor: number;
  readonly afterMinor: number;
  readonly medianChangeMinor: number;
  readonly winners: number;
  readonly losers: number;
  readonly same: number;
}

export const priceTwice = ({ supply, before, after }: TrialHome): PricedTwice => ({
  supply,
  energyWh: after.use.energyWh,
  beforeMinor: totalOf(priceMonth(before.tariff, before.use)),
  afterMinor: totalOf(priceMonth(after.tariff, after.use)),
});

/** Who pays less wins. */
export function sumTrial(rows: readonly PricedTwice[]): TrialSums {
  let [beforeMinor, afterMinor, winners, losers] = [0, 0, 0, 0];
  for (const row of rows) {
    beforeMinor += row.beforeMinor;
    afterMinor += row.afterMinor;
    if (row.afterMinor < row.beforeMinor) winners++;
    if (row.afterMinor > row.beforeMinor) losers++;
  }
  const changes = rows.map((row) => row.afterMinor - row.beforeMinor);
  return {
    ...{ beforeMinor, afterMinor, winners, losers },
    same: rows.length - winners - losers,
    medianChangeMinor: medianOf(changes),
  };
}

/** Rounded to whole coins; of an even count the mean of the two in the middle. */
function medianOf(changes: readonly number[]): number {
  if (changes.length === 0) return 0;
  const sorted = [...changes].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : Math.round((sorted[middle - 1]! + upper) / 2);
}
