// Compiles the core and its checks for this machine, with sanitizers, and reads what the checks say.

import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const FIRMWARE = resolve(import.meta.dirname, "../../firmware");
const CACHE = resolve(import.meta.dirname, "../../node_modules/.cache/firmware-checks");
const FLAGS = [
  "-std=c++11",
  "-O1",
  "-fsanitize=address,undefined",
  "-fno-sanitize-recover=all",
  "-Wall",
  "-Wextra",
  "-Werror",
];

/** What is compiled into one program of checks: folders and single files, in the linker's order, and where headers are. */
export interface CheckedProgram {
  readonly sources: readonly string[];
  readonly headers: readonly string[];
}
export const METER_CHECKS: CheckedProgram = {
  sources: ["core", "host-tests"],
  headers: ["core", "host-tests", "golden"],
};
export const RIG_CHECKS: CheckedProgram = {
  sources: ["core/groups.cpp", "rig/core", "host-tests/checks.cpp", "rig/host-tests"],
  headers: ["core", "rig/core", "host-tests"],
};

export interface HostCheck {
  readonly outcome: "ok" | "FAILED" | "note";
  readonly sentence: string;
}

export interface HostChecks {
  readonly checks: readonly HostCheck[];
  /** What the compiler or the program itself complained about; empty: nothing. */
  readonly complaint: string;
}

/** Undefined where there is no g++. Objects are kept under node_modules/.cache by what went into them. */
export async function runHostChecks(program: CheckedProgram): Promise<HostChecks | undefined> {
  const compiler = spawnSync("g++", ["--version"], { encoding: "utf8" });
  if (compiler.status !== 0) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const headers = filesIn(program.headers, ".h");
  const flags = [...FLAGS, ...program.headers.map((folder) => `-I${folder}`)];
  const shared = digest([compiler.stdout, flags.join(" "), ...headers.map(textOf)]);
  const sources = filesIn(program.sources, ".cpp");
  const objects = sources.map((source) =>
    join(CACHE, `${digest([shared, source, textOf(source)])}.o`),
  );
  const missing = sources.flatMap((source, index) =>
    existsSync(objects[index]!) ? [] : [{ source, object: objects[index]! }],
  );
  try {
    await inTurns(missing, ({ source, object }) => compile(flags, source, object));
    const binary = join(CACHE, digest(objects));
    if (!existsSync(binary)) await link(objects, binary);
    const run = spawnSync(binary, { encoding: "utf8", timeout: 240_000 });
    return { checks: checksIn(run.stdout), complaint: run.stderr };
  } catch (error) {
    return { checks: [], complaint: String((error as { stderr?: string }).stderr ?? error) };
  }
}

function checksIn(text: string): readonly HostCheck[] {
  return text
    .split("\n")
    .filter((line) => line.includes("\t"))
    .map((line) => {
      const [outcome, sentence] = line.split("\t");
      return { outcome: outcome as HostCheck["outcome"], sentence: sentence! };
    });
}

const run = promisify(execFile);

/** Under another name first, so that a build that was stopped leaves nothing half written. */
async function compile(flags: readonly string[], source: string, object: string): Promise<void> {
  const open = `${object}.${process.pid}.part`;
  await run("g++", [...flags, "-c", source, "-o", open], { cwd: FIRMWARE });
  renameSync(open, object);
}

async function link(objects: readonly string[], program: string): Promise<void> {
  const open = `${program}.${process.pid}.part`;
  await run("g++", ["-fsanitize=address,undefined", ...objects, "-o", open], { cwd: FIRMWARE });
  renameSync(open, program);
}

async function inTurns<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
}

const textOf = (file: string): string => readFileSync(join(FIRMWARE, file), "utf8");

function filesIn(places: readonly string[], ending: string): readonly string[] {
  return places.flatMap((place) =>
    place.endsWith(ending)
      ? [place]
      : readdirSync(join(FIRMWARE, place))
          .filter((name) => name.endsWith(ending))
          .sort((a, b) => (a < b ? -1 : 1))
          .map((name) => `${place}/${name}`),
  );
}

function digest(parts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex").slice(0, 32);
}
