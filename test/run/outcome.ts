// What a check or a test came to, and the closing report over all of them. Knows no test runner.

/** One check or test, by the name that a person would look for. */
export type Outcome =
  | { readonly state: "passed"; readonly name: string }
  | { readonly state: "failed"; readonly name: string; readonly reason: string }
  | { readonly state: "skipped"; readonly name: string; readonly reason: string };

/** Reasons that start like this count as failures where the data has to be there. */
const MISSING_DATA = /^missing data\b/i;

/** What one suite contributes: its outcomes, and a failure for what they cannot tell. */
export function suiteOutcomes(suite: {
  readonly name: string;
  readonly exitCode: number;
  /** Undefined where the suite left no report. */
  readonly outcomes: readonly Outcome[] | undefined;
}): readonly Outcome[] {
  const { name, exitCode, outcomes } = suite;
  const failed = (reason: string): Outcome => ({ state: "failed", name, reason });
  if (outcomes === undefined) return [failed(`did not run to its end (exit code ${exitCode})`)];
  const told = outcomes.some((outcome) => outcome.state === "failed");
  if (exitCode !== 0 && !told) return [...outcomes, failed(`ended with exit code ${exitCode}`)];
  if (outcomes.length === 0) return [failed("found no test; a suite without tests proves nothing")];
  return outcomes;
}

/** Where data has to be there, a test skipped for want of it is a failed test. */
export function withoutMissingData(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.map((outcome) =>
    outcome.state === "skipped" && MISSING_DATA.test(outcome.reason)
      ? { ...outcome, state: "failed" }
      : outcome,
  );
}

/** Every skip with its reason, every failure by name, and one last line that sums up. */
export function closingReport(outcomes: readonly Outcome[]): readonly string[] {
  const skipped = outcomes.filter((outcome) => outcome.state === "skipped");
  const failed = outcomes.filter((outcome) => outcome.state === "failed");
  const passedCount = outcomes.length - skipped.length - failed.length;
  return [
    ...skipped.map(({ name, reason }) => `skipped: ${name}: ${firstLine(reason)}`),
    ...failed.map(({ name, reason }) => `failed: ${name}: ${firstLine(reason)}`),
    `${passedCount} passed, ${failed.length} failed, ${skipped.length} skipped`,
  ];
}

/** Zero tests prove nothing, so they are no success. */
export function isGreen(outcomes: readonly Outcome[]): boolean {
  const passed = outcomes.some((outcome) => outcome.state === "passed");
  return passed && !outcomes.some((outcome) => outcome.state === "failed");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: runners colour their messages with escape codes
const COLOUR = /\u001b\[[\d;]*m/g;

function firstLine(text: string): string {
  const lines = text.replaceAll(COLOUR, "").split("\n");
  return lines.map((line) => line.trim()).find((line) => line !== "") ?? "no reason given";
}
