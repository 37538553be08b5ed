// Cases: a suspicion that is strong enough to be worked on, from its opening to what a crew says. Evidence from before
// a crew's visit speaks no more.

import type { BeliefEvent } from "../../contract/event.ts";
import type { CaseView, Signal, TheftCase } from "../../contract/frame.ts";
import type { SimMs } from "../../core/time.ts";
import { CASES_MAX, type DetectionState } from "../state.ts";
import { evidenceOf, type Fused, fuse } from "./fusion.ts";

/** From here on a suspicion is a case. Persistence is each detector's own: named two mornings, three readings, … */
export const OPEN_ABOVE = 0.5;
/** An open case of which less is left for so many days is closed without a crew. */
export const QUIET_BELOW = 0.1;
export const QUIET_DAYS = 7;
/** A change of probability that is worth an event. */
const CHANGE_MIN = 0.1;

export type TheftCaseRow = { readonly index: number; readonly known: TheftCase };

/** Whether somebody still works on it. */
export const isActive = (known: CaseView): known is TheftCase =>
  known.kind === "theft" && (known.state === "open" || known.state === "inspected");

/** The case on a home or a feeder that is being worked on. Of a feeder's, that of a phase. */
export function activeCase(
  { cases }: DetectionState,
  supply: string,
  phase?: number,
): TheftCaseRow | undefined {
  const index = cases.findIndex(
    (known) =>
      isActive(known) &&
      known.supply === supply &&
      (phase === undefined || phaseOf(known) === phase),
  );
  return index < 0 ? undefined : { index, known: cases[index] as TheftCase };
}

const phaseOf = ({ signals }: TheftCase): number | undefined => signals[0]?.numbers["phase"];

/** Makes room by forgetting the oldest case that is closed; false where all are being worked on. */
export function hasRoom({ cases }: DetectionState): boolean {
  if (cases.length < CASES_MAX) return true;
  let oldest = cases.findIndex((known) =>
    known.kind === "theft"
      ? known.state === "cleared"
      : known.kind === "relay-stuck" && known.closedAt !== null,
  );
  if (oldest < 0) {
    oldest = cases.findIndex((known) => known.kind === "theft" && known.state === "confirmed");
  }
  if (oldest < 0) return false;
  cases.splice(oldest, 1);
  return true;
}

/** Puts a change of a case where it stands. */
export function change(
  { cases }: DetectionState,
  { index, known }: TheftCaseRow,
  what: Partial<TheftCase>,
): TheftCase {
  const changed: TheftCase = { ...known, ...what };
  cases[index] = changed;
  return changed;
}

/** Opens a case; undefined where there is no room. */
export function openCase(
  detection: DetectionState,
  supply: string,
  fused: Fused,
  evidence: string,
  now: SimMs,
  events: BeliefEvent[],
): TheftCaseRow | undefined {
  if (!hasRoom(detection)) return undefined;
  const { technique, probability, signals } = fused;
  const opened: TheftCase = {
    kind: "theft",
    id: `case-${detection.nextCase++}`,
    supply,
    openedAt: now,
    evidence,
    state: "open",
    technique,
    probability,
    signals,
    ...balanceNumbers(signals),
    toldAt: null,
    switchedOffAt: null,
    inspectionAt: null,
    closedAt: null,
    finding: "",
    keptOnBecause: "",
  };
  const index = detection.cases.push(opened) - 1;
  events.push({ kind: "case-opened", at: now, supply, caseId: opened.id, evidence });
  return { index, known: opened };
}

function balanceNumbers(
  signals: readonly Signal[],
): Pick<TheftCase, "hiddenShare" | "unexplainedWh"> {
  const balance = signals.find(({ detector }) => detector === "phase-balance")?.numbers;
  return {
    hiddenShare: balance?.["hiddenShare"] ?? null,
    unexplainedWh: balance?.["unexplainedWh"] ?? null,
  };
}

/**
 * What is known of one home or feeder now: opens its case, or brings it up to date. `quietRow`: its row in
 * `quietDays`; −1 where the look is not the day's.
 */
export function weigh(
  detection: DetectionState,
  supply: string,
  found: readonly Signal[],
  { quietRow, phase }: { readonly quietRow: number; readonly phase?: number },
  now: SimMs,
  events: BeliefEvent[],
): void {
  const fused = fuse(found);
  const row = activeCase(detection, supply, phase);
  if (row === undefined) {
    if (quietRow >= 0) detection.quietDays[quietRow] = 0;
    if (fused.probability < OPEN_ABOVE) return;
    openCase(detection, supply, fused, evidenceOf(fused.signals), now, events);
    return;
  }
  update(detection, row, fused, { quietRow }, now, events);
}

function update(
  detection: DetectionState,
  row: TheftCaseRow,
  fused: Fused,
  { quietRow }: { readonly quietRow: number },
  now: SimMs,
  events: BeliefEvent[],
): void {
  const { known } = row;
  const { probability, technique, signals } = fused;
  // Behind an open relay nothing speaks any more, for or against: what was known when it opened stands.
  if (known.switchedOffAt !== null && probability < known.probability) return;
  // A case keeps the signals that it was opened with as long as there are no others.
  const isSilent = signals.every(({ logOdds }) => logOdds <= 0);
  const changed = change(detection, row, {
    probability,
    ...(isSilent
      ? {}
      : { technique, signals, evidence: evidenceOf(signals), ...balanceNumbers(signals) }),
  });
  const { supply, id: caseId } = known;
  const isOther = Math.abs(probability - known.probability) >= CHANGE_MIN;
  if (isOther || changed.technique !== known.technique) {
    events.push({ kind: "case-updated", at: now, supply, caseId, probability });
  }
  if (quietRow < 0) return;
  const quiet = probability < QUIET_BELOW ? detection.quietDays[quietRow]! + 1 : 0;
  detection.quietDays[quietRow] = quiet;
  if (quiet < QUIET_DAYS || known.state !== "open") return;
  detection.quietDays[quietRow] = 0;
  const reason = `for ${QUIET_DAYS} days next to nothing has spoken for it`;
  const closing = { state: "cleared", closedAt: now, finding: `Closed: ${reason}.` } as const;
  change(detection, { index: row.index, known: changed }, closing);
  events.push({ kind: "case-state", at: now, supply, caseId, state: "cleared", reason });
}
