// Does a store's ledger hold? Everything is added up again from its rows; nothing is believed that can be computed.

import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Bill } from "../contract/billing.ts";
import { CallerError } from "./failure.ts";
import {
  NO_TALLY,
  openReadOnly,
  STORE_VERSION,
  TALLY_PREFIX,
  type Tally,
  tallied,
} from "./store.ts";

export interface LedgerVerdict {
  readonly postings: number;
  readonly accounts: number;
  /** Sum over all accounts of all runs; zero, or the ledger does not hold. */
  readonly balanceMinor: number;
  readonly ok: boolean;
  readonly runs: number;
  readonly bills: number;
  /** The first thing that is wrong, in words. */
  readonly problem: string | null;
}

/** The path in `--store`: a path, or `sqlite:path`. Throws CallerError for what is no file. */
export function storeFile(url: string): string {
  if (/^postgres(ql)?:/.test(url)) {
    throw new CallerError(
      `--store ${url.replace(/\/\/.*@/, "//…@")}: this version keeps ledgers in SQLite files alone; give a path or sqlite:path`,
    );
  }
  const path = url.replace(/^sqlite:(\/\/)?/, "");
  if (/^[a-z]+:\/\//.test(path)) {
    throw new CallerError(`--store ${url}: give a path or sqlite:path`);
  }
  return path;
}

/** Checks every run in a store; reads only. */
export function checkLedger(path: string): LedgerVerdict {
  if (!existsSync(path)) throw new CallerError(`there is no store ${path}`);
  const database = openToRead(path);
  try {
    // One transaction: a live run may go on writing meanwhile.
    database.exec("begin");
    return verdictOf(database);
  } catch (cause) {
    const { code, message } = cause as { code?: string; message?: string };
    if (code !== "ERR_SQLITE_ERROR") throw cause;
    return { ...NOTHING, problem: `the file is damaged: ${message}` };
  } finally {
    database.close();
  }
}

const NOTHING = {
  postings: 0,
  accounts: 0,
  balanceMinor: 0,
  ok: false,
  runs: 0,
  bills: 0,
} as const;

function openToRead(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = openReadOnly(path);
    const row = database.prepare("select value from meta where key = 'version'").get();
    if (Number(row?.["value"]) !== STORE_VERSION) {
      throw new CallerError(
        `${path}: a store of version ${row?.["value"]}, this program reads version ${STORE_VERSION}`,
      );
    }
    return database;
  } catch (cause) {
    database?.close();
    if (cause instanceof CallerError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new CallerError(`${path}: is no store of Meterville (${message})`, { cause });
  }
}

const POSTING_COLUMNS = "run_id, sequence, at_ms, event_id, debit, credit, amount_minor, reason";
interface PostingRow {
  readonly run_id: string;
  readonly sequence: number;
  readonly at_ms: number;
  readonly event_id: string;
  readonly debit: string;
  readonly credit: string;
  readonly amount_minor: number;
  readonly reason: string;
}

/** What one run's postings add up to. */
interface Books {
  postings: number;
  tally: Tally;
  lastAt: number;
  readonly balanceMinor: Map<string, number>;
  readonly eventIds: Set<string>;
  /** What the postings of each bill ask of its customer. */
  readonly billedMinor: Map<string, number>;
}

function verdictOf(database: DatabaseSync): LedgerVerdict {
  const problems: string[] = [];
  const books = new Map<string, Books>();
  const integrity = database.prepare("pragma integrity_check(1)").get()?.["integrity_check"];
  if (integrity !== "ok") problems.push(`the file is damaged: ${String(integrity)}`);
  const all = database.prepare(`select ${POSTING_COLUMNS} from postings order by run_id, sequence`);
  for (const row of all.iterate() as Iterable<unknown> as Iterable<PostingRow>) {
    let own = books.get(row.run_id);
    if (own === undefined) {
      own = emptyBooks();
      books.set(row.run_id, own);
    }
    takePosting(own, row, problems);
  }
  const { count: runs } = database.prepare("select count(*) as count from runs").get() as {
    count: number;
  };
  const bills = checkBills(database, books, problems);
  let postings = 0;
  let accounts = 0;
  let balanceMinor = 0;
  for (const [runId, own] of books) {
    const sum = [...own.balanceMinor.values()].reduce((a, b) => a + b, 0);
    if (sum !== 0) problems.push(`run ${runId}: the accounts sum to ${sum}, not to 0`);
    postings += own.postings;
    accounts += own.balanceMinor.size;
    balanceMinor += sum;
  }
  checkTallies(database, books, problems);
  const problem = problems[0] ?? null;
  return { postings, accounts, balanceMinor, ok: problem === null, runs, bills, problem };
}

