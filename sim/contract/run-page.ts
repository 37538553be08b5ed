// The report of a run on one page: what a reader wants to see of it, before anybody has drawn it. Made from a report,
// the layout and moments; holds nothing of the truth where that is hidden.

import { type Calendar, formatLocal } from "../core/calendar.ts";
import { formatDuration, type SimMs } from "../core/time.ts";
import { plainMoneyText } from "./bill-form.ts";
import type { BeliefStreet, CaseView, StreetLayout, TruthStreet } from "./frame.ts";
import type { RunReport } from "./report.ts";

/** One moment of a run as far as plots need it. */
export interface RunMoment {
  readonly simMs: SimMs;
  /** Null where the truth is hidden or was not kept. */
  readonly truth: Pick<TruthStreet, "sourceW" | "lossesW" | "minVoltageV" | "maxVoltageV"> | null;
  readonly company: Pick<BeliefStreet, "transformerPowerW" | "unexplainedWh"> | null;
  /** Homes whose newest reading is not overdue; null where that was not kept. */
  readonly homesOnTime: number | null;
}

/** An outage, a blown fuse, or what else failed, in a sentence. */
export interface RunIncident {
  readonly at: SimMs;
  readonly text: string;
}

export interface RunPageSource {
  readonly layout: Pick<StreetLayout, "title" | "supplies">;
  readonly calendar: Calendar;
  /** Null where a recording was cut off before its end. */
  readonly report: RunReport | null;
  readonly scenario: string;
  readonly seed: number;
  readonly simulatedMs: SimMs;
  /** In order of time. */
  readonly moments: readonly RunMoment[];
  readonly incidents: readonly RunIncident[];
  readonly cases: readonly CaseView[];
  /** The truth is hidden: the page has only what the company knows. */
  readonly isHidden: boolean;
  /** Command lines that give this run again. */
  readonly again: readonly string[];
}

export interface RunPlot {
  readonly title: string;
  readonly unit: string;
  /** Simulated, one a point. */
  readonly atMs: readonly SimMs[];
  readonly lines: readonly {
    readonly name: string;
    readonly hex: string;
    readonly values: readonly (number | null)[];
  }[];
  /** Ends of the axis of values. */
  readonly low: number;
  readonly high: number;
  /** Under the plot. */
  readonly from: string;
  readonly to: string;
}

export interface RunPage {
  readonly title: string;
  readonly subtitle: string;
  /** Why something is not on it; empty where everything is. */
  readonly note: string;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly plots: readonly RunPlot[];
  readonly lists: readonly { readonly title: string; readonly rows: readonly string[] }[];
  readonly again: readonly string[];
}

const BLUE = "#1f5fa8";
const AMBER = "#b45f06";
const ROWS_MAX = { cases: 6, incidents: 5 } as const;
const SENTENCE_MAX = 280;
/** Of `2026-01-12 06:30:00`, without the seconds. */
const MINUTES_LENGTH = 16;
const MISSING = "The truth is hidden: this page has only what the company knows.";
const CUT_OFF = "The recording was cut off before its end: totals are missing.";

const kWh = (value: number): string => `${value.toFixed(1)} kWh`;
const short = (text: string): string =>
  text.length <= SENTENCE_MAX ? text : `${text.slice(0, SENTENCE_MAX - 1).trimEnd()}…`;

