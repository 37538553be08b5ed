// Use of one home over time, as the server keeps it, summed by local day and said in a sentence.

import type { HistoryView } from "../../sim/contract/account.ts";
import type { StreetLayout } from "../../sim/contract/frame.ts";
import { formatClock, formatPower, wallClock } from "./format.ts";

const W_MS_PER_KWH = 3_600_000_000;

export interface DayUse {
  /** Days since 1970, local. */
  readonly day: number;
  /** Null where an interval of the day is missing. */
  readonly knownKWh: number | null;
  readonly trueKWh: number | null;
  /** Whether the day is over. */
  readonly isWhole: boolean;
}

/** Energy by local day, oldest first; an interval belongs to the day in which it begins. */
export function dailyUse(history: HistoryView, layout: StreetLayout): readonly DayUse[] {
  const { endMs, intervalMs, knownW, trueW } = history;
  const days = new Map<number, { known: number | null; true: number | null; count: number }>();
  const add = (sum: number | null, watts: number | null): number | null =>
    sum === null || watts === null ? null : sum + (watts * intervalMs) / W_MS_PER_KWH;
  endMs.forEach((end, at) => {
    const { day } = wallClock(layout, end - intervalMs);
    const sums = days.get(day) ?? { known: 0, true: 0, count: 0 };
    days.set(day, {
      known: add(sums.known, knownW[at] ?? null),
      true: trueW === null ? null : add(sums.true, trueW[at] ?? null),
      count: sums.count + 1,
    });
  });
  // Days of a clock change have an hour more or less.
  const intervalsMin = Math.floor((23 * 3_600_000) / intervalMs);
  return [...days].map(([day, sums]) => ({
    day,
    knownKWh: sums.known,
    trueKWh: sums.true,
    isWhole: sums.count >= intervalsMin,
  }));
}

/** One sentence for those who do not see the plots. */
export function historySentence(history: HistoryView, layout: StreetLayout): string {
  const { endMs, intervalMs, knownW } = history;
  const perDay = Math.round(86_400_000 / intervalMs);
  const [watts, ends] = [knownW.slice(-perDay), endMs.slice(-perDay)];
  const known = watts.filter((value) => value !== null);
  if (known.length === 0) return "No reading of the last day has arrived.";
  const kWh = known.reduce((sum, value) => sum + value * intervalMs, 0) / W_MS_PER_KWH;
  const peakW = Math.max(...known);
  const at = formatClock(wallClock(layout, ends[watts.indexOf(peakW)]!));
  const missing = watts.length - known.length;
  const gaps = missing === 0 ? "" : ` ${missing} of ${watts.length} intervals are not known.`;
  return `Readings of the last day add up to ${kWh.toFixed(1)} kWh, at most ${formatPower(peakW)} in the interval that ends at ${at}.${gaps}`;
}
