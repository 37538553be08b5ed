// A store that version 1 of the program wrote, carried forward.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { openStore } from "../../sim/host/store.ts";
import { bill, posting, RUN, reading, step } from "../contract/store.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** As version 1 made it. */
const SCHEMA_1 = `
create table if not exists meta (key text primary key, value text not null) strict;
create table if not exists runs (run_id text primary key, scenario text not null, seed integer not null) strict;
create table if not exists postings (
  run_id text not null, sequence integer not null, at_ms integer not null, event_id text not null,
  debit text not null, credit text not null, amount_minor integer not null, reason text not null,
  primary key (run_id, sequence)) strict;
create table if not exists bills (
  run_id text not null, id text not null, supply text not null, issued_at_ms integer not null,
  amount_minor integer not null, body text not null, primary key (run_id, id)) strict;
create table if not exists readings (
  run_id text not null, supply text not null, sequence integer not null, measured_at_ms integer not null,
  received_at_ms integer not null, import_wh integer not null, voltage_v real not null,
  primary key (run_id, supply, sequence)) strict, without rowid;
create table if not exists progress (run_id text primary key, sim_ms integer not null) strict;
`;
/** SHA-256 of version 1's tally over both postings, computed by version 1. */
const TALLY_SHA256 = "4791e91fa2a8762fbf76645971e8c06613582bb07c1fb7eeaf6605f99b602704";
const BILL = { ...bill("supply-01/2026-01", 2000), amountMinor: 325 };
const ROWS_1 = `
insert into meta values ('version', '1');
insert into runs values ('run-0', 'three-lanes', 7), ('run-1', 'first-street', 1);
insert into postings values
  ('run-0', 1, 1000, 'event-1', 'bank', 'receivable/supply-09', 9, 'payment'),
  ('run-1', 1, 1000, 'bill/supply-01/2026-01/1', 'receivable/supply-01', 'revenue/energy', 325, 'energy'),
  ('run-1', 2, 2000, 'event-2', 'bank', 'receivable/supply-01', 500, 'payment');
insert into bills values ('run-1', 'supply-01/2026-01', 'supply-01', 2000, 325, '${JSON.stringify({ ...BILL, lines: [{ amountMinor: 325 }] })}');
insert into readings values ('run-1', 'supply-01', 1, 1000, 1500, 17, 231.73), ('run-0', 'supply-01', 1, 1, 2, 3, 4.5);
insert into progress values ('run-1', 120000);
insert into meta values ('tally/run-1', '{"postings":2,"last":2,"sha256":"${TALLY_SHA256}"}');
`;

function storeOfVersion1(name: string): string {
  const path = join(folder.path, name);
  const database = new DatabaseSync(path);
  database.exec(SCHEMA_1 + ROWS_1);
  database.close();
  return path;
}

const POSTINGS = [
  posting(2, { eventId: "event-2" }),
  posting(1, {
    eventId: "bill/supply-01/2026-01/1",
    debit: "receivable/supply-01",
    credit: "revenue/energy",
    amountMinor: 325 as never,
    reason: "energy",
  }),
];

/** What stands in the fixture is there, and the run goes on from it. */
function expectCarried(path: string): void {
  const store = openStore(path, RUN);
  expect(store.postingsOf("receivable/supply-01", { limit: 9 })).toEqual(POSTINGS);
  expect(store.billsOf("supply-01").map(({ id }) => id)).toEqual(["supply-01/2026-01"]);
  expect(store.newestReadings(9)).toEqual([{ ...reading("supply-01", 1, 1500) }]);
  expect(store.markedMs()).toBe(120_000);
  store.append(step({ postings: [...POSTINGS].reverse().concat(posting(3)) }), 180_000);
  expect(store.postingCount(), "what was there is known again").toBe(3);
  store.close();
  const other = openStore(path, { ...RUN, runId: "run-0" });
  expect(other.balanceMinor("receivable/supply-09")).toBe(-9);
  other.close();
  expect(checkLedger(path)).toMatchObject({ ok: true, postings: 4, runs: 2, bills: 1 });
}

test("a store of version 1 is carried to version 2 with everything in it, and goes on", () => {
  expectCarried(storeOfVersion1("carried.db"));
});

test("a store of version 1 is checked as it is, and left so", () => {
  const path = storeOfVersion1("checked.db");
  expect(checkLedger(path)).toMatchObject({ ok: true, postings: 3, runs: 2, bills: 1 });
  const database = new DatabaseSync(path);
  expect(database.prepare("select value from meta where key = 'version'").get()).toEqual({
    value: "1",
  });
  database.exec("update postings set amount_minor = 324 where run_id = 'run-1' and sequence = 1");
  database.close();
  expect(checkLedger(path).problem).toMatch(/run run-1.*asks for 325, its postings for 324/);
});

test.for([1, 8, 17, 24])(
  "a program that is killed at statement %i of carrying leaves the old store, and the next one carries it",
  (statement) => {
    const path = storeOfVersion1(`killed-${statement}.db`);
    const writer = join(PROJECT_ROOT, "test/support/store-writer.ts");
    const env = { ...process.env, METERVILLE_KILL_AT: `migration:${statement}` };
    const { signal, stderr } = spawnSync(process.execPath, [writer, path, "0"], { env });
    expect(signal, stderr.toString()).toBe("SIGKILL");
    const database = new DatabaseSync(path);
    expect(database.prepare("select value from meta where key = 'version'").get()).toEqual({
      value: "1",
    });
    expect(database.prepare("select count(run_id) as count from postings").get()).toEqual({
      count: 3,
    });
    database.close();
    expectCarried(path);
  },
);

test("a store of version 1 in which an event posted twice is refused, and left as it is", () => {
  const path = storeOfVersion1("twice.db");
  const database = new DatabaseSync(path);
  database.exec("update postings set event_id = 'event-2' where run_id = 'run-1'");
  expect(() => openStore(path, RUN)).toThrow(
    /twice\.db: cannot be carried to version 2: .*event_id.*; meterville ledger check says what is wrong/,
  );
  expect(database.prepare("select count(run_id) as count from postings").get()).toEqual({
    count: 3,
  });
  database.close();
});
