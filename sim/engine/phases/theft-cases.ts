// What the company does about its cases: letters, crews, power off and on again, and what a confirmed theft costs.

import type { Letter } from "../../contract/billing.ts";
import type { BeliefEvent } from "../../contract/event.ts";
import type { TheftCase } from "../../contract/frame.ts";
import { type InspectionReport, VISITS_MAX } from "../../contract/inspection.ts";
import { localTime } from "../../core/calendar.ts";
import { minor } from "../../core/money.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import { addItem, type BillingOutputs, owedMinor, touch } from "../../utility/billing/accounts.ts";
import { type Assessed, assess as assessTheft } from "../../utility/billing/assessment.ts";
import { noteUnanswered } from "../../utility/billing/ladder.ts";
import { book } from "../../utility/billing/ledger.ts";
import {
  crewArrival,
  dunningOf,
  exemptBecause,
  mayTripNow,
  NO_THEFT_POLICY,
  type TheftPolicy,
  tripHoursEnd,
} from "../../utility/billing/policy.ts";
import { claimTrip, dropTrip } from "../../utility/billing/trip-desk.ts";
import { order, withdraw } from "../../utility/commands.ts";
import { change, isActive } from "../../utility/detection/cases.ts";
import {
  type CaseSituation,
  sendCrew,
  stepsOf,
  takeReport,
} from "../../utility/detection/consequences.ts";
import { closeStuckRelay } from "../../utility/detection/relay-stuck.ts";
import type { Records } from "../../utility/records.ts";
import type { BeliefState } from "../../utility/state.ts";
import type { EngineState, Model } from "../world.ts";

type Visits = Pick<EngineState, "visits">;

/** What the meter's display shows until the next order. */
const TEXTS = { told: "METER IS CHECKED", off: "OFF: SEE LETTER" } as const;

export const theftPolicyOf = ({ billing }: Records): TheftPolicy =>
  billing?.policy.theft ?? NO_THEFT_POLICY;

/** Sends a crew to a home, a feeder or a case's place; false where the crews or the desk are full. */
export function orderInspection(
  { records }: Pick<Model, "records">,
  state: BeliefState,
  { visits }: Visits,
  target: string,
  reason: string,
  at: SimMs,
  events: BeliefEvent[],
): boolean {
  if (visits.length >= VISITS_MAX || visits.some((visit) => visit.target === target)) return false;
  const theft = theftPolicyOf(records);
  const visitAt = crewArrival(theft, records.calendar, at);
  const sent = sendCrew(state.detection, target, visitAt, reason, at, events);
  if (sent === undefined) return false;
  const isRemoving = theft.isRemovedOnInspection;
  visits.push({ kind: "inspection-order", caseId: sent.id, target, visitAt, isRemoving });
  return true;
}

/** Crews' reports, and what the policy wants of each case that is worked on. Once a minute. */
export function casesStep(
  model: Model,
  state: BeliefState,
  engine: Pick<EngineState, "visits" | "reports">,
  now: SimMs,
  books: BillingOutputs,
): void {
  for (const report of engine.reports) {
    if (report.kind === "inspection-report") settle(model, state, report, now, books);
  }
  engine.reports.length = 0;
  const { records } = model;
  const { detection } = state;
  const theft = theftPolicyOf(records);
  const { day } = localTime(records.calendar, now);
  if (day !== detection.crewDay) {
    detection.crewDay = day;
    detection.crewsSent = 0;
  }
  const wantedOff = new Set<number>();
  detection.cases.forEach((known, index) => {
    if (!isActive(known)) return;
    const row = model.rowOfSupply.get(known.supply) ?? -1;
    const isCrewFree = detection.crewsSent < theft.crewsPerDay && engine.visits.length < VISITS_MAX;
    const steps = stepsOf(known, theft, situation(records, state, row, isCrewFree, now));
    if (steps.tell) tell(records, state, row, { index, known }, theft, now, books);
    if (steps.keptOnBecause !== known.keptOnBecause)
      keep(state, index, steps.keptOnBecause, now, books);
    if (steps.powerOff !== "" || steps.keptOnBecause !== "") wantedOff.add(row);
    if (steps.powerOff !== "") switchOff(records, state, row, index, steps.powerOff, now, books);
    if (steps.inspect === "") return;
    if (orderInspection(model, state, engine, known.supply, steps.inspect, now, books.events)) {
      detection.crewsSent++;
    }
  });
  dropUnwanted(state, wantedOff);
}

