// Messages of a meter for tests that care about one or two of their fields.

import type { CommandAck, MeterReading } from "../../sim/contract/reading.ts";

/** A reading of supply-01 at 230 V with nothing counted, with changes. */
export function meterReading(changes: Partial<MeterReading> = {}): MeterReading {
  return {
    kind: "reading",
    supply: "supply-01",
    serial: "M-0001",
    sequence: 1,
    measuredAt: 0,
    intervalFlags: 0,
    importWh: 0,
    importBelowMilliWh: 0,
    exportWh: 0,
    elementImportWh: [0],
    voltageV: 230,
    elementVoltageV: [230],
    elementCurrentA: [0],
    neutralCurrentA: 0,
    activePowerW: 0,
    reactivePowerVar: 0,
    powerFactor: 1,
    frequencyHz: 50,
    relay: "closed",
    tamperFlags: 0,
    prepaid: null,
    ...changes,
  };
}

/** The answer of supply-01's meter to its first trip, with changes. */
export function commandAck(changes: Partial<CommandAck> = {}): CommandAck {
  return {
    kind: "command-ack",
    supply: "supply-01",
    commandId: "supply-01/trip/1",
    doneAt: 0,
    relay: "open",
    result: "done",
    reason: null,
    ...changes,
  };
}
