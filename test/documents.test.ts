// README, ARCHITECTURE and CONTRIBUTING name only what is there, and the folder table is the tree's.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { INPUT_KINDS } from "../sim/contract/input.ts";
import { OUTAGE_KINDS } from "../sim/contract/outage.ts";
import { FOLDERS } from "./tidy/folders.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOCUMENTS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"];
const text = (file: string): string => readFileSync(join(ROOT, file), "utf8");

/** Paths in backticks that begin with a folder of ours; a star or angle brackets stand for any name. */
function pathsIn(document: string): readonly string[] {
  const tops = ["sim", "web", "hil", "firmware", "scenarios", "test"];
  const quoted = [...document.matchAll(/`([\w./<>*-]+)`/g)].map(([, path]) => path!);
  const isOurs = (path: string): boolean => tops.some((top) => path.startsWith(`${top}/`));
  return [...new Set(quoted.filter(isOurs))].filter((path) => !/[*<]/.test(path));
}

describe.each(DOCUMENTS)("%s", (file) => {
  test("names only files and folders that are there", () => {
    // web/dist is made by the build.
    const missing = pathsIn(text(file)).filter(
      (path) => !existsSync(join(ROOT, path)) && !path.startsWith("web/dist"),
    );
    expect(missing).toEqual([]);
  });
});

test("the README names every kind of input and of outage", () => {
  const missing = [...INPUT_KINDS, ...OUTAGE_KINDS].filter(
    (kind) =>
      !text("README.md").includes(`\`${kind}\``) && !text("README.md").includes(`"${kind}"`),
  );
  expect(missing).toEqual([]);
});

interface Row {
  readonly folder: string;
  readonly holds: string;
  readonly mayImport: string;
}

const rows: readonly Row[] = text("ARCHITECTURE.md")
  .split("\n")
  .map((line) => /^\| `([\w/]+)`\s*\|(.*)\|(.*)\|$/.exec(line))
  .filter((match) => match !== null)
  .map(([, folder, holds, mayImport]) => ({
    folder: folder!,
    holds: holds!.trim(),
    mayImport: mayImport!.trim(),
  }));

const subfoldersOf = (folder: string): readonly string[] =>
  readdirSync(join(ROOT, folder)).filter((name) => {
    const isFolder = statSync(join(ROOT, folder, name)).isDirectory();
    return isFolder && !["dist", "dist.next", "node_modules"].includes(name);
  });

describe("ARCHITECTURE's folder table", () => {
  test("has a row for every folder of the tree, and none more", () => {
    const sim = subfoldersOf("sim").map((name) => `sim/${name}`);
    const tops = ["hil", "firmware", "web", "scenarios", "test"];
    const there = [...sim, ...tops.filter((top) => existsSync(join(ROOT, top)))];
    expect(rows.map(({ folder }) => folder).sort()).toEqual([...there].sort());
  });

  test.each(["sim/plant", "sim/utility", "sim/engine", "sim/host", "web"])(
    "names every folder inside %s",
    (folder) => {
      const { holds } = rows.find((row) => row.folder === folder)!;
      expect(subfoldersOf(folder).filter((name) => !holds.includes(`\`${name}/\``))).toEqual([]);
    },
  );

  test("names only folders that are there", () => {
    const missing = rows.flatMap(({ folder, holds }) =>
      [...holds.matchAll(/`([\w-]+)\/`/g)]
        .map(([, name]) => `${folder}/${name}`)
        .filter((path) => !existsSync(join(ROOT, path))),
    );
    expect(missing).toEqual([]);
  });

  test.each(FOLDERS.filter(({ path }) => rows.some(({ folder }) => folder === path)))(
    "says what $path may import",
    ({ path, mayImport }) => {
      const { mayImport: said } = rows.find(({ folder }) => folder === path)!;
      const short = mayImport.map((name) => name.replace("sim/", ""));
      const sentences: Readonly<Record<string, string>> = {
        "sim/host": "all of sim, hil",
        test: "everything",
      };
      expect(said).toBe(sentences[path] ?? (short.length === 0 ? "nothing" : short.join(", ")));
    },
  );
});
