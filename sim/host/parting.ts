// Where two recordings part first: looked for in what both recorded, then both run again from the last keyframe in
// which they are alike, to the first minute in which anything differs.

import type { NamedDifference } from "../contract/comparison.ts";
import type { JournalEntry } from "../contract/input.ts";
import { formatDuration, MINUTE_MS, type SimMs } from "../core/time.ts";
import { isAlike } from "../engine/comparison.ts";
import { minuteParts } from "../engine/digest-log.ts";
import { createFeed, type JournalFeed, stepByJournal } from "../engine/journal-feed.ts";
import { firstNamedDifference, NOT_HAPPENED } from "../engine/named-difference.ts";
import type { ResolvedScenario } from "../engine/scenario/resolved.ts";
import { decodeSnapshot, firstMissing } from "../engine/snapshot.ts";
import { KEYFRAME_MS } from "../engine/step.ts";
import { createTwin, type Model, restoreTwin, type Twin, type World } from "../engine/world.ts";
import type { RecordingReader } from "../recording/reader.ts";

const DIGITS_PER_PART = 8;

/** What of a recording is needed to find where it parts from another. */
export interface Recorded {
  readonly reader: RecordingReader;
  readonly resolved: ResolvedScenario;
  readonly journal: readonly JournalEntry[];
  /** Parts that `minutes` digests. */
  readonly names: readonly string[];
  /** By the end of each minute: 32 bits of every part's digest, in hexadecimal. */
  readonly minutes: ReadonlyMap<SimMs, string>;
  readonly endMs: SimMs;
}

export interface Parting {
  readonly difference: (NamedDifference & { readonly simMs: SimMs }) | null;
  /** Sentences about what could not be found out as it should be. */
  readonly notes: readonly string[];
}

/** Finds it. Steps at most one day of each recording again, or as far as the first keyframe. */
export async function firstParting(a: Recorded, b: Recorded): Promise<Parting> {
  const shape = shapeDifference(a.resolved, b.resolved);
  if (shape !== undefined) {
    const notes = ["They are not of the same street; homes are compared with homes of one street."];
    return { difference: { simMs: 0, ...shape }, notes };
  }
  const minute = firstDifferentMinute(a, b);
  const span = await spanOf(a, b, minute ?? Math.min(a.endMs, b.endMs));
  if (!span.isRunnable) return asRecorded(a, b, minute ?? span.untilMs);
  const twins = [twinAt(a, span.alike?.[0]), twinAt(b, span.alike?.[1])] as const;
  const feeds = [feedFrom(a, span.fromMs), feedFrom(b, span.fromMs)] as const;
  const difference = stepUntilApart(twins, feeds, span);
  const isCertain =
    difference === null
      ? minute === undefined && !span.isApartAtEnd
      : isAsRecorded(a, twins[0]) && isAsRecorded(b, twins[1]);
  if (isCertain) {
    return { difference, notes: difference === null ? ["Nothing that both have differs."] : [] };
  }
  return asRecorded(a, b, minute ?? span.untilMs);
}

/** Streets of another shape have no rows in common. */
function shapeDifference(a: ResolvedScenario, b: ResolvedScenario): NamedDifference | undefined {
  const lists = {
    homes: [a, b].map(({ plant }) => plant.supplies.map(({ id }) => id)),
    feeders: [a, b].map(({ feeders }) => feeders.map(({ id }) => id)),
    masts: [a, b].map(({ layout }) => layout.masts.map(({ id }) => id)),
  };
  for (const [quantity, [one = [], other = []]] of Object.entries(lists)) {
    if (one.length !== other.length) {
      return { quantity, supplyPoint: null, a: one.length, b: other.length };
    }
    const at = one.findIndex((id, row) => id !== other[row]);
    if (at >= 0) return { quantity, supplyPoint: null, a: one[at]!, b: other[at]! };
  }
  return undefined;
}

/** The first minute that both have and in whose digests something differs that has happened. */
function firstDifferentMinute(a: Recorded, b: Recorded): SimMs | undefined {
  if (a.names.join() !== b.names.join()) return undefined;
  for (const [simMs, parts] of a.minutes) {
    const other = b.minutes.get(simMs);
    if (other === undefined || other === parts) continue;
    if (a.names.some((_, part) => isPartApart(a.names, part, parts, other))) return simMs;
  }
  return undefined;
}

interface Span {
  readonly fromMs: SimMs;
  /** Both worlds at `fromMs`, which are alike; undefined at the start. */
  readonly alike: readonly [World, World] | undefined;
  /** They are apart here at the latest, if anywhere. */
  readonly untilMs: SimMs;
  /** Whether keyframes there show it. */
  readonly isApartAtEnd: boolean;
  /** Whether this program can go on from such keyframes: they hold all that its own worlds hold. */
  readonly isRunnable: boolean;
}

