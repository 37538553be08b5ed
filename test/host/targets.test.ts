import { linkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkTargets, checkWritable, makeFolder } from "../../sim/host/targets.ts";
import { temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const path = (name: string): string => join(folder.path, name);
const out = (name: string) => ({ option: "--out", path: name, kind: "recording" }) as const;

test("one file under two names is one file", () => {
  writeFileSync(path("a.yaml"), "meterville: 1\n");
  linkSync(path("a.yaml"), path("b.mcap"));
  const source = { option: "the scenario", path: path("a.yaml") };
  expect(() => checkTargets([out(path("b.mcap"))], [source])).toThrow("that is the scenario too");
});

test("what is no file may be named twice, and an empty file is anybody's", () => {
  const junit = { option: "--junit", path: "/dev/null", kind: "xml" } as const;
  checkTargets([out("/dev/null"), junit]);
  writeFileSync(path("empty"), "");
  checkTargets([out(path("empty"))]);
});

test("whether a file can be written is found out without making it", () => {
  checkWritable({ option: "--junit", path: path("new.xml") });
  expect(statSync(path("new.xml"), { throwIfNoEntry: false })).toBeUndefined();
  expect(() => checkWritable({ option: "--junit", path: folder.path })).toThrow(
    /^--junit \S+: cannot be written: it is a folder; give a file$/,
  );
});

test("a folder is made with those above it, and where none can be that is said at once", () => {
  makeFolder(path("x/y/z"));
  expect(statSync(path("x/y/z")).isDirectory()).toBe(true);
  expect(() => makeFolder("/proc/nowhere/at/all")).toThrow(/ENOENT/);
  expect(() => makeFolder(path("a.yaml/below"))).toThrow(/ENOTDIR|EEXIST/);
});
