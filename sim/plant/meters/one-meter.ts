// One meter on its own, behind the device port: the kernel of the street over a single row.

import type {
  DeviceContext,
  MeterHandover,
  MeterLogs,
  MeterOutputs,
  MeterRegisters,
  TerminalConditions,
} from "../../contract/meter-device.ts";
import { TAMPER } from "../../contract/reading.ts";
import type { MeterLogState, MeterState } from "../state.ts";
import { COMMANDS_REMEMBERED_MAX } from "./commands.ts";
import { meterDisplay } from "./display.ts";
import { setLimit } from "./limit.ts";
import {
  addLogs,
  createMeterLogs,
  eventsOf,
  logsOf,
  PROFILE_INTERVALS,
  profileEntries,
} from "./logs.ts";
import { createMeters, stepMeters } from "./meters.ts";
import type { MeterModel } from "./model.ts";
import type { SentByMeter } from "./outgoing.ts";
import { endPrepaid } from "./prepaid.ts";
import { exportMilliWh, registerMilliWh } from "./registers.ts";
import { installTamperWatch, tamperWatchOf } from "./tamper.ts";

export interface OneMeter {
  readonly model: MeterModel;
  readonly state: MeterState;
  readonly logs: MeterLogState;
}

/** A meter that goes on where another one stopped. */
export function createOneMeter(handover: MeterHandover, context: DeviceContext): OneMeter {
  const model: MeterModel = {
    intervalMs: context.intervalMs,
    calendar: context.calendar,
    ids: [context.supply],
    firstElement: Int32Array.of(0),
    elementCount: Int32Array.of(1),
    gain: Float64Array.of(context.gain),
    phaseErrorShare: Float64Array.of(context.phaseErrorShare),
    offsetW: Float64Array.of(context.offsetW),
    startingCurrentA: Float64Array.of(context.startingCurrentA),
    clockDriftPpm: Float64Array.of(context.clockDriftPpm),
    clockReserveMs: Float64Array.of(context.clockReserveMs),
    breathSeed: Float64Array.of(context.breathSeed),
  };
  const state = createMeters(model, [{ serial: handover.serial, openingWh: 0, isOpen: false }]);
  const logs = createMeterLogs(1);
  installRegisters(model, state, 0, handover);
  addLogs(logs, 0, model.intervalMs, handover.logs);
  return { model, state, logs };
}

/** What a meter is told about its place, and how it was drawn. Row: a meter with one element. */
export function contextOf(model: MeterModel, row: number): DeviceContext {
  const element = model.firstElement[row]!;
  return {
    supply: model.ids[row]!,
    intervalMs: model.intervalMs,
    calendar: model.calendar,
    gain: model.gain[element]!,
    phaseErrorShare: model.phaseErrorShare[element]!,
    offsetW: model.offsetW[element]!,
    startingCurrentA: model.startingCurrentA[element]!,
    clockDriftPpm: model.clockDriftPpm[row]!,
    clockReserveMs: model.clockReserveMs[row]!,
    breathSeed: model.breathSeed[row]!,
  };
}

