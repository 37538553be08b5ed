// Which part of a run a timeline shows, and where things are on it. Knows times and pixels, nothing of the page.

import type { Mark, MarkKind } from "../../sim/contract/moments.ts";
import { MARK_KINDS } from "../../sim/contract/moments.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../sim/core/time.ts";
import type { Point } from "./timeline.ts";

/** Spans that the page offers; null is the whole run. */
export const SPANS = [
  { label: "minute", spanMs: MINUTE_MS },
  { label: "hour", spanMs: HOUR_MS },
  { label: "day", spanMs: DAY_MS },
  { label: "week", spanMs: 7 * DAY_MS },
  { label: "month", spanMs: 30 * DAY_MS },
  { label: "all", spanMs: null },
] as const;

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Ends now, or has what is looked back to in its middle where there is room for that. */
export function windowOf(spanMs: number | null, nowMs: number, shownMs: number): TimeWindow {
  const toMs = Math.max(nowMs, MINUTE_MS);
  if (spanMs === null || spanMs >= toMs) return { fromMs: 0, toMs };
  const fromMs = Math.min(toMs - spanMs, Math.max(0, shownMs - spanMs / 2));
  return { fromMs, toMs: fromMs + spanMs };
}

export const xOf = ({ fromMs, toMs }: TimeWindow, simMs: number, widthPx: number): number =>
  ((simMs - fromMs) / (toMs - fromMs)) * widthPx;

export const msAt = ({ fromMs, toMs }: TimeWindow, x: number, widthPx: number): number =>
  fromMs + (Math.min(Math.max(x, 0), widthPx) / widthPx) * (toMs - fromMs);

const TICKS_MS = [
  ...[1, 5, 15, 30].map((seconds) => seconds * SECOND_MS),
  MINUTE_MS,
  ...[5, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 3, 6, 12].map((hours) => hours * HOUR_MS),
  ...[1, 2, 7, 14, 28, 56, 112, 364].map((days) => days * DAY_MS),
];

/** Moments worth a label, at whole steps of local time; `offsetMs` is local time at the scenario's start. */
export function ticksOf(window: TimeWindow, offsetMs: number, countMax: number) {
  const span = window.toMs - window.fromMs;
  const stepMs = TICKS_MS.find((each) => span / each <= countMax) ?? TICKS_MS.at(-1)!;
  const first = Math.ceil((window.fromMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const at: number[] = [];
  for (let ms = first; ms <= window.toMs; ms += stepMs) at.push(ms);
  return { stepMs, at };
}

/** Marks too near to each other to be told apart, drawn as the first kind of them. */
export interface Cluster {
  readonly x: number;
  readonly kind: MarkKind;
  readonly marks: readonly Mark[];
}

/** `laneOf` keeps kinds apart that have lanes of their own. */
export function clustersOf(
  marks: readonly Mark[],
  window: TimeWindow,
  widthPx: number,
  options: { readonly apartPx: number; readonly laneOf: (kind: MarkKind) => string },
): readonly Cluster[] {
  const clusters: { x: number; lane: string; marks: Mark[] }[] = [];
  const open = new Map<string, { x: number; lane: string; marks: Mark[] }>();
  for (const mark of marks) {
    if (mark.at < window.fromMs || mark.at > window.toMs) continue;
    const x = xOf(window, mark.at, widthPx);
    const lane = options.laneOf(mark.kind);
    const last = open.get(lane);
    if (last !== undefined && x - last.x < options.apartPx) last.marks.push(mark);
    else {
      const cluster = { x, lane, marks: [mark] };
      clusters.push(cluster);
      open.set(lane, cluster);
    }
  }
  const rank = (kind: MarkKind): number => MARK_KINDS.indexOf(kind);
  return clusters.map(({ x, marks: inside }) => ({
    x,
    marks: inside,
    kind: inside.reduce(
      (first, { kind }) => (rank(kind) < rank(first) ? kind : first),
      inside[0]!.kind,
    ),
  }));
}

/** The largest power in each pixel's worth of a window, as an SVG path down to the ground; and the largest of all. */
export function powerPath(
  points: readonly Point[],
  powerOf: (point: Point) => number | null,
  window: TimeWindow,
  box: { readonly widthPx: number; readonly heightPx: number },
): { readonly path: string; readonly maxW: number } {
  const byPixel = new Map<number, number>();
  let maxW = 0;
  for (const point of points) {
    const watts = powerOf(point);
    if (watts === null || point.simMs < window.fromMs || point.simMs > window.toMs) continue;
    const pixel = Math.round(xOf(window, point.simMs, box.widthPx));
    byPixel.set(pixel, Math.max(byPixel.get(pixel) ?? 0, watts));
    maxW = Math.max(maxW, watts);
  }
  if (byPixel.size < 2 || maxW === 0) return { path: "", maxW };
  const pixels = [...byPixel].sort((a, b) => a[0] - b[0]);
  const y = (watts: number): string => (box.heightPx * (1 - watts / maxW)).toFixed(1);
  const line = pixels.map(([x, watts]) => `L${x} ${y(watts)}`).join("");
  const [first, last] = [pixels[0]![0], pixels.at(-1)![0]];
  return { path: `M${first} ${box.heightPx}${line}L${last} ${box.heightPx}z`, maxW };
}

/** How many marks of a lane fall into each bin of a window. */
export interface Bin {
  readonly x: number;
  readonly count: number;
}

/**
 * The density of marks, for where they are too many to be told apart: bins of `binPx`, empty ones left out. `isWanted`:
 * which kinds are counted.
 */
export function densityOf(
  marks: readonly Mark[],
  window: TimeWindow,
  widthPx: number,
  options: { readonly binPx: number; readonly isWanted: (kind: MarkKind) => boolean },
): readonly Bin[] {
  const counts = new Map<number, number>();
  for (const { at, kind, count } of marks) {
    if (at < window.fromMs || at > window.toMs || !options.isWanted(kind)) continue;
    const bin = Math.floor(xOf(window, at, widthPx) / options.binPx);
    counts.set(bin, (counts.get(bin) ?? 0) + count);
  }
  return [...counts]
    .sort((a, b) => a[0] - b[0])
    .map(([bin, count]) => ({ x: bin * options.binPx, count }));
}
