// A month in which a tariff changes, cut at the midnights of the changes. Use is told by what was read at them, and
// spread evenly over the days where nothing was (MSEDCL circular 323 of 2020: mean units a day × days, slabs too).

import { assert } from "../../core/assert.ts";
import { dateOfDay } from "../../core/calendar.ts";
import type { MonthUse, PostpaidTariff, UseMark } from "./tariff.ts";

/** Days of a month under one version of the tariff. */
export interface MonthPart {
  readonly version: PostpaidTariff;
  readonly use: MonthUse;
}

/** The version that holds on a local day: the tariff itself before its first change. */
export function versionOn(tariff: PostpaidTariff, day: number): PostpaidTariff {
  return tariff.changes?.findLast(({ fromDay }) => fromDay <= day)?.tariff ?? tariff;
}

/** The month itself, or its parts in order, where a change lies within it. Their uses sum to the whole. */
export function splitMonth(tariff: PostpaidTariff, use: MonthUse): readonly MonthPart[] {
  const { changes } = tariff;
  if (changes === undefined || changes.length === 0) return [{ version: tariff, use }];
  const { fromDay, days } = use;
  assert(fromDay !== undefined, "the first day of a month is needed where a tariff changes");
  const edges = changes
    .map((change) => change.fromDay - fromDay)
    .filter((edge) => edge > 0 && edge < days);
  if (edges.length === 0) return [{ version: versionOn(tariff, fromDay), use }];
  const whole = use.monthDays ?? days;
  const ends = [...edges, days];
  let start = markAt(use, 0);
  let carriedWh = use.carriedExportWh ?? 0;
  return ends.map((edge) => {
    const end = markAt(use, edge);
    const part: MonthUse = {
      energyWh: end.energyWh - start.energyWh,
      byRateWh: end.byRateWh.map((wh, rate) => wh - start.byRateWh[rate]!),
      days: edge - start.days,
      monthDays: whole,
      fromDay: fromDay + start.days,
      exportWh: exportUpTo(use, edge) - exportUpTo(use, start.days),
      carriedExportWh: carriedWh,
      ...(use.demand === undefined ? {} : { demand: use.demand }),
      ...(use.contract === undefined ? {} : { contract: use.contract }),
      ...(use.powerFactor === undefined ? {} : { powerFactor: use.powerFactor }),
      ...(use.isUnmeasured === undefined ? {} : { isUnmeasured: use.isUnmeasured }),
      ...apparentOf(use, start, end),
    };
    carriedWh = leftOverWh(part);
    start = end;
    return { version: versionOn(tariff, part.fromDay!), use: part };
  });
}

/** What stays after export, and what was carried, is set against import. */
export function leftOverWh({ energyWh, exportWh, carriedExportWh }: MonthUse): number {
  return Math.max(0, (exportWh ?? 0) + (carriedExportWh ?? 0) - energyWh);
}

/** Apparent energy of a part goes by its share of the energy. */
function apparentOf(use: MonthUse, start: UseMark, end: UseMark): Pick<MonthUse, "apparentVah"> {
  const { apparentVah, energyWh } = use;
  if (apparentVah === undefined || energyWh === 0) return {};
  const upto = (wh: number): number =>
    Number((BigInt(apparentVah) * BigInt(wh)) / BigInt(energyWh));
  return { apparentVah: upto(end.energyWh) - upto(start.energyWh) };
}

const exportUpTo = (use: MonthUse, edge: number): number =>
  Math.floor(((use.exportWh ?? 0) * edge) / use.days);

/** Use up to `edge` days: between what was read before and after it, cut off to whole Wh. */
function markAt(use: MonthUse, edge: number): UseMark {
  const none = { days: 0, energyWh: 0, byRateWh: use.byRateWh.map(() => 0) };
  let before: UseMark = none;
  let after: UseMark = use;
  for (const mark of use.marks ?? []) {
    if (mark.days <= edge) before = mark;
    else if (after === use) after = mark;
  }
  if (edge === before.days) return before;
  if (edge === use.days) return use;
  const part = edge - before.days;
  const of = after.days - before.days;
  const between = (a: number, b: number): number => a + Math.floor(((b - a) * part) / of);
  const byRateWh = before.byRateWh.map((wh, rate) => between(wh, after.byRateWh[rate]!));
  const energyWh =
    byRateWh.length > 0
      ? byRateWh.reduce((sum, wh) => sum + wh, 0)
      : between(before.energyWh, after.energyWh);
  return { days: edge, energyWh, byRateWh };
}

/** `1 to 14 Feb`: the days of a part. */
export function nameOfPart({ fromDay, days }: MonthUse): string {
  const from = dateOfDay(fromDay ?? 0);
  const to = dateOfDay((fromDay ?? 0) + days - 1);
  const month = (of: number): string => MONTHS[of - 1]!;
  if (days === 1) return `${from.day} ${month(from.month)}`;
  const first = from.month === to.month ? `${from.day}` : `${from.day} ${month(from.month)}`;
  return `${first} to ${to.day} ${month(to.month)}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
