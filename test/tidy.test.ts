// DESIGN's table of folders and the house rules, held against the tree. Each rule's own test: tidy/rules.test.ts.

import { expect, test } from "vitest";
import { afterExemptions, EXEMPTIONS } from "./tidy/exemptions.ts";
import { RULES } from "./tidy/rules.ts";
import { sentence } from "./tidy/source-file.ts";
import { problemsIn, treeOfCheckout } from "./tidy/tree.ts";

const tree = treeOfCheckout();

for (const rule of RULES) {
  test(rule.name, () => {
    const exemptions = EXEMPTIONS.filter((exemption) => exemption.rule === rule.name);
    const problems = afterExemptions(problemsIn(tree, rule), exemptions);
    if (problems.length > 0) expect.fail(problems.map(sentence).join("\n"));
  });
}

test("every exemption belongs to a rule", () => {
  const names = RULES.map((rule) => rule.name);
  expect(EXEMPTIONS.filter((exemption) => !names.includes(exemption.rule))).toEqual([]);
});
