// A meter that has acknowledged a trip and goes on all the same: its relay has not opened, or something leads around
// it. Whoever it is, somebody has to look at the meter; whether it is theft, the other detectors say.

import type { BeliefEvent } from "../../contract/event.ts";
import type { RelayCase } from "../../contract/frame.ts";
import type { MeterReading } from "../../contract/reading.ts";
import { type Calendar, formatLocal } from "../../core/calendar.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";
import type { DetectionState, DunningState, OpenedMeter } from "../state.ts";
import { hasRoom } from "./cases.ts";

/** A reading of the moment of opening itself may still have the relay closed, or count what came just before. */
const AFTER_OPENING_MS = MINUTE_MS;
/** A register that moves by less between two readings only rounds. */
const ENERGY_MIN_WH = 5;
/** One reading may be wrong; two after the same acknowledgement are not. */
const READINGS_MIN = 2;

type Watch = Pick<DunningState, "opened">;

/** The meter says that it opened at `openedAt`, by its own clock: from now on its readings are held against that. */
export function watchOpened(watch: Watch, row: number, openedAt: SimMs): void {
  forgetOpened(watch, row);
  watch.opened.push({
    ...{ row, openedAt, lastSequence: -1, lastWh: -1 },
    ...{ readings: 0, closedReadings: 0, usedWh: 0 },
  });
}

/** It is to close again: whatever is used from now on is no sign of anything. */
export function forgetOpened({ opened }: Watch, row: number): void {
  const index = opened.findIndex((each) => each.row === row);
  if (index >= 0) opened.splice(index, 1);
}

/** Takes in a reading of a supply that is meant to be off; opens its case, or brings it up to date. */
export function noteStuckRelay(
  watch: Watch,
  detection: DetectionState,
  calendar: Calendar,
  row: number,
  reading: MeterReading,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const meter = watch.opened.find((each) => each.row === row);
  if (meter === undefined || reading.measuredAt <= meter.openedAt + AFTER_OPENING_MS) return;
  if (reading.sequence <= meter.lastSequence) return;
  const usedWh = meter.lastWh < 0 ? 0 : reading.importWh - meter.lastWh;
  meter.lastSequence = reading.sequence;
  meter.lastWh = reading.importWh;
  const isUsed = usedWh >= ENERGY_MIN_WH;
  if (isUsed) meter.usedWh += usedWh;
  if (isUsed) meter.readings++;
  if (reading.relay === "closed") meter.closedReadings++;
  if (!isUsed && reading.relay === "open") return;
  if (meter.readings < READINGS_MIN && meter.closedReadings < READINGS_MIN) return;
  tell(detection, calendar, reading.supply, meter, at, events);
}

function tell(
  detection: DetectionState,
  calendar: Calendar,
  supply: string,
  { openedAt, usedWh, readings, closedReadings }: OpenedMeter,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const used =
    readings === 0 ? "" : ` ${readings} readings since show ${Math.round(usedWh)} Wh of use.`;
  const closed =
    closedReadings === 0 ? "" : ` ${closedReadings} readings since say that the relay is closed.`;
  const evidence =
    `Its meter acknowledged the order to open on ${formatLocal(calendar, openedAt)}.${used}${closed} ` +
    "The relay is stuck, or something leads around it.";
  const numbers = { trippedAt: openedAt, usedWh, readings, closedReadings };
  const index = detection.cases.findIndex(
    (each) => each.kind === "relay-stuck" && each.supply === supply && each.closedAt === null,
  );
  if (index >= 0) {
    const known = detection.cases[index] as RelayCase;
    detection.cases[index] = { ...known, evidence, ...numbers };
    return;
  }
  if (!hasRoom(detection)) return;
  const id = `case-${detection.nextCase++}`;
  const opened = {
    kind: "relay-stuck",
    id,
    supply,
    openedAt: at,
    evidence,
    closedAt: null,
  } as const;
  detection.cases.push({ ...opened, ...numbers });
  events.push({ kind: "case-opened", at, supply, caseId: id, evidence });
}

/** A crew has been there and has seen to the relay. */
export function closeStuckRelay(
  detection: DetectionState,
  watch: Watch,
  place: { readonly supply: string; readonly row: number },
  at: SimMs,
  events: BeliefEvent[],
): void {
  const { supply, row } = place;
  const index = detection.cases.findIndex(
    (each) => each.kind === "relay-stuck" && each.supply === supply && each.closedAt === null,
  );
  if (index < 0) return;
  const known = detection.cases[index] as RelayCase;
  detection.cases[index] = { ...known, closedAt: at };
  // If it goes on all the same, that is a new case.
  const meter = watch.opened.find((each) => each.row === row);
  if (meter !== undefined) watchOpened(watch, row, at);
  const reason = "a crew has looked at the relay";
  events.push({ kind: "case-state", at, supply, caseId: known.id, state: "cleared", reason });
}
