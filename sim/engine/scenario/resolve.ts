// From the files that a person writes to the one plain value that a run starts from: everything read, every
// default filled in, every name checked, every moment turned into simulated milliseconds.

import { REPORT_FIGURES } from "../../contract/report.ts";
import {
  type Calendar,
  CalendarError,
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
import { DAY_MS, HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import { DssError } from "../../grid/dss-error.ts";
import { type ImportedFeeder, type ImportedLoad, importOpenDss } from "../../grid/opendss.ts";
import { APPLIANCE_NAMES } from "../../plant/loads/appliance-table.ts";
import type { FeederSpec, LimitSpec, PowerCutSpec, SupplySpec } from "../../plant/spec.ts";
import { asksForApparent } from "../../utility/billing/demand-book.ts";
import type { BillingRecords, OpeningAccount, SupplyRecord } from "../../utility/records.ts";
import { airOf, outagesOf } from "./air.ts";
import { billingOf, TariffFiles } from "./billing.ts";
import { Faults } from "./faults.ts";
import { homeChangesOf } from "./home-changes.ts";
import { createLayout } from "./layout.ts";
import { type Assignment, parseYaml } from "./parse.ts";
import { ScenarioError } from "./problem.ts";
import { protectionOf } from "./protection.ts";
import { type BoardSwap, RESOLVED_VERSION, type ResolvedScenario } from "./resolved.ts";
import { type Scenario, ScenarioSchema } from "./schema.ts";
import type { SourceText } from "./tariff-checks.ts";
import { theftsOf } from "./thefts.ts";
import { weatherOf } from "./weather.ts";

/** Gives a file's text; `path` is relative to the scenario's folder, or begins with `$DATA/`. Throws where there is none. */
export type ReadText = (path: string) => string;

export interface ResolveOptions {
  readonly assignments?: readonly Assignment[];
  readonly seed?: number;
  readonly stepMs?: number;
}

/** What a feeder and its meter are called where there is only one. */
const ONLY_FEEDER_ID = "feeder";
const TRANSFORMER_ID = "transformer";
const DEFAULT_DAILY_WH = 6_500;
const NOMINAL_V = 230;
/** 63 A at 230 V. */
const SANCTIONED_W_PER_PHASE = 15_000;
/** A load's rated power in a network file is a mean or a peak; its shape may go above. */
const SANCTIONED_LOADS = 3;

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
  const feeders = feedersOf(scenario, file, read, faults);
  const seed = options.seed ?? scenario.seed;
  const random = randomByName(seed);
  const tariffs = new TariffFiles((path, field) => readOr(beside(file, path), field, read, faults));
  const defaults = scenario.utility.billing;
  if (defaults !== null) tariffs.rowOf(defaults.tariff, ["utility", "billing", "tariff"]);
  const moment = (text: string, path: readonly (string | number)[]): SimMs => {
    const at = parseMoment(calendar, text);
    if (at === undefined)
      faults.add(path, `"${text}" is no moment; write 2d14h or 2026-01-15T14:00`);
    return at ?? 0;
  };
  const customers = customersOf(scenario, feeders, calendar, random, tariffs, faults, moment);
  const layout = createLayout(scenario, calendar, feeders, customers.records);
  const billing = billingOf(scenario, calendar, tariffs, read, faults);
  refusePrepaidLifeSupport(scenario, customers.records, billing, faults);
  const stepMs = options.stepMs ?? scenario.step;
  if (stepMs <= 0 || stepMs > HOUR_MS || HOUR_MS % stepMs !== 0) {
    faults.add(["step"], "a step divides an hour: 1s, 10s, 1min, 5min, 15min …");
  }
  if (scenario.meters.interval % stepMs !== 0) {
    faults.add(["meters", "interval"], "the interval is a multiple of the step");
  }
  const { loads, meters, utility } = scenario;
  const currency = billing?.tariffs[0]?.currency ?? "";
  const resolved: ResolvedScenario = {
    version: RESOLVED_VERSION,
    name: scenario.name,
    title: scenario.title,
    seed,
    stepMs,
    durationMs: Math.round(scenario.days * DAY_MS),
    deviceLost: scenario.deviceLost,
    calendar,
    feeders,
    plant: {
      tolerancePu: scenario.tolerancePu,
      loads:
        loads.model === "shapes"
          ? { model: "shapes" }
          : { model: "occupancy", profile: loads.profile, scale: loads.scale },
      supplies: customers.supplies,
      meters: {
        intervalMs: meters.interval,
        customerClassPercent: meters.classPercent,
        transformerClassPercent: meters.transformerClassPercent,
        customerBasicA: meters.basicCurrentA,
        transformerRatedA: meters.transformerCurrentA,
        clockDriftPpm: meters.clockDriftPpm,
        hasNeutralSensor: meters.neutralSensor,
        ...((meters.demandRegister ?? billing?.tariffs.some(asksForApparent) ?? false)
          ? { hasDemand: true as const }
          : {}),
      },
      powerCuts: powerCutsOf(scenario, feeders, customers, moment, faults),
      thefts: theftsOf(scenario, { known: customers.known, moment, faults }),
      ...protectionOf(scenario),
    },
    air: airOf(scenario, layout, feeders, random),
    records: {
      intervalMs: meters.interval,
      supplies: customers.records,
      feeders: feeders.map((feeder) => ({ ...feeder, openingWh: 0 })),
      transformerClassPercent: meters.transformerClassPercent,
      customerClassPercent: meters.classPercent,
      assumedPowerFactor: utility.assumedPowerFactor,
      billing,
      isDetecting: utility.detection,
      commands: {
        retryMs: utility.commandRetry,
        expireMs: utility.commandExpire,
        ...reconnectGap(billing),
      },
    },
    layout: { ...layout, currency },
    outages: outagesOf(scenario, layout, moment, faults),
    ...weatherOf(scenario, moment, faults),
    ...(scenario.boards.length === 0
      ? {}
      : { boards: boardsOf(scenario, { customers, feeders }, moment, faults) }),
    expect: scenario.expect.map((row, index) => {
      const { line, column } = parsed.placeOf(["expect", index]);
      const { that, is, above, below, within } = row;
      const at = moment(row.at, ["expect", index, "at"]);
      if (!REPORT_FIGURES.includes(that)) {
        const path = ["expect", index, "that"];
        faults.unknown(path, "figure of the report", that, REPORT_FIGURES);
      }
      return { at, that, is, above, below, within, place: `${file}:${line}:${column}` };
    }),
    sources,
  };
  faults.throwIfAny();
  // JSON has no undefined: what is resolved is exactly what a recording keeps.
  return JSON.parse(JSON.stringify(resolved)) as ResolvedScenario;
}

/** A board has one element: a three-phase customer's meter stays simulated. */
function boardsOf(
  scenario: Scenario,
  {
    customers,
    feeders,
  }: { readonly customers: Customers; readonly feeders: readonly FeederSpec[] },
  moment: (text: string, path: readonly (string | number)[]) => SimMs,
  faults: Faults,
): readonly BoardSwap[] {
  return scenario.boards.map(({ target, device, from, until, lineCut }, index) => {
    customers.known(target, ["boards", index, "target"]);
    const row = customers.supplies.findIndex(({ id }) => id === target);
    const supply = customers.supplies[row];
    const load = feeders[supply?.feeder ?? 0]?.network.loads.find(({ id }) => id === supply?.load);
    if (load !== undefined && load.phases.length !== 1) {
      faults.add(["boards", index, "target"], `${target} has three phases; a board has one`);
    }
    const fromMs = moment(from, ["boards", index, "from"]);
    const untilMs = until === undefined ? null : moment(until, ["boards", index, "until"]);
    if (untilMs !== null && untilMs <= fromMs) {
      faults.add(["boards", index, "until"], "a board goes after it came: write a later moment");
    }
    const swap = { row, device, from: fromMs, until: untilMs };
    if (lineCut === undefined) return swap;
    const path = ["boards", index, "lineCut"];
    const cut = {
      from: moment(lineCut.from, [...path, "from"]),
      until: moment(lineCut.until, [...path, "until"]),
    };
    if (cut.until <= cut.from) {
      faults.add([...path, "until"], "a line comes back after it was cut: write a later moment");
    }
    return { ...swap, lineCut: cut };
  });
}

function calendarOf(scenario: Scenario, faults: Faults): Calendar {
  try {
    return createCalendar(scenario.start, scenario.zone, scenario.holidays);
  } catch (cause) {
    if (!(cause instanceof CalendarError)) throw cause;
    const { field, index, message } = cause;
    faults.add(field === "holidays" ? [field, index] : [field], message);
    faults.throwIfAny();
    throw cause;
  }
}

/** The folder of a path, with its slash. */
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);

