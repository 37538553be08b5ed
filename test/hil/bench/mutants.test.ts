import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { boardTimeMs, mutantMarkdown, mutantReport } from "../../../hil/bench/mutant-report.ts";
import {
  chooseMutants,
  isRuled,
  MutantsSchema,
  mechanicalMutants,
  withMutant,
} from "../../../hil/bench/mutants.ts";
import { casesOf, SuiteSchema } from "../../../hil/bench/suite.ts";
import { parseYaml } from "../../../sim/engine/scenario/parse.ts";
import { PROJECT_ROOT } from "../../../sim/host/files.ts";

const MUTANTS = join(PROJECT_ROOT, "hil/mutants.yaml");
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
  const { mutants } = parseYaml(readFileSync(MUTANTS, "utf8"), MUTANTS, MutantsSchema).value;
  for (const mutant of mutants) {
    const text = readFileSync(join(PROJECT_ROOT, "firmware", mutant.file), "utf8");
    expect(withMutant(text, mutant)).not.toBe(text);
  }
  expect(mutants.length).toBeGreaterThanOrEqual(15);
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
  expect(new Set(mutants.map(({ find, put }) => `${find} ${put}`)).size).toBe(mutants.length);
});

test("the case that should find a fault is there", () => {
  const folder = join(PROJECT_ROOT, "hil/suites");
  const suites = readdirSync(folder)
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => parseYaml(readFileSync(join(folder, name), "utf8"), name, SuiteSchema).value);
  const ids = new Set(casesOf(suites).map(({ id }) => id));
  const { mutants } = parseYaml(readFileSync(MUTANTS, "utf8"), MUTANTS, MutantsSchema).value;
  const lost = mutants.filter(({ foundBy }) => foundBy !== undefined && !ids.has(foundBy));
  expect(lost).toEqual([]);
});

test("rules are let loose on what is written by hand in the core, and on nothing else", () => {
  expect(["core/meter.cpp", "core/contact.h"].filter(isRuled)).toHaveLength(2);
  expect(["core/protocol.h", "uno/main.cpp", "golden/vectors.h"].filter(isRuled)).toEqual([]);
});

test("a draw of fewer faults is the beginning of a draw of more", () => {
  const all = mechanicalMutants([SOURCE]);
  expect(chooseMutants(all, all.length, 3).slice(0, 2)).toEqual(chooseMutants(all, 2, 3));
});

test("cases that wait long go last", () => {
  const wait = { kind: "wait", value: "10s" } as const;
  const hold = { kind: "press", value: { button: "up", for: "30s" } } as const;
  const question = { kind: "answers", value: true } as const;
  expect(boardTimeMs({ steps: [question] })).toBeLessThan(boardTimeMs({ steps: [wait] }));
  expect(boardTimeMs({ steps: [wait] })).toBeLessThan(boardTimeMs({ steps: [hold] }));
});

const VERDICTS = [
  { id: "MUT-1", file: "core/a.cpp", says: "nothing is saved", killedBy: "REG-001", cases: 3 },
  { id: "RULE-7", file: "core/a.cpp", says: "| for &: a & b", killedBy: null, cases: 200 },
];
const FACTS = { replaced: [], cases: 200, seed: 1, firmwareSha256: "ab", wallMs: 60_000 };

test("a report counts what was killed and names what was not", () => {
  expect(mutantReport(VERDICTS, FACTS)).toMatchObject({
    mutants: 2,
    killed: 1,
    survivors: [{ id: "RULE-7", says: "| for &: a & b" }],
  });
});

test("in a document's table a fault's own text breaks no cell", () => {
  const table = mutantMarkdown(mutantReport(VERDICTS, FACTS)).split("\n");
  expect(table[2]).toBe("| MUT-1 | core/a.cpp | nothing is saved | REG-001 | 3 |");
  expect(table[3]).toBe("| RULE-7 | core/a.cpp | \\| for &: a & b | **survived** | 200 |");
});
