// What is wrong with a scenario that reads well: found while names and moments are resolved, told all at once.

import type { ParsedYaml } from "./parse.ts";
import { hintOf, type Problem, ScenarioError } from "./problem.ts";
import type { Scenario } from "./schema.ts";

/** Collects what is wrong, each with its place. */
export class Faults {
  readonly problems: Problem[] = [];
  private readonly file: string;
  private readonly parsed: ParsedYaml<Scenario>;
  constructor(file: string, parsed: ParsedYaml<Scenario>) {
    this.file = file;
    this.parsed = parsed;
  }
  add(path: readonly (string | number)[], fix: string): void {
    this.problems.push({
      file: this.file,
      ...this.parsed.placeOf(path),
      field: path.join("."),
      fix,
    });
  }
  unknown(
    path: readonly (string | number)[],
    what: string,
    name: string,
    known: readonly string[],
  ): void {
    this.add(path, `there is no ${what} ${name}; ${hintOf(name, known)}`);
  }
  throwIfAny(): void {
    if (this.problems.length > 0) throw new ScenarioError(this.problems);
  }
}
