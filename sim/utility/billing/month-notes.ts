// What is written down within a month for its bill, before the history forgets it: registers at the midnights of a
// change of the tariff, and the largest mean of half an hour.

import { HOUR_MS } from "../../core/time.ts";
import { HISTORY, kindOf, registerAt } from "../history.ts";
import { type Account, type HeadendState, HISTORY_INTERVALS, MARKS_MAX } from "../state.ts";
import type { RegisterAt } from "./boundary.ts";
import { type Tariff, type UseMark, versionsOf } from "./tariff.ts";

const HALF_HOUR_MS = HOUR_MS / 2;
/** Readings may be late by so many intervals of the history and still count for the demand. */
const LATE_INTERVALS = HISTORY_INTERVALS - 96;

/** Midnights up to `today` at which the tariff changed within what is not billed for good and that are not noted yet. */
export function changesToNote(account: Account, tariff: Tariff, today: number): readonly number[] {
  if (tariff.kind === "prepaid" || tariff.changes === undefined) return [];
  const { settledDay, marks = [] } = account;
  return tariff.changes
    .map(({ fromDay }) => fromDay)
    .filter((day) => day > settledDay && day <= today && !marks.some((mark) => mark.day === day));
}

/** Notes the register of a change's midnight; one that was not read is none: use is then spread over the days. */
export function noteChange(
  account: Account,
  day: number,
  { wh, byRateWh, isRead }: RegisterAt,
): void {
  if (!isRead) return;
  const others = (account.marks ?? []).filter((mark) => mark.day > account.settledDay);
  const marks = [...others, { day, wh, byRateWh: [...byRateWh] }].sort((a, b) => a.day - b.day);
  account.marks = marks.slice(-MARKS_MAX);
}

interface End {
  readonly endDay: number;
  readonly endWh: number;
  readonly byRateWh: readonly number[];
}

/** The notes that lie within a month, as use since its start; one that contradicts its ends is left out. */
export function marksWithin({ marks }: Account, start: End, end: End): readonly UseMark[] {
  if (marks === undefined) return [];
  return marks
    .filter(({ day }) => day > start.endDay && day < end.endDay)
    .filter(({ wh, byRateWh }) => {
      const isBetween = (at: number, from: number, to: number): boolean => at >= from && at <= to;
      const areRates = byRateWh.every((each, rate) =>
        isBetween(each, start.byRateWh[rate]!, end.byRateWh[rate]!),
      );
      return areRates && isBetween(wh, start.endWh, end.endWh);
    })
    .map(({ day, wh, byRateWh }) => ({
      days: day - start.endDay,
      energyWh: wh - start.endWh,
      byRateWh: byRateWh.map((each, rate) => each - start.byRateWh[rate]!),
    }));
}

interface Intervals {
  readonly intervalMs: number;
  /** Interval with whose end the month began, where nothing is noted yet. */
  readonly from: number;
  /** The last interval that may count. */
  readonly upto: number;
}

/** Whether any version of a tariff charges the largest half hour in kW: what a register of Wh can tell. */
export function chargesDemand(tariff: Tariff): boolean {
  if (tariff.kind === "prepaid") return false;
  return versionsOf(tariff).some(({ terms }) => terms?.demand?.unit === "W");
}

/** Looks at blocks of half an hour whose both ends were read, from the last one looked at. */
function lookAtDemand(
  account: Account,
  headend: HeadendState,
  row: number,
  { intervalMs, from, upto }: Intervals,
): void {
  const block = HALF_HOUR_MS % intervalMs === 0 ? HALF_HOUR_MS / intervalMs : 1;
  const peak = account.peak ?? { throughInterval: Math.max(0, from), blockWh: 0 };
  const first = Math.floor(peak.throughInterval / block) * block + block;
  for (let end = first; end <= upto; end += block) {
    peak.throughInterval = end;
    const areRead = [end, end - block].every((at) => kindOf(headend, row, at) === HISTORY.read);
    if (!areRead) continue;
    const blockWh = registerAt(headend, row, end) - registerAt(headend, row, end - block);
    peak.blockWh = Math.max(peak.blockWh, blockWh);
  }
  account.peak = peak;
}

/** Once a day: what will leave the history soon is looked at; what may still come late waits. */
export function noteDemand(
  account: Account,
  headend: HeadendState,
  row: number,
  span: Omit<Intervals, "upto">,
): void {
  const upto = headend.historyEnd[row]! - LATE_INTERVALS;
  lookAtDemand(account, headend, row, { ...span, upto });
}

/** At the end of a month: its largest half hour in whole W; the next month begins with none. */
export function closeDemand(
  account: Account,
  headend: HeadendState,
  row: number,
  span: Intervals,
): number {
  const upto = Math.min(span.upto, headend.historyEnd[row]!);
  lookAtDemand(account, headend, row, { ...span, upto });
  const { blockWh } = account.peak!;
  account.peak = { throughInterval: span.upto, blockWh: 0 };
  const blockMs = HALF_HOUR_MS % span.intervalMs === 0 ? HALF_HOUR_MS : span.intervalMs;
  return Math.round((blockWh * HOUR_MS) / blockMs);
}
