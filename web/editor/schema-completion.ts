// What can be written at a place of a document, from its JSON Schema and from names that the document has.

import { ELEMENT, type Place, type PlaceStep, placeAt } from "./yaml-place.ts";

export interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly required?: readonly string[];
  readonly items?: boolean | JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

export interface Offer {
  readonly label: string;
  readonly kind: "key" | "value" | "name";
  /** A few words beside it: its type, its default. */
  readonly detail: string;
  readonly info: string;
}

export interface Offers {
  readonly from: number;
  readonly offers: readonly Offer[];
}

/** Keys whose value is a file, and what its name looks like. */
const FILE_KEYS: Readonly<Record<string, RegExp>> = {
  feeder: /\.dss$/,
  file: /\.dss$/,
  tariff: /^tariffs\//,
  policy: /^policies\//,
};
/** Keys whose value is an id that stands somewhere in the document. */
const ID_KEYS: readonly string[] = ["target", "supply", "mast", "home"];
const DEPTH_MAX = 8;

/** What can be written at this offset. `files`: by their place beside the scenario. */
export function offersAt(
  text: string,
  offset: number,
  schema: JsonSchema,
  files: readonly string[],
): Offers {
  const place = placeAt(text, offset);
  const holders = walk(schema, place.path);
  const offers =
    place.key === null
      ? keyOffers(holders, place)
      : valueOffers(
          holders.flatMap((each) => stepInto(schema, each, place.key!)),
          { key: place.key, text, files },
        );
  return { from: place.from, offers: offers.filter(({ label }) => label.startsWith(place.word)) };
}

/** What the schema says of the key that stands at this offset; empty where it says nothing. */
export function hintAt(text: string, offset: number, schema: JsonSchema): string {
  const end = /^[\w-]*/.exec(text.slice(offset))![0].length;
  const { path, key, word } = placeAt(text, offset + end);
  const name = key ?? word;
  if (name === "") return "";
  const [found] = walk(schema, path).flatMap((each) => stepInto(schema, each, name));
  if (found === undefined) return "";
  return [`${name}: ${typeWords(schema, found)}`, found.description ?? ""]
    .filter((part) => part !== "")
    .join(". ");
}

/** A schema as its alternatives, without references. */
function alternatives(root: JsonSchema, schema: JsonSchema, depth = 0): readonly JsonSchema[] {
  if (depth > DEPTH_MAX) return [];
  const { $ref, anyOf = [], oneOf = [], allOf = [] } = schema;
  const named = $ref === undefined ? undefined : root.$defs?.[$ref.replace("#/$defs/", "")];
  const inner = [...(named === undefined ? [] : [named]), ...anyOf, ...oneOf, ...allOf];
  return [schema, ...inner.flatMap((each) => alternatives(root, each, depth + 1))];
}

function stepInto(root: JsonSchema, schema: JsonSchema, step: PlaceStep): readonly JsonSchema[] {
  return alternatives(root, schema).flatMap((each) => {
    if (step === ELEMENT) {
      const items = typeof each.items === "object" ? [each.items] : [];
      return [...items, ...(each.prefixItems ?? [])];
    }
    const known = each.properties?.[step];
    if (known !== undefined) return [known];
    return typeof each.additionalProperties === "object" ? [each.additionalProperties] : [];
  });
}

const walk = (root: JsonSchema, path: readonly PlaceStep[]): readonly JsonSchema[] =>
  path
    .reduce<readonly JsonSchema[]>(
      (holders, step) => holders.flatMap((each) => stepInto(root, each, step)),
      [root],
    )
    .flatMap((each) => alternatives(root, each));

function keyOffers(holders: readonly JsonSchema[], { siblings }: Place): readonly Offer[] {
  const byName = new Map<string, Offer>();
  for (const { properties = {}, required = [] } of holders) {
    for (const [name, schema] of Object.entries(properties)) {
      if (siblings.has(name) || byName.has(name)) continue;
      const isNeeded = required.includes(name) && schema.default === undefined;
      const detail = [isNeeded ? "needed" : "", typeWords(schema, schema)]
        .filter((part) => part !== "")
        .join(", ");
      byName.set(name, { label: name, kind: "key", detail, info: schema.description ?? "" });
    }
  }
  return [...byName.values()];
}

interface ValueContext {
  readonly key: string;
  readonly text: string;
  readonly files: readonly string[];
}

function valueOffers(schemas: readonly JsonSchema[], context: ValueContext): readonly Offer[] {
  const offers: Offer[] = [];
  const add = (value: unknown, kind: Offer["kind"], detail: string): void => {
    const label = typeof value === "string" ? value : JSON.stringify(value);
    if (label === undefined || offers.some((offer) => offer.label === label)) return;
    offers.push({ label, kind, detail, info: "" });
  };
  const pattern = FILE_KEYS[context.key];
  for (const file of context.files) if (pattern?.test(file) === true) add(file, "name", "file");
  if (ID_KEYS.includes(context.key)) for (const id of idsIn(context.text)) add(id, "name", "id");
  for (const schema of schemas) {
    for (const value of schema.enum ?? []) add(value, "value", "");
    if (schema.const !== undefined) add(schema.const, "value", "");
    if (schema.type === "boolean") for (const value of [true, false]) add(value, "value", "");
    const { default: usual } = schema;
    if (usual !== undefined && typeof usual !== "object") add(usual, "value", "as without it");
  }
  return offers;
}

/** Ids that the document gives to its things. */
const idsIn = (text: string): readonly string[] => [
  ...new Set([...text.matchAll(/\bid:\s*["']?([\w-]+)/g)].map(([, id]) => id!)),
];

function typeWords(root: JsonSchema, schema: JsonSchema): string {
  const all = alternatives(root, schema);
  const values = all.flatMap(({ enum: words = [] }) => words);
  const types = [...new Set(all.flatMap(({ type }) => (type === undefined ? [] : [type])))];
  const kind = values.length > 0 ? values.join(" | ") : types.join(" or ");
  const { default: usual } = schema;
  const isShown = usual !== undefined && typeof usual !== "object";
  return isShown ? `${kind}, ${String(usual)} without it` : kind;
}