/** Writes what was handed over into a meter's row; the registers into its first element. */
export function installRegisters(
  model: MeterModel,
  state: MeterState,
  row: number,
  registers: MeterRegisters,
): void {
  const element = model.firstElement[row]!;
  state.importMilliWh[element] = registers.importWh * 1000 + registers.importBelowMilliWh;
  state.carryMilliWMs[element] = registers.carryMilliWMs;
  state.exportMilliWh[element] = registers.exportWh * 1000 + registers.exportBelowMilliWh;
  state.exportCarryMilliWMs[element] = registers.exportCarryMilliWMs;
  state.relayOpen[row] = registers.relay === "open" ? 1 : 0;
  state.relayReasons[row] = registers.relayReasons;
  state.tamperFlags[row] = registers.tamperFlags;
  state.tamperTold[row] = registers.tamperTold;
  installTamperWatch(state, row, registers.tamperWatch);
  state.nextSequence[row] = registers.nextSequence;
  state.nextEvent[row] = registers.nextEvent;
  state.obeyed[row] = registers.obeyedCommands.slice(-COMMANDS_REMEMBERED_MAX);
  state.serials[row] = registers.serial;
  state.notices[row] = registers.displayText;
  const { clock, supply } = state;
  clock.setAt[row] = registers.clock.setAt;
  clock.offsetMs[row] = registers.clock.offsetMs;
  clock.isInvalid[row] = registers.clock.isInvalid ? 1 : 0;
  clock.lastInterval[row] = registers.clock.lastInterval;
  clock.intervalFlags[row] = registers.clock.intervalFlags;
  supply.darkSince[row] = registers.supply.darkSince;
  supply.breathAt[row] = registers.supply.breathAt;
  supply.darkMs[row] = registers.supply.darkMs;
  installPrepaid(state, row, registers);
  state.tokens[row] = registers.tokens ?? null;
  const { limit } = registers;
  setLimit(state.limit, row, limit);
  if (limit === null) return;
  state.limit.overSince[row] = limit.overSince;
  state.limit.movedAt[row] = limit.movedAt;
  state.limit.tries[row] = limit.tries;
}

function installPrepaid(
  { prepaid }: MeterState,
  row: number,
  { prepaid: from }: MeterRegisters,
): void {
  endPrepaid(prepaid, row);
  if (from === null) return;
  prepaid.isPrepaid[row] = 1;
  prepaid.creditMilliMinor[row] = from.creditMilliMinor;
  prepaid.chargeCarry[row] = from.chargeCarry;
  prepaid.chargedMilliWh[row] = from.chargedMilliWh;
  prepaid.priceMilliMinorPerKWh[row] = from.priceMilliMinorPerKWh;
  prepaid.termsUntil[row] = from.termsUntil;
  prepaid.mayCut[row] = from.mayCut ? 1 : 0;
  prepaid.standingDay[row] = from.standingDay;
  prepaid.level[row] = from.level;
  prepaid.toppedUpMinor[row] = from.toppedUpMinor;
  prepaid.terms[row] = from.terms;
  prepaid.tokens[row] = [...from.tokens];
}

/** What a meter's row tells with every step. */
function registersOf(model: MeterModel, state: MeterState, row: number): MeterRegisters {
  const importMilliWh = registerMilliWh(model, state, row);
  const importWh = Math.floor(importMilliWh / 1000);
  const exportedMilliWh = exportMilliWh(model, state, row);
  const exportWh = Math.floor(exportedMilliWh / 1000);
  const element = model.firstElement[row]!;
  const { clock, supply } = state;
  const tamperWatch = tamperWatchOf(state, row);
  const tokens = state.tokens[row]!;
  return {
    serial: state.serials[row]!,
    importWh,
    importBelowMilliWh: importMilliWh - importWh * 1000,
    carryMilliWMs: state.carryMilliWMs[element]!,
    exportWh,
    exportBelowMilliWh: exportedMilliWh - exportWh * 1000,
    exportCarryMilliWMs: state.exportCarryMilliWMs[element]!,
    relay: state.relayOpen[row] === 1 ? "open" : "closed",
    relayReasons: state.relayReasons[row]!,
    tamperFlags: state.tamperFlags[row]!,
    tamperTold: state.tamperTold[row]!,
    ...(tamperWatch === undefined ? {} : { tamperWatch }),
    nextSequence: state.nextSequence[row]!,
    nextEvent: state.nextEvent[row]!,
    obeyedCommands: [...state.obeyed[row]!],
    displayText: state.notices[row]!,
    clock: {
      setAt: clock.setAt[row]!,
      offsetMs: clock.offsetMs[row]!,
      isInvalid: clock.isInvalid[row] === 1,
      lastInterval: clock.lastInterval[row]!,
      intervalFlags: clock.intervalFlags[row]!,
    },
    supply: {
      darkSince: supply.darkSince[row]!,
      breathAt: supply.breathAt[row]!,
      darkMs: supply.darkMs[row]!,
    },
    prepaid: prepaidOf(state, row),
    limit: limitOf(state, row),
    ...(tokens === null ? {} : { tokens }),
  };
}

