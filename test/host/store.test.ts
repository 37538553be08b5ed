import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { openStore } from "../../sim/host/store.ts";
import { describeStore, RUN } from "../contract/store.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const path = (name: string): string => join(folder.path, name);

describe("in a file of SQLite", () => {
  let files = 0;
  describeStore(() => {
    const url = path(`contract-${++files}.db`);
    const execute = (sql: string): void => {
      const database = new DatabaseSync(url);
      database.exec(sql);
      database.close();
    };
    const lock = () => {
      const other = new DatabaseSync(url);
      other.exec("begin immediate");
      return () => other.close();
    };
    return { url, execute, lock };
  });
});

test("a file that is no database, and one of another program, are refused with what to do", () => {
  writeFileSync(
    path("text.db"),
    "this is no database, and long enough to be seen as none\n".repeat(20),
  );
  expect(() => openStore(path("text.db"), RUN)).toThrow(
    /is no database of Meterville; give another/,
  );
  const database = new DatabaseSync(path("theirs.db"));
  database.exec("create table theirs (a)");
  database.close();
  expect(() => openStore(path("theirs.db"), RUN)).toThrow(
    /is a database of another program; give another file/,
  );
});
