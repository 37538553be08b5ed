// The pace of a live run: every step has a deadline in wall time, computed from one base, so that nothing drifts.
// Knows no twin; decides nothing about what a step does.

import type { SimMs } from "../../core/time.ts";
import { createLateness, type Lateness } from "./lateness.ts";

/** A run this far behind its deadlines gives the difference up instead of racing after it. */
const BEHIND_WALL_MAX_MS = 500;

export interface PaceChange {
  readonly speed?: number | null;
  readonly isPaused?: boolean;
  /** Steps to be taken at once, although it is paused. */
  readonly steps?: number;
  /** A step is taken when it begins and not when it is over: it lasts its time by itself. */
  readonly takesItsTime?: boolean;
}

export interface Pacing {
  /** Simulated over real time; null is as fast as possible. */
  readonly speed: number | null;
  readonly isPaused: boolean;
  /** Wall time from one step to the next; 0 as fast as possible. */
  readonly stepWallMs: number;
  change(change: PaceChange): void;
  /** Whether the next step may be taken now. */
  readonly isDue: boolean;
  /** Wall time until the next step's deadline, ms; 0 where it has passed or there is none. */
  readonly untilDueMs: number;
  /** Notes that the step that leads to the clock's present has ended. */
  noteStep(): void;
  /** Gives up what cannot be caught up with. */
  letGo(): void;
  /** Deadlines count from here and now. */
  rebase(): void;
  /** Of the steps since the pace last changed. */
  readonly lateness: Lateness;
  /** Of all steps that had a deadline. */
  readonly latenessOfAll: Lateness;
}

export interface PacingOptions {
  readonly speed: number | null;
  readonly isPaused: boolean;
  /** The twin's clock. */
  readonly clock: { readonly nowMs: SimMs; readonly stepMs: number };
  /** Wall time, ms from any origin. */
  readonly wallNow: () => number;
}

/** A pace that begins now. */
export function createPacing({ clock, wallNow, ...options }: PacingOptions): Pacing {
  let { speed, isPaused } = options;
  let takesItsTime = false;
  let stepsLeft = 0;
  let base = { wallMs: wallNow(), simMs: clock.nowMs };
  const lateness = createLateness();
  const latenessOfAll = createLateness();
  const rebase = (): void => {
    base = { wallMs: wallNow(), simMs: clock.nowMs };
  };
  /** When the step that ends at `endMs` is due. */
  const deadline = (endMs: SimMs, paceOfTime: number): number =>
    base.wallMs + (endMs - base.simMs) / paceOfTime;
  const lateMs = (endMs: SimMs): number =>
    speed === null ? 0 : wallNow() - deadline(endMs, speed);
  const nextLateMs = (): number => lateMs(clock.nowMs + (takesItsTime ? 0 : clock.stepMs));
  return {
    get speed() {
      return speed;
    },
    get isPaused() {
      return isPaused;
    },
    get stepWallMs() {
      return speed === null ? 0 : clock.stepMs / speed;
    },
    change(change) {
      if (change.speed !== undefined) speed = change.speed;
      if (change.isPaused !== undefined) isPaused = change.isPaused;
      stepsLeft = isPaused ? (change.steps ?? 0) : 0;
      if (change.takesItsTime !== undefined) takesItsTime = change.takesItsTime;
      lateness.clear();
      rebase();
    },
    get isDue() {
      return stepsLeft > 0 || (!isPaused && nextLateMs() >= 0);
    },
    get untilDueMs() {
      return Math.max(0, -nextLateMs());
    },
    noteStep() {
      if (stepsLeft > 0) {
        stepsLeft--;
        rebase();
        return;
      }
      if (speed === null) return;
      const late = lateMs(clock.nowMs);
      lateness.note(late);
      latenessOfAll.note(late);
    },
    letGo() {
      if (nextLateMs() > BEHIND_WALL_MAX_MS) rebase();
    },
    rebase,
    lateness,
    latenessOfAll,
  };
}
