// What a postpaid tariff may have besides energy, fixed charge and taxes. Types alone: how they are computed, and in
// which order, stands in charge-lines.ts.

import type { Minor } from "../../core/money.ts";

/** Each is missing where the tariff has none of it. Prices are in thousandths of the smallest coin. */
export interface BillTerms {
  readonly demand?: DemandTerms;
  readonly surcharges?: readonly Surcharge[];
  readonly powerFactor?: PowerFactorTerms;
  readonly rents?: readonly Rent[];
  readonly rebates?: readonly Rebate[];
  /** A whole month costs at least this before what is paid for export; a whole multiple of `roundToMinor`. */
  readonly minimumMinor?: Minor;
  readonly export?: ExportTerms;
  /** The bill is rounded to a whole multiple of so many coins, halves up; 100 is the whole rupee. */
  readonly roundToMinor?: number;
  /** Energy, slabs and what is charged a unit are in kVAh; missing: kWh. */
  readonly energyUnit?: "VAh";
  /** A bill is for so many months; slabs, monthly charges and minimum of the file are a month's and count so often. */
  readonly cycleMonths?: number;
  /** Days that a month counts where only a part of one is billed; missing: those of the calendar month. */
  readonly partMonthDays?: number;
}

/** So much a kWh on top of the energy charge: fuel adjustment, wheeling, a tax on sale. */
export interface Surcharge {
  readonly title: string;
  readonly priceMilliMinorPerKWh: number;
}

/**
 * A charge on the month's largest mean of half an hour. Billed is max(recorded, a share of the contract); what lies
 * above the contract costs `excessPercent` of the price.
 */
export interface DemandTerms {
  readonly unit: "VA" | "W";
  /** For a month, per kVA or kW. */
  readonly priceMilliMinorPerKilo: number;
  readonly contractPercent: number;
  readonly excessPercent: number;
}

/** Percent of the energy charge for every whole hundredth of power factor below or above a limit. */
export interface PowerFactorTerms {
  readonly belowHundredths: number;
  readonly penaltyPercent: number;
  readonly aboveHundredths: number;
  readonly incentivePercent: number;
}

/** A thing that is let, such as the meter, with a tax of its own. */
export interface Rent {
  readonly title: string;
  readonly monthlyMinor: Minor;
  readonly taxPercent: number;
}

/** What a state or a scheme pays instead of the customer. Never more than what is charged before it. */
export interface Rebate {
  readonly title: string;
  readonly of: RebateOf;
  /** Only for months with at most so much use; prorated like slabs. Missing: for all. */
  readonly whereUptoKWh?: number;
}

export type RebateOf =
  | { readonly kind: "percent"; readonly percent: number; readonly on: TaxBase }
  /** On the first `firstKWh`; null: on all. */
  | {
      readonly kind: "per-kWh";
      readonly priceMilliMinorPerKWh: number;
      readonly firstKWh: number | null;
    }
  | { readonly kind: "monthly"; readonly monthlyMinor: Minor };

/**
 * `energy`: the energy charge. `energy-and-surcharges`: with what is charged a kWh. `energy-and-fixed`: with fixed
 * and demand charge. `all`: everything before the taxes.
 */
export type TaxBase = "energy" | "energy-and-surcharges" | "energy-and-fixed" | "all";

export interface Tax {
  readonly title: string;
  /** In thousandths of a percent at the finest. */
  readonly percent: number;
  readonly on: TaxBase;
}

export type ExportTerms =
  /** Export is set against import, and what is left over is carried to the next month. */
  | {
      readonly kind: "net-metering";
      /** Whether taxes too are only of what is left; else of everything that was drawn. */
      readonly lowersTaxes: boolean;
    }
  /** Import is charged in full, export is paid for. */
  | {
      readonly kind: "net-billing";
      readonly title: string;
      readonly priceMilliMinorPerKWh: number;
    };
