// One step of every meter: count, obey what was delivered, read out at the end of an interval.
// The same kernel serves one row for a meter behind the device port.

import type {
  CommandAck,
  MeterCommand,
  MeterReading,
  UplinkMessage,
} from "../../contract/reading.ts";
import { TAMPER } from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import type { MeterState } from "../state.ts";
import { addImport, displayText } from "./metering.ts";
import { readQuantities, type TerminalColumns } from "./quantities.ts";

/** How many commands a meter remembers, so that a repeated one is answered and not obeyed again. */
export const COMMANDS_REMEMBERED_MAX = 16;

/** What never changes about the meters. Row: meter; elements of a meter follow each other. */
export interface MeterModel {
  readonly intervalMs: number;
  readonly ids: readonly string[];
  readonly firstElement: Int32Array;
  readonly elementCount: Int32Array;
  /** Row: metered element. 1 plus the error of the accuracy class. */
  readonly gain: Float64Array;
}

/** Terminal quantities of one step. */
export interface MeterStep extends TerminalColumns {
  /** End of the step. */
  readonly at: SimMs;
  readonly stepMs: number;
}

export interface RelayChange {
  readonly row: number;
  readonly position: "open" | "closed";
}

/** Messages go to `sent` in row order; returns the relays that moved. */
export function stepMeters(
  model: MeterModel,
  state: MeterState,
  step: MeterStep,
  sent: { row: number; message: UplinkMessage }[],
): readonly RelayChange[] {
  addImport(state, { gain: model.gain, sensedShare: state.sensedShare }, step.activeW, step.stepMs);
  const changes: RelayChange[] = [];
  for (const { row, message } of state.delivered) {
    if (message.kind !== "command") continue;
    const before = state.relayOpen[row]!;
    const ack = obey(model, state, row, message, step.at);
    if (ack !== undefined) sent.push({ row, message: ack });
    const after = state.relayOpen[row]!;
    if (after !== before) changes.push({ row, position: after === 1 ? "open" : "closed" });
  }
  state.delivered.length = 0;
  if (step.at % model.intervalMs === 0) {
    for (let row = 0; row < model.ids.length; row++) {
      sent.push({ row, message: takeReading(model, state, row, step) });
    }
  }
  return changes;
}

const PLAIN_ACTIONS: readonly string[] = ["trip", "reconnect", "reminder", "notice"];

/** Obeys a command once, answers every delivery of it; an expired one is neither obeyed nor answered. */
function obey(
  model: MeterModel,
  state: MeterState,
  row: number,
  command: MeterCommand,
  at: SimMs,
): CommandAck | undefined {
  if (command.expiresAt < at || !PLAIN_ACTIONS.includes(command.action)) return undefined;
  const obeyed = state.obeyed[row]!;
  if (!obeyed.includes(command.id)) {
    obeyed.push(command.id);
    if (obeyed.length > COMMANDS_REMEMBERED_MAX) obeyed.shift();
    if (command.action === "trip") state.relayOpen[row] = 1;
    if (command.action === "reconnect") state.relayOpen[row] = 0;
    state.notices[row] = command.action === "reconnect" ? "" : command.text;
  }
  return {
    kind: "command-ack",
    supply: model.ids[row]!,
    commandId: command.id,
    doneAt: at,
    relay: state.relayOpen[row] === 1 ? "open" : "closed",
    result: "done",
    reason: null,
  };
}

function takeReading(
  model: MeterModel,
  state: MeterState,
  row: number,
  step: MeterStep,
): MeterReading {
  const first = model.firstElement[row]!;
  const elementImportWh: number[] = [];
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    elementImportWh.push(Math.floor(state.importMilliWh[element]! / 1000));
  }
  const importMilliWh = registerMilliWh(model, state, row);
  const importWh = Math.floor(importMilliWh / 1000);
  const count = model.elementCount[row]!;
  const sensors = { gain: model.gain, sensedShare: state.sensedShare };
  const quantities = readQuantities(step, sensors, first, count);
  const sequence = state.nextSequence[row]!;
  state.nextSequence[row] = sequence + 1;
  return {
    kind: "reading",
    supply: model.ids[row]!,
    serial: state.serials[row]!,
    sequence,
    measuredAt: step.at,
    intervalFlags: 0,
    importWh,
    importBelowMilliWh: importMilliWh - importWh * 1000,
    exportWh: 0,
    elementImportWh,
    voltageV: quantities.elementVoltageV[0]!,
    ...quantities,
    relay: state.relayOpen[row] === 1 ? "open" : "closed",
    tamperFlags: state.tamperFlags[row]!,
    prepaid: null,
  };
}

/** Sum of a meter's element registers, in whole mWh. */
export function registerMilliWh(model: MeterModel, state: MeterState, row: number): number {
  const first = model.firstElement[row]!;
  let sum = 0;
  for (let element = first; element < first + model.elementCount[row]!; element++) {
    sum += state.importMilliWh[element]!;
  }
  return sum;
}

/** What a meter's display shows now. */
export function meterDisplay(model: MeterModel, state: MeterState, row: number): string {
  const importWh = Math.floor(registerMilliWh(model, state, row) / 1000);
  return displayText(importWh, state.relayOpen[row] === 1, state.notices[row]!);
}

/** Latches a tamper contact, as the meter's own switch would. */
export function latchTamper(state: MeterState, row: number, contact: keyof typeof TAMPER): void {
  state.tamperFlags[row] = state.tamperFlags[row]! | TAMPER[contact];
}

/** Meters as installed: registers at their opening, relays closed, nothing obeyed yet. */
export function createMeters(
  model: MeterModel,
  opening: readonly {
    readonly serial: string;
    readonly openingWh: number;
    readonly isOpen: boolean;
  }[],
): MeterState {
  const elements = model.gain.length;
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
    sensedShare: new Float64Array(elements).fill(1),
    relayOpen: Uint8Array.from(opening, ({ isOpen }) => (isOpen ? 1 : 0)),
    tamperFlags: new Uint8Array(opening.length),
    nextSequence: new Float64Array(opening.length).fill(1),
    serials: opening.map(({ serial }) => serial),
    notices: opening.map(() => ""),
    obeyed: opening.map(() => []),
    devices: opening.map(() => ""),
    delivered: [],
  };
}
