// `meterville compare`: where two recordings part first, and what that came to in the end.

import type { Changes } from "../../contract/comparison.ts";
import type { RunReport } from "../../contract/report.ts";
import { formatDuration, type SimMs } from "../../core/time.ts";
import {
  COMPARED_EVENTS,
  figureChanges,
  inputText,
  onlyIn,
  scenarioChanges,
} from "../../engine/run-changes.ts";
import type { RecordingReader } from "../../recording/reader.ts";
import { type DigestHour, TOPIC } from "../../recording/topics.ts";
import { EXIT } from "../exit-codes.ts";
import { readable, tableOf } from "../numbers.ts";
import { firstParting, type Parting, type Recorded } from "../parting.ts";
import { recordedScenario, withRecording } from "../resimulate.ts";

/** Changes told of one kind; a person who wants all takes the JSON. */
const ROWS_SHOWN_MAX = 24;

export interface Comparison {
  readonly identical: boolean;
  readonly firstDifference: Parting["difference"];
  readonly changes: Changes;
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
  const topics = reader.topics.filter(
    (topic) => topic === TOPIC.truthEvents || topic === TOPIC.beliefEvents,
  );
  for await (const { value } of reader.messages(topics)) {
    const { text, event } = value as {
      readonly text: string;
      readonly event: { readonly kind: string; readonly at: SimMs };
    };
    const list = COMPARED_EVENTS[event.kind];
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
