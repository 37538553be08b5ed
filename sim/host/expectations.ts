// The `expect:` rows of a scenario: looked at when their moment comes, reported as JUnit on request.

import type { RunReport } from "../contract/report.ts";
import { escapeXml } from "../core/xml.ts";
import type { ResolvedExpectation } from "../engine/scenario/resolved.ts";

export interface Verdict {
  readonly row: ResolvedExpectation;
  readonly isMet: boolean;
  /** Its moment lies after the end of the run: nobody can say. */
  readonly isSkipped: boolean;
  readonly message: string;
}

/** Whether it was looked at and does not hold. */
export const isFailed = ({ isMet, isSkipped }: Verdict): boolean => !isMet && !isSkipped;

/** A row whose moment is beyond the end that the run was given. */
export function skip(row: ResolvedExpectation): Verdict {
  const message = `${row.that} ${describe(row)}: its moment is after the end of the run`;
  return { row, isMet: false, isSkipped: true, message };
}

/** Says how many rows were skipped; empty where none was. */
export function skippedText(verdicts: readonly Verdict[]): string {
  const skipped = verdicts.filter(({ isSkipped }) => isSkipped);
  const [first] = skipped;
  if (first === undefined) return "";
  return `${skipped.length} of ${verdicts.length} expectations skipped: they are of a moment after the end of the run, the first at ${first.row.place}\n`;
}

/** Judges one row against the report of its moment, or of the end where its moment never came. */
export function judge(row: ResolvedExpectation, report: RunReport, hasCome: boolean): Verdict {
  const actual = lookUp(report, row.that);
  const unmet = { row, isMet: false, isSkipped: false };
  const sentence = `${row.that} ${describe(row)}`;
  if (!hasCome) {
    return { ...unmet, message: `${sentence}: the run ended before its moment` };
  }
  if (actual === undefined) {
    return { ...unmet, message: `${sentence}: the report has no ${row.that}` };
  }
  return { ...unmet, isMet: holds(row, actual), message: `${sentence}, got ${String(actual)}` };
}

function lookUp(report: RunReport, path: string): unknown {
  let here: unknown = report;
  for (const key of path.split(".")) {
    if (typeof here !== "object" || here === null || !(key in here)) return undefined;
    here = (here as Record<string, unknown>)[key];
  }
  return typeof here === "object" && here !== null ? undefined : here;
}

function holds(row: ResolvedExpectation, actual: unknown): boolean {
  const { is, above, below, within = 0 } = row;
  if (is !== undefined) {
    const isNear =
      typeof is === "number" && typeof actual === "number" && Math.abs(actual - is) <= within;
    if (actual !== is && !isNear) return false;
  }
  if (above !== undefined && !(typeof actual === "number" && actual > above)) return false;
  if (below !== undefined && !(typeof actual === "number" && actual < below)) return false;
  return true;
}

function describe({ is, above, below, within }: ResolvedExpectation): string {
  const parts: string[] = [];
  if (is !== undefined) parts.push(`is ${String(is)}${within ? ` ± ${within}` : ""}`);
  if (above !== undefined) parts.push(`is above ${above}`);
  if (below !== undefined) parts.push(`is below ${below}`);
  return parts.join(" and ");
}

/** JUnit's XML for one run. */
export function junitXml(
  scenario: string,
  report: RunReport,
  verdicts: readonly Verdict[],
): string {
  const failures = verdicts.filter(isFailed).length;
  const skipped = verdicts.filter(({ isSkipped }) => isSkipped).length;
  const counts = `tests="${verdicts.length}" failures="${failures}" skipped="${skipped}"`;
  const name = escapeXml(scenario);
  const cases = verdicts.map(({ row, isMet, isSkipped, message }) => {
    const title = escapeXml(`${row.that} ${describe(row)}`);
    const open = `    <testcase classname="${name}" name="${title}" file="${escapeXml(row.place)}"`;
    if (isMet) return `${open}/>`;
    const what = isSkipped ? "skipped" : "failure";
    return `${open}>\n      <${what} message="${escapeXml(message)}"/>\n    </testcase>`;
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${name}" ${counts}>`,
    "    <properties>",
    `      <property name="seed" value="${report.seed}"/>`,
    `      <property name="commit" value="${escapeXml(report.provenance.commit)}"/>`,
    `      <property name="finalHash" value="${report.finalHash}"/>`,
    "    </properties>",
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}
