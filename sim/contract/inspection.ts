// A crew's visit: what the company orders and what the crew brings back. It sees with its own eyes what no message tells.

import type { SimMs } from "../core/time.ts";
import type { TheftKind } from "./theft.ts";

/** Crews that are ordered and have not been there yet. */
export const VISITS_MAX = 64;

/** An order to a crew. */
export interface InspectionOrder {
  readonly kind: "inspection-order";
  readonly caseId: string;
  /** A supply point; or a feeder, whose lines the crew walks along and looks for what is tapped off them. */
  readonly target: string;
  /** When the crew is there. */
  readonly visitAt: SimMs;
  /** Whether the crew takes away what it finds. */
  readonly isRemoving: boolean;
}

/** What a crew found; empty: nothing. */
export interface InspectionReport {
  readonly kind: "inspection-report";
  readonly caseId: string;
  readonly target: string;
  readonly at: SimMs;
  readonly found: readonly InspectionFinding[];
  readonly isRemoved: boolean;
}

/** A person has replaced a meter and read both. */
export interface MeterExchange {
  readonly kind: "meter-exchange";
  readonly supply: string;
  readonly at: SimMs;
  readonly oldSerial: string;
  readonly oldFinalWh: number;
  /** Missing: nothing was fed in. */
  readonly oldFinalExportWh?: number;
  /** Missing where the meter counts no apparent energy; `demandVa` is of the running month. */
  readonly oldDemand?: { readonly apparentVah: number; readonly demandVa: number };
  readonly newSerial: string;
  readonly newInitialWh: number;
}

export interface InspectionFinding {
  readonly supply: string;
  readonly technique: TheftKind;
}