/** Where a file is that another one names. */
export const beside = (file: string, path: string): string =>
  path.startsWith("$DATA/") || path.startsWith("/") ? path : folderOf(file) + path;

function feedersOf(
  scenario: Scenario,
  file: string,
  read: ReadText,
  faults: Faults,
): readonly FeederSpec[] {
  const { feeder } = scenario;
  if (typeof feeder === "string") {
    const network = networkOf(feeder, file, read, faults);
    return [{ id: ONLY_FEEDER_ID, network, meterId: TRANSFORMER_ID, meterSerial: "T-0001" }];
  }
  const seen = new Set<string>();
  return feeder.map(({ id, file: path, at }, index) => {
    if (seen.has(id)) faults.add(["feeder", index, "id"], `${id} stands twice; ids are unique`);
    seen.add(id);
    const network = placed(networkOf(path, file, read, faults), `${id}/`, at);
    const meterSerial = `T-${String(index + 1).padStart(4, "0")}`;
    return { id, network, meterId: `${TRANSFORMER_ID}-${id}`, meterSerial };
  });
}

/** A prepaid meter cuts by itself when the money is gone; nobody who lives by electricity has one. */
function refusePrepaidLifeSupport(
  { customers }: Scenario,
  records: readonly SupplyRecord[],
  billing: BillingRecords | null,
  faults: Faults,
): void {
  if (customers === "from-feeder") return;
  const prepaid = records.filter(({ tariff }) => billing?.tariffs[tariff]?.kind === "prepaid");
  for (const { id, lifeSupport } of prepaid) {
    if (lifeSupport !== true) continue;
    const index = customers.findIndex((row) => row.id === id);
    const fix =
      "a prepaid meter cuts when the credit is gone; give this customer a postpaid tariff";
    faults.add(["customers", index, "lifeSupport"], fix);
  }
}

