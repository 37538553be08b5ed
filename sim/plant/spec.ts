// What a plant is built from: the truth part of a resolved scenario. Plain data.

import type { TheftKind } from "../contract/theft.ts";
import type { WeatherSpell } from "../contract/weather.ts";
import type { Calendar } from "../core/calendar.ts";
import type { SimMs } from "../core/time.ts";
import type { FuseRatings } from "../grid/fuses.ts";
import type { ImportedFeeder } from "../grid/opendss.ts";

export interface PlantSpec {
  readonly seed: number;
  readonly calendar: Calendar;
  /** In order; each has a source of its own and shares nothing with the others. */
  readonly feeders: readonly FeederSpec[];
  readonly tolerancePu: number;
  readonly loads: LoadSpec;
  readonly supplies: readonly SupplySpec[];
  readonly meters: MeterSpec;
  readonly powerCuts: readonly PowerCutSpec[];
  readonly thefts: readonly TheftSpec[];
  /** In order; missing: days are drawn, and so they are before the first spell. */
  readonly weather?: readonly WeatherSpell[];
  /** Missing: no fuse ever blows, and nobody looks at voltages and at the transformer. */
  readonly protection?: ProtectionSpec;
}

export interface ProtectionSpec extends FuseRatings {
  /** How long a crew needs to put a new fuse in. */
  readonly repairAfterMs: number;
  readonly voltage: VoltageLimits;
  readonly transformer: {
    readonly ambientC: number;
    readonly hotSpotLimitC: number;
    readonly topOilLimitC: number;
  };
}

/** To neutral. */
export interface VoltageLimits {
  readonly lowV: number;
  readonly highV: number;
}

/** One transformer with everything behind it, and the meter at its secondary. */
export interface FeederSpec {
  readonly id: string;
  readonly network: ImportedFeeder;
  readonly meterId: string;
  readonly meterSerial: string;
}

export type LoadSpec =
  | { readonly model: "shapes" }
  | { readonly model: "occupancy"; readonly profile: "india" | "uk"; readonly scale: number };

/** One supply point: which load of the feeder it is, and who lives behind it. */
export interface SupplySpec {
  readonly id: string;
  /** Row of the feeder; supply points are in the order of their feeders. */
  readonly feeder: number;
  /** Id of the feeder's load. */
  readonly load: string;
  readonly serial: string;
  readonly residents: number;
  /** Appliances that the home has for certain. */
  readonly owns: readonly string[];
  /** Nobody is there; what runs by itself goes on. Missing: never. */
  readonly away?: readonly AwaySpec[];
  /** Appliances that it has from a moment on and not before. Missing: none. */
  readonly buys?: readonly PurchaseSpec[];
  /** Peak power of the panels on its roof; missing: none. */
  readonly solarPeakW?: number;
  /** How its people live; null: drawn. */
  readonly household: "worker" | "family" | "retired" | null;
  readonly openingWh: number;
  /** What its meter keeps by itself; null: no limit. */
  readonly limit: LimitSpec | null;
  readonly pays: PaymentHabit;
}

export interface AwaySpec {
  readonly from: SimMs;
  readonly until: SimMs;
}

export interface PurchaseSpec {
  readonly appliance: string;
  readonly from: SimMs;
}

/** When a customer pays. Null: never for that reason. */
export interface PaymentHabit {
  readonly afterBillMs: number | null;
  readonly afterTripMs: number | null;
  /** Prepaid: how much is paid, and how long after, when the company tells of no more credit than `belowMinor`. */
  readonly topsUp: {
    readonly belowMinor: number;
    readonly amountMinor: number;
    readonly afterMs: number;
  } | null;
}

/** A load limit; times in ms. */
export interface LimitSpec {
  readonly limitW: number;
  readonly afterMs: number;
  readonly recloseAfterMs: number;
  readonly recloseTriesMax: number;
}

export interface MeterSpec {
  readonly intervalMs: number;
  /** Accuracy class in percent; every meter is drawn within it. */
  readonly customerClassPercent: number;
  readonly transformerClassPercent: number;
  /** Basic current of the customers' meters, rated current of the transformers'. */
  readonly customerBasicA: number;
  readonly transformerRatedA: number;
  /** Standard deviation of the meters' crystals. */
  readonly clockDriftPpm: number;
  /** Whether meters measure the neutral's current too and count the larger; old ones measure it alone. */
  readonly hasNeutralSensor: boolean;
  /** Customers' and transformers' meters count apparent energy and keep their maximum demand; missing: they do not. */
  readonly hasDemand?: true;
}

/** Supply that fails: at one supply point, or of a whole feeder. */
export interface PowerCutSpec {
  readonly what: "supply" | "feeder";
  readonly row: number;
  readonly from: SimMs;
  readonly until: SimMs;
}

export interface TheftSpec {
  readonly target: string;
  readonly kind: TheftKind;
  /** A share; of a hook W. */
  readonly intensity: number;
  readonly from: SimMs;
  readonly until: SimMs | null;
  /** Over which it grows to its intensity. */
  readonly rampMs: number;
  /** Local minutes of the day in which it is at work; a window may lie across midnight. Empty: always. */
  readonly windows: readonly { readonly fromMinute: number; readonly untilMinute: number }[];
  readonly days: "all" | "working-days" | "days-off";
  /** At work only while the home draws more than this. */
  readonly aboveW: number;
  /** Whether the meter's cover is opened for it. */
  readonly opensCover: boolean;
}