/** A trip that waits for an official goes with its case: closed, or no longer strong enough. */
function dropUnwanted({ dunning }: BeliefState, wantedOff: ReadonlySet<number>): void {
  if (dunning === undefined) return;
  for (const { row, by } of [...dunning.waiting]) {
    if (by === "theft" && !wantedOff.has(row)) dropTrip(dunning, row, by);
  }
}

function situation(
  { supplies, billing, calendar }: Records,
  { accounts, headend }: BeliefState,
  row: number,
  isCrewFree: boolean,
  now: SimMs,
): CaseSituation {
  const account = accounts[row];
  const { state } = account ?? { state: "active" };
  const record = supplies[row];
  const policy = billing?.policy ?? null;
  return {
    protectedBecause: record === undefined ? null : exemptBecause(policy, calendar, record, now),
    mayTripNow: billing !== null && mayTripNow(billing.policy, calendar, now),
    isStale: (headend.lastReceivedAt[row] ?? -1) < now - DAY_MS,
    isOff: account === undefined || ["tripping", "tripped", "reconnecting"].includes(state),
    isCrewFree,
    isFeeder: row < 0,
  };
}

function tell(
  records: Records,
  state: BeliefState,
  row: number,
  place: { readonly index: number; readonly known: TheftCase },
  { tellBy }: TheftPolicy,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { supply, id: caseId } = place.known;
  change(state.detection, place, { toldAt: at });
  books.events.push({ kind: "theft-notice", at, supply, caseId, ways: tellBy });
  post("theft-notice", state, row, supply, tellBy, at, books);
  if (!tellBy.includes("display")) return;
  const what = {
    row,
    supply,
    order: { action: "reminder" },
    text: TEXTS.told,
    reason: caseId,
  } as const;
  order(state, records.commands, what, at, books.events);
}

/** A letter, an SMS, or both. */
function post(
  kind: Letter["kind"],
  { accounts }: BeliefState,
  row: number,
  supply: string,
  by: TheftPolicy["tellBy"],
  at: SimMs,
  books: BillingOutputs,
): void {
  if (!by.includes("letter") && !by.includes("sms")) return;
  const account = accounts[row];
  const owed = minor(account === undefined ? 0 : owedMinor(account));
  books.letters.push({ kind, supply, at, owedMinor: owed, dueAt: at, by });
}

function keep(
  { detection }: BeliefState,
  index: number,
  reason: string,
  at: SimMs,
  books: BillingOutputs,
): void {
  const known = detection.cases[index] as TheftCase;
  const { supply, id: caseId } = change(detection, { index, known }, { keptOnBecause: reason });
  if (reason !== "") books.events.push({ kind: "kept-on", at, supply, caseId, reason });
}

function switchOff(
  records: Records,
  state: BeliefState,
  row: number,
  index: number,
  reason: string,
  at: SimMs,
  books: BillingOutputs,
): void {
  const { detection, accounts } = state;
  const known = detection.cases[index] as TheftCase;
  const { supply, id } = known;
  const account = accounts[row]!;
  const policy = records.billing?.policy ?? null;
  const today = localTime(records.calendar, at).day;
  const claim = { row, supply, by: "theft", reason, today, at } as const;
  let batch = "";
  if (state.dunning !== undefined) {
    const claimed = claimTrip(state.dunning, dunningOf(policy), claim, books.events);
    if (claimed === undefined) return;
    batch = claimed.batch;
    dropTrip(state.dunning, row);
  }
  const expiresAt =
    policy?.dunning === undefined ? undefined : tripHoursEnd(policy, records.calendar, at);
  const head = { row, supply, text: TEXTS.off, reason, expiresAt };
  const what = { ...head, order: { action: "trip" } } as const;
  if (order(state, records.commands, what, at, books.events) === undefined) return;
  account.heldForCase = id;
  account.state = "tripping";
  account.clearedAt = null;
  touch(account);
  change(detection, { index, known }, { switchedOffAt: at });
  books.events.push({ kind: "trip-sent", at, supply, reason, by: "theft", batch });
}

