// `meterville hil mutants`: the firmware with one fault at a time, against the cases of all suites until one of them fails.
// A suite is worth what it finds.

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { parseYaml } from "../../engine/scenario/parse.ts";
import type { BenchWorkerData } from "../bench-worker.ts";
import {
  type BenchCase,
  boardTimeMs,
  type CaseResult,
  chooseMutants,
  isRuled,
  KILLED_SHARE_MIN,
  type Mutant,
  MutantError,
  type MutantReport,
  MutantsSchema,
  type MutantVerdict,
  mechanicalMutants,
  mutantMarkdown,
  mutantReport,
  mutantText,
  withMutant,
} from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { PROJECT_ROOT } from "../files.ts";
import { readCases } from "./hil.ts";

export interface HilMutantsOptions {
  readonly mechanical: number;
  readonly seed: number;
  readonly only?: readonly string[];
  readonly markdown?: string;
  readonly json?: boolean;
}

const FIRMWARE = join(PROJECT_ROOT, "firmware");
const MUTANTS_FILE = join(PROJECT_ROOT, "hil/mutants.yaml");
const SUITES = join(PROJECT_ROOT, "hil/suites");

export async function hilMutantsCommand(options: HilMutantsOptions): Promise<number> {
  const began = performance.now();
  const { seed } = options;
  const plan = planOf(options);
  const cases = readCases([SUITES])
    .filter(({ isLong }) => !isLong)
    .sort((a, b) => boardTimeMs(a) - boardTimeMs(b));
  requireCompiler();
  const scratch = mkdtempSync(join(tmpdir(), "meter-mutants-"));
  const benches: Bench[] = [];
  const openBench = (hexText: string): Bench => {
    const bench = new Bench({ hexText, seed });
    benches.push(bench);
    return bench;
  };
  try {
    const shippedHex = await build(scratch, undefined);
    const unchanged = new Unchanged(openBench(shippedHex));
    const replaced: MutantReport["replaced"][number][] = [];
    const supply = builtMutants(plan, scratch, shippedHex, (mutant, why) => {
      replaced.push({ id: mutant.id, says: mutant.says, why });
      process.stderr.write(`${mutant.id} ${why}: another takes its place (${mutant.says})\n`);
    });
    const verdicts: { readonly index: number; readonly verdict: MutantVerdict }[] = [];
    const lane = async (): Promise<void> => {
      for (;;) {
        const { value: built, done } = await supply.next();
        if (done === true) return;
        const bench = openBench(built.hexText);
        const verdict = await judge(built.mutant, bench, cases, unchanged);
        await bench.close();
        verdicts.push({ index: built.index, verdict });
        process.stderr.write(progressLine(verdict));
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
    const ordered = verdicts.sort((a, b) => a.index - b.index).map(({ verdict }) => verdict);
    const report = mutantReport(ordered, {
      replaced,
      cases: cases.length,
      seed,
      firmwareSha256: createHash("sha256").update(shippedHex).digest("hex"),
      wallMs: Math.round(performance.now() - began),
    });
    if (options.markdown !== undefined) writeFileSync(options.markdown, mutantMarkdown(report));
    const text = options.json === true ? JSON.stringify(report) : mutantText(report);
    process.stdout.write(`${text}\n`);
    return report.killed >= report.mutants * KILLED_SHARE_MIN ? EXIT.done : EXIT.no;
  } finally {
    await Promise.all(benches.map((bench) => bench.close()));
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Plan {
  readonly fixed: readonly Mutant[];
  /** In the order in which they are drawn; the first that compile are taken. */
  readonly drawn: readonly Mutant[];
  readonly drawnCount: number;
}

/** Throws CallerError where a fault is asked for that there is not. */
function planOf({ mechanical, seed, only }: HilMutantsOptions): Plan {
  const handMade = parseYaml(readFileSync(MUTANTS_FILE, "utf8"), MUTANTS_FILE, MutantsSchema).value
    .mutants;
  const ruled = mechanicalMutants(
    sourceNames()
      .filter(isRuled)
      .map((file) => ({ file, text: readFileSync(join(FIRMWARE, file), "utf8") })),
  );
  if (only === undefined) {
    const drawn = chooseMutants(ruled, ruled.length, seed);
    return { fixed: handMade, drawn, drawnCount: mechanical };
  }
  const all = [...handMade, ...ruled];
  const fixed = only.map((id) => {
    const mutant = all.find((row) => row.id === id);
    if (mutant !== undefined) return mutant;
    throw new CallerError(
      `--only ${id}: there is no such fault; there are ${handMade[0]!.id} to ${handMade.at(-1)!.id} in hil/mutants.yaml and RULE-1 to RULE-${ruled.length}`,
    );
  });
  return { fixed, drawn: [], drawnCount: 0 };
}

const sourceNames = (): readonly string[] =>
  readdirSync(join(FIRMWARE, "core"))
    .filter((name) => /\.(cpp|h)$/.test(name))
    .sort()
    .map((name) => `core/${name}`);

function requireCompiler(): void {
  try {
    execFileSync("avr-gcc", ["--version"], { stdio: "ignore" });
  } catch (error) {
    throw new CallerError(
      "avr-gcc is missing, and every fault needs its own firmware: apt-get install gcc-avr avr-libc binutils-avr",
      { cause: error },
    );
  }
}

interface BuiltMutant {
  readonly mutant: Mutant;
  readonly index: number;
  readonly hexText: string;
}

/** One after another, as lanes ask for them. */
async function* builtMutants(
  { fixed, drawn, drawnCount }: Plan,
  scratch: string,
  shippedHex: string,
  replace: (mutant: Mutant, why: string) => void,
): AsyncGenerator<BuiltMutant, undefined> {
  let index = 0;
  for (const mutant of fixed) {
    const built = await tryBuild(scratch, mutant);
    if ("fault" in built) {
      throw new CallerError(`${mutant.id} in ${mutant.file} does not compile: ${built.fault}`);
    }
    yield { mutant, index: index++, hexText: built.hexText };
  }
  let left = drawnCount;
  for (const mutant of drawn) {
    if (left === 0) return;
    const built = await tryBuild(scratch, mutant);
    if ("fault" in built) replace(mutant, "does not compile");
    else if (built.hexText === shippedHex) replace(mutant, "gives the same bytes");
    else {
      left--;
      yield { mutant, index: index++, hexText: built.hexText };
    }
  }
}

type Built = { readonly hexText: string } | { readonly fault: string };

async function tryBuild(scratch: string, mutant: Mutant): Promise<Built> {
  try {
    return { hexText: await build(scratch, mutant) };
  } catch (error) {
    if (error instanceof MutantError) throw new CallerError(`hil/mutants.yaml: ${error.message}`);
    const { stderr } = error as { readonly stderr?: string };
    return { fault: stderr?.match(/error: (.*)/)?.[1] ?? (error as Error).message };
  }
}

const run = promisify(execFile);

/** The firmware with this fault, or as it is. */
async function build(scratch: string, mutant: Mutant | undefined): Promise<string> {
  const from = mkdtempSync(join(scratch, "sources-"));
  for (const folder of ["core", "uno"]) {
    cpSync(join(FIRMWARE, folder), join(from, folder), { recursive: true });
  }
  if (mutant !== undefined) {
    const file = join(from, mutant.file);
    writeFileSync(file, withMutant(readFileSync(file, "utf8"), mutant));
  }
  const hexFile = join(from, "meter.hex");
  const options = ["--from", from, "--hex", hexFile, "--cache", join(scratch, "objects")];
  await run(process.execPath, [join(FIRMWARE, "build.ts"), ...options]);
  const hexText = readFileSync(hexFile, "utf8");
  rmSync(from, { recursive: true });
  return hexText;
}

/** One firmware in a thread of its own; cases go one after another. */
class Bench {
  readonly #worker: Worker;
  constructor(workerData: BenchWorkerData) {
    this.#worker = new Worker(new URL("../bench-worker.ts", import.meta.url), { workerData });
  }

  run(what: BenchCase): Promise<CaseResult> {
    return new Promise((done, fail) => {
      this.#worker.once("error", fail);
      this.#worker.once("message", (result: CaseResult) => {
        this.#worker.removeListener("error", fail);
        done(result);
      });
      this.#worker.postMessage(what);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** A case that finds a fault must pass without it; each is asked about once. */
class Unchanged {
  readonly #bench: Bench;
  readonly #known = new Map<string, Promise<CaseResult>>();
  #last: Promise<unknown> = Promise.resolve();
  constructor(bench: Bench) {
    this.#bench = bench;
  }

  /** Throws CallerError. */
  async mustPass(what: BenchCase): Promise<void> {
    const asked = this.#known.get(what.id) ?? this.#ask(what);
    this.#known.set(what.id, asked);
    const { failure } = await asked;
    if (failure === undefined) return;
    throw new CallerError(
      `${what.id} fails on the firmware as it is, so it finds nothing: expected ${failure.expected}; got ${failure.got}`,
    );
  }

  #ask(what: BenchCase): Promise<CaseResult> {
    const asked = this.#last.then(() => this.#bench.run(what));
    this.#last = asked.catch(() => undefined);
    return asked;
  }
}

async function judge(
  { id, file, says, foundBy }: Mutant,
  bench: Bench,
  cases: readonly BenchCase[],
  unchanged: Unchanged,
): Promise<MutantVerdict> {
  const expected = cases.filter((row) => row.id === foundBy);
  const others = cases.filter((row) => row.id !== foundBy);
  let count = 0;
  for (const what of [...expected, ...others]) {
    count++;
    const { failure } = await bench.run(what);
    if (failure === undefined) continue;
    await unchanged.mustPass(what);
    return { id, file, says, killedBy: what.id, cases: count };
  }
  return { id, file, says, killedBy: null, cases: count };
}

const progressLine = ({ id, killedBy, cases, says }: MutantVerdict): string =>
  killedBy === null
    ? `${id} SURVIVED ${cases} cases: ${says}\n`
    : `${id} killed by ${killedBy} after ${cases} cases: ${says}\n`;
