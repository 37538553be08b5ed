// The end of an interval on a meter's own clock: a reading goes out, and the load profile gets its entry.

import {
  type ApparentReport,
  INTERVAL,
  type MeterReading,
  REGISTER_WRAP_WH,
} from "../../contract/reading.ts";
import type { SimMs } from "../../core/time.ts";
import { apparentAt, apparentReport, type EndedInterval, endDemandInterval } from "./demand.ts";
import { keepInterval } from "./logs.ts";
import type { MeterScene } from "./outgoing.ts";
import { prepaidReport } from "./prepaid.ts";
import { readQuantities } from "./quantities.ts";
import { elementAt } from "./registers.ts";

/**
 * Ends the interval of this number, `elapsedMs` of energy into the step beyond what the registers hold: 0 once the step
 * is counted. The reading goes out at the true time `sentAt`. The next interval begins without flags.
 */
export function endInterval(
  scene: MeterScene,
  row: number,
  interval: number,
  elapsedMs: number,
  sentAt: SimMs,
): void {
  const { model, state, logs, step, sent } = scene;
  const { clock } = state;
  const first = model.firstElement[row]!;
  const count = model.elementCount[row]!;
  const elementImportWh: number[] = [];
  let [importMilliWh, exportMilliWh] = [0, 0];
  for (let element = first; element < first + count; element++) {
    const registers = elementAt(model, state, step, element, elapsedMs);
    elementImportWh.push(Math.floor(registers.importMilliWh / 1000));
    importMilliWh += registers.importMilliWh;
    exportMilliWh += registers.exportMilliWh;
  }
  const importWh = Math.floor(importMilliWh / 1000) % REGISTER_WRAP_WH;
  const exportWh = Math.floor(exportMilliWh / 1000);
  const quantities = readQuantities(model, step, state, { row, first, count });
  const invalid = clock.isInvalid[row] === 1 ? INTERVAL.clockInvalid : 0;
  const flags = clock.intervalFlags[row]! | invalid;
  const sequence = state.nextSequence[row]!;
  state.nextSequence[row] = sequence + 1;
  clock.lastInterval[row] = interval;
  clock.intervalFlags[row] = 0;
  keepInterval(logs, row, { interval, importWh, exportWh, flags });
  const apparent = endApparent(scene, row, { interval, importWh }, elapsedMs);
  const message: MeterReading = {
    kind: "reading",
    supply: model.ids[row]!,
    serial: state.serials[row]!,
    sequence,
    measuredAt: interval * model.intervalMs,
    intervalFlags: flags,
    importWh,
    importBelowMilliWh: importMilliWh % 1000,
    exportWh,
    elementImportWh,
    voltageV: quantities.elementVoltageV[0]!,
    elementVoltageV: quantities.elementVoltageV,
    elementCurrentA: quantities.elementCurrentA,
    neutralCurrentA: quantities.neutralCurrentA,
    activePowerW: quantities.activePowerW,
    reactivePowerVar: quantities.reactivePowerVar,
    powerFactor: quantities.powerFactor,
    frequencyHz: quantities.frequencyHz,
    relay: state.relayOpen[row] === 1 ? "open" : "closed",
    tamperFlags: state.tamperFlags[row]!,
    prepaid: prepaidReport(state, row),
    ...(apparent === undefined ? {} : { apparent }),
  };
  sent.push({ row, message, sentAt });
}

/** Apparent energy and demand at the end of an interval; undefined where the meter counts none. */
function endApparent(
  { model, state, step }: MeterScene,
  row: number,
  { interval, importWh }: Pick<EndedInterval, "interval" | "importWh">,
  elapsedMs: number,
): ApparentReport | undefined {
  const { demand } = state;
  if (demand === undefined) return undefined;
  const milliVah = apparentAt(model, state, step, row, elapsedMs);
  endDemandInterval(model, demand, row, { interval, importWh, milliVah });
  return apparentReport(model, demand, row, { interval, milliVah });
}
