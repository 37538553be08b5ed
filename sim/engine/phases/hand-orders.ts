// What officials order about supplies: trips, reconnections, and their word on trips that wait. Called where an input
// takes effect, and once a minute for what may go out by then.

import type { BeliefEvent } from "../../contract/event.ts";
import { localTime } from "../../core/calendar.ts";
import type { SimMs } from "../../core/time.ts";
import { touch } from "../../utility/billing/accounts.ts";
import { noteUnanswered } from "../../utility/billing/ladder.ts";
import { dunningOf } from "../../utility/billing/policy.ts";
import {
  approveTrips,
  claimTrip,
  dropTrip,
  ordererName,
  refuseTrips,
} from "../../utility/billing/trip-desk.ts";
import { order, withdraw } from "../../utility/commands.ts";
import type { Records } from "../../utility/records.ts";
import type { BeliefState, Orderer } from "../../utility/state.ts";

interface HandOrder {
  readonly row: number;
  readonly supply: string;
  readonly action: "trip" | "reconnect";
  readonly by: Orderer;
}

/** An official orders a trip or a reconnection; the ladder waits until a payment or the next order. */
export function orderByHand(
  records: Records,
  state: BeliefState,
  hand: HandOrder,
  at: SimMs,
  events: BeliefEvent[],
): void {
  const { row, supply, action, by } = hand;
  const reason = by === "official" ? "ordered by hand" : `ordered by ${ordererName(by)}`;
  let batch = "";
  if (action === "trip" && state.dunning !== undefined) {
    const today = localTime(records.calendar, at).day;
    const policy = dunningOf(records.billing?.policy ?? null);
    const claimed = claimTrip(
      state.dunning,
      policy,
      { row, supply, by, reason, today, at },
      events,
    );
    if (claimed === undefined) return;
    batch = claimed.batch;
  }
  // Whatever waited for this supply, a person has decided about it now.
  if (state.dunning !== undefined) dropTrip(state.dunning, row);
  const account = state.accounts[row];
  const taken = withdraw(state, row, action === "trip" ? "reconnect" : "trip");
  if (account !== undefined) {
    touch(account);
    account.heldByHand = action === "trip";
    account.heldForCase = "";
    if (action === "reconnect") account.state = "reconnecting";
    else if (account.state !== "tripped") account.state = "tripping";
    if (action === "trip") account.clearedAt = null;
    if (taken?.order.action === "trip") {
      account.strayTrip = { commandId: taken.id, expiresAt: taken.expiresAt };
    }
  }
  const text = action === "trip" ? "SUPPLY OFF" : "";
  const what = { row, supply, order: { action }, text, reason };
  if (order(state, records.commands, what, at, events) === undefined) {
    if (account !== undefined) noteUnanswered(account, action);
  } else if (action === "trip") events.push({ kind: "trip-sent", at, supply, reason, by, batch });
  else events.push({ kind: "reconnect-sent", at, supply, reason, by });
}

/** An official approves or refuses a batch of trips. */
export function decideTrips(
  records: Records,
  { dunning }: BeliefState,
  decision: { readonly batch: string; readonly by: string; readonly isApproved: boolean },
  at: SimMs,
  events: BeliefEvent[],
): void {
  if (dunning === undefined) return;
  const { batch: id, by, isApproved } = decision;
  const policy = dunningOf(records.billing?.policy ?? null);
  if (isApproved) return approveTrips(dunning, policy, { id, by, at }, events);
  refuseTrips(dunning, { id, by, at }, localTime(records.calendar, at).day, events);
}

/** Officials' trips whose day or approval has come go out; the ladder asks for its own. Once a minute. */
export function releaseTrips(
  records: Records,
  state: BeliefState,
  at: SimMs,
  events: BeliefEvent[],
): void {
  for (const { row, by } of [...(state.dunning?.waiting ?? [])]) {
    if (by === "ladder" || by === "theft") continue;
    const supply = records.supplies[row]!.id;
    orderByHand(records, state, { row, supply, action: "trip", by }, at, events);
  }
}
