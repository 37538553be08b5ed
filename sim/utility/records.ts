// The company's files: the network and its customers as they are on paper. Equal to the truth unless a
// scenario lists errors; nothing else of the utility knows where anything stands.

import type { Calendar } from "../core/calendar.ts";
import type { Minor } from "../core/money.ts";
import type { SimMs } from "../core/time.ts";
import type { ImportedFeeder } from "../grid/opendss.ts";
import type { Policy } from "./billing/policy.ts";
import type { Tariff } from "./billing/tariff.ts";

export interface Records {
  readonly calendar: Calendar;
  readonly feeders: readonly FeederRecord[];
  readonly intervalMs: number;
  readonly supplies: readonly SupplyRecord[];
  readonly transformerClassPercent: number;
  readonly customerClassPercent: number;
  /** Power factor that the company assumes of its customers. */
  readonly assumedPowerFactor: number;
  /** Null: nobody is billed. */
  readonly billing: BillingRecords | null;
  readonly isDetecting: boolean;
  /** How commands are repeated and given up. */
  readonly commands: CommandRules;
}

/** A feeder on paper, and the meter at its transformer's secondary. */
export interface FeederRecord {
  readonly id: string;
  readonly network: ImportedFeeder;
  readonly meterId: string;
  readonly meterSerial: string;
  readonly openingWh: number;
}

export interface SupplyRecord {
  readonly id: string;
  readonly customer: string;
  readonly address: string;
  /** Row of the feeder. */
  readonly feeder: number;
  /** Id of the load in the network file. */
  readonly load: string;
  /** 1 to 3; 0 for a customer on several phases. */
  readonly phase: number;
  /** Of the meter that is installed here. */
  readonly serial: string;
  /** What the customer may draw by contract; a register that rises faster is not believed. */
  readonly sanctionedW: number;
  readonly nominalVoltageV: number;
  /** Row of the tariff in the billing records. */
  readonly tariff: number;
  /** Why this customer is not cut off, always or on the policy's dates; null for who is not protected. */
  readonly protected: string | null;
  /** Somebody there lives by electricity: exempt from every cut at any time. Missing: nobody. */
  readonly lifeSupport?: true;
  /** Where e-mails go; missing: none is on file. */
  readonly email?: string;
  readonly openingWh: number;
  readonly account: OpeningAccount;
}

/** A customer's account when the run begins. */
export interface OpeningAccount {
  /** Register and moment up to which everything is billed. */
  readonly billedThroughWh: number;
  readonly billedThrough: SimMs;
  readonly items: readonly {
    readonly label: string;
    readonly amountMinor: Minor;
    readonly dueAt: SimMs;
  }[];
  /** Paid ahead. */
  readonly creditMinor: Minor;
  /** Security deposit, settled with the final bill; missing: none. */
  readonly depositMinor?: Minor;
  readonly warnedAt: SimMs | null;
  readonly noticeServedAt: SimMs | null;
}

export interface BillingRecords {
  /** The first one is the default; all have one currency. */
  readonly tariffs: readonly Tariff[];
  readonly policy: Policy;
}

export interface CommandRules {
  readonly retryMs: number;
  readonly expireMs: number;
  /** A reconnection is repeated at least so often, for the policy's promise; missing: like any other order. */
  readonly reconnectGapMaxMs?: number;
}
