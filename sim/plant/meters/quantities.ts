// What a meter reads of its terminals at one moment: voltages, currents, powers, power factor. Knows what passes
// its sensors and what its errors make of it; nothing of energy.

import type { MeterReading } from "../../contract/reading.ts";
import { magnitude } from "../../core/math.ts";
import { type MetrologyColumns, sensedMilliW, type TerminalColumns } from "./metering.ts";

const HALF_SQRT_3 = 0.8660254037844386;

/** The part of a reading that is of one moment. */
export type Quantities = Pick<
  MeterReading,
  | "elementVoltageV"
  | "elementCurrentA"
  | "neutralCurrentA"
  | "activePowerW"
  | "reactivePowerVar"
  | "powerFactor"
  | "frequencyHz"
>;

const to = (value: number, perUnit: number): number => Math.round(value * perUnit) / perUnit + 0;

/** What of the terminals the sensors see. Rows: element; meter. */
export interface SensorColumns {
  readonly sensedShare: Float64Array;
  readonly neutralShare: Float64Array;
}

/**
 * Reads the elements `first` to `first + count − 1`. The neutral of a single-phase meter carries the phase current;
 * that of a three-phase meter the sum of the phasors, with the voltages taken as 120° apart.
 */
export function readQuantities(
  metrology: MetrologyColumns,
  terminals: TerminalColumns,
  { sensedShare, neutralShare }: SensorColumns,
  { row, first, count }: { readonly row: number; readonly first: number; readonly count: number },
): Quantities {
  const elementVoltageV: number[] = [];
  const elementCurrentA: number[] = [];
  let [activeW, reactiveVar, neutralRe, neutralIm] = [0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    const element = first + k;
    const seen = sensedShare[element]! * metrology.gain[element]!;
    const p = sensedMilliW(metrology, terminals, sensedShare, element) / 1000;
    const q = terminals.reactiveVar[element]! * seen;
    const voltageV = terminals.elementVoltageV[element]!;
    activeW += p;
    reactiveVar += q;
    elementVoltageV.push(to(voltageV, 10));
    if (voltageV === 0) {
      elementCurrentA.push(0);
      continue;
    }
    elementCurrentA.push(to(magnitude(p, q) / voltageV, 1000));
    // I = (P − jQ) / V, turned by −120° a phase.
    const [re, im] = [p / voltageV, -q / voltageV];
    const [turnRe, turnIm] = k === 0 ? [1, 0] : [-0.5, k === 1 ? -HALF_SQRT_3 : HALF_SQRT_3];
    neutralRe += re * turnRe - im * turnIm;
    neutralIm += re * turnIm + im * turnRe;
  }
  const apparentVa = magnitude(activeW, reactiveVar);
  const factor = apparentVa === 0 ? 1 : activeW / apparentVa;
  const isAlive = elementVoltageV.some((voltageV) => voltageV > 0);
  return {
    elementVoltageV,
    elementCurrentA,
    neutralCurrentA: to(magnitude(neutralRe, neutralIm) * neutralShare[row]!, 1000),
    activePowerW: to(activeW, 10),
    reactivePowerVar: to(reactiveVar, 10),
    powerFactor: to(reactiveVar < 0 ? -factor : factor, 1000),
    frequencyHz: isAlive ? to(terminals.frequencyHz, 1000) : 0,
  };
}
