// Who is in arrears, the largest sum first, without looking at every account: after a step only those are looked at
// that it posted to or told of, and those with something that has come due.

import type { SimMs } from "../../core/time.ts";
import type { Follower } from "../../engine/showing/follower.ts";
import type { Twin } from "../../engine/world.ts";
import { arrearsMinor } from "../../utility/billing/accounts.ts";

const RECEIVABLE = "receivable/";

export interface ArrearsIndex extends Follower {
  /** Rows of the accounts, at most `limit` of them from the `from`th on. */
  page(from: number, limit: number): readonly number[];
  /** How many they are, and what they owe in all, smallest coins. */
  totals(): { readonly count: number; readonly sumMinor: number };
}

/** The part of a twin that is followed. */
export interface FollowedBooks {
  readonly model: { readonly rowOfSupply: Twin["model"]["rowOfSupply"] };
  readonly world: {
    readonly engine: { readonly clock: { readonly nowMs: SimMs } };
    readonly belief: Pick<Twin["world"]["belief"], "accounts">;
  };
  readonly out: Pick<Twin["out"], "events" | "postings">;
}

export function createArrearsIndex({ model, world, out }: FollowedBooks): ArrearsIndex {
  const { accounts } = world.belief;
  const { clock } = world.engine;
  const minorOf = new Float64Array(accounts.length);
  /** Accounts that have changed since they were looked at. */
  const changed = new Set<number>(accounts.keys());
  /** Accounts by the moment after which something of theirs is past its due date. */
  const rowsByDue = new Map<SimMs, Set<number>>();
  let soonestDueMs = Number.POSITIVE_INFINITY;
  let sorted: readonly number[] = [];
  let sumMinor = 0;

  const takeDue = (): void => {
    if (soonestDueMs >= clock.nowMs) return;
    soonestDueMs = Number.POSITIVE_INFINITY;
    for (const [dueMs, rows] of rowsByDue) {
      if (dueMs >= clock.nowMs) {
        soonestDueMs = Math.min(soonestDueMs, dueMs);
        continue;
      }
      for (const row of rows) changed.add(row);
      rowsByDue.delete(dueMs);
    }
  };
  const lookAt = (row: number): void => {
    const account = accounts[row]!;
    const minor = arrearsMinor(account, clock.nowMs);
    sumMinor += minor - minorOf[row]!;
    minorOf[row] = minor;
    for (const { dueAt } of account.items) {
      if (dueAt < clock.nowMs) continue;
      const rows = rowsByDue.get(dueAt);
      if (rows === undefined) rowsByDue.set(dueAt, new Set([row]));
      else rows.add(row);
      soonestDueMs = Math.min(soonestDueMs, dueAt);
    }
  };
  const inOrder = (a: number, b: number): number => minorOf[b]! - minorOf[a]! || a - b;
  const settle = (): void => {
    takeDue();
    if (changed.size === 0) return;
    // By what they owed before: that is how they were sorted.
    const unchanged = sorted.filter((row) => !changed.has(row));
    for (const row of changed) lookAt(row);
    const others = [...changed].filter((row) => minorOf[row]! > 0).sort(inOrder);
    changed.clear();
    sorted = merged(unchanged, others, inOrder);
  };
  const note = (supply: string): void => {
    const row = model.rowOfSupply.get(supply);
    if (row !== undefined && row < accounts.length) changed.add(row);
  };
  return {
    stepped() {
      for (const { debit, credit } of out.postings) {
        if (debit.startsWith(RECEIVABLE)) note(debit.slice(RECEIVABLE.length));
        if (credit.startsWith(RECEIVABLE)) note(credit.slice(RECEIVABLE.length));
      }
      for (const { event } of out.events) if ("supply" in event) note(event.supply);
    },
    shown() {},
    page(from, limit) {
      settle();
      return sorted.slice(from, from + limit);
    },
    totals() {
      settle();
      return { count: sorted.length, sumMinor };
    },
  };
}

function merged(
  a: readonly number[],
  b: readonly number[],
  inOrder: (a: number, b: number) => number,
): readonly number[] {
  if (b.length === 0) return a;
  const all: number[] = [];
  let at = 0;
  for (const row of a) {
    while (at < b.length && inOrder(b[at]!, row) < 0) all.push(b[at++]!);
    all.push(row);
  }
  while (at < b.length) all.push(b[at++]!);
  return all;
}
