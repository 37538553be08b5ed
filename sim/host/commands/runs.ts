// `meterville runs`: the live runs that are kept, how each ended, and what can be done with it.

import { readdirSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { createInterface } from "node:readline/promises";
import { formatDuration, MINUTE_MS, type SimMs } from "../../core/time.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import {
  damageText,
  listRuns,
  lockRun,
  RUN_FILE,
  type RunEntry,
  type RunState,
  reachedMs,
} from "../run-folder.ts";

export interface RunsOptions {
  readonly prune?: boolean;
  /** How many of those that do not run are kept, the newest; none unless given. */
  readonly keep?: number;
  readonly yes?: boolean;
  /** Also those that cannot be gone on with, though something of them is there. */
  readonly damaged?: boolean;
  readonly json?: boolean;
}

/** One run as programs see it. */
interface RunRow {
  readonly run: string;
  readonly runId: string | null;
  readonly scenario: string | null;
  readonly seed: number | null;
  /** Wall time, ISO 8601. */
  readonly startedAt: string | null;
  readonly simMs: SimMs | null;
  readonly state: RunState;
  readonly bytes: number;
  /** What goes on with it, and what runs it again; null where that cannot be. */
  readonly resume: string | null;
  readonly replay: string | null;
  /** What is gone of a damaged run, and what is still there. */
  readonly damage: string | null;
}

/** Lists runs, or removes those that are not in progress. */
export async function runsCommand(options: RunsOptions): Promise<number> {
  const runs = listRuns();
  if (options.prune === true) return prune(runs, options);
  const rows = runs.map(rowOf);
  if (options.json === true) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else process.stdout.write(`${tableOf(rows)}\n`);
  return EXIT.done;
}

function rowOf(entry: RunEntry): RunRow {
  const { folder, facts, state, damage } = entry;
  const recording = join(relative(process.cwd(), folder) || folder, RUN_FILE.recording);
  const hasRecording = statSync(join(folder, RUN_FILE.recording), { throwIfNoEntry: false });
  const isOver = state === "stopped" || state === "killed";
  return {
    run: entry.name,
    runId: facts?.runId ?? null,
    scenario: facts?.scenario ?? null,
    seed: facts?.seed ?? null,
    startedAt: facts?.startedAt ?? null,
    simMs: reachedMs(entry) ?? null,
    state,
    bytes: bytesIn(folder),
    resume: isOver ? `meterville serve --resume ${facts!.runId.slice(0, 8)}` : null,
    replay: hasRecording === undefined ? null : `meterville replay ${recording}`,
    damage: damage === undefined ? null : damageText(damage),
  };
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    // A file may go while a run is in progress.
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile() === true) bytes += stat.size;
  }
  return bytes;
}

function tableOf(rows: readonly RunRow[]): string {
  if (rows.length === 0) return "no runs are kept; meterville serve SCENARIO begins one";
  const head = ["scenario", "seed", "started", "simulated", "state", "size", "what next"];
  const cells = rows.map((row) => [
    row.scenario ?? row.run,
    String(row.seed ?? "–"),
    row.startedAt?.slice(0, 16).replace("T", " ") ?? "–",
    row.simMs === null ? "–" : formatDuration(Math.floor(row.simMs / MINUTE_MS) * MINUTE_MS),
    row.state,
    `${(row.bytes / 1e6).toFixed(1)} MB`,
    row.resume ?? whatNext(row),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]!.length)),
  );
  return [head, ...cells]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function whatNext({ state, replay }: RunRow): string {
  if (state === "running") return "it is in progress";
  if (state === "damaged") return replay ?? "look into its folder";
  return "meterville runs --prune";
}

async function prune(runs: readonly RunEntry[], options: RunsOptions): Promise<number> {
  const isKept = ({ state }: RunEntry): boolean =>
    state === "running" || (state === "damaged" && options.damaged !== true);
  const over = runs.filter((entry) => !isKept(entry)).slice(options.keep ?? 0);
  if (options.damaged !== true) tellOfDamaged(runs);
  const mb = over.reduce((sum, { folder }) => sum + bytesIn(folder), 0) / 1e6;
  const what = `${over.length} run(s), ${mb.toFixed(1)} MB`;
  if (over.length > 0 && options.yes !== true && !(await isAgreed(what))) {
    process.stderr.write("nothing was removed\n");
    return EXIT.no;
  }
  const removed = over.filter((entry) => remove(entry)).map(({ name }) => name);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ removed })}\n`);
  else process.stdout.write(`removed ${removed.length} run(s), ${mb.toFixed(1)} MB\n`);
  return EXIT.done;
}

/** They may hold the only copy of something: whoever wants them gone says so. */
function tellOfDamaged(runs: readonly RunEntry[]): void {
  for (const { name, damage } of runs) {
    if (damage === undefined) continue;
    process.stderr.write(`${name} stays (--damaged removes it too): ${damageText(damage)}\n`);
  }
}

/** Removes a run's folder; who has gone on with the run in the meantime keeps it. */
function remove({ folder }: RunEntry): boolean {
  try {
    lockRun(folder);
  } catch (error) {
    if (error instanceof CallerError) return false;
    throw error;
  }
  rmSync(folder, { recursive: true, force: true });
  return true;
}

async function isAgreed(what: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CallerError(`runs --prune would remove ${what}; give --yes to remove them`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`Remove ${what}? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}
