import { expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import type { ResolvedExpectation } from "../../sim/engine/scenario/resolved.ts";
import { judge, junitXml, skip, skippedText } from "../../sim/host/expectations.ts";

const REPORT = {
  seed: 3,
  finalHash: "ff",
  provenance: { commit: "abc" },
  billing: { trips: 2, currency: "INR" },
  energy: { secondaryKWh: 488.3861 },
} as unknown as RunReport;
const row = (rest: Partial<ResolvedExpectation>): ResolvedExpectation =>
  ({ at: 0, that: "billing.trips", place: "a.yaml:3:5", ...rest }) as ResolvedExpectation;

test.each([
  [{ is: 2 }, true],
  [{ is: 3 }, false],
  [{ is: 3, within: 1 }, true],
  [{ above: 1 }, true],
  [{ above: 2 }, false],
  [{ below: 3 }, true],
  [{ above: 1, below: 2 }, false],
  [{ that: "billing.currency", is: "INR" }, true],
  [{ that: "energy.secondaryKWh", is: 488.386, within: 0.001 }, true],
  [{ that: "energy.secondaryKWh", is: 488.386 }, false],
  [{ that: "billing.tripz", is: 2 }, false],
  [{ that: "billing", is: 2 }, false],
])("%j is %s", (rest, isMet) => {
  expect(judge(row(rest), REPORT, true).isMet).toBe(isMet);
});

test("a moment that never came is a failure that says so", () => {
  expect(judge(row({ is: 2 }), REPORT, false)).toMatchObject({
    isMet: false,
    message: "billing.trips is 2: the run ended before its moment",
  });
});

test("JUnit has a case a row with its place, the seed, and what came instead", () => {
  const verdicts = [judge(row({ is: 2 }), REPORT, true), judge(row({ above: 5 }), REPORT, true)];
  const xml = junitXml('a "street" & more', REPORT, verdicts);
  expect(xml).toContain('<testsuites tests="2" failures="1" skipped="0">');
  expect(xml).toContain('name="a &quot;street&quot; &amp; more"');
  expect(xml).toContain('<property name="seed" value="3"/>');
  expect(xml).toContain('file="a.yaml:3:5"');
  expect(xml).toContain('<failure message="billing.trips is above 5, got 2"/>');
});

// It was dropped: exit 0, tests="0".
test("a row whose moment is after the end of the run is skipped, counted, and told of", () => {
  const verdicts = [judge(row({ is: 2 }), REPORT, true), skip(row({ is: 9 }))];
  const xml = junitXml("street", REPORT, verdicts);
  expect(xml).toContain('<testsuites tests="2" failures="0" skipped="1">');
  expect(xml).toContain(
    '<skipped message="billing.trips is 9: its moment is after the end of the run"/>',
  );
  expect(skippedText(verdicts)).toBe(
    "1 of 2 expectations skipped: they are of a moment after the end of the run, the first at a.yaml:3:5\n",
  );
});
