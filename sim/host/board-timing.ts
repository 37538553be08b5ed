// How well one board kept its appointments with the wall's clock: round trips, jitter, missed deadlines, and whether its
// figures may be trusted. Wall time only: nothing of it reaches the twin.

import type { BoardTimes } from "../contract/report.ts";
import { createLateness } from "../engine/showing/lateness.ts";

/** More missed answers than this: every hundredth second of the board's is a guess of the policy, which is its class. */
export const MISSED_SHARE_MAX = 0.01;
/**
 * Share of a step by which answers may come early or late, in the 99th percentile: half of the firmware's measuring
 * window in a step of a second. What is below it, the board itself cannot tell from an even step.
 */
export const JITTER_SHARE_MAX = 0.1;

export interface BoardAnswerTimes {
  readonly askedWallMs: number;
  readonly answeredWallMs: number;
  readonly stepMs: number;
}

export interface BoardTiming {
  /** An answer came so long after it was asked for. */
  noteAnswer(answer: BoardAnswerTimes): void;
  /** No answer came in time, or the twin itself was too late to ask. */
  noteMissed(): void;
  /** The next answer does not follow the last one: the twin has stood still, or the board was away. */
  restart(): void;
  read(): BoardTimes;
}

export function createBoardTiming(): BoardTiming {
  const roundTrip = createLateness();
  const jitter = createLateness();
  let missed = 0;
  let lastWallMs: number | undefined;
  let longestStepMs = 0;
  return {
    noteAnswer({ askedWallMs, answeredWallMs, stepMs }) {
      roundTrip.note(answeredWallMs - askedWallMs);
      if (lastWallMs !== undefined) jitter.note(Math.abs(answeredWallMs - lastWallMs - stepMs));
      lastWallMs = answeredWallMs;
      longestStepMs = Math.max(longestStepMs, stepMs);
    },
    noteMissed() {
      missed++;
      lastWallMs = undefined;
    },
    restart() {
      lastWallMs = undefined;
    },
    read() {
      const steps = roundTrip.steps + missed;
      const times = {
        steps,
        missed,
        roundTripMedianMs: roundTrip.quantileMs(0.5),
        roundTripP99Ms: roundTrip.quantileMs(0.99),
        jitterMedianMs: jitter.quantileMs(0.5),
        jitterP99Ms: jitter.quantileMs(0.99),
      };
      return { ...times, doubt: doubtOf(times, longestStepMs) };
    },
  };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function doubtOf(times: Omit<BoardTimes, "doubt">, stepMs: number): string | null {
  const { steps, missed, jitterP99Ms } = times;
  if (steps > 0 && missed / steps > MISSED_SHARE_MAX) {
    return `${missed} of ${steps} answers missed their deadlines, ${percent(missed / steps)} where ${percent(MISSED_SHARE_MAX)} may; do not trust this run`;
  }
  if (jitterP99Ms !== null && jitterP99Ms > JITTER_SHARE_MAX * stepMs) {
    return `answers came up to ${jitterP99Ms} ms early or late, where ${JITTER_SHARE_MAX * stepMs} ms may; do not trust this run`;
  }
  return null;
}
