// One bill of a store, and the readings in the same store that it says it rests on. Reads only.

import { existsSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import type { Bill, BillReading } from "../contract/billing.ts";
import { nearestWord } from "../engine/scenario/problem.ts";
import { CallerError } from "./failure.ts";
import { openReadOnly } from "./store.ts";

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
}

/** Accounts or cycles that a sentence lists at most. */
const LISTED_MAX = 24;

/** Finds a bill. Throws CallerError with what is there instead. */
export function findBill(path: string, query: BillQuery): FoundBill {
  if (!existsSync(path)) throw new CallerError(`there is no store ${path}`);
  const database = openDatabase(path);
  try {
    const rows = chooseRun(path, billRows(database, path), query);
    const { account, cycle } = query;
    const own = rows.filter(({ supply }) => supply === account);
    if (own.length === 0) throw noAccount(path, account, [...new Set(rows.map((r) => r.supply))]);
    const found = own.find(({ id }) => id === `${account}/${cycle}` || id === cycle);
    if (found === undefined) {
      const cycles = own.map(({ id }) => id.slice(account.length + 1));
      throw new CallerError(
        `${path}: ${account} has no bill for ${cycle}; there ${cycles.length === 1 ? "is" : "are"} ${listOf(cycles)}`,
      );
    }
    const bill = JSON.parse(found.body) as Bill;
    return { runId: found.runId, bill, evidence: evidenceOf(database, found.runId, bill) };
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ERR_SQLITE_ERROR") throw cause;
    throw new CallerError(`${path}: cannot be read (${(cause as Error).message})`, { cause });
  } finally {
    database.close();
  }
}

interface BillRow {
  readonly runId: string;
  readonly id: string;
  readonly supply: string;
  readonly body: string;
}

function openDatabase(path: string): DatabaseSync {
  try {
    return openReadOnly(path);
  } catch (cause) {
    throw new CallerError(`${path}: is no store of Meterville (${(cause as Error).message})`, {
      cause,
    });
  }
}

function billRows(database: DatabaseSync, path: string): readonly BillRow[] {
  try {
    return database
      .prepare("select run_id, id, supply, body from bills order by issued_at_ms, id")
      .all()
      .map((row) => ({
        runId: String(row["run_id"]),
        id: String(row["id"]),
        supply: String(row["supply"]),
        body: String(row["body"]),
      }));
  } catch (cause) {
    throw new CallerError(`${path}: is no store of Meterville (${(cause as Error).message})`, {
      cause,
    });
  }
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
function evidenceOf(database: DatabaseSync, runId: string, bill: Bill): readonly StoredEvidence[] {
  const all = [bill, ...bill.lines].flatMap(({ readings }) =>
    readings === undefined ? [] : [readings.from, readings.to],
  );
  const read = all.filter(({ quality }) => quality === "actual");
  const first = (each: BillReading, at: number): boolean =>
    read.findIndex(({ measuredAt, wh }) => measuredAt === each.measuredAt && wh === each.wh) === at;
  const select = database.prepare(
    "select sequence, import_wh from readings where run_id = ? and supply = ? and measured_at_ms = ?",
  );
  return read.filter(first).map(({ measured, measuredAt, wh }) => {
    const row = select.get(runId, bill.supply, measuredAt);
    return {
      measured,
      billWh: wh,
      sequence: row === undefined ? null : Number(row["sequence"]),
      storedWh: row === undefined ? null : Number(row["import_wh"]),
    };
  });
}
