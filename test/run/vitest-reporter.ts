// Writes what Vitest's own JSON leaves out: the note of a skipped test.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";
import type { Outcome } from "./outcome.ts";

/** A reporter that writes all outcomes of a run to `path` as one JSON array. */
export class OutcomeReporter implements Reporter {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const outcomes = modules.flatMap(outcomesOfModule);
    for (const error of unhandled) {
      outcomes.push({ state: "failed", name: "outside any test", reason: error.message });
    }
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(this.#path, JSON.stringify(outcomes));
  }
}

function outcomesOfModule(module: TestModule): Outcome[] {
  const outcomes = [...module.children.allTests()].map(outcomeOfTest);
  const errors = [...module.errors()];
  for (const suite of module.children.allSuites()) errors.push(...suite.errors());
  for (const error of errors) {
    outcomes.push({ state: "failed", name: module.relativeModuleId, reason: error.message });
  }
  return outcomes;
}

function outcomeOfTest(test: TestCase): Outcome {
  const name = `${test.module.relativeModuleId} > ${test.fullName}`;
  const result = test.result();
  switch (result.state) {
    case "passed":
      return { state: "passed", name };
    case "failed":
      return { state: "failed", name, reason: result.errors[0]?.message ?? "failed" };
    case "skipped": {
      const isTodo = test.options.mode === "todo";
      return {
        state: "skipped",
        name,
        reason: isTodo ? "still to be written" : (result.note ?? "no reason given"),
      };
    }
    default:
      return { state: "failed", name, reason: "never finished" };
  }
}