/** A crew is back: who stole pays for it, who did not has the supply back and is told so. */
function settle(
  model: Model,
  state: BeliefState,
  report: InspectionReport,
  now: SimMs,
  books: BillingOutputs,
): void {
  const { records } = model;
  const rowOf = (supply: string): number => model.rowOfSupply.get(supply) ?? -1;
  const feeder = records.feeders.findIndex(({ id }) => id === report.target);
  if (feeder >= 0) state.detection.countsFrom[records.supplies.length + feeder] = report.at;
  const verdicts = takeReport(state.detection, rowOf, report, now, books.events);
  const here = { supply: report.target, row: rowOf(report.target) };
  const { detection, dunning } = state;
  if (dunning !== undefined) closeStuckRelay(detection, dunning, here, now, books.events);
  const theft = theftPolicyOf(records);
  for (const supply of suppliesOf(report)) {
    const row = rowOf(supply);
    const known = verdicts.find((verdict) => verdict.known.supply === supply)?.known;
    if (!assessByLoad(records, state, row, { caseId: report.caseId, known, now }, books)) {
      assess(state, row, supply, theft, report, now, books);
    }
    post("theft-confirmed", state, row, supply, theft.tellBy, now, books);
  }
  for (const { known, isConfirmed } of verdicts) {
    const row = rowOf(known.supply);
    const account = state.accounts[row];
    if (isConfirmed || account === undefined) continue;
    if (known.toldAt !== null || known.switchedOffAt !== null) {
      post("theft-cleared", state, row, known.supply, theft.tellBy, now, books);
    }
    if (account.heldForCase === known.id)
      giveBack(records, state, row, "the crew found nothing", now, books);
  }
}

/** Where something was found, each place once. */
const suppliesOf = ({ found }: InspectionReport): readonly string[] =>
  found.map(({ supply }) => supply).filter((supply, at, all) => all.indexOf(supply) === at);

/** By load and days, where the policy says how; false where it does not, or where nothing is left to be billed. */
function assessByLoad(
  { billing, supplies, calendar }: Records,
  { accounts, headend, ledger }: BeliefState,
  row: number,
  what: Pick<Assessed, "caseId" | "known" | "now">,
  books: BillingOutputs,
): boolean {
  const account = accounts[row];
  const supply = supplies[row];
  const tariff = billing?.tariffs[supply?.tariff ?? -1];
  const rules = billing?.policy.theft?.assessment;
  if (account === undefined || supply === undefined || tariff === undefined) return false;
  if (billing === null || rules === undefined) return false;
  const registerWh = headend.lastImportWh[row]!;
  const registerAt = Math.max(0, headend.lastMeasuredAt[row]!);
  const context = { supply, tariff, calendar, account, ledger };
  const isBilled = assessTheft(context, rules, { ...what, registerWh, registerAt }, books);
  if (isBilled) account.heldForCase = "";
  return isBilled;
}

/** What was stolen is charged once; with it paid the supply comes back. Without a charge only a person gives it back. */
function assess(
  { accounts, ledger }: BeliefState,
  row: number,
  supply: string,
  { assessmentMinor }: TheftPolicy,
  { caseId }: InspectionReport,
  at: SimMs,
  { postings, events }: BillingOutputs,
): void {
  const account = accounts[row];
  if (account === undefined || assessmentMinor === 0) return;
  const reason = `Assessment after ${caseId}`;
  const eventId = `assessment/${supply}/${caseId}`;
  const entry = {
    at,
    eventId,
    debit: `receivable/${supply}`,
    credit: "revenue/assessments",
    reason,
  };
  book(ledger, { ...entry, amountMinor: assessmentMinor }, postings);
  addItem(account, reason, assessmentMinor, at - 1);
  account.heldForCase = "";
  events.push({ kind: "assessed", at, supply, amountMinor: assessmentMinor });
}

/** Whatever else is owed: who was cut off on a suspicion that was wrong, or for another's debt, has the supply at once. */
export function giveBack(
  records: Records,
  state: BeliefState,
  row: number,
  reason: string,
  at: SimMs,
  { events }: BillingOutputs,
): void {
  const account = state.accounts[row]!;
  const supply = records.supplies[row]!.id;
  account.heldForCase = "";
  touch(account);
  const trip = withdraw(state, row, "trip");
  if (trip !== undefined) account.strayTrip = { commandId: trip.id, expiresAt: trip.expiresAt };
  account.state = "reconnecting";
  const what = { row, supply, order: { action: "reconnect" }, text: "", reason } as const;
  if (order(state, records.commands, what, at, events) === undefined) {
    return noteUnanswered(account, "reconnect");
  }
  events.push({ kind: "reconnect-sent", at, supply, reason });
}

/** Nobody answered the order to switch off for a case: the policy may try again. */
export function noteTripUnanswered({ accounts, detection }: BeliefState, row: number): void {
  const account = accounts[row]!;
  const { heldForCase } = account;
  if (heldForCase === "" || account.state === "tripped") return;
  account.heldForCase = "";
  const index = detection.cases.findIndex(({ id }) => id === heldForCase);
  const known = detection.cases[index];
  if (known?.kind === "theft") change(detection, { index, known }, { switchedOffAt: null });
}
