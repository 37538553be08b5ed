import { expect, test } from "vitest";
import {
  closingReport,
  isGreen,
  type Outcome,
  suiteOutcomes,
  withoutMissingData,
} from "./outcome.ts";

const passed: Outcome = { state: "passed", name: "a" };
const failed: Outcome = {
  state: "failed",
  name: "b",
  reason: "\u001b[31mexpected 1, got 2\u001b[0m",
};
const skipped: Outcome = { state: "skipped", name: "c", reason: "missing data: feeders/x" };

test("the report lists skips with reasons, failures by name, and sums up in its last line", () => {
  expect(closingReport([passed, failed, skipped, passed])).toEqual([
    "skipped: c: missing data: feeders/x",
    "failed: b: expected 1, got 2",
    "2 passed, 1 failed, 1 skipped",
  ]);
});

test("a suite that left no report is a failure", () => {
  expect(suiteOutcomes({ name: "browser tests", exitCode: 9, outcomes: undefined })).toEqual([
    { state: "failed", name: "browser tests", reason: "did not run to its end (exit code 9)" },
  ]);
});

test("a suite without tests is a failure", () => {
  const [outcome] = suiteOutcomes({ name: "fast tests", exitCode: 0, outcomes: [] });
  expect(outcome?.state).toBe("failed");
});

test("a suite that exits with an error is a failure although its tests passed", () => {
  const outcomes = suiteOutcomes({ name: "fast tests", exitCode: 1, outcomes: [passed] });
  expect(outcomes.at(-1)).toEqual({
    state: "failed",
    name: "fast tests",
    reason: "ended with exit code 1",
  });
});

test("where data has to be there, a skip for want of it is a failure", () => {
  expect(withoutMissingData([passed, skipped])[1]).toEqual({ ...skipped, state: "failed" });
});

test.for([
  { of: "one pass", outcomes: [passed], green: true },
  { of: "a pass and a skip", outcomes: [passed, skipped], green: true },
  { of: "a failure", outcomes: [passed, failed], green: false },
  { of: "nothing but skips", outcomes: [skipped], green: false },
  { of: "nothing", outcomes: [], green: false },
])("a run of $of is green: $green", ({ outcomes, green }) => {
  expect(isGreen(outcomes)).toBe(green);
});
