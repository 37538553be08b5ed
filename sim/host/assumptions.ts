// What a scenario does not say and the program fills in: found by comparing what was written with what was parsed,
// so that no default can be forgotten here.

/** A value that nobody wrote. */
export interface Assumption {
  /** Where to write it, such as `air.lossShare`. */
  readonly path: string;
  readonly value: unknown;
}

/** Defaults of one kind in a list are told once, for the first of them. */
const LIST_MARK = "[]";

/** Every leaf of `parsed` that `written` has not, in the order of the schema. Lists: once for all their entries. */
export function assumptionsOf(written: unknown, parsed: unknown): readonly Assumption[] {
  const found = new Map<string, unknown>();
  collect(written, parsed, "", found);
  return Array.from(found, ([path, value]) => ({ path, value }));
}

function collect(
  written: unknown,
  parsed: unknown,
  path: string,
  found: Map<string, unknown>,
): void {
  if (Array.isArray(parsed)) {
    if (written === undefined) note(path, parsed, found);
    else if (Array.isArray(written)) {
      parsed.forEach((entry, index) => {
        collect(written[index], entry, `${path}${LIST_MARK}`, found);
      });
    }
    return;
  }
  if (typeof parsed === "object" && parsed !== null) {
    const given = isRecord(written) ? written : {};
    for (const [key, value] of Object.entries(parsed)) {
      collect(given[key], value, path === "" ? key : `${path}.${key}`, found);
    }
    return;
  }
  if (written === undefined && parsed !== undefined) note(path, parsed, found);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function note(path: string, value: unknown, found: Map<string, unknown>): void {
  if (!found.has(path)) found.set(path, value);
}
