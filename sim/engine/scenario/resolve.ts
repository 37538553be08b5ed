// From the files that a person writes to the one plain value that a run starts from: everything read, every
// default filled in, every name checked, every moment turned into simulated milliseconds.

import type { StreetLayout } from "../../contract/frame.ts";
import {
  type Calendar,
  createCalendar,
  dateOfDay,
  dayOfDate,
  localTime,
  parseMoment,
  simOfLocal,
} from "../../core/calendar.ts";
import { sha256Text } from "../../core/digest.ts";
import { minor } from "../../core/money.ts";
import { type RandomByName, randomByName } from "../../core/random.ts";
import { DAY_MS, HOUR_MS, type SimMs } from "../../core/time.ts";
import { DssError } from "../../grid/dss-error.ts";
import { type ImportedFeeder, importOpenDss } from "../../grid/opendss.ts";
import type { SupplySpec } from "../../plant/spec.ts";
import type { Policy } from "../../utility/billing/policy.ts";
import type { Tariff } from "../../utility/billing/tariff.ts";
import type { OpeningAccount, SupplyRecord } from "../../utility/records.ts";
import { createLayout } from "./layout.ts";
import { type Assignment, type ParsedYaml, parseYaml } from "./parse.ts";
import { nearestWord, type Problem, ScenarioError } from "./problem.ts";
import { RESOLVED_VERSION, type ResolvedScenario } from "./resolved.ts";
import { PolicySchema, type Scenario, ScenarioSchema, TariffSchema } from "./schema.ts";

/** Gives a file's text; `path` is relative to the scenario's folder, or begins with `$DATA/`. Throws where there is none. */
export type ReadText = (path: string) => string;

export interface ResolveOptions {
  readonly assignments?: readonly Assignment[];
  readonly seed?: number;
  readonly stepMs?: number;
}

const TRANSFORMER_ID = "transformer";
const DEFAULT_DAILY_WH = 6_500;

