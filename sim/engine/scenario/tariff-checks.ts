// What is wrong with a tariff that reads well: slabs that overlap or leave a gap, times that do, names nobody knows.

import { dateOfDay, dayOfDate } from "../../core/calendar.ts";
import { minuteOf } from "../../core/time.ts";
import type { ParsedYaml } from "./parse.ts";
import { nearestWord, type Problem, ScenarioError } from "./problem.ts";
import type { PostpaidFile, SlabTariffFile, TimeOfUseTariffFile } from "./tariff-schema.ts";

export type Field = readonly (string | number)[];

export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** What is wrong with a tariff, each with its place in the tariff's own file. */
export class TariffFaults {
  private readonly problems: Problem[] = [];
  private readonly file: string;
  private readonly parsed: ParsedYaml<unknown>;
  constructor(file: string, parsed: ParsedYaml<unknown>) {
    this.file = file;
    this.parsed = parsed;
  }
  add(path: Field, fix: string): void {
    const place = this.parsed.placeOf(path);
    this.problems.push({ file: this.file, ...place, field: path.join("."), fix });
  }
  throwIfAny(): void {
    if (this.problems.length > 0) throw new ScenarioError(this.problems);
  }
}

interface Steps {
  readonly fromKWh?: number | undefined;
  readonly uptoKWh: number | null;
}

/** Slabs rise without overlap or gap, and something holds for the last unit. */
export function checkSlabs(file: SlabTariffFile, faults: TariffFaults): void {
  const { blocks, wholeUse, fixed } = file;
  const top = blocks.at(-1)!.uptoKWh;
  checkSteps(["blocks"], blocks, 0, faults);
  checkSteps(["wholeUse"], wholeUse, top ?? 0, faults);
  checkSteps(["fixed"], fixed, 0, faults);
  if (wholeUse.length > 0 && top === null) {
    const fix = "its prices are never reached: the last of the blocks has no end; give it one";
    faults.add(["wholeUse"], fix);
  }
  if (wholeUse.length === 0 && top !== null) {
    const fix = `units above ${top} have no price; end the last block with uptoKWh: null, or add wholeUse`;
    faults.add(["blocks", blocks.length - 1, "uptoKWh"], fix);
  }
  const rest = [
    ["wholeUse", wholeUse],
    ["fixed", fixed],
  ] as const;
  for (const [name, steps] of rest) {
    const last = steps.at(-1)?.uptoKWh ?? null;
    if (last === null) continue;
    const fix = `months above ${last} units have no ${name === "fixed" ? "fixed charge" : "price"}; end the last row with uptoKWh: null`;
    faults.add([name, steps.length - 1, "uptoKWh"], fix);
  }
}

function checkSteps(
  at: Field,
  steps: readonly Steps[],
  startKWh: number,
  faults: TariffFaults,
): void {
  let endKWh: number | null = startKWh;
  steps.forEach(({ fromKWh, uptoKWh }, row) => {
    const path = [...at, row];
    if (endKWh === null) {
      faults.add(
        [...path, "uptoKWh"],
        "the row before it has no end (null), and only the last may have none",
      );
      return;
    }
    if (fromKWh !== undefined && fromKWh !== endKWh) {
      const fix =
        fromKWh < endKWh
          ? `begins at ${fromKWh}, within what goes up to ${endKWh}: these slabs overlap; write ${endKWh}`
          : `begins at ${fromKWh}, and units ${endKWh} to ${fromKWh} have no price; write ${endKWh}, or add a slab between`;
      faults.add([...path, "fromKWh"], fix);
    }
    const begin = Math.max(fromKWh ?? endKWh, endKWh);
    if (uptoKWh !== null && uptoKWh <= begin) {
      const fix =
        fromKWh !== undefined && uptoKWh <= fromKWh
          ? `ends at ${uptoKWh}, where it has not begun: it begins at ${fromKWh}`
          : `${uptoKWh} is not above ${endKWh}, where the one before it ends; write slabs in rising order`;
      faults.add([...path, "uptoKWh"], fix);
    }
    endKWh = uptoKWh === null ? null : Math.max(begin, uptoKWh);
  });
}

const DAYS_OF_LEAP_YEAR = 366;
const FIRST_OF_LEAP_YEAR = dayOfDate(2024, 1, 1);

/** Days of a leap year, counted from 0, in which a season lies; it may lie across the turn of the year. */
function daysOfSeason({ from, until }: TimeOfUseTariffFile["seasons"][number]): Set<number> {
  const dayOf = (text: string): number =>
    dayOfDate(2024, Number(text.slice(0, 2)), Number(text.slice(3))) - FIRST_OF_LEAP_YEAR;
  const days = new Set<number>();
  for (let day = dayOf(from); ; day = (day + 1) % DAYS_OF_LEAP_YEAR) {
    days.add(day);
    if (day === dayOf(until)) return days;
  }
}

const monthDay = (day: number): string => {
  const { month, day: ofMonth } = dateOfDay(FIRST_OF_LEAP_YEAR + day);
  return `${String(month).padStart(2, "0")}-${String(ofMonth).padStart(2, "0")}`;
};

