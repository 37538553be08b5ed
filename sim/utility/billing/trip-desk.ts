// Who may send how many trips a day, and which wait for a second official. Knows nothing of debts: the ladder, a case
// or a person wants a trip, and this desk says whether it may go out now.

import type { BeliefEvent } from "../../contract/event.ts";
import type { SimMs } from "../../core/time.ts";
import {
  type DunningState,
  ORDERERS_MAX,
  type Orderer,
  TRIPS_WAITING_MAX,
  type TripBatch,
  type WaitingTrip,
} from "../state.ts";
import type { DunningPolicy } from "./policy.ts";

/** Nothing waits, nothing was sent. */
export function createDunning(today: number): DunningState {
  return { day: today, sent: [], waiting: [], batches: [], nextBatch: 1, emails: [], opened: [] };
}

/** A name as it stands in the books; nobody's name is that of the ladder. */
export const officialOf = (name: string | undefined): Orderer =>
  name === undefined ? "official" : `official/${name}`;

/** As a sentence names them. */
export function ordererName(by: Orderer): string {
  if (by === "ladder") return "the ladder";
  if (by === "theft") return "a case of theft";
  return by === "official" ? "an official" : by.slice("official/".length);
}

export interface TripClaim {
  readonly row: number;
  readonly supply: string;
  readonly by: Orderer;
  readonly reason: string;
  readonly today: number;
  readonly at: SimMs;
}

/** What became of a claim: the batch that it was approved with; or undefined, and it waits. */
export type Claimed = { readonly batch: string } | undefined;

/**
 * Whether a trip may be sent now; it is counted then. Otherwise it waits, for the next day or for an approval, and the
 * same claim is made again later. One of which there is no room to wait is only refused.
 */
export function claimTrip(
  desk: DunningState,
  policy: DunningPolicy,
  claim: TripClaim,
  events: BeliefEvent[],
): Claimed {
  turnDay(desk, claim.today);
  const { row, by } = claim;
  const waiting = desk.waiting.find((each) => each.row === row && each.by === by);
  const batch = batchOf(desk, waiting);
  if (batch !== undefined && !isApproved(batch, policy)) return undefined;
  const sent = sentToday(desk, by);
  const { tripsPerDayMax, twoPersons } = policy;
  if (tripsPerDayMax !== null && sent >= tripsPerDayMax) {
    return hold(desk, claim, waiting?.batch ?? "", events);
  }
  if (twoPersons !== null && batch === undefined && sent >= twoPersons.above) {
    return hold(desk, claim, openBatch(desk, claim), events);
  }
  if (!count(desk, by)) return hold(desk, claim, "", events);
  dropTrip(desk, row, by);
  return { batch: batch?.id ?? "" };
}

/** How many trips somebody has sent on the day that is counted. */
export function sentToday({ sent }: DunningState, by: Orderer): number {
  return sent.find((each) => each.by === by)?.count ?? 0;
}

/** Takes back what waits for a supply: of one orderer, or of all. */
export function dropTrip(desk: DunningState, row: number, by?: Orderer): void {
  if (desk.waiting.length === 0) return;
  for (let at = desk.waiting.length - 1; at >= 0; at--) {
    const each = desk.waiting[at]!;
    if (each.row === row && (by === undefined || each.by === by)) desk.waiting.splice(at, 1);
  }
  forgetEmptyBatches(desk);
}

/** A payment has come: what officials have ordered here before it is not sent any more. */
export function dropOfficialTrips(desk: DunningState, row: number): void {
  for (const { by } of desk.waiting.filter((each) => each.row === row)) {
    if (by !== "ladder") dropTrip(desk, row, by);
  }
}

/** Why somebody may not decide about a batch; empty where they may. */
export function undecidable(desk: DunningState, id: string, by: string): string {
  const batch = desk.batches.find((each) => each.id === id);
  if (batch === undefined) return `there is no batch ${id} that waits`;
  if (batch.refusedDay !== null) return `${id} has been refused`;
  if (batch.by === officialOf(by)) return `${by} ordered ${id}; another official decides about it`;
  return batch.approvals.includes(by) ? `${by} has approved ${id} already` : "";
}

