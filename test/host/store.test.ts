import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import type { AuditEntry } from "../../sim/contract/audit.ts";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { StorageError } from "../../sim/host/storage-error.ts";
import { openStore } from "../../sim/host/store.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const path = (name: string): string => join(folder.path, name);
const RUN = { runId: "run-1", scenario: "first-street", seed: 1 };

const posting = (sequence: number, amount = 500): Posting => ({
  version: 1,
  sequence,
  at: sequence * 1000,
  eventId: `event-${sequence}`,
  debit: "bank",
  credit: "receivable/supply-01",
  amountMinor: minor(amount),
  reason: "payment",
});

test("postings add up by account, and survive closing", () => {
  const store = openStore(path("a.db"), RUN);
  store.append({ postings: [posting(1), posting(2, 250)], bills: [], readings: [] }, 1000);
  store.close();
  const again = openStore(path("a.db"), RUN);
  expect(again.balanceMinor("bank")).toBe(750);
  expect(again.balanceMinor("receivable/supply-01")).toBe(-750);
  expect(again.balanceMinor("nobody")).toBe(0);
  again.close();
});

test("a posting that is there already is skipped; a different one under its number is our fault", () => {
  const store = openStore(path("b.db"), RUN);
  store.append({ postings: [posting(1)], bills: [], readings: [] }, 1000);
  store.append({ postings: [posting(1), posting(2)], bills: [], readings: [] }, 1000);
  expect(store.postingCount()).toBe(2);
  const other = { postings: [posting(3), posting(1, 501)], bills: [], readings: [] };
  expect(() => store.append(other, 1000)).toThrow(/posting 1 of run run-1/);
  expect(store.postingCount(), "all of a step or nothing").toBe(2);
  store.close();
});

test("a bill or reading that is there already is skipped; a different one under its name is our fault", () => {
  const store = openStore(path("e.db"), RUN);
  const bill = { id: "bill-1", supply: "supply-01", issuedAt: 5, amountMinor: minor(9) } as Bill;
  const reading = {
    supply: "supply-01",
    sequence: 4,
    measuredAt: 60_000,
    receivedAt: 61_250,
    importWh: 17,
    voltageV: 231.73,
  };
  const records = { postings: [], bills: [bill], readings: [reading] };
  store.append(records, 1000);
  store.append(records, 2000);
  expect(store.billsOf("supply-01")).toHaveLength(1);
  const dearer = { ...bill, amountMinor: minor(10) };
  expect(() => store.append({ ...records, bills: [dearer] }, 3000)).toThrow(/bill bill-1 of run/);
  const higher = { ...reading, importWh: 18 };
  expect(() => store.append({ ...records, readings: [higher] }, 3000)).toThrow(
    /reading 4 of supply-01 of run run-1 is kept as .*17.*now it is .*18/,
  );
  expect(store.markedMs(), "nothing of a step that was refused").toBe(2000);
  store.close();
});

test("how far a run may have been seen only grows, and survives closing", () => {
  const store = openStore(path("f.db"), RUN);
  expect(store.markedMs()).toBe(0);
  store.mark(60_000);
  store.append({ postings: [posting(1)], bills: [], readings: [] }, 120_000);
  store.mark(90_000);
  store.close();
  const again = openStore(path("f.db"), RUN);
  expect(again.markedMs()).toBe(120_000);
  again.close();
});

test("a store that another program has locked takes nothing, says so, and takes the same step later", () => {
  const store = openStore(path("g.db"), RUN);
  const other = new DatabaseSync(path("g.db"));
  other.exec("begin immediate");
  const records = { postings: [posting(1)], bills: [], readings: [] };
  expect(() => store.append(records, 1000)).toThrow(StorageError);
  expect(() => store.mark(1000)).toThrow(/g\.db is locked by another program; stop that/);
  other.exec("rollback");
  store.append(records, 1000);
  expect(store.postingCount()).toBe(1);
  other.close();
  store.close();
});

