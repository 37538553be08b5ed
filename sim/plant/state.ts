// The truth: what physically is. Plain data; the model beside it never changes during a run.

import type { DownlinkMessage, MeterSerial } from "../contract/reading.ts";
import type { Minor } from "../core/money.ts";
import type { SimMs } from "../core/time.ts";
import type { GridState } from "../grid/feeder.ts";
import type { ApplianceState } from "./loads/appliances.ts";

/** Rows: supply points in the order of their feeders; each feeder's transformer meter is one more row at the end. */
export interface PlantState {
  readonly loads: LoadState;
  readonly theft: TheftState;
  readonly cuts: CutState;
  /** By the feeder's id. */
  readonly grid: Readonly<Record<string, GridState>>;
  readonly power: PowerColumns;
  readonly meters: MeterState;
  readonly customers: CustomerState;
  readonly energy: EnergyState;
}

export interface LoadState {
  /** The minute that the columns below hold for; −1 before the first. */
  readonly minute: Float64Array;
  /** Row: supply. What the home draws if it has supply, in the minute that `minute` says. */
  readonly wantedW: Float64Array;
  readonly wantedVar: Float64Array;
  /** Row: supply. 0 where the service is dead or the relay open: what needs people stops, cold things get warm. */
  readonly hasSupply: Uint8Array;
  /** Row: home × RESIDENTS_MAX + person; empty with load shapes. */
  readonly personState: Uint8Array;
  readonly activeCount: Uint8Array;
  readonly presentCount: Uint8Array;
  readonly appliances: ApplianceState;
}

/** Why there is no supply, as bits: 1 by the scenario, 2 by hand; 0 is supplied. */
export interface CutState {
  /** Row: supply. The service cable is dead. */
  readonly supply: Uint8Array;
  /** Row: feeder. The transformer is dead. */
  readonly feeder: Uint8Array;
}

export interface TheftState {
  /** Row: supply. Share of the current that flows around the sensor. */
  readonly bypassShare: Float64Array;
}

export interface PowerColumns {
  /** Row: feeder element. What was asked of the grid in this step. */
  readonly elementW: Float64Array;
  readonly elementVar: Float64Array;
  /** Row: metered element (customers', then three of each feeder's transformer). */
  readonly meteredW: Float64Array;
  readonly meteredVar: Float64Array;
  /** Row: metered element. Voltage of its phase at the meter. */
  readonly meteredV: Float64Array;
  /** Row: meter. Voltage at its terminals. */
  readonly voltageV: Float64Array;
  /** Row: feeder × 4: source, secondary, losses, delivered in W, of the last step. */
  readonly totals: Float64Array;
}

export interface MeterState {
  /** Row: metered element. */
  readonly importMilliWh: Float64Array;
  readonly carryMilliWMs: Float64Array;
  readonly sensedShare: Float64Array;
  /** Row: meter. */
  readonly relayOpen: Uint8Array;
  readonly tamperFlags: Uint8Array;
  readonly nextSequence: Float64Array;
  readonly serials: MeterSerial[];
  /** What the company wrote on the display last; empty: the meter's own pages. */
  readonly notices: string[];
  /** Commands already obeyed, newest last; at most COMMANDS_REMEMBERED_MAX a meter. */
  readonly obeyed: string[][];
  /** Row: meter. Name of the device in the slot; empty for the simulated meter. */
  readonly devices: string[];
  /** Messages delivered since the last step, for the meters of the next one. */
  readonly delivered: { readonly row: number; readonly message: DownlinkMessage }[];
}

export interface CustomerState {
  /** Row: supply. When the customer goes to the bank next and with how much; −1: no plan. */
  readonly payAt: Float64Array;
  readonly payMinor: Float64Array;
}

export interface EnergyState {
  /** W·ms since the start; source = delivered + losses. Row: feeder. */
  readonly sourceWMs: Float64Array;
  readonly secondaryWMs: Float64Array;
  readonly lossesWMs: Float64Array;
  /** Row: supply. */
  readonly deliveredWMs: Float64Array;
  readonly stolenWMs: Float64Array;
  /** Row: feeder × 2. Lowest and highest voltage at a supply point that had supply. */
  readonly extremesV: Float64Array;
  /** Row: feeder. Steps that did not converge. */
  readonly failedSteps: Float64Array;
}

/** A customer's payment on its way to the company. */
export interface PaymentMade {
  readonly row: number;
  readonly at: SimMs;
  readonly amountMinor: Minor;
}
