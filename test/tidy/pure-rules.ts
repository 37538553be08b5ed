// What may not stand in the pure folders: whatever brings a clock, chance, the world or another
// machine's arithmetic into a run.

import { isPure } from "./folders.ts";
import { nodeRule, type Rule } from "./rule.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";

const TIME = "take simulated time as an argument (`nowMs: SimMs`)";
const HOST = "let sim/host do it and hand the result in";
const OUTPUT = "return an event or a frame; sim/host prints";
const WAIT = "stay synchronous; what has to be waited for arrives as an input";
const FORMAT = "format at the edge, in web or sim/host";

/** Globals that are banned, with what to do instead. */
const BANNED_GLOBALS: Readonly<Record<string, string>> = {
  Date: TIME,
  performance: TIME,
  setTimeout: TIME,
  setInterval: TIME,
  setImmediate: TIME,
  queueMicrotask: TIME,
  requestAnimationFrame: TIME,
  crypto: "use sim/core/random.ts for chance and sim/core/digest.ts for digests",
  fetch: HOST,
  process: HOST,
  globalThis: HOST,
  console: OUTPUT,
  Intl: FORMAT,
};

const WAITING_ALLOWED = "sim/recording/";
const TEMPORAL_ALLOWED = "sim/core/calendar.ts";

/** Results of these differ between engines in the last bit; `+ − × ÷ √` and the rest of Math do not. */
const INEXACT = new Set(
  (
    "sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh " +
    "exp expm1 log log1p log2 log10 pow cbrt hypot"
  ).split(" "),
);

/** Whether an identifier reads a variable or a type, and is no mere label of a property. */
function isReference(node: SyntaxNode, file: SourceFile): boolean {
  const parent = file.parentOf.get(node);
  switch (parent?.type) {
    case "MemberExpression":
      return parent["object"] === node || parent["computed"];
    case "TSQualifiedName":
      return parent["left"] === node;
    case "Property":
      return parent["value"] === node || parent["computed"];
    case "MethodDefinition":
    case "PropertyDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
    case "AccessorProperty":
      return parent["key"] !== node || parent["computed"];
    case "ImportSpecifier":
    case "ExportSpecifier":
    case "LabeledStatement":
    case "MetaProperty":
    case "TSNamedTupleMember":
      return false;
    default:
      return true;
  }
}

/** Names that a file itself declares: they are no globals. */
function declaredNames(file: SourceFile): ReadonlySet<string> {
  const known = declaredOf.get(file);
  if (known !== undefined) return known;
  const names = new Set<string>();
  for (const node of file.nodes) {
    if (/^(Import.*Specifier)$/.test(node.type)) names.add(node["local"].name);
    if (node.type === "VariableDeclarator" || /^(Function|Class)/.test(node.type)) {
      if (node["id"]?.type === "Identifier") names.add(node["id"].name);
    }
    if (/^TS(TypeAlias|Interface)Declaration$/.test(node.type)) names.add(node["id"].name);
    for (const parameter of Array.isArray(node["params"]) ? node["params"] : []) {
      if (parameter.type === "Identifier") names.add(parameter.name);
    }
  }
  declaredOf.set(file, names);
  return names;
}
const declaredOf = new WeakMap<SourceFile, ReadonlySet<string>>();

function globalName(node: SyntaxNode, file: SourceFile): string | undefined {
  if (node.type !== "Identifier" || declaredNames(file).has(node["name"])) return undefined;
  return isReference(node, file) ? node["name"] : undefined;
}

/** The property that a member expression names, also as `["name"]`. */
function propertyName(node: SyntaxNode): string | undefined {
  if (node.type !== "MemberExpression") return undefined;
  if (!node["computed"]) return node["property"].name;
  return typeof node["property"].value === "string" ? node["property"].value : undefined;
}

const world = nodeRule(
  "pure folders know no clock, chance, network or screen",
  isPure,
  (node, file) => {
    const name = globalName(node, file);
    if (name === undefined || !Object.hasOwn(BANNED_GLOBALS, name)) return undefined;
    return `uses ${name} in a pure folder; ${BANNED_GLOBALS[name]}`;
  },
);

const waiting = nodeRule(
  "pure folders are synchronous",
  (path) => isPure(path) && !path.startsWith(WAITING_ALLOWED),
  (node, file) => {
    const isAsync = node["async"] === true || node["await"] === true;
    const found =
      node.type === "AwaitExpression"
        ? "await"
        : isAsync
          ? "async"
          : globalName(node, file) === "Promise"
            ? "Promise"
            : undefined;
    return found === undefined ? undefined : `uses ${found} in a pure folder; ${WAIT}`;
  },
);

const temporal = nodeRule("Temporal stays in the calendar", isPure, (node, file) => {
  const isNow =
    /^(MemberExpression|TSQualifiedName)$/.test(node.type) &&
    (node["object"] ?? node["left"]).name === "Temporal" &&
    (node["property"] ?? node["right"]).name === "Now";
  if (isNow) return `uses Temporal.Now in a pure folder; ${TIME}`;
  if (file.path === TEMPORAL_ALLOWED || globalName(node, file) !== "Temporal") return undefined;
  const parent = file.parentOf.get(node)!;
  if ((parent["property"] ?? parent["right"])?.name === "Now") return undefined; // said above
  return `uses Temporal; only ${TEMPORAL_ALLOWED} may: use its calendar table`;
});

const inexact = nodeRule("pure folders use no inexact arithmetic", isPure, (node, file) => {
  if (/^(Binary|Assignment)Expression$/.test(node.type) && /^\*\*=?$/.test(node["operator"])) {
    return `uses ${node["operator"]}; write x * x, or pow of sim/core/math.ts`;
  }
  if (globalName(node, file) !== "Math") return undefined;
  const name = propertyName(file.parentOf.get(node)!);
  if (name === undefined)
    return "hands Math around; name the exact function that is needed, such as Math.sqrt";
  if (name === "random") return "uses Math.random; take a stream or a draw of sim/core/random.ts";
  if (!INEXACT.has(name)) return undefined;
  return `uses Math.${name}, which differs between engines in its last bit; use sim/core/math.ts`;
});

const locale = nodeRule(
  "pure folders do not depend on a machine's language",
  isPure,
  (node, file) => {
    const name = propertyName(node);
    if (name === undefined) return undefined;
    if (name.startsWith("toLocale")) return `uses ${name}; ${FORMAT}`;
    if (name === "localeCompare") return "uses localeCompare; compare with < and >";
    const call = file.parentOf.get(node)!;
    const isCall = call.type === "CallExpression" && call["callee"] === node;
    if (!isCall || !/^(sort|toSorted)$/.test(name) || call["arguments"].length > 0)
      return undefined;
    return `calls ${name}() without a comparator, which compares as text; write ${name}((a, b) => a - b) or compare with < and >`;
  },
);

export const PURE_RULES: readonly Rule[] = [world, waiting, temporal, inexact, locale];
