// A store in a real PostgreSQL: what every store must do, and what only a server can do to it.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { checkLedger } from "../../sim/host/ledger-check.ts";
import { StorageError } from "../../sim/host/storage-error.ts";
import { openPostgres } from "../../sim/host/store/postgres.ts";
import { openStore } from "../../sim/host/store.ts";
import { describeStore, posting, RUN, step } from "../contract/store.ts";
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
