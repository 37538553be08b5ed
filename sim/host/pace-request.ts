// Reads what somebody asks of the pace, over HTTP or a socket. The answer to nonsense is a sentence.

import type { PaceRequest } from "../contract/frame.ts";

/** More than anybody wants to wait for at one press of a key. */
export const STEPS_MAX = 1_000;
const SPEED_MAX = 1e7;
const KEYS = ["speed", "isPaused", "steps", "untilMs", "pauseAtEvent", "slowAtTheft"] as const;
type Key = (typeof KEYS)[number];

const isFlag = (value: unknown): boolean => typeof value === "boolean";
const RULES: Readonly<Record<Key, { isRight(value: unknown): boolean; readonly fix: string }>> = {
  speed: {
    isRight: (value) =>
      value === null || (typeof value === "number" && value > 0 && value <= SPEED_MAX),
    fix: `speed is a number above 0 and at most ${SPEED_MAX}, or null for as fast as possible`,
  },
  isPaused: { isRight: isFlag, fix: "isPaused is true or false" },
  steps: {
    isRight: (value) =>
      Number.isInteger(value) && (value as number) >= 1 && (value as number) <= STEPS_MAX,
    fix: `steps is a whole number from 1 to ${STEPS_MAX}`,
  },
  untilMs: {
    isRight: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
    fix: "untilMs is a moment of the run in whole milliseconds since its start",
  },
  pauseAtEvent: { isRight: isFlag, fix: "pauseAtEvent is true or false" },
  slowAtTheft: { isRight: isFlag, fix: "slowAtTheft is true or false" },
};

/** The request, or what is wrong with it; what else is in the body does not count. */
export function readPaceRequest(body: unknown): PaceRequest | string {
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    return 'write {"speed": 60}, {"isPaused": true} or {"steps": 1}';
  }
  const given = body as Readonly<Record<string, unknown>>;
  const request: Partial<Record<Key, unknown>> = {};
  for (const key of KEYS) {
    const value = given[key];
    if (value === undefined) continue;
    if (!RULES[key].isRight(value)) return RULES[key].fix;
    request[key] = value;
  }
  if (request.steps !== undefined && request.isPaused === false) {
    return "steps are taken while the twin is paused; leave out isPaused, or steps";
  }
  if (request.untilMs !== undefined && request.isPaused !== false) {
    return 'untilMs goes with "isPaused": false: the run goes on until then';
  }
  return request as PaceRequest;
}
