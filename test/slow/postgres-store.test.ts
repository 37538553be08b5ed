// A store in a real PostgreSQL: what every store must do, and what only a server can do to it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { StorageError } from "../../sim/host/storage-error.ts";
import { auditTable } from "../../sim/host/store/audit-log.ts";
import type { SqlDatabase, Statement } from "../../sim/host/store/database.ts";
import { recordInserts } from "../../sim/host/store/inserts.ts";
import { type Pages, pagesOf } from "../../sim/host/store/pages.ts";
import { openPostgres } from "../../sim/host/store/postgres.ts";
import { queriesFor } from "../../sim/host/store/tables.ts";
import { openStore, type Store } from "../../sim/host/store.ts";
import { bill, describeStore, posting, RUN, reading, step } from "../contract/store.ts";
import {
  hasPostgres,
  MISSING_POSTGRES,
  type PostgresServer,
  startPostgres,
} from "../support/postgres.ts";

let server: PostgresServer;
beforeAll(() => {
  if (hasPostgres) server = startPostgres();
});
afterAll(() => server?.remove());

beforeEach((ctx) => ctx.skip(!hasPostgres, MISSING_POSTGRES));

const SUPPLIES = 1_000;
const MONTHS = 12;
const ownPosting = (sequence: number) => {
  const account = `receivable/supply-${sequence % SUPPLIES}`;
  return sequence % 2 === 0 ? { credit: account } : { debit: account, credit: "revenue/energy" };
};

/** A year of bills and postings of a thousand customers, a day of readings of each, and lines of the audit log. */
function fillTables(store: Store): void {
  for (let month = 1; month <= MONTHS; month++) {
    const numbers = Array.from(
      { length: 2 * SUPPLIES },
      (_, at) => 2 * SUPPLIES * (month - 1) + at + 1,
    );
    const supplies = Array.from({ length: SUPPLIES }, (_, at) => `supply-${at}`);
    const record = {
      postings: numbers.map((sequence) => posting(sequence, ownPosting(sequence))),
      bills: supplies.map((supply) => bill(`${supply}/${month}`, month, supply)),
      readings: supplies.flatMap((supply) =>
        [0, 1, 2, 3].map((nth) => reading(supply, 4 * month - 3 + nth, 4 * month - 3 + nth)),
      ),
    };
    store.append(record, month);
    const entry = {
      atWallMs: 1,
      atSimMs: month,
      role: "official",
      outcome: "done",
      detail: "",
    } as const;
    for (let nth = 0; nth < 100; nth++) {
      store.audit({ ...entry, who: `official-${nth}`, act: "trip", target: `supply-${nth}` });
    }
  }
}

/** Each question of a page, as the pages ask it. */
function askAll(pages: Pages): void {
  const [supply, page] = ["supply-7", { limit: 50 }];
  pages.newestReadings(100);
  pages.registersOf(supply, 20_000);
  pages.registersAt(supply, [1_000, 5_000, 9_000]);
  pages.registerSpan(supply, 9_000);
  pages.readingsOf(supply, { fromMs: 0, untilMs: 9_000, limit: 100 });
  pages.billsOf(supply);
  pages.billById(`${supply}/3`);
  pages.billPage(supply, page);
  pages.billPage(supply, { ...page, before: { issuedAt: 9, id: `${supply}/9` } });
  pages.postingsOf(`receivable/${supply}`, page);
  pages.postingsOf(`receivable/${supply}`, { ...page, beforeSequence: 9_000 });
  pages.postingsAfter(500, 100);
  pages.balanceMinor(`receivable/${supply}`);
}

