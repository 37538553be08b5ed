// What follows from a case: the customer is told, a crew is sent, the supply goes off and comes back. Decides by the
// policy's numbers; who carries it out is not known here.

import type { BeliefEvent } from "../../contract/event.ts";
import type { TheftCase } from "../../contract/frame.ts";
import type { InspectionReport } from "../../contract/inspection.ts";
import { TECHNIQUE_NAMES } from "../../contract/theft.ts";
import type { SimMs } from "../../core/time.ts";
import type { DetectionState } from "../state.ts";
import { activeCase, change, isActive, openCase } from "./cases.ts";
import { fuse, speakingFor } from "./fusion.ts";
import { forgetHome } from "./listen.ts";

/** A signal below this is weak: it may be in the evidence, but nobody is cut off on it. */
export const STRONG_LOG_ODDS_MIN = 1;

/** The policy's numbers that a case is held against. */
export interface CaseRules {
  readonly tellAbove: number | null;
  readonly inspectAbove: number | null;
  readonly powerOff: { readonly probability: number; readonly signals: number } | null;
}

/** What must be known of the customer before anything is done. */
export interface CaseSituation {
  /** Why this customer is never cut off; null for who is not protected. */
  readonly protectedBecause: string | null;
  /** Whether somebody may be cut off at this hour. */
  readonly mayTripNow: boolean;
  /** The head-end has not heard of the meter for long. */
  readonly isStale: boolean;
  /** Its supply is off already, or an order for it is under way. */
  readonly isOff: boolean;
  /** Whether a crew is free today. */
  readonly isCrewFree: boolean;
  /** A feeder: there is no customer who could be told or cut off. */
  readonly isFeeder: boolean;
}

/** What is to be done now; the words go with it. */
export interface CaseSteps {
  readonly tell: boolean;
  readonly inspect: string;
  readonly powerOff: string;
  /** Why the supply stays on although it would go off; empty where that is not so. */
  readonly keptOnBecause: string;
}

/** What the policy wants of a case. Pure. */
export function stepsOf(
  known: TheftCase,
  { tellAbove, inspectAbove, powerOff }: CaseRules,
  situation: CaseSituation,
): CaseSteps {
  const { probability, state, toldAt, signals, switchedOffAt } = known;
  const isOpen = state === "open" || state === "inspected";
  const { isFeeder } = situation;
  const tell =
    isOpen && !isFeeder && toldAt === null && tellAbove !== null && probability >= tellAbove;
  const isWorthACrew =
    state === "open" &&
    inspectAbove !== null &&
    probability >= inspectAbove &&
    situation.isCrewFree;
  const inspect = isWorthACrew ? `the case stands at ${Math.round(probability * 100)} %` : "";
  const strong = speakingFor(signals, STRONG_LOG_ODDS_MIN);
  const wantsOff =
    isOpen &&
    !isFeeder &&
    switchedOffAt === null &&
    powerOff !== null &&
    probability >= powerOff.probability &&
    strong.length >= powerOff.signals;
  if (!wantsOff || situation.isOff) return { tell, inspect, powerOff: "", keptOnBecause: "" };
  const keptOnBecause = keptOn(situation);
  const reason =
    `suspicion of theft, ${known.id} at ${Math.round(probability * 100)} % ` +
    `by ${strong.join(" and ")}`;
  return { tell, inspect, powerOff: keptOnBecause === "" ? reason : "", keptOnBecause };
}

function keptOn({ protectedBecause, mayTripNow, isStale }: CaseSituation): string {
  if (protectedBecause !== null) return `protected (${protectedBecause})`;
  if (isStale) return "its meter has not been heard of for a day";
  return mayTripNow ? "" : "nobody is cut off at this hour";
}

/** A crew is sent to a home or a feeder; a case is opened for it where there is none. Undefined without room. */
export function sendCrew(
  detection: DetectionState,
  target: string,
  visitAt: SimMs,
  reason: string,
  now: SimMs,
  events: BeliefEvent[],
): TheftCase | undefined {
  const evidence = "A person sends a crew.";
  const row =
    activeCase(detection, target) ?? openCase(detection, target, fuse([]), evidence, now, events);
  if (row === undefined) return undefined;
  const { id: caseId } = row.known;
  events.push({ kind: "inspection-ordered", at: now, supply: target, caseId, visitAt, reason });
  if (row.known.state !== "inspected") {
    const state = "inspected";
    events.push({ kind: "case-state", at: now, supply: target, caseId, state, reason });
  }
  return change(detection, row, { state: "inspected", inspectionAt: visitAt });
}

/** Cases that a crew's report has closed. */
export interface Verdict {
  readonly known: TheftCase;
  readonly isConfirmed: boolean;
}

/** Takes in a crew's report: cases are confirmed or cleared, and the evidence that led to them speaks no more. */
export function takeReport(
  detection: DetectionState,
  rowOf: (supply: string) => number,
  { caseId, target, found, at, isRemoved }: InspectionReport,
  now: SimMs,
  events: BeliefEvent[],
): readonly Verdict[] {
  const finding = findingText(target, found, isRemoved);
  events.push({ kind: "inspection-done", at: now, supply: target, caseId, finding });
  const supplies = [target, ...found.map(({ supply }) => supply)].filter(
    (supply, place, all) => all.indexOf(supply) === place,
  );
  const verdicts: Verdict[] = [];
  detection.cases.forEach((known, index) => {
    if (!isActive(known) || !(known.id === caseId || supplies.includes(known.supply))) return;
    const isConfirmed = found.some(
      ({ supply }) => supply === known.supply || known.supply === target,
    );
    // Of a neighbour the crew has something to say only where it found something.
    if (known.supply !== target && !isConfirmed) return;
    const state = isConfirmed ? "confirmed" : "cleared";
    const technique = found.find(({ supply }) => supply === known.supply)?.technique;
    const closed = change(
      detection,
      { index, known },
      {
        state,
        closedAt: now,
        finding,
        ...(technique === undefined ? {} : { technique }),
        ...(isConfirmed ? { probability: 1 } : { probability: 0 }),
        keptOnBecause: "",
      },
    );
    events.push({
      kind: "case-state",
      at: now,
      supply: known.supply,
      caseId: known.id,
      state,
      reason: finding,
    });
    verdicts.push({ known: closed, isConfirmed });
  });
  for (const supply of supplies) {
    const row = rowOf(supply);
    if (row >= 0) forgetHome(detection, row, at);
  }
  return verdicts;
}

function findingText(target: string, found: InspectionReport["found"], isRemoved: boolean): string {
  if (found.length === 0) return "The crew found nothing.";
  const things = found.map(
    ({ supply, technique }) =>
      `${TECHNIQUE_NAMES[technique]}${supply === target ? "" : ` at ${supply}`}`,
  );
  return `The crew found ${things.join(" and ")}${isRemoved ? " and took it away" : ""}.`;
}
