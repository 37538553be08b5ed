// Tariffs and the policy of credit control: from their files to what the company keeps in its records.

import type { PrepaidTerms } from "../../contract/reading.ts";
import { type Calendar, localTime } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { DAY_MS, MINUTE_MS } from "../../core/time.ts";
import type { Policy } from "../../utility/billing/policy.ts";
import { holdsAt } from "../../utility/billing/rates.ts";
import type {
  PrepaidTariff,
  RateTimes,
  SlabTariff,
  Tariff,
  TimeOfUseTariff,
} from "../../utility/billing/tariff.ts";
import type { BillingRecords } from "../../utility/records.ts";
import type { Faults } from "./faults.ts";
import { type ParsedYaml, parseYaml } from "./parse.ts";
import { nearestWord, type Problem, ScenarioError } from "./problem.ts";
import {
  PolicySchema,
  type PrepaidTariffFile,
  type Scenario,
  type SlabTariffFile,
  TARIFF_SCHEMAS,
  TariffKindSchema,
  type TimeOfUseTariffFile,
} from "./schema.ts";

const MINUTES_PER_DAY = DAY_MS / MINUTE_MS;

type Field = readonly (string | number)[];

export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** The tariff files of a scenario, each read once, in the order in which they are named. */
export class TariffFiles {
  readonly sources: SourceText[] = [];
  readonly read: (path: string, field: Field) => SourceText;
  private readonly paths: string[] = [];
  constructor(read: (path: string, field: Field) => SourceText) {
    this.read = read;
  }
  /** Row of the tariff in this file. */
  rowOf(path: string, field: Field): number {
    const known = this.paths.indexOf(path);
    if (known >= 0) return known;
    this.paths.push(path);
    return this.sources.push(this.read(path, field)) - 1;
  }
}

/** Reads and checks what the company bills by; null where it bills nobody. */
export function billingOf(
  scenario: Scenario,
  calendar: Calendar,
  files: TariffFiles,
  faults: Faults,
): BillingRecords | null {
  const { billing } = scenario.utility;
  if (billing === null) return null;
  const tariffs = files.sources.map((source) =>
    tariffOf(source, calendar, scenario.meters.interval),
  );
  const currency = tariffs[0]!.currency;
  tariffs.forEach((tariff, row) => {
    if (tariff.currency === currency) return;
    const { file } = files.sources[row]!;
    faults.add(
      ["utility"],
      `${file} is in ${tariff.currency}; a street has one currency, ${currency}`,
    );
  });
  return {
    tariffs,
    policy: policyOf(files.read(billing.policy, ["utility", "billing", "policy"])),
  };
}

