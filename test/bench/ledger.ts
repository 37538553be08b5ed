// A million postings into the embedded store, beside the same rows as bare inserts of SQLite in the same seconds: into the
// same tables with the same indexes, which decides, and into a table that has its key alone. And what it takes to check
// them. Alone: `node test/bench/ledger.ts [--postings N]`.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import type { Posting } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { drawUniform } from "../../sim/core/random.ts";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { openStore } from "../../sim/host/store.ts";
import type { Measured } from "./measured.ts";

const POSTINGS = 1_000_000;
const CUSTOMERS = 100_000;
/** What one step hands out: some hundred bills and the payments of a minute. */
const BATCH = 1_000;
/** Batches in turn, so that whatever else the machine does meets both. */
const TURN_BATCHES = 10;
const RUNS = 3;
const RUN = { runId: "6b1f9a52-9d0c-4c3e-8a75-3f1f0c6a2d11", scenario: "bench", seed: 1 };

const RATE_MIN = 20_000;
const RATIO_MAX = 3;
const CHECK_MAX_S = 2;

interface Turn {
  readonly storeCpuS: number;
  readonly bareCpuS: number;
  readonly plainCpuS: number;
  readonly trialCpuS: number;
  readonly checkCpuS: number;
}

/** Postings a second of processor time, its ratios to the bare inserts, and the time to check them all again. */
export async function measureLedger(postings = POSTINGS): Promise<readonly Measured[]> {
  const turns = Array.from({ length: RUNS }, () => measureOnce(postings));
  const rates = turns.map(({ storeCpuS }) => postings / storeCpuS);
  const value = median(rates);
  const of = (take: (turn: Turn) => number): number => median(turns.map(take));
  const ratio = of(({ storeCpuS, bareCpuS }) => storeCpuS / bareCpuS);
  const plainRatio = of(({ storeCpuS, plainCpuS }) => storeCpuS / plainCpuS);
  const trials = turns.map(({ trialCpuS }) => trialCpuS);
  const checks = turns.map(({ checkCpuS }) => checkCpuS);
  const append = { value, unit: "postings a CPU-s", spread: spreadOf(rates) };
  const none = { baseline: null, ratio: null, isMet: true };
  return [
    {
      ...append,
      name: `ledger-append-${postings}`,
      baseline: of(({ bareCpuS }) => postings / bareCpuS),
      ratio,
      target: `≥ ${RATE_MIN.toLocaleString("en")} a second, ≤ ${RATIO_MAX} × the time of bare inserts`,
      isMet: ratio <= RATIO_MAX,
      isReached: value >= RATE_MIN,
    },
    {
      ...append,
      name: "ledger-append-beside-no-index",
      baseline: of(({ plainCpuS }) => postings / plainCpuS),
      ratio: plainRatio,
      target: `≤ ${RATIO_MAX} × the time of bare inserts without an index`,
      isMet: true,
      isReached: plainRatio <= RATIO_MAX,
    },
    {
      ...none,
      name: `trial-balance-${postings}`,
      value: median(trials),
      unit: "CPU-s",
      spread: spreadOf(trials),
      target: `≤ ${CHECK_MAX_S} s`,
      isReached: median(trials) <= CHECK_MAX_S,
    },
    {
      ...none,
      name: `ledger-check-${postings}`,
      value: median(checks),
      unit: "CPU-s",
      spread: spreadOf(checks),
      target: "all of it: file, sequence, events, digests, bills",
    },
  ];
}

