// Iteration over Map, Set and object keys: its order is the order of insertion, which may come from a
// different history on another machine. As well as syntax alone can tell.

import { isPure } from "./folders.ts";
import { nodeRule, type Rule, type Tree } from "./rule.ts";
import type { SourceFile, SyntaxNode } from "./source-file.ts";

const COLLECTION = /^(Readonly)?(Map|Set)$/;
const VIEW = /^(keys|values|entries)$/;
/** What a caller may do with a list of keys without its order mattering. */
const ORDER_FREE = /^(length|size|includes|has|some|every|sort|toSorted|at)$/;
const ITERATING = /^(forEach|map|flatMap|filter|reduce|reduceRight|find|findIndex|join|slice)$/;
const SORTING = /^(sort|toSorted)$/;

const INSTEAD =
  "sort first ([...].sort with a comparator) or keep the rows in an array, so that the order cannot differ";

type Kind = "collection" | "constant" | "other";

const isScope = (node: SyntaxNode): boolean =>
  /^(Program|BlockStatement|For(Of|In)?Statement|ArrowFunctionExpression|Function(Declaration|Expression)|StaticBlock|SwitchStatement)$/.test(
    node.type,
  );

/** What names stand for in one file, by the scope that declares them; a node's place comes first. */
interface Names {
  readonly scopes: ReadonlyMap<SyntaxNode, ReadonlyMap<string, Kind>>;
}

const namesOf = new WeakMap<SourceFile, Names>();

function names(file: SourceFile): Names {
  const known = namesOf.get(file);
  if (known !== undefined) return known;
  const scopes = new Map<SyntaxNode, Map<string, Kind>>();
  const declare = (at: SyntaxNode, identifier: SyntaxNode, kind: Kind): void => {
    const scope = scopes.get(at) ?? new Map<string, Kind>();
    scope.set(identifier["name"], kind);
    scopes.set(at, scope);
  };
  for (const node of file.nodes) {
    if (node.type === "VariableDeclarator" && node["id"].type === "Identifier") {
      declare(scopeAround(node, file), node["id"], kindOfVariable(node, file));
    }
    if (/^Function|^Arrow/.test(node.type)) {
      for (const parameter of node["params"]) declareParameter(node, parameter, declare);
      const returns = node["returnType"]?.typeAnnotation;
      if (node.type === "FunctionDeclaration") {
        const kind = isCollectionType(returns) ? "collection" : "other";
        declare(scopeAround(node, file), node["id"], kind);
      }
    }
  }
  const made = { scopes };
  namesOf.set(file, made);
  return made;
}

function declareParameter(
  at: SyntaxNode,
  parameter: SyntaxNode,
  declare: (at: SyntaxNode, identifier: SyntaxNode, kind: Kind) => void,
): void {
  const target = parameter.type === "AssignmentPattern" ? parameter["left"] : parameter;
  if (target.type !== "Identifier") return;
  declare(
    at,
    target,
    isCollectionType(target["typeAnnotation"]?.typeAnnotation) ? "collection" : "other",
  );
}

function scopeAround(node: SyntaxNode, file: SourceFile): SyntaxNode {
  let at = file.parentOf.get(node)!;
  while (!isScope(at)) at = file.parentOf.get(at)!;
  return at;
}

function kindOfVariable(declarator: SyntaxNode, file: SourceFile): Kind {
  if (isCollectionType(declarator["id"].typeAnnotation?.typeAnnotation)) return "collection";
  if (isNewCollection(declarator["init"])) return "collection";
  const isTopConstant =
    file.parentOf.get(declarator)!["kind"] === "const" &&
    scopeAround(declarator, file).type === "Program";
  return isTopConstant && isLiteralObject(declarator["init"]) ? "constant" : "other";
}

const isNewCollection = (node: SyntaxNode | null | undefined): boolean =>
  node?.type === "NewExpression" && COLLECTION.test(node["callee"].name ?? "");

const isCollectionType = (type: SyntaxNode | null | undefined): boolean =>
  type?.type === "TSTypeReference" && COLLECTION.test(type["typeName"].name ?? "");

/** An object whose keys stand in the source: their order is the same everywhere. */
function isLiteralObject(node: SyntaxNode | null | undefined): boolean {
  if (node === null || node === undefined) return false;
  if (/^TS(As|Satisfies)Expression$/.test(node.type)) return isLiteralObject(node["expression"]);
  if (node.type === "CallExpression" && propertyOf(node["callee"]) === "freeze") {
    return isLiteralObject(node["arguments"][0]);
  }
  if (node.type !== "ObjectExpression") return false;
  return node["properties"].every(
    (each: SyntaxNode) => each.type === "Property" && !each["computed"],
  );
}

function kindOf(identifier: SyntaxNode, file: SourceFile): Kind {
  const { scopes } = names(file);
  let at: SyntaxNode | undefined = identifier;
  while (at !== undefined) {
    const kind = scopes.get(at)?.get(identifier["name"]);
    if (kind !== undefined) return kind;
    at = file.parentOf.get(at);
  }
  return "other";
}

