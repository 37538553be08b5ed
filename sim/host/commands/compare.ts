// `meterville compare`: where two recordings part first, and what that came to in the end.

import type { JournalEntry } from "../../contract/input.ts";
import type { RunReport } from "../../contract/report.ts";
import { formatDuration, type SimMs } from "../../core/time.ts";
import type { ResolvedScenario } from "../../engine/scenario/resolved.ts";
import type { RecordingReader } from "../../recording/reader.ts";
import { type DigestHour, TOPIC } from "../../recording/topics.ts";
import { EXIT } from "../exit-codes.ts";
import { numbersOf, readable, tableOf } from "../numbers.ts";
import { firstParting, type Parting, type Recorded } from "../parting.ts";
import { recordedScenario, withRecording } from "../resimulate.ts";

/** Changes told of one kind; a person who wants all takes the JSON. */
const ROWS_SHOWN_MAX = 24;
const SCENARIO_ROWS_MAX = 200;
/** Of one cause or one effect each, and counted by nobody. */
const NO_FIGURE = /^(seed|timesRealTime|provenance\.|invariantsChecked)/;

export interface Comparison {
  readonly identical: boolean;
  readonly firstDifference: Parting["difference"];
  readonly changes: Changes;
}

export interface Changes {
  /** Sentences: other versions of the program, what could not be found out. */
  readonly notes: readonly string[];
  /** Keys of the resolved scenarios that differ. */
  readonly scenario: readonly { readonly path: string; readonly a: string; readonly b: string }[];
  /** Inputs that only one of them had. */
  readonly inputs: OnlyIn<string>;
  /** Simulated time that each reached. */
  readonly simulatedMs: readonly [a: SimMs, b: SimMs];
  /** Every number of the reports that differs: energy, money, readings, commands, detection. */
  readonly figures: readonly {
    readonly path: string;
    readonly a: number | null;
    readonly b: number | null;
  }[];
  readonly cases: OnlyIn<string>;
  readonly outages: OnlyIn<string>;
  readonly disconnections: OnlyIn<string>;
}

interface OnlyIn<Item> {
  readonly onlyA: readonly Item[];
  readonly onlyB: readonly Item[];
}

interface Side extends Recorded {
  readonly report: RunReport | undefined;
  readonly cases: readonly string[];
  readonly outages: readonly string[];
  readonly disconnections: readonly string[];
}

/** Compares two recordings; 1 where they differ. */
export async function compareCommand(
  fileA: string,
  fileB: string,
  options: { readonly json?: boolean },
): Promise<number> {
  const comparison = await withRecording(fileA, async (readerA) => {
    const a = await readSide(readerA);
    return withRecording(fileB, async (readerB) => compareSides(a, await readSide(readerB)));
  });
  if (options.json === true) process.stdout.write(`${JSON.stringify(comparison)}\n`);
  else process.stdout.write(`${describe(comparison, fileA, fileB)}\n`);
  return comparison.identical ? EXIT.done : EXIT.no;
}

async function readSide(reader: RecordingReader): Promise<Side> {
  const resolved = recordedScenario(reader);
  const hours = await reader.digests();
  const minutes = new Map<SimMs, string>();
  for (const hour of hours) {
    const digits = 8 * hour.names.length;
    hour.simMs.forEach((simMs, index) => {
      minutes.set(simMs, hour.parts.slice(index * digits, (index + 1) * digits));
    });
  }
  const report =
    reader.resultText === "" || reader.resultText === "{}"
      ? undefined
      : (JSON.parse(reader.resultText) as RunReport);
  return {
    reader,
    resolved,
    journal: await reader.journal(),
    minutes,
    names: hours[0]?.names ?? [],
    report,
    endMs: report?.simulatedMs ?? lastMinute(hours),
    ...(await eventsOf(reader)),
  };
}

const lastMinute = (hours: readonly DigestHour[]): SimMs => hours.at(-1)?.simMs.at(-1) ?? 0;

/** What of the events a person asks for: who was suspected, what was down, who was cut off. */
async function eventsOf(
  reader: RecordingReader,
): Promise<Pick<Side, "cases" | "outages" | "disconnections">> {
  const found = { cases: [] as string[], outages: [] as string[], disconnections: [] as string[] };
  const kinds: Readonly<Record<string, keyof typeof found>> = {
    "case-opened": "cases",
    "mast-down": "outages",
    "mast-up": "outages",
    "outage-start": "outages",
    "outage-end": "outages",
    "power-cut": "outages",
    "power-restored": "outages",
    tripped: "disconnections",
    reconnected: "disconnections",
  };
  const topics = reader.topics.filter(
    (topic) => topic === TOPIC.truthEvents || topic === TOPIC.beliefEvents,
  );
  for await (const { value } of reader.messages(topics)) {
    const { text, event } = value as {
      readonly text: string;
      readonly event: { readonly kind: string; readonly at: SimMs };
    };
    const list = kinds[event.kind];
    if (list === undefined) continue;
    found[list].push(`${formatDuration(event.at)} ${text}`);
  }
  return found;
}

/** Compares what two recordings hold; runs both again where they part. */
async function compareSides(a: Side, b: Side): Promise<Comparison> {
  const scenario = scenarioChanges(a.resolved, b.resolved);
  const isSameCourse = scenario.length === 0 && a.endMs === b.endMs && hasSameDigests(a, b);
  const identical = isSameCourse && a.report?.finalHash === b.report?.finalHash;
  const { difference, notes } = identical
    ? { difference: null, notes: [] }
    : await firstParting(a, b);
  return {
    identical,
    firstDifference: difference,
    changes: {
      notes: [...versionNotes(a.report, b.report), ...notes],
      scenario,
      inputs: onlyIn(a.journal.map(inputText), b.journal.map(inputText)),
      simulatedMs: [a.endMs, b.endMs],
      figures: figureChanges(a.report, b.report),
      cases: onlyIn(a.cases, b.cases),
      outages: onlyIn(a.outages, b.outages),
      disconnections: onlyIn(a.disconnections, b.disconnections),
    },
  };
}

