import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { coverageMarkdown, uncoveredFaults } from "../../../hil/bench/coverage-page.ts";
import { casesOf, SuiteSchema } from "../../../hil/bench/suite.ts";
import { parseYaml } from "../../../sim/engine/scenario/parse.ts";
import { PROJECT_ROOT } from "../../../sim/host/files.ts";

const FOLDER = join(PROJECT_ROOT, "hil/suites");
const suites = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .sort()
  .map((name) => parseYaml(readFileSync(join(FOLDER, name), "utf8"), name, SuiteSchema).value);
const cases = casesOf(suites);
/** An editor may have laid a table out anew. */
const unpadded = (text: string): string => text.replaceAll(/ +/g, " ").replaceAll(/-{3,}/g, "---");

test("every fault that the bench is asked for is used by a case", () => {
  expect(uncoveredFaults(cases)).toEqual([]);
  expect(uncoveredFaults(cases.filter(({ suite }) => suite !== "modem"))).toContain("modem reboot");
});

test("the document of what the suites cover is what they cover", () => {
  const requirements = Object.assign({}, ...suites.map((suite) => suite.requirements));
  const kept = readFileSync(join(PROJECT_ROOT, "docs/hil-coverage.md"), "utf8");
  expect(unpadded(kept), "npx meterville hil coverage hil/suites --out docs/hil-coverage.md").toBe(
    unpadded(coverageMarkdown(cases, requirements)),
  );
});
