// Lists of the office: who fits a word, who is in arrears, who is to be cut off and who is.

import type { AccountState } from "../../contract/frame.ts";
import type { DisconnectionRow, OfficeRow, OfficeRows } from "../../contract/office.ts";
import type { SimMs } from "../../core/time.ts";
import type { Twin } from "../../engine/world.ts";
import { arrearsMinor, owedMinor } from "../../utility/billing/accounts.ts";
import { disconnectionOf } from "../../utility/billing/disconnection-queue.ts";
import { outlookOf } from "../../utility/billing/outlook.ts";
import type { Records } from "../../utility/records.ts";
import type { Account, BeliefState } from "../../utility/state.ts";
import type { ArrearsIndex } from "./arrears-index.ts";
import { namedNow, type SupplySearch } from "./supply-search.ts";

export const ROWS_SHOWN_MAX = 50;

export function officeRow({ model, world }: Twin, row: number): OfficeRow {
  const account = world.belief.accounts[row];
  const { id: supply, address, customer, serial } = namedNow(model.records.supplies[row]!, account);
  return {
    ...{ supply, address, customer, serial },
    state: account?.state ?? "active",
    owedMinor: account === undefined ? 0 : owedMinor(account),
    arrearsMinor: account === undefined ? 0 : arrearsMinor(account, world.engine.clock.nowMs),
  };
}

/** By part of an address, a customer's name, a meter's serial number, or the supply's id. */
export function search(twin: Twin, find: SupplySearch, word: string): OfficeRows {
  const { rows, isMore } = find(word);
  const { accounts } = twin.world.belief;
  const { nowMs } = twin.world.engine.clock;
  let sumMinor = 0;
  for (const row of rows) {
    const account = accounts[row];
    if (account !== undefined) sumMinor += arrearsMinor(account, nowMs);
  }
  return {
    rows: rows.slice(0, ROWS_SHOWN_MAX).map((row) => officeRow(twin, row)),
    ...{ from: 0, count: rows.length, isMore, arrearsMinor: sumMinor },
    currency: twin.model.resolved.layout.currency,
  };
}

/** A page of everybody with something past its due date, the largest sum first, from the `from`th on. */
export function arrears(twin: Twin, index: ArrearsIndex, from: number): OfficeRows {
  const { count, sumMinor } = index.totals();
  return {
    rows: index.page(from, ROWS_SHOWN_MAX).map((row) => officeRow(twin, row)),
    ...{ from, count, isMore: false, arrearsMinor: sumMinor },
    currency: twin.model.resolved.layout.currency,
  };
}

const QUEUED: readonly AccountState[] = ["noticed", "tripping", "tripped", "reconnecting"];

/** What is on the desk, who has had a notice, and everybody who is off or on the way back. */
export function disconnections({ model, world }: Twin): readonly DisconnectionRow[] {
  const { records } = model;
  const { nowMs } = world.engine.clock;
  return world.belief.accounts.flatMap((account, row): DisconnectionRow[] => {
    const { id: supply, address } = records.supplies[row]!;
    const trip = disconnectionOf(records, world.belief, row, nowMs);
    if (trip === undefined && !QUEUED.includes(account.state)) return [];
    const head = { supply, address, arrearsMinor: arrearsMinor(account, nowMs) };
    if (trip === undefined) return [{ ...head, ...withoutTrip(records, world.belief, row, nowMs) }];
    const { state, since, waitsFor, batch, approvals, approvalsWanted, by } = trip;
    // The ladder's reason is the sum, which stands beside it.
    const reason = by === "ladder" ? reasonOf(account) : trip.reason;
    return [{ ...head, reason, state, since, waitsFor, batch, approvals, approvalsWanted }];
  });
}

function withoutTrip(
  records: Records,
  { accounts, headend }: BeliefState,
  row: number,
  now: SimMs,
) {
  const account = accounts[row]!;
  const { billing, calendar, supplies } = records;
  const heardAt = headend.lastReceivedAt[row]!;
  const supply = supplies[row]!;
  const waitsFor =
    billing === null
      ? ""
      : outlookOf({ policy: billing.policy, calendar, supply, account, heardAt }, now).heldBecause;
  return {
    ...{ state: account.state, reason: reasonOf(account), since: sinceOf(account), waitsFor },
    ...{ batch: "", approvals: [], approvalsWanted: 0 },
  };
}

function reasonOf({ heldForCase, heldByHand, noticeServedAt }: Account): string {
  if (heldForCase !== "") return `for ${heldForCase}`;
  if (heldByHand) return "by a person's order";
  return noticeServedAt === null ? "for debt" : "for debt, after a notice that was served";
}

function sinceOf({ state, trippedAt, noticeServedAt, noticeSentAt }: Account): SimMs | null {
  if (state === "tripped" || state === "reconnecting") return trippedAt;
  return noticeServedAt ?? noticeSentAt;
}