describe("in a database of PostgreSQL", () => {
  describeStore(() => {
    const url = server.createDatabase();
    const lock = () => {
      const other = openPostgres(url, "other");
      other.execute("begin; lock table meterville.postings, meterville.progress in exclusive mode");
      return () => other.close();
    };
    const execute = (sql: string): void => {
      server.query(url, `set search_path = meterville; ${sql}`);
    };
    return { url, execute, lock };
  });

  test("other tables of the database are left alone, and are no reason to refuse it", () => {
    const url = server.createDatabase();
    server.query(url, "create table postings (theirs text); insert into postings values ('a')");
    const store = openStore(url, RUN);
    store.append(step({ postings: [posting(1)] }), 1000);
    store.close();
    expect(server.query(url, "select * from public.postings")).toBe("a");
    expect(server.query(url, "select count(*) from meterville.postings")).toBe("1");
  });

  test("in a filled table no question of a page, and no line of a step, reads a table from end to end", () => {
    const url = server.createDatabase();
    for (const runId of ["run-1", "run-2"]) {
      const store = openStore(url, { ...RUN, runId });
      fillTables(store);
      store.close();
    }
    const database = openPostgres(url, "plans");
    database.execute("analyze");
    const asked: Statement[] = [];
    const noting: SqlDatabase = {
      ...database,
      all: (statement) => {
        asked.push(statement);
        return database.all(statement);
      },
      run: (statement) => {
        asked.push(statement);
        return database.run(statement);
      },
    };
    const queries = queriesFor("postgres");
    askAll(pagesOf(noting, queries, 2));
    const log = auditTable(noting, queries, "run-2");
    const page = { limit: 10 };
    for (const more of [{}, { who: "Rao" }, { target: "supply-7" }, { beforeId: 500 }]) {
      log.read({ ...page, ...more });
    }
    const insert = recordInserts(noting, queries, { row: 2, runId: "run-2" });
    // What is there already: it is looked up and compared.
    database.transaction(() => {
      insert.postings([posting(1, ownPosting(1))]);
      insert.bills([bill("supply-1/1", 1, "supply-1")]);
      insert.readings([reading("supply-1", 1, 1)]);
    });
    const plan = ({ sql, parameters }: Statement): string =>
      JSON.stringify(database.all({ sql: `explain (format json) ${sql}`, parameters }));
    expect(asked.length).toBeGreaterThan(20);
    for (const statement of asked) {
      expect(plan(statement), statement.sql).not.toContain('"Node Type":"Seq Scan"');
    }
    const unindexed = { sql: "select * from postings where reason = $1", parameters: ["gone"] };
    expect(plan(unindexed), "one would be seen").toContain('"Node Type":"Seq Scan"');
    database.close();
  });

  test("a server that goes away in the middle loses nothing: the same step goes in when it is back", () => {
    const url = server.createDatabase();
    const store = openStore(url, RUN);
    store.append(step({ postings: [posting(1)] }), 1000);
    server.stop("immediate");
    const next = step({ postings: [posting(2)] });
    expect(() => store.append(next, 2000)).toThrow(StorageError);
    expect(() => store.mark(2000)).toThrow(
      /the ledger postgres:.* (cannot be reached|has stopped)/,
    );
    server.start();
    store.append(next, 2000);
    expect(store.postingCount()).toBe(2);
    expect(store.markedMs()).toBe(2000);
    store.close();
    expect(checkLedger(url)).toMatchObject({ ok: true, postings: 2 });
  });

  test("a connection that the server ends in the middle of a step takes the whole step with it", () => {
    const url = server.createDatabase();
    const store = openStore(url, RUN);
    // The server ends whoever inserts posting 3.
    server.query(
      url,
      `create function meterville.ends() returns trigger language plpgsql as
         $$ begin perform pg_terminate_backend(pg_backend_pid()); return new; end $$;
       create trigger ends before insert on meterville.postings
         for each row when (new.sequence = 3) execute function meterville.ends()`,
    );
    store.append(step({ postings: [posting(1)] }), 1000);
    const next = step({ postings: [posting(2), posting(3)] });
    expect(() => store.append(next, 2000)).toThrow(StorageError);
    expect(store.postingCount()).toBe(1);
    server.query(url, "drop trigger ends on meterville.postings");
    store.append(next, 2000);
    expect(store.postingCount()).toBe(3);
    store.close();
    expect(checkLedger(url)).toMatchObject({ ok: true, postings: 3 });
  });

  test("what is wrong with a place is said without its password", () => {
    const url = server.createDatabase();
    const { host } = new URL(url);
    const wrong = `postgres://meterville:secret@${host}/nowhere`;
    expect(() => openStore(wrong, RUN)).toThrow(/postgres:\/\/meterville@.*nowhere: is not there/);
    expect(() => openStore(wrong, RUN)).not.toThrow(/secret/);
    const unreachable = "postgres://me:secret@127.0.0.1:1/db";
    expect(() => checkLedger(unreachable)).toThrow(
      /postgres:\/\/me@127\.0\.0\.1:1\/db: cannot be reached .*; start the server/,
    );
    expect(() => checkLedger(url), "a database without a store").toThrow(
      /there is no store of Meterville in it/,
    );
  });

  test("a posting that was changed, or one that is gone, is found on a server too", () => {
    const url = server.createDatabase();
    const store = openStore(url, RUN);
    store.append(step({ postings: [posting(1), posting(2), posting(3)] }), 1000);
    store.close();
    server.query(url, "update meterville.postings set reason = 'theirs' where sequence = 2");
    expect(checkLedger(url).problem).toMatch(/its postings are not those that were written/);
    server.query(url, "delete from meterville.postings where sequence = 3");
    expect(checkLedger(url).problem).toMatch(/3 postings were written, the last as 3; 2 are there/);
  });
});
