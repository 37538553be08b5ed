// How SQLite answers what a store asks: by an index, for each question of the store and for each statement of a step.

import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { AuditEntry } from "../../sim/contract/audit.ts";
import { openStore, type Store } from "../../sim/host/store.ts";
import { bill, posting, RUN, reading, step } from "../contract/store.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
const path = join(folder.path, "plans.db");
let store: Store;
/** Everything that was ever prepared, in the order of asking. */
const asked: string[] = [];

beforeAll(() => {
  const { prepare } = DatabaseSync.prototype;
  vi.spyOn(DatabaseSync.prototype, "prepare").mockImplementation(function (
    this: DatabaseSync,
    ...args: Parameters<typeof prepare>
  ) {
    asked.push(args[0]);
    return prepare.apply(this, args);
  });
  store = openStore(path, RUN);
});
afterAll(() => {
  vi.restoreAllMocks();
  store.close();
  folder.remove();
});

const page = { limit: 10 };
const entry: AuditEntry = {
  ...{ atWallMs: 1, atSimMs: 1, who: "a", role: "r", act: "t", target: "s" },
  ...{ outcome: "done", detail: "" },
};

/** One call of each method that asks the database, with every way of asking it. */
const CALLS: Readonly<Record<Exclude<keyof Store, "path" | "sync" | "close">, (() => void)[]>> = {
  append: [
    () => {
      const record = step({
        postings: [posting(1)],
        bills: [bill("b", 1)],
        readings: [reading("s", 1, 1)],
      });
      store.append(record, 1000);
      // Once more: what is there is compared.
      store.append(record, 1000);
    },
    () =>
      expect(() =>
        store.append(step({ postings: [posting(2, { eventId: "event-1" })] }), 2000),
      ).toThrow(/is kept as/),
  ],
  mark: [() => store.mark(3000)],
  markedMs: [() => store.markedMs()],
  audit: [() => store.audit(entry)],
  auditOf: [
    () => store.auditOf(page),
    () => store.auditOf({ ...page, beforeId: 5 }),
    () => store.auditOf({ ...page, who: "a" }),
    () => store.auditOf({ ...page, target: "s", beforeId: 5 }),
    () => store.auditOf({ ...page, target: "s", who: "a" }),
  ],
  postingCount: [() => store.postingCount()],
  lastSequence: [() => store.lastSequence()],
  newestReadings: [() => store.newestReadings(10)],
  registersOf: [() => store.registersOf("s", 0)],
  registersAt: [() => store.registersAt("s", [1]), () => store.registersAt("s", [1, 2, 3])],
  registerSpan: [() => store.registerSpan("s", 9)],
  readingsOf: [() => store.readingsOf("s", { fromMs: 0, untilMs: 9, limit: 10 })],
  billsOf: [() => store.billsOf("s")],
  billById: [() => store.billById("b")],
  billPage: [
    () => store.billPage("s", page),
    () => store.billPage("s", { ...page, before: { issuedAt: 9, id: "b" } }),
  ],
  billTextPage: [() => store.billTextPage("s", page)],
  postingsOf: [() => store.postingsOf("bank", page)],
  postingsAfter: [() => store.postingsAfter(1, 10)],
  balanceMinor: [() => store.balanceMinor("bank")],
  trialBalance: [() => store.trialBalance()],
};

/** The lines of a plan in which a table is read from end to end, or sorted as a whole. */
function costlyIn(sql: string): readonly string[] {
  const database = new DatabaseSync(path);
  try {
    const plan = database.prepare(`explain query plan ${sql}`);
    return plan
      .all(...Array(sql.split("?").length - 1).fill(1))
      .map(({ detail }) => String(detail))
      .filter((detail) => /^SCAN|TEMP B-TREE/.test(detail));
  } finally {
    database.close();
  }
}

test("what opening a store asks is answered by an index", () => {
  const ours = asked.filter((sql) => !/sqlite_schema/.test(sql));
  expect(ours.length).toBeGreaterThan(3);
  for (const sql of ours) expect(costlyIn(sql), sql).toEqual([]);
});

for (const [method, calls] of Object.entries(CALLS)) {
  test(`${method} is answered by an index`, () => {
    for (const call of calls) {
      store.close();
      store = openStore(path, RUN);
      const before = asked.length;
      call();
      const own = asked.slice(before);
      expect(own.length, "it asks the database").toBeGreaterThan(0);
      for (const sql of own) expect(costlyIn(sql), sql).toEqual([]);
    }
  });
}

test("the postings of an account are found by the account, not by walking back through the run", () => {
  const before = asked.length;
  store.postingsOf("receivable/s", { limit: 7 });
  const own = asked.slice(before).filter((sql) => /limit/.test(sql));
  const database = new DatabaseSync(path);
  for (const sql of [...new Set(own)]) {
    const plan = database.prepare(`explain query plan ${sql}`);
    const details = plan.all(...Array(sql.split("?").length - 1).fill(1));
    expect(details.map(({ detail }) => String(detail)).join(), sql).toMatch(
      /COVERING INDEX postings_by_(debit|credit) \(run=\? AND (debit|credit)=\? AND sequence<\?\)/,
    );
  }
  database.close();
  expect(own).toHaveLength(2);
});

test("a question that no index answers would be seen here", () => {
  expect(costlyIn("select * from postings where reason = ?")).toHaveLength(1);
  expect(costlyIn("select * from bills where run = ? order by amount_minor")).toHaveLength(1);
});