/** An official approves a batch. */
export function approveTrips(
  desk: DunningState,
  policy: DunningPolicy,
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: SimMs },
  events: BeliefEvent[],
): void {
  if (undecidable(desk, id, by) !== "") return;
  const batch = desk.batches.find((each) => each.id === id)!;
  batch.approvals.push(by);
  const missing = Math.max(0, (policy.twoPersons?.approvals ?? 0) - batch.approvals.length);
  events.push({ kind: "trips-approved", at, batch: id, by, trips: tripsOf(desk, id), missing });
}

/** An official refuses a batch: its supplies are left alone for the rest of the day. */
export function refuseTrips(
  desk: DunningState,
  { id, by, at }: { readonly id: string; readonly by: string; readonly at: SimMs },
  today: number,
  events: BeliefEvent[],
): void {
  if (undecidable(desk, id, by) !== "") return;
  turnDay(desk, today);
  const batch = desk.batches.find((each) => each.id === id);
  if (batch === undefined) return;
  batch.refusedDay = today;
  events.push({ kind: "trips-refused", at, batch: id, by, trips: tripsOf(desk, id) });
  // A person's order is refused for good; the ladder comes back to a debt that is still there.
  if (batch.by === "ladder") return;
  removeTripsOf(desk, id);
  forgetEmptyBatches(desk);
}

/** The batch that a waiting trip is in; undefined where it waits for another day alone. */
export function batchOf(
  { batches }: DunningState,
  waiting: WaitingTrip | undefined,
): TripBatch | undefined {
  if (waiting === undefined || waiting.batch === "") return undefined;
  return batches.find(({ id }) => id === waiting.batch);
}

export const isApproved = (batch: TripBatch, { twoPersons }: DunningPolicy): boolean =>
  batch.refusedDay === null && batch.approvals.length >= (twoPersons?.approvals ?? 0);

const tripsOf = ({ waiting }: DunningState, id: string): number =>
  waiting.filter(({ batch }) => batch === id).length;

/** Another day: nothing is sent on it yet, and what was refused may be asked for again. */
function turnDay(desk: DunningState, today: number): void {
  if (desk.day === today) return;
  desk.day = today;
  desk.sent.length = 0;
  for (const { id, refusedDay } of desk.batches) if (refusedDay !== null) removeTripsOf(desk, id);
  forgetEmptyBatches(desk);
}

function removeTripsOf({ waiting }: DunningState, id: string): void {
  for (let at = waiting.length - 1; at >= 0; at--) {
    if (waiting[at]!.batch === id) waiting.splice(at, 1);
  }
}

function forgetEmptyBatches(desk: DunningState): void {
  const { batches } = desk;
  for (let at = batches.length - 1; at >= 0; at--) {
    if (tripsOf(desk, batches[at]!.id) === 0) batches.splice(at, 1);
  }
}

/** False where more people order trips than are kept: theirs wait for the next day. */
function count({ sent }: DunningState, by: Orderer): boolean {
  const known = sent.find((each) => each.by === by);
  if (known !== undefined) known.count++;
  else if (sent.length < ORDERERS_MAX) sent.push({ by, count: 1 });
  else return false;
  return true;
}

/** The batch of this orderer and day that nobody has looked at yet; a new one where there is none. */
function openBatch(desk: DunningState, { by, today }: TripClaim): string {
  const open = desk.batches.find(
    (batch) =>
      batch.by === by &&
      batch.day === today &&
      batch.approvals.length === 0 &&
      batch.refusedDay === null,
  );
  if (open !== undefined) return open.id;
  if (desk.waiting.length >= TRIPS_WAITING_MAX) return "";
  const id = `trips-${desk.nextBatch++}`;
  desk.batches.push({ id, by, day: today, approvals: [], refusedDay: null });
  return id;
}

function hold(
  desk: DunningState,
  { row, supply, by, reason, at }: TripClaim,
  batch: string,
  events: BeliefEvent[],
): undefined {
  const index = desk.waiting.findIndex((each) => each.row === row && each.by === by);
  if (index >= 0 && desk.waiting[index]!.batch === batch) return undefined;
  if (index < 0 && desk.waiting.length >= TRIPS_WAITING_MAX) return undefined;
  const since = index < 0 ? at : desk.waiting[index]!.since;
  const held = { row, by, reason, since, batch };
  if (index < 0) desk.waiting.push(held);
  else desk.waiting[index] = held;
  events.push({ kind: "trip-held", at, supply, by, batch, reason });
  return undefined;
}
