// A tariff: from its file, and the files of its later versions, to what bills are made by.

import type { PrepaidTerms } from "../../contract/reading.ts";
import { type Calendar, localTime } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { MINUTE_MS, minuteOf } from "../../core/time.ts";
import { cycleMonthsOf } from "../../utility/billing/cycle.ts";
import { holdsAt } from "../../utility/billing/rates.ts";
import type {
  PostpaidTariff,
  PrepaidTariff,
  Rate,
  RateTimes,
  SlabTariff,
  Tariff,
  TariffChange,
  TimeOfUseTariff,
} from "../../utility/billing/tariff.ts";
import type { BillTerms, Rebate } from "../../utility/billing/terms.ts";
import { parseYaml } from "./parse.ts";
import { readPriceTable } from "./price-table.ts";
import {
  checkSeasons,
  checkSlabs,
  checkTerms,
  checkWindows,
  dayOfText,
  type Field,
  MINUTES_PER_DAY,
  type SourceText,
  TariffFaults,
  timeOfMinute,
  unknownRate,
} from "./tariff-checks.ts";
import {
  type HalfHourlyTariffFile,
  type PostpaidFile,
  type PrepaidTariffFile,
  type SlabTariffFile,
  TARIFF_SCHEMAS,
  TariffKindSchema,
  type TimeOfUseTariffFile,
} from "./tariff-schema.ts";

/** What the company's meters can be billed by, and how later versions are read. */
export interface TariffReading {
  readonly calendar: Calendar;
  readonly intervalMs: number;
  readonly read: (path: string) => string;
}

/** Reads and checks a tariff. Throws ScenarioError with everything that is wrong. */
export function readTariff(source: SourceText, reading: TariffReading): Tariff {
  const { file, text } = source;
  const { kind } = parseYaml(text, file, TariffKindSchema).value;
  if (kind === "prepaid") {
    const parsed = parseYaml(text, file, TARIFF_SCHEMAS.prepaid);
    const faults = new TariffFaults(file, parsed);
    const tariff = prepaidTariff(parsed.value, reading, faults);
    faults.throwIfAny();
    return tariff;
  }
  const parsed = parseYaml(text, file, TARIFF_SCHEMAS[kind]);
  const faults = new TariffFaults(file, parsed);
  const tariff = postpaidTariff(parsed.value, source, reading, faults);
  faults.throwIfAny();
  const changes = changesOf(parsed.value, tariff, source, reading, faults);
  faults.throwIfAny();
  return changes.length === 0 ? tariff : { ...tariff, changes };
}

function postpaidTariff(
  file: SlabTariffFile | TimeOfUseTariffFile | HalfHourlyTariffFile,
  source: SourceText,
  reading: TariffReading,
  faults: TariffFaults,
): PostpaidTariff {
  if (file.kind === "time-of-use") return timeOfUseTariff(file, reading, faults);
  if (file.kind === "half-hourly") return halfHourlyTariff(file, source, reading, faults);
  checkSlabs(file, faults);
  checkTerms(file, 0, faults);
  return slabTariff(file);
}

function slabTariff(file: SlabTariffFile): SlabTariff {
  const { id, title, currency, blocks, wholeUse, dutyPercent, taxes } = file;
  const priced = (rows: SlabTariffFile["blocks"]): SlabTariff["blocks"] =>
    rows.map(({ uptoKWh, priceMilliMinorPerKWh }) => ({ uptoKWh, priceMilliMinorPerKWh }));
  return {
    id,
    title,
    currency,
    kind: "slab",
    blocks: priced(blocks),
    wholeUse: priced(wholeUse),
    fixed: file.fixed.map((row) => ({ ...row, monthlyMinor: minor(row.monthlyMinor) })),
    dutyPercent,
    ...(taxes === undefined ? {} : { taxes }),
    ...termsOf(file),
  };
}

