// Every fault of a scenario's text, each with the stretch of its line that it is about: what an editor marks.

import { type Problem, ScenarioError } from "./problem.ts";
import { type ReadText, type ResolveOptions, resolveScenario } from "./resolve.ts";

/** Lines and columns count from 1 in UTF-16 units, 0 where the place is unknown. */
export interface ScenarioProblem {
  /** The file that is wrong: the scenario, or a feeder, tariff or policy that it names. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The first column after what is wrong; only for the scenario itself where the place is known. */
  readonly endColumn?: number;
  /** What is wrong and what to write, the field first. */
  readonly sentence: string;
}

/**
 * All that keeps the scenario at `path` from running, as `meterville validate` finds it; empty where it is right.
 * Throws only what `readText` throws for `path` itself.
 */
export function checkScenarioText(
  path: string,
  readText: ReadText,
  options: ResolveOptions = {},
): readonly ScenarioProblem[] {
  const text = readText(path);
  try {
    resolveScenario(path, (each) => (each === path ? text : readText(each)), options);
    return [];
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    const lines = text.split(/\r?\n/);
    return error.problems.map((problem) => placed(problem, path, lines));
  }
}

function placed(problem: Problem, path: string, lines: readonly string[]): ScenarioProblem {
  const { file, line, column, field, fix } = problem;
  const sentence = field === "" ? fix : `${field}: ${fix}`;
  const text = file === path ? lines[line - 1] : undefined;
  if (text === undefined) return { file, line, column, sentence };
  return { file, line, column, endColumn: column + wordLength(text, column), sentence };
}

/** A quoted text, or what YAML reads as one plain word: a colon in it has no space after it. */
const WORD = /"(?:[^"\\]|\\.)*"|'[^']*'|(?:[^\s,:{}[\]#]|:(?!\s|$))+/y;

/** At least 1, so that there is something to mark. */
function wordLength(line: string, column: number): number {
  WORD.lastIndex = column - 1;
  return WORD.exec(line)?.[0].length ?? 1;
}
