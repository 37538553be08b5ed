// The day's look: balance, voltages and each home's own past, once a local day; and one home's look when a meter
// tells something. Opens cases and brings them up to date.

import type { BeliefEvent } from "../../contract/event.ts";
import type { Signal } from "../../contract/frame.ts";
import { localTime, simOfLocal } from "../../core/calendar.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import { HISTORY, kindOf, registerAt } from "../history.ts";
import type { Records } from "../records.ts";
import type { BeliefState, DetectionState, HeadendState } from "../state.ts";
import {
  closedSignal,
  type Finding,
  hookSignal,
  namedSignal,
  type PhaseVerdict,
  weighPhase,
} from "./balance.ts";
import { balanceWindows } from "./balance-windows.ts";
import { weigh } from "./cases.ts";
import { type ExpectationModel, WINDOW_DAYS } from "./expectation.ts";
import { signalsOf } from "./listen.ts";
import { notePast, pastSignal } from "./own-history.ts";
import { signal } from "./signal.ts";
import { lookAtSag } from "./voltage-sag.ts";

/** Local minute of the day at which the day is looked at. */
const LOOK_AT_MINUTE = 5 * 60;
/** Of a day's intervals, how many must be read for the day to speak. */
const DAY_READ_SHARE_MIN = 0.5;
/** Energy is missing on the phase and nobody's readings explain it: what that says of each home there. */
const HOOKED_PHASE_LOG_ODDS = 1.5;

/** Looks at everything once a local day. */
export function runDetection(
  model: ExpectationModel,
  records: Records,
  belief: BeliefState,
  now: SimMs,
): readonly BeliefEvent[] {
  const { detection, headend } = belief;
  const local = localTime(records.calendar, now);
  if (local.day <= detection.lastDay || local.minuteOfDay < LOOK_AT_MINUTE) return [];
  detection.lastDay = local.day;
  const events: BeliefEvent[] = [];
  const yesterday = local.day - 1;
  notePast(detection.past, yesterday, dayEnergies(records, headend, yesterday), now);
  const end = Math.floor(now / records.intervalMs);
  const sagged = lookAtSag(model, records, detection.sag, end, now);
  const verdicts = balance(model, records, belief, now);
  records.supplies.forEach((_, row) => {
    const past = pastSignal(detection.past, row, yesterday);
    detection.daily[row] = [...sagged[row]!, ...(past === undefined ? [] : [past])];
  });
  speakOfPhases(model, records, detection, verdicts, now);
  records.supplies.forEach(({ id }, row) => {
    weigh(detection, id, signalsOf(detection, row, now), { quietRow: row }, now, events);
  });
  for (const { feeder, phase, verdict } of verdicts) {
    weighFeeder(records, detection, { feeder, phase, verdict }, now, events);
  }
  return events;
}

/** A meter told something of a home: looks at that home alone. */
export function lookAtHome(
  records: Records,
  { detection }: Pick<BeliefState, "detection">,
  row: number,
  now: SimMs,
  events: BeliefEvent[],
): void {
  const { id } = records.supplies[row]!;
  weigh(detection, id, signalsOf(detection, row, now), { quietRow: -1 }, now, events);
}

interface OnPhase {
  /** Row of the feeder. */
  readonly feeder: number;
  /** 1 to 3. */
  readonly phase: number;
  readonly verdict: PhaseVerdict;
}

function balance(
  model: ExpectationModel,
  records: Records,
  belief: BeliefState,
  now: SimMs,
): readonly OnPhase[] {
  const { detection } = belief;
  const { customerClassPercent, transformerClassPercent } = records;
  const accuracy = { customerClassPercent, transformerClassPercent };
  detection.unexplainedWh = null;
  detection.expectedLossesWh = null;
  return model.feeders.flatMap((expectation) => {
    const { phases, unexplainedWh, lossesWh } = balanceWindows(
      model,
      expectation,
      records,
      belief,
      now,
    );
    if (unexplainedWh !== null && lossesWh !== null) {
      detection.unexplainedWh = (detection.unexplainedWh ?? 0) + unexplainedWh;
      detection.expectedLossesWh = (detection.expectedLossesWh ?? 0) + lossesWh;
    }
    return phases.map((window, k) => ({
      feeder: expectation.row,
      phase: k + 1,
      verdict: weighPhase(window, accuracy),
    }));
  });
}

