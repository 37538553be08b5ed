// Names of what a meter tells, after IEC 62056-6-1 (medium 1, channel 0 left out: `1.8.0` is 1-0:1.8.0*255).

/** OBIS codes C.D.E of a single-phase meter, and of the elements of a three-phase one. */
export const OBIS = {
  importWh: "1.8.0",
  exportWh: "2.8.0",
  apparentVah: "9.8.0",
  demandVa: "9.6.0",
  elementImportWh: ["21.8.0", "41.8.0", "61.8.0"],
  voltageV: "12.7.0",
  elementVoltageV: ["32.7.0", "52.7.0", "72.7.0"],
  phaseCurrentA: "11.7.0",
  elementCurrentA: ["31.7.0", "51.7.0", "71.7.0"],
  neutralCurrentA: "91.7.0",
  activePowerW: "1.7.0",
  reactivePowerVar: "3.7.0",
  powerFactor: "13.7.0",
  frequencyHz: "14.7.0",
  clock: "0.0.1.0.0",
  serial: "0.0.96.1.0",
  relay: "0.0.96.3.10",
  limit: "0.0.17.0.0",
  loadProfile: "99.1.0",
  eventLogs: ["0.0.99.98.2", "0.0.99.98.3", "0.0.99.98.4", "0.0.99.98.5", "0.0.99.98.6"],
} as const;
