// Emulated boards that run with the clock on the wall: for programs that take them for real ones.

import type { MeterBoard } from "./meter-board.ts";

const TURN_WALL_MS = 2;
/** After a pause of the machine no more than this is made up for; the rest of the time is lost to the board. */
const BEHIND_MAX_MS = 2_000;

export interface WallBoard {
  /** Board time that was lost because the machine was too slow. */
  readonly lostMs: number;
  stop(): void;
}

/** Lets the board's time pass from now on. */
export function runWithTheWall(meter: Pick<MeterBoard, "run">): WallBoard {
  let dueMs = performance.now();
  let lostMs = 0;
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - dueMs > BEHIND_MAX_MS) {
      lostMs += nowMs - dueMs - BEHIND_MAX_MS;
      dueMs = nowMs - BEHIND_MAX_MS;
    }
    const spanMs = Math.floor(nowMs - dueMs);
    if (spanMs <= 0) return;
    dueMs += spanMs;
    meter.run(spanMs);
  }, TURN_WALL_MS);
  return {
    get lostMs() {
      return lostMs;
    },
    stop: () => clearInterval(timer),
  };
}
