// Lists of the office: who fits a word, who is in arrears, who is to be cut off and who is.

import type { AccountState } from "../../contract/frame.ts";
import type { DisconnectionRow, OfficeRow, OfficeRows } from "../../contract/office.ts";
import type { SimMs } from "../../core/time.ts";
import type { Twin } from "../../engine/world.ts";
import { arrearsMinor, owedMinor } from "../../utility/billing/accounts.ts";
import { STALE_AFTER_MS } from "../../utility/billing/ladder.ts";
import { outlookOf } from "../../utility/billing/outlook.ts";
import { mayTripNow } from "../../utility/billing/policy.ts";
import type { Account } from "../../utility/state.ts";

export const ROWS_SHOWN_MAX = 50;

export function officeRow({ model, world }: Twin, row: number): OfficeRow {
  const { id: supply, address, customer, serial } = model.records.supplies[row]!;
  const account = world.belief.accounts[row];
  return {
    ...{ supply, address, customer, serial },
    state: account?.state ?? "active",
    owedMinor: account === undefined ? 0 : owedMinor(account),
    arrearsMinor: account === undefined ? 0 : arrearsMinor(account, world.engine.clock.nowMs),
  };
}

/** By part of an address, a customer's name, a meter's serial number, or the supply's id. */
export function search(twin: Twin, word: string): OfficeRows {
  const wanted = word.trim().toLowerCase();
  const fitting: number[] = [];
  twin.model.records.supplies.forEach(({ id, address, customer, serial }, row) => {
    const texts = [id, address, customer, serial];
    if (texts.some((text) => text.toLowerCase().includes(wanted))) fitting.push(row);
  });
  return rowsView(
    twin,
    fitting.map((row) => officeRow(twin, row)),
  );
}

/** Everybody with something past its due date, the largest sum first. */
export function arrears(twin: Twin): OfficeRows {
  const { nowMs } = twin.world.engine.clock;
  const rows = twin.world.belief.accounts
    .map((account, row) => ({ row, minor: arrearsMinor(account, nowMs) }))
    .filter(({ minor }) => minor > 0)
    .sort((a, b) => b.minor - a.minor || a.row - b.row)
    .map(({ row }) => officeRow(twin, row));
  return rowsView(twin, rows);
}

function rowsView({ model }: Twin, all: readonly OfficeRow[]): OfficeRows {
  let sumMinor = 0;
  for (const row of all) sumMinor += row.arrearsMinor;
  return {
    rows: all.slice(0, ROWS_SHOWN_MAX),
    count: all.length,
    arrearsMinor: sumMinor,
    currency: model.resolved.layout.currency,
  };
}

const QUEUED: readonly AccountState[] = ["noticed", "tripping", "tripped", "reconnecting"];

/** Who has had a notice, and everybody who is off or on the way there or back. */
export function disconnections(twin: Twin): readonly DisconnectionRow[] {
  const { model, world } = twin;
  return world.belief.accounts.flatMap((account, row) => {
    if (!QUEUED.includes(account.state)) return [];
    const { id: supply, address } = model.records.supplies[row]!;
    return [
      {
        ...{ supply, address, state: account.state, approvals: [] },
        reason: reasonOf(account),
        since: sinceOf(account),
        arrearsMinor: arrearsMinor(account, world.engine.clock.nowMs),
        heldBecause: heldBecause(twin, row, account),
      },
    ];
  });
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

function heldBecause({ model, world }: Twin, row: number, account: Account): string {
  const { billing, calendar, supplies } = model.records;
  if (billing === null) return "";
  const { nowMs } = world.engine.clock;
  const heardAt = world.belief.headend.lastReceivedAt[row]!;
  const supply = supplies[row]!;
  const { policy } = billing;
  const told = outlookOf({ policy, calendar, supply, account, heardAt }, nowMs).heldBecause;
  if (told !== "" || account.state !== "noticed") return told;
  if (heardAt < nowMs - STALE_AFTER_MS) return "Its meter has been silent for a day.";
  return mayTripNow(policy, calendar, nowMs) ? "" : "At this hour and day nobody may be cut off.";
}
