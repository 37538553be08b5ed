// One bill of a store, and the readings in the same store that it says it rests on. Reads only.

import type { RegisterRead } from "../contract/bill-document.ts";
import type { Bill, BillReading } from "../contract/billing.ts";
import { nearestWord } from "../engine/scenario/problem.ts";
import { CallerError } from "./failure.ts";
import { StorageError } from "./storage-error.ts";
import { openStoreToRead, type StoreToRead } from "./store/store-to-read.ts";

export interface BillQuery {
  /** A supply point. */
  readonly account: string;
  /** `2026-01`, or what stands after the account in the bill's id. */
  readonly cycle: string;
  /** Needed where several runs in the store have such a bill. */
  readonly run?: string;
}

/** What the store has for a register that a bill names as read. */
export interface StoredEvidence {
  readonly measured: string;
  readonly billWh: number;
  /** Null: the store has no such reading (a register that a person read before the run, say). */
  readonly sequence: number | null;
  readonly storedWh: number | null;
}

export interface FoundBill {
  readonly runId: string;
  readonly bill: Bill;
  readonly evidence: readonly StoredEvidence[];
  /** Registers that were measured while the bill ran, oldest first. */
  readonly registers: readonly RegisterRead[];
}

/** Accounts or cycles that a sentence lists at most. */
const LISTED_MAX = 24;

/** Finds a bill in a store. Throws CallerError with what is there instead. */
export function findBill(url: string, query: BillQuery): FoundBill {
  const store = openStoreToRead(url);
  const { database, shown } = store;
  try {
    return database.snapshot(() => billIn(store, query));
  } catch (error) {
    const cause = error instanceof StorageError ? error.cause : error;
    if ((cause as { code?: string }).code !== "ERR_SQLITE_ERROR") throw error;
    throw new CallerError(`${shown}: cannot be read (${(cause as Error).message})`, { cause });
  } finally {
    database.close();
  }
}

function billIn(store: StoreToRead, query: BillQuery): FoundBill {
  const { shown } = store;
  const rows = chooseRun(shown, billRows(store), query);
  const { account, cycle } = query;
  const own = rows.filter(({ supply }) => supply === account);
  if (own.length === 0) throw noAccount(shown, account, [...new Set(rows.map((r) => r.supply))]);
  const found = own.find(({ id }) => id === `${account}/${cycle}` || id === cycle);
  if (found === undefined) {
    const cycles = own.map(({ id }) => id.slice(account.length + 1));
    throw new CallerError(
      `${shown}: ${account} has no bill for ${cycle}; there ${cycles.length === 1 ? "is" : "are"} ${listOf(cycles)}`,
    );
  }
  const bill = JSON.parse(found.body) as Bill;
  const readings = readingsOf(store, found);
  return {
    runId: found.runId,
    bill,
    evidence: evidenceOf(readings, bill),
    registers: readings.filter(
      ({ measuredAt }) => measuredAt >= bill.fromMs && measuredAt <= bill.toMs,
    ),
  };
}

interface BillRow {
  readonly run: unknown;
  readonly runId: string;
  readonly id: string;
  readonly supply: string;
  readonly body: string;
}

function billRows({ database, runColumn, ofRun }: StoreToRead): readonly BillRow[] {
  const sql = `select r.run as run, r.run_id as run_id, b.id, b.supply, b.body
    from bills b join (${ofRun}) r on r.run = b.${runColumn} order by b.issued_at_ms, b.id`;
  return database.all({ sql, parameters: [] }).map((row) => ({
    run: row["run"],
    runId: String(row["run_id"]),
    id: String(row["id"]),
    supply: String(row["supply"]),
    body: String(row["body"]),
  }));
}

interface StoredRegister extends RegisterRead {
  readonly sequence: number;
}

/** Every stored reading of the bill's supply point, oldest first. */
function readingsOf(
  { database, runColumn }: StoreToRead,
  { run, supply }: BillRow,
): readonly StoredRegister[] {
  const [first, second] = database.dialect === "postgres" ? ["$1", "$2"] : ["?", "?"];
  const sql = `select sequence, measured_at_ms, import_wh from readings
    where ${runColumn} = ${first} and supply = ${second} order by measured_at_ms`;
  return database.all({ sql, parameters: [run as string | number, supply] }).map((row) => ({
    sequence: Number(row["sequence"]),
    measuredAt: Number(row["measured_at_ms"]),
    importWh: Number(row["import_wh"]),
  }));
}

function chooseRun(
  path: string,
  rows: readonly BillRow[],
  { account, cycle, run }: BillQuery,
): readonly BillRow[] {
  if (rows.length === 0)
    throw new CallerError(`${path}: holds no bill yet; bills are made monthly`);
  const runs = [...new Set(rows.map(({ runId }) => runId))];
  if (run !== undefined) {
    if (!runs.includes(run)) {
      throw new CallerError(`${path}: has no bills of a run ${run}; there are ${listOf(runs)}`);
    }
    return rows.filter(({ runId }) => runId === run);
  }
  const having = runs.filter((each) =>
    rows.some(({ runId, id }) => runId === each && id === `${account}/${cycle}`),
  );
  if (having.length > 1) {
    throw new CallerError(
      `${path}: several runs have this bill; add --run with one of ${listOf(having)}`,
    );
  }
  const [only] = having;
  return only === undefined ? rows : rows.filter(({ runId }) => runId === only);
}

function noAccount(path: string, account: string, known: readonly string[]): CallerError {
  const sorted = [...known].sort((a, b) => (a < b ? -1 : 1));
  const near = nearestWord(account, sorted);
  const hint = near === undefined ? "" : ` (did you mean ${near}?)`;
  return new CallerError(
    `${path}: there is no bill of an account ${account}${hint}; there are bills of ${listOf(sorted)}`,
  );
}

function listOf(names: readonly string[]): string {
  const different = [...new Set(names)];
  const shown = different.slice(0, LISTED_MAX).join(", ");
  const rest = different.length - LISTED_MAX;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

/** Every register that the bill says was read, each once. */
function evidenceOf(readings: readonly StoredRegister[], bill: Bill): readonly StoredEvidence[] {
  const all = [bill, ...bill.lines].flatMap(({ readings: of }) =>
    of === undefined ? [] : [of.from, of.to],
  );
  const read = all.filter(({ quality }) => quality === "actual");
  const first = (each: BillReading, at: number): boolean =>
    read.findIndex(({ measuredAt, wh }) => measuredAt === each.measuredAt && wh === each.wh) === at;
  const stored = new Map(readings.map((each) => [each.measuredAt, each]));
  return read.filter(first).map(({ measured, measuredAt, wh }) => {
    const own = stored.get(measuredAt);
    return {
      measured,
      billWh: wh,
      sequence: own?.sequence ?? null,
      storedWh: own?.importWh ?? null,
    };
  });
}