/** Of the time in which a customer is promised to be on again, how many times the order goes out at least. */
const RECONNECT_TRIES_MIN = 12;

function reconnectGap(billing: BillingRecords | null): { readonly reconnectGapMaxMs?: number } {
  const withinMs = billing?.policy.dunning?.reconnectWithinMs ?? null;
  if (withinMs === null) return {};
  return { reconnectGapMaxMs: Math.max(MINUTE_MS, Math.floor(withinMs / RECONNECT_TRIES_MIN)) };
}

/** The same network under names of its own and elsewhere on the plan; loads keep the names that customers know. */
function placed(
  network: ImportedFeeder,
  prefix: string,
  [east, north]: readonly [number, number],
): ImportedFeeder {
  const named = (name: string): string => prefix + name;
  const moved = (value: number | null, by: number): number | null =>
    value === null ? null : value + by;
  const between = <
    Branch extends { readonly id: string; readonly from: string; readonly to: string },
  >(
    branch: Branch,
  ): Branch => ({
    ...branch,
    id: named(branch.id),
    from: named(branch.from),
    to: named(branch.to),
  });
  return {
    ...network,
    source: { ...network.source, bus: named(network.source.bus) },
    buses: network.buses.map((bus) => ({
      ...bus,
      name: named(bus.name),
      x: moved(bus.x, east),
      y: moved(bus.y, north),
    })),
    lines: network.lines.map(between),
    transformers: network.transformers.map(between),
    loads: network.loads.map((load) => ({ ...load, bus: named(load.bus) })),
  };
}

