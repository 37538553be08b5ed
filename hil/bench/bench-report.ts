// What came of a bench run, as one object, as JUnit's XML, and as a page of its own.

import { escapeXml } from "../../sim/core/xml.ts";
import type { TraceChannel } from "./meter-bench.ts";
import type { CaseResult } from "./run-case.ts";

/** Printed by `hil run --json`. */
export interface BenchReport {
  readonly cases: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly wallMs: number;
  /** Board time by wall time, of all workers together. */
  readonly timesRealTime: number;
  readonly seed: number;
  readonly firmwareSha256: string;
  /** Missing where there are none. */
  readonly skips?: readonly SkippedCase[];
  readonly failures: readonly {
    readonly id: string;
    readonly atSimMs: number;
    readonly step: number;
    readonly expected: string;
    readonly got: string;
    /** Runs this one again. */
    readonly command: string;
  }[];
  readonly requirements: readonly CoverageRow[];
  readonly measured: readonly MeasuredRow[];
}

/** Energy that a case measured, against its limit. */
export interface MeasuredRow {
  readonly id: string;
  readonly title: string;
  readonly register: string;
  readonly flowedWh: number;
  readonly countedWh: number;
  /** Null where nothing was to flow. */
  readonly errorPercent: number | null;
  readonly limitPercent: number | null;
}

/** A case that the board at hand cannot be put through. */
export interface SkippedCase {
  readonly id: string;
  readonly suite: string;
  readonly title: string;
  readonly reason: string;
}

export interface RunFacts {
  readonly skips?: readonly SkippedCase[];
  readonly wallMs: number;
  readonly seed: number;
  readonly firmwareSha256: string;
  /** By id, what the meter must do. */
  readonly requirements: Readonly<Record<string, string>>;
  /** Cases that were left out because nobody asked for the long ones. */
  readonly skipped: number;
  /** As it was asked for, such as 1/4. */
  readonly shard: string | undefined;
  /** The command line that runs one case again. */
  again(id: string): string;
}

export function benchReport(results: readonly CaseResult[], facts: RunFacts): BenchReport {
  const failed = results.filter(({ failure }) => failure !== undefined);
  const simMs = results.reduce((sum, result) => sum + result.simMs, 0);
  const { wallMs, seed, firmwareSha256, again, requirements, skipped, skips = [] } = facts;
  return {
    cases: results.length + skips.length,
    passed: results.length - failed.length,
    failed: failed.length,
    skipped: skipped + skips.length,
    ...(skips.length === 0 ? {} : { skips }),
    wallMs: Math.round(wallMs),
    timesRealTime: Math.round((simMs / Math.max(1, wallMs)) * 10) / 10,
    seed,
    firmwareSha256,
    failures: failed.map(({ id, failure }) => ({ id, ...failure!, command: again(id) })),
    requirements: coverage(results, requirements),
    measured: results.flatMap(measuredRows),
  };
}

function measuredRows({ id, title, measured }: CaseResult): readonly MeasuredRow[] {
  return measured.map(({ register, flowedWh, countedWh, limitWh }) => ({
    ...{ id, title, register, flowedWh, countedWh },
    errorPercent: flowedWh === 0 ? null : (100 * (countedWh - flowedWh)) / Math.abs(flowedWh),
    limitPercent: flowedWh === 0 ? null : (100 * limitWh) / Math.abs(flowedWh),
  }));
}

/** What was measured as a table for a document: what flowed, what was counted, the error and its limit. */
export function measuredMarkdown(rows: readonly MeasuredRow[]): string {
  const percent = (value: number | null): string => (value === null ? "" : value.toFixed(3));
  return [
    "| case | situation | register | flowed, Wh | counted, Wh | error, % | limit, % |",
    "| --- | --- | --- | ---: | ---: | ---: | ---: |",
    ...rows.map(
      ({ id, title, register, flowedWh, countedWh, errorPercent, limitPercent }) =>
        `| ${id} | ${title} | ${register} | ${flowedWh.toFixed(3)} | ${countedWh.toFixed(3)} | ${percent(errorPercent)} | ${percent(limitPercent)} |`,
    ),
    "",
  ].join("\n");
}

/** A case that was run more than once must end the same each time; one that did not has failed. */
export function sameEachTime(results: readonly CaseResult[]): readonly CaseResult[] {
  const first = new Map<string, CaseResult>();
  return results.map((result) => {
    const before = first.get(result.id) ?? result;
    first.set(result.id, before);
    if (result.failure !== undefined || before.digest === result.digest) return result;
    const failure = {
      atSimMs: result.simMs,
      step: 0,
      expected: `the same run each time, ending in ${before.digest}`,
      got: result.digest,
    };
    return { ...result, failure };
  });
}

