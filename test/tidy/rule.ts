// What a rule is: data about its name, and a function from one file to what is wrong in it.

import { lineAt, type Problem, type SourceFile, type SyntaxNode } from "./source-file.ts";

/** What rules may know beside the file at hand. */
export interface Tree {
  readonly files: readonly SourceFile[];
  /** Names of the packages that package.json lists. */
  readonly packages: ReadonlySet<string>;
}

export interface Rule {
  /** The fact that holds when the rule is kept; it names the test. */
  readonly name: string;
  readonly check: (file: SourceFile, tree: Tree) => readonly Problem[];
}

/** A rule over the nodes of code files: `judge` returns the sentence, or undefined where all is well. */
export function nodeRule(
  name: string,
  appliesTo: (path: string) => boolean,
  judge: (node: SyntaxNode, file: SourceFile, tree: Tree) => string | undefined,
): Rule {
  return {
    name,
    check: (file, tree) => {
      if (!appliesTo(file.path)) return [];
      return file.nodes.flatMap((node) => {
        const message = judge(node, file, tree);
        if (message === undefined) return [];
        return [{ rule: name, path: file.path, line: lineAt(file.text, node.start), message }];
      });
    },
  };
}

/** A rule over a file's path alone. */
export function pathRule(name: string, judge: (path: string) => string | undefined): Rule {
  return {
    name,
    check: ({ path }) => {
      const message = judge(path);
      return message === undefined ? [] : [{ rule: name, path, line: 1, message }];
    },
  };
}

/** A rule over the text: every match of `pattern` (global) is a problem. */
export function textRule(
  name: string,
  appliesTo: (path: string) => boolean,
  pattern: RegExp,
  message: (match: string) => string,
): Rule {
  return {
    name,
    check: ({ path, text }) =>
      appliesTo(path)
        ? [...text.matchAll(pattern)].map((match) => ({
            rule: name,
            path,
            line: lineAt(text, match.index),
            message: message(match[0]),
          }))
        : [],
  };
}
