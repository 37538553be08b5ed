// Tariffs and the policy of credit control: from their files to what the company keeps in its records.

import type { Calendar } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { minuteOf } from "../../core/time.ts";
import type { DunningPolicy, Policy } from "../../utility/billing/policy.ts";
import type { BillingRecords } from "../../utility/records.ts";
import { type DunningFile, weekdayNumber } from "./dunning-schema.ts";
import type { Faults } from "./faults.ts";
import { parseYaml } from "./parse.ts";
import { PolicySchema, type Scenario } from "./schema.ts";
import type { Field, SourceText } from "./tariff-checks.ts";
import { monthDayOf, readTariff } from "./tariff-file.ts";

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
  read: (path: string) => string,
  faults: Faults,
): BillingRecords | null {
  const { billing } = scenario.utility;
  if (billing === null) return null;
  const readings = { calendar, intervalMs: scenario.meters.interval, read };
  const tariffs = files.sources.map((source) => readTariff(source, readings));
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
  const { billAt, tripFrom, tripUntil, workingDaysOnly, clockLimit, theft, dunning, ...rest } =
    parsed;
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
    dunning: dunningPolicy(dunning),
  };
}

function dunningPolicy(file: DunningFile): DunningPolicy {
  return {
    warningDaysAfterDue: file.warningDaysAfterDue,
    tellBy: file.tell,
    noTripWeekdays: file.noTripWeekdays.map(weekdayNumber),
    noTripDates: datesOf(file.noTripDates),
    ...(file.protectedDates === undefined ? {} : { protectedDates: datesOf(file.protectedDates) }),
    isNoTripBeforeDayOff: file.noTripBeforeDayOff,
    tripsPerDayMax: file.tripsPerDayMax,
    twoPersons: file.twoPersonRule,
    reconnectWithinMs: file.reconnectWithin,
  };
}

const datesOf = (dates: DunningFile["noTripDates"]): DunningPolicy["noTripDates"] =>
  dates.map(({ name, from, until }) => ({
    name,
    fromMonthDay: monthDayOf(from),
    untilMonthDay: monthDayOf(until),
  }));
