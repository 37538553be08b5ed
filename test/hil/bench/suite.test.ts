import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { casesOf, type Suite, SuiteSchema, suiteJsonSchema } from "../../../hil/bench/suite.ts";
import { parseYaml } from "../../../sim/engine/scenario/parse.ts";
import { PROJECT_ROOT } from "../../../sim/host/files.ts";

const suiteOf = (cases: string): Suite =>
  parseYaml(
    `suite: s\ntitle: t\nrequirements: { REQ-A-1: it counts }\ncases:\n${cases}`,
    "s.yaml",
    SuiteSchema,
  ).value;

const SHIPPED = join(PROJECT_ROOT, "hil/suites");
const SUITES = readdirSync(SHIPPED).filter((name) => name.endsWith(".yaml"));
const shipped = SUITES.map(
  (name) => parseYaml(readFileSync(join(SHIPPED, name), "utf8"), name, SuiteSchema).value,
);

test("a table makes one case of each row, with its values in steps and title", () => {
  const cases = casesOf([
    suiteOf(`
  - id: A-1
    title: $amps A
    requirement: REQ-A-1
    table: { source: a clause, columns: [amps], rows: [[5], [10]] }
    steps: [{ terminals: { currentA: $amps } }]`),
  ]);
  expect(cases).toMatchObject([
    { id: "A-1/1", title: "5 A", steps: [{ kind: "terminals", value: { currentA: 5 } }] },
    { id: "A-1/2", title: "10 A", steps: [{ kind: "terminals", value: { currentA: 10 } }] },
  ]);
});

test("at least 150 cases are shipped, each under a requirement of its suite", () => {
  const cases = casesOf(shipped);
  expect(cases.length).toBeGreaterThanOrEqual(150);
  for (const { requirements, cases: own } of shipped) {
    const covered = new Set(own.map(({ requirement }) => requirement));
    expect([...covered].sort()).toEqual(Object.keys(requirements).sort());
  }
});

test("the schema for editors is that of the parser, and what ships is right by it", () => {
  const kept = JSON.parse(readFileSync(join(SHIPPED, "suite.schema.json"), "utf8"));
  expect(kept, "npx meterville hil schema --out hil/suites/suite.schema.json").toEqual(
    JSON.parse(JSON.stringify(suiteJsonSchema())),
  );
  const validate = new Ajv2020({ strict: false }).compile(kept);
  for (const name of SUITES) {
    const text = readFileSync(join(SHIPPED, name), "utf8");
    expect(text.split("\n")[0]).toBe("# yaml-language-server: $schema=suite.schema.json");
    expect(validate(parse(text)), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true);
  }
});

test("every table that is shipped says where it is from", () => {
  for (const { table } of shipped.flatMap(({ cases }) => cases)) {
    expect(table?.source ?? "none needed").not.toBe("");
  }
});

test.each([
  [
    "an unknown step",
    "[{ dance: 1s }]",
    /s\.yaml:9:15 cases\.0\.steps\.0\.dance: unknown key; known here: terminals/,
  ],
  ["two steps in one", "[{ wait: 1s, answers: true }]", /a step is one thing/],
  ["a duration without its unit", "[{ wait: 10 }]", /200ms, 10s/],
  ["an unknown quantity", "[{ expect: { that: volts, is: 1 } }]", /a quantity is one of voltageV/],
  ["an unknown event", "[{ event: { name: boom } }]", /an event is one of started/],
])("%s is refused with its place", (_, steps, sentence) => {
  const text = `\n  - id: A-1\n    title: t\n    requirement: REQ-A-1\n    steps: ${steps}`;
  expect(() => suiteOf(text)).toThrow(sentence);
});

test.each([
  ["nothing to expect", "[{ expect: { that: voltageV } }]", "voltageV is expected to be nothing"],
  [
    "bounds that exclude each other",
    "[{ expect: { that: voltageV, min: 5, max: 4 } }]",
    "voltageV can never be above 5 and below 4",
  ],
  [
    "a mark that was never set",
    "[{ energy: { register: importWh, since: noon } }]",
    'nothing was marked as "noon"',
  ],
  ["a broken pattern", '[{ display: { matches: "(" } }]', '"(" is no regular expression'],
  ["a column that there is not", "[{ wait: $long }]", "there is no column long"],
])("%s is found before anything runs", (_, steps, sentence) => {
  const text = `\n  - id: A-1\n    title: t\n    requirement: REQ-A-1\n    steps: ${steps}`;
  expect(() => casesOf([suiteOf(text)])).toThrow(`s A-1: ${sentence}`);
});

test("a requirement that there is not and an id that is taken are both told", () => {
  const row = (requirement: string): string =>
    `\n  - id: A-1\n    title: t\n    requirement: ${requirement}\n    steps: [{ wait: 1s }]`;
  expect(() => casesOf([suiteOf(row("REQ-A-1") + row("REQ-B-1"))])).toThrow(
    "s A-1: requirement REQ-B-1 is not in the suite's requirements\ns A-1: this id is taken; give each case its own",
  );
});
