import { expect, test } from "vitest";
import { passwordOf, storePlace } from "../../sim/host/store/store-url.ts";

test("a store is named by a path, sqlite:path, or a URL of PostgreSQL", () => {
  const fileOf = (text: string) => {
    const place = storePlace(text);
    return place.kind === "sqlite" ? place.path : place.kind;
  };
  expect(fileOf("a/b.db")).toBe("a/b.db");
  expect(fileOf("sqlite:a/b.db")).toBe("a/b.db");
  expect(fileOf("sqlite:///tmp/b.db")).toBe("/tmp/b.db");
  expect(fileOf("postgres://me@host/db")).toBe("postgres");
  expect(fileOf("PostgreSQL://me@host/db")).toBe("postgres");
  for (const text of ["mysql://host/db", "mysql://me:secret@host/db", "sqlite:"]) {
    expect(() => storePlace(text), text).toThrow(/a path, sqlite:PATH or postgres:/);
    expect(() => storePlace(text), text).not.toThrow(/secret/);
  }
});

test.for([
  ["postgres://me:secret@host:5433/db", "postgres://me@host:5433/db", "secret"],
  ["postgres://me:s%2Fecret@host/db?password=secret&a=1", "postgres://me@host/db?a=1", "s/ecret"],
  ["postgres:///db?host=/tmp/socket&user=me", "postgres:///db?host=/tmp/socket&user=me"],
  ["postgres://me@host/db?password=secret", "postgres://me@host/db", "secret"],
  ["postgres://me:secret@%2Ftmp%2Fsocket/db", "postgres://me@%2Ftmp%2Fsocket/db", "secret"],
  ["postgres://me:secret@ho st/db", "postgres://…@ho st/db"],
] as const)("%s is shown as %s", ([url, shown, password]) => {
  expect(storePlace(url).shown).toBe(shown);
  expect(passwordOf(url)).toBe(password);
});