function measureOnce(count: number): Turn {
  const folder = mkdtempSync(join(tmpdir(), "meterville-bench-"));
  try {
    const path = join(folder, "store.db");
    const store = openStore(path, RUN);
    openStore(join(folder, "bare.db"), RUN).close();
    const bare = bareInserts(join(folder, "bare.db"), 1);
    const plain = bareInserts(join(folder, "plain.db"), RUN.runId, PLAIN_TABLE);
    let [storeCpuS, bareCpuS, plainCpuS] = [0, 0, 0];
    for (let first = 1; first <= count; first += BATCH * TURN_BATCHES) {
      const batches = batchesFrom(first, Math.min(count, first + BATCH * TURN_BATCHES - 1));
      storeCpuS += cpuS(() => {
        for (const postings of batches) {
          store.append({ postings, bills: [], readings: [] }, postings.at(-1)!.at);
        }
      });
      bareCpuS += cpuS(() => batches.forEach(bare.insert));
      plainCpuS += cpuS(() => batches.forEach(plain.insert));
    }
    const trialCpuS = cpuS(() => {
      const { postings, balanceMinor } = store.trialBalance();
      if (postings !== count || balanceMinor !== 0) throw new Error("the ledger must balance");
    });
    for (const open of [store, bare, plain]) open.close();
    const checkCpuS = cpuS(() => {
      const { ok, postings } = checkLedger(path);
      if (!ok || postings !== count) throw new Error("the ledger must hold");
    });
    return { storeCpuS, bareCpuS, plainCpuS, trialCpuS, checkCpuS };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function batchesFrom(first: number, last: number): readonly (readonly Posting[])[] {
  const batches: Posting[][] = [];
  for (let sequence = first; sequence <= last; sequence++) {
    if ((sequence - first) % BATCH === 0) batches.push([]);
    batches.at(-1)!.push(postingAt(sequence));
  }
  return batches;
}

/** Of three postings two are lines of bills, customer after customer, and one is a payment of anybody. */
function postingAt(sequence: number): Posting {
  const at = Math.floor(sequence / BATCH) * 60_000;
  const isPayment = sequence % 3 === 0;
  const customer = isPayment
    ? Math.floor(drawUniform(1, sequence, 0, 0) * CUSTOMERS)
    : Math.floor(sequence / 3) % CUSTOMERS;
  const supply = `supply-${String(customer).padStart(6, "0")}`;
  const account = `receivable/${supply}`;
  const amountMinor = minor(100 + Math.floor(drawUniform(1, sequence, 1, 0) * 100_000));
  const rest = { version: 1, sequence, at, amountMinor } as const;
  if (isPayment) {
    return {
      ...{ ...rest, eventId: `payment/hand/${sequence}`, reason: "payment" },
      ...{ debit: "bank", credit: account },
    };
  }
  const month = 1 + Math.floor(sequence / (3 * CUSTOMERS));
  return {
    ...{ ...rest, eventId: `line/${supply}/2026-${month}/${sequence % 3}`, reason: "energy" },
    ...{ debit: account, credit: "revenue/energy" },
  };
}

/** As anybody would write it down, with its key and nothing else. */
const PLAIN_TABLE = `create table postings (
  run_id text not null, sequence integer not null, at_ms integer not null, event_id text not null,
  debit text not null, credit text not null, amount_minor integer not null, reason text not null,
  primary key (run_id, sequence)) strict`;

/** Inserts through SQLite alone, with the store's own settings. */
function bareInserts(path: string, run: string | number, schema = "") {
  const database = new DatabaseSync(path);
  database.exec(
    `pragma journal_mode=wal; pragma synchronous=normal; pragma cache_size=-65536;
     pragma wal_autocheckpoint=4000; ${schema}`,
  );
  const insert = database.prepare("insert into postings values (?, ?, ?, ?, ?, ?, ?, ?)");
  return {
    insert(postings: readonly Posting[]) {
      database.exec("begin immediate");
      for (const { sequence, at, eventId, debit, credit, amountMinor, reason } of postings) {
        insert.run(run, sequence, at, eventId, debit, credit, amountMinor, reason);
      }
      database.exec("commit");
    },
    close: () => database.close(),
  };
}

/** What a piece of work takes of a processor, in seconds. */
function cpuS(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;
const spreadOf = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);

if (import.meta.main) {
  const { values } = parseArgs({ options: { postings: { type: "string" } } });
  for (const row of await measureLedger(Number(values.postings ?? POSTINGS))) {
    const { name, value, unit, ratio, spread, target } = row;
    const compared = ratio === null ? "" : `, ratio ${ratio.toFixed(2)}`;
    const text = `${name}: ${value.toFixed(2)} ${unit}${compared}, spread ${spread.toFixed(2)}`;
    process.stdout.write(`${text} (${target})\n`);
  }
}
