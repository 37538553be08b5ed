// One step of every meter: supply, intervals that end on its own clock, energy, credit, limit, and what was delivered.
// The same kernel serves one row for a meter behind the device port.

import { RELAY_REASON } from "../../contract/meter-device.ts";
import type { MeterCommand, MeterEventCode } from "../../contract/reading.ts";
import { TAMPER } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import type { MeterLogState, MeterState } from "../state.ts";
import { createClocks, intervalAt, ownTime, trueTimeOf } from "./clock.ts";
import { obey } from "./commands.ts";
import { addApparent, createDemand } from "./demand.ts";
import { endInterval } from "./intervals.ts";
import { createLimits, stepLimit } from "./limit.ts";
import { addEnergy, sensedMilliW } from "./metering.ts";
import type { MeterModel } from "./model.ts";
import { type MeterScene, type RelayChange, type SentByMeter, tell } from "./outgoing.ts";
import { chargeEnergy, createPrepaid, followTerms, settleCredit } from "./prepaid.ts";
import { type MeterStep, registerAtMilliWh, registerMilliWh } from "./registers.ts";
import { breathe, createMeterSupply, loseSupply, regainSupply } from "./supply.ts";
import { createTamper, watchTamper } from "./tamper.ts";
import { typeToken } from "./tokens.ts";
import { createVoltageWatch, watchVoltage } from "./voltage-watch.ts";

/** Messages go to `sent` in row order; returns the relays that moved. */
export function stepMeters(
  model: MeterModel,
  { state, logs }: { readonly state: MeterState; readonly logs: MeterLogState },
  step: MeterStep,
  sent: SentByMeter[],
): readonly RelayChange[] {
  const scene: MeterScene = { model, state, logs, step, sent, changes: [] };
  const from = step.at - step.stepMs;
  const rows = model.ids.length;
  const { supply, clock, prepaid } = state;
  for (let row = 0; row < rows; row++) {
    const isDark = supply.darkSince[row]! >= 0;
    if (hasSupply(model, step, row)) {
      if (isDark) regainSupply(scene, row, from);
      const ownEnd = ownTime(model, clock, row, step.at);
      const isIntervalOver = intervalAt(model, ownEnd) > clock.lastInterval[row]!;
      const areTermsOver = prepaid.isPrepaid[row] === 1 && prepaid.termsUntil[row]! <= ownEnd;
      if (isIntervalOver || areTermsOver) passBoundaries(scene, row, ownEnd);
    } else if (!isDark) loseSupply(scene, row, from);
  }
  addEnergy(state, model, step, state.sensedShare, step.stepMs);
  addApparent(model, state, step);
  for (let row = 0; row < rows; row++) {
    if (supply.darkSince[row]! < 0) settleRow(scene, row, from);
  }
  for (const { row, message } of state.delivered) {
    // A dark meter hears nothing, and nobody reads its keypad; who sent it will send it again.
    if (supply.darkSince[row]! >= 0) continue;
    if (message.kind === "command") obey(scene, row, message, step.at);
    const isTyped = message.kind === "keypad-entry";
    if (isTyped && (message.ifOff !== true || state.relayOpen[row] === 1))
      typeToken(scene, row, message.digits, step.at);
  }
  state.delivered.length = 0;
  // Stable: what one meter sent stays in its order.
  sent.sort((a, b) => a.row - b.row);
  return scene.changes;
}

/** A command that landed within a step, and when. */
export interface LandedCommand {
  readonly row: number;
  readonly message: MeterCommand;
  readonly landedAt: SimMs;
}

/** Commands that landed within the step are obeyed at its end. Answers go to `sent` in row order. */
export function obeyLanded(
  model: MeterModel,
  { state, logs }: { readonly state: MeterState; readonly logs: MeterLogState },
  step: MeterStep,
  landed: readonly LandedCommand[],
  sent: SentByMeter[],
): readonly RelayChange[] {
  const scene: MeterScene = { model, state, logs, step, sent, changes: [] };
  for (const { row, message, landedAt } of landed) {
    if (state.supply.darkSince[row]! < 0)
      obey(scene, row, later(message, landedAt, step.at), step.at);
  }
  sent.sort((a, b) => a.row - b.row);
  return scene.changes;
}

/** A clock is set to what its order says at the moment of landing, whenever the step ends. */
function later(command: MeterCommand, landedAt: SimMs, at: SimMs): MeterCommand {
  if (command.action !== "set-clock") return command;
  return { ...command, clockMs: command.clockMs + (at - landedAt) };
}

function hasSupply(model: MeterModel, step: MeterStep, row: number): boolean {
  const first = model.firstElement[row]!;
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    if (step.elementVoltageV[element]! > 0) return true;
  }
  return false;
}

