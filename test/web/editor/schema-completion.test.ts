import fc from "fast-check";
import { expect, test } from "vitest";
import OVERLOAD from "../../../scenarios/evening-overload.yaml?raw";
import FIRST_STREET from "../../../scenarios/first-street.yaml?raw";
import PREPAID from "../../../scenarios/prepaid-lanes.yaml?raw";
import SCHEMA from "../../../scenarios/schemas/scenario.schema.json";
import { hintAt, type JsonSchema, offersAt } from "../../../web/editor/schema-completion.ts";
import { placeAt } from "../../../web/editor/yaml-place.ts";

const schema = SCHEMA as unknown as JsonSchema;
const SHIPPED = {
  "first-street": FIRST_STREET,
  "prepaid-lanes": PREPAID,
  "evening-overload": OVERLOAD,
};
const FILES = ["three-lanes/Master.dss", "tariffs/economy-7.yaml", "policies/india-postpaid.yaml"];

/** What is offered where the text has its `|`. */
function labelsAt(marked: string): readonly string[] {
  const offset = marked.indexOf("|");
  const { offers } = offersAt(marked.replace("|", ""), offset, schema, FILES);
  return offers.map(({ label }) => label);
}

test("at the top the keys of a scenario are offered, and those that are there are not", () => {
  const labels = labelsAt("name: x\nseed: 2\n|\ndays: 3\n");
  expect(labels).toContain("meters");
  expect(labels).toContain("thefts");
  expect(labels).not.toContain("seed");
  expect(labels).not.toContain("days");
});

test("a word that is begun narrows what is offered", () => {
  expect(labelsAt("name: x\nthe|")).toEqual(["thefts"]);
});

test("inside a map its own keys are offered, in a block and in one line", () => {
  expect(labelsAt("meters:\n  interval: 30min\n  |")).toContain("classPercent");
  expect(labelsAt("loads: { model: occupancy, |")).toContain("profile");
  expect(labelsAt("loads: { model: occupancy, |")).not.toContain("model");
  expect(labelsAt("utility:\n  billing: { |")).toContain("tariff");
});

test("inside an element of a list the element's keys are offered", () => {
  for (const marked of [
    "air:\n  masts:\n    - id: mast-1\n      |",
    "air:\n  masts:\n    - |",
    "air:\n  masts:\n  - id: mast-1\n    |",
    "air:\n  masts: [{ id: mast-1, |",
  ]) {
    expect(labelsAt(marked), marked).toContain("x");
  }
});

test("values come from the schema, from files and from ids of the document", () => {
  expect(labelsAt("loads:\n  profile: |")).toEqual(expect.arrayContaining(["india", "uk"]));
  expect(labelsAt("utility:\n  detection: |")).toEqual(expect.arrayContaining(["true", "false"]));
  expect(labelsAt("utility:\n  billing:\n    tariff: |")).toEqual(["tariffs/economy-7.yaml"]);
  expect(labelsAt("feeder: |")).toContain("three-lanes/Master.dss");
  const homes = "customers:\n  - id: supply-01\n  - id: supply-02\nthefts:\n  - target: |";
  expect(labelsAt(homes)).toEqual(expect.arrayContaining(["supply-01", "supply-02"]));
});

test("a key under the pointer is explained", () => {
  const text = "loads:\n  profile: uk\n";
  expect(hintAt(text, text.indexOf("profile") + 2, schema)).toContain("india | uk");
  expect(hintAt(text, text.length, schema)).toBe("");
});

test("in the shipped scenarios every key is one that was offered at its place", () => {
  for (const [name, text] of Object.entries(SHIPPED)) {
    for (const match of text.matchAll(/^( *)(- )?([a-zA-Z]\w*):/gm)) {
      const key = match[3]!;
      const offset = match.index + match[0].length - 1 - key.length;
      // As it was before the key was written.
      const without = `${text.slice(0, offset)}${text.slice(offset + key.length + 1)}`;
      const { offers } = offersAt(without, offset, schema, FILES);
      const at = `${name}: ${key} in line ${text.slice(0, offset).split("\n").length}`;
      expect(
        offers.map(({ label }) => label),
        at,
      ).toContain(key);
    }
  }
});

test("no text and no place in it makes it fail", () => {
  const pieces = fc.constantFrom(
    "a:",
    "- ",
    "  ",
    "\n",
    "{",
    "}",
    ",",
    "x",
    "#",
    '"',
    "loads",
    ": ",
    "[",
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
  );
  fc.assert(
    fc.property(texts, fc.nat(), (text, at) => {
      const offset = at % (text.length + 1);
      const { from } = placeAt(text, offset);
      expect(from).toBeGreaterThanOrEqual(0);
      expect(from).toBeLessThanOrEqual(offset);
      offersAt(text, offset, schema, FILES);
      hintAt(text, offset, schema);
    }),
  );
});
