// A process that writes to a store, killed with SIGKILL inside of transactions, between them, and by chance. What it said
// was kept is there, nothing is there twice, and nothing is there by half.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { drawUniform } from "../../sim/core/random.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { openStore } from "../../sim/host/store.ts";
import { RUN } from "../contract/store.ts";
import { temporaryFolder } from "../support/cli.ts";
import {
  hasPostgres,
  MISSING_POSTGRES,
  type PostgresServer,
  startPostgres,
} from "../support/postgres.ts";
import { firstSequence, historyStep, SEED, STEP_MS } from "../support/store-writer.ts";

const WRITER = join(PROJECT_ROOT, "test/support/store-writer.ts");
const STEPS = 100_000;

const folder = temporaryFolder();
let server: PostgresServer | undefined;
beforeAll(() => {
  if (hasPostgres) server = startPostgres();
});
afterAll(() => {
  server?.remove();
  folder.remove();
});

/** Lets a writer live until it ends; returns the last step that it said was kept. */
async function untilKilled(
  url: string,
  kill: { readonly point: string } | { readonly afterSteps: number; readonly delayMs: number },
): Promise<number> {
  const env = { ...process.env, ...("point" in kill ? { METERVILLE_KILL_AT: kill.point } : {}) };
  const child = spawn(process.execPath, [WRITER, url, String(STEPS)], { env, stdio: "pipe" });
  let told = "";
  let complaint = "";
  let isAimed = false;
  child.stderr.on("data", (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  child.stdout.on("data", (chunk: Buffer) => {
    told += chunk.toString();
    if ("point" in kill || isAimed || told.split("\n").length <= kill.afterSteps) return;
    isAimed = true;
    setTimeout(() => child.kill("SIGKILL"), kill.delayMs);
  });
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  expect(signal, complaint).toBe("SIGKILL");
  return Number(told.trimEnd().split("\n").at(-1) || -1);
}

/** The store holds the history up to one of its steps, whole, and at least up to `told`; returns that step. */
function verify(url: string, told: number): number {
  const store = openStore(url, RUN);
  const postings = store.postingCount();
  const readings = store.newestReadings(10_000_000).length;
  const at = store.markedMs() / STEP_MS;
  const last = readings === 0 ? -1 : at;
  expect(last, "what was said to be kept is").toBeGreaterThanOrEqual(told);
  expect(readings, "no step by half").toBe(3 * (last + 1));
  expect(postings).toBe(firstSequence(last + 1) - 1);
  expect(store.lastSequence()).toBe(postings);
  expect(store.billsOf("supply-01")).toHaveLength(Math.floor(last / 7) + 1);
  let balanceMinor = 0;
  for (let step = 0; step <= last; step++) {
    for (const { debit, amountMinor } of historyStep(step).postings) {
      if (debit === "bank") balanceMinor += amountMinor;
    }
  }
  expect(store.balanceMinor("bank")).toBe(balanceMinor);
  store.close();
  const { problem, ...verdict } = checkLedger(url);
  expect(verdict).toMatchObject({ postings, balanceMinor: 0 });
  // The made-up bills have no postings; nothing else may be wrong.
  expect(problem).toBeNull();
  return last;
}

/** Places within a transaction, between its end and the word of it, and moments by chance. */
async function killAgainAndAgain(url: string, turns: number): Promise<void> {
  const chance = (turn: number, below: number): number =>
    Math.floor(drawUniform(SEED, turn, 7, 1) * below);
  const points = ["posting", "bill", "records-kept", "bills-kept"];
  let [told, last] = [-1, -1];
  for (let turn = 0; turn < turns; turn++) {
    const point = points[turn % (points.length + 2)];
    const passes = point?.startsWith("bill") === true ? 1 + chance(turn, 9) : 1 + chance(turn, 120);
    told = Math.max(
      last,
      await untilKilled(
        url,
        point === undefined
          ? { afterSteps: 10 + chance(turn, 60), delayMs: chance(turn, 40) }
          : { point: `${point}:${passes}` },
      ),
    );
    last = verify(url, told);
  }
  expect(last, "it came forward all the while").toBeGreaterThan(turns);
}

test("twelve kills of a writer to SQLite lose nothing and write nothing twice", async () => {
  const url = join(folder.path, "killed.db");
  await killAgainAndAgain(url, 12);
  const database = new DatabaseSync(url);
  expect(database.prepare("pragma integrity_check").get()).toEqual({ integrity_check: "ok" });
  database.close();
});

test("twelve kills of a writer to PostgreSQL lose nothing and write nothing twice", async (ctx) => {
  ctx.skip(!hasPostgres, MISSING_POSTGRES);
  await killAgainAndAgain(server!.createDatabase(), 12);
});
