// A bill is found in a store, with what the store has of its readings; or a sentence says what is there.

import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { Bill } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { findBill } from "../../sim/host/bill-lookup.ts";
import { openStore } from "../../sim/host/store.ts";
import { meterville, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

const reading = (measuredAt: number, wh: number) =>
  ({ measuredAt, measured: `at ${measuredAt}`, wh, quality: "actual" }) as const;

const bill = (supply: string, cycle: string, toWh: number): Bill => ({
  id: `${supply}/${cycle}`,
  supply,
  issuedAt: 3_600_000,
  dueAt: 0,
  fromMs: 0,
  toMs: 1_800_000,
  startWh: 1000,
  endWh: toWh,
  energyWh: toWh - 1000,
  isEstimated: false,
  tariff: "flat",
  lines: [
    {
      label: "Units",
      charge: "energy",
      quantity: toWh - 1000,
      unit: "Wh",
      priceMilliMinor: 500_000,
      amountMinor: minor((toWh - 1000) / 2),
    },
  ],
  amountMinor: minor((toWh - 1000) / 2),
  readings: { from: reading(-1_800_000, 1000), to: reading(1_800_000, toWh) },
});

function store(name: string, runs: readonly string[]): string {
  const path = join(folder.path, name);
  for (const runId of runs) {
    const kept = openStore(path, { runId, scenario: "s", seed: 1 });
    const stored = { supply: "supply-01", receivedAt: 1_800_000, voltageV: 230 };
    kept.append(
      {
        postings: [],
        bills: [bill("supply-01", "2026-01", 5000), bill("supply-02", "2026-01", 7000)],
        readings: [{ ...stored, sequence: 48, measuredAt: 1_800_000, importWh: 5000 }],
      },
      3_600_000,
    );
    kept.append({ postings: [], bills: [bill("supply-01", "2026-02", 6000)], readings: [] }, 4e6);
    kept.close();
  }
  return path;
}

const one = store("one.db", ["run-1"]);

test("a bill comes with the stored readings that it rests on", () => {
  const found = findBill(one, { account: "supply-01", cycle: "2026-01" });
  expect(found.bill.amountMinor).toBe(2000);
  expect(found.evidence).toEqual([
    { measured: "at -1800000", billWh: 1000, sequence: null, storedWh: null },
    { measured: "at 1800000", billWh: 5000, sequence: 48, storedWh: 5000 },
  ]);
});

test.each([
  [{ account: "suply-01", cycle: "2026-01" }, /did you mean supply-01\?.*supply-01, supply-02/],
  [
    { account: "supply-01", cycle: "2026-07" },
    /has no bill for 2026-07; there are 2026-01, 2026-02/,
  ],
  [{ account: "supply-02", cycle: "2026-07" }, /there is 2026-01$/],
  [{ account: "supply-01", cycle: "2026-01", run: "run-9" }, /run run-9; there are run-1/],
])("%j is answered with what is there", (query, sentence) => {
  expect(() => findBill(one, query)).toThrow(sentence);
});

test("of several runs in one store one has to be named", () => {
  const two = store("two.db", ["run-1", "run-2"]);
  const query = { account: "supply-01", cycle: "2026-01" };
  expect(() => findBill(two, query)).toThrow(/add --run with one of run-1, run-2/);
  expect(findBill(two, { ...query, run: "run-2" }).runId).toBe("run-2");
  expect(() => findBill(join(folder.path, "none.db"), query)).toThrow(/there is no store/);
});

test("the command prints every line with its working, and an engineer can follow it", async () => {
  const args = ["bill", "supply-01", "--cycle", "2026-01", "--store", one];
  const { stdout, exitCode } = await meterville(...args);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(" 1. Units: 4.000 kWh × 5.00 a kWh = 20.00");
  expect(stdout).toContain("at 1800000: 5000 Wh, reading 48 of supply-01");
  const json = await meterville(...args, "--json");
  expect(JSON.parse(json.stdout)).toMatchObject({
    runId: "run-1",
    explained: { isExact: true },
    problems: [],
  });
});

test("the command ends with 1 where the stored reading is another one", async () => {
  const path = join(folder.path, "other.db");
  const kept = openStore(path, { runId: "run-1", scenario: "s", seed: 1 });
  const measured = { sequence: 48, measuredAt: 1_800_000, receivedAt: 0, voltageV: 230 };
  const readings = [{ ...measured, supply: "supply-01", importWh: 4999 }];
  kept.append({ postings: [], bills: [bill("supply-01", "2026-01", 5000)], readings }, 1);
  kept.close();
  const args = ["bill", "supply-01", "--cycle", "2026-01", "--store", path];
  const { exitCode, stderr } = await meterville(...args);
  expect(exitCode).toBe(1);
  expect(stderr).toContain("reading 48 in the store says 4999 Wh");
});
