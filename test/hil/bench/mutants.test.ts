import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  chooseMutants,
  MutantsSchema,
  mechanicalMutants,
  withMutant,
} from "../../../hil/bench/mutants.ts";
import { parseYaml } from "../../../sim/engine/scenario/parse.ts";
import { PROJECT_ROOT } from "../../../sim/host/files.ts";

const SOURCE = {
  file: "core/a.cpp",
  text: [
    "void step() {",
    "  if (a < b && c >= d) total += 1;",
    "  save();",
    "  // if (a < b)",
    "}",
  ].join("\n"),
};

test("a rule makes one fault of each piece of a line that it fits", () => {
  const found = mechanicalMutants([SOURCE]).map(({ says, put }) => [says.split(" in ")[0], put]);
  expect(found).toEqual([
    ["<= for <", "  if (a <= b && c >= d) total += 1;"],
    ["> for >=", "  if (a < b && c > d) total += 1;"],
    ["-= for +=", "  if (a < b && c >= d) total -= 1;"],
    ["|| for &&", "  if (a < b || c >= d) total += 1;"],
    ["dropped", "  ;"],
  ]);
});

test("a seed chooses the same faults every time, and no fault twice", () => {
  const all = mechanicalMutants([SOURCE]);
  const chosen = chooseMutants(all, 4, 3);
  expect(chosen).toEqual(chooseMutants(all, 4, 3));
  expect(new Set(chosen.map(({ id }) => id)).size).toBe(4);
});

test("a fault whose place is there twice is refused", () => {
  const mutant = { id: "MUT-1", file: "a.cpp", find: "x", put: "y", says: "" };
  expect(() => withMutant("x x", mutant)).toThrow('MUT-1: "x" stands 2 times in a.cpp');
});

test("every fault that is shipped has its place in the firmware, once", () => {
  const file = join(PROJECT_ROOT, "hil/mutants.yaml");
  const { mutants } = parseYaml(readFileSync(file, "utf8"), file, MutantsSchema).value;
  for (const mutant of mutants) {
    const text = readFileSync(join(PROJECT_ROOT, "firmware", mutant.file), "utf8");
    expect(withMutant(text, mutant)).not.toBe(text);
  }
  expect(mutants.length).toBeGreaterThanOrEqual(15);
});
