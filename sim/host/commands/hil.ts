// `meterville hil run`: cases of suites on emulated boards, as many at once as there are cores, with a verdict, reports
// and traces.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { parseDurationMs } from "../../core/time.ts";
import { parseYaml } from "../../engine/scenario/parse.ts";
import type { BenchWorkerData } from "../bench-worker.ts";
import {
  type BenchCase,
  BoardError,
  benchJunit,
  benchPage,
  benchReport,
  boardTimeMs,
  type CaseResult,
  casesOf,
  coverageMarkdown,
  createImage,
  deviceProblem,
  hasRig,
  METER_HEX,
  measuredMarkdown,
  openBenchBoard,
  type RunFacts,
  recordingText,
  runCase,
  type SkippedCase,
  type Suite,
  SuiteError,
  SuiteSchema,
  sameEachTime,
  suiteJsonSchema,
  vcdText,
  wallProblem,
} from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError, fileReason } from "../failure.ts";
import { checkTargets, checkWritable, makeFolder, type Target, writeTarget } from "../targets.ts";
import { readHex } from "./board.ts";

export interface HilRunOptions {
  readonly board: string;
  readonly hex?: string;
  readonly junit?: string;
  readonly html?: string;
  readonly vcd?: string;
  readonly shard?: string;
  readonly only?: readonly string[];
  readonly repeat?: number;
  readonly seed?: number;
  readonly timeLimit?: string;
  readonly record?: string;
  readonly long?: boolean;
  readonly measured?: boolean;
  readonly json?: boolean;
}

const DEFAULT_SEED = 1;
const PATHS_SHOWN = 3;

export async function hilRunCommand(
  paths: readonly string[],
  options: HilRunOptions,
): Promise<number> {
  const suites = suiteFiles(paths).map((file) => readSuite(file));
  const { chosen: wanted, skipped } = choose(allCases(suites), options);
  prepareOutputs(options);
  const { board } = options;
  const isOnWall = board !== "emulated";
  if (isOnWall) await checkBoard(board);
  const { chosen, skips } = isOnWall ? forWall(wanted) : { chosen: wanted, skips: [] };
  const { hexText, firmwareSha256 } = readFirmware(options.hex ?? METER_HEX);
  const seed = options.seed ?? DEFAULT_SEED;
  const began = performance.now();
  const limitMs = readLimit(options.timeLimit);
  const queue = Array.from({ length: options.repeat ?? 1 }, () => chosen).flat();
  const isRecording = options.record !== undefined;
  const isQuiet = options.json === true;
  const run = isOnWall
    ? await runOnWall(queue, { hexText, seed, board }, limitMs, isQuiet)
    : await runAll(queue, { hexText, seed, isRecording }, limitMs, isQuiet);
  // On the wall no run is like another, to the byte.
  const results = isOnWall ? run.results : sameEachTime(run.results);
  const facts: RunFacts = {
    wallMs: performance.now() - began,
    seed,
    firmwareSha256,
    requirements: requirementsOf(suites),
    skipped,
    skips,
    shard: options.shard,
    again: (id) => againCommand(id, paths, seed, options),
  };
  for (const { option, path } of reportsOf(options)) {
    const text = option === "--junit" ? benchJunit : benchPage;
    writeTarget({ option, path }, text(results, facts));
  }
  if (options.vcd !== undefined) writeTraces(options.vcd, results);
  if (options.record !== undefined) writeRecordings(options.record, chosen, results, facts);
  const report = benchReport(results, facts);
  if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
  else if (options.measured === true) process.stdout.write(measuredMarkdown(report.measured));
  else process.stdout.write(`${reportText(report)}\n`);
  if (run.lost !== undefined) {
    process.stderr.write(`${run.lost}\n`);
    return EXIT.device;
  }
  if (run.isOutOfTime) {
    process.stderr.write(
      `the time limit of ${options.timeLimit} ran out after ${run.results.length} of ${queue.length} cases\n`,
    );
    return EXIT.timeLimit;
  }
  return report.failed > 0 ? EXIT.no : EXIT.done;
}

/** Throws CallerError before the work where what was asked for cannot be written after it. */
function prepareOutputs(options: HilRunOptions): void {
  const reports = reportsOf(options);
  checkTargets(reports);
  for (const report of reports) checkWritable(report);
  for (const option of ["vcd", "record"] as const) {
    const path = options[option];
    if (path === undefined) continue;
    try {
      makeFolder(path);
    } catch (cause) {
      throw new CallerError(
        `--${option} ${path}: the folder cannot be made: ${fileReason(cause)}`,
        {
          cause,
        },
      );
    }
  }
}

const reportsOf = ({ junit, html }: HilRunOptions): readonly Target[] => [
  ...(junit === undefined ? [] : [{ option: "--junit", path: junit, kind: "xml" } as const]),
  ...(html === undefined ? [] : [{ option: "--html", path: html, kind: "xml" } as const]),
];

