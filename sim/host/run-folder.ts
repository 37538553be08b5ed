// The folders of live runs: what is in one, whether its process lives, how it ended. One folder a run, below `runsRoot`.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { SimMs } from "../core/time.ts";
import { newestCheckpointMs } from "./checkpoint.ts";
import { CallerError, fileReason } from "./failure.ts";
import { runsRoot, writeWhole } from "./files.ts";
import { isLockLeft, lockHolder, type ProcessLock, takeLock } from "./process-lock.ts";
import { openReadOnly } from "./store/sqlite.ts";
import { isPostgresUrl } from "./store/store-url.ts";
import { makeFolder } from "./targets.ts";

/** Names in a run's folder. */
export const RUN_FILE = {
  facts: "run.json",
  lock: "lock",
  scenario: "resolved-scenario.json",
  journal: "journal.ndjson",
  recording: "recording.mcap",
  store: "store.db",
  checkpoints: "checkpoints",
  /** How boards on the wall's clock kept it. */
  boards: "boards.json",
  /** Whether the truth is hidden from those who watch. */
  hiding: "hiding.json",
  /** Payments that customers ordered on their pages, and what customers allow. */
  payments: "payment-orders.ndjson",
  consents: "consents.ndjson",
} as const;

const FACTS_VERSION = 1;

/** `run.json`: what a run is, and how it ended. */
export interface RunFacts {
  readonly version: typeof FACTS_VERSION;
  readonly runId: string;
  readonly scenario: string;
  readonly seed: number;
  /** Wall time, ISO 8601. */
  readonly startedAt: string;
  /** Where the ledger lies: relative to the folder, or absolute, or a URL without its password. */
  readonly store: string;
  /** Simulated over real time at first; null is as fast as possible. */
  readonly speed: number | null;
  /** Null while it runs, and after it was killed. */
  readonly ended: { readonly at: string; readonly simMs: SimMs } | null;
}

/** `unfinished`: killed before anything was in it. `damaged`: something is there, but what is needed to go on is not. */
export type RunState = "running" | "stopped" | "killed" | "unfinished" | "damaged";

export interface Damage {
  readonly broken: readonly string[];
  readonly there: readonly string[];
}

export interface RunEntry {
  readonly folder: string;
  readonly name: string;
  readonly facts: RunFacts | undefined;
  readonly state: RunState;
  /** Of a run that is damaged: what is gone or broken, and what is still there. */
  readonly damage: Damage | undefined;
  readonly pid: number | undefined;
}

/** Makes the folder of a new run and takes its lock. */
export async function createRunFolder(
  scenario: string,
  runId: string,
  facts: Pick<RunFacts, "seed" | "store" | "speed">,
): Promise<{ readonly folder: string; readonly lock: ProcessLock; readonly facts: RunFacts }> {
  const now = new Date().toISOString();
  const stamp = now.slice(0, 19).replaceAll(":", "-");
  const folder = join(runsRoot(), `${scenario}-${stamp}-${runId.slice(0, 4)}`);
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new CallerError(
      `cannot make ${folder}, where live runs are kept: ${fileReason(cause)}; set METERVILLE_RUNS to another folder`,
      { cause },
    );
  }
  const lock = lockRun(folder);
  const whole: RunFacts = {
    version: FACTS_VERSION,
    runId,
    scenario,
    ...facts,
    startedAt: now,
    ended: null,
  };
  await writeFacts(folder, whole);
  return { folder, lock, facts: whole };
}

/** Takes a run's lock; two processes in one run would write two truths. */
export function lockRun(folder: string): ProcessLock {
  const taken = takeLock(join(folder, RUN_FILE.lock));
  if ("release" in taken) return taken;
  throw new CallerError(
    `${folder}: this run is in progress as process ${taken.heldBy}; stop that one first`,
  );
}

export async function writeFacts(folder: string, facts: RunFacts): Promise<void> {
  const text = `${JSON.stringify(facts, undefined, 2)}\n`;
  await writeWhole(join(folder, RUN_FILE.facts), Buffer.from(text), "facts");
}

/** Where a run's ledger lies: a path, or the URL of a database. */
export function storePath(folder: string, { store }: RunFacts): string {
  return isAbsolute(store) || isPostgresUrl(store) ? store : join(folder, store);
}

/** All runs, newest first; those that came to nothing are the last. */
export function listRuns(): readonly RunEntry[] {
  let names: string[] = [];
  try {
    names = readdirSync(runsRoot());
  } catch {
    return [];
  }
  const entries = names
    .map((name) => join(runsRoot(), name))
    .filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true)
    .map((folder) => readRun(folder));
  const startedAt = ({ facts }: RunEntry): string => facts?.startedAt ?? "";
  return entries.sort((a, b) => (startedAt(a) < startedAt(b) ? 1 : -1));
}

