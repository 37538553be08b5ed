// A meter is taken down and another one put up in its place. The communication module moves over: it goes on numbering
// readings, keeps what is still to be sent, and knows which orders it has obeyed.

import { REGISTER_WRAP_WH } from "../../contract/reading.ts";
import type { MeterLogState, MeterState } from "../state.ts";
import { clearDemand, demandOf } from "./demand.ts";
import { clearLogs } from "./logs.ts";
import type { MeterModel } from "./model.ts";
import { exportMilliWh, registerMilliWh } from "./registers.ts";

/** What the person with the new meter reads off both. */
export interface ExchangedMeter {
  readonly oldSerial: string;
  readonly oldFinalWh: number;
  readonly oldFinalExportWh?: number;
  /** Missing where the meter counts no apparent energy. */
  readonly oldDemand?: { readonly apparentVah: number; readonly demandVa: number };
  readonly newSerial: string;
  readonly newInitialWh: number;
}

const REPLACED = /R(\d+)$/;

/** `M-0012`, `M-0012R1`, `M-0012R2`: the next number at this supply point. */
export function nextSerial(serial: string): string {
  const count = Number(REPLACED.exec(serial)?.[1] ?? 0) + 1;
  return `${serial.replace(REPLACED, "")}R${count}`;
}

/**
 * Puts a new meter up in a row: registers at zero, nothing suspected, the factory's key of its own number; its relay
 * stands as the old one's did.
 */
export function exchangeMeter(
  model: MeterModel,
  { state, logs }: { readonly state: MeterState; readonly logs: MeterLogState },
  row: number,
): ExchangedMeter {
  const oldSerial = state.serials[row]!;
  const oldFinalWh = Math.floor(registerMilliWh(model, state, row) / 1000) % REGISTER_WRAP_WH;
  const oldFinalExportWh = Math.floor(exportMilliWh(model, state, row) / 1000);
  const held = demandOf(state.demand, row);
  const oldDemand =
    held === undefined
      ? undefined
      : { apparentVah: Math.floor(held.apparentMilliVah / 1000), demandVa: held.largestVa };
  const first = model.firstElement[row]!;
  const end = first + model.elementCount[row]!;
  state.importMilliWh.fill(0, first, end);
  state.carryMilliWMs.fill(0, first, end);
  state.exportMilliWh.fill(0, first, end);
  state.exportCarryMilliWMs.fill(0, first, end);
  state.tamperFlags[row] = 0;
  state.tamperTold[row] = 0;
  state.tokens[row] = null;
  if (state.demand !== undefined) clearDemand(state.demand, row);
  clearLogs(logs, row);
  const newSerial = nextSerial(oldSerial);
  state.serials[row] = newSerial;
  return {
    ...{ oldSerial, oldFinalWh, newSerial, newInitialWh: 0 },
    ...(oldFinalExportWh === 0 ? {} : { oldFinalExportWh }),
    ...(oldDemand === undefined ? {} : { oldDemand }),
  };
}
