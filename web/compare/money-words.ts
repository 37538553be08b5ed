// What other prices have come to, in sentences: the bills of both runs, and the home that they change most.

import type { RunComparison } from "../../sim/contract/comparison.ts";
import type { PriceChange } from "../../sim/contract/price-change.ts";
import { formatMoney } from "../player/format.ts";

export interface Money {
  readonly prices: PriceChange;
  readonly comparison: Pick<RunComparison, "changes" | "homes">;
  readonly currency: string;
  nameOf(supply: string): string;
}

export function moneySentences({ prices, comparison, currency, nameOf }: Money): readonly string[] {
  const who = prices.supply === undefined ? "every home that gets bills" : nameOf(prices.supply);
  const more = prices.percent < 0 ? "less" : "more";
  const cause = `From the next midnight on a kWh costs ${who} ${Math.abs(prices.percent)} % ${more} in B; fixed charges and taxes are the same, and a month in which this begins is billed in two parts.`;
  const billed = comparison.changes.figures.find(({ path }) => path === "billing.billedMinor");
  if (billed === undefined) {
    return [
      cause,
      "No bill that differs has been made yet: money follows at the end of the month.",
    ];
  }
  const difference = (billed.b ?? 0) - (billed.a ?? 0);
  const sum = formatMoney(Math.abs(difference), currency);
  const homes = comparison.homes.filter(({ owedMinor: [a, b] }) => a !== b);
  const apart = ({ owedMinor: [a, b] }: (typeof homes)[number]): number => Math.abs(b - a);
  const most = [...homes].sort((one, other) => apart(other) - apart(one))[0];
  const total = `Bills so far come to ${sum} ${difference < 0 ? "less" : "more"} in B than in A.`;
  if (most === undefined) return [cause, total];
  const [a, b] = most.owedMinor;
  return [
    cause,
    total,
    `It is most at ${nameOf(most.supply)}, which owes ${formatMoney(a, currency)} in A and ${formatMoney(b, currency)} in B.`,
  ];
}
