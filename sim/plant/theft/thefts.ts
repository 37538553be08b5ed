// What thieves change of what physically exists: paths around sensors and relays, loads before meters, sensors that
// see less, conductors that lead elsewhere. Meters know nothing of theft; they measure what is left to them.

import { THEFT_KINDS, type TheftKind, theftBit } from "../../contract/theft.ts";
import { assert } from "../../core/assert.ts";
import { type Calendar, isWorkingDay, type LocalTime, localTime } from "../../core/calendar.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { TheftSpec } from "../spec.ts";
import type { TheftState } from "../state.ts";

const KINDS = THEFT_KINDS.length;
/** A motor or a heater on a wire over the fence: tan φ of power factor 0.9. */
export const HOOK_VAR_PER_W = Math.sqrt(1 - 0.9 * 0.9) / 0.9;
/** How long a meter's cover is off while somebody puts something into it. */
const COVER_OPEN_MS = 2 * MINUTE_MS;

/** Nobody steals. */
export function createTheft(supplyCount: number): TheftState {
  const each = () => new Float64Array(supplyCount);
  return {
    installed: new Uint8Array(supplyCount),
    atWork: new Uint8Array(supplyCount),
    intensity: new Float64Array(supplyCount * KINDS),
    installedAt: new Float64Array(supplyCount * KINDS).fill(-1),
    planOf: new Int32Array(supplyCount * KINDS).fill(-1),
    coverUntil: new Float64Array(supplyCount).fill(-1),
    bypassShare: each(),
    hookW: each(),
    earthShare: each(),
    magnetShare: each(),
    isBridged: new Uint8Array(supplyCount),
    bridgeShare: each(),
  };
}

/** What somebody puts up at a home; `plan` is the row among the scenario's thefts, −1 by hand: at once and always. */
export interface Installation {
  readonly kind: TheftKind;
  /** A share above 0 and at most 1; of a hook W; of a bridged relay what goes around the sensor too, from 0. */
  readonly intensity: number;
  readonly plan: number;
  readonly opensCover: boolean;
}

/** Puts up a theft; one of the same kind at this home is replaced. */
export function installTheft(
  theft: TheftState,
  row: number,
  { kind, intensity, plan, opensCover }: Installation,
  at: SimMs,
): void {
  assert(
    intensity >= 0 && (kind === "hook" || intensity <= 1),
    `${kind} of ${intensity}: a share is 0 to 1, a hook draws power`,
  );
  const slot = slotOf(row, kind);
  theft.installed[row] = theft.installed[row]! | theftBit(kind);
  theft.intensity[slot] = intensity;
  theft.installedAt[slot] = at;
  theft.planOf[slot] = plan;
  if (opensCover) theft.coverUntil[row] = at + COVER_OPEN_MS;
}

/** Takes a theft away; every one of this home without a kind. Returns those that were there. */
export function removeTheft(
  theft: TheftState,
  row: number,
  kind: TheftKind | undefined,
): readonly TheftKind[] {
  const removed = installedAt(theft, row).filter((each) => kind === undefined || each === kind);
  for (const each of removed) {
    theft.installed[row] = theft.installed[row]! & ~theftBit(each);
    theft.intensity[slotOf(row, each)] = 0;
    theft.installedAt[slotOf(row, each)] = -1;
    theft.planOf[slotOf(row, each)] = -1;
  }
  return removed;
}

/** What somebody who goes there finds, at work or not. */
export const installedAt = ({ installed }: TheftState, row: number): readonly TheftKind[] =>
  THEFT_KINDS.filter((kind) => (installed[row]! & theftBit(kind)) !== 0);

const slotOf = (row: number, kind: TheftKind): number => row * KINDS + THEFT_KINDS.indexOf(kind);

/** What a step of thefts is worked out from. */
export interface TheftScene {
  readonly specs: readonly TheftSpec[];
  readonly calendar: Calendar;
  readonly nowMs: SimMs;
  /** Row: supply. 1 where the meter's relay is open. */
  readonly relayOpen: Uint8Array;
}

