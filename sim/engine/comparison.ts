// Two runs of one street side by side: stepped from minute to minute, with the first place where they part, and what
// that has come to since.

import type { RunComparison } from "../contract/comparison.ts";
import { headline } from "../contract/event.ts";
import type { JournalEntry } from "../contract/input.ts";
import { formatDuration, MINUTE_MS, type SimMs } from "../core/time.ts";
import { digestParts } from "./chain.ts";
import { makeFrame } from "./frames.ts";
import { createFeed, type JournalFeed, stepByJournal } from "./journal-feed.ts";
import { firstNamedDifference, NOT_HAPPENED } from "./named-difference.ts";
import { runReport } from "./report.ts";
import {
  COMPARED_EVENTS,
  figureChanges,
  inputText,
  onlyIn,
  scenarioChanges,
} from "./run-changes.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { createTwin, type Twin } from "./world.ts";

const WORDS_PER_DIGEST = 4;
/** What a report says of the program and the machine, which both share. */
const NO_HOST = { version: "", commit: "", node: "", timesRealTime: 0 } as const;

/** A run as it is run again. */
export interface ComparedRun {
  readonly resolved: ResolvedScenario;
  readonly journal: readonly JournalEntry[];
}

export interface Comparison {
  readonly nowMs: SimMs;
  /** Steps both by a minute at least, as far as `untilMs` and while `mayGoOn`; true once both are there. */
  advance(untilMs: SimMs, mayGoOn: () => boolean): boolean;
  view(): RunComparison;
}

/** Both at their start. Throws where they are not of one street. */
export function createComparison(a: ComparedRun, b: ComparedRun): Comparison {
  const sides = [a, b].map(({ resolved, journal }) => ({
    twin: createTwin(resolved),
    feed: createFeed(journal),
    found: { cases: [] as string[], outages: [] as string[], disconnections: [] as string[] },
  })) as [Side, Side];
  const [one, other] = sides;
  const [ids, otherIds] = sides.map(({ twin }) =>
    twin.model.plantSpec.supplies.map(({ id }) => id),
  );
  if (ids!.join() !== otherIds!.join()) {
    throw new Error("the two runs are not of one street; compare runs that have the same homes");
  }
  let nowMs = 0;
  let first: RunComparison["first"] = null;
  const look = (): void => {
    if (first !== null || isAlike(one.twin, other.twin)) return;
    const named = firstNamedDifference(one.twin.model, one.twin.world, other.twin.world);
    if (named !== undefined) first = { simMs: nowMs, ...named };
  };
  return {
    get nowMs() {
      return nowMs;
    },
    advance(untilMs, mayGoOn) {
      while (nowMs + MINUTE_MS <= untilMs) {
        nowMs += MINUTE_MS;
        for (const side of sides) stepTo(side, nowMs);
        const isBoth = sides.every(({ twin }) => twin.world.engine.clock.nowMs === nowMs);
        // Within a longer step of one of them nothing can be compared.
        if (isBoth) look();
        if (!mayGoOn()) break;
      }
      return nowMs + MINUTE_MS > untilMs;
    },
    view() {
      const [reportA, reportB] = sides.map(({ twin }) => runReport(twin, NO_HOST));
      const figures = figureChanges(reportA, reportB).filter(({ path }) => path !== "simulatedMs");
      return {
        simMs: nowMs,
        first,
        changes: {
          notes: [],
          scenario: scenarioChanges(a.resolved, b.resolved),
          inputs: onlyIn(a.journal.map(inputText), b.journal.map(inputText)),
          simulatedMs: [one.twin.world.engine.clock.nowMs, other.twin.world.engine.clock.nowMs],
          figures,
          cases: onlyIn(one.found.cases, other.found.cases),
          outages: onlyIn(one.found.outages, other.found.outages),
          disconnections: onlyIn(one.found.disconnections, other.found.disconnections),
        },
        homes: homesApart(one.twin, other.twin),
      };
    },
  };
}

interface Side {
  readonly twin: Twin;
  readonly feed: JournalFeed;
  readonly found: Record<"cases" | "outages" | "disconnections", string[]>;
}

function stepTo({ twin, feed, found }: Side, untilMs: SimMs): void {
  while (twin.world.engine.clock.nowMs < untilMs) {
    stepByJournal(twin, feed);
    for (const { event } of twin.out.events) {
      const list = COMPARED_EVENTS[event.kind];
      if (list !== undefined) found[list].push(`${formatDuration(event.at)} ${headline(event)}`);
    }
  }
}

function homesApart(one: Twin, other: Twin): RunComparison["homes"] {
  const frames = [one, other].map((twin) => ({
    truth: makeFrame(twin, "truth/supply"),
    belief: makeFrame(twin, "belief/supply"),
  }));
  return one.model.plantSpec.supplies.flatMap(({ id }, row) => {
    const [a, b] = frames.map(({ truth, belief }) => ({
      deliveredWh: truth.channel === "truth/supply" ? truth.data.deliveredWh[row]! : 0,
      importWh: truth.channel === "truth/supply" ? truth.data.importWh[row]! : 0,
      owedMinor: belief.channel === "belief/supply" ? (belief.data.owedMinor[row] ?? 0) : 0,
    }));
    const isApart =
      a!.deliveredWh !== b!.deliveredWh ||
      a!.importWh !== b!.importWh ||
      a!.owedMinor !== b!.owedMinor;
    if (!isApart) return [];
    return {
      supply: id,
      deliveredWh: [a!.deliveredWh, b!.deliveredWh] as const,
      importWh: [a!.importWh, b!.importWh] as const,
      owedMinor: [a!.owedMinor, b!.owedMinor] as const,
    };
  });
}

/** Whether nothing that has happened differs between two twins of one shape. */
export function isAlike(one: Twin, other: Twin): boolean {
  const [plan, otherPlan] = [one.model.all, other.model.all];
  digestParts(plan, one.world);
  digestParts(otherPlan, other.world);
  return plan.names.every((name, part) => {
    const from = WORDS_PER_DIGEST * part;
    return (
      NOT_HAPPENED.includes(name) ||
      plan.words
        .subarray(from, from + WORDS_PER_DIGEST)
        .every((word, index) => word === otherPlan.words[from + index])
    );
  });
}