const fieldsOf = new WeakMap<Tree, ReadonlySet<string>>();

/** Names of fields that every declaration in the pure folders types as Map or Set. */
function collectionFields(tree: Tree): ReadonlySet<string> {
  const known = fieldsOf.get(tree);
  if (known !== undefined) return known;
  const yes = new Set<string>();
  const no = new Set<string>();
  for (const file of tree.files) {
    if (!isPure(file.path)) continue;
    for (const node of file.nodes) {
      if (!/^(PropertyDefinition|TSPropertySignature)$/.test(node.type)) continue;
      const key = node["key"];
      const isOne =
        isCollectionType(node["typeAnnotation"]?.typeAnnotation) || isNewCollection(node["value"]);
      (isOne ? yes : no).add(key.type === "PrivateIdentifier" ? `#${key.name}` : key.name);
    }
  }
  const fields = yes.difference(no);
  fieldsOf.set(tree, fields);
  return fields;
}

function propertyOf(node: SyntaxNode): string | undefined {
  if (node.type !== "MemberExpression" || node["computed"]) return undefined;
  const property = node["property"];
  return property.type === "PrivateIdentifier" ? `#${property.name}` : property.name;
}

function isCollection(node: SyntaxNode, file: SourceFile, tree: Tree): boolean {
  switch (node.type) {
    case "Identifier":
      return kindOf(node, file) === "collection";
    case "NewExpression":
      return isNewCollection(node);
    case "MemberExpression":
      return collectionFields(tree).has(propertyOf(node) ?? "");
    case "CallExpression":
      return node["callee"].type === "Identifier" && kindOf(node["callee"], file) === "collection";
    case "TSNonNullExpression":
    case "TSAsExpression":
    case "ParenthesizedExpression":
    case "ChainExpression":
      return isCollection(node["expression"], file, tree);
    default:
      return false;
  }
}

/** What an expression lists in the order of insertion, in words; undefined for everything else. */
function unorderedSource(node: SyntaxNode, file: SourceFile, tree: Tree): string | undefined {
  if (isCollection(node, file, tree)) return textOf(node, file);
  if (/^(TSAsExpression|ParenthesizedExpression|TSNonNullExpression)$/.test(node.type)) {
    return unorderedSource(node["expression"], file, tree);
  }
  if (node.type !== "CallExpression") return undefined;
  const callee = node["callee"];
  if (!VIEW.test(propertyOf(callee) ?? "")) return undefined;
  const receiver = callee["object"];
  if (receiver.name === "Object") {
    const [argument] = node["arguments"];
    const isConstant = argument?.type === "Identifier" && kindOf(argument, file) === "constant";
    return isConstant ? undefined : textOf(node, file);
  }
  return isCollection(receiver, file, tree) ? textOf(node, file) : undefined;
}

const textOf = (node: SyntaxNode, file: SourceFile): string =>
  file.text.slice(node.start, node.end).replaceAll(/\s+/g, " ").slice(0, 60);

/** Whether a list is sorted, with a comparator, in the very expression that makes it. */
function isSorted(list: SyntaxNode, file: SourceFile): boolean {
  const member = file.parentOf.get(list);
  if (member === undefined || member["object"] !== list) return false;
  const call = file.parentOf.get(member)!;
  return SORTING.test(propertyOf(member) ?? "") && call["arguments"]?.length === 1;
}

const iteration = nodeRule(
  "pure folders iterate in an order that cannot differ",
  isPure,
  (node, file, tree) => {
    if (node.type === "ForInStatement") {
      return `iterates with for…in over ${textOf(node["right"], file)}; ${INSTEAD}`;
    }
    const source = iteratedSource(node, file, tree);
    return source === undefined ? undefined : `iterates over ${source}; ${INSTEAD}`;
  },
);

function iteratedSource(node: SyntaxNode, file: SourceFile, tree: Tree): string | undefined {
  switch (node.type) {
    case "ForOfStatement":
      return unorderedSource(node["right"], file, tree);
    case "SpreadElement": {
      const source = unorderedSource(node["argument"], file, tree);
      const list = file.parentOf.get(node)!;
      return isSorted(list, file) ? undefined : source;
    }
    case "CallExpression": {
      const callee = node["callee"];
      if (callee.type !== "MemberExpression") return undefined;
      const property = propertyOf(callee) ?? "";
      if (
        callee["object"].name === "Array" &&
        property === "from" &&
        node["arguments"].length > 0
      ) {
        return isSorted(node, file) ? undefined : unorderedSource(node["arguments"][0], file, tree);
      }
      if (ORDER_FREE.test(property) || !ITERATING.test(property)) return undefined;
      return unorderedSource(callee["object"], file, tree);
    }
    default:
      return undefined;
  }
}

export const ORDER_RULES: readonly Rule[] = [iteration];