function timeOfUseTariff(
  file: TimeOfUseTariffFile,
  reading: TariffReading,
  faults: TariffFaults,
): TimeOfUseTariff {
  const { kind, id, title, currency, dailyMilliMinor, monthlyMinor, taxes } = file;
  checkSeasons(file, faults);
  checkTerms(file, file.rates.length, faults);
  const times = rateTimes(file, reading, faults);
  const head = { kind, id, title, currency };
  const rest = { dailyMilliMinor, monthlyMinor: minor(monthlyMinor), taxes, ...termsOf(file) };
  return { ...head, ...times, ...rest };
}

/** Every slot is a rate with a window of its own, and every other price of a table another one. */
function halfHourlyTariff(
  file: HalfHourlyTariffFile,
  source: SourceText,
  { calendar, intervalMs, read }: TariffReading,
  faults: TariffFaults,
): TimeOfUseTariff {
  const { id, title, currency, clock, dailyMilliMinor, monthlyMinor, taxes, slotMinutes } = file;
  const rates = slotRates(file, faults);
  checkTerms(file, rates.length, faults);
  const isEven =
    (slotMinutes * MINUTE_MS) % intervalMs === 0 && isIntervalEdge(calendar, 0, intervalMs);
  if (!isEven) {
    const minutes = intervalMs / MINUTE_MS;
    const fix = `slots of ${slotMinutes} min are not made of whole intervals of the meters (${minutes} min)`;
    faults.add(["slotMinutes"], fix);
  }
  const windows = rates.map((_, rate) => ({
    rate,
    fromMinute: rate * slotMinutes,
    untilMinute: (rate + 1) * slotMinutes,
    days: "all" as const,
  }));
  const seasons = [{ fromMonthDay: 101, untilMonthDay: 1231, windows }];
  const head = { kind: "time-of-use", isBySlot: true, id, title, currency } as const;
  const { table: path, capMilliMinorPerKWh: cap } = file;
  const priced =
    path === undefined
      ? { rates }
      : readPriceTable(
          { path: besideFile(source.file, path), slotMinutes, cap, rates },
          { read, add: (fix) => faults.add(["table"], fix) },
        );
  const times = { otherwise: 0, clock, seasons, ...priced };
  const rest = { dailyMilliMinor, monthlyMinor: minor(monthlyMinor), taxes, ...termsOf(file) };
  return { ...head, ...times, ...rest };
}

/** One whole day of slots, or a fault that says where it has a gap or two prices. */
function slotRates(
  { slots, slotMinutes, capMilliMinorPerKWh: cap }: HalfHourlyTariffFile,
  faults: TariffFaults,
): readonly Rate[] {
  const rates: Rate[] = [];
  let next = 0;
  slots.forEach(({ from, pricesMilliMinorPerKWh }, row) => {
    const begin = minuteOf(from);
    const [is, was] = [timeOfMinute(begin), timeOfMinute(next)];
    if (begin > next) {
      const fix = `${was} to ${is} has no price; begin this row at ${was}, or add one before it`;
      faults.add(["slots", row, "from"], fix);
    }
    if (begin < next) {
      const fix = `${is} to ${was} has a price already; begin this row at ${was}`;
      faults.add(["slots", row, "from"], fix);
    }
    pricesMilliMinorPerKWh.forEach((price, at) => {
      const minute = begin + at * slotMinutes;
      const title = `${timeOfMinute(minute)} to ${timeOfMinute(minute + slotMinutes)}`;
      const priceMilliMinorPerKWh = cap === undefined ? price : Math.min(price, cap);
      rates.push({ id: `slot-${minute}`, title, priceMilliMinorPerKWh });
    });
    next = begin + pricesMilliMinorPerKWh.length * slotMinutes;
    if (next <= MINUTES_PER_DAY) return;
    const over = (next - MINUTES_PER_DAY) / slotMinutes;
    const fix = `runs ${over} slots past midnight; a day from ${from} has room for ${pricesMilliMinorPerKWh.length - over}`;
    faults.add(["slots", row, "pricesMilliMinorPerKWh"], fix);
  });
  if (next < MINUTES_PER_DAY) {
    const missing = (MINUTES_PER_DAY - next) / slotMinutes;
    const fix = `${timeOfMinute(next)} to 24:00 has no price; add ${missing} more, slots of ${slotMinutes} min`;
    faults.add(["slots"], fix);
  }
  return rates;
}