/** One folder as a run. */
export function readRun(folder: string): RunEntry {
  const facts = readFacts(folder);
  const lock = join(folder, RUN_FILE.lock);
  const pid = lockHolder(lock);
  const name = relative(runsRoot(), folder) || folder;
  const ended = facts?.ended === null || isLockLeft(lock) ? "killed" : "stopped";
  const parts = partsOf(folder, facts);
  const whole = parts.broken.length === 0 ? ended : parts.hasBegun ? "damaged" : "unfinished";
  const state = pid === undefined ? whole : "running";
  return { folder, name, facts, state, damage: state === "damaged" ? parts : undefined, pid };
}

/** What a run needs to go on, and what of it is there. A kill while it starts leaves no journal and no recording. */
function partsOf(
  folder: string,
  facts: RunFacts | undefined,
): Damage & { readonly hasBegun: boolean } {
  const { scenario, journal, recording, store, facts: factsFile } = RUN_FILE;
  const broken = [
    ...(facts === undefined ? [factsFile] : []),
    ...(isWholeJson(join(folder, scenario)) ? [] : [scenario]),
    ...(bytesOf(folder, journal) > 0 ? [] : [journal]),
  ];
  const there = [factsFile, scenario, journal, recording, store].filter(
    (name) => !broken.includes(name as (typeof broken)[number]) && bytesOf(folder, name) > 0,
  );
  const isLeft = (name: string): boolean => bytesOf(folder, name) > 0;
  const hasBegun =
    isLeft(journal) || isLeft(recording) || (facts === undefined && isLeft(scenario));
  return { broken, there, hasBegun };
}

const bytesOf = (folder: string, name: string): number =>
  statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;

/** By its last byte: a file that was cut off ends elsewhere. */
function isWholeJson(path: string): boolean {
  try {
    return readFileSync(path).at(-1) === "}".charCodeAt(0);
  } catch {
    return false;
  }
}

/** What is wrong with a damaged run, and what can still be done with it. */
export function damageText({ broken, there }: Damage): string {
  const rest = there.length === 0 ? "nothing else is there" : `still there: ${there.join(", ")}`;
  const isReadable = there.includes(RUN_FILE.recording);
  const cure = isReadable ? `; replay and export read its ${RUN_FILE.recording}` : "";
  return `${broken.join(", ")} ${broken.length === 1 ? "is" : "are"} missing or damaged, so it cannot be gone on with; ${rest}${cure}`;
}

function readFacts(folder: string): RunFacts | undefined {
  try {
    const facts = JSON.parse(readFileSync(join(folder, RUN_FILE.facts), "utf8")) as RunFacts;
    return facts.version === FACTS_VERSION ? facts : undefined;
  } catch {
    return undefined;
  }
}

const RUNS_SHOWN_MAX = 5;

/** Finds the run that a person means: a folder, a run's id or name or the beginning of one, or `last`. */
export function findRun(wanted: string): RunEntry {
  const runs = listRuns();
  if (wanted === "last") {
    const newest = runs.find(({ facts }) => facts !== undefined);
    if (newest === undefined) throw new CallerError(`there is no run in ${runsRoot()}`);
    return newest;
  }
  const names: readonly string[] = Object.values(RUN_FILE);
  if (names.some((name) => statSync(join(wanted, name), { throwIfNoEntry: false }) !== undefined)) {
    return readRun(wanted);
  }
  const fits = runs.filter(
    ({ facts, name }) => facts?.runId.startsWith(wanted) === true || name.startsWith(wanted),
  );
  if (fits.length === 1) return fits[0]!;
  if (fits.length === 0) {
    throw new CallerError(`there is no run ${wanted}; meterville runs lists those there are`);
  }
  const found = fits.slice(0, RUNS_SHOWN_MAX).map(({ name }) => name);
  if (fits.length > RUNS_SHOWN_MAX) found.push("…");
  throw new CallerError(
    `${wanted} fits ${fits.length} runs (${found.join(", ")}); write more of it`,
  );
}

/** Simulated time that a run has reached, as far as its files say. */
export function reachedMs({ folder, facts }: RunEntry): SimMs | undefined {
  if (facts === undefined) return undefined;
  if (facts.ended !== null) return facts.ended.simMs;
  const newest = newestCheckpointMs(join(folder, RUN_FILE.checkpoints));
  const marked = markOf(storePath(folder, facts), facts.runId);
  if (newest === undefined) return marked;
  return marked === undefined ? newest : Math.max(newest, marked);
}

function markOf(path: string, runId: string): SimMs | undefined {
  // A list of runs asks no server: what their checkpoints say has to do.
  if (isPostgresUrl(path)) return undefined;
  let database: DatabaseSync | undefined;
  try {
    database = openReadOnly(path);
    const row = database.prepare("select sim_ms from progress where run_id = ?").get(runId);
    return row === undefined ? undefined : Number(row["sim_ms"]);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}