/** Ends of intervals and of rates that lie in the step, in the order of the meter's own clock; a rate's end first. */
function passBoundaries(scene: MeterScene, row: number, ownEnd: SimMs): void {
  const { model, state, step } = scene;
  const { clock, prepaid } = state;
  const isPrepaid = prepaid.isPrepaid[row] === 1;
  const from = step.at - step.stepMs;
  for (;;) {
    const interval = clock.lastInterval[row]! + 1;
    const intervalEnd = interval * model.intervalMs;
    const termsEnd = isPrepaid ? prepaid.termsUntil[row]! : Number.POSITIVE_INFINITY;
    const ownMs = Math.min(intervalEnd, termsEnd);
    if (ownMs > ownEnd) return;
    // A clock that slept may have passed it before the step began.
    const at = Math.max(from, trueTimeOf(model, clock, row, ownMs));
    const elapsedMs = at - from;
    if (isPrepaid) {
      chargeEnergy(prepaid, row, registerAtMilliWh(model, state, step, row, elapsedMs));
    }
    if (termsEnd <= ownMs)
      followTerms(model, prepaid, row, Math.max(ownMs, ownTime(model, clock, row, at)));
    else endInterval(scene, row, interval, elapsedMs, at);
  }
}

/** What a meter decides from a step that is counted: suspicions, credit, limit, its first breath. */
function settleRow(scene: MeterScene, row: number, from: SimMs): void {
  const { model, state, step } = scene;
  const { prepaid, limit, supply } = state;
  if (supply.breathAt[row]! >= 0) breathe(scene, row, step.at);
  watchTamper(scene, row);
  if (state.tamperFlags[row] !== state.tamperTold[row]) tellTamper(scene, row);
  if (prepaid.isPrepaid[row] === 1) {
    chargeEnergy(prepaid, row, registerMilliWh(model, state, row));
    settleCredit(scene, row, step.at);
  }
  if (model.voltageLimits !== undefined) watchVoltage(scene, row, from, step.at);
  if (limit.limitW[row]! > 0) stepLimit(scene, row, measuredW(scene, row), from, step.at);
}

function measuredW({ model, state, step }: MeterScene, row: number): number {
  const first = model.firstElement[row]!;
  let milliW = 0;
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    milliW += sensedMilliW(model, step, state.sensedShare, element);
  }
  return milliW / 1000;
}

const TAMPER_EVENTS: readonly (readonly [number, MeterEventCode])[] = [
  [TAMPER.cover, "cover-open"],
  [TAMPER.magnet, "magnet"],
  [TAMPER.neutral, "neutral-missing"],
  [TAMPER.load, "load-voltage"],
];

/** Tells each suspicion that somebody else latched (a board, before it was handed over) once. */
function tellTamper(scene: MeterScene, row: number): void {
  const { state, step } = scene;
  const fresh = state.tamperFlags[row]! & ~state.tamperTold[row]!;
  for (const [bit, code] of TAMPER_EVENTS) {
    if ((fresh & bit) !== 0) tell(scene, row, step.at, code);
  }
  state.tamperTold[row] = state.tamperFlags[row]!;
}

/** Latches a tamper contact, as the meter's own switch would. */
export function latchTamper(state: MeterState, row: number, contact: keyof typeof TAMPER): void {
  state.tamperFlags[row] = state.tamperFlags[row]! | TAMPER[contact];
}

/** Meters as installed: registers at their opening, nothing obeyed yet. */
export function createMeters(
  model: MeterModel,
  opening: readonly {
    readonly serial: string;
    readonly openingWh: number;
    readonly isOpen: boolean;
  }[],
): MeterState {
  const elements = model.gain.length;
  const meters = opening.length;
  const importMilliWh = new Float64Array(elements);
  opening.forEach(({ openingWh }, row) => {
    const count = model.elementCount[row]!;
    const shareWh = Math.floor(openingWh / count);
    for (let k = 0; k < count; k++) {
      const wh = k === 0 ? openingWh - shareWh * (count - 1) : shareWh;
      importMilliWh[model.firstElement[row]! + k] = wh * 1000;
    }
  });
  return {
    importMilliWh,
    carryMilliWMs: new Float64Array(elements),
    exportMilliWh: new Float64Array(elements),
    exportCarryMilliWMs: new Float64Array(elements),
    sensedShare: new Float64Array(elements).fill(1),
    neutralShare: new Float64Array(meters).fill(1),
    ...createTamper(meters),
    relayOpen: Uint8Array.from(opening, ({ isOpen }) => (isOpen ? 1 : 0)),
    relayReasons: Uint8Array.from(opening, ({ isOpen }) => (isOpen ? RELAY_REASON.company : 0)),
    tamperFlags: new Uint8Array(meters),
    tamperTold: new Uint8Array(meters),
    nextSequence: new Float64Array(meters).fill(1),
    nextEvent: new Float64Array(meters).fill(1),
    clock: createClocks(meters),
    supply: createMeterSupply(meters),
    prepaid: createPrepaid(meters),
    limit: createLimits(meters),
    voltage: createVoltageWatch(model.voltageLimits === undefined ? 0 : meters),
    serials: opening.map(({ serial }) => serial),
    notices: opening.map(() => ""),
    obeyed: opening.map(() => []),
    devices: opening.map(() => ""),
    delivered: [],
    tokens: opening.map(() => null),
    ...(model.hasDemand === true ? { demand: createDemand(meters) } : {}),
  };
}
