// The disconnections that are on the company's desk: what waits, for what, and who has said yes. For an official's page.

import type { TripState } from "../../contract/office.ts";
import type { SimMs } from "../../core/time.ts";
import type { Records } from "../records.ts";
import type { BeliefState, Orderer, PendingCommand, WaitingTrip } from "../state.ts";
import { arrearsMinor } from "./accounts.ts";
import { STALE_AFTER_MS } from "./ladder.ts";
import { dunningOf, exemptBecause, noTripBecause, type Policy, tripAllowedFrom } from "./policy.ts";
import { batchOf, isApproved } from "./trip-desk.ts";

export interface DisconnectionRow {
  readonly supply: string;
  readonly customer: string;
  readonly reason: string;
  readonly state: TripState;
  /** What it waits for, in one sentence; empty where it waits for nothing but its meter. */
  readonly waitsFor: string;
  readonly since: SimMs;
  readonly by: Orderer;
  /** Empty: in no batch. */
  readonly batch: string;
  /** Officials by name, and how many are wanted. */
  readonly approvals: readonly string[];
  readonly approvalsWanted: number;
}

type QueueRecords = Pick<Records, "billing" | "calendar" | "supplies">;

/** Every disconnection that somebody wants and no meter has acknowledged, in the order of the customers. */
export function disconnectionQueue(
  records: QueueRecords,
  state: BeliefState,
  now: SimMs,
): readonly DisconnectionRow[] {
  return records.supplies.flatMap((_, row) => disconnectionOf(records, state, row, now) ?? []);
}

/** That of one customer; undefined where nobody wants one. */
export function disconnectionOf(
  { billing, calendar, supplies }: QueueRecords,
  state: BeliefState,
  row: number,
  now: SimMs,
): DisconnectionRow | undefined {
  const policy = billing?.policy ?? null;
  const record = supplies[row]!;
  const account = state.accounts[row];
  const head = { supply: record.id, customer: record.customer };
  const trip = state.commands.find((each) => each.row === row && each.order.action === "trip");
  if (trip !== undefined) {
    const by = account?.heldByHand ? "official" : account?.heldForCase ? "theft" : "ladder";
    return { ...head, ...NO_BATCH, ...onTheDesk(trip), by };
  }
  const waiting = state.dunning?.waiting.find((each) => each.row === row);
  if (waiting !== undefined) {
    const because = policy === null ? "" : noTripBecause(policy, calendar, now);
    return { ...head, ...held(state, policy, waiting, because) };
  }
  if (policy === null || account?.state !== "noticed") return undefined;
  if (exemptBecause(policy, calendar, record, now) !== null) return undefined;
  const since = tripAllowedFrom(policy, calendar, account.noticeServedAt ?? now);
  if (now < since) return undefined;
  const isFailed = account.strayTrip !== null;
  const heardAt = state.headend.lastReceivedAt[row]!;
  const because =
    heardAt < now - STALE_AFTER_MS
      ? "its meter has been silent for a day"
      : noTripBecause(policy, calendar, now);
  return {
    ...head,
    ...NO_BATCH,
    by: "ladder",
    reason: `arrears of ${arrearsMinor(account, now)}`,
    state: isFailed ? "failed" : "queued",
    waitsFor: because === "" ? "" : `It is not sent now: ${because}.`,
    since,
  };
}

const NO_BATCH = { batch: "", approvals: [], approvalsWanted: 0 } as const;

function onTheDesk({ attempts, reason, issuedAt }: PendingCommand) {
  const state = attempts === 0 ? "ordered" : "sent";
  return { reason, state, waitsFor: "", since: issuedAt } as const;
}

function held(
  { dunning }: BeliefState,
  policy: Policy | null,
  waiting: WaitingTrip,
  because: string,
): Omit<DisconnectionRow, "supply" | "customer"> {
  const { reason, since, by, batch: id } = waiting;
  const rules = dunningOf(policy);
  const batch = dunning === undefined ? undefined : batchOf(dunning, waiting);
  const approvalsWanted = rules.twoPersons?.approvals ?? 0;
  if (batch === undefined || isApproved(batch, rules)) {
    const isForHours = by === "ladder" && because !== "";
    const waitsFor = isForHours
      ? `It is not sent now: ${because}.`
      : `The day's ${rules.tripsPerDayMax ?? 0} disconnections are used up; it is sent on the next day for it.`;
    const approvals = batch?.approvals ?? [];
    return { reason, state: "queued", waitsFor, since, by, batch: id, approvals, approvalsWanted };
  }
  const isRefused = batch.refusedDay !== null;
  const missing = approvalsWanted - batch.approvals.length;
  return {
    ...{ reason, since, by, batch: id, approvals: batch.approvals, approvalsWanted },
    state: isRefused ? "refused" : "waiting-approval",
    waitsFor: isRefused
      ? "An official has refused it for today."
      : `${missing === 1 ? "One official who did not order it" : `${missing} officials who did not order it`} must approve.`,
  };
}
