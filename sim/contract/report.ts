// The object that `run --json` and `GET /api/state` print. Keys are stable; units are in the names.

import { THEFT_KINDS, type TheftKind } from "./theft.ts";

export interface RunReport {
  readonly scenario: string;
  readonly seed: number;
  readonly simulatedMs: number;
  readonly finalHash: string;
  readonly timesRealTime: number;
  readonly provenance: {
    readonly version: string;
    readonly commit: string;
    readonly scenarioSha256: string;
    readonly stepMs: number;
    readonly toleranceVoltagePu: number;
    readonly node: string;
  };
  readonly energy: EnergyReport;
  readonly grid: {
    readonly minVoltageV: number;
    readonly maxVoltageV: number;
    readonly failedSteps: number;
    /** Where the last of them was worst: bus, and by how much; empty and 0 unless one has failed in the last step. */
    readonly unsolvedBus: string;
    readonly unsolvedPu: number;
    readonly fusesBlown: number;
    /** IEEE 1366, of sustained interruptions before the meter, whatever their cause. */
    readonly saidiMinutes: number;
    readonly saifi: number;
    /** Null without any. */
    readonly caidiMinutes: number | null;
  };
  /** What the company took for outages: how many so far, and how many now. */
  readonly outages: { readonly told: number; readonly open: number };
  readonly comms: CommsReport;
  readonly commands: CommandsReport;
  readonly billing: BillingReport;
  readonly detection: DetectionReport;
  readonly invariantsChecked: number;
  /** Boards on the wall's clock that were in a slot; missing where there were none. */
  readonly boards?: readonly BoardReport[];
}

/** source = delivered + losses; delivered includes stolen; metered is the sum of register differences. */
export interface EnergyReport {
  readonly sourceKWh: number;
  readonly secondaryKWh: number;
  readonly lossesKWh: number;
  readonly deliveredKWh: number;
  readonly meteredKWh: number;
  readonly stolenKWh: number;
  readonly billedKWh: number;
}

/** Readings, not packets: made = delivered + waiting + reportedMissing. */
export interface CommsReport {
  readonly made: number;
  readonly sent: number;
  readonly retried: number;
  readonly lostOnAir: number;
  readonly duplicated: number;
  readonly delivered: number;
  /** Of those delivered: the first copy came by SMS. */
  readonly bySms: number;
  readonly late: number;
  readonly waiting: number;
  readonly reportedMissing: number;
  /** Times a mast had no room, for a message or a registration. */
  readonly congested: number;
  /** Times a modem registered with a mast. */
  readonly registrations: number;
  /** SMS to customers' phones: given to the SMS centre, and on the phones. */
  readonly textsSent: number;
  readonly textsReceived: number;
}

/** How a board on the wall's clock kept its appointments, in wall time; null where there was no answer. */
export interface BoardTimes {
  readonly steps: number;
  readonly missed: number;
  /** From the question to the answer. */
  readonly roundTripMedianMs: number | null;
  readonly roundTripP99Ms: number | null;
  /** By which an answer came earlier or later after the one before than a step is long. */
  readonly jitterMedianMs: number | null;
  readonly jitterP99Ms: number | null;
  /** Why the run is not to be trusted; null where it may be. */
  readonly doubt: string | null;
}

export interface BoardReport extends BoardTimes {
  readonly supply: string;
  readonly device: string;
  /** The board's own number; null where it was never reached. */
  readonly serial: number | null;
}

export interface CommandsReport {
  readonly sent: number;
  readonly acknowledged: number;
  readonly retried: number;
  readonly expired: number;
  readonly waiting: number;
}

export interface BillingReport {
  readonly currency: string;
  readonly bills: number;
  /** Of them on an estimated register, and corrections of such bills by later ones. */
  readonly estimatedBills: number;
  readonly corrections: number;
  readonly billedMinor: number;
  readonly paidMinor: number;
  readonly arrearsMinor: number;
  /** Open disputes, and what they keep on hold. */
  readonly disputes: number;
  readonly disputedMinor: number;
  /** Readings that were kept apart because they cannot be true. */
  readonly refusedReadings: number;
  readonly warnings: number;
  readonly trips: number;
  readonly reconnects: number;
  readonly ledgerBalanceMinor: number;
}

/**
 * found: thieves with a case, or with a hook where there is a case against their phase; missed: without one;
 * falseAlarms: cases where nobody steals; delay: theft to case. Cases that a person opened by sending a crew are none.
 */
export interface DetectionReport {
  readonly cases: number;
  readonly found: number;
  readonly missed: number;
  readonly falseAlarms: number;
  readonly meanDelayMs: number | null;
  /** Crews that have been there. */
  readonly inspections: number;
  /** Customers who were told or cut off on a suspicion and had stolen nothing. */
  readonly wrongAccusations: number;
  readonly byTechnique: Readonly<Record<TheftKind, TechniqueReport>>;
}

/** Of those who did it: how many have a case, and how many of these cases call it by its name. */
export interface TechniqueReport {
  readonly thieves: number;
  readonly found: number;
  readonly named: number;
  readonly meanDelayMs: number | null;
}

/** Every figure of a report by its path, for the rows of `expect:`. */
export const REPORT_FIGURES: readonly string[] = [
  ...["scenario", "seed", "simulatedMs", "finalHash", "timesRealTime", "invariantsChecked"],
  ...["provenance.version", "provenance.commit", "provenance.node", "provenance.scenarioSha256"],
  ...["provenance.stepMs", "provenance.toleranceVoltagePu"],
  ...["energy.sourceKWh", "energy.secondaryKWh", "energy.lossesKWh", "energy.deliveredKWh"],
  ...["energy.meteredKWh", "energy.stolenKWh", "energy.billedKWh"],
  ...["grid.minVoltageV", "grid.maxVoltageV", "grid.failedSteps"],
  ...["grid.unsolvedBus", "grid.unsolvedPu", "grid.fusesBlown"],
  ...["grid.saidiMinutes", "grid.saifi", "grid.caidiMinutes", "outages.told", "outages.open"],
  ...["comms.made", "comms.sent", "comms.retried", "comms.lostOnAir", "comms.duplicated"],
  ...["comms.delivered", "comms.bySms", "comms.late", "comms.waiting", "comms.reportedMissing"],
  ...["comms.congested", "comms.registrations", "comms.textsSent", "comms.textsReceived"],
  ...["commands.sent", "commands.acknowledged", "commands.retried", "commands.expired"],
  "commands.waiting",
  ...["billing.currency", "billing.bills", "billing.estimatedBills", "billing.corrections"],
  ...["billing.billedMinor", "billing.paidMinor", "billing.arrearsMinor", "billing.disputes"],
  ...["billing.disputedMinor", "billing.refusedReadings", "billing.warnings", "billing.trips"],
  ...["billing.reconnects", "billing.ledgerBalanceMinor"],
  ...["detection.cases", "detection.found", "detection.missed", "detection.falseAlarms"],
  ...["detection.meanDelayMs", "detection.inspections", "detection.wrongAccusations"],
  ...THEFT_KINDS.flatMap((kind) =>
    ["thieves", "found", "named", "meanDelayMs"].map(
      (figure) => `detection.byTechnique.${kind}.${figure}`,
    ),
  ),
];