/** Reads and resolves a scenario. Throws ScenarioError with every fault that was found. */
export function resolveScenario(
  file: string,
  readText: ReadText,
  options: ResolveOptions = {},
): ResolvedScenario {
  const sources: { path: string; sha256: string }[] = [];
  const read = (path: string): string => {
    const text = readText(path);
    sources.push({ path, sha256: sha256Text(text) });
    return text;
  };
  const parsed = parseYaml(read(file), file, ScenarioSchema, options.assignments);
  const scenario = parsed.value;
  const faults = new Faults(file, parsed);
  const calendar = calendarOf(scenario, faults);
  const feeder = feederOf(scenario, file, read, faults);
  const seed = options.seed ?? scenario.seed;
  const random = randomByName(seed);
  const customers = customersOf(scenario, feeder, calendar, random, faults);
  const layout = createLayout(scenario, calendar, feeder, customers.records);
  const billing = billingOf(scenario, file, read, faults);
  const moment = (text: string, path: readonly (string | number)[]): SimMs => {
    const at = parseMoment(calendar, text);
    if (at === undefined)
      faults.add(path, `"${text}" is no moment; write 2d14h or 2026-01-15T14:00`);
    return at ?? 0;
  };
  const stepMs = options.stepMs ?? scenario.step;
  if (stepMs <= 0 || stepMs > HOUR_MS || HOUR_MS % stepMs !== 0) {
    faults.add(["step"], "a step divides an hour: 1s, 10s, 1min, 5min, 15min …");
  }
  if (scenario.meters.interval % stepMs !== 0) {
    faults.add(["meters", "interval"], "the interval is a multiple of the step");
  }
  const { loads, meters, utility } = scenario;
  const currency = billing?.tariff.currency ?? "";
  const resolved: ResolvedScenario = {
    version: RESOLVED_VERSION,
    name: scenario.name,
    title: scenario.title,
    seed,
    stepMs,
    durationMs: Math.round(scenario.days * DAY_MS),
    deviceLost: scenario.deviceLost,
    calendar,
    feeder,
    plant: {
      tolerancePu: scenario.tolerancePu,
      loads:
        loads.model === "shapes" ? { model: "shapes" } : { model: "occupancy", scale: loads.scale },
      supplies: customers.supplies,
      meters: {
        intervalMs: meters.interval,
        customerClassPercent: meters.classPercent,
        transformerClassPercent: meters.transformerClassPercent,
        transformerId: TRANSFORMER_ID,
        transformerSerial: "T-0001",
        transformerOpeningWh: 0,
      },
      thefts: scenario.thefts.map((theft, index) => ({
        target: customers.known(theft.target, ["thefts", index, "target"]),
        kind: theft.kind,
        share: theft.share,
        from: moment(theft.from, ["thefts", index, "from"]),
        until: theft.until === undefined ? null : moment(theft.until, ["thefts", index, "until"]),
      })),
    },
    air: airOf(scenario, layout),
    records: {
      intervalMs: meters.interval,
      supplies: customers.records,
      transformer: {
        meterId: TRANSFORMER_ID,
        classPercent: meters.transformerClassPercent,
        openingWh: 0,
      },
      customerClassPercent: meters.classPercent,
      assumedPowerFactor: utility.assumedPowerFactor,
      billing,
      isDetecting: utility.detection,
      commands: { retryMs: utility.commandRetry, expireMs: utility.commandExpire },
    },
    layout: { ...layout, currency },
    outages: scenario.outages.map((outage, index) => {
      const from = moment(outage.from, ["outages", index, "from"]);
      const ids = scenario.air.masts.map(({ id }) => id);
      const mast = ids.indexOf(outage.mast);
      if (mast < 0) faults.unknown(["outages", index, "mast"], "mast", outage.mast, ids);
      return { mast, from, until: from + outage.for };
    }),
    expect: scenario.expect.map((row, index) => {
      const { line, column } = parsed.placeOf(["expect", index]);
      const { that, is, above, below, within } = row;
      const at = moment(row.at, ["expect", index, "at"]);
      return { at, that, is, above, below, within, place: `${file}:${line}:${column}` };
    }),
    sources,
  };
  faults.throwIfAny();
  // JSON has no undefined: what is resolved is exactly what a recording keeps.
  return JSON.parse(JSON.stringify(resolved)) as ResolvedScenario;
}

/** Collects what is wrong, each with its place. */
class Faults {
  readonly problems: Problem[] = [];
  private readonly file: string;
  private readonly parsed: ParsedYaml<Scenario>;
  constructor(file: string, parsed: ParsedYaml<Scenario>) {
    this.file = file;
    this.parsed = parsed;
  }
  add(path: readonly (string | number)[], fix: string): void {
    this.problems.push({
      file: this.file,
      ...this.parsed.placeOf(path),
      field: path.join("."),
      fix,
    });
  }
  unknown(
    path: readonly (string | number)[],
    what: string,
    name: string,
    known: readonly string[],
  ): void {
    const near = nearestWord(name, known);
    const hint =
      near === undefined ? `known: ${known.slice(0, 6).join(", ")}` : `did you mean ${near}?`;
    this.add(path, `there is no ${what} ${name}; ${hint}`);
  }
  throwIfAny(): void {
    if (this.problems.length > 0) throw new ScenarioError(this.problems);
  }
}

function calendarOf(scenario: Scenario, faults: Faults): Calendar {
  try {
    return createCalendar(scenario.start, scenario.zone, scenario.holidays);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const path = /zone/i.test(message) ? ["zone"] : ["start"];
    faults.add(path, `${message}; write start: "2026-01-12T00:00" and zone: Asia/Kolkata`);
    faults.throwIfAny();
    throw cause;
  }
}

