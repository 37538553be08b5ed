// One customer for whoever watches: bills and ladder from the company's books, use by interval from its readings, and
// what truly flowed where that may be seen.

import type { HistoryView, SupplyAccountView } from "../../contract/account.ts";
import type { Bill } from "../../contract/billing.ts";
import { groupedDigits } from "../../contract/token.ts";
import { DAY_MS, type SimMs } from "../../core/time.ts";
import { disconnectionOf } from "../../utility/billing/disconnection-queue.ts";
import { outlookOf } from "../../utility/billing/outlook.ts";
import type { Twin } from "../world.ts";
import { INTERVALS_KEPT, type TruthHistory } from "./truth-history.ts";

const W_MS_PER_WH = 3_600_000;
/** A home's panel asks every few seconds. */
const BILLS_TOLD_MAX = 12;

/** What is asked of the company's books beside the world: what the world does not keep. */
export interface Books {
  /** A supply's registers that were measured from a moment on, oldest first. */
  registersOf(
    supply: string,
    fromMs: SimMs,
  ): readonly { readonly measuredAt: SimMs; readonly importWh: number }[];
  /** A customer's bills, the newest first. */
  billPage(supply: string, page: { readonly limit: number }): readonly Bill[];
}

export interface Watched {
  readonly twin: Twin;
  readonly books: Books;
  readonly truthHistory: TruthHistory;
}
type WatchedBooks = Pick<Watched, "twin" | "books">;

/** What the company's files hold on one customer, with the newest bills; undefined for nobody. */
export function accountView(
  { twin, books: kept }: WatchedBooks,
  id: string,
): SupplyAccountView | undefined {
  const books = booksOf(twin, id);
  if (books === undefined) return undefined;
  const { supply, ...rest } = books;
  return { supply, bills: [...kept.billPage(id, { limit: BILLS_TOLD_MAX })].reverse(), ...rest };
}

/** The same without the bills; undefined for nobody. */
export function booksOf(
  { model, world }: Twin,
  id: string,
): Omit<SupplyAccountView, "bills"> | undefined {
  const row = model.rowOfSupply.get(id);
  if (row === undefined) return undefined;
  const account = world.belief.accounts[row];
  const { billing, calendar, supplies } = model.records;
  const supply = supplies[row]!;
  const { nowMs } = world.engine.clock;
  const heardAt = world.belief.headend.lastReceivedAt[row]!;
  const outlook =
    billing === null || account === undefined
      ? null
      : {
          tariff: billing.tariffs[supply.tariff]!.title,
          policy: billing.policy.title,
          ...outlookOf({ policy: billing.policy, calendar, supply, account, heardAt }, nowMs),
        };
  const told = account?.vending?.told;
  // What the ladder would do now and the desk holds back: another day, or an official's word.
  const waits = disconnectionOf(model.records, world.belief, row, nowMs)?.waitsFor ?? "";
  const held = outlook === null || outlook.heldBecause !== "" ? {} : { heldBecause: waits };
  return {
    supply: id,
    openItems: (account?.items ?? []).map((item) => ({ ...item })),
    outlook: outlook === null ? null : { ...outlook, ...held },
    ...(told === undefined
      ? {}
      : { tokens: told.map((each) => ({ ...each, token: groupedDigits(each.token) })) }),
  };
}

/** Use by interval over the newest days; undefined for nobody. */
export function historyView(
  { twin: { model, world }, books, truthHistory }: WatchedBooks & Pick<Watched, "truthHistory">,
  id: string,
  days: number,
  mayShowTruth: boolean,
): HistoryView | undefined {
  const row = model.rowOfSupply.get(id);
  if (row === undefined) return undefined;
  const { intervalMs } = model.meters;
  const lastMs = Math.floor(world.engine.clock.nowMs / intervalMs) * intervalMs;
  const count = Math.min(INTERVALS_KEPT, Math.floor((days * DAY_MS) / intervalMs));
  const firstMs = Math.max(intervalMs, lastMs - (count - 1) * intervalMs);
  const registers = new Map(
    books
      .registersOf(id, firstMs - intervalMs)
      .map(({ measuredAt, importWh }) => [measuredAt, importWh] as const),
  );
  const endMs: number[] = [];
  for (let at = firstMs; at <= lastMs; at += intervalMs) endMs.push(at);
  return {
    supply: id,
    intervalMs,
    endMs,
    knownW: endMs.map((at) => {
      const [from, to] = [registers.get(at - intervalMs), registers.get(at)];
      if (from === undefined || to === undefined) return null;
      return Math.round(((to - from) * W_MS_PER_WH) / intervalMs);
    }),
    trueW: mayShowTruth
      ? endMs.map((at) => {
          const meanW = truthHistory.meanW(row, at);
          return meanW === null ? null : Math.round(meanW);
        })
      : null,
  };
}