/** The page of a run. */
export function runPage(source: RunPageSource): RunPage {
  const { layout, calendar, report, scenario, seed, simulatedMs, isHidden } = source;
  const when = (ms: SimMs): string => formatLocal(calendar, ms).slice(0, MINUTES_LENGTH);
  const notes = [...(isHidden ? [MISSING] : []), ...(report === null ? [CUT_OFF] : [])];
  return {
    title: layout.title,
    // Who knows the seed can run the truth for himself.
    subtitle: `${scenario}${isHidden ? "" : `, seed ${seed}`}: ${formatDuration(simulatedMs)} from ${when(0)} to ${when(simulatedMs)}`,
    note: notes.join(" "),
    facts: factsOf(source),
    plots: plotsOf(source, when),
    lists: [
      { title: `Cases (${source.cases.length})`, rows: caseRows(source, when) },
      {
        title: `Outages and faults (${source.incidents.length})`,
        rows: shortened(
          source.incidents.map(({ at, text }) => short(`${when(at)}: ${text}`)),
          ROWS_MAX.incidents,
        ),
      },
    ],
    again: [
      ...(isHidden ? [] : source.again),
      ...(report === null || isHidden ? [] : [`final hash ${report.finalHash}`]),
    ],
  };
}

function shortened(rows: readonly string[], most: number): readonly string[] {
  if (rows.length <= most) return rows;
  return [...rows.slice(0, most - 1), `… and ${rows.length - most + 1} more`];
}

function caseRows(
  { cases, layout }: RunPageSource,
  when: (ms: SimMs) => string,
): readonly string[] {
  const nameOf = (supply: string): string =>
    layout.supplies.find(({ id }) => id === supply)?.address ?? supply;
  const rows = cases.map((each) => {
    const head = `${when(each.openedAt)} ${nameOf(each.supply)}: `;
    if (each.kind !== "theft")
      return short(`${head}${each.kind.replaceAll("-", " ")}. ${each.evidence}`);
    const found = each.finding === "" ? "" : ` Found: ${each.finding}`;
    const chance = `${Math.round(100 * each.probability)} %`;
    return short(`${head}theft, ${chance}, ${each.state}.${found} ${each.evidence}`);
  });
  return shortened(rows, ROWS_MAX.cases);
}

function factsOf({ report, isHidden }: RunPageSource): RunPage["facts"] {
  if (report === null) return [];
  const { energy, grid, comms, billing, detection, provenance, outages } = report;
  const money = (minor: number): string =>
    billing.currency === ""
      ? "–"
      : `${plainMoneyText(minor, billing.currency)} ${billing.currency}`;
  const fact = (label: string, value: string) => ({ label, value });
  const company = [
    fact("Outages seen", `${outages.told}, ${outages.open} open`),
    fact("Billed", `${money(billing.billedMinor)} in ${billing.bills} bills`),
    fact("Paid · overdue", `${money(billing.paidMinor)} · ${money(billing.arrearsMinor)}`),
    fact("Trips · reconnections", `${billing.trips} · ${billing.reconnects}`),
    fact("Cases", String(detection.cases)),
    ...(provenance.version === ""
      ? []
      : [fact("Program", `${provenance.version} ${provenance.commit.slice(0, 12)}`.trim())]),
  ];
  if (isHidden) return company;
  return [
    fact("From the source", kWh(energy.sourceKWh)),
    fact("Delivered", kWh(energy.deliveredKWh)),
    fact("Lost as heat", kWh(energy.lossesKWh)),
    fact("Counted · stolen", `${kWh(energy.meteredKWh)} · ${kWh(energy.stolenKWh)}`),
    fact("Voltage", `${grid.minVoltageV.toFixed(1)} to ${grid.maxVoltageV.toFixed(1)} V`),
    fact(
      "SAIDI · SAIFI",
      `${grid.saidiMinutes.toFixed(1)} min · ${grid.saifi.toFixed(2)}, ${grid.fusesBlown} fuses`,
    ),
    fact("Readings", `${comms.delivered} of ${comms.made} arrived, ${comms.late} late`),
    fact(
      "Thieves",
      `${detection.found} found, ${detection.missed} missed, ${detection.falseAlarms} false alarms`,
    ),
    ...company,
  ];
}