function powerCutsOf(
  scenario: Scenario,
  feeders: readonly FeederSpec[],
  customers: Customers,
  moment: (text: string, path: readonly (string | number)[]) => SimMs,
  faults: Faults,
): readonly PowerCutSpec[] {
  const feederIds = feeders.map(({ id }) => id);
  const supplyIds = customers.supplies.map(({ id }) => id);
  return scenario.powerCuts.flatMap((cut, index): readonly PowerCutSpec[] => {
    const from = moment(cut.from, ["powerCuts", index, "from"]);
    const until = from + cut.for;
    const { target } = cut;
    if (target === undefined) {
      return feeders.map((_, row) => ({ what: "feeder", row, from, until }));
    }
    const feeder = feederIds.indexOf(target);
    if (feeder >= 0) return [{ what: "feeder", row: feeder, from, until }];
    const row = supplyIds.indexOf(target);
    if (row < 0) {
      const what = "feeder or supply point";
      faults.unknown(["powerCuts", index, "target"], what, target, [...feederIds, ...supplyIds]);
    }
    return [{ what: "supply", row, from, until }];
  });
}

/** The text of a file that the scenario names at `field`. */
function readOr(
  path: string,
  field: readonly (string | number)[],
  read: ReadText,
  faults: Faults,
): SourceText {
  try {
    return { file: path, text: read(path) };
  } catch (cause) {
    faults.add(field, cause instanceof Error ? cause.message : String(cause));
    faults.throwIfAny();
    throw cause;
  }
}

function networkOf(path: string, file: string, read: ReadText, faults: Faults): ImportedFeeder {
  try {
    return importOpenDss(beside(file, path), read);
  } catch (cause) {
    if (cause instanceof DssError) throw new ScenarioError(cause.problems, { cause });
    if (!(cause instanceof Error)) throw cause;
    faults.add(["feeder"], cause.message);
    faults.throwIfAny();
    throw cause;
  }
}

interface Customers {
  readonly supplies: SupplySpec[];
  readonly records: SupplyRecord[];
  readonly known: (id: string, path: readonly (string | number)[]) => string;
}

type CustomerRow = Exclude<Scenario["customers"], string>[number];