function policyOf({ file, text }: SourceText): Policy {
  const parsed = parseYaml(text, file, PolicySchema).value;
  const { billAt, tripFrom, tripUntil, workingDaysOnly, clockLimit, theft, ...rest } = parsed;
  const { latePercentPerMonth, ...policy } = rest;
  const lateMilliPercent = Math.round(latePercentPerMonth * 1000);
  return {
    ...policy,
    billAtMinute: minuteOf(billAt),
    tripFromMinute: minuteOf(tripFrom),
    tripUntilMinute: minuteOf(tripUntil),
    isWorkingDaysOnly: workingDaysOnly,
    reconnectionFeeMinor: minor(policy.reconnectionFeeMinor),
    arrearsMinMinor: minor(policy.arrearsMinMinor),
    clockLimitMs: clockLimit,
    ...(lateMilliPercent === 0 ? {} : { lateMilliPercent }),
    theft: {
      tellAbove: theft.tellAbove,
      tellBy: theft.tellBy,
      inspectAbove: theft.inspectAbove,
      crewsPerDay: theft.crewsPerDay,
      crewTravelMs: theft.crewTravel,
      inspectFromMinute: minuteOf(theft.inspectFrom),
      inspectUntilMinute: minuteOf(theft.inspectUntil),
      isRemovedOnInspection: theft.removedOnInspection,
      powerOff: theft.powerOff,
      assessmentMinor: minor(theft.assessmentMinor),
      ...(theft.assessment === null ? {} : { assessment: theft.assessment }),
    },
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function tariffOf({ file, text }: SourceText, calendar: Calendar, intervalMs: number): Tariff {
  const { kind } = parseYaml(text, file, TariffKindSchema).value;
  if (kind === "slab") return slabTariff(parseYaml(text, file, TARIFF_SCHEMAS.slab).value);
  if (kind === "prepaid") {
    const parsed = parseYaml(text, file, TARIFF_SCHEMAS.prepaid);
    const faults = new RateFaults(file, parsed);
    const tariff = prepaidTariff(parsed.value, calendar, intervalMs, faults);
    faults.throwIfAny();
    return tariff;
  }
  const parsed = parseYaml(text, file, TARIFF_SCHEMAS["time-of-use"]);
  const faults = new RateFaults(file, parsed);
  const times = rateTimes(parsed.value, calendar, intervalMs, faults);
  faults.throwIfAny();
  return timeOfUseTariff(parsed.value, times);
}

function slabTariff(file: SlabTariffFile): SlabTariff {
  const fixed = file.fixed.map((row) => ({ ...row, monthlyMinor: minor(row.monthlyMinor) }));
  return { ...file, kind: "slab", fixed };
}

function prepaidTariff(
  file: PrepaidTariffFile,
  calendar: Calendar,
  intervalMs: number,
  faults: RateFaults,
): PrepaidTariff {
  const { kind, id, title, currency, taxPercent, debtPercent, windows, version } = file;
  const { standingDailyMinor, emergencyCreditMinor, lowCreditMinor, workingDaysOnly } = file;
  const days = windows.map((window) => ({ ...window, days: "all" as const }));
  const seasons = [{ from: "01-01", until: "12-31", windows: days }];
  const times = rateTimes({ ...file, clock: "local", seasons }, calendar, intervalMs, faults);
  const terms = {
    version,
    currency,
    rates: dayOfRates(times),
    standingDailyMinor,
    emergencyCreditMinor,
    lowCreditMinor,
    cutFromMinute: minuteOf(file.cutFrom),
    cutUntilMinute: minuteOf(file.cutUntil) || MINUTES_PER_DAY,
    isWorkingDaysOnly: workingDaysOnly,
  };
  return { kind, id, title, currency, ...times, terms, taxPercent, debtPercent };
}

/** A day of rates as a meter knows it: from which minute on which price holds. */
function dayOfRates({ rates, otherwise, seasons }: RateTimes): PrepaidTerms["rates"] {
  const windows = seasons[0]!.windows;
  const edges = windows.flatMap(({ fromMinute, untilMinute }) => [
    fromMinute,
    untilMinute % MINUTES_PER_DAY,
  ]);
  const minutes = [...new Set([0, ...edges])].sort((a, b) => a - b);
  return minutes.map((fromMinute) => {
    const window = windows.find((each) => holdsAt(each, fromMinute));
    const { priceMilliMinorPerKWh } = rates[window?.rate ?? otherwise]!;
    return { fromMinute, priceMilliMinorPerKWh };
  });
}

function timeOfUseTariff(file: TimeOfUseTariffFile, times: RateTimes): TimeOfUseTariff {
  const { kind, id, title, currency, dailyMilliMinor, monthlyMinor, taxes } = file;
  const head = { kind, id, title, currency };
  return { ...head, ...times, dailyMilliMinor, monthlyMinor: minor(monthlyMinor), taxes };
}

/** What is wrong with the times of a tariff, each with its place in the tariff's own file. */
class RateFaults {
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

type RateFile = Pick<TimeOfUseTariffFile, "rates" | "otherwise" | "clock" | "seasons">;

/** Names of rates become rows; a window that cuts through an interval of the meters cannot be billed. */
function rateTimes(
  { rates, otherwise, clock, seasons }: RateFile,
  calendar: Calendar,
  intervalMs: number,
  faults: RateFaults,
): RateTimes {
  const ids = rates.map(({ id }) => id);
  const rateRow = (id: string, path: Field): number => {
    const row = ids.indexOf(id);
    if (row >= 0) return row;
    const near = nearestWord(id, ids);
    const hint = near === undefined ? `known: ${ids.join(", ")}` : `did you mean ${near}?`;
    faults.add(path, `there is no rate ${id}; ${hint}`);
    return 0;
  };
  ids.forEach((id, at) => {
    if (ids.indexOf(id) !== at) faults.add(["rates", at, "id"], `${id} stands twice`);
  });
  return {
    rates,
    clock,
    otherwise: rateRow(otherwise, ["otherwise"]),
    seasons: seasons.map(({ from, until, windows }, s) => ({
      fromMonthDay: monthDayOf(from),
      untilMonthDay: monthDayOf(until),
      windows: windows.map((window, w) => {
        const path = ["seasons", s, "windows", w];
        for (const edge of ["from", "until"] as const) {
          if (isIntervalEdge(calendar, minuteOf(window[edge]), intervalMs)) continue;
          const minutes = intervalMs / MINUTE_MS;
          const fix = `${window[edge]} lies within an interval of the meters (${minutes} min); write an edge of one`;
          faults.add([...path, edge], fix);
        }
        return {
          rate: rateRow(window.rate, [...path, "rate"]),
          fromMinute: minuteOf(window.from),
          // Midnight as an end is the end of the day.
          untilMinute: minuteOf(window.until) || MINUTES_PER_DAY,
          days: window.days,
        };
      }),
    })),
  };
}

const monthDayOf = (text: string): number => Number(text.slice(0, 2)) * 100 + Number(text.slice(3));

/** Whether intervals begin at this local minute of the day. */
function isIntervalEdge(calendar: Calendar, minute: number, intervalMs: number): boolean {
  const { minuteOfDay } = localTime(calendar, 0);
  return ((minute - minuteOfDay) * MINUTE_MS) % intervalMs === 0;
}
