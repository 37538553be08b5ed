// Modems: with which mast each is registered, and how it finds another. A modem whose mast is gone scans, registers
// with the next best, and comes back when its own has been better by a margin for a while. After a power cut and after
// the core's outage each waits a moment of its own: all at once would fill every signalling channel.

import { drawUniform } from "../core/random.ts";
import { MINUTE_MS, SECOND_MS, type SimMs } from "../core/time.ts";
import { takeCapacity } from "./capacity.ts";
import { NEVER_MS } from "./due.ts";
import { refreshDue } from "./outbox.ts";
import { PURPOSE } from "./purposes.ts";
import { releaseKept } from "./sms-centre.ts";
import type { AirSpec, Candidate } from "./spec.ts";
import { type AirState, MODEM, type ModemColumns } from "./state.ts";

/** A scan of the bands; a modem that finds nothing scans less and less often. */
const SCAN_MIN_MS = 10 * SECOND_MS;
const SCAN_MAX_MS = MINUTE_MS;
const SCAN_WAIT_MAX_MS = 10 * MINUTE_MS;
/** From asking for a signalling channel to the end of the location update. */
const REGISTER_MIN_MS = 2 * SECOND_MS;
const REGISTER_MAX_MS = 6 * SECOND_MS;
/** From the supply's return until a modem has started and read its card. */
const BOOT_MS = 10 * SECOND_MS;
/** A mast that full is tried again after this, doubled each time up to an hour, half of it left to chance. */
const BLOCKED_WAIT_MS: number = 30 * SECOND_MS;
const BLOCKED_DOUBLINGS_MAX = 7;
const DOUBLINGS_MAX = 6;
/** A neighbour is no reason to move unless it is better by this. */
const RESELECT_MARGIN_DB = 4;

/** Modems that have been in service for long: each with its best mast. */
export function createModems({ candidates }: AirSpec): ModemColumns {
  const meters = candidates.length;
  return {
    phase: Uint8Array.from(candidates, ([best]) =>
      best === undefined ? MODEM.waiting : MODEM.registered,
    ),
    mast: Int16Array.from(candidates, ([best]) => best?.mast ?? -1),
    actsAt: new Float64Array(meters).fill(NEVER_MS),
    searches: new Float64Array(meters),
    failures: new Uint8Array(meters),
    freeAt: new Float64Array(meters),
    blocked: new Uint8Array(meters),
    silent: new Uint8Array(meters),
    probeAt: new Float64Array(meters),
  };
}

/** The mast that serves a meter now; −1 where none does. */
export function servingMast({ modems }: AirState, row: number): number {
  return modems.phase[row] === MODEM.registered ? modems.mast[row]! : -1;
}

/** The level at which a meter hears a mast. */
export function levelOf({ candidates }: AirSpec, row: number, mast: number): number {
  const heard = candidates[row]!.find((candidate) => candidate.mast === mast);
  return heard?.levelDbm ?? Number.NEGATIVE_INFINITY;
}

/** The wait after `blocked` refusals in a row, u in [0, 1). */
export function blockedWaitMs(blocked: number, u: number): number {
  const doubled = BLOCKED_WAIT_MS * (1 << Math.min(blocked, BLOCKED_DOUBLINGS_MAX));
  return Math.floor(Math.min(60 * MINUTE_MS, doubled) * (0.5 + u));
}

/** What a modem does when it acts: looks for a mast, ends its registration, or looks for a better one. */
export function stepModem(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  const { modems } = air;
  switch (modems.phase[row]) {
    case MODEM.waiting:
      search(spec, air, row, at);
      break;
    case MODEM.registering:
      endRegistration(spec, air, row, at);
      break;
    default:
      reselect(spec, air, row, at);
  }
  refreshDue(air, row);
}

function search(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  const best = bestCandidate(spec, air, row);
  if (best === undefined) searchAgain(spec, air, row, at);
  else askFor(spec, air, row, best.mast, at);
}

const bestCandidate = (
  { candidates }: AirSpec,
  { mastDown }: AirState,
  row: number,
): Candidate | undefined => candidates[row]!.find(({ mast }) => mastDown[mast] === 0);

/** Asks a mast for a channel to register over; waits where it has none. */
function askFor(spec: AirSpec, air: AirState, row: number, mast: number, at: SimMs): void {
  const { modems } = air;
  const u = draw(spec, air, row, PURPOSE.register);
  if (!takeCapacity(spec, air, mast, "sms", at)) {
    modems.actsAt[row] = at + blockedWaitMs(modems.blocked[row]!, u);
    modems.blocked[row] = Math.min(BLOCKED_DOUBLINGS_MAX, modems.blocked[row]! + 1);
    return;
  }
  modems.blocked[row] = 0;
  modems.phase[row] = MODEM.registering;
  modems.mast[row] = mast;
  modems.actsAt[row] = at + between(REGISTER_MIN_MS, REGISTER_MAX_MS, u);
}