const hasSameDigests = (a: Side, b: Side): boolean =>
  a.names.join() === b.names.join() &&
  a.minutes.size === b.minutes.size &&
  Array.from(a.minutes).every(([simMs, parts]) => b.minutes.get(simMs) === parts);

function versionNotes(a: RunReport | undefined, b: RunReport | undefined): readonly string[] {
  const missing = [a, b].flatMap((report, at) => (report === undefined ? ["AB"[at]!] : []));
  if (a === undefined || b === undefined) {
    return [`${missing.join(" and ")} did not end: no report, so no figures.`];
  }
  const [one, other] = [a, b].map(({ provenance }) => `${provenance.version} ${provenance.commit}`);
  if (one === other) return [];
  return [`A was recorded by version ${one}, B by version ${other}.`];
}

const inputText = (entry: JournalEntry): string =>
  entry.kind === "input"
    ? `${formatDuration(entry.takesEffectAtMs)} ${JSON.stringify(entry.input)}`
    : `${formatDuration(entry.takesEffectAtMs)} a board's answer`;

function onlyIn(a: readonly string[], b: readonly string[]): OnlyIn<string> {
  const [inA, inB] = [new Set(a), new Set(b)];
  return {
    onlyA: a.filter((item) => !inB.has(item)),
    onlyB: b.filter((item) => !inA.has(item)),
  };
}

/** Leaves of the resolved scenarios that differ; which files they came from does not count. */
function scenarioChanges(a: ResolvedScenario, b: ResolvedScenario): Changes["scenario"] {
  const changes: { path: string; a: string; b: string }[] = [];
  const { sources: _a, ...one } = a;
  const { sources: _b, ...other } = b;
  walk(one, other, "", changes);
  return changes;
}

function walk(
  a: unknown,
  b: unknown,
  path: string,
  changes: { path: string; a: string; b: string }[],
): void {
  if (changes.length >= SCENARIO_ROWS_MAX) return;
  const isBranch = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null;
  if (isBranch(a) && isBranch(b)) {
    for (const key of Object.keys({ ...a, ...b })) {
      walk(a[key], b[key], path === "" ? key : `${path}.${key}`, changes);
    }
    return;
  }
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left !== right) changes.push({ path, a: left ?? "nothing", b: right ?? "nothing" });
}

function figureChanges(a: RunReport | undefined, b: RunReport | undefined): Changes["figures"] {
  if (a === undefined || b === undefined) return [];
  const [one, other] = [numbersOf(a), numbersOf(b)];
  return [...new Set([...one.keys(), ...other.keys()])]
    .filter((path) => !NO_FIGURE.test(path) && one.get(path) !== other.get(path))
    .map((path) => ({ path, a: one.get(path) ?? null, b: other.get(path) ?? null }));
}

function describe(
  { identical, firstDifference, changes }: Comparison,
  a: string,
  b: string,
): string {
  if (identical) return `${a} and ${b} are the same run, bit for bit`;
  const lines: string[] = [`A  ${a}`, `B  ${b}`, ""];
  if (firstDifference !== null) lines.push(partingText(firstDifference));
  const [endA, endB] = changes.simulatedMs;
  if (endA !== endB) {
    lines.push(`A ends at ${formatDuration(endA)}, B at ${formatDuration(endB)}.`);
  }
  lines.push(...changes.notes);
  const scenario = changes.scenario.map((row) => [row.path, row.a, row.b]);
  section(lines, "Scenario", scenario, ["key", "A", "B"]);
  const figures = changes.figures.map((row) => [
    row.path,
    row.a === null ? "–" : readable(row.a),
    row.b === null ? "–" : readable(row.b),
    row.a === null || row.b === null ? "" : changeText(row.b - row.a),
  ]);
  section(lines, "Figures", figures, ["figure", "A", "B", "B − A"]);
  for (const [title, { onlyA, onlyB }] of [
    ["Inputs", changes.inputs],
    ["Cases", changes.cases],
    ["Outages", changes.outages],
    ["Disconnections", changes.disconnections],
  ] as const) {
    const rows = [
      ...onlyA.map((text) => ["only A", text]),
      ...onlyB.map((text) => ["only B", text]),
    ];
    section(lines, title, rows, ["", ""]);
  }
  return lines.join("\n");
}

function partingText({
  simMs,
  quantity,
  supplyPoint,
  a,
  b,
}: NonNullable<Comparison["firstDifference"]>): string {
  const when = simMs === 0 ? "at the start" : `in the minute that ends at ${formatDuration(simMs)}`;
  const where = supplyPoint === null ? "" : ` at ${supplyPoint}`;
  return `They part ${when}: ${quantity}${where} is ${a ?? "unknown"} in A, ${b ?? "unknown"} in B.`;
}

const changeText = (change: number): string =>
  `${change >= 0 ? "+" : "−"}${readable(Math.abs(change))}`;

function section(
  lines: string[],
  title: string,
  rows: readonly (readonly string[])[],
  head: readonly string[],
): void {
  if (rows.length === 0) return;
  const shown = rows
    .slice(0, ROWS_SHOWN_MAX)
    .map((cells) => cells.map((cell) => cell.slice(0, 100)));
  lines.push("", title, tableOf(head, shown));
  const more = rows.length - shown.length;
  if (more > 0) lines.push(`and ${more} more; --json has them all`);
}
