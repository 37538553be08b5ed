// What a mast can take: its signalling channels by Erlang's formula, and a count of what it took this minute.

import { MINUTE_MS, SECOND_MS, type SimMs } from "../core/time.ts";
import type { AirSpec } from "./spec.ts";
import type { AirState, Bearer } from "./state.ts";

/** Share of attempts that find all of `channels` busy at an offered load, and are lost: Erlang's B (1917). */
function erlangB(offeredErlang: number, channels: number): number {
  let blocked = 1;
  for (let n = 1; n <= channels; n++) {
    blocked = (offeredErlang * blocked) / (n + offeredErlang * blocked);
  }
  return blocked;
}

/** One SMS holds a signalling channel for 3 to 6 s, a registration for 2 to 4 s. */
const SDCCH_HOLD_MS = 4 * SECOND_MS;
/** The blocking that networks are built for. */
const BLOCKING_SHARE = 0.02;
const BISECTIONS = 50;

/** Messages a minute that a mast's signalling channels take with one in fifty blocked; eight channels take 54. */
export function smsPerMinute(sdcchChannels: number): number {
  let [low, high] = [0, 2 * sdcchChannels];
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (erlangB(middle, sdcchChannels) < BLOCKING_SHARE) low = middle;
    else high = middle;
  }
  return Math.floor((low * MINUTE_MS) / SDCCH_HOLD_MS);
}

/** Whether a mast takes one more in the minute of `at`; counts it if so. */
export function takeCapacity(
  { masts }: AirSpec,
  { load, counts }: AirState,
  mast: number,
  bearer: Bearer,
  at: SimMs,
): boolean {
  const minute = Math.floor(at / MINUTE_MS);
  if (minute > load.minute[mast]!) {
    const isNext = minute === load.minute[mast]! + 1;
    load.smsBefore[mast] = isNext ? load.sms[mast]! : 0;
    load.dataBefore[mast] = isNext ? load.data[mast]! : 0;
    load.sms[mast] = 0;
    load.data[mast] = 0;
    load.minute[mast] = minute;
  }
  const { smsPerMinute: smsMax, dataPerMinute: dataMax } = masts[mast]!;
  const taken = bearer === "sms" ? load.sms : load.data;
  if (taken[mast]! >= (bearer === "sms" ? smsMax : dataMax)) {
    counts.congested++;
    return false;
  }
  taken[mast] = taken[mast]! + 1;
  return true;
}

/** How full a mast was in the last whole minute before `now`, by the bearer that was fuller; 1 is all it takes. */
export function mastLoadShare(
  { masts }: AirSpec,
  { load }: AirState,
  mast: number,
  now: SimMs,
): number {
  const wanted = Math.floor(now / MINUTE_MS) - 1;
  const minute = load.minute[mast]!;
  const { smsPerMinute: smsMax, dataPerMinute: dataMax } = masts[mast]!;
  if (minute === wanted) return Math.max(load.sms[mast]! / smsMax, load.data[mast]! / dataMax);
  if (minute !== wanted + 1) return 0;
  return Math.max(load.smsBefore[mast]! / smsMax, load.dataBefore[mast]! / dataMax);
}