/** JUnit's XML: a suite each, the requirement and the way to run a case again in its properties. */
export function benchJunit(results: readonly CaseResult[], facts: RunFacts): string {
  const { skips = [] } = facts;
  const suites = [...new Set([...results, ...skips].map(({ suite }) => suite))].map((suite) => {
    const skipped = skips.filter((each) => each.suite === suite);
    const own = results.filter((result) => result.suite === suite);
    const failures = own.filter(({ failure }) => failure !== undefined).length;
    const seconds = own.reduce((sum, { wallMs }) => sum + wallMs, 0) / 1000;
    const head = `  <testsuite name="${escapeXml(suite)}" tests="${own.length + skipped.length}" failures="${failures}" errors="0" skipped="${skipped.length}" time="${seconds.toFixed(3)}">`;
    const properties = [
      "    <properties>",
      `      <property name="seed" value="${facts.seed}"/>`,
      `      <property name="firmwareSha256" value="${facts.firmwareSha256}"/>`,
      ...(facts.shard === undefined
        ? []
        : [`      <property name="shard" value="${escapeXml(facts.shard)}"/>`]),
      "    </properties>",
    ];
    return [
      head,
      ...properties,
      ...own.map((result) => junitCase(result, facts)),
      ...skipped.map(junitSkip),
      "  </testsuite>",
    ];
  });
  const failures = results.filter(({ failure }) => failure !== undefined).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites tests="${results.length + skips.length}" failures="${failures}">`,
    ...suites.flat(),
    "</testsuites>",
    "",
  ].join("\n");
}

const junitSkip = ({ id, suite, title, reason }: SkippedCase): string =>
  `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(`${id} ${title}`)}"><skipped message="${escapeXml(reason)}"/></testcase>`;

function junitCase(result: CaseResult, { again }: RunFacts): string {
  const { id, suite, title, requirement, failure, wallMs, log } = result;
  const name = escapeXml(`${id} ${title}`);
  const head = `    <testcase classname="${escapeXml(suite)}" name="${name}" time="${(wallMs / 1000).toFixed(3)}">`;
  const properties = `      <properties><property name="requirement" value="${requirement}"/></properties>`;
  if (failure === undefined) return [head, properties, "    </testcase>"].join("\n");
  const { atSimMs, step, expected, got } = failure;
  const message = escapeXml(`at ${atSimMs} ms, step ${step}: expected ${expected}; got ${got}`);
  const text = escapeXml([`run it again: ${again(id)}`, ...log].join("\n"));
  return [
    head,
    properties,
    `      <failure message="${message}" type="expectation">${text}</failure>`,
    "    </testcase>",
  ].join("\n");
}

/** Requirement by requirement, its cases and what came of them. */
export interface CoverageRow {
  readonly requirement: string;
  readonly text: string;
  readonly cases: readonly string[];
  readonly failed: readonly string[];
}

export function coverage(
  results: readonly CaseResult[],
  requirements: Readonly<Record<string, string>>,
): readonly CoverageRow[] {
  return Object.entries(requirements).map(([requirement, text]) => {
    const own = results.filter((result) => result.requirement === requirement);
    return {
      requirement,
      text,
      cases: own.map(({ id }) => id),
      failed: own.filter(({ failure }) => failure !== undefined).map(({ id }) => id),
    };
  });
}

/** A page with nothing beside it: what failed with its channels, what every requirement has for cases, every case. */
export function benchPage(results: readonly CaseResult[], facts: RunFacts): string {
  const report = benchReport(results, facts);
  const { cases, passed, failed, timesRealTime, firmwareSha256 } = report;
  const failures = results.filter(({ failure }) => failure !== undefined);
  const verdict = failed === 0 ? `All ${cases} cases passed` : `${failed} of ${cases} cases failed`;
  const rows = report.requirements.map(({ requirement, text, cases: ids, failed: bad }) =>
    tableRow([requirement, text, ids.join(", "), verdictOf(ids, bad)]),
  );
  const measured = report.measured.map(
    ({ id, title, register, flowedWh, countedWh, errorPercent, limitPercent }) =>
      tableRow([
        ...[id, title, register, flowedWh.toFixed(3), countedWh.toFixed(3)],
        ...[errorPercent, limitPercent].map((value) => value?.toFixed(3) ?? ""),
      ]),
  );
  const all = results.map(({ id, suite, title, failure, simMs }) =>
    tableRow([id, suite, title, `${(simMs / 1000).toFixed(1)} s`, failure ? "failed" : "passed"]),
  );
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeXml(verdict)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escapeXml(verdict)}</h1>`,
    `<p>${passed} passed, ${failed} failed. Board time ran ${timesRealTime} times as fast as the clock on the wall. Seed ${facts.seed}, firmware ${firmwareSha256.slice(0, 16)}.</p>`,
    ...failures.map((result) => failureSection(result, facts)),
    "<h2>Requirements</h2>",
    table(["Requirement", "What the meter must do", "Cases", "Result"], rows),
    "<h2>Energy</h2>",
    table(
      ["Case", "Situation", "Register", "Flowed, Wh", "Counted, Wh", "Error, %", "Limit, %"],
      measured,
    ),
    "<h2>Cases</h2>",
    table(["Case", "Suite", "Situation", "Board time", "Result"], all),
    "</body></html>",
    "",
  ].join("\n");
}

function verdictOf(cases: readonly string[], failed: readonly string[]): string {
  if (failed.length > 0) return `failed: ${failed.join(", ")}`;
  return cases.length === 0 ? "not run" : "passed";
}

const STYLE =
  "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2024}" +
  "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d5d9de;vertical-align:top}" +
  "section{border-left:4px solid #b3261e;padding-left:1rem;margin:2rem 0}pre{background:#f3f5f7;padding:.8rem;overflow:auto}" +
  "svg{width:100%;height:auto;background:#fff}svg text{font:12px system-ui,sans-serif;fill:#1c2024}" +
  ".wide{overflow-x:auto}";

const tableRow = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escapeXml(cell)}</td>`).join("")}</tr>`;
const table = (heads: readonly string[], rows: readonly string[]): string =>
  `<div class="wide"><table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join("")}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;

