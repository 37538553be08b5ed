// Figures of a sweep: technique × detector, and who was accused without cause.

import { DETECTORS, type Detector, THEFT_KINDS, type TheftKind } from "../../contract/theft.ts";
import { DAY_MS } from "../../core/time.ts";
import type { Control } from "./plan.ts";
import type { HomeOutcome, SweepOutcome } from "./watch.ts";

/** A mean month of the Gregorian calendar, days. */
const MONTH_DAYS = 365.2425 / 12;
export const CONTROLS: readonly Control[] = ["away", "new appliance", "disconnected", "none"];

export interface Found {
  readonly count: number;
  /** From the first moment at which the theft is at work; null where nobody was found. */
  readonly medianDelayDays: number | null;
}

export interface TechniqueFigures {
  readonly technique: TheftKind;
  readonly thieves: number;
  /** Of what flows at the thief's home since the theft began, the part that no meter counts; and the energy. Medians. */
  readonly hiddenShare: number;
  readonly hiddenKWh: number;
  /** A case on the thief's home. */
  readonly found: Found;
  /** A case of this technique on the feeder, since it began: something is wrong there and no home explains it. */
  readonly onFeeder: Found;
  /** Of those on homes, what the company took them for. */
  readonly named: number;
  readonly misnamed: number;
  readonly unnamed: number;
  readonly byDetector: Readonly<Record<Detector, Found>>;
}

export interface FalseFigures {
  readonly homeMonths: number;
  readonly cases: number;
  /** Cases per 1000 honest homes and month. */
  readonly per1000: number;
}

export interface ConditionFigures {
  readonly hasOutages: boolean;
  readonly techniques: readonly TechniqueFigures[];
  /** Cases on honest homes in streets where nobody steals, and in streets with thieves. */
  readonly honestStreets: FalseFigures;
  readonly thievesStreets: FalseFigures;
  /** Homes in both of which a detector spoke in a case without cause. */
  readonly falseByDetector: Readonly<Record<Detector, FalseFigures>>;
  readonly falseByControl: Readonly<Record<Control, FalseFigures>>;
  /** Cases on a feeder that no home explains: where somebody has a hook, and where nobody has. */
  readonly feederCases: { readonly withHook: number; readonly without: number };
}

/** The figures of one condition. */
export function summarize(all: readonly SweepOutcome[], hasOutages: boolean): ConditionFigures {
  const runs = all.filter(({ task }) => task.hasOutages === hasOutages);
  const honestRuns = runs.filter(({ task }) => task.techniques.length === 0);
  const thiefRuns = runs.filter(({ task }) => task.techniques.length > 0);
  const homes = runs.flatMap(honestHomesOf);
  const falseBy = (name: Detector): FalseFigures =>
    falseFigures(homes, ({ home }) => (home.falseBy.includes(name) ? 1 : 0));
  const hasHook = ({ homes: each }: SweepOutcome): boolean =>
    each.some(({ theft }) => theft === "hook");
  const feederCases = (withHook: boolean): number =>
    runs
      .filter((run) => hasHook(run) === withHook)
      .reduce((sum, run) => sum + run.feederCases.length, 0);
  return {
    hasOutages,
    techniques: THEFT_KINDS.map((kind) => techniqueFigures(thiefRuns, kind)),
    honestStreets: falseFigures(honestRuns.flatMap(honestHomesOf)),
    thievesStreets: falseFigures(thiefRuns.flatMap(honestHomesOf)),
    falseByDetector: recordOf(DETECTORS, falseBy),
    falseByControl: recordOf(CONTROLS, (control) =>
      falseFigures(homes.filter(({ home }) => home.control === control)),
    ),
    feederCases: { withHook: feederCases(true), without: feederCases(false) },
  };
}

interface HonestHome {
  readonly home: HomeOutcome;
  readonly months: number;
}

const honestHomesOf = ({ homes, simulatedMs }: SweepOutcome): readonly HonestHome[] =>
  homes
    .filter(({ theft }) => theft === null)
    .map((home) => ({ home, months: simulatedMs / DAY_MS / MONTH_DAYS }));

function falseFigures(
  homes: readonly HonestHome[],
  countOf: (home: HonestHome) => number = ({ home }) => home.falseCases,
): FalseFigures {
  const homeMonths = homes.reduce((sum, { months }) => sum + months, 0);
  const cases = homes.reduce((sum, home) => sum + countOf(home), 0);
  return { homeMonths, cases, per1000: homeMonths === 0 ? 0 : (1000 * cases) / homeMonths };
}

function techniqueFigures(runs: readonly SweepOutcome[], technique: TheftKind): TechniqueFigures {
  const thieves = runs
    .flatMap(({ homes }) => homes)
    .filter(({ theft, onsetMs }) => theft === technique && onsetMs !== null);
  const found = thieves.filter(({ openedMs }) => openedMs !== null);
  const named = found.filter((each) => each.technique === technique).length;
  const unnamed = found.filter((each) => each.technique === null).length;
  return {
    technique,
    thieves: thieves.length,
    hiddenShare: medianOf(
      thieves.map(({ stolenWh, flowedWh }) => (flowedWh > 0 ? stolenWh / flowedWh : 0)),
    ),
    hiddenKWh: medianOf(thieves.map(({ stolenWh }) => stolenWh / 1000)),
    found: foundOf(thieves, ({ openedMs }) => openedMs),
    onFeeder: foundOf(thieves, (home) => feederCaseOf(runs, home)),
    named,
    misnamed: found.length - named - unnamed,
    unnamed,
    byDetector: recordOf(DETECTORS, (name) =>
      foundOf(thieves, ({ spokeMs }) => spokeMs[name] ?? null),
    ),
  };
}

function feederCaseOf(runs: readonly SweepOutcome[], home: HomeOutcome): number | null {
  const cases = runs.find(({ homes }) => homes.includes(home))?.feederCases ?? [];
  const right = cases.filter(
    ({ technique, openedMs }) => technique === home.theft && openedMs >= home.onsetMs!,
  );
  return right.length === 0 ? null : Math.min(...right.map(({ openedMs }) => openedMs));
}

function foundOf(
  thieves: readonly HomeOutcome[],
  momentOf: (home: HomeOutcome) => number | null,
): Found {
  const delays = thieves.flatMap((home) => {
    const at = momentOf(home);
    return at === null ? [] : [(at - home.onsetMs!) / DAY_MS];
  });
  return {
    count: delays.length,
    medianDelayDays: delays.length === 0 ? null : medianOf(delays),
  };
}

/** The middle one, or the mean of the middle two; 0 of none. */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

function recordOf<Key extends string, Value>(
  keys: readonly Key[],
  entryOf: (key: Key) => Value,
): Readonly<Record<Key, Value>> {
  return Object.fromEntries(keys.map((key) => [key, entryOf(key)])) as Record<Key, Value>;
}