/** A round number not below a value; the axis of a plot ends there. */
function roundUp(value: number): number {
  if (value <= 0) return 1;
  let size = 1;
  while (size * 10 <= value) size *= 10;
  while (size > value) size /= 10;
  return [1, 1.5, 2, 3, 4, 5, 8, 10]
    .map((part) => part * size)
    .find((end) => end >= value * 0.999)!;
}

function plotsOf(source: RunPageSource, when: (ms: SimMs) => string): readonly RunPlot[] {
  const { moments, isHidden, layout } = source;
  const atMs = moments.map(({ simMs }) => simMs);
  const line = (
    name: string,
    hex: string,
    of: (moment: RunMoment) => number | null | undefined,
  ): RunPlot["lines"][number] => ({ name, hex, values: moments.map((each) => of(each) ?? null) });
  const kilo = (watts: number | null | undefined): number | null =>
    watts == null ? null : watts / 1_000;
  const truth = (moment: RunMoment) => (isHidden ? null : moment.truth);
  const wanted = [
    {
      ...{ title: "Street power", unit: "kW" },
      lines: [
        line("at the source", BLUE, (each) => kilo(truth(each)?.sourceW)),
        line("as the company knows it", AMBER, (each) => kilo(each.company?.transformerPowerW)),
      ],
    },
    {
      ...{ title: "Voltage at the homes", unit: "V" },
      lines: [
        line("highest", BLUE, (each) => truth(each)?.maxVoltageV),
        line("lowest", AMBER, (each) => truth(each)?.minVoltageV),
      ],
    },
    {
      ...{ title: "Losses", unit: "kW" },
      lines: [line("heat in cables and transformer", BLUE, (each) => kilo(truth(each)?.lossesW))],
    },
    {
      ...{ title: "Unexplained, day by day", unit: "kWh" },
      lines: [line("energy balance", AMBER, (each) => kilo(each.company?.unexplainedWh))],
    },
    {
      ...{ title: "Homes whose readings are on time", unit: "%" },
      lines: [
        line("of all homes", AMBER, ({ homesOnTime }) =>
          homesOnTime === null ? null : (100 * homesOnTime) / Math.max(1, layout.supplies.length),
        ),
      ],
    },
  ];
  return wanted.flatMap(({ title, unit, lines }) => {
    const drawn = lines.filter(({ values }) => values.some((value) => value !== null));
    if (drawn.length === 0) return [];
    const values = drawn.flatMap((each) => each.values).filter((value) => value !== null);
    const [least, most] = [minOf(values), maxOf(values)];
    const isBand = unit === "V";
    const low = isBand ? Math.floor(least / 5) * 5 : least < 0 ? -roundUp(-least) : 0;
    const high = isBand
      ? Math.max(low + 5, Math.ceil(most / 5) * 5)
      : unit === "%"
        ? 100
        : roundUp(most);
    const [from, to] = [when(atMs[0] ?? 0), when(atMs.at(-1) ?? 0)];
    return [{ title, unit, atMs, lines: drawn, low, high, from, to }];
  });
}

const minOf = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
const maxOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);

/** Where a plot's values lie in a box of this size, line by line, as stretches of points without a gap. */
export function plotStretches(
  { atMs, lines, low, high }: RunPlot,
  width: number,
  height: number,
): readonly {
  readonly hex: string;
  readonly stretches: readonly (readonly [number, number][])[];
}[] {
  const [first, last] = [atMs[0] ?? 0, atMs.at(-1) ?? 0];
  const x = (ms: SimMs): number => ((ms - first) / Math.max(1, last - first)) * width;
  const y = (value: number): number =>
    height * (1 - (Math.min(high, Math.max(low, value)) - low) / (high - low));
  return lines.map(({ hex, values }) => {
    const stretches: [number, number][][] = [[]];
    values.forEach((value, at) => {
      if (value === null) stretches.push([]);
      else stretches.at(-1)!.push([x(atMs[at]!), y(value)]);
    });
    return { hex, stretches: stretches.filter(({ length }) => length > 0) };
  });
}
