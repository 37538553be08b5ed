// What pauses or slows a run by itself: the next event that a timeline marks, or a theft.

import { headline } from "../../contract/event.ts";
import type { PaceRequest, PaceView } from "../../contract/frame.ts";
import { markingOf, type Side } from "../../contract/moments.ts";
import type { SimMs } from "../../core/time.ts";
import type { Twin } from "../world.ts";
import type { Pacing } from "./pacing.ts";

type Wishes = Pick<PaceView, "pauseAtEvent" | "slowAtTheft">;
type Cause = Pick<PaceView, "becauseOf" | "becauseSide">;

/** Nothing has paused it or slowed it down. */
const NO_CAUSE: Cause = { becauseOf: null, becauseSide: null };

export interface Attention {
  /** Pauses or slows down after a step where somebody wants that. */
  heed(): void;
  wish(change: Pick<PaceRequest, "pauseAtEvent" | "slowAtTheft">): void;
  /** Where the run stands still by itself; null where nobody wants that. */
  standAt(ms: SimMs | null): void;
  /** Somebody changes the pace: what was the cause is none any more. */
  forgetCause(): void;
  readonly view: Wishes & Cause;
}

export function createAttention(
  twin: Twin,
  pacing: Pacing,
  sidesShown: () => readonly Side[],
  begun: Partial<Wishes> = {},
): Attention {
  let pauseAtEvent = begun.pauseAtEvent ?? false;
  let slowAtTheft = begun.slowAtTheft ?? false;
  let because = NO_CAUSE;
  let untilMs: SimMs | null = null;
  const { clock } = twin.world.engine;
  return {
    heed() {
      if (untilMs !== null && clock.nowMs >= untilMs) {
        untilMs = null;
        pacing.change({ isPaused: true });
      }
      if (!pauseAtEvent && !slowAtTheft) return;
      for (const { side, event } of twin.out.events) {
        const marking = sidesShown().includes(side) ? markingOf(event) : undefined;
        // What everybody may see happen is heeded there, and not once more when the company hears of it.
        const isSlow = marking?.isSlow === true && side === sidesShown()[0];
        const slows = slowAtTheft && isSlow && (pacing.speed === null || pacing.speed > 1);
        const pauses = pauseAtEvent && marking !== undefined && marking.isCommon !== true;
        if (!slows && !pauses) continue;
        if (because === NO_CAUSE) because = { becauseOf: headline(event), becauseSide: side };
        pacing.change({ ...(slows ? { speed: 1 } : {}), ...(pauses ? { isPaused: true } : {}) });
      }
    },
    wish(change) {
      pauseAtEvent = change.pauseAtEvent ?? pauseAtEvent;
      slowAtTheft = change.slowAtTheft ?? slowAtTheft;
    },
    standAt(ms) {
      untilMs = ms;
    },
    forgetCause() {
      because = NO_CAUSE;
    },
    get view() {
      return { pauseAtEvent, slowAtTheft, ...because };
    },
  };
}