/** Before loads are known: hooks, bridged relays, and the shares of what does not wait for a load. */
export function followThefts(theft: TheftState, scene: TheftScene): void {
  let local: LocalTime | undefined;
  for (let row = 0; row < theft.installed.length; row++) {
    if (theft.installed[row] === 0 && theft.atWork[row] === 0) continue;
    clearEffects(theft, row);
    for (const kind of installedAt(theft, row)) {
      const slot = slotOf(row, kind);
      const spec = scene.specs[theft.planOf[slot]!];
      if (spec !== undefined) {
        local ??= localTime(scene.calendar, scene.nowMs);
        if (!isHabitual(spec, scene.calendar, local)) continue;
      }
      if (kind === "relay-bypass" && scene.relayOpen[row] !== 1) continue;
      const grown = grownShare(spec, scene.nowMs - theft.installedAt[slot]!);
      setEffect(theft, row, kind, theft.intensity[slot]! * grown);
    }
  }
}

/** Once loads are known: what its thief leaves alone while the home draws little. Row of `wantedW`: supply. */
export function spareSmallLoads(
  theft: TheftState,
  specs: readonly TheftSpec[],
  wantedW: Float64Array,
): void {
  for (let row = 0; row < theft.atWork.length; row++) {
    if (theft.atWork[row] === 0) continue;
    for (const kind of THEFT_KINDS) {
      const aboveW = specs[theft.planOf[slotOf(row, kind)]!]?.aboveW ?? 0;
      if (aboveW > 0 && wantedW[row]! <= aboveW) endEffect(theft, row, kind);
    }
  }
}

/**
 * Of what a home draws through its meter, what the meter's sensors do not see. A shunt lies over both poles and a magnet
 * saturates both current transformers, so the two sensors lose alike. `hasNeutralSensor`: beside that in the phase.
 */
export function unsensedShare(theft: TheftState, row: number, hasNeutralSensor: boolean): number {
  if (theft.atWork[row] === 0) return 0;
  const aroundRelay = theft.isBridged[row] === 1 ? 1 - theft.bridgeShare[row]! : 1;
  // An old meter's only sensor sits in the neutral; one with two counts the larger current.
  const inNeutral = hasNeutralSensor ? 1 : 1 - theft.earthShare[row]!;
  return (
    1 - (1 - theft.bypassShare[row]!) * (1 - theft.magnetShare[row]!) * inNeutral * aroundRelay
  );
}

/** Hours over midnight belong to the day on which they begin. */
function isHabitual(spec: TheftSpec, calendar: Calendar, local: LocalTime): boolean {
  const isDay = (day: LocalTime): boolean =>
    spec.days === "all" || (spec.days === "working-days") === isWorkingDay(calendar, day);
  if (spec.windows.length === 0) return isDay(local);
  const { minuteOfDay } = local;
  return spec.windows.some(({ fromMinute, untilMinute }) => {
    if (fromMinute < untilMinute)
      return minuteOfDay >= fromMinute && minuteOfDay < untilMinute && isDay(local);
    if (minuteOfDay >= fromMinute) return isDay(local);
    return minuteOfDay < untilMinute && isDay(dayBefore(local));
  });
}

const dayBefore = ({ day, minuteOfDay, weekday }: LocalTime): LocalTime => ({
  day: day - 1,
  minuteOfDay,
  weekday: (weekday + 6) % 7,
});

/** By whole minutes, so that steps of any length come to the same. */
function grownShare(spec: TheftSpec | undefined, ageMs: number): number {
  if (spec === undefined || spec.rampMs === 0) return 1;
  const minutes = Math.floor(ageMs / MINUTE_MS) + 1;
  return Math.min(1, (minutes * MINUTE_MS) / spec.rampMs);
}

function clearEffects(theft: TheftState, row: number): void {
  for (const kind of THEFT_KINDS) endEffect(theft, row, kind);
}

function endEffect(theft: TheftState, row: number, kind: TheftKind): void {
  setEffect(theft, row, kind, 0);
  theft.atWork[row] = theft.atWork[row]! & ~theftBit(kind);
  if (kind === "relay-bypass") theft.isBridged[row] = 0;
}

function setEffect(theft: TheftState, row: number, kind: TheftKind, intensity: number): void {
  theft.atWork[row] = theft.atWork[row]! | theftBit(kind);
  switch (kind) {
    case "partial-bypass":
      theft.bypassShare[row] = intensity;
      return;
    case "hook":
      theft.hookW[row] = intensity;
      return;
    case "missing-neutral":
      theft.earthShare[row] = intensity;
      return;
    case "magnet":
      theft.magnetShare[row] = intensity;
      return;
    case "relay-bypass":
      theft.isBridged[row] = 1;
      theft.bridgeShare[row] = intensity;
      return;
  }
}