function customersOf(
  scenario: Scenario,
  feeders: readonly FeederSpec[],
  calendar: Calendar,
  random: RandomByName,
  tariffs: TariffFiles,
  faults: Faults,
  moment: (text: string, path: readonly (string | number)[]) => SimMs,
): Customers {
  const allLoads = feeders.flatMap(({ network }, feeder) =>
    network.loads.map((load) => ({ ...load, feeder })),
  );
  const loads = allLoads.map(({ id }) => id);
  const twice = loads.find((id, index) => loads.indexOf(id) !== index);
  if (twice !== undefined) {
    faults.add(["feeder"], `load ${twice} stands in two feeders; names of loads are unique`);
  }
  const listed: readonly CustomerRow[] =
    scenario.customers === "from-feeder"
      ? loads.map((load, index) => fromLoad(load, index, loads.length))
      : scenario.customers;
  const loadOf = (row: CustomerRow) =>
    allLoads.find(({ id }) => id === (row.load ?? row.id).toLowerCase());
  // Rows stand in the order of their feeders, so that a feeder's rows follow each other.
  const rows = listed
    .map((row, index) => ({ row, index, load: loadOf(row) }))
    .sort((a, b) => (a.load?.feeder ?? 0) - (b.load?.feeder ?? 0) || a.index - b.index);
  const seen = new Set<string>();
  const supplies: SupplySpec[] = [];
  const records: SupplyRecord[] = [];
  rows.forEach(({ row, index, load }) => {
    const path = ["customers", index];
    const loadId = (row.load ?? row.id).toLowerCase();
    const feeder = load?.feeder ?? 0;
    if (load === undefined)
      faults.unknown([...path, row.load ? "load" : "id"], "load", loadId, loads);
    if (seen.has(row.id)) faults.add([...path, "id"], `${row.id} stands twice; ids are unique`);
    seen.add(row.id);
    row.owns.forEach((name, k) => {
      if (APPLIANCE_NAMES.includes(name)) return;
      faults.unknown([...path, "owns", k], "appliance", name, APPLIANCE_NAMES);
    });
    const opening = openingOf(row, index, calendar, random, faults);
    const serial = `M-${String(index + 1).padStart(4, "0")}`;
    supplies.push({
      id: row.id,
      feeder,
      load: loadId,
      serial,
      residents: row.residents,
      owns: row.owns,
      ...homeChangesOf(row, path, { moment, faults }),
      household: row.household ?? null,
      ...(row.solarKWp === undefined ? {} : { solarPeakW: row.solarKWp * 1000 }),
      openingWh: opening.openingWh,
      pays: habitOf(scenario, row, random),
      limit:
        row.lifeSupport === true ? null : limitOf(scenario, sanctionedOf(row.sanctionedKW, load)),
    });
    records.push({
      id: row.id,
      customer: row.name,
      address: row.address,
      feeder,
      load: loadId,
      phase: load === undefined || load.phases.length !== 1 ? 0 : load.phases[0]!,
      serial,
      sanctionedW: sanctionedOf(row.sanctionedKW, load),
      nominalVoltageV: load?.elementV ?? NOMINAL_V,
      tariff: row.tariff === undefined ? 0 : tariffs.rowOf(row.tariff, [...path, "tariff"]),
      protected: row.protected ?? null,
      ...(row.lifeSupport === true ? { lifeSupport: true as const } : {}),
      ...(row.email === undefined ? {} : { email: row.email }),
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

const sanctionedOf = (sanctionedKW: number | undefined, load: ImportedLoad | undefined): number =>
  sanctionedKW === undefined ? sanctionedW(load) : sanctionedKW * 1000;

/** What the customer's meter keeps by itself, where the scenario wants it. */
function limitOf({ meters: { limit } }: Scenario, limitW: number): LimitSpec | null {
  if (limit === undefined) return null;
  const { after, recloseAfter, recloseTries } = limit;
  return { limitW, afterMs: after, recloseAfterMs: recloseAfter, recloseTriesMax: recloseTries };
}

/** What a connection is good for unless the scenario says so: 15 kW a phase, and more for a larger load. */
function sanctionedW(load: ImportedLoad | undefined): number {
  if (load === undefined) return SANCTIONED_W_PER_PHASE;
  return Math.max(SANCTIONED_W_PER_PHASE * load.phases.length, SANCTIONED_LOADS * load.kW * 1000);
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
    owns: [],
    away: [],
    buys: [],
    openingCreditMinor: 0,
  };
}

function habitOf(scenario: Scenario, row: CustomerRow, random: RandomByName): SupplySpec["pays"] {
  const { enabled, afterBillMin, afterBillMax, afterTrip } = scenario.payments;
  if (!enabled) return { afterBillMs: null, afterTripMs: null, topsUp: null };
  const drawn = random(`payments/${row.id}`)();
  const afterBillMs = Math.round(afterBillMin + drawn * (afterBillMax - afterBillMin));
  return {
    afterBillMs: row.pays?.afterBill === undefined ? afterBillMs : row.pays.afterBill,
    afterTripMs: row.pays?.afterTrip === undefined ? afterTrip : row.pays.afterTrip,
    topsUp: topsUpOf(row),
  };
}

function topsUpOf({ pays }: CustomerRow): SupplySpec["pays"]["topsUp"] {
  if (pays?.topsUp === undefined) return null;
  const { belowMinor, amountMinor, after } = pays.topsUp;
  return { belowMinor, amountMinor, afterMs: after };
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
      creditMinor: minor(row.openingCreditMinor),
      ...(row.depositMinor === undefined ? {} : { depositMinor: minor(row.depositMinor) }),
      warnedAt:
        account?.remindedOn === undefined ? null : date(account.remindedOn, 600, ["remindedOn"]),
      noticeServedAt:
        account?.noticeServedOn === undefined
          ? null
          : date(account.noticeServedOn, 600, ["noticeServedOn"]),
    },
  };
}