/** The rows against what the store kept of them while it wrote: the last ones may be gone, or all be other ones. */
function checkTallies(
  database: DatabaseSync,
  books: ReadonlyMap<string, Books>,
  problems: string[],
): void {
  const all = database.prepare("select key, value from meta where substr(key, 1, ?) = ?");
  for (const { key, value } of all.iterate(TALLY_PREFIX.length, TALLY_PREFIX)) {
    const runId = String(key).slice(TALLY_PREFIX.length);
    const written = JSON.parse(String(value)) as Tally;
    const there = books.get(runId)?.tally ?? NO_TALLY;
    if (there.postings !== written.postings || there.last !== written.last) {
      problems.push(
        `run ${runId}: ${written.postings} postings were written, the last as ${written.last}; ${there.postings} are there, the last is ${there.last}`,
      );
    } else if (there.sha256 !== written.sha256) {
      problems.push(`run ${runId}: its postings are not those that were written`);
    }
  }
}

const emptyBooks = (): Books => ({
  postings: 0,
  tally: NO_TALLY,
  lastAt: Number.NEGATIVE_INFINITY,
  balanceMinor: new Map(),
  eventIds: new Set(),
  billedMinor: new Map(),
});

function takePosting(books: Books, row: PostingRow, problems: string[]): void {
  const { sequence, at_ms: at, event_id: eventId, debit, credit, amount_minor: amount } = row;
  const where = `run ${row.run_id}, posting ${sequence}`;
  books.postings++;
  if (sequence !== books.postings && problems.length === 0) {
    problems.push(`${where}: posting ${books.postings} is missing`);
  }
  if (at < books.lastAt) problems.push(`${where}: it is older than the one before it`);
  if (books.eventIds.has(eventId)) problems.push(`${where}: ${eventId} has been posted before`);
  if (!(Number.isSafeInteger(amount) && amount > 0)) {
    problems.push(`${where}: an amount is a whole number above 0, not ${amount}`);
  }
  if (debit === credit) problems.push(`${where}: debit and credit are both ${debit}`);
  books.tally = tallied(books.tally, sequence, [at, eventId, debit, credit, amount, row.reason]);
  books.lastAt = at;
  books.eventIds.add(eventId);
  add(books.balanceMinor, debit, amount);
  add(books.balanceMinor, credit, -amount);
  const bill = billOf(eventId);
  if (bill === undefined) return;
  add(books.billedMinor, bill, 0);
  if (debit.startsWith("receivable/")) add(books.billedMinor, bill, amount);
  if (credit.startsWith("receivable/")) add(books.billedMinor, bill, -amount);
}

const add = (sums: Map<string, number>, key: string, amount: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + amount);
};

/** The bill that a posting belongs to: `bill/ID/LINE`. */
const billOf = (eventId: string): string | undefined => /^bill\/(.+)\/[^/]+$/.exec(eventId)?.[1];

/** Every bill is the sum of its lines and of its postings, and no posting is of a bill that is not there. */
function checkBills(
  database: DatabaseSync,
  books: ReadonlyMap<string, Books>,
  problems: string[],
): number {
  let bills = 0;
  const billed = new Map<string, Set<string>>();
  const all = database.prepare("select run_id, id, amount_minor, body from bills");
  for (const row of all.iterate()) {
    bills++;
    const runId = String(row["run_id"]);
    const where = `run ${runId}, bill ${row["id"]}`;
    const bill = billIn(String(row["body"]));
    if (bill === undefined) {
      problems.push(`${where}: it cannot be read`);
      continue;
    }
    const lines = bill.lines.reduce((sum, line) => sum + line.amountMinor, 0);
    const posted = books.get(runId)?.billedMinor.get(bill.id) ?? 0;
    if (row["amount_minor"] !== bill.amountMinor || lines !== bill.amountMinor) {
      problems.push(`${where}: it asks for ${row["amount_minor"]}, its lines for ${lines}`);
    }
    if (posted !== bill.amountMinor) {
      problems.push(`${where}: it asks for ${bill.amountMinor}, its postings for ${posted}`);
    }
    const known = billed.get(runId) ?? new Set();
    billed.set(runId, known.add(bill.id));
  }
  for (const [runId, { billedMinor }] of books) {
    for (const id of billedMinor.keys()) {
      if (billed.get(runId)?.has(id) === true) continue;
      problems.push(`run ${runId}: there are postings of bill ${id}, but no such bill`);
    }
  }
  return bills;
}

function billIn(body: string): Bill | undefined {
  try {
    return JSON.parse(body) as Bill;
  } catch {
    return undefined;
  }
}
