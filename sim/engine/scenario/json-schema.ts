// The JSON Schemas that editors complete and check scenario files with; made from what the parser itself checks.

import { z } from "zod";
import { LessonSchema } from "./lesson-schema.ts";
import { PolicySchema, ScenarioSchema } from "./schema.ts";
import { TARIFF_SCHEMAS } from "./tariff-schema.ts";

export type SchemaName = "scenario" | "tariff" | "policy" | "lesson";

const SCHEMAS: Readonly<Record<SchemaName, z.ZodType>> = {
  scenario: ScenarioSchema,
  tariff: z.union(Object.values(TARIFF_SCHEMAS)),
  policy: PolicySchema,
  lesson: LessonSchema,
};

export const SCHEMA_NAMES: readonly SchemaName[] = ["scenario", "tariff", "policy", "lesson"];

/** What a file of this kind may say, as JSON Schema (draft 2020-12). */
export function jsonSchemaOf(name: SchemaName): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(SCHEMAS[name], { io: "input" });
  return { $schema, title: `Meterville ${name}`, ...rest };
}

/** Whether the schema reads the text at a path of the parsed value as a duration: text in, milliseconds out. */
export function isDuration(schema: Readonly<Record<string, unknown>>, path: string): boolean {
  let here: unknown = schema;
  for (const key of path.split(".")) {
    const isList = key.endsWith("[]");
    here = propertyOf(here, isList ? key.slice(0, -2) : key);
    if (isList) here = withKey(here, "items")?.["items"];
  }
  const text = [here, ...((withKey(here, "anyOf")?.["anyOf"] as unknown[] | undefined) ?? [])];
  return text.some((node) => {
    const { type, pattern } = (node ?? {}) as { type?: unknown; pattern?: unknown };
    return type === "string" && typeof pattern === "string" && pattern.includes("(ms|s|min|h|d)");
  });
}

/** The node itself or one of its alternatives that has a key. */
function withKey(node: unknown, key: string): Readonly<Record<string, unknown>> | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  const record = node as Readonly<Record<string, unknown>>;
  if (key in record) return record;
  const alternatives = (record["anyOf"] ?? record["allOf"] ?? record["oneOf"]) as unknown;
  if (!Array.isArray(alternatives)) return undefined;
  return alternatives.map((each) => withKey(each, key)).find((each) => each !== undefined);
}

function propertyOf(node: unknown, key: string): unknown {
  const properties = withKey(node, "properties")?.["properties"];
  return (properties as Readonly<Record<string, unknown>> | undefined)?.[key];
}
