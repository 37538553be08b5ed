// Does a store's ledger hold? Everything is added up again from its rows; nothing is believed that can be computed.

import type { Bill } from "../contract/billing.ts";
import { StorageError } from "./storage-error.ts";
import type { Row, SqlDatabase } from "./store/database.ts";
import { openToRead } from "./store/reader.ts";
import { NO_TALLY, TALLY_PREFIX, type Tally, tallied } from "./store/tally.ts";

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

/** Checks every run in a store, of this version or an earlier one; reads only. */
export function checkLedger(url: string): LedgerVerdict {
  const { database, version } = openToRead(url);
  try {
    // One moment: a live run may go on writing meanwhile.
    return database.snapshot(() => verdictOf(database, version));
  } catch (error) {
    const cause = error instanceof StorageError ? error.cause : error;
    const { code, message } = cause as { code?: string; message?: string };
    if (code === "ERR_OUT_OF_RANGE") {
      return { ...NOTHING, problem: "there are amounts that are beyond what a ledger may hold" };
    }
    if (code !== "ERR_SQLITE_ERROR") throw error;
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

/** How the rows of a version name their run. */
const TABLES = [
  { run: "run_id", ofRun: "select run_id as run, run_id from runs" },
  { run: "run", ofRun: "select id as run, run_id from runs" },
] as const;

const POSTING_COLUMNS = "sequence, at_ms, event_id, debit, credit, amount_minor, reason";
interface PostingRow {
  readonly run: string | number;
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
  readonly runId: string;
  postings: number;
  tally: Tally;
  lastAt: number;
  readonly balanceMinor: Map<string, number>;
  /** What the postings of each bill ask of its customer. */
  readonly billedMinor: Map<string, number>;
}

function verdictOf(database: SqlDatabase, version: number): LedgerVerdict {
  const problems: string[] = [];
  const damage = damageOf(database);
  if (damage !== undefined) problems.push(damage);
  const { run: runColumn, ofRun } = TABLES[version - 1]!;
  const runIds = new Map(
    database
      .all({ sql: ofRun, parameters: [] })
      .map(({ run, run_id }) => [run, String(run_id)] as const),
  );
  const runIdOf = (run: unknown): string => runIds.get(run) ?? String(run);
  const books = new Map<string, Books>();
  const tables: BookTables = { database, runColumn, runIdOf };
  let own: Books | undefined;
  let ownRun: unknown;
  const sql = `select ${runColumn} as run, ${POSTING_COLUMNS} from postings order by ${runColumn}, sequence`;
  database.each({ sql, parameters: [] }, (row) => {
    const posting = row as Row & PostingRow;
    if (own === undefined || posting.run !== ownRun) {
      own = emptyBooks(runIdOf(posting.run));
      ownRun = posting.run;
      books.set(own.runId, own);
    }
    takePosting(own, posting, problems);
  });
  const runs = runIds.size;
  checkEvents(tables, problems);
  for (const [side, sign] of SIDES) addUp(tables, books, side, sign);
  const bills = checkBills(tables, books, problems);
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

const SIDES = [
  ["debit", 1],
  ["credit", -1],
] as const;

/** Sums of one side by account; the database adds them up from their index. */
function addUp(
  { database, runColumn, runIdOf }: BookTables,
  books: ReadonlyMap<string, Books>,
  side: (typeof SIDES)[number][0],
  sign: number,
): void {
  const sql = `select ${runColumn} as run, ${side} as account, sum(amount_minor) as sum
    from postings group by ${runColumn}, ${side}`;
  database.each({ sql, parameters: [] }, ({ run, account, sum }) => {
    add(books.get(runIdOf(run))!.balanceMinor, String(account), sign * Number(sum));
  });
}

/** An event posts once. The index of a store says so too, but an index can be dropped. */
function checkEvents({ database, runColumn, runIdOf }: BookTables, problems: string[]): void {
  const sql = `select ${runColumn} as run, event_id, max(sequence) as sequence
    from postings group by ${runColumn}, event_id having count(*) > 1 order by 3 limit 1`;
  for (const { run, event_id, sequence } of database.all({ sql, parameters: [] })) {
    problems.push(`run ${runIdOf(run)}, posting ${sequence}: ${event_id} has been posted before`);
  }
}

/** What SQLite finds wrong with its own file; a server looks after its own. */
function damageOf(database: SqlDatabase): string | undefined {
  if (database.dialect !== "sqlite") return undefined;
  const rows = database.all({ sql: "pragma integrity_check(1)", parameters: [] });
  const found = rows[0]?.["integrity_check"];
  return found === "ok" ? undefined : `the file is damaged: ${String(found)}`;
}

/** The rows against what the store kept of them while it wrote: the last ones may be gone, or all be other ones. */
function checkTallies(
  database: SqlDatabase,
  books: ReadonlyMap<string, Books>,
  problems: string[],
): void {
  for (const { key, value } of database.all({
    sql: "select key, value from meta",
    parameters: [],
  })) {
    if (!String(key).startsWith(TALLY_PREFIX)) continue;
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

const emptyBooks = (runId: string): Books => ({
  runId,
  postings: 0,
  tally: NO_TALLY,
  lastAt: Number.NEGATIVE_INFINITY,
  balanceMinor: new Map(),
  billedMinor: new Map(),
});

function takePosting(books: Books, row: PostingRow, problems: string[]): void {
  const { sequence, at_ms: at, event_id: eventId, debit, credit, amount_minor: amount } = row;
  const problem = (text: string): void => {
    problems.push(`run ${books.runId}, posting ${sequence}: ${text}`);
  };
  books.postings++;
  if (sequence !== books.postings && problems.length === 0) {
    problem(`posting ${books.postings} is missing`);
  }
  if (at < books.lastAt) problem("it is older than the one before it");
  if (!(Number.isSafeInteger(amount) && amount > 0)) {
    problem(`an amount is a whole number above 0, not ${amount}`);
  }
  if (debit === credit) problem(`debit and credit are both ${debit}`);
  books.tally = tallied(books.tally, sequence, [at, eventId, debit, credit, amount, row.reason]);
  books.lastAt = at;
  if (!eventId.startsWith("bill/")) return;
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

interface BookTables {
  readonly database: SqlDatabase;
  readonly runColumn: string;
  readonly runIdOf: (run: unknown) => string;
}

/** Every bill is the sum of its lines and of its postings, and no posting is of a bill that is not there. */
function checkBills(
  { database, runColumn, runIdOf }: BookTables,
  books: ReadonlyMap<string, Books>,
  problems: string[],
): number {
  let bills = 0;
  const billed = new Map<string, Set<string>>();
  const sql = `select ${runColumn} as run, id, amount_minor, body from bills`;
  database.each({ sql, parameters: [] }, (row) => {
    bills++;
    const runId = runIdOf(row["run"]);
    const where = `run ${runId}, bill ${row["id"]}`;
    const bill = billIn(String(row["body"]));
    if (bill === undefined) {
      problems.push(`${where}: it cannot be read`);
      return;
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
  });
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
