// One file of the tree as the rules see it: its path, its text and, where it is code, its syntax tree.

import { parseSync, visitorKeys } from "oxc-parser";

/** A node of the syntax tree (ESTree with TypeScript), loosely typed: rules look at a few fields each. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // biome-ignore lint/suspicious/noExplicitAny: 165 kinds of node; a wrong field name shows in the rule's test
  readonly [field: string]: any;
}

export interface SourceFile {
  /** From the root of the checkout, with `/`. */
  readonly path: string;
  readonly text: string;
  /** Every node, parents before children; empty where the file is no code. */
  readonly nodes: readonly SyntaxNode[];
  readonly parentOf: ReadonlyMap<SyntaxNode, SyntaxNode>;
}

/** What a rule has to say about one place. */
export interface Problem {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  /** What is wrong; what to do instead. */
  readonly message: string;
}

const CODE = /\.(ts|tsx|mts|mjs|js)$/;

/** Reads a file once; throws where code does not parse, since every other tool would, too. */
export function sourceFile(path: string, text: string): SourceFile {
  const nodes: SyntaxNode[] = [];
  const parentOf = new Map<SyntaxNode, SyntaxNode>();
  if (CODE.test(path)) {
    const { program, errors } = parseSync(path, text);
    const [error] = errors;
    if (error !== undefined) throw new Error(`${path}: ${error.message}`);
    collect(program as unknown as SyntaxNode, nodes, parentOf);
  }
  return { path, text, nodes, parentOf };
}

function collect(
  node: SyntaxNode,
  nodes: SyntaxNode[],
  parentOf: Map<SyntaxNode, SyntaxNode>,
): void {
  nodes.push(node);
  for (const key of visitorKeys[node.type] ?? []) {
    for (const child of [node[key]].flat()) {
      if (child === null || child === undefined) continue;
      parentOf.set(child, node);
      collect(child, nodes, parentOf);
    }
  }
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** How a problem is printed. */
export function sentence({ path, line, message }: Problem): string {
  return `${path}:${line} ${message}`;
}
