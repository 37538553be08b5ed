// The JSON Schemas for editors are those of the parser, and what ships is right by them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { isDuration, jsonSchemaOf, SCHEMA_NAMES } from "../../sim/engine/scenario/json-schema.ts";
import { schemaText } from "../../sim/host/commands/validate.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";

const SCENARIOS = join(PROJECT_ROOT, "scenarios");

test.each(SCHEMA_NAMES)("scenarios/schemas/%s.schema.json is what the parser checks", (name) => {
  const path = `scenarios/schemas/${name}.schema.json`;
  const kept = JSON.parse(readFileSync(join(PROJECT_ROOT, path), "utf8"));
  const again = `write it again: npx meterville validate --schema ${name} --out ${path}`;
  expect(kept, again).toEqual(JSON.parse(schemaText(name)));
});

describe.each([
  ["scenario", ""],
  ["tariff", "tariffs"],
  ["policy", "policies"],
] as const)("every %s that ships", (name, folder) => {
  const validate = new Ajv2020({ strict: false }).compile(jsonSchemaOf(name));
  const files = readdirSync(join(SCENARIOS, folder)).filter((file) => file.endsWith(".yaml"));
  test.each(files)("%s is right by the schema that its first line names", (file) => {
    const text = readFileSync(join(SCENARIOS, folder, file), "utf8");
    const place = folder === "" ? "schemas" : "../schemas";
    expect(text.split("\n")[0]).toBe(
      `# yaml-language-server: $schema=${place}/${name}.schema.json`,
    );
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });
});

test("an unknown key and a number without a unit are wrong by the schema too", () => {
  const validate = new Ajv2020({ strict: false }).compile(jsonSchemaOf("scenario"));
  const good = parse(readFileSync(join(SCENARIOS, "three-lanes.yaml"), "utf8"));
  expect(validate(good)).toBe(true);
  expect(validate({ ...good, theft: [] })).toBe(false);
  expect(validate({ ...good, step: 60 })).toBe(false);
  expect(validate({ ...good, step: "60 minutes" })).toBe(false);
});

test("durations are told from other texts", () => {
  const schema = jsonSchemaOf("scenario");
  expect(["step", "air.retry", "outages[].for"].map((path) => isDuration(schema, path))).toEqual([
    true,
    true,
    true,
  ]);
  expect(
    ["zone", "seed", "air.lossShare", "no.such"].map((path) => isDuration(schema, path)),
  ).toEqual([false, false, false, false]);
});
