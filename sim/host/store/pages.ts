// What pages ask a store about one account: a page of rows at a time, by an index.

import type { RegisterRead } from "../../contract/bill-document.ts";
import type { Bill, Posting } from "../../contract/billing.ts";
import { POSTING_VERSION } from "../../contract/billing.ts";
import type { Minor } from "../../core/money.ts";
import type { SimMs } from "../../core/time.ts";
import type { StoredReading } from "../../engine/world.ts";
import type { Row, SqlDatabase } from "./database.ts";
import { type Queries, statementOf } from "./tables.ts";

export interface Pages {
  /** The readings that arrived last, at most so many, oldest first. */
  newestReadings(countMax: number): readonly StoredReading[];
  /** One supply's registers that were measured at or after a moment, oldest first. */
  registersOf(supply: string, fromMs: SimMs): readonly RegisterRead[];
  /** Those that were measured at these moments, in no order; a moment without one is left out. */
  registersAt(supply: string, momentsMs: readonly SimMs[]): readonly RegisterRead[];
  /** How many registers of a supply are kept, and when the first and the last up to a moment were measured. */
  registerSpan(supply: string, untilMs: SimMs, fromMs?: SimMs): RegisterSpan;
  /** One supply's readings that were measured from a moment on and before another, oldest first, at most so many. */
  readingsOf(
    supply: string,
    range: { readonly fromMs: SimMs; readonly untilMs: SimMs; readonly limit: number },
  ): readonly StoredReading[];
  /** Everything a customer was billed, oldest first. */
  billsOf(supply: string): readonly Bill[];
  /** One bill by its id. */
  billById(id: string): Bill | undefined;
  /** A page of a customer's bills, newest first; `before` is the last one of the page before. */
  billPage(
    supply: string,
    page: { readonly before?: Pick<Bill, "issuedAt" | "id">; readonly limit: number },
  ): readonly Bill[];
  /** The same as the JSON that is kept, for a page that only passes it on. */
  billTextPage(
    supply: string,
    page: { readonly before?: Pick<Bill, "issuedAt" | "id">; readonly limit: number },
  ): readonly string[];
  /** A page of the postings of an account, on either side, newest first. */
  postingsOf(
    account: string,
    page: { readonly beforeSequence?: number; readonly limit: number },
  ): readonly Posting[];
  /** All postings in their order, at most so many after one of them; 0: from the first. */
  postingsAfter(sequence: number, limit: number): readonly Posting[];
  /** What the store's postings add up to for one account: positive is debit. */
  balanceMinor(account: string): number;
  /** The sum of every account by itself, added up over all of them: zero, or the ledger does not hold. */
  trialBalance(): TrialBalance;
}

export interface RegisterSpan {
  readonly count: number;
  /** Null without any. */
  readonly oldestMs: SimMs | null;
  readonly newestMs: SimMs | null;
}

export interface TrialBalance {
  readonly postings: number;
  readonly accounts: number;
  readonly balanceMinor: number;
}

/** Adds up one run; sums of a side come from its index alone. */
export function trialBalanceOf(
  all: (query: Parameters<typeof statementOf>[0]) => readonly Row[],
  queries: Queries,
  run: number,
): TrialBalance {
  const balances = new Map<string, number>();
  let postings = 0;
  for (const [side, sign] of [
    ["debit", 1],
    ["credit", -1],
  ] as const) {
    const sums = queries
      .selectFrom("postings")
      .select(({ fn }) => [
        `${side} as account`,
        fn.sum("amount_minor").as("sum"),
        fn.countAll().as("count"),
      ])
      .where("run", "=", run)
      .groupBy(side);
    for (const { account, sum, count } of all(sums)) {
      const name = String(account);
      balances.set(name, (balances.get(name) ?? 0) + sign * Number(sum));
      if (sign > 0) postings += Number(count);
    }
  }
  let balanceMinor = 0;
  for (const balance of balances.values()) balanceMinor += balance;
  return { postings, accounts: balances.size, balanceMinor };
}

