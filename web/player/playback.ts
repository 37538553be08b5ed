// Playing what is kept of a run, forwards and backwards, at speeds of its own, within the selected span if there is one.
// The run itself goes on or stands still meanwhile.

import { create } from "zustand";
import { backToLive, lookAt, SPEEDS, say, setPace, useStreet } from "./store.ts";
import { useTimeView } from "./time-view.ts";
import type { TimeWindow } from "./time-window.ts";
import { type Point, refreshTimeline, rowAt, useTimeline } from "./timeline.ts";

const TICK_WALL_MS = 100;
/** Simulated over real time with which playing begins where the run goes as fast as it can. */
const FIRST_SPEED = 60;
export const PLAYBACK_SPEED_MAX = 61_440;
/** From this speed on, minutes are enough: a tick is longer. */
const COARSE_SPEED = 600;

export interface Playback {
  /** Simulated over real time; negative is backwards, 0 stands still. */
  readonly speed: number;
}

export const usePlayback = create<Playback>()(() => ({ speed: 0 }));
const { getState, setState } = usePlayback;
let timer = 0;
/** Where the play head was at some wall time, and the moment that it had brought. */
let head = { wallMs: 0, shownMs: 0, atMs: 0 };

/** Starts or doubles; the other direction starts anew. */
function play(direction: -1 | 1): void {
  const { speed } = getState();
  const isSame = Math.sign(speed) === direction;
  const next = isSame ? 2 * Math.abs(speed) : firstSpeed();
  setState({ speed: direction * Math.min(PLAYBACK_SPEED_MAX, next) });
  if (speed !== 0) return;
  const { simMs } = useStreet.getState();
  head = { wallMs: performance.now(), shownMs: simMs, atMs: simMs };
  plan();
}

function firstSpeed(): number {
  const speed = useStreet.getState().pace?.speed ?? FIRST_SPEED;
  return Math.min(PLAYBACK_SPEED_MAX, Math.max(1, speed));
}

/** Pauses what is played back, and the run where it is followed. */
export function pausePlay(): void {
  stopPlayback();
  if (useStreet.getState().lookingBackMs === null) setPace({ isPaused: true });
}

export function stopPlayback(): void {
  window.clearTimeout(timer);
  setState({ speed: 0 });
}

/** Backwards from what is shown; once more, twice as fast. */
export async function playBackwards(): Promise<void> {
  if (useStreet.getState().lookingBackMs === null) await refreshTimeline();
  play(-1);
}

/** Forwards; once more, twice as fast. At live, the run itself. */
export function playForwards(): void {
  const { lookingBackMs, pace } = useStreet.getState();
  if (lookingBackMs !== null) return play(1);
  stopPlayback();
  if (pace?.isPaused === true) return setPace({ isPaused: false });
  const speed = pace?.speed ?? null;
  const next = SPEEDS.find(
    (each) => speed !== null && (each ?? Number.POSITIVE_INFINITY) >= 2 * speed,
  );
  if (next !== undefined) setPace({ speed: next });
}

/** Space and the round button: what is looked back to is played or stopped, else the run. */
export function togglePlay(): void {
  const { lookingBackMs, pace } = useStreet.getState();
  if (getState().speed !== 0) stopPlayback();
  else if (lookingBackMs !== null) play(1);
  else setPace({ isPaused: pace?.isPaused === false });
}

function plan(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void tick(), TICK_WALL_MS);
}

async function tick(): Promise<void> {
  const { speed } = getState();
  if (speed === 0) return;
  const { simMs, lookingBackMs } = useStreet.getState();
  const wallMs = performance.now();
  // Somebody has gone elsewhere meanwhile.
  if (simMs !== head.shownMs) head = { ...head, shownMs: simMs, atMs: simMs };
  // A page that was away does not leap.
  const atMs = head.atMs + speed * Math.min(wallMs - head.wallMs, 2 * TICK_WALL_MS);
  head = { ...head, wallMs, atMs };
  const wanted = momentToShow(useTimeline.getState().points, useTimeView.getState().brush, {
    shownMs: simMs,
    headMs: atMs,
    isBackwards: speed < 0,
  });
  if (wanted === "end" || wanted === "start") {
    stopPlayback();
    if (wanted === "start") return say("There is no moment before this.");
    return backToLive();
  }
  if (wanted !== null) {
    await lookAt(wanted, Math.abs(speed) > COARSE_SPEED ? "minute" : "second");
    const { simMs: shownMs } = useStreet.getState();
    const hasLeapt = (wanted - simMs) * speed < 0;
    head = { ...head, shownMs, atMs: hasLeapt ? shownMs : head.atMs };
  }
  // Where somebody has gone back to live, there is nothing to play back.
  const isLeft = lookingBackMs !== null && useStreet.getState().lookingBackMs === null;
  if (isLeft) stopPlayback();
  else if (getState().speed !== 0) plan();
}

/**
 * Which of the kept moments is to be shown where the play head is; null while that is the one that is shown. Within a
 * selected span of at least two moments, play begins again at its other end.
 */
export function momentToShow(
  points: readonly Point[],
  brush: TimeWindow | null,
  {
    shownMs,
    headMs,
    isBackwards,
  }: { readonly shownMs: number; readonly headMs: number; readonly isBackwards: boolean },
): number | "start" | "end" | null {
  const inside = brush === null ? [] : insideOf(points, brush);
  const isLoop = inside.length > 1;
  const [first, last] = isLoop ? [inside[0]!, inside.at(-1)!] : [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return "start";
  if (isLoop && (shownMs < first.simMs || shownMs > last.simMs)) {
    return isBackwards ? last.simMs : first.simMs;
  }
  if (isBackwards) {
    if (shownMs <= first.simMs) return isLoop ? last.simMs : "start";
    const { simMs } = points[rowAt(points, headMs - 1) + 1] ?? first;
    return simMs < shownMs ? Math.max(simMs, first.simMs) : null;
  }
  if (shownMs >= last.simMs) return isLoop ? first.simMs : "end";
  const simMs = points[rowAt(points, headMs)]?.simMs ?? first.simMs;
  return simMs > shownMs ? Math.min(simMs, last.simMs) : null;
}

const insideOf = (points: readonly Point[], { fromMs, toMs }: TimeWindow): readonly Point[] =>
  points.slice(rowAt(points, fromMs - 1) + 1, rowAt(points, toMs) + 1);
