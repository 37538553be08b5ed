// What differs between two runs, in words of the field.

import type { SimMs } from "../core/time.ts";

/** A quantity, the supply point or meter that it belongs to (null: to none), and what it is in both worlds. */
export interface NamedDifference {
  readonly quantity: string;
  readonly supplyPoint: string | null;
  readonly a: Shown;
  readonly b: Shown;
}

/** A value to read; null where there is none. */
export type Shown = number | string | boolean | null;

export interface Changes {
  /** Sentences: other versions of the program, what could not be found out. */
  readonly notes: readonly string[];
  /** Keys of the resolved scenarios that differ. */
  readonly scenario: readonly { readonly path: string; readonly a: string; readonly b: string }[];
  /** Inputs that only one of them had. */
  readonly inputs: OnlyIn<string>;
  /** Simulated time that each reached. */
  readonly simulatedMs: readonly [a: SimMs, b: SimMs];
  /** Every number of the reports that differs: energy, money, readings, commands, detection. */
  readonly figures: readonly {
    readonly path: string;
    readonly a: number | null;
    readonly b: number | null;
  }[];
  readonly cases: OnlyIn<string>;
  readonly outages: OnlyIn<string>;
  readonly disconnections: OnlyIn<string>;
}

export interface OnlyIn<Item> {
  readonly onlyA: readonly Item[];
  readonly onlyB: readonly Item[];
}

/** What two runs have come to at one moment. Energies in Wh, money in the smallest coins, since the start. */
export interface RunComparison {
  readonly simMs: SimMs;
  /** The first minute, by its end, after which they differ, and what differs there first; null while they are alike. */
  readonly first: (NamedDifference & { readonly simMs: SimMs }) | null;
  readonly changes: Changes;
  /** Homes in which anything of this differs, in the order of their rows. */
  readonly homes: readonly {
    readonly supply: string;
    readonly deliveredWh: readonly [a: number, b: number];
    readonly importWh: readonly [a: number, b: number];
    readonly owedMinor: readonly [a: number, b: number];
  }[];
}
