// The load limit that a meter keeps by itself: it opens after some time above the limit, closes again after some more,
// and after so many tries stays open until the company says otherwise.

import type { SimMs } from "../../core/time.ts";
import type { LimitColumns } from "../state.ts";
import { type MeterScene, tell } from "./outgoing.ts";
import { holdRelay, isHeldBy } from "./relay.ts";

/** What is asked of a limiter; times in ms. */
export interface LimitTerms {
  readonly limitW: number;
  readonly afterMs: number;
  readonly recloseAfterMs: number;
  readonly recloseTriesMax: number;
}

const LIMIT_MAX_W = 1e9;
const TRIES_MAX = 100;
const WAIT_MAX_MS = 1e10;

/** Nobody is limited. */
export function createLimits(meterCount: number): LimitColumns {
  const column = (value = 0) => new Float64Array(meterCount).fill(value);
  return {
    limitW: column(),
    afterMs: column(),
    recloseAfterMs: column(),
    recloseTriesMax: column(),
    overSince: column(-1),
    movedAt: column(-1),
    tries: column(),
  };
}

const isWithin = (value: number, max: number): boolean =>
  Number.isFinite(value) && value >= 0 && value <= max;

/** Whether a meter can keep such a limit. */
export function isLimitValid(terms: LimitTerms): boolean {
  return (
    isWithin(terms.limitW, LIMIT_MAX_W) &&
    terms.limitW > 0 &&
    isWithin(terms.afterMs, WAIT_MAX_MS) &&
    isWithin(terms.recloseAfterMs, WAIT_MAX_MS) &&
    isWithin(terms.recloseTriesMax, TRIES_MAX)
  );
}

/** Sets a limit, or none; what the old one did is forgotten. */
export function setLimit(limit: LimitColumns, row: number, terms: LimitTerms | null): void {
  limit.limitW[row] = terms?.limitW ?? 0;
  limit.afterMs[row] = terms?.afterMs ?? 0;
  limit.recloseAfterMs[row] = terms?.recloseAfterMs ?? 0;
  limit.recloseTriesMax[row] = terms?.recloseTriesMax ?? 0;
  forgetTries(limit, row);
}

/** The company closes the relay: the limiter begins anew. */
export function forgetTries(limit: LimitColumns, row: number): void {
  limit.overSince[row] = -1;
  limit.movedAt[row] = -1;
  limit.tries[row] = 0;
}

/** One step of a limiter. `powerW` is what the meter measured in the step from `from` to `at`. */
export function stepLimit(
  scene: MeterScene,
  row: number,
  powerW: number,
  from: SimMs,
  at: SimMs,
): void {
  const { state } = scene;
  const { limit } = state;
  const sinceMoved = at - limit.movedAt[row]!;
  if (isHeldBy(state, row, "limit")) {
    if (limit.tries[row]! >= limit.recloseTriesMax[row]!) return;
    if (sinceMoved < limit.recloseAfterMs[row]!) return;
    limit.tries[row] = limit.tries[row]! + 1;
    limit.movedAt[row] = at;
    tell(scene, row, at, "over-limit-closed");
    holdRelay(scene, row, "limit", "closed", at);
    return;
  }
  if (powerW <= limit.limitW[row]!) {
    limit.overSince[row] = -1;
    if (limit.tries[row]! > 0 && sinceMoved >= limit.recloseAfterMs[row]!) limit.tries[row] = 0;
    return;
  }
  if (limit.overSince[row]! < 0) limit.overSince[row] = from;
  if (at - limit.overSince[row]! < limit.afterMs[row]!) return;
  limit.overSince[row] = -1;
  limit.movedAt[row] = at;
  tell(scene, row, at, "over-limit-open", Math.round(powerW));
  const isLast = limit.tries[row]! >= limit.recloseTriesMax[row]!;
  if (isLast) tell(scene, row, at, "over-limit-lockout", Math.round(powerW));
  holdRelay(scene, row, "limit", "open", at);
}
