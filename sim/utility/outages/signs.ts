// What the company hears of supply: last gasps, first breaths, readings, silence, and the transformer's meter. Knows only
// what arrived; a sign that comes late is held against those that came before.

import type { MeterEventCode, MeterReading } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import { TRANSFORMER_ELEMENTS } from "../history.ts";
import type { OutageState } from "../state.ts";

/** Of the current before: below the first the phase has fallen, above the second it is back. */
const FALLEN_SHARE = 0.1;
const BACK_SHARE = 0.25;
/** Less than this never counts as a phase that could fall. */
const LEAST_A = 5;

/** Nothing was heard yet. Rows of meters: customers, then transformers. */
export function createOutages(supplyCount: number, feederCount: number): OutageState {
  const meters = supplyCount + feederCount;
  const phases = TRANSFORMER_ELEMENTS * feederCount;
  return {
    gaspAt: new Float64Array(meters).fill(-1),
    gaspHeardAt: new Float64Array(meters).fill(-1),
    aliveAt: new Float64Array(meters).fill(-1),
    heardAt: new Float64Array(meters),
    quietSince: new Float64Array(supplyCount).fill(-1),
    phaseA: new Float64Array(phases).fill(-1),
    fellFromA: new Float64Array(phases),
    isOut: new Uint8Array(supplyCount),
    open: [],
    next: 1,
  };
}

/** A meter spoke of its supply. `saidAt` is on its own clock, `heardAt` when the head-end got it. */
export function noteMeterEvent(
  state: OutageState,
  row: number,
  code: MeterEventCode,
  saidAt: SimMs,
  heardAt: SimMs,
): void {
  if (code === "last-gasp") {
    // One that comes after a later sign of life is of an outage that is over.
    if (saidAt < state.aliveAt[row]! || saidAt <= state.gaspAt[row]!) return;
    state.gaspAt[row] = saidAt;
    state.gaspHeardAt[row] = heardAt;
    return;
  }
  state.heardAt[row] = Math.max(state.heardAt[row]!, heardAt);
  noteLife(state, row, saidAt);
}

/** A reading is a sign of life at its end. */
export function noteReadingOfSupply(
  state: OutageState,
  supplyCount: number,
  row: number,
  { measuredAt, elementCurrentA, elementVoltageV }: MeterReading,
  heardAt: SimMs,
): void {
  state.heardAt[row] = Math.max(state.heardAt[row]!, heardAt);
  const isNewest = measuredAt > state.aliveAt[row]!;
  noteLife(state, row, measuredAt);
  if (row < supplyCount || !isNewest) return;
  const first = TRANSFORMER_ELEMENTS * (row - supplyCount);
  for (let phase = 0; phase < TRANSFORMER_ELEMENTS; phase++) {
    notePhase(state, first + phase, elementVoltageV[phase]! > 0 ? elementCurrentA[phase]! : 0);
  }
}

/** A current of the transformer's meter: whether the phase has fallen away, or is back. */
function notePhase({ phaseA, fellFromA }: OutageState, at: number, currentA: number): void {
  const before = phaseA[at]!;
  phaseA[at] = currentA;
  if (fellFromA[at]! > 0) {
    if (currentA >= BACK_SHARE * fellFromA[at]!) fellFromA[at] = 0;
  } else if (before >= LEAST_A && currentA < FALLEN_SHARE * before) fellFromA[at] = before;
}

function noteLife(state: OutageState, row: number, at: SimMs): void {
  if (at > state.aliveAt[row]!) state.aliveAt[row] = at;
  if (state.gaspAt[row]! < 0 || at <= state.gaspAt[row]!) return;
  state.gaspAt[row] = -1;
  state.gaspHeardAt[row] = -1;
}
