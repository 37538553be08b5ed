// What detection keeps of each message as it arrives: a few numbers a home, bounded.

import type { Signal } from "../../contract/frame.ts";
import type { MeterEventCode, MeterReading } from "../../contract/reading.ts";
import { localTime } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import type { Records } from "../records.ts";
import type { DetectionState } from "../state.ts";
import {
  createNeutralWatch,
  forgetNeutral,
  neutralSignal,
  noteNeutral,
} from "./neutral-difference.ts";
import {
  createOpenRelayWatch,
  forgetOpenRelay,
  noteLoadVoltage,
  noteOpenRelay,
  openRelaySignal,
} from "./open-relay-use.ts";
import { createPastWatch, forgetPast } from "./own-history.ts";
import { createTamperWatch, forgetTamper, noteTamper, tamperSignal } from "./tamper-event.ts";
import { createSagWatch, forgetSag, noteMoment } from "./voltage-sag.ts";

/** Nobody is suspected. */
export function createDetection(records: Records): DetectionState {
  const customers = records.supplies.length;
  const phases = 3 * records.feeders.length;
  return {
    lastDay: localTime(records.calendar, 0).day,
    namedDays: new Float64Array(customers),
    hookDays: new Float64Array(phases),
    cases: [],
    nextCase: 1,
    unexplainedWh: null,
    expectedLossesWh: null,
    countsFrom: new Float64Array(customers + records.feeders.length),
    daily: records.supplies.map(() => []),
    quietDays: new Float64Array(customers + phases),
    crewDay: localTime(records.calendar, 0).day - 1,
    crewsSent: 0,
    neutral: createNeutralWatch(customers),
    openRelay: createOpenRelayWatch(customers),
    tamper: createTamperWatch(customers),
    past: createPastWatch(customers),
    sag: createSagWatch(customers, records.feeders.length),
  };
}

/** A new reading of a meter (customers first); true where a case may have to be looked at now. */
export function watchReading(
  detection: DetectionState,
  records: Records,
  row: number,
  reading: MeterReading,
): boolean {
  noteMoment(detection.sag, records, row, reading);
  if (row >= records.supplies.length || reading.measuredAt < detection.countsFrom[row]!) {
    return false;
  }
  const isNeutral = noteNeutral(detection.neutral, row, reading);
  const isUse = noteOpenRelay(detection.openRelay, row, reading);
  return isNeutral || isUse || detection.openRelay.voltageAt[row]! >= 0;
}

/** A meter's event; `at` is its own time. True where a case may have to be looked at now. */
export function watchEvent(
  detection: DetectionState,
  row: number,
  code: MeterEventCode,
  at: SimMs,
): boolean {
  if (row >= detection.namedDays.length || at < detection.countsFrom[row]!) return false;
  if (code === "load-voltage" || code === "load-voltage-gone") {
    noteLoadVoltage(detection.openRelay, row, code === "load-voltage", at);
    return true;
  }
  return noteTamper(detection.tamper, row, code, at);
}

/** Everything that speaks for or against a home now. */
export function signalsOf(detection: DetectionState, row: number, now: SimMs): readonly Signal[] {
  const events = [
    neutralSignal(detection.neutral, row),
    openRelaySignal(detection.openRelay, row, now),
    tamperSignal(detection.tamper, row, now),
  ];
  return [...detection.daily[row]!, ...events.filter((each) => each !== undefined)];
}

/** A crew has been there: what was known before speaks no more. */
export function forgetHome(detection: DetectionState, row: number, at: SimMs): void {
  detection.countsFrom[row] = at;
  detection.namedDays[row] = 0;
  detection.quietDays[row] = 0;
  detection.daily[row] = [];
  forgetNeutral(detection.neutral, row);
  forgetOpenRelay(detection.openRelay, row);
  forgetTamper(detection.tamper, row);
  forgetPast(detection.past, row);
  forgetSag(detection.sag, row);
}