/** From the last keyframes that are alike to the first that are not: those hold more than what is digested each minute. */
async function spanOf(a: Recorded, b: Recorded, untilMs: SimMs): Promise<Span> {
  const { model, world: fresh } = createTwin(a.resolved);
  let fromMs = 0;
  let alike: readonly [World, World] | undefined;
  let isRunnable = true;
  for (let at = KEYFRAME_MS; at <= untilMs; at += KEYFRAME_MS) {
    const [one, other] = [await worldAt(a, at), await worldAt(b, at)];
    if (one === undefined || other === undefined) continue;
    isRunnable = [one, other].every((world) => firstMissing(fresh, world) === undefined);
    if (isApart(model, one, other)) {
      return { fromMs, alike, untilMs: at, isApartAtEnd: true, isRunnable };
    }
    alike = [one, other];
    fromMs = at;
  }
  return { fromMs, alike, untilMs, isApartAtEnd: false, isRunnable };
}

const isApart = (model: Model, one: World, other: World): boolean =>
  firstMissing(one, other) !== undefined || firstNamedDifference(model, one, other) !== undefined;

/** The world in the keyframe of that moment; undefined where there is none. */
async function worldAt({ reader }: Recorded, simMs: SimMs): Promise<World | undefined> {
  const keyframe = await reader.keyframe(simMs);
  return keyframe?.simMs === simMs ? decodeSnapshot<World>(keyframe.snapshot) : undefined;
}

const twinAt = ({ resolved }: Recorded, world: World | undefined): Twin =>
  world === undefined ? createTwin(resolved) : restoreTwin(resolved, world);

const feedFrom = ({ journal }: Recorded, fromMs: SimMs): JournalFeed =>
  createFeed(journal.filter(({ takesEffectAtMs }) => takesEffectAtMs >= fromMs));

/** Steps both side by side, from minute to minute that both reach, until their worlds differ. */
function stepUntilApart(
  [one, other]: readonly [Twin, Twin],
  [feed, otherFeed]: readonly [JournalFeed, JournalFeed],
  { fromMs, untilMs }: Span,
): (NamedDifference & { readonly simMs: SimMs }) | null {
  const [clock, otherClock] = [one.world.engine.clock, other.world.engine.clock];
  for (let at = fromMs; ; at += MINUTE_MS) {
    while (clock.nowMs < at) stepByJournal(one, feed);
    while (otherClock.nowMs < at) stepByJournal(other, otherFeed);
    if (clock.nowMs !== at || otherClock.nowMs !== at) continue; // within a longer step of one of them
    if (!isAlike(one, other)) {
      const named = firstNamedDifference(one.model, one.world, other.world);
      if (named !== undefined) return { simMs: at, ...named };
    }
    if (at >= untilMs) return null;
  }
}

/** Whether what was run again is what was recorded; also where nothing was recorded of that minute. */
function isAsRecorded({ minutes, names }: Recorded, twin: Twin): boolean {
  const recorded = minutes.get(twin.world.engine.clock.nowMs);
  if (recorded === undefined) return true;
  return names.join() === twin.model.deciding.names.join() && recorded === minuteParts(twin);
}

/** What the recordings themselves show, where this program does not run them as they were. */
async function asRecorded(a: Recorded, b: Recorded, simMs: SimMs): Promise<Parting> {
  const why = "This program does not run both as they were recorded (see replay)";
  const keyframeMs = Math.ceil(simMs / KEYFRAME_MS) * KEYFRAME_MS;
  const [one, other] = [await worldAt(a, keyframeMs), await worldAt(b, keyframeMs)];
  if (one !== undefined && other !== undefined && firstMissing(one, other) === undefined) {
    const named = firstNamedDifference(createTwin(a.resolved).model, one, other);
    if (named !== undefined) {
      const note = `${why}; the values are those of their keyframes at ${formatDuration(keyframeMs)}.`;
      return { difference: { simMs, ...named }, notes: [note] };
    }
  }
  const [parts = "", otherParts = ""] = [a.minutes.get(simMs), b.minutes.get(simMs)];
  const part = a.names.find((_, index) => isPartApart(a.names, index, parts, otherParts));
  if (part === undefined) {
    return { difference: null, notes: [`${why}; where they part cannot be told.`] };
  }
  const quantity = part.split(".").at(-1)!;
  return {
    difference: { simMs, quantity, supplyPoint: null, a: null, b: null },
    notes: [`${why}; they hold no values of that minute.`],
  };
}

/** Whether a part that has happened differs in two minutes' digests. */
function isPartApart(
  names: readonly string[],
  part: number,
  parts: string,
  otherParts: string,
): boolean {
  const at = DIGITS_PER_PART * part;
  const digits = parts.slice(at, at + DIGITS_PER_PART);
  return !NOT_HAPPENED.includes(names[part]!) && !otherParts.startsWith(digits, at);
}
