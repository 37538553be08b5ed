// Who may import whom, and with which packages.

import { posix } from "node:path";
import { type Folder, folderOf, type PackageLeave } from "./folders.ts";
import { nodeRule, type Rule } from "./rule.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";

const isCode = (path: string): boolean => /\.(ts|tsx|mts|mjs|js)$/.test(path);

/** What a node imports, as written: import, export from, import(), a type's import and a worker's URL. */
function specifierOf(node: SyntaxNode): string | undefined {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      return node["source"]?.value;
    case "NewExpression": {
      const [first, base] = node["arguments"];
      const isUrl = node["callee"].name === "URL" && base?.type === "MemberExpression";
      return isUrl && base.object.type === "MetaProperty" ? first.value : undefined;
    }
    default:
      return undefined;
  }
}

const isRelative = (specifier: string): boolean => /^\.{1,2}(\/|$)/.test(specifier);
const isNode = (specifier: string): boolean => specifier.startsWith("node:");

/** Where a relative import leads, from the root of the checkout; folders without their last slash. */
function targetOf(file: SourceFile, specifier: string): string {
  return posix.join(posix.dirname(file.path), specifier).replace(/\/$/, "");
}

/** `@scope/name/deep/file` → `@scope/name`; a query (`?raw`) belongs to no name. */
function packageOf(specifier: string): string {
  const parts = specifier.replace(/\?.*$/, "").split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

const importsOfFolders = nodeRule(
  "a folder imports only what its row of the table allows",
  isCode,
  (node, file) => {
    const specifier = specifierOf(node);
    const from = folderOf(file.path);
    if (specifier === undefined || !isRelative(specifier) || from === undefined) return undefined;
    const target = targetOf(file, specifier);
    if (target.startsWith(".."))
      return `imports ${specifier}; nothing outside the checkout is code of ours`;
    const to = folderOf(target);
    if (to === undefined) {
      if (from.node) return undefined;
      return `${from.path} imports ${target}; move what it needs into a folder that it may import (${listed(from.mayImport)})`;
    }
    if (to === from || from.mayImport.includes(to.path)) return undefined;
    if (to.path === "sim/host/bootstrap" && isWithinHost(from)) return undefined;
    return `${from.path} imports ${to.path}; it may import ${listed(from.mayImport)}: ${wayOut(from, to)}`;
  },
);

const isWithinHost = (folder: Folder): boolean => folder.path === "sim/host";

const listed = (paths: readonly string[]): string =>
  paths.length === 0 ? "nothing" : paths.join(", ");

function wayOut(from: Folder, to: Folder): string {
  const sides = [from.path, to.path];
  if (sides.includes("sim/plant") && sides.includes("sim/utility")) {
    return "truth and belief meet only in a message of sim/contract, carried by sim/comms";
  }
  if (to.path === "sim/host") return "hand in what the shell knows as an argument";
  if (to.path === "sim/engine")
    return "let the engine call it, or put what both need into sim/contract";
  if (from.path === "sim/host/bootstrap") return "it runs before the install, so it stands alone";
  return "put what both need into sim/contract or sim/core";
}

const siblings = nodeRule(
  "siblings inside plant and inside utility share only their state.ts",
  isCode,
  (node, file) => {
    const specifier = specifierOf(node);
    const folder = folderOf(file.path);
    if (specifier === undefined || !isRelative(specifier)) return undefined;
    if (folder?.shared === undefined) return undefined;
    const target = targetOf(file, specifier);
    if (folderOf(target) !== folder || folder.shared.includes(target)) return undefined;
    const own = partOf(file.path, folder);
    const other = partOf(target, folder);
    if (own === undefined || own === other) return undefined;
    return `${folder.path}/${own} imports ${target}; siblings share only ${folder.shared.join(", ")}: put the type there, or let sim/engine/phases/ hand the value over`;
  },
);

/** The subfolder of `folder` that a path lies in; undefined for files at its top. */
function partOf(path: string, folder: Folder): string | undefined {
  const rest = path.slice(folder.path.length + 1).split("/");
  return rest.length > 1 ? rest[0] : undefined;
}

const packagesOfFolders = nodeRule(
  "a folder uses only the packages in its row of the table",
  isCode,
  (node, file) => {
    const specifier = specifierOf(node);
    const from = folderOf(file.path);
    if (specifier === undefined || isRelative(specifier) || from === undefined) return undefined;
    if (isNode(specifier)) {
      if (from.node) return undefined;
      return `${from.path} imports ${specifier}; it runs without Node: let sim/host hand the result in`;
    }
    const name = packageOf(specifier);
    if (from.packages === "any" || name === "") return undefined;
    const leaves = from.packages.filter((leave) => isLeaveFor(leave, name));
    if (leaves.some((leave) => leave.only === undefined || file.path.startsWith(leave.only))) {
      return undefined;
    }
    const [leave] = leaves;
    if (leave?.only !== undefined) {
      return `imports ${name}; only ${leave.only} may: use what that exports`;
    }
    const names = from.packages.map((each) => each.name);
    return `${from.path} imports ${name}; its packages are ${names.length === 0 ? "none" : names.join(", ")}: write it by hand, or change the table in DESIGN and test/tidy/folders.ts`;
  },
);

const isLeaveFor = (leave: PackageLeave, name: string): boolean =>
  leave.name.endsWith("/") ? name.startsWith(leave.name) : name === leave.name;

const packagesListed = nodeRule(
  "every package that is imported is in package.json",
  isCode,
  (node, file, tree) => {
    const specifier = specifierOf(node);
    if (specifier === undefined || isRelative(specifier) || isNode(specifier)) return undefined;
    if (/^(\/|data:|https?:|virtual:)/.test(specifier)) return undefined;
    const name = packageOf(specifier);
    if (tree.packages.has(name)) return undefined;
    return file.path.startsWith("sim/host/bootstrap/")
      ? `imports ${name}; what runs before the install imports node: modules only`
      : `imports ${name}, which package.json does not list; run \`npm install --save-exact ${name}\`, or write node: before a module of Node`;
  },
);

const hilRoot: Rule = {
  name: "one file of sim/host imports hil",
  check: (file, tree) => {
    if (!importsHil(file)) return [];
    const first = tree.files.find(importsHil);
    if (first === undefined || first.path === file.path) return [];
    const message = `imports hil, as ${first.path} does already; get the device from there, the one composition root`;
    return [{ rule: hilRoot.name, path: file.path, line: 1, message }];
  },
};

/** Whether a file of the host imports one of hil. */
function importsHil(file: SourceFile): boolean {
  if (!file.path.startsWith("sim/host/")) return false;
  return file.nodes.some((node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined || !isRelative(specifier)) return false;
    return folderOf(targetOf(file, specifier))?.path === "hil";
  });
}

export const IMPORT_RULES: readonly Rule[] = [
  importsOfFolders,
  siblings,
  packagesOfFolders,
  packagesListed,
  hilRoot,
];