test("the readings that arrived last come back as they were, oldest first", () => {
  const store = openStore(path("h.db"), RUN);
  const reading = (supply: string, sequence: number, receivedAt: number) => ({
    ...{ supply, sequence, measuredAt: sequence * 1000, receivedAt, importWh: 17, voltageV: 230.5 },
  });
  const late = reading("supply-01", 1, 9_000);
  const readings = [reading("supply-01", 2, 3_000), reading("supply-02", 1, 4_000), late];
  store.append({ postings: [], bills: [], readings }, 10_000);
  expect(store.newestReadings(2)).toEqual([reading("supply-02", 1, 4_000), late]);
  expect(store.newestReadings(100)).toEqual(readings);
  store.close();
});

test("runs in one file do not see each other", () => {
  const first = openStore(path("c.db"), RUN);
  first.append({ postings: [posting(1)], bills: [], readings: [] }, 1000);
  first.close();
  const second = openStore(path("c.db"), { ...RUN, runId: "run-2" });
  expect(second.postingCount()).toBe(0);
  second.close();
});

test("bills come back as they were, oldest first", () => {
  const bill = (id: string, issuedAt: number): Bill => ({
    id,
    supply: "supply-01",
    issuedAt,
    dueAt: issuedAt + 1,
    fromMs: 0,
    toMs: issuedAt,
    startWh: 0,
    endWh: 1000,
    energyWh: 1000,
    isEstimated: false,
    tariff: "t",
    lines: [],
    amountMinor: minor(325),
  });
  const store = openStore(path("d.db"), RUN);
  store.append(
    { postings: [], bills: [bill("later", 20), bill("earlier", 10)], readings: [] },
    1000,
  );
  expect(store.billsOf("supply-01").map(({ id }) => id)).toEqual(["earlier", "later"]);
  expect(store.billsOf("supply-02")).toEqual([]);
  store.close();
});

test("a file that is no database, and one of a later version, are refused with what to do", () => {
  writeFileSync(
    path("text.db"),
    "this is no database, and long enough to be seen as none\n".repeat(20),
  );
  expect(() => openStore(path("text.db"), RUN)).toThrow(
    /is no database of Meterville; give another/,
  );
  openStore(path("later.db"), RUN).close();
  const database = new DatabaseSync(path("later.db"));
  database.exec("update meta set value = '3' where key = 'version'");
  database.close();
  expect(() => openStore(path("later.db"), RUN)).toThrow(/a store of version 3/);
});

test("the audit log comes back newest first, by target and by who, page by page, and only of its run", () => {
  const entry = (who: string, target: string, act: string): AuditEntry => ({
    ...{ atWallMs: 1_790_000_000_123, atSimMs: 60_000, who, role: "official", act, target },
    ...{ outcome: "done", detail: "" },
  });
  const store = openStore(path("audit.db"), RUN);
  const acts = [
    entry("asha", "supply-01", "hold-debt"),
    entry("ravi", "supply-01", "approve-disconnection"),
    entry("asha", "supply-02", "search"),
    entry("asha", "supply-01", "release-debt"),
  ];
  const ids = acts.map((act) => store.audit(act));
  expect(store.auditOf({ limit: 10 })).toEqual(
    acts.map((act, at) => ({ id: ids[at], ...act })).reverse(),
  );
  const actsOf = (query: Parameters<typeof store.auditOf>[0]) =>
    store.auditOf(query).map(({ act }) => act);
  expect(actsOf({ target: "supply-01", limit: 2 })).toEqual([
    "release-debt",
    "approve-disconnection",
  ]);
  expect(actsOf({ target: "supply-01", limit: 2, beforeId: ids[1]! })).toEqual(["hold-debt"]);
  expect(actsOf({ who: "asha", target: "supply-02", limit: 10 })).toEqual(["search"]);
  store.close();
  const other = openStore(path("audit.db"), { ...RUN, runId: "run-2" });
  expect(other.auditOf({ limit: 10 })).toEqual([]);
  other.close();
});
