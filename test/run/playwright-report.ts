// Reads the JSON report of playwright.

import type { JSONReport, JSONReportSuite, JSONReportTest } from "playwright/types/testReporter";
import type { Outcome } from "./outcome.ts";

/** One outcome a test, and one for each error outside the tests. */
export function outcomesOfPlaywright(report: JSONReport): readonly Outcome[] {
  const outcomes = report.suites.flatMap((suite) => outcomesOfSuite(suite, []));
  for (const error of report.errors) {
    const reason = error.message ?? "no message";
    outcomes.push({ state: "failed", name: "playwright, outside any test", reason });
  }
  return outcomes;
}

function outcomesOfSuite(suite: JSONReportSuite, parents: readonly string[]): Outcome[] {
  const path = [...parents, suite.title];
  const own = suite.specs.flatMap((spec) =>
    spec.tests.map((test) => outcomeOfTest([...path, spec.title].join(" > "), test)),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => outcomesOfSuite(inner, path))];
}

function outcomeOfTest(name: string, test: JSONReportTest): Outcome {
  switch (test.status) {
    case "expected":
      return { state: "passed", name };
    case "skipped": {
      const why = test.annotations.find(({ type }) => type === "skip" || type === "fixme");
      return { state: "skipped", name, reason: why?.description ?? "no reason given" };
    }
    case "flaky":
      return { state: "failed", name, reason: "passed only when tried again" };
    default: {
      const reason = test.results.at(-1)?.error?.message ?? "failed";
      return { state: "failed", name, reason };
    }
  }
}
