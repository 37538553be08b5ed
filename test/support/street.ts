// A shipped street in a test: resolved with changes, run for a while, by hand or by journal.

import { join } from "node:path";
import type { JournalEntry, TwinInput } from "../../sim/contract/input.ts";
import type { RunReport } from "../../sim/contract/report.ts";
import { DAY_MS } from "../../sim/core/time.ts";
import { createFeed, stepByJournal } from "../../sim/engine/journal-feed.ts";
import { runReport } from "../../sim/engine/report.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { beginStep, finishStep } from "../../sim/engine/step.ts";
import { createTwin, type Twin } from "../../sim/engine/world.ts";
import { createReadText, PROJECT_ROOT } from "../../sim/host/files.ts";

export interface StreetChanges {
  /** Three Lanes (24 homes) unless given: it tells the same story as First Street in less than half the time. */
  readonly scenario?:
    | "three-lanes"
    | "first-street"
    | "prepaid-lanes"
    | "evening-overload"
    | "market-lane"
    | "year";
  /** As on the command line: `thefts.0.target=supply-07`. */
  readonly set?: readonly string[];
  readonly seed?: number;
  readonly stepMs?: number;
}

/** A street with changes. */
export function street({
  scenario = "three-lanes",
  set = [],
  seed,
  stepMs,
}: StreetChanges = {}): ResolvedScenario {
  const assignments = set.map((text) => {
    const at = text.indexOf("=");
    return { path: text.slice(0, at), value: text.slice(at + 1) };
  });
  return resolveScenario(join(PROJECT_ROOT, `scenarios/${scenario}.yaml`), createReadText(), {
    assignments,
    ...(seed === undefined ? {} : { seed }),
    ...(stepMs === undefined ? {} : { stepMs }),
  });
}

/** Inputs at their moments, numbered as a journal. */
export function journal(
  rows: readonly (readonly [takesEffectAtMs: number, input: TwinInput])[],
): JournalEntry[] {
  return rows.map(([takesEffectAtMs, input], index) => ({
    sequence: index + 1,
    takesEffectAtMs,
    kind: "input",
    input,
  }));
}

/** Steps a twin without boards until a moment. */
export function runUntil(
  twin: Twin,
  untilMs: number,
  entries: readonly JournalEntry[] = [],
  afterStep: (twin: Twin) => void = () => undefined,
): Twin {
  const { clock } = twin.world.engine;
  const feed = createFeed(entries.filter(({ takesEffectAtMs }) => takesEffectAtMs >= clock.nowMs));
  while (clock.nowMs < untilMs) {
    if (entries.length === 0) {
      beginStep(twin, []);
      finishStep(twin, []);
    } else stepByJournal(twin, feed);
    afterStep(twin);
  }
  return twin;
}

/** What a run of some days reports. */
export function reportAfter(days: number, changes: StreetChanges = {}): RunReport {
  const twin = runUntil(createTwin(street(changes)), days * DAY_MS);
  return runReport(twin, { version: "test", commit: "", node: "", timesRealTime: 0 });
}
