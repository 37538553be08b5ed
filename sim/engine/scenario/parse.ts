// YAML text to a checked value; every fault with its line and column.

import { type Document, isMap, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { issueSentence } from "../../contract/issue-sentence.ts";
import { nearestWord, type Problem, ScenarioError } from "./problem.ts";

export interface ParsedYaml<Value> {
  readonly value: Value;
  /** What the file says, assignments included, before defaults. */
  readonly written: unknown;
  /** Where a path stands in the text, for faults found later. */
  readonly placeOf: (path: readonly (string | number)[]) => { line: number; column: number };
}

/** An assignment from the command line: `air.lossShare=0.1`. */
export interface Assignment {
  readonly path: string;
  readonly value: string;
}

/** Of a file that is something else, each line is a fault. */
const SYNTAX_FAULTS_SHOWN_MAX = 5;
const SYNTAX_FAULT_CHARACTERS = 120;
const LARGEST_FILE_CHARACTERS = 4_000_000;

/** Reads and checks `text` against `schema`, after applying `assignments`. Throws ScenarioError with every fault. */
export function parseYaml<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
  assignments: readonly Assignment[] = [],
): ParsedYaml<z.infer<Schema>> {
  if (text.length > LARGEST_FILE_CHARACTERS) {
    throw new ScenarioError([
      {
        file,
        line: 0,
        column: 0,
        field: "",
        fix: "the file is larger than 4 MB; is it a scenario?",
      },
    ]);
  }
  const lines = new LineCounter();
  const document = readOr(file, () =>
    parseDocument(text, { lineCounter: lines, prettyErrors: false }),
  );
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (document.errors.length > 0) {
    const problems = document.errors.slice(0, SYNTAX_FAULTS_SHOWN_MAX).map((error) => ({
      file,
      ...placeAt(error.pos[0]),
      field: "yaml",
      fix: yamlText(error),
    }));
    const rest = document.errors.length - problems.length;
    if (rest > 0) {
      const fix = `and ${rest} more; is this a YAML file?`;
      problems.push({ file, line: 0, column: 0, field: "yaml", fix });
    }
    throw new ScenarioError(problems);
  }
  const placeOf = (path: readonly (string | number)[]) => placeAt(offsetOf(document, path));
  for (const assignment of assignments) assign(document, assignment, file, placeOf);
  const raw = readOr(file, (): unknown => document.toJS({ maxAliasCount: 100 }));
  if (raw === null || raw === undefined) {
    const fix = "the file is empty; scenarios/three-lanes.yaml is one to begin from";
    throw new ScenarioError([{ file, line: 0, column: 0, field: "", fix }]);
  }
  const checked = schema.safeParse(raw, { error: issueSentence });
  if (checked.success) return { value: checked.data, written: raw, placeOf };
  const problems = flatten(checked.error.issues).map((issue) =>
    describe(issue, file, schema, placeOf),
  );
  throw new ScenarioError(problems.map((problem) => withAssignment(problem, assignments)));
}

/** The library throws where it gives up: nested too deep for the stack, or more copies by aliases than it makes. */
function readOr<Value>(file: string, read: () => Value): Value {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    const fix = giveUpText(cause);
    throw new ScenarioError([{ file, line: 0, column: 0, field: "yaml", fix }], { cause });
  }
}

const TOO_DEEP = "lists and maps stand too deep in one another; is it a scenario?";

function yamlText({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === "MULTIPLE_DOCS") return "a second document begins here (---); a file holds one";
  if (/call stack/i.test(message)) return TOO_DEEP;
  return message.length > SYNTAX_FAULT_CHARACTERS
    ? `${message.slice(0, SYNTAX_FAULT_CHARACTERS)}…`
    : message;
}

function giveUpText(error: Error): string {
  if (error instanceof RangeError) return TOO_DEEP;
  if (/excessive alias/i.test(error.message)) {
    return "its aliases (*) repeat too much; write out what they stand for";
  }
  const name = /unresolved alias.*: (\S+)$/i.exec(error.message)?.[1];
  return name === undefined ? error.message : `there is no &${name} before *${name}`;
}

/** A problem that an assignment brought in says so: its place in the file is only the nearest one. */
function withAssignment(problem: Problem, assignments: readonly Assignment[]): Problem {
  const { field } = problem;
  const source = assignments.find(
    ({ path }) => path === field || path.startsWith(`${field}.`) || field.startsWith(`${path}.`),
  );
  if (source === undefined) return problem;
  return { ...problem, fix: `${problem.fix} (from --set ${source.path}=${source.value})` };
}

type Issue = z.core.$ZodIssue;