function endRegistration(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  const { modems } = air;
  const mast = modems.mast[row]!;
  // The core knows who is where; without it and without the line to it nobody is let in.
  const isLetIn = air.backhaulDown[mast] === 0 && air.networkDown[0] === 0;
  if (!isLetIn) {
    modems.phase[row] = MODEM.waiting;
    searchAgain(spec, air, row, at);
    return;
  }
  modems.phase[row] = MODEM.registered;
  modems.failures[row] = 0;
  modems.freeAt[row] = at;
  air.counts.registrations++;
  modems.actsAt[row] = NEVER_MS;
  lookAround(spec, air, row, at);
  releaseKept(air, row, at);
}

function searchAgain(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  const { modems } = air;
  const failures = modems.failures[row]!;
  modems.failures[row] = Math.min(DOUBLINGS_MAX, failures + 1);
  const scan = between(SCAN_MIN_MS, SCAN_MAX_MS, draw(spec, air, row, PURPOSE.search));
  modems.actsAt[row] = at + Math.min(SCAN_WAIT_MAX_MS, scan * (1 << failures));
}

/** Plans a look at the other masts where one is better than the one that serves. */
function lookAround(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  if (betterMast(spec, air, row) < 0) return;
  const u = draw(spec, air, row, PURPOSE.reselect);
  air.modems.actsAt[row] = at + SCAN_MIN_MS + Math.floor(u * spec.returnSpreadMs);
}

function betterMast(spec: AirSpec, air: AirState, row: number): number {
  const best = bestCandidate(spec, air, row);
  const serving = air.modems.mast[row]!;
  if (best === undefined || best.mast === serving) return -1;
  const marginDb = best.levelDbm - levelOf(spec, row, serving);
  return marginDb >= RESELECT_MARGIN_DB ? best.mast : -1;
}

function reselect(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  air.modems.actsAt[row] = NEVER_MS;
  const better = betterMast(spec, air, row);
  if (better >= 0) askFor(spec, air, row, better, at);
}

/** A mast has gone: whoever it served looks for another. */
export function loseMast(spec: AirSpec, air: AirState, mast: number, at: SimMs): void {
  const { modems } = air;
  for (let row = 0; row < modems.mast.length; row++) {
    const isServed = modems.phase[row]! >= MODEM.registering && modems.mast[row] === mast;
    if (!isServed) continue;
    modems.phase[row] = MODEM.waiting;
    modems.failures[row] = 0;
    searchAgain(spec, air, row, at);
    refreshDue(air, row);
  }
}

/** A mast is back: whoever hears it much better than the one that serves will return to it. */
export function regainMast(spec: AirSpec, air: AirState, at: SimMs): void {
  for (let row = 0; row < air.modems.mast.length; row++) {
    if (air.modems.phase[row] !== MODEM.registered) continue;
    lookAround(spec, air, row, at);
    refreshDue(air, row);
  }
}

/** The core is back and knows nobody (3GPP TS 23.007): every modem that is on registers anew, each in its own time. */
export function reregisterAll(spec: AirSpec, air: AirState, at: SimMs): void {
  for (let row = 0; row < air.modems.mast.length; row++) {
    if (air.modems.phase[row] !== MODEM.dark) wake(spec, air, row, at);
  }
}

/** The supply of a meter goes or comes. Its modem goes dark with it; its outbox stays. */
export function setSupply(
  spec: AirSpec,
  air: AirState,
  row: number,
  hasSupply: boolean,
  at: SimMs,
): void {
  const { modems } = air;
  if (hasSupply === (modems.phase[row] !== MODEM.dark)) return;
  if (hasSupply) {
    wake(spec, air, row, at + BOOT_MS);
    return;
  }
  // Whom a last gasp goes to: the mast that knows the modem.
  if (modems.phase[row] !== MODEM.registered) modems.mast[row] = -1;
  modems.phase[row] = MODEM.dark;
  modems.actsAt[row] = NEVER_MS;
  modems.silent[row] = 0;
  modems.probeAt[row] = 0;
  refreshDue(air, row);
}

/** A modem that begins anew waits its own share of the spread, always the same: whoever lives apart stays apart. */
function wake(spec: AirSpec, air: AirState, row: number, at: SimMs): void {
  const { modems } = air;
  modems.phase[row] = MODEM.waiting;
  modems.failures[row] = 0;
  modems.blocked[row] = 0;
  const isHeard = spec.candidates[row]!.length > 0;
  const share = drawUniform(spec.seed, row, 0, PURPOSE.return);
  modems.actsAt[row] = isHeard ? at + Math.floor(share * spec.returnSpreadMs) : NEVER_MS;
  refreshDue(air, row);
}

const between = (min: number, max: number, u: number): number => Math.floor(min + (max - min) * u);

function draw({ seed }: AirSpec, { modems }: AirState, row: number, purpose: number): number {
  const search = modems.searches[row]!;
  modems.searches[row] = search + 1;
  return drawUniform(seed, row, search, purpose);
}