function failureSection(
  { id, title, failure, trace, log }: CaseResult,
  { again }: RunFacts,
): string {
  const { atSimMs, step, expected, got } = failure!;
  return [
    `<section><h2>${escapeXml(`${id} ${title}`)}</h2>`,
    `<p>At ${(atSimMs / 1000).toFixed(3)} s, step ${step}: expected ${escapeXml(expected)}; got <strong>${escapeXml(got)}</strong>.</p>`,
    `<p>Run it again: <code>${escapeXml(again(id))}</code></p>`,
    ...trace.map((channel) => plot(channel, atSimMs)),
    `<pre>${escapeXml(log.join("\n"))}</pre></section>`,
  ].join("\n");
}

const PLOT = { width: 1000, height: 90, left: 190, right: 20, top: 10, bottom: 24 } as const;
/** How much of a channel is drawn before and after a failure. */
const AROUND_MS = { before: 10_000, after: 1_000 } as const;

/** One channel as steps in an SVG; a dashed line where the case failed. */
export function plot({ name, unit, atMs, values }: TraceChannel, failedMs: number): string {
  const fromMs = Math.max(0, failedMs - AROUND_MS.before);
  const untilMs = failedMs + AROUND_MS.after;
  const first = Math.max(
    0,
    atMs.findLastIndex((at) => at <= fromMs),
  );
  const points = atMs
    .map((at, index) => ({ at: Math.max(at, fromMs), value: values[index]! }))
    .slice(first)
    .filter(({ at, value }) => at <= untilMs && Number.isFinite(value));
  const drawn = points.map(({ value }) => value);
  const low = drawn.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = drawn.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const { width, height, left, right, top, bottom } = PLOT;
  const x = (at: number): number =>
    left + ((at - fromMs) / (untilMs - fromMs)) * (width - left - right);
  const span = high > low ? high - low : 1;
  const y = (value: number): number =>
    height - bottom - ((value - low) / span) * (height - top - bottom);
  const path = points
    .map(({ at, value }, index) => {
      const to = `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
      if (index === 0) return `M${to}`;
      return `H${x(at).toFixed(1)}V${y(value).toFixed(1)}`;
    })
    .join("");
  const line = points.length === 0 ? "" : `${path}H${x(untilMs).toFixed(1)}`;
  const range = points.length === 0 ? "never said" : `${round(low)} to ${round(high)} ${unit}`;
  const label = escapeXml(`${name}, ${range}`);
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">`,
    `<text x="4" y="${height / 2 - 4}">${escapeXml(name)}</text>`,
    `<text x="4" y="${height / 2 + 12}">${escapeXml(range)}</text>`,
    `<path d="${line}" fill="none" stroke="#0b57d0" stroke-width="1.5"/>`,
    `<line x1="${x(failedMs).toFixed(1)}" x2="${x(failedMs).toFixed(1)}" y1="${top}" y2="${height - bottom}" stroke="#b3261e" stroke-dasharray="4 3"/>`,
    `<text x="${left}" y="${height - 6}">${(fromMs / 1000).toFixed(1)} s</text>`,
    `<text x="${width - right - 50}" y="${height - 6}">${(untilMs / 1000).toFixed(1)} s</text>`,
    "</svg>",
  ].join("");
}

const round = (value: number): string => `${Math.round(value * 1000) / 1000}`;