function prepaidOf({ prepaid }: MeterState, row: number): MeterRegisters["prepaid"] {
  const terms = prepaid.terms[row];
  if (terms === null || terms === undefined) return null;
  return {
    terms,
    creditMilliMinor: prepaid.creditMilliMinor[row]!,
    chargeCarry: prepaid.chargeCarry[row]!,
    chargedMilliWh: prepaid.chargedMilliWh[row]!,
    priceMilliMinorPerKWh: prepaid.priceMilliMinorPerKWh[row]!,
    termsUntil: prepaid.termsUntil[row]!,
    mayCut: prepaid.mayCut[row] === 1,
    standingDay: prepaid.standingDay[row]!,
    level: prepaid.level[row]!,
    toppedUpMinor: prepaid.toppedUpMinor[row]!,
    tokens: [...prepaid.tokens[row]!],
  };
}

function limitOf({ limit }: MeterState, row: number): MeterRegisters["limit"] {
  if (limit.limitW[row] === 0) return null;
  return {
    limitW: limit.limitW[row]!,
    afterMs: limit.afterMs[row]!,
    recloseAfterMs: limit.recloseAfterMs[row]!,
    recloseTriesMax: limit.recloseTriesMax[row]!,
    overSince: limit.overSince[row]!,
    movedAt: limit.movedAt[row]!,
    tries: limit.tries[row]!,
  };
}

/** Everything that a meter's row hands to its successor. */
export function handoverOf(
  model: MeterModel,
  { state, logs }: { readonly state: MeterState; readonly logs: MeterLogState },
  row: number,
): MeterHandover {
  return { ...registersOf(model, state, row), logs: logsOf(logs, row, model.intervalMs) };
}

/** One step at these terminals. */
export function stepOneMeter(meter: OneMeter, terminals: TerminalConditions): MeterOutputs {
  const { model, state, logs } = meter;
  const { coverOpen, magnetPresent } = terminals.tamperContacts;
  const isBridged = terminals.loadSideLive === true && state.relayOpen[0] === 1;
  state.contacts[0] =
    (coverOpen ? TAMPER.cover : 0) |
    (magnetPresent ? TAMPER.magnet : 0) |
    (isBridged ? TAMPER.load : 0);
  const { phaseCurrentA, neutralCurrentA } = terminals;
  state.neutralShare[0] = phaseCurrentA > 0 ? neutralCurrentA / phaseCurrentA : 1;
  for (const message of terminals.delivered) state.delivered.push({ row: 0, message });
  const before = state.importMilliWh[0]!;
  const [profileEnd, nextEvent] = [logs.profileEnd[0]!, state.nextEvent[0]!];
  const sent: SentByMeter[] = [];
  const step = {
    at: terminals.at,
    stepMs: terminals.stepMs,
    activeW: Float64Array.of(terminals.activePowerW),
    reactiveVar: Float64Array.of(terminals.reactivePowerVar),
    elementVoltageV: Float64Array.of(terminals.supplyPresent ? terminals.voltageV : 0),
    frequencyHz: terminals.frequencyHz,
  };
  stepMeters(model, meter, step, sent);
  const registers = registersOf(model, state, 0);
  return {
    registers,
    logged: loggedSince(meter, profileEnd, nextEvent),
    relay: registers.relay,
    displayText: meterDisplay(model, meter, step, 0, terminals.at),
    leds: {
      pulse: Math.floor(state.importMilliWh[0]! / 1000) > Math.floor(before / 1000),
      alarm: state.tamperFlags[0]! !== 0,
    },
    sent: sent.map(({ message }) => message),
    faults: [],
  };
}

function loggedSince({ model, logs }: OneMeter, profileEnd: number, nextEvent: number): MeterLogs {
  const span = {
    first: profileEnd + 1,
    last: Number.POSITIVE_INFINITY,
    countMax: PROFILE_INTERVALS,
  };
  return {
    profile: profileEntries(logs, 0, model.intervalMs, span),
    events: eventsOf(logs, 0).filter(({ number }) => number >= nextEvent),
  };
}
