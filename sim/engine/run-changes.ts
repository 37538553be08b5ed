// What differs between two runs in the end: scenario, inputs, figures of the reports, what happened in only one of them.

import type { Changes, OnlyIn } from "../contract/comparison.ts";
import type { JournalEntry } from "../contract/input.ts";
import type { RunReport } from "../contract/report.ts";
import { formatDuration } from "../core/time.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";

const SCENARIO_ROWS_MAX = 200;
/** Of one cause or one effect each, and counted by nobody. */
const NO_FIGURE = /^(seed|timesRealTime|provenance\.|invariantsChecked)/;

/** What of the events a person asks for: who was suspected, what was down, who was cut off. */
export const COMPARED_EVENTS: Readonly<
  Record<string, "cases" | "outages" | "disconnections" | undefined>
> = {
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

export const inputText = (entry: JournalEntry): string =>
  entry.kind === "input"
    ? `${formatDuration(entry.takesEffectAtMs)} ${JSON.stringify(entry.input)}`
    : `${formatDuration(entry.takesEffectAtMs)} a board's answer`;

export function onlyIn(a: readonly string[], b: readonly string[]): OnlyIn<string> {
  const [inA, inB] = [new Set(a), new Set(b)];
  return {
    onlyA: a.filter((item) => !inB.has(item)),
    onlyB: b.filter((item) => !inA.has(item)),
  };
}

/** Leaves of the resolved scenarios that differ; which files they came from does not count. */
export function scenarioChanges(a: ResolvedScenario, b: ResolvedScenario): Changes["scenario"] {
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
    for (const key of Object.keys({ ...a, ...b }).sort((one, other) => (one < other ? -1 : 1))) {
      walk(a[key], b[key], path === "" ? key : `${path}.${key}`, changes);
    }
    return;
  }
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  if (left !== right) changes.push({ path, a: left ?? "nothing", b: right ?? "nothing" });
}

export function figureChanges(
  a: RunReport | undefined,
  b: RunReport | undefined,
): Changes["figures"] {
  if (a === undefined || b === undefined) return [];
  const [one, other] = [numbersOf(a), numbersOf(b)];
  return [...one.keys(), ...[...other.keys()].filter((path) => !one.has(path))]
    .filter((path) => !NO_FIGURE.test(path) && one.get(path) !== other.get(path))
    .map((path) => ({ path, a: one.get(path) ?? null, b: other.get(path) ?? null }));
}

/** Every number inside `value` by its path, such as `billing.trips`, in the order of keys. */
export const numbersOf = (value: unknown): ReadonlyMap<string, number> =>
  new Map(leavesOf(value, ""));

function leavesOf(value: unknown, prefix: string): readonly (readonly [string, number])[] {
  if (typeof value === "number") return [[prefix, value]];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    leavesOf(inner, prefix === "" ? key : `${prefix}.${key}`),
  );
}
