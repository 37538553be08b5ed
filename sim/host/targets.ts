// What a command is about to write, looked at before it begins: nothing is overwritten that is not of its kind, and what
// cannot be written is said before the work, not after it.

import {
  accessSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { CallerError, fileReason } from "./failure.ts";

/** How files of a kind begin. */
const KINDS = {
  recording: { begins: "\u0089MCAP", name: "a recording" },
  database: { begins: "SQLite format 3\u0000", name: "a database" },
  xml: { begins: "<", name: "an XML file" },
  json: { begins: "{", name: "a JSON file" },
  page: { begins: "# ", name: "a page of Markdown" },
  html: { begins: "<!doctype html>", name: "a page of HTML" },
  pdf: { begins: "%PDF-", name: "a PDF" },
  csv: { begins: "node,", name: "a table of node voltages" },
} as const;

export interface Target {
  /** As the caller wrote it, such as `--out`. */
  readonly option: string;
  readonly path: string;
  readonly kind: keyof typeof KINDS;
}

/** Files that a command reads, by what the caller called them. */
export interface Source {
  readonly option: string;
  readonly path: string;
}

/** Throws CallerError where two names mean one file, or where a file of another kind would be overwritten. */
export function checkTargets(targets: readonly Target[], sources: readonly Source[] = []): void {
  const seen = new Map<string, string>();
  const note = (path: string, name: string): void => {
    const identity = identityOf(path);
    if (identity !== "") seen.set(identity, name);
  };
  for (const { option, path } of sources) note(path, option);
  for (const { option, path } of targets) {
    const other = seen.get(identityOf(path));
    if (other !== undefined) {
      throw new CallerError(`${option} ${path}: that is ${other} too; give another file`);
    }
    note(path, `${option} ${path}`);
  }
  for (const target of targets) checkKind(target);
}

/** Two names of one file have one identity; what is no file, such as /dev/null, has none. */
function identityOf(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return resolve(path);
  return stat.isFile() ? `${stat.dev}:${stat.ino}` : "";
}

function checkKind({ option, path, kind }: Target): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size === 0) return;
  const { begins, name } = KINDS[kind];
  const head = Buffer.alloc(begins.length);
  let handle: number;
  try {
    handle = openSync(path, "r");
  } catch (cause) {
    throw new CallerError(`${option} ${path}: ${fileReason(cause)}`, { cause });
  }
  try {
    readSync(handle, head, 0, head.length, 0);
  } finally {
    closeSync(handle);
  }
  if (head.toString("latin1") === begins) return;
  throw new CallerError(
    `${option} ${path}: is there already and no ${name.replace(/^an? /, "")}; give another file`,
  );
}

/** Throws CallerError where a file could not be written; leaves nothing behind. */
export function checkWritable({ option, path }: Pick<Target, "option" | "path">): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  try {
    if (stat?.isDirectory() === true) throw Object.assign(new Error(), { code: "EISDIR" });
    accessSync(stat === undefined ? dirname(path) : path, constants.W_OK);
  } catch (cause) {
    throw new CallerError(`${option} ${path}: cannot be written: ${fileReason(cause)}`, { cause });
  }
}

/** Writes a text that the caller asked for. Throws CallerError. */
export function writeTarget({ option, path }: Pick<Target, "option" | "path">, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (cause) {
    throw new CallerError(`${option} ${path}: cannot be written: ${fileReason(cause)}`, { cause });
  }
}

/**
 * Makes a folder and those above it. Node's own `recursive` turns for ever where a folder such as /proc takes none.
 * Throws what the system says.
 */
export function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
