// What never changes about meters, and how a meter is drawn: within its accuracy class, with a crystal of its own.

import type { Calendar } from "../../core/calendar.ts";
import { drawStandardNormal, type RandomByName } from "../../core/random.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { VoltageLimits } from "../spec.ts";
import type { MetrologyColumns } from "./metering.ts";

/** Row: meter; elements of a meter follow each other. */
export interface MeterModel extends MetrologyColumns {
  readonly intervalMs: number;
  readonly calendar: Calendar;
  readonly ids: readonly string[];
  readonly firstElement: Int32Array;
  readonly elementCount: Int32Array;
  /** Parts per million by which its clock runs fast. */
  readonly clockDriftPpm: Float64Array;
  readonly clockReserveMs: Float64Array;
  /** Seeds the waits before its first breaths. */
  readonly breathSeed: Float64Array;
  /** Its meters have registers of apparent energy and demand; missing: they do not. */
  readonly hasDemand?: true;
  /** Beyond which a meter speaks up; missing: it does not look. */
  readonly voltageLimits?: VoltageLimits;
}

/** Reserve of a clock without supply: 36 h, as IEC 62054-21 asks of clocks. */
export const CLOCK_RESERVE_MS = 36 * HOUR_MS;

/** What one meter is drawn with. Shares are of 1, not percent. */
export interface MeterTraits {
  readonly gain: number;
  readonly phaseErrorShare: number;
  readonly offsetW: number;
  readonly startingCurrentA: number;
  readonly clockDriftPpm: number;
  readonly breathSeed: number;
}

/** A kind of meter. `basicA` is Ib of a direct connected meter, In of one behind transformers; `nominalV` to neutral. */
export interface MeterKind {
  readonly classPercent: number;
  readonly basicA: number;
  readonly nominalV: number;
  /** Standard deviation of the crystals; one in WORSE_CRYSTALS is five times worse. */
  readonly clockDriftPpm: number;
}

/**
 * Parts of the class limit that gain, phase displacement and low-current offset may take. Together they stay within
 * every row of the limits of error of IEC 62053-21 and, for 0,5 S, of 62053-22; a test goes through the rows.
 */
const GAIN_PART = 0.5;
const PHASE_PART = 0.2;
/** At 5 % of the basic current; it falls as the current grows. */
const OFFSET_PART = 0.2;
const OFFSET_AT_SHARE = 0.05;
const WORSE_CRYSTALS = 20;
const SEED_RANGE = 4_294_967_296;

/** Share of the basic current at which a meter starts: IEC 62053-21 and 62053-22; a perfect one at 0. */
export function startingShare(classPercent: number): number {
  if (classPercent === 0) return 0;
  return classPercent <= 0.5 ? 0.001 : classPercent <= 1 ? 0.004 : 0.005;
}

/** Draws a meter by its name: within its class, whatever is drawn. */
export function drawMeter(random: RandomByName, id: string, kind: MeterKind): MeterTraits {
  const next = random(`meters/${id}`);
  const within = (): number => Math.max(-1, Math.min(1, drawStandardNormal(next) / 2));
  const limit = kind.classPercent / 100;
  const gain = 1 + limit * GAIN_PART * within();
  const phaseErrorShare = limit * PHASE_PART * within();
  const offsetW = limit * OFFSET_PART * OFFSET_AT_SHARE * kind.basicA * kind.nominalV * within();
  const crystal = random(`meters/${id}/clock`);
  const worse = Math.floor(crystal() * WORSE_CRYSTALS) === 0 ? 5 : 1;
  return {
    gain,
    phaseErrorShare,
    offsetW,
    startingCurrentA: startingShare(kind.classPercent) * kind.basicA,
    clockDriftPpm: worse * kind.clockDriftPpm * drawStandardNormal(crystal),
    breathSeed: Math.floor(random(`meters/${id}/breath`)() * SEED_RANGE),
  };
}
