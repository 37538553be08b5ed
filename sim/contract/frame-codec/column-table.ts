// How each column of a frame is packed: its unit, how exact it must be in a large street, and what foretells it.
// A field that is not in here goes as JSON, whole, when it changes.

import type { ChannelName } from "../frame.ts";

/** A street of at most so many rows is packed without any loss; of a larger one, columns move by their quantum. */
export const EXACT_ROWS_MAX = 2_000;

export interface NumberColumn {
  readonly kind: "number";
  readonly name: string;
  /** Whole numbers are `value × perUnit`: 10 keeps tenths. */
  readonly perUnit: number;
  /**
   * In large streets a row is sent again when it is off by more than half of this, in units; 1 keeps it exact. Zero,
   * nothing and the rows in focus are always exact.
   */
  readonly quantum: number;
  readonly isNullable: boolean;
  /** What other columns of the row, in units and packed before this one, make it likely to be. */
  readonly foretold?: {
    readonly by: readonly string[];
    readonly as: (...values: readonly number[]) => number;
  };
}

export interface TextColumn {
  readonly kind: "text";
  readonly name: string;
  /** In large streets only the rows in focus have it; the others are empty. */
  readonly isOfFocusOnly: boolean;
}

export type Column = NumberColumn | TextColumn;

interface NumberOptions {
  readonly quantum?: number;
  readonly isNullable?: true;
  readonly foretold?: NumberColumn["foretold"];
}

const number = (name: string, perUnit: number, options: NumberOptions = {}): NumberColumn => ({
  kind: "number",
  ...{ name, perUnit, quantum: options.quantum ?? 1, isNullable: options.isNullable ?? false },
  ...(options.foretold === undefined ? {} : { foretold: options.foretold }),
});
const whole = (name: string): NumberColumn => number(name, 1);
const text = (name: string, isOfFocusOnly = false): TextColumn => ({
  kind: "text",
  ...{ name, isOfFocusOnly },
});
const nullable = { isNullable: true } as const;

const MILLI_AMPS_MAX = 1e9;
/** |P| / V with P in tenths of a watt and V in hundredths of a volt, in mA; 0 where that makes no sense. */
function milliAmps(deciW: number, centiV: number): number {
  const milliA = centiV > 0 ? Math.round((10_000 * Math.abs(deciW)) / centiV) : 0;
  return milliA < MILLI_AMPS_MAX ? milliA : 0;
}

/** By channel, in the order in which they are packed; at most 30 each. New ones are added at the end. */
export const COLUMN_TABLE: Readonly<Record<ChannelName, readonly Column[]>> = {
  "truth/supply": [
    number("voltageV", 100, { quantum: 20 }),
    number("activePowerW", 10, { quantum: 100 }),
    whole("importWh"),
    number("deliveredWh", 10, {
      quantum: 20,
      foretold: { by: ["importWh"], as: (registerWh) => 10 * registerWh! },
    }),
    number("currentA", 1000, {
      quantum: 500,
      foretold: { by: ["activePowerW", "voltageV"], as: (p, v) => milliAmps(p!, v!) },
    }),
    number("neutralCurrentA", 1000, {
      quantum: 500,
      foretold: { by: ["currentA"], as: (milliA) => milliA! },
    }),
    number("powerFactor", 1000, { quantum: 100 }),
    whole("relayOpen"),
    number("bypassShare", 1e9),
    whole("theftKinds"),
    number("unmeteredW", 10, { quantum: 100 }),
    text("offReason"),
    whole("tamperFlags"),
    whole("waiting"),
    whole("servingMast"),
    number("signalDbm", 10, { ...nullable, quantum: 10 }),
    text("displayText", true),
    number("creditMinor", 1, nullable),
    whole("clockOffsetMs"),
    text("device"),
  ],
  "truth/branch": [
    number("currentA", 100, { quantum: 100 }),
    number("loadingShare", 1000, { quantum: 10 }),
    number("voltageV", 10, { quantum: 2 }),
    whole("fuseOpen"),
  ],
  "truth/street": [],
  "truth/event": [],
  "belief/supply": [
    number("importWh", 1, nullable),
    number("activePowerW", 1, nullable),
    number("voltageV", 100, nullable),
    number("measuredAt", 1, nullable),
    number("receivedAt", 1, nullable),
    whole("isLate"),
    whole("missingIntervals"),
    number("relayOpen", 1, nullable),
    text("accountState"),
    whole("owedMinor"),
    whole("arrearsMinor"),
    whole("disputedMinor"),
    number("prepaidMinor", 1, nullable),
    text("caseId"),
    number("suspicion", 1000),
    whole("isOut"),
  ],
  "belief/street": [],
  "belief/event": [],
  "score/street": [
    number("stolenWh", 10, { quantum: 100 }),
    number("unknownWh", 10, { ...nullable, quantum: 500 }),
  ],
};