export interface HilSchemaOptions {
  readonly out?: string;
}

/** Prints the JSON Schema of suites, or writes it. */
export async function hilSchemaCommand({ out }: HilSchemaOptions): Promise<number> {
  const text = `${JSON.stringify(suiteJsonSchema(), null, 2)}\n`;
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return EXIT.done;
}

/** Which case uses which fault and stands for which requirement, as a document. */
export async function hilCoverageCommand(
  paths: readonly string[],
  { out }: HilSchemaOptions,
): Promise<number> {
  const suites = suiteFiles(paths).map((file) => readSuite(file));
  const text = coverageMarkdown(allCases(suites), requirementsOf(suites));
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
  return EXIT.done;
}

const requirementsOf = (suites: readonly Suite[]): Readonly<Record<string, string>> =>
  Object.assign({}, ...suites.map(({ requirements }) => requirements));

/** Suite files at these paths; a folder stands for all of its own. Throws CallerError. */
function suiteFiles(paths: readonly string[]): readonly string[] {
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) {
      throw new CallerError(
        `${path}: there is no such suite or folder; the shipped ones are in hil/suites`,
      );
    }
    if (!found.isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => name.endsWith(".yaml"))
      .sort()
      .map((name) => join(path, name));
    if (files.length === 0)
      throw new CallerError(`${path}: there is no suite (*.yaml) in this folder`);
    return files;
  });
}

const readSuite = (file: string): Suite =>
  parseYaml(readFileSync(file, "utf8"), file, SuiteSchema).value;

/** The cases of suite files, or of folders of them. Throws CallerError. */
export const readCases = (paths: readonly string[]): readonly BenchCase[] =>
  allCases(suiteFiles(paths).map((file) => readSuite(file)));

function allCases(suites: readonly Suite[]): readonly BenchCase[] {
  try {
    return casesOf(suites);
  } catch (error) {
    if (error instanceof SuiteError) throw new CallerError(error.message);
    throw error;
  }
}

interface Choice {
  readonly chosen: readonly BenchCase[];
  /** Long ones that nobody asked for. */
  readonly skipped: number;
}

function choose(cases: readonly BenchCase[], { shard, only, long }: HilRunOptions): Choice {
  const all = long === true ? cases : cases.filter(({ isLong }) => !isLong);
  const wanted =
    only === undefined
      ? all
      : only.flatMap((id) => {
          const found = cases.filter((row) => row.id === id || row.id.startsWith(`${id}/`));
          if (found.length > 0) return found;
          const some = cases.slice(0, PATHS_SHOWN).map((row) => row.id);
          throw new CallerError(
            `--only ${id}: there is no such case; there are ${some.join(", ")}, …`,
          );
        });
  const skipped = only === undefined ? cases.length - all.length : 0;
  if (shard === undefined) return { chosen: wanted, skipped };
  const match = /^(\d+)\/(\d+)$/.exec(shard);
  const [index, count] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)];
  if (match === null || index < 1 || index > count) {
    throw new CallerError(`--shard ${shard}: write i/n with i from 1 to n, such as 1/4`);
  }
  return { chosen: wanted.filter((_, at) => at % count === index - 1), skipped };
}

export function readFirmware(file: string): {
  readonly hexText: string;
  readonly firmwareSha256: string;
} {
  const hexText = readHex(file);
  return { hexText, firmwareSha256: createHash("sha256").update(hexText).digest("hex") };
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const limit = parseDurationMs(text);
  if (limit === undefined)
    throw new CallerError(`--time-limit ${text}: write a duration such as 3min`);
  return limit;
}

interface Ran {
  /** In the order of the cases, as far as they were run. */
  readonly results: readonly CaseResult[];
  readonly isOutOfTime: boolean;
  /** Why the board cannot be asked any more. */
  readonly lost?: string;
}

/** Hands cases out to workers; results come back in the order of the cases whoever is faster. */
async function runAll(
  cases: readonly BenchCase[],
  workerData: BenchWorkerData,
  limitMs: number,
  isQuiet: boolean,
): Promise<Ran> {
  const results: (CaseResult | undefined)[] = cases.map(() => undefined);
  const count = Math.min(availableParallelism(), cases.length);
  // Long ones first: or one worker would have the longest when the others are done.
  const queue = cases
    .map((row, at) => ({ row, at, spanMs: boardTimeMs(row) }))
    .sort((a, b) => b.spanMs - a.spanMs || a.at - b.at);
  let next = 0;
  let isOutOfTime = false;
  const workers = Array.from(
    { length: count },
    () => new Worker(new URL("../bench-worker.ts", import.meta.url), { workerData }),
  );
  const timer = Number.isFinite(limitMs)
    ? setTimeout(() => {
        isOutOfTime = true;
        for (const worker of workers) void worker.terminate();
      }, limitMs)
    : undefined;
  await Promise.all(
    workers.map(
      (worker) =>
        new Promise<void>((done, fail) => {
          let current = -1;
          const giveNext = (): void => {
            const given = queue[next++];
            if (given === undefined || isOutOfTime) {
              void worker.terminate();
              return;
            }
            current = given.at;
            worker.postMessage(given.row);
          };
          worker.on("message", (result: CaseResult) => {
            results[current] = result;
            if (!isQuiet) process.stderr.write(lineOf(result));
            giveNext();
          });
          worker.on("error", fail);
          worker.on("exit", () => done());
          giveNext();
        }),
    ),
  );
  clearTimeout(timer);
  return { results: results.filter((result) => result !== undefined), isOutOfTime };
}

