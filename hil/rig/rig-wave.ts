// From terminals to what a rig is told. Pure: no port, no clock.

import { BOARD_SCALE } from "../../sim/contract/board-protocol.ts";
import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import { RIG_LINES, RIG_SCALE } from "../../sim/contract/rig-protocol.ts";
import { sin } from "../../sim/core/math.ts";
import type { RigOrder } from "./rig-session.ts";

/** Effective values at the meter's sensors; the currents lag V by these angles. */
export interface RigSignals {
  readonly voltageV: number;
  readonly phaseA: number;
  readonly neutralA: number;
  readonly phaseLagRad: number;
  readonly neutralLagRad: number;
  readonly frequencyHz: number;
}

const TAU = 2 * Math.PI;
const ADC_STEPS = 1024;
const AMPLITUDE_MAX = (RIG_SCALE.converterSteps / 2 - 1) * RIG_SCALE.amplitudeParts;
/** The converter has four steps for each of the ADC's, and a peak is √2 of an effective value. */
const PARTS_PER_LSB =
  (RIG_SCALE.converterSteps / ADC_STEPS) * RIG_SCALE.amplitudeParts * Math.SQRT2;
const PARTS_PER_VOLT = (PARTS_PER_LSB * 1e6) / BOARD_SCALE.microVoltsPerLsb;
const PARTS_PER_AMPERE = (PARTS_PER_LSB * 1e9) / BOARD_SCALE.nanoAmpsPerLsb;
const TIME_CONSTANT_S = RIG_SCALE.filterOhms * RIG_SCALE.filterNanoFarads * 1e-9;

/** The wave that gives the meter these signals; what is beyond the converter's range is cut to it. */
export function waveOf(signals: RigSignals): RigOrder {
  const { voltageV, phaseA, neutralA, phaseLagRad, neutralLagRad, frequencyHz } = signals;
  const frequencyMilliHz = Math.round(frequencyHz * 1000);
  const filter = 1 / passedShare(frequencyHz);
  const amplitude = (parts: number): number =>
    Math.min(AMPLITUDE_MAX, Math.round(Math.abs(parts) * filter));
  return {
    kind: "wave",
    frequencyMilliHz: Math.min(frequencyMilliHz, RIG_SCALE.frequencyMilliHzMax),
    voltageAmplitude: amplitude(voltageV * PARTS_PER_VOLT),
    phaseAmplitude: amplitude(phaseA * PARTS_PER_AMPERE),
    neutralAmplitude: amplitude(neutralA * PARTS_PER_AMPERE),
    phaseLag: angle(phaseLagRad + (phaseA < 0 ? Math.PI : 0)),
    neutralLag: angle(neutralLagRad + (neutralA < 0 ? Math.PI : 0)),
  };
}

/** Of a sine: samples held for a while are a little less of it, and the filter lets a little less pass. */
function passedShare(frequencyHz: number): number {
  const half = (Math.PI * frequencyHz) / RIG_SCALE.samplesPerSecond;
  const held = half === 0 ? 1 : sin(half) / half;
  const turn = TAU * frequencyHz * TIME_CONSTANT_S;
  return held / Math.sqrt(1 + turn * turn);
}

function angle(rad: number): number {
  const parts = Math.round((rad / TAU) * RIG_SCALE.angleParts) % RIG_SCALE.angleParts;
  return (parts + RIG_SCALE.angleParts) % RIG_SCALE.angleParts;
}

/** The signals at a meter's terminals. */
export function signalsOf(terminals: TerminalConditions): RigSignals {
  const { phaseCurrentA, neutralCurrentA, angleRad, frequencyHz, supplyPresent } = terminals;
  const present = supplyPresent ? 1 : 0;
  return {
    voltageV: terminals.voltageV * present,
    phaseA: phaseCurrentA * present,
    neutralA: neutralCurrentA * present,
    phaseLagRad: angleRad,
    neutralLagRad: angleRad,
    frequencyHz,
  };
}

/** Behind the relay something is live from about this voltage on. */
const LIVE_V = 50;

/** Bits of RIG_LINES. */
export function linesOf(terminals: TerminalConditions): number {
  const { voltageV, supplyPresent, tamperContacts, loadSideLive } = terminals;
  const { coverOpen, magnetPresent } = tamperContacts;
  return (
    (coverOpen ? RIG_LINES.coverOpen : 0) |
    (magnetPresent ? RIG_LINES.magnetNear : 0) |
    (loadSideLive === true ? RIG_LINES.bypass : 0) |
    (supplyPresent && voltageV > LIVE_V ? RIG_LINES.live : 0)
  );
}