/** What the balances say of the homes: first those that explain what is missing, then what speaks for or against others. */
function speakOfPhases(
  model: ExpectationModel,
  records: Records,
  detection: DetectionState,
  verdicts: readonly OnPhase[],
  now: SimMs,
): void {
  const named = new Map<number, { readonly phase: number; readonly finding: Finding }>();
  for (const { phase, verdict } of verdicts) {
    for (const finding of verdict.findings) {
      if (!named.has(finding.row)) named.set(finding.row, { phase, finding });
    }
  }
  records.supplies.forEach((_, row) => {
    const found = named.get(row);
    // A window from before a crew's visit says what the crew has settled.
    if (found === undefined || isSettled(detection.countsFrom[row]!, now)) {
      detection.namedDays[row] = 0;
      return;
    }
    const days = detection.namedDays[row]! + 1;
    detection.namedDays[row] = days;
    const since = now - (days - 1) * DAY_MS;
    detection.daily[row]!.push(namedSignal(found.phase, found.finding, days, since));
  });
  for (const { feeder, phase, verdict } of verdicts) {
    const hook = 3 * feeder + phase - 1;
    detection.hookDays[hook] = verdict.isHook ? detection.hookDays[hook]! + 1 : 0;
    model.feeders[feeder]!.customersOfPhase[phase - 1]!.forEach(({ row }, at) => {
      const own = detection.daily[row]!;
      const isSpokenOf = own.some(({ detector }) => detector === "phase-balance");
      if (own.length === 0 || isSpokenOf || isSettled(detection.countsFrom[row]!, now)) return;
      const other = verdict.isHook
        ? hookedPhase(phase, verdict, now)
        : closedSignal(phase, verdict, verdict.customerWh[at]!, now);
      if (other !== undefined) own.push(other);
    });
  }
}

const isSettled = (visitedAt: SimMs, now: SimMs): boolean =>
  visitedAt > 0 && now - visitedAt < WINDOW_DAYS * DAY_MS;

function hookedPhase(phase: number, verdict: PhaseVerdict, now: SimMs): Signal {
  const { unexplainedWh, hoursShare } = verdict;
  const sentence = `On L${phase} energy is missing that no home's readings explain, ${(unexplainedWh / 1000).toFixed(1)} kWh.`;
  const numbers = { phase, unexplainedWh, hoursShare };
  return signal("phase-balance", now, HOOKED_PHASE_LOG_ODDS, sentence, numbers);
}

/** Energy that no home explains is a case against the phase, never against a customer. */
function weighFeeder(
  records: Records,
  detection: DetectionState,
  { feeder, phase, verdict }: OnPhase,
  now: SimMs,
  events: BeliefEvent[],
): void {
  const row = 3 * feeder + phase - 1;
  const days = detection.hookDays[row]!;
  const visited = detection.countsFrom[records.supplies.length + feeder]!;
  const signals =
    days === 0 || isSettled(visited, now)
      ? []
      : [hookSignal(phase, verdict, days, now - (days - 1) * DAY_MS)];
  const place = { quietRow: records.supplies.length + row, phase };
  weigh(detection, records.feeders[feeder]!.id, signals, place, now, events);
}

/** Energy of a local day by customer, Wh; −1 where too little of it was read. */
function dayEnergies(records: Records, headend: HeadendState, day: number): Float64Array {
  const { calendar, intervalMs } = records;
  const first = Math.round(simOfLocal(calendar, day, 0) / intervalMs);
  const last = Math.round(simOfLocal(calendar, day + 1, 0) / intervalMs);
  return Float64Array.from(records.supplies, (_, row) => {
    const isKnown =
      kindOf(headend, row, first) !== HISTORY.unknown &&
      kindOf(headend, row, last) !== HISTORY.unknown;
    if (!isKnown || last <= first) return -1;
    let read = 0;
    for (let interval = first + 1; interval <= last; interval++) {
      if (kindOf(headend, row, interval) === HISTORY.read) read++;
    }
    if (read < DAY_READ_SHARE_MIN * (last - first)) return -1;
    return registerAt(headend, row, last) - registerAt(headend, row, first);
  });
}
