// The wall's steps of a twin with boards that cannot wait: each ends where the one before ended plus its length, so that
// nothing drifts. A twin that is too late for that gives the difference up, and says so.

/** A twin this far behind has missed the step's end. */
const BEHIND_WALL_MAX_MS = 500;

export interface WallStep {
  /** When the step is over on the wall. */
  readonly ended: Promise<void>;
  readonly untilEndMs: number;
  /** The twin came so late that the step's end could not be kept. */
  readonly isLate: boolean;
}

export interface WallSteps {
  next(stepMs: number): WallStep;
  /** The next step begins now. */
  restart(): void;
}

export function createWallSteps(wallNow: () => number): WallSteps {
  let endMs: number | undefined;
  return {
    next(stepMs) {
      const nowMs = wallNow();
      endMs = endMs === undefined ? nowMs + stepMs : endMs + stepMs;
      const isLate = nowMs - endMs > BEHIND_WALL_MAX_MS;
      if (isLate) endMs = nowMs;
      const untilEndMs = Math.max(0, endMs - nowMs);
      const ended = new Promise<void>((resolve) => {
        setTimeout(resolve, untilEndMs);
      });
      return { ended, untilEndMs, isLate };
    },
    restart() {
      endMs = undefined;
    },
  };
}