/** A union that failed names its members' faults when one of them went deeper; each unknown key is a fault. */
function flatten(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue): readonly Issue[] => {
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => ({ ...issue, keys: [key] }));
    }
    if (issue.code !== "invalid_union") return [issue];
    let deepest: Issue[] = [];
    for (const member of issue.errors) {
      const nested = member.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
      if (nested.some(({ path }) => path.length > issue.path.length)) deepest = nested;
    }
    return deepest.length > 0 ? flatten(deepest) : [issue];
  });
}

function describe(
  issue: Issue,
  file: string,
  schema: z.ZodType,
  placeOf: (path: readonly (string | number)[]) => { line: number; column: number },
): Problem {
  const path = issue.path.map((key) => (typeof key === "symbol" ? String(key) : key));
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const known = keysAt(schema, path);
    const near = nearestWord(key, known);
    const fix =
      near !== undefined
        ? `unknown key; did you mean ${near}?`
        : `unknown key; known here: ${known.join(", ")}`;
    return { file, ...placeOf([...path, key]), field: [...path, key].join("."), fix };
  }
  return { file, ...placeOf(path), field: path.join("."), fix: issue.message };
}

/** Character offset of the node at `path`, of its key, or of its nearest parent that exists. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    if (length > 1 ? isMap(parent) : isMap(document.contents)) {
      const map = length > 1 && isMap(parent) ? parent : document.contents;
      const pair = isMap(map)
        ? map.items.find(({ key }) => String(key) === String(path[length - 1]))
        : undefined;
      const key = pair?.key as { range?: readonly number[] } | null | undefined;
      if (key?.range?.[0] !== undefined) return key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] };
    if (node?.range?.[0] !== undefined) return node.range[0];
  }
  return 0;
}

/** The keys that the schema knows at `path`; empty where it has none. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): readonly string[] {
  let here: z.core.$ZodType | undefined = unwrap(schema);
  for (const key of path) {
    if (here === undefined) return [];
    const def = here._zod.def as unknown as Record<string, unknown>;
    if (def["type"] === "object") {
      here = unwrap((def["shape"] as Record<string, z.core.$ZodType>)[String(key)]);
    } else if (def["type"] === "array") {
      here = unwrap(def["element"] as z.core.$ZodType);
    } else return [];
  }
  const def = here?._zod.def as unknown as Record<string, unknown> | undefined;
  return def?.["type"] === "object" ? Object.keys(def["shape"] as object) : [];
}

function unwrap(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  let here = schema;
  for (;;) {
    const def = here?._zod.def as unknown as Record<string, unknown> | undefined;
    if (def === undefined) return here;
    if (def["type"] === "pipe") here = def["in"] as z.core.$ZodType;
    else if (def["innerType"] !== undefined) here = def["innerType"] as z.core.$ZodType;
    else if (def["type"] === "union") {
      const options = def["options"] as readonly z.core.$ZodType[];
      const list = options.find(({ _zod }) => {
        const kind = (_zod.def as { type: string }).type;
        return kind === "array" || kind === "object";
      });
      if (list === undefined) return here;
      here = list;
    } else return here;
  }
}

/** Writes one assignment into the document; the path must exist in the file or in the schema (checked after). */
function assign(
  document: Document.Parsed,
  { path, value }: Assignment,
  file: string,
  placeOf: (path: readonly (string | number)[]) => { line: number; column: number },
): void {
  const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const parsed = parseDocument(value, { prettyErrors: false });
  if (parsed.errors.length > 0 || path === "") {
    const fix = `cannot read ${path}=${value}; write PATH=VALUE with a YAML value`;
    throw new ScenarioError([{ file, ...placeOf([]), field: path, fix }]);
  }
  for (let length = 1; length < keys.length; length++) {
    const key = keys[length];
    const node = document.getIn(keys.slice(0, length), true);
    const isList =
      node !== undefined &&
      node !== null &&
      typeof node === "object" &&
      "items" in node &&
      !isMap(node);
    if (!isList) continue;
    const count = (node as { items: readonly unknown[] }).items.length;
    if (typeof key === "number" && key < count) continue;
    const where = keys.slice(0, length).join(".");
    const fix = `${where} has ${count} entries, 0 to ${count - 1}; there is no ${String(key)}`;
    throw new ScenarioError([{ file, ...placeOf(keys.slice(0, length)), field: path, fix }]);
  }
  try {
    document.setIn(keys, document.createNode(parsed.toJS()));
  } catch (cause) {
    const fix = "there is nothing to set at this path";
    throw new ScenarioError([{ file, ...placeOf(keys), field: path, fix }], { cause });
  }
}
