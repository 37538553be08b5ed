// Lets a run go on until a lesson's moment, as fast as it goes; the run itself stands still there.

import { backToLive, setPace, useStreet } from "../player/store.ts";

/** Of a run that had no speed before. */
const AFTERWARDS_SPEED = 60;

/** Resolves when the run is there, or stands still before; or `isWanted` says that nobody waits any more. */
export function runUntil(atMs: number, isWanted: () => boolean): Promise<void> {
  backToLive();
  const { pace: now } = useStreet.getState();
  if (now === null || now.simMs >= atMs) return Promise.resolve();
  setPace({ speed: null, isPaused: false, untilMs: atMs });
  return new Promise((resolve) => {
    let hasBegun = false;
    const end = useStreet.subscribe(({ pace }) => {
      if (pace === null) return;
      hasBegun ||= !pace.isPaused;
      const stands = pace.stopped !== null || pace.held !== null || (hasBegun && pace.isPaused);
      if (!stands && isWanted() && pace.simMs < atMs) return;
      end();
      // Whoever presses play then does not race away.
      setPace({ speed: now.speed ?? AFTERWARDS_SPEED });
      resolve();
    });
  });
}
