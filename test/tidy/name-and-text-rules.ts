// Names of files, forms of exports and tests, and what no tracked text may contain.

import { nodeRule, pathRule, type Rule, textRule } from "./rule.ts";
import type { SyntaxNode } from "./source-file.ts";

const EMPTY_WORDS = new Set(
  "utils util helpers helper common misc manager managers types".split(" "),
);
const NAMED_BY_US = /\.(ts|tsx|mts|mjs|js|css|html|yaml|yml|cpp|h|ino)$/;
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const barrels = pathRule("no index.ts gathers exports", (path) =>
  /(^|\/)index\.(ts|tsx|mts|mjs|js)$/.test(path)
    ? "is a barrel; import from the file that defines the name, and name this one after what it holds"
    : undefined,
);

const kebab = pathRule("files are named in kebab-case", (path) => {
  if (!NAMED_BY_US.test(path)) return undefined;
  const parts = path.split("/").flatMap((part) => part.replace(/^\./, "").split("."));
  const wrong = parts.find((part) => !KEBAB.test(part));
  return wrong === undefined ? undefined : `has "${wrong}" in its name; write it in kebab-case`;
});

const emptyNames = pathRule("files are named after what they hold", (path) => {
  if (!NAMED_BY_US.test(path)) return undefined;
  const wrong = path.split(/[/.-]/).find((word) => EMPTY_WORDS.has(word));
  return wrong === undefined
    ? undefined
    : `has "${wrong}" in its name, which says nothing; name it after what it holds`;
});

const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(path);
const isConfiguration = (path: string): boolean => /\.config\.ts$/.test(path);

const defaultExports = nodeRule(
  "exports have names",
  (path) => isCode(path) && !isConfiguration(path),
  (node) => {
    const isDefault =
      node.type === "ExportDefaultDeclaration" ||
      (node.type === "ExportSpecifier" && node["exported"].name === "default");
    return isDefault ? "exports a default; export it by its name" : undefined;
  },
);

const isTest = (path: string): boolean =>
  /\.(test|spec)\.tsx?$/.test(path) || path.startsWith("test/");
const TEST_WORDS = new Set(["test", "it", "describe", "suite"]);

const skippedTests = nodeRule("no test is switched off or singled out", isTest, (node, file) => {
  if (node.type !== "MemberExpression" || node["computed"]) return undefined;
  const name: string = node["property"].name;
  if (!TEST_WORDS.has(wordAtTheLeft(node))) return undefined;
  if (name === "only")
    return "singles a test out; run it with `vitest run <file> -t <name>` instead";
  if (!/^(skip|skipIf|runIf|fixme)$/.test(name)) return undefined;
  const call = file.parentOf.get(node);
  // Inside a browser test, test.skip(condition, reason) is how a reason is given.
  const [first, reason] = call?.type === "CallExpression" ? call["arguments"] : [];
  const isReasoned =
    /\.spec\.tsx?$/.test(file.path) &&
    first?.type !== "Literal" &&
    /Literal$/.test(reason?.type ?? "");
  if (isReasoned) return undefined;
  return `switches a test off with ${name}; write test.todo("…"), or skip inside the test with a reason: ctx.skip(condition, "missing …")`;
});

function wordAtTheLeft(node: SyntaxNode): string {
  let left: SyntaxNode = node["object"];
  while (left.type === "MemberExpression" || left.type === "CallExpression") {
    left = left.type === "MemberExpression" ? left["object"] : left["callee"];
  }
  return left["name"] ?? "";
}

const isText = (path: string): boolean => !/\.(lock|png|jpg|woff2|mcap|zst)$/.test(path);

const machinePaths = textRule(
  "no text names a path of one machine",
  (path) => isText(path) && path !== "package-lock.json",
  /(?<![\w.~\-/:])\/(?:home|Users|root|work)\/[\w.-]+|\b[A-Z]:\\\\?Users\b/g,
  (match) =>
    `names ${match}, a path of one machine; write it from the checkout's root, or take it from an option`,
);

const registries = textRule(
  "no text names a package registry",
  isText,
  /\bregistry\.[a-z0-9-]+\.[a-z]{2,}|\bnpm\.pkg\.[a-z]+\.com/g,
  (match) => `names ${match}; leave the registry to the configuration of npm`,
);

const lockWithoutHosts = textRule(
  "package-lock.json names no host",
  (path) => path === "package-lock.json",
  /"resolved": "http[^"]*"/g,
  () =>
    "has a resolved address; run `npm install` with the checkout's .npmrc, which leaves addresses out",
);

export const NAME_AND_TEXT_RULES: readonly Rule[] = [
  barrels,
  kebab,
  emptyNames,
  defaultExports,
  skippedTests,
  machinePaths,
  registries,
  lockWithoutHosts,
];