function prepaidTariff(
  file: PrepaidTariffFile,
  reading: TariffReading,
  faults: TariffFaults,
): PrepaidTariff {
  const { kind, id, title, currency, taxPercent, debtPercent, windows, version } = file;
  const { standingDailyMinor, emergencyCreditMinor, lowCreditMinor, workingDaysOnly } = file;
  checkWindows(windows, ["windows"], faults);
  const days = windows.map((window) => ({ ...window, days: "all" as const }));
  const seasons = [{ from: "01-01", until: "12-31", windows: days }];
  const times = rateTimes({ ...file, clock: "local", seasons }, reading, faults);
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
  const { alertPercents } = file;
  const alerts = alertPercents === undefined ? {} : { alertPercents };
  return { kind, id, title, currency, ...times, terms, taxPercent, debtPercent, ...alerts };
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

/** What a file says of the rest of a bill; no key where it says nothing. */
function termsOf(file: PostpaidFile): { readonly terms?: BillTerms } {
  const { demand, surcharges, powerFactor, rents, rebates, minimumMinor, rounding } = file;
  const hundredths = (ratio: number): number => Math.round(ratio * 100);
  const terms: BillTerms = {
    ...(demand && {
      demand: {
        unit: demand.unit === "kVA" ? "VA" : "W",
        priceMilliMinorPerKilo: demand.priceMilliMinor,
        contractPercent: demand.contractPercent,
        excessPercent: demand.excessPercent,
      },
    }),
    ...(surcharges && { surcharges }),
    ...(powerFactor && {
      powerFactor: {
        belowHundredths: hundredths(powerFactor.penaltyBelow),
        penaltyPercent: powerFactor.penaltyPercent,
        aboveHundredths: hundredths(powerFactor.incentiveAbove),
        incentivePercent: powerFactor.incentivePercent,
      },
    }),
    ...(rents && {
      rents: rents.map((rent) => ({ ...rent, monthlyMinor: minor(rent.monthlyMinor) })),
    }),
    ...(rebates && { rebates: rebates.map(rebateOf) }),
    ...(minimumMinor !== undefined && { minimumMinor: minor(minimumMinor) }),
    ...(file.export && { export: file.export }),
    ...(rounding && { roundToMinor: rounding.to }),
    ...(file.energyUnit === "kVAh" && { energyUnit: "VAh" }),
    ...((file.cycleMonths ?? 1) > 1 && { cycleMonths: file.cycleMonths }),
    ...(file.partMonthDays !== undefined && { partMonthDays: file.partMonthDays }),
  };
  return Object.keys(terms).length === 0 ? {} : { terms };
}

function rebateOf(row: NonNullable<PostpaidFile["rebates"]>[number]): Rebate {
  const { title, whereUptoKWh, percent, on, priceMilliMinorPerKWh, firstKWh, monthlyMinor } = row;
  const where = whereUptoKWh === undefined ? {} : { whereUptoKWh };
  if (percent !== undefined) {
    return { title, of: { kind: "percent", percent, on: on ?? "energy" }, ...where };
  }
  if (priceMilliMinorPerKWh !== undefined) {
    const of = { kind: "per-kWh", priceMilliMinorPerKWh, firstKWh: firstKWh ?? null } as const;
    return { title, of, ...where };
  }
  return { title, of: { kind: "monthly", monthlyMinor: minor(monthlyMinor ?? 0) }, ...where };
}

/** Later versions: in rising order of their dates, each of the same kind, with the same rates and the same currency. */
function changesOf(
  { changes = [] }: PostpaidFile,
  first: PostpaidTariff,
  source: SourceText,
  reading: TariffReading,
  faults: TariffFaults,
): readonly TariffChange[] {
  let lastDay = Number.NEGATIVE_INFINITY;
  return changes.flatMap(({ from, file }, row): TariffChange[] => {
    const path = ["changes", row];
    const fromDay = dayOfText(from);
    if (fromDay === undefined) {
      faults.add([...path, "from"], `there is no day ${from} in the calendar`);
      return [];
    }
    if (fromDay <= lastDay) {
      faults.add(
        [...path, "from"],
        `${from} is not after the change before it; write them in order`,
      );
    }
    lastDay = fromDay;
    const text = readChange(file, path, source, reading, faults);
    if (text === undefined) return [];
    const tariff = readTariff(text, reading);
    const fix = unlike(first, tariff);
    if (fix !== undefined) faults.add([...path, "file"], fix);
    return fix === undefined && tariff.kind !== "prepaid" ? [{ fromDay, tariff }] : [];
  });
}

/** A path as a tariff's file writes it: beside the file, unless it says where. */
function besideFile(file: string, path: string): string {
  const folder = file.slice(0, file.lastIndexOf("/") + 1);
  return path.startsWith("/") || path.startsWith("$DATA/") ? path : folder + path;
}

function readChange(
  file: string,
  path: Field,
  source: SourceText,
  { read }: TariffReading,
  faults: TariffFaults,
): SourceText | undefined {
  const full = besideFile(source.file, file);
  if (full === source.file) {
    faults.add([...path, "file"], "is this file itself; name the file with the new prices");
    return undefined;
  }
  try {
    const text = read(full);
    const { value } = parseYaml(text, full, TariffKindSchema);
    if (!("changes" in value)) return { file: full, text };
    faults.add([...path, "file"], `${full} has changes of its own; list them here`);
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    faults.add([...path, "file"], cause.message);
  }
  return undefined;
}

/** Why one tariff cannot go on as the other. */
function unlike(first: PostpaidTariff, next: Tariff): string | undefined {
  if (next.currency !== first.currency) {
    return `is in ${next.currency}; a tariff keeps its currency, ${first.currency}`;
  }
  const [months, nextMonths] = [cycleMonthsOf(first), cycleMonthsOf(next)];
  if (months !== nextMonths) {
    return `is billed every ${nextMonths} months; a tariff keeps its cycle, ${months}`;
  }
  const [was, is] = [first, next].map(({ kind }) => kind);
  const isSlotted = (of: Tariff): boolean => of.kind === "time-of-use" && of.isBySlot === true;
  if (was !== is || isSlotted(first) !== isSlotted(next)) {
    return "is of another kind; a customer who changes to it gets another tariff, not a version of this one";
  }
  if (first.kind !== "time-of-use" || next.kind !== "time-of-use") return undefined;
  const ids = (of: TimeOfUseTariff): string => of.rates.map(({ id }) => id).join(", ");
  return ids(first) === ids(next)
    ? undefined
    : `has the rates ${ids(next)}; registers go on only with the same ones: ${ids(first)}`;
}

type RateFile = Pick<TimeOfUseTariffFile, "rates" | "otherwise" | "clock" | "seasons">;

/** Names of rates become rows; a window that cuts through an interval of the meters cannot be billed. */
function rateTimes(
  { rates, otherwise, clock, seasons }: RateFile,
  { calendar, intervalMs }: TariffReading,
  faults: TariffFaults,
): RateTimes {
  const ids = rates.map(({ id }) => id);
  const rateRow = (id: string, path: Field): number => {
    const row = ids.indexOf(id);
    if (row < 0) faults.add(path, unknownRate(id, ids));
    return Math.max(0, row);
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

export const monthDayOf = (text: string): number =>
  Number(text.slice(0, 2)) * 100 + Number(text.slice(3));

/** Whether intervals begin at this local minute of the day. */
function isIntervalEdge(calendar: Calendar, minute: number, intervalMs: number): boolean {
  const { minuteOfDay } = localTime(calendar, 0);
  return ((minute - minuteOfDay) * MINUTE_MS) % intervalMs === 0;
}