/** No day lies in two seasons, and no minute of the same days in two windows. */
export function checkSeasons(
  { seasons }: Pick<TimeOfUseTariffFile, "seasons">,
  faults: TariffFaults,
): void {
  const seasonOf = new Map<number, number>();
  seasons.forEach((season, row) => {
    for (const edge of ["from", "until"] as const) {
      const [month, day] = [Number(season[edge].slice(0, 2)), Number(season[edge].slice(3))];
      const back = dateOfDay(dayOfDate(2024, month, day));
      if (back.month === month) continue;
      faults.add(["seasons", row, edge], `there is no day ${season[edge]} in any year`);
      return;
    }
    const days = daysOfSeason(season);
    const shared = [...days].find((day) => seasonOf.has(day));
    if (shared !== undefined) {
      const other = seasonOf.get(shared)!;
      const { from, until } = seasons[other]!;
      const fix = `${monthDay(shared)} lies in season ${other} too (${from} to ${until}); let one end where the other begins`;
      faults.add(["seasons", row], fix);
    }
    for (const day of days) if (!seasonOf.has(day)) seasonOf.set(day, row);
    checkWindows(season.windows, ["seasons", row, "windows"], faults);
  });
}

interface WindowText {
  readonly rate: string;
  readonly from: string;
  readonly until: string;
  readonly days?: string;
}

/** Windows of the same days share no minute; of different days, the first that holds does. */
export function checkWindows(
  windows: readonly WindowText[],
  at: Field,
  faults: TariffFaults,
): void {
  windows.forEach((window, row) => {
    for (let before = 0; before < row; before++) {
      const other = windows[before]!;
      if (other.days !== window.days || !overlap(window, other)) continue;
      const fix = `${window.from} to ${window.until} overlaps window ${before}, ${other.from} to ${other.until} (${other.rate}); let one end where the other begins`;
      faults.add([...at, row], fix);
      return;
    }
  });
}

function overlap(a: WindowText, b: WindowText): boolean {
  return spans(a).some(([from, until]) =>
    spans(b).some(([otherFrom, otherUntil]) => from < otherUntil && otherFrom < until),
  );
}

export const MINUTES_PER_DAY = 1440;
/** `07:30`; the end of the day is 24:00. */
export const timeOfMinute = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** A window across midnight is two. */
function spans({ from, until }: WindowText): readonly (readonly [number, number])[] {
  const [first, last] = [minuteOf(from), minuteOf(until) || MINUTES_PER_DAY];
  if (first < last) return [[first, last]];
  return [
    [first, MINUTES_PER_DAY],
    [0, last],
  ];
}

/** What is wrong with the rest of a bill. `rateCount`: prices by time, 0 for slabs. */
export function checkTerms(file: PostpaidFile, rateCount: number, faults: TariffFaults): void {
  const { minimumMinor, rounding, rebates = [], powerFactor } = file;
  const to = rounding?.to ?? 1;
  if (minimumMinor !== undefined && minimumMinor % to !== 0) {
    faults.add(["minimumMinor"], `write a multiple of ${to}, to which bills are rounded`);
  }
  if (file.export?.kind === "net-metering" && rateCount > 1) {
    const fix =
      "net metering sets export against import at one price; with prices by time write kind: net-billing";
    faults.add(["export", "kind"], fix);
  }
  if (file.energyUnit === "kVAh" && rateCount > 1) {
    const fix = "a meter's kVAh register knows no rates; with prices by time write kWh";
    faults.add(["energyUnit"], fix);
  }
  if (file.energyUnit === "kVAh" && file.export !== undefined) {
    const fix = "what is fed in is counted in kWh; a tariff in kVAh has no export";
    faults.add(["energyUnit"], fix);
  }
  if (powerFactor !== undefined && powerFactor.penaltyBelow > powerFactor.incentiveAbove) {
    const fix = `is above incentiveAbove (${powerFactor.incentiveAbove}): between them one would pay and be paid`;
    faults.add(["powerFactor", "penaltyBelow"], fix);
  }
  rebates.forEach((rebate, row) => {
    const { percent, priceMilliMinorPerKWh, monthlyMinor, firstKWh, on } = rebate;
    const given = [percent, priceMilliMinorPerKWh, monthlyMinor].filter(
      (each) => each !== undefined,
    );
    const path = ["rebates", row];
    if (given.length !== 1) {
      faults.add(path, "write exactly one of percent, priceMilliMinorPerKWh and monthlyMinor");
    } else if (firstKWh !== undefined && priceMilliMinorPerKWh === undefined) {
      faults.add([...path, "firstKWh"], "it limits a price a kWh; there is none here");
    } else if (on !== undefined && percent === undefined) {
      faults.add([...path, "on"], "it says what a percentage is of; there is none here");
    }
  });
}

/** Day number of a date; undefined where the calendar has no such day. */
export function dayOfText(text: string): number | undefined {
  const [year, month, day] = text.split("-").map(Number) as [number, number, number];
  const number = dayOfDate(year, month, day);
  return dateOfDay(number).day === day ? number : undefined;
}

/** What to say of a rate that nobody knows. */
export function unknownRate(id: string, ids: readonly string[]): string {
  const near = nearestWord(id, ids);
  const hint = near === undefined ? `known: ${ids.join(", ")}` : `did you mean ${near}?`;
  return `there is no rate ${id}; ${hint}`;
}
