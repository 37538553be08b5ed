// The runs of a sweep over thefts: from one street, for each seed, thieves at homes, times and sizes drawn by the seed; with
// and without outages; and the same street where nobody steals. All is drawn from named streams: a run is its task.

import type { JournalEntry } from "../../contract/input.ts";
import { THEFT_KINDS, type TheftKind } from "../../contract/theft.ts";
import { type RandomByName, randomByName } from "../../core/random.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { ResolvedScenario } from "../../engine/scenario/resolved.ts";
import type { PowerCutSpec, TheftSpec } from "../../plant/spec.ts";

/** What a run of the sweep is. */
export interface SweepTask {
  readonly file: string;
  readonly seed: number;
  readonly days: number;
  readonly step: string;
  readonly hasOutages: boolean;
  /** Empty: everybody is honest. */
  readonly techniques: readonly TheftKind[];
}

/** Honest homes that are unlike the others, and might be taken for thieves. */
export type Control = "away" | "new appliance" | "disconnected" | "none";

export interface SweepRun {
  readonly resolved: ResolvedScenario;
  readonly journal: readonly JournalEntry[];
  /** By supply: those that are not `none`. */
  readonly controls: ReadonlyMap<string, Control>;
}

/** Thefts begin in this span of the run, as shares of it: before, detectors learn; after, they look. */
const ONSET_FROM = 0.3;
const ONSET_UNTIL = 0.45;
const MASTS_OUT = 3;
const STREET_CUTS = 2;
const HOME_CUTS = 4;
const EVENINGS = { fromMinute: 18 * 60, untilMinute: 23 * 60 + 30 };

/** Derives the run of a task from the street that its file describes. */
export function planRun(base: ResolvedScenario, task: SweepTask): SweepRun {
  const { seed, hasOutages, techniques, days } = task;
  const random = randomByName(seed);
  const durationMs = days * DAY_MS;
  const { supplies } = base.plant;
  const free = supplies.filter(({ id, away, buys }) => {
    const record = base.records.supplies.find((each) => each.id === id);
    const isQuiet = away === undefined && buys === undefined;
    return isQuiet && record?.protected === null && record.account.items.length === 0;
  });
  const homes = shuffled(
    free.map(({ id }) => id),
    random("sweep/homes"),
  );
  const thefts = techniques.map((kind, index) =>
    drawTheft(kind, homes[index % homes.length]!, random, durationMs),
  );
  // One that is honest is cut off like the one that bridges its relay, and stays dark.
  const disconnected = homes[THEFT_KINDS.length % homes.length]!;
  const bridged = thefts.filter(({ kind }) => kind === "relay-bypass");
  const tripAt = bridged[0]?.from ?? wholeMinutes(ONSET_FROM * durationMs);
  const trips = [disconnected, ...bridged.map(({ target }) => target)];
  const controls = new Map<string, Control>([[disconnected, "disconnected"]]);
  for (const { id, away, buys } of supplies) {
    if (buys !== undefined) controls.set(id, "new appliance");
    if (away !== undefined) controls.set(id, "away");
  }
  const pays = { afterBillMs: null, afterTripMs: null, topsUp: null };
  const resolved: ResolvedScenario = {
    ...base,
    expect: [],
    outages: hasOutages ? drawOutages(base, random, durationMs) : [],
    plant: {
      ...base.plant,
      thefts,
      powerCuts: hasOutages ? drawCuts(base, random, durationMs) : [],
      supplies: supplies.map((each) => (trips.includes(each.id) ? { ...each, pays } : each)),
    },
  };
  const takesEffectAtMs = tripAt - (tripAt % base.stepMs);
  const journal = trips.map((target, index): JournalEntry => {
    const input = { kind: "trip", target } as const;
    return { sequence: index + 1, takesEffectAtMs, kind: "input", input };
  });
  return { resolved, journal, controls };
}

type Draw = () => number;
const between = (draw: Draw, from: number, until: number): number => from + draw() * (until - from);
const wholeMinutes = (ms: number): SimMs => Math.round(ms / MINUTE_MS) * MINUTE_MS;
const rounded = (value: number, per: number): number => Math.round(value * per) / per;

function shuffled(ids: readonly string[], draw: Draw): readonly string[] {
  const left = [...ids];
  return ids.map(() => left.splice(Math.floor(draw() * left.length), 1)[0]!);
}

function drawTheft(
  kind: TheftKind,
  target: string,
  random: RandomByName,
  durationMs: number,
): TheftSpec {
  const draw = random(`sweep/${kind}`);
  const from = wholeMinutes(between(draw, ONSET_FROM, ONSET_UNTIL) * durationMs);
  const size = draw();
  const isEvenings = draw() < 0.5;
  const isRamped = draw() < 0.3;
  const intensity = {
    "partial-bypass": rounded(0.3 + 0.6 * size, 100),
    hook: Math.round(500 + 1500 * size),
    "missing-neutral": rounded(0.3 + 0.6 * size, 100),
    magnet: rounded(0.3 + 0.6 * size, 100),
    "relay-bypass": 1,
  }[kind];
  return {
    ...{ target, kind, intensity, from, until: null, days: "all", aboveW: 0 },
    rampMs: isRamped && kind !== "relay-bypass" ? 3 * DAY_MS : 0,
    windows: isEvenings && kind === "hook" ? [EVENINGS] : [],
    opensCover: kind === "partial-bypass" && draw() < 0.5,
  };
}

/** Masts and their lines that fail, and once the core of the mobile network. */
function drawOutages(
  base: ResolvedScenario,
  random: RandomByName,
  durationMs: number,
): ResolvedScenario["outages"] {
  const draw = random("sweep/outages");
  const masts = base.layout.masts.length;
  const span = (hoursMin: number, hoursMax: number) => {
    const from = wholeMinutes(draw() * durationMs);
    return { from, until: from + wholeMinutes(between(draw, hoursMin, hoursMax) * HOUR_MS) };
  };
  const ofMasts = Array.from({ length: MASTS_OUT }, () => ({
    of: draw() < 0.5 ? ("mast" as const) : ("backhaul" as const),
    mast: Math.floor(draw() * masts),
    ...span(3, 24),
  }));
  return [...ofMasts, { of: "core", mast: 0, ...span(2, 12) }];
}

/** The whole street without supply now and then, and single homes. */
function drawCuts(
  base: ResolvedScenario,
  random: RandomByName,
  durationMs: number,
): readonly PowerCutSpec[] {
  const draw = random("sweep/cuts");
  const cut = (what: PowerCutSpec["what"], rows: number, hoursMax: number): PowerCutSpec => {
    const from = wholeMinutes(draw() * durationMs);
    const until = from + wholeMinutes(between(draw, 0.25, hoursMax) * HOUR_MS);
    return { what, row: Math.floor(draw() * rows), from, until };
  };
  return [
    ...Array.from({ length: STREET_CUTS }, () => cut("feeder", base.feeders.length, 4)),
    ...Array.from({ length: HOME_CUTS }, () => cut("supply", base.plant.supplies.length, 10)),
  ];
}
