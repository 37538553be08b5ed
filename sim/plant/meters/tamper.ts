// What a meter makes of its own contacts and sensors: a suspicion is told once it has lasted, and its end likewise, so
// that a contact that chatters, or a load that comes and goes, is told once.

import type { TamperWatch } from "../../contract/meter-device.ts";
import { type MeterEventCode, TAMPER } from "../../contract/reading.ts";
import { magnitude } from "../../core/math.ts";
import { MINUTE_MS, SECOND_MS, type SimMs } from "../../core/time.ts";
import type { MeterState } from "../state.ts";
import { sensedMilliW } from "./metering.ts";
import { type MeterScene, tell } from "./outgoing.ts";

interface Watch {
  readonly bit: number;
  readonly begins: MeterEventCode;
  /** Null: what has happened is not undone. */
  readonly ends: MeterEventCode | null;
  /** How long it must last, and how long be gone, before it is told; ms. */
  readonly afterMs: number;
  readonly goneAfterMs: number;
}

/**
 * Times of persistence are those of Indian tenders (IS 15959 names the events): a cover at once, a magnet within 30 s,
 * currents that differ after five minutes.
 */
export const WATCHES: readonly Watch[] = [
  {
    bit: TAMPER.cover,
    begins: "cover-open",
    ends: null,
    afterMs: 0,
    goneAfterMs: MINUTE_MS,
  },
  {
    bit: TAMPER.magnet,
    begins: "magnet",
    ends: "magnet-gone",
    afterMs: 10 * SECOND_MS,
    goneAfterMs: MINUTE_MS,
  },
  {
    bit: TAMPER.neutral,
    begins: "neutral-missing",
    ends: "neutral-restored",
    afterMs: 5 * MINUTE_MS,
    goneAfterMs: 5 * MINUTE_MS,
  },
  {
    bit: TAMPER.load,
    begins: "load-voltage",
    ends: "load-voltage-gone",
    afterMs: MINUTE_MS,
    goneAfterMs: 5 * MINUTE_MS,
  },
];
/** The neutral differs by more than this and a tenth of the larger current: the firmware's own bounds. */
const NEUTRAL_FLOOR_A = 0.2;
const NEUTRAL_SHARE = 0.1;
/** Below it the two currents say nothing: what was last found stays. */
const NEUTRAL_MIN_A = 0.5;

/** Nothing is suspected. Rows: meter, and meter × WATCHES. */
export function createTamper(
  meterCount: number,
): Pick<MeterState, "contacts" | "tamperNow" | "tamperSince"> {
  return {
    contacts: new Uint8Array(meterCount),
    tamperNow: new Uint8Array(meterCount),
    tamperSince: new Float64Array(meterCount * WATCHES.length).fill(-1),
  };
}

/** Looks at one meter that has supply, over the step that ends at `step.at`. */
export function watchTamper(scene: MeterScene, row: number): void {
  const { state, step } = scene;
  const { contacts, tamperNow, tamperSince, neutralShare } = state;
  if (contacts[row] === 0 && tamperNow[row] === 0 && neutralShare[row] === 1) {
    // Nothing to see and nothing to end: what was about to be noticed is gone.
    for (let k = 0; k < WATCHES.length; k++) tamperSince[row * WATCHES.length + k] = -1;
    return;
  }
  const from = step.at - step.stepMs;
  WATCHES.forEach((watch, k) => {
    const was = (tamperNow[row]! & watch.bit) !== 0;
    const is = isThere(scene, row, watch.bit) ?? was;
    const slot = row * WATCHES.length + k;
    if (is === was) {
      tamperSince[slot] = -1;
      return;
    }
    if (tamperSince[slot]! < 0) tamperSince[slot] = from;
    const dueAt = tamperSince[slot]! + (is ? watch.afterMs : watch.goneAfterMs);
    if (dueAt > step.at) return;
    tamperSince[slot] = -1;
    change(scene, row, watch, is, Math.max(from, dueAt));
  });
}

function change(scene: MeterScene, row: number, watch: Watch, is: boolean, at: SimMs): void {
  const { tamperNow, tamperFlags, tamperTold } = scene.state;
  tamperNow[row] = is ? tamperNow[row]! | watch.bit : tamperNow[row]! & ~watch.bit;
  if (!is) {
    if (watch.ends !== null) tell(scene, row, at, watch.ends);
    return;
  }
  tamperFlags[row] = tamperFlags[row]! | watch.bit;
  tamperTold[row] = tamperTold[row]! | watch.bit;
  tell(scene, row, at, watch.begins);
}

/** Whether a condition holds in this step; undefined where the meter cannot tell. */
function isThere(scene: MeterScene, row: number, bit: number): boolean | undefined {
  const { state, model } = scene;
  if (bit !== TAMPER.neutral) return (state.contacts[row]! & bit) !== 0;
  // Only a single-phase meter has its phase current back in its neutral.
  if (model.elementCount[row] !== 1) return false;
  const phaseA = phaseCurrentA(scene, row);
  return areApart(phaseA, phaseA * state.neutralShare[row]!);
}

/**
 * Whether the currents of the two sensors are unlike. Undefined where too little flows to say, and between unlike and
 * alike: a load that goes up and down about the bound is told once.
 */
export function areApart(phaseA: number, neutralA: number): boolean | undefined {
  const largerA = Math.max(phaseA, neutralA);
  if (largerA < NEUTRAL_MIN_A) return undefined;
  const boundA = NEUTRAL_FLOOR_A + NEUTRAL_SHARE * largerA;
  const differenceA = Math.abs(phaseA - neutralA);
  if (differenceA > boundA) return true;
  return differenceA <= boundA / 2 ? false : undefined;
}

/** The supply is gone: what has not lasted yet begins anew when it is back. */
export function forgetTamper({ tamperSince }: MeterState, row: number): void {
  tamperSince.fill(-1, row * WATCHES.length, (row + 1) * WATCHES.length);
}

/** What passes to the next meter; undefined where nothing is going on. */
export function tamperWatchOf(state: MeterState, row: number): TamperWatch | undefined {
  const since = [...state.tamperSince.subarray(row * WATCHES.length, (row + 1) * WATCHES.length)];
  const now = state.tamperNow[row]!;
  return now === 0 && since.every((at) => at < 0) ? undefined : { now, since };
}

/** Goes on where the meter before it stopped. */
export function installTamperWatch(
  state: MeterState,
  row: number,
  watch: TamperWatch | undefined,
): void {
  state.tamperNow[row] = watch?.now ?? 0;
  WATCHES.forEach((_, k) => {
    state.tamperSince[row * WATCHES.length + k] = watch?.since[k] ?? -1;
  });
}

/** What a board says of it can be kept. */
export function isWatchWellFormed(watch: TamperWatch | undefined): boolean {
  if (watch === undefined) return true;
  const { now, since } = watch;
  return Number.isInteger(now) && now >= 0 && Array.isArray(since) && since.every(Number.isFinite);
}

function phaseCurrentA({ model, state, step }: MeterScene, row: number): number {
  const element = model.firstElement[row]!;
  const voltageV = step.elementVoltageV[element]!;
  if (voltageV === 0) return 0;
  const activeW = sensedMilliW(model, step, state.sensedShare, element) / 1000;
  const reactiveVar = step.reactiveVar[element]! * state.sensedShare[element]!;
  return magnitude(activeW, reactiveVar) / voltageV;
}
