// Lets a run go on until a lesson's moment and stands still there: by counted steps, so that it does not run past.

import { backToLive, setPace, useStreet } from "../player/store.ts";

/** As many as the host takes at once. */
const STEPS_MAX = 1_000;

/** Resolves when the run is there, or has stopped, or `isWanted` says that nobody waits any more. */
export function runUntil(atMs: number, isWanted: () => boolean): Promise<void> {
  backToLive();
  return new Promise((resolve) => {
    let targetMs = Number.NEGATIVE_INFINITY;
    const turn = (): boolean => {
      const { pace } = useStreet.getState();
      if (pace === null || !isWanted() || pace.simMs >= atMs || pace.stopped !== null) return true;
      if (pace.held !== null) return true;
      // A run that is not paused moves by itself: the first order for steps pauses it.
      if (pace.simMs < targetMs) return false;
      const steps = Math.min(STEPS_MAX, Math.ceil((atMs - pace.simMs) / pace.stepMs));
      targetMs = pace.simMs + steps * pace.stepMs;
      setPace({ steps });
      return false;
    };
    if (turn()) return resolve();
    const end = useStreet.subscribe(() => {
      if (!turn()) return;
      end();
      resolve();
    });
    return undefined;
  });
}
