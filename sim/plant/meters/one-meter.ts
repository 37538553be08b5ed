// One meter on its own, behind the device port: the kernel of the street over a single row.

import type {
  DeviceContext,
  MeterHandover,
  MeterOutputs,
  TerminalConditions,
} from "../../contract/meter-device.ts";
import type { UplinkMessage } from "../../contract/reading.ts";
import type { MeterState } from "../state.ts";
import {
  COMMANDS_REMEMBERED_MAX,
  createMeters,
  latchTamper,
  type MeterModel,
  meterDisplay,
  registerMilliWh,
  stepMeters,
} from "./meters.ts";

export interface OneMeter {
  readonly model: MeterModel;
  readonly state: MeterState;
}

/** A meter that goes on where another one stopped. */
export function createOneMeter(handover: MeterHandover, context: DeviceContext): OneMeter {
  const model: MeterModel = {
    intervalMs: context.intervalMs,
    ids: [context.supply],
    firstElement: Int32Array.of(0),
    elementCount: Int32Array.of(1),
    gain: Float64Array.of(context.gain),
  };
  const state = createMeters(model, [
    { serial: handover.serial, openingWh: 0, isOpen: handover.relay === "open" },
  ]);
  installRegisters(state, 0, 0, handover);
  return { model, state };
}

/** Writes what was handed over into a meter's row; the register into its first element. */
export function installRegisters(
  state: MeterState,
  row: number,
  element: number,
  handover: MeterHandover,
): void {
  state.importMilliWh[element] = handover.importWh * 1000 + handover.importBelowMilliWh;
  state.carryMilliWMs[element] = handover.carryMilliWMs;
  state.relayOpen[row] = handover.relay === "open" ? 1 : 0;
  state.tamperFlags[row] = handover.tamperFlags;
  state.nextSequence[row] = handover.nextSequence;
  state.obeyed[row] = handover.obeyedCommands.slice(-COMMANDS_REMEMBERED_MAX);
  state.serials[row] = handover.serial;
  state.notices[row] = handover.displayText;
}

/** What a meter's row hands to its successor. */
export function handoverOf(model: MeterModel, state: MeterState, row: number): MeterHandover {
  const milliWh = registerMilliWh(model, state, row);
  const importWh = Math.floor(milliWh / 1000);
  return {
    serial: state.serials[row]!,
    importWh,
    importBelowMilliWh: milliWh - importWh * 1000,
    carryMilliWMs: state.carryMilliWMs[model.firstElement[row]!]!,
    relay: state.relayOpen[row] === 1 ? "open" : "closed",
    tamperFlags: state.tamperFlags[row]!,
    nextSequence: state.nextSequence[row]!,
    obeyedCommands: [...state.obeyed[row]!],
    displayText: state.notices[row]!,
  };
}

/** One step at these terminals. */
export function stepOneMeter(meter: OneMeter, terminals: TerminalConditions): MeterOutputs {
  const { model, state } = meter;
  const { coverOpen, magnetPresent } = terminals.tamperContacts;
  if (coverOpen) latchTamper(state, 0, "cover");
  if (magnetPresent) latchTamper(state, 0, "magnet");
  for (const message of terminals.delivered) state.delivered.push({ row: 0, message });
  const before = state.importMilliWh[0]!;
  const sent: { row: number; message: UplinkMessage }[] = [];
  stepMeters(
    model,
    state,
    {
      at: terminals.at,
      stepMs: terminals.stepMs,
      activeW: Float64Array.of(terminals.activePowerW),
      reactiveVar: Float64Array.of(terminals.reactivePowerVar),
      elementVoltageV: Float64Array.of(terminals.voltageV),
      frequencyHz: terminals.frequencyHz,
    },
    sent,
  );
  const registers = handoverOf(model, state, 0);
  return {
    registers,
    relay: registers.relay,
    displayText: meterDisplay(model, state, 0),
    leds: {
      pulse: Math.floor(state.importMilliWh[0]! / 1000) > Math.floor(before / 1000),
      alarm: state.tamperFlags[0]! !== 0,
    },
    sent: sent.map(({ message }) => message),
    faults: [],
  };
}
