// The tree that the rules are held against: what git tracks or would track.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Rule, Tree } from "./rule.ts";
import { type Problem, sourceFile } from "./source-file.ts";

const ROOT = resolve(import.meta.dirname, "../..");
/** Larger ones are data. */
const FILE_BYTES_MAX = 1_000_000;

/** Reads and parses every file once. */
export function treeOfCheckout(): Tree {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  const paths = [...new Set(list.split("\0"))].filter((path) => path !== "").sort();
  const files = paths.flatMap((path) => {
    const place = join(ROOT, path);
    if (!existsSync(place) || !statSync(place).isFile()) return [];
    const bytes = statSync(place).size > FILE_BYTES_MAX ? Buffer.alloc(0) : readFileSync(place);
    return [sourceFile(path, bytes.includes(0) ? "" : bytes.toString("utf8"))];
  });
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  return { files, packages: packagesIn(manifest) };
}

/** Names that package.json lists, of every kind of dependency. */
function packagesIn(manifest: {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}): ReadonlySet<string> {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return new Set(Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }));
}

/** What a rule finds in the whole tree. */
export function problemsIn(tree: Tree, rule: Rule): readonly Problem[] {
  return tree.files.flatMap((file) => rule.check(file, tree));
}
