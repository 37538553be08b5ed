// What a run of the sweep comes to: for each home what it stole, and when which detector spoke against it.

import { DETECTORS, type Detector, type TheftKind } from "../../contract/theft.ts";
import { HOUR_MS, type SimMs } from "../../core/time.ts";
import { theftSince } from "../../engine/score.ts";
import type { Twin } from "../../engine/world.ts";
import type { Control, SweepTask } from "./plan.ts";

/** One home at the end of a run. */
export interface HomeOutcome {
  readonly supply: string;
  /** Null: honest. */
  readonly theft: TheftKind | null;
  readonly control: Control;
  /** When the theft was at work for the first time; null where it never was. */
  readonly onsetMs: SimMs | null;
  /** Since then. */
  readonly stolenWh: number;
  readonly flowedWh: number;
  /** When its first case was opened that is not from before the theft; null: none. */
  readonly openedMs: SimMs | null;
  /** What the company took it for last. */
  readonly technique: TheftKind | null;
  /** When the detector first spoke for a theft in a case of this home, not before it began. */
  readonly spokeMs: Readonly<Partial<Record<Detector, SimMs>>>;
  /** Cases on an honest home, or from before a theft began; and by detector that spoke in one. */
  readonly falseCases: number;
  readonly falseBy: readonly Detector[];
}

export interface SweepOutcome {
  readonly task: SweepTask;
  readonly simulatedMs: SimMs;
  readonly homes: readonly HomeOutcome[];
  /** On a feeder: something is wrong there and no home explains it. */
  readonly feederCases: readonly {
    readonly feeder: string;
    readonly openedMs: SimMs;
    readonly technique: TheftKind | null;
  }[];
  readonly failedSteps: number;
}

/** Notes cases as they come; a case may be forgotten before the end. */
export interface SweepWatch {
  look(twin: Twin): void;
  outcome(twin: Twin, task: SweepTask, controls: ReadonlyMap<string, Control>): SweepOutcome;
}

interface Noted {
  readonly supply: string;
  readonly openedMs: SimMs;
  technique: TheftKind | null;
  readonly spokeMs: Partial<Record<Detector, SimMs>>;
}

export function createSweepWatch(): SweepWatch {
  const noted = new Map<string, Noted>();
  const atOnset = new Map<number, { readonly flowedWMs: number }>();
  return {
    look({ world }) {
      const { nowMs } = world.engine.clock;
      const { deliveredWMs } = world.plant.energy;
      deliveredWMs.forEach((flowedWMs, row) => {
        if (atOnset.has(row) || theftSince(world.engine, row) < 0) return;
        atOnset.set(row, { flowedWMs });
      });
      for (const each of world.belief.detection.cases) {
        if (each.kind !== "theft") continue;
        const { id, supply, openedAt: openedMs, technique, signals } = each;
        const known = noted.get(id) ?? { supply, openedMs, technique, spokeMs: {} };
        noted.set(id, known);
        if (technique !== null) known.technique = technique;
        for (const { detector, logOdds } of signals) {
          if (logOdds > 0) known.spokeMs[detector] ??= nowMs;
        }
      }
    },
    outcome({ model, world }, task, controls) {
      const { energy } = world.plant;
      const cases = [...noted.values()];
      const homes = model.plantSpec.supplies.map(({ id: supply }, row): HomeOutcome => {
        const spec = model.plantSpec.thefts.find(({ target }) => target === supply);
        const since = theftSince(world.engine, row);
        const own = cases.filter((each) => each.supply === supply);
        const isRight = ({ openedMs }: Noted): boolean => since >= 0 && openedMs >= since;
        const [right, wrong] = [own.filter(isRight), own.filter((each) => !isRight(each))];
        const spokeMs = firstSpoken(right);
        return {
          ...{ supply, theft: spec?.kind ?? null, control: controls.get(supply) ?? "none" },
          onsetMs: since < 0 ? null : since,
          stolenWh: energy.stolenWMs[row]! / HOUR_MS,
          flowedWh:
            since < 0
              ? energy.deliveredWMs[row]! / HOUR_MS
              : (energy.deliveredWMs[row]! - (atOnset.get(row)?.flowedWMs ?? 0)) / HOUR_MS,
          openedMs: right[0]?.openedMs ?? null,
          technique: right.at(-1)?.technique ?? null,
          spokeMs,
          falseCases: wrong.length,
          falseBy: DETECTORS.filter((name) => firstSpoken(wrong)[name] !== undefined),
        };
      });
      const feeders = model.feeders.map(({ id }) => id);
      return {
        task,
        simulatedMs: world.engine.clock.nowMs,
        homes,
        feederCases: cases
          .filter(({ supply }) => feeders.includes(supply))
          .map(({ supply: feeder, openedMs, technique }) => ({ feeder, openedMs, technique })),
        failedSteps: energy.failedSteps.reduce((sum, count) => sum + count, 0),
      };
    },
  };
}

function firstSpoken(cases: readonly Noted[]): Partial<Record<Detector, SimMs>> {
  const first: Partial<Record<Detector, SimMs>> = {};
  for (const { spokeMs } of cases) {
    for (const name of DETECTORS) {
      const at = spokeMs[name];
      if (at !== undefined) first[name] = Math.min(at, first[name] ?? at);
    }
  }
  return first;
}
