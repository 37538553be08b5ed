// A rig's parts measured by the meter behind it, and what they are off by kept in the rig. Right is what the meter says:
// one that is not calibrated itself passes its errors on.

import { BOARD_OPS, BOARD_STATE } from "../../sim/contract/board-protocol.ts";
import { RIG_LINES, RIG_SCALE } from "../../sim/contract/rig-protocol.ts";
import { BoardError } from "../board/port.ts";
import type { BoardSession } from "../board/session.ts";
import type { RigOrder, RigSession } from "./rig-session.ts";
import { waveOf } from "./rig-wave.ts";

/** What the meter makes of a wave, against what the rig was told: shares above it, and a lag too many. */
export interface RigDeviation {
  readonly voltageShare: number;
  readonly phaseShare: number;
  readonly neutralShare: number;
  readonly phaseLagRad: number;
}

/** In the middle of the ranges. */
const POINT = { voltageV: 230, phaseA: 40, neutralA: 40, frequencyHz: 50 };
/**
 * P at a lag and at a lead of so much says what the angle is off by: with a power factor of 0.5 a hundredth of a degree
 * is 0.03 % of it. Q would not do: the meter has it from small steps of V, and its noise is a tenth of a degree.
 */
const LAG_RAD = Math.PI / 3;
const SETTLE_MS = 700;
const WINDOW_MS = 210;
const WINDOWS = 8;
/** A meter's relay and its opto-coupler. */
const RELAY_MS = 100;
const RELAY_OP = BOARD_OPS.find(({ name }) => name === "relay")!.code;
const TAU = 2 * Math.PI;

/** Measures the rig as it is, takes off what its parts add, and measures again. Throws a BoardError. */
export async function calibrateRig(
  meter: BoardSession,
  rig: RigSession,
): Promise<{ readonly before: RigDeviation; readonly after: RigDeviation }> {
  const { state } = await meter.ask("registers");
  const wasClosed = (state & BOARD_STATE.relayClosed) !== 0;
  const setRelay = (argument: 0 | 1): Promise<void> =>
    meter.order({ kind: "command", op: RELAY_OP, argument, second: 0 });
  await rig.order({ kind: "lines", lines: RIG_LINES.live });
  if (!wasClosed) await setRelay(1);
  await meter.pass(RELAY_MS);
  await rig.order(
    calibrationOf({ voltageShare: 0, phaseShare: 0, neutralShare: 0, phaseLagRad: 0 }),
  );
  const before = await measure(meter, rig);
  await rig.order(calibrationOf(before));
  const after = await measure(meter, rig);
  if (!wasClosed) await setRelay(0);
  return { before, after };
}

/** What makes up for a deviation. The neutral has no power of its own, so its angle stays. */
function calibrationOf(deviation: RigDeviation): RigOrder {
  const gain = (share: number): number => Math.round(RIG_SCALE.gainParts / (1 + share));
  return {
    kind: "calibration",
    voltageGain: gain(deviation.voltageShare),
    phaseGain: gain(deviation.phaseShare),
    neutralGain: gain(deviation.neutralShare),
    phaseTrim: Math.round((-deviation.phaseLagRad / TAU) * RIG_SCALE.trimParts),
    neutralTrim: 0,
  };
}

/** A rig whose parts are off by more is wired wrongly. */
const SHARE_MAX = 0.2;

async function measure(meter: BoardSession, rig: RigSession): Promise<RigDeviation> {
  const straight = await meanAt(meter, rig, 0);
  const lagging = await meanAt(meter, rig, LAG_RAD);
  const leading = await meanAt(meter, rig, -LAG_RAD);
  const tangent =
    (leading.activeW - lagging.activeW) / (leading.activeW + lagging.activeW) / Math.tan(LAG_RAD);
  const found = {
    voltageShare: straight.voltageV / POINT.voltageV - 1,
    phaseShare: straight.phaseA / POINT.phaseA - 1,
    neutralShare: straight.neutralA / POINT.neutralA - 1,
    phaseLagRad: Math.atan(tangent),
  };
  for (const [what, off] of Object.entries(found)) {
    if (Math.abs(off) <= SHARE_MAX) continue;
    throw new BoardError(
      "refused",
      `${rig.port.name}: ${NAMES[what as keyof RigDeviation]} is off by more than a fifth at 230 V and 40 A; check the wires from the converter to the meter against firmware/rig/README.md`,
    );
  }
  return found;
}

/** The mean of some windows at the point, with this lag. */
async function meanAt(meter: BoardSession, rig: RigSession, lagRad: number) {
  await rig.order(waveOf({ ...POINT, phaseLagRad: lagRad, neutralLagRad: lagRad }));
  await meter.pass(SETTLE_MS);
  const mean = { voltageV: 0, phaseA: 0, neutralA: 0, activeW: 0 };
  for (let window = 0; window < WINDOWS; window++) {
    await meter.pass(WINDOW_MS);
    const registers = await meter.ask("registers");
    mean.voltageV += registers.voltageMilliV / 1000 / WINDOWS;
    mean.phaseA += registers.phaseMilliA / 1000 / WINDOWS;
    mean.neutralA += registers.neutralMilliA / 1000 / WINDOWS;
    mean.activeW += registers.activeMilliW / 1000 / WINDOWS;
  }
  return mean;
}

const NAMES: Readonly<Record<keyof RigDeviation, string>> = {
  voltageShare: "V",
  phaseShare: "I phase",
  neutralShare: "I neutral",
  phaseLagRad: "the angle between V and I phase",
};
