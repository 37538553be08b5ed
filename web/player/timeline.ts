// The moments and marks of the run that the page can look back to, and moving between them. Holds of the marks only
// those of the view that is shown.

import { create } from "zustand";
import type { Mark, MomentsView, Side } from "../../sim/contract/moments.ts";
import { backToLive, lookAt, readMoments, say, setPace, truthIsGoing, useStreet } from "./store.ts";
import { VIEW_CHANNELS, type View } from "./views.ts";

const ASKED_EVERY_MS = 2_000;
/** More points than the host ever holds: it has thinned them out since. */
const POINTS_MAX = 24_000;

export type Point = MomentsView["moments"][number];

export interface TimelineStore {
  readonly points: readonly Point[];
  readonly marks: readonly Mark[];
  /** Why there is nothing before the first point; null where that is the start. */
  readonly missing: string | null;
}

const NOTHING: TimelineStore = { points: [], marks: [], missing: null };
export const useTimeline = create<TimelineStore>()(() => NOTHING);

export const sidesOf = (view: View): readonly Side[] =>
  VIEW_CHANNELS[view].includes("truth/event") ? ["truth", "belief"] : ["belief"];

const keyOf = ({ at, side, kind, supply, text }: Mark): string =>
  [at, side, kind, supply, text].join("|");

/** Adds what is new; a crowd that has grown takes the place of itself. */
export function mergeMarks(before: readonly Mark[], news: readonly Mark[]): readonly Mark[] {
  if (news.length === 0) return before;
  const byKey = new Map(before.map((mark) => [keyOf(mark), mark]));
  let isChanged = false;
  for (const mark of news) {
    if (byKey.get(keyOf(mark))?.count !== mark.count) isChanged = true;
    byKey.set(keyOf(mark), mark);
  }
  return isChanged ? [...byKey.values()].sort((a, b) => a.at - b.at) : before;
}

/** What the points and marks that are held belong to. */
let heldFor = "";
let asking: Promise<void> | undefined;

/** Asks for what is new since the last time, also where an answer to an earlier question is still to come. */
export function refreshTimeline(): Promise<void> {
  const asked = (asking ?? Promise.resolve()).then(ask).finally(() => {
    if (asking === asked) asking = undefined;
  });
  asking = asked;
  return asked;
}

async function ask(): Promise<void> {
  const { view, runId, hiding } = useStreet.getState();
  const sides = sidesOf(view);
  const wanted = `${runId}/${sides.join()}/${hiding.isHidden}`;
  const { points } = useTimeline.getState();
  if (wanted !== heldFor || points.length > POINTS_MAX) {
    useTimeline.setState(NOTHING);
    heldFor = wanted;
  }
  const afterMs = useTimeline.getState().points.at(-1)?.simMs ?? -1;
  const news = await readMoments(sides, afterMs);
  if (news === null || news.runId !== runId || wanted !== heldFor) return;
  if (useStreet.getState().view !== view) return;
  const held = useTimeline.getState();
  useTimeline.setState({
    points: news.moments.length === 0 ? held.points : [...held.points, ...news.moments],
    marks: mergeMarks(held.marks, news.marks),
    missing: news.missing,
  });
}

/** Keeps asking while the page is looked at and the server is there. Returns how to end it. */
export function followTimeline(): () => void {
  const look = (): void => {
    const { connection, runId } = useStreet.getState();
    if (runId === "" || connection !== "live" || document.visibilityState === "hidden") return;
    if (truthIsGoing()) return;
    void refreshTimeline();
  };
  const timer = window.setInterval(() => {
    if (asking === undefined) look();
  }, ASKED_EVERY_MS);
  const leave = useStreet.subscribe((now, before) => {
    const isOther =
      now.runId !== before.runId ||
      now.view !== before.view ||
      now.hiding.isHidden !== before.hiding.isHidden ||
      (now.connection === "live" && before.connection !== "live");
    if (now.view !== before.view) useTimeline.setState(NOTHING);
    if (isOther) look();
  });
  look();
  return () => {
    window.clearInterval(timer);
    leave();
  };
}

/** The row of the newest point that is not after a moment; −1 before the first. */
export function rowAt(points: readonly Point[], simMs: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.simMs <= simMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** So many moments back from what is shown. */
export async function stepBack(count: number): Promise<void> {
  const { lookingBackMs, simMs } = useStreet.getState();
  if (lookingBackMs === null) await refreshTimeline();
  const { points } = useTimeline.getState();
  // The present may be a point already, or later than the last one.
  const row = rowAt(points, simMs - 1) - (count - 1);
  const point = points[Math.max(0, row)];
  if (point === undefined || point.simMs >= simMs) return say("There is no moment before this.");
  return lookAt(point.simMs);
}

/** So many moments on; at the present one, steps of the twin. */
export async function stepOn(count: number): Promise<void> {
  const { lookingBackMs } = useStreet.getState();
  if (lookingBackMs === null) return setPace({ steps: count });
  const { points } = useTimeline.getState();
  const point = points[rowAt(points, lookingBackMs) + count];
  if (point === undefined) return backToLive();
  return lookAt(point.simMs);
}

/** Shows what a mark did: the first moment that has its effect. */
export async function lookAtMark({ shownMs }: Mark): Promise<void> {
  const { points } = useTimeline.getState();
  const point = points[rowAt(points, shownMs - 1) + 1];
  if (point !== undefined) return lookAt(point.simMs);
  await refreshTimeline();
  return lookAt(useTimeline.getState().points.at(-1)?.simMs ?? shownMs);
}

/** The next mark before or after what is shown. */
export async function stepToMark(direction: -1 | 1): Promise<void> {
  const { lookingBackMs, simMs } = useStreet.getState();
  if (lookingBackMs === null) await refreshTimeline();
  const { marks, points } = useTimeline.getState();
  // From the moment that shows a mark, that mark is behind and in front of nobody.
  const shownFromMs = points[rowAt(points, simMs - 1)]?.simMs ?? -1;
  const mark =
    direction < 0
      ? marks.findLast(({ shownMs }) => shownMs <= shownFromMs)
      : marks.find(({ shownMs }) => shownMs > simMs);
  if (mark !== undefined) return lookAtMark(mark);
  if (direction > 0 && lookingBackMs !== null) return backToLive();
  say(direction < 0 ? "There is no event before this." : "There is no event after this yet.");
}

export async function lookAtStart(): Promise<void> {
  await refreshTimeline();
  const first = useTimeline.getState().points[0];
  if (first !== undefined) await lookAt(first.simMs);
}