/** The folder of a path, with its slash. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

const beside = (file: string, path: string): string =>
  path.startsWith("$DATA/") || path.startsWith("/") ? path : folderOf(file) + path;

function feederOf(
  scenario: Scenario,
  file: string,
  read: ReadText,
  faults: Faults,
): ImportedFeeder {
  try {
    return importOpenDss(beside(file, scenario.feeder), read);
  } catch (cause) {
    if (cause instanceof DssError) throw new ScenarioError(cause.problems, { cause });
    if (!(cause instanceof Error)) throw cause;
    faults.add(["feeder"], cause.message);
    faults.throwIfAny();
    throw cause;
  }
}

function billingOf(
  scenario: Scenario,
  file: string,
  read: ReadText,
  faults: Faults,
): { readonly tariff: Tariff; readonly policy: Policy } | null {
  const files = scenario.utility.billing;
  if (files === null) return null;
  const readBeside = (path: string, field: "tariff" | "policy"): string => {
    try {
      return read(beside(file, path));
    } catch (cause) {
      faults.add(
        ["utility", "billing", field],
        cause instanceof Error ? cause.message : String(cause),
      );
      faults.throwIfAny();
      throw cause;
    }
  };
  const tariffFile = beside(file, files.tariff);
  const tariff = parseYaml(readBeside(files.tariff, "tariff"), tariffFile, TariffSchema).value;
  const policyFile = beside(file, files.policy);
  const { billAt, tripFrom, tripUntil, workingDaysOnly, ...policy } = parseYaml(
    readBeside(files.policy, "policy"),
    policyFile,
    PolicySchema,
  ).value;
  return {
    tariff: {
      ...tariff,
      fixed: tariff.fixed.map((row) => ({ ...row, monthlyMinor: minor(row.monthlyMinor) })),
    },
    policy: {
      ...policy,
      billAtMinute: minuteOf(billAt),
      tripFromMinute: minuteOf(tripFrom),
      tripUntilMinute: minuteOf(tripUntil),
      isWorkingDaysOnly: workingDaysOnly,
      reconnectionFeeMinor: minor(policy.reconnectionFeeMinor),
      arrearsMinMinor: minor(policy.arrearsMinMinor),
    },
  };
}

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

interface Customers {
  readonly supplies: SupplySpec[];
  readonly records: SupplyRecord[];
  readonly known: (id: string, path: readonly (string | number)[]) => string;
}

type CustomerRow = Exclude<Scenario["customers"], string>[number];

function customersOf(
  scenario: Scenario,
  feeder: ImportedFeeder,
  calendar: Calendar,
  random: RandomByName,
  faults: Faults,
): Customers {
  const rows: readonly CustomerRow[] =
    scenario.customers === "from-feeder"
      ? feeder.loads.map((load, index) => fromLoad(load.id, index, feeder.loads.length))
      : scenario.customers;
  const loads = feeder.loads.map(({ id }) => id);
  const seen = new Set<string>();
  const supplies: SupplySpec[] = [];
  const records: SupplyRecord[] = [];
  rows.forEach((row, index) => {
    const path = ["customers", index];
    const loadId = (row.load ?? row.id).toLowerCase();
    const load = feeder.loads.find(({ id }) => id === loadId);
    if (load === undefined)
      faults.unknown([...path, row.load ? "load" : "id"], "load", loadId, loads);
    if (seen.has(row.id)) faults.add([...path, "id"], `${row.id} stands twice; ids are unique`);
    seen.add(row.id);
    const opening = openingOf(row, index, calendar, random, faults);
    supplies.push({
      id: row.id,
      load: loadId,
      serial: `M-${String(index + 1).padStart(4, "0")}`,
      residents: row.residents,
      openingWh: opening.openingWh,
      pays: habitOf(scenario, row, random),
    });
    records.push({
      id: row.id,
      customer: row.name,
      address: row.address,
      load: loadId,
      phase: load === undefined || load.phases.length !== 1 ? 0 : load.phases[0]!,
      openingWh: opening.openingWh,
      account: opening.account,
    });
  });
  const taken = new Set(supplies.map(({ load }) => load));
  const orphans = loads.filter((id) => !taken.has(id));
  if (orphans.length > 0) {
    faults.add(["customers"], `load ${orphans[0]} of the feeder has no customer; add one`);
  }
  const ids = supplies.map(({ id }) => id);
  const known = (id: string, path: readonly (string | number)[]): string => {
    if (!ids.includes(id)) faults.unknown(path, "supply point", id, ids);
    return id;
  };
  return { supplies, records, known };
}

function fromLoad(load: string, index: number, count: number): CustomerRow {
  const digits = Math.max(2, String(count).length);
  const number = String(index + 1).padStart(digits, "0");
  return {
    id: `supply-${number}`,
    load,
    name: `Customer ${index + 1}`,
    address: load,
    residents: 3,
  };
}

function habitOf(scenario: Scenario, row: CustomerRow, random: RandomByName): SupplySpec["pays"] {
  const { enabled, afterBillMin, afterBillMax, afterTrip } = scenario.payments;
  if (!enabled) return { afterBillMs: null, afterTripMs: null };
  const drawn = random(`payments/${row.id}`)();
  const afterBillMs = Math.round(afterBillMin + drawn * (afterBillMax - afterBillMin));
  return {
    afterBillMs: row.pays?.afterBill === undefined ? afterBillMs : row.pays.afterBill,
    afterTripMs: row.pays?.afterTrip === undefined ? afterTrip : row.pays.afterTrip,
  };
}

function openingOf(
  row: CustomerRow,
  index: number,
  calendar: Calendar,
  random: RandomByName,
  faults: Faults,
): { readonly openingWh: number; readonly account: OpeningAccount } {
  const next = random(`opening/${row.id}`);
  const openingWh = Math.floor(2_000_000 + 7_000_000 * next());
  const startDay = localTime(calendar, 0).day;
  const { year, month } = dateOfDay(startDay);
  const firstOfMonth = dayOfDate(year, month, 1);
  const dailyWh = Math.floor(DEFAULT_DAILY_WH * (0.6 + 0.8 * next()));
  const date = (text: string, minute: number, path: readonly (string | number)[]): SimMs => {
    const at = parseMoment(calendar, text);
    const isDate = /^\d{4}-\d\d-\d\d$/.test(text) && at !== undefined;
    if (!isDate)
      faults.add(
        ["customers", index, "account", ...path],
        `"${text}" is no date; write 2026-01-02`,
      );
    return (at ?? 0) + minute * 60_000;
  };
  const account = row.account;
  return {
    openingWh,
    account: {
      billedThroughWh: openingWh - dailyWh * (startDay - firstOfMonth),
      billedThrough: simOfLocal(calendar, firstOfMonth, 0),
      items: (account?.items ?? []).map((item, k) => ({
        label: item.label,
        amountMinor: minor(item.amountMinor),
        dueAt: date(item.due, 23 * 60 + 59, ["items", k, "due"]),
      })),
      remindedAt:
        account?.remindedOn === undefined ? null : date(account.remindedOn, 600, ["remindedOn"]),
      noticeServedAt:
        account?.noticeServedOn === undefined
          ? null
          : date(account.noticeServedOn, 600, ["noticeServedOn"]),
    },
  };
}

function airOf(scenario: Scenario, layout: StreetLayout): ResolvedScenario["air"] {
  const { air, meters } = scenario;
  const places = [
    ...layout.supplies.map(({ x, y }) => ({ x, y })),
    { x: layout.transformer.x, y: layout.transformer.y },
  ];
  const mastOfMeter = places.map(({ x, y }) => {
    let nearest = 0;
    let nearestSquare = Number.POSITIVE_INFINITY;
    air.masts.forEach((mast, index) => {
      const square = (mast.x - x) * (mast.x - x) + (mast.y - y) * (mast.y - y);
      if (square < nearestSquare) {
        nearest = index;
        nearestSquare = square;
      }
    });
    return nearest;
  });
  return {
    masts: air.masts,
    mastOfMeter,
    intervalMs: meters.interval,
    delayMinMs: air.delayMin,
    delayMeanMs: air.delayMean,
    lossShare: air.lossShare,
    duplicateShare: air.duplicateShare,
    spreadMs: air.spread,
    retryMs: air.retry,
    outboxMax: air.outboxMax,
  };
}