/** Throws a CallerError, with the exit code of a missing device, where no meter's board answers there. */
async function checkBoard(board: string): Promise<void> {
  const problem = hasRig(board)
    ? `--board ${board}: suites drive no rig yet; name the meter's port alone`
    : deviceProblem(board);
  if (problem !== undefined) throw new CallerError(problem);
  const lost = await boardProblem(board);
  if (lost !== undefined) throw new CallerError(lost, { exitCode: EXIT.device });
}

/** Why a board cannot be asked; undefined where it answers. */
async function boardProblem(board: string): Promise<string | undefined> {
  try {
    const session = await openBenchBoard(board);
    await session.close();
    return undefined;
  } catch (error) {
    if (error instanceof BoardError) return error.message;
    throw error;
  }
}

/** The cases that a board can be put through of which only the line is in hand. */
function forWall(cases: readonly BenchCase[]): {
  readonly chosen: readonly BenchCase[];
  readonly skips: readonly SkippedCase[];
} {
  const chosen: BenchCase[] = [];
  const skips: SkippedCase[] = [];
  for (const each of cases) {
    const reason = wallProblem(each);
    const { id, suite, title } = each;
    if (reason === undefined) chosen.push(each);
    else skips.push({ id, suite, title, reason });
  }
  return { chosen, skips };
}

/** One case after the other: there is one board, and its time passes by itself. */
async function runOnWall(
  cases: readonly BenchCase[],
  { hexText, seed, board }: BenchWorkerData & { readonly board: string },
  limitMs: number,
  isQuiet: boolean,
): Promise<Ran> {
  const image = createImage(hexText);
  const began = performance.now();
  const results: CaseResult[] = [];
  for (const each of cases) {
    if (performance.now() - began > limitMs) return { results, isOutOfTime: true };
    const result = await runCase(each, { image, seed, wall: () => openBenchBoard(board) });
    // Only of a board that is still there has it said anything.
    const lost = result.failure === undefined ? undefined : await boardProblem(board);
    if (lost !== undefined) return { results, isOutOfTime: false, lost };
    results.push(result);
    if (!isQuiet) process.stderr.write(lineOf(result));
  }
  return { results, isOutOfTime: false };
}

const lineOf = ({ id, title, failure }: CaseResult): string =>
  failure === undefined
    ? ""
    : `failed ${id} ${title}: at ${failure.atSimMs} ms expected ${failure.expected}; got ${failure.got}\n`;

function againCommand(
  id: string,
  paths: readonly string[],
  seed: number,
  { hex, board }: HilRunOptions,
): string {
  const firmware = hex === undefined ? "" : ` --hex ${hex}`;
  const where = board === "emulated" ? "" : ` --board ${board}`;
  return `npx meterville hil run ${paths.join(" ")} --only ${id} --seed ${seed}${firmware}${where}`;
}

function writeTraces(folder: string, results: readonly CaseResult[]): void {
  for (const { id, trace, failure } of results) {
    if (failure === undefined) continue;
    writeFileSync(join(folder, `${id.replaceAll("/", "-")}.vcd`), vcdText(id, trace));
  }
}

/** Every case with what was done and all bytes of its line; the first run of it where there are several. */
function writeRecordings(
  folder: string,
  cases: readonly BenchCase[],
  results: readonly CaseResult[],
  facts: RunFacts,
): void {
  for (const what of cases) {
    const result = results.find(({ id }) => id === what.id);
    if (result === undefined) continue;
    const file = join(folder, `${what.id.replaceAll("/", "-")}.jsonl`);
    writeFileSync(file, recordingText(what, result, facts));
  }
}

function reportText(report: ReturnType<typeof benchReport>): string {
  const { cases, passed, failed, skipped, skips = [], timesRealTime, wallMs, failures } = report;
  const long = skipped - skips.length;
  const left =
    (skips.length === 0 ? "" : `, ${skips.length} skipped`) +
    (long === 0 ? "" : `, ${long} long ones left out (--long)`);
  const summary = `${cases} cases: ${passed} passed, ${failed} failed${left}, in ${(wallMs / 1000).toFixed(1)} s (${timesRealTime} × real time)`;
  const again = failures.map(({ id, command }) => `run ${id} again: ${command}`);
  const why = skips.map(({ id, reason }) => `skipped ${id}: ${reason}`);
  return [...why, ...again, summary].join("\n");
}