/** The questions about one run; `run` is its number in the store. */
export function pagesOf(database: SqlDatabase, queries: Queries, run: number): Pages {
  const all = (query: Parameters<typeof statementOf>[0]): readonly Row[] =>
    database.all(statementOf(query));
  const bills = () => queries.selectFrom("bills").select("body").where("run", "=", run);
  const readings = () => queries.selectFrom("readings").selectAll().where("run", "=", run);
  const postings = () => queries.selectFrom("postings").selectAll().where("run", "=", run);
  /** Numbers alone lie in the side's own index: asked for whole rows, SQLite would walk back through the run by its key. */
  const numbersOf = (side: "debit" | "credit", account: string, before: number, limit: number) =>
    all(
      queries
        .selectFrom("postings")
        .select("sequence")
        .where("run", "=", run)
        .where(side, "=", account)
        .where("sequence", "<", before)
        .orderBy("sequence", "desc")
        .limit(limit),
    ).map(({ sequence }) => Number(sequence));
  const sumOf = (side: "debit" | "credit", account: string): number => {
    const query = queries
      .selectFrom("postings")
      .select(({ fn }) => fn.sum<number | null>("amount_minor").as("sum"))
      .where("run", "=", run)
      .where(side, "=", account);
    return Number(all(query)[0]?.["sum"] ?? 0);
  };
  const billTextPage: Pages["billTextPage"] = (supply, { before, limit }) => {
    let query = bills().where("supply", "=", supply);
    if (before !== undefined) {
      const { issuedAt, id } = before;
      query = query.where(({ eb, refTuple, tuple }) =>
        eb(refTuple("issued_at_ms", "id"), "<", tuple(issuedAt, id)),
      );
    }
    const page = query.orderBy("issued_at_ms", "desc").orderBy("id", "desc").limit(limit);
    return all(page).map(textOf);
  };
  return {
    newestReadings: (countMax) =>
      all(readings().orderBy("received_at_ms", "desc").orderBy("sequence", "desc").limit(countMax))
        .map(readingOf)
        .reverse(),
    registersOf: (supply, fromMs) =>
      all(
        queries
          .selectFrom("readings")
          .select(["measured_at_ms", "import_wh"])
          .where("run", "=", run)
          .where("supply", "=", supply)
          .where("measured_at_ms", ">=", fromMs)
          .orderBy("measured_at_ms"),
      ).map(registerOf),
    registersAt: (supply, momentsMs) =>
      momentsMs.length === 0
        ? []
        : all(
            queries
              .selectFrom("readings")
              .select(["measured_at_ms", "import_wh"])
              .where("run", "=", run)
              .where("supply", "=", supply)
              .where("measured_at_ms", "in", momentsMs),
          ).map(registerOf),
    registerSpan(supply, untilMs, fromMs = 0) {
      const query = queries
        .selectFrom("readings")
        .select(({ fn }) => [
          fn.countAll().as("count"),
          fn.min("measured_at_ms").as("oldest"),
          fn.max("measured_at_ms").as("newest"),
        ])
        .where("run", "=", run)
        .where("supply", "=", supply)
        .where("measured_at_ms", ">=", fromMs)
        .where("measured_at_ms", "<=", untilMs);
      const { count, oldest, newest } = all(query)[0] ?? {};
      const momentOf = (value: unknown): SimMs | null => (value == null ? null : Number(value));
      return { count: Number(count), oldestMs: momentOf(oldest), newestMs: momentOf(newest) };
    },
    readingsOf: (supply, { fromMs, untilMs, limit }) =>
      all(
        readings()
          .where("supply", "=", supply)
          .where("measured_at_ms", ">=", fromMs)
          .where("measured_at_ms", "<", untilMs)
          .orderBy("measured_at_ms")
          .limit(limit),
      ).map(readingOf),
    billsOf: (supply) =>
      all(bills().where("supply", "=", supply).orderBy("issued_at_ms").orderBy("id"))
        .map(textOf)
        .map(billOf),
    billById: (id) =>
      all(bills().where("id", "=", id))
        .map(textOf)
        .map(billOf)[0],
    billPage: (supply, page) => billTextPage(supply, page).map(billOf),
    billTextPage,
    postingsOf(account, { beforeSequence = Number.MAX_SAFE_INTEGER, limit }) {
      const numbers = [
        ...numbersOf("debit", account, beforeSequence, limit),
        ...numbersOf("credit", account, beforeSequence, limit),
      ]
        .sort((a, b) => b - a)
        .slice(0, limit);
      if (numbers.length === 0) return [];
      return all(postings().where("sequence", "in", numbers))
        .map(postingOf)
        .sort((a, b) => b.sequence - a.sequence);
    },
    postingsAfter: (sequence, limit) =>
      all(postings().where("sequence", ">", sequence).orderBy("sequence").limit(limit)).map(
        postingOf,
      ),
    balanceMinor: (account) => sumOf("debit", account) - sumOf("credit", account),
    trialBalance: () => trialBalanceOf(all, queries, run),
  };
}

const textOf = ({ body }: Row): string => String(body);
const billOf = (text: string): Bill => JSON.parse(text) as Bill;

function postingOf(row: Row): Posting {
  return {
    version: POSTING_VERSION,
    sequence: Number(row["sequence"]),
    at: Number(row["at_ms"]),
    eventId: String(row["event_id"]),
    debit: String(row["debit"]),
    credit: String(row["credit"]),
    amountMinor: Number(row["amount_minor"]) as Minor,
    reason: String(row["reason"]),
  };
}

const registerOf = (row: Row): RegisterRead => ({
  measuredAt: Number(row["measured_at_ms"]),
  importWh: Number(row["import_wh"]),
});

function readingOf(row: Row): StoredReading {
  return {
    supply: String(row["supply"]),
    sequence: Number(row["sequence"]),
    measuredAt: Number(row["measured_at_ms"]),
    receivedAt: Number(row["received_at_ms"]),
    importWh: Number(row["import_wh"]),
    voltageV: Number(row["voltage_v"]),
  };
}
