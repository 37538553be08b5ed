import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import type { Bill, Posting } from "../../sim/contract/billing.ts";
import { minor } from "../../sim/core/money.ts";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { openStore } from "../../sim/host/store.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const path = (name: string): string => join(folder.path, name);

const posting = (sequence: number, rest: Partial<Posting>): Posting => ({
  version: 1,
  sequence,
  at: sequence * 1000,
  eventId: `event-${sequence}`,
  debit: "bank",
  credit: "receivable/supply-01",
  amountMinor: minor(500),
  reason: "test",
  ...rest,
});
const line = (eventId: string, amount: number, credit: string): Partial<Posting> => ({
  eventId,
  debit: "receivable/supply-01",
  credit,
  amountMinor: minor(amount),
});
const POSTINGS = [
  posting(1, line("bill/supply-01/2026-01/1", 700, "revenue/energy")),
  posting(2, line("bill/supply-01/2026-01/2", 50, "duty")),
  // A correction in the customer's favour.
  posting(3, {
    eventId: "bill/supply-01/2026-01/3",
    debit: "revenue/energy",
    amountMinor: minor(20),
  }),
  posting(4, { eventId: "payment/hand/1" }),
];
const BILL = {
  id: "supply-01/2026-01",
  supply: "supply-01",
  issuedAt: 1000,
  amountMinor: minor(730),
  lines: [{ amountMinor: 700 }, { amountMinor: 50 }, { amountMinor: -20 }],
} as unknown as Bill;

/** A store with two runs of the same postings, and one statement that spoils it. */
function store(name: string, spoil = ""): string {
  for (const runId of ["run-1", "run-2"]) {
    const kept = openStore(path(name), { runId, scenario: "s", seed: 1 });
    kept.append({ postings: POSTINGS, bills: [BILL], readings: [] }, 1000);
    kept.close();
  }
  const database = new DatabaseSync(path(name));
  database.exec(spoil);
  database.close();
  return path(name);
}

test("a ledger that holds is counted and sums to zero", () => {
  expect(checkLedger(store("whole.db"))).toEqual({
    postings: 8,
    accounts: 8,
    balanceMinor: 0,
    ok: true,
    runs: 2,
    bills: 2,
    problem: null,
  });
});

test.for([
  ["a posting that is missing", "delete from postings where sequence = 2", /posting 2 is missing/],
  [
    "the first one missing",
    "delete from postings where sequence = 1 and run = 2",
    /run run-2, posting 2: posting 1 is missing/,
  ],
  // It was said to hold.
  [
    "the last one missing",
    "delete from postings where sequence = 4 and run = 2",
    /run run-2: 4 postings were written, the last as 4; 3 are there, the last is 3/,
  ],
  [
    "all of a run missing",
    "delete from postings where run = 2; delete from bills where run = 2",
    /run run-2: 4 postings were written, the last as 4; 0 are there, the last is 0/,
  ],
  [
    "a reason that was changed",
    "update postings set reason = 'theirs' where sequence = 4",
    /its postings are not those that were written/,
  ],
  [
    "a bill that cannot be read",
    "update bills set body = '{'",
    /bill supply-01\/2026-01: it cannot be read/,
  ],
  [
    "an event that posted twice",
    "drop index postings_by_event; update postings set event_id = 'payment/hand/1' where sequence = 3",
    /posting 4: payment\/hand\/1 has been posted before/,
  ],
  [
    "an amount that was changed",
    "update postings set amount_minor = 701 where sequence = 1",
    /it asks for 730, its postings for 731/,
  ],
  [
    "an amount of nothing",
    "update postings set amount_minor = 0 where sequence = 4",
    /above 0, not 0/,
  ],
  [
    "amounts that add up to more than can be",
    "update postings set amount_minor = 9007199254740991",
    /beyond what a ledger may hold/,
  ],
  [
    "time that goes back",
    "update postings set at_ms = 1 where sequence = 3",
    /older than the one before/,
  ],
  [
    "one account on both sides",
    "update postings set credit = 'bank' where sequence = 4",
    /debit and credit are both bank/,
  ],
  [
    "a bill that was changed",
    "update bills set amount_minor = 800",
    /it asks for 800, its lines for 730/,
  ],
  [
    "a bill that is missing",
    "delete from bills where run = 1",
    /run run-1: there are postings of bill supply-01\/2026-01, but no such bill/,
  ],
] as const)("%s is the first problem in words", ([what, spoil, problem]) => {
  const verdict = checkLedger(store(`${what}.db`, spoil));
  expect(verdict.ok).toBe(false);
  expect(verdict.problem).toMatch(problem);
});

test("bytes that were overwritten in the file are a problem in words", () => {
  const file = store("bytes.db");
  const bytes = readFileSync(file);
  const at = bytes.lastIndexOf("receivable/supply-01");
  bytes.fill(0xff, at - 400, at + 400);
  writeFileSync(file, bytes);
  const { ok, problem } = checkLedger(file);
  expect(ok).toBe(false);
  expect(problem).toMatch(/^the file is damaged: /);
});

test("a store that is only read has no other files beside it afterwards", () => {
  const file = store("alone.db");
  expect(checkLedger(file).ok).toBe(true);
  expect(readdirSync(folder.path).filter((name) => name.startsWith("alone"))).toEqual(["alone.db"]);
});

test("a file that is no store, and one that is not there, are refused", () => {
  expect(() => checkLedger(path("nothing.db"))).toThrow(/there is no store/);
  const other = new DatabaseSync(path("other.db"));
  other.exec("create table theirs (a)");
  other.close();
  expect(() => checkLedger(path("other.db"))).toThrow(/is a database of another program/);
});
