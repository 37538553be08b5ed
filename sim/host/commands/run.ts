// `meterville run`: a scenario from its start to its end, as fast as it goes.

import { randomUUID } from "node:crypto";
import { zstdCompressSync } from "node:zlib";
import type { JournalEntry } from "../../contract/input.ts";
import type { RunReport } from "../../contract/report.ts";
import { parseMoment } from "../../core/calendar.ts";
import { DAY_MS, formatDuration, HOUR_MS, parseDurationMs, type SimMs } from "../../core/time.ts";
import { createFeed } from "../../engine/journal-feed.ts";
import { runReport } from "../../engine/report.ts";
import type { Assignment } from "../../engine/scenario/parse.ts";
import { resolveScenario } from "../../engine/scenario/resolve.ts";
import type { ResolvedScenario } from "../../engine/scenario/resolved.ts";
import { createTwin, resolvedText, type Twin } from "../../engine/world.ts";
import { createRecording } from "../../recording/writer.ts";
import { BOARD_DEADLINE_WALL_MS, type Boards, createBoards } from "../boards.ts";
import { createDevice, deviceProblem } from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { isFailed, judge, junitXml, skip, skippedText, type Verdict } from "../expectations.ts";
import { CallerError, fileReason } from "../failure.ts";
import { createReadText, openSink } from "../files.ts";
import { readJournal } from "../journal.ts";
import { createProfile, profileTable } from "../profile.ts";
import { createProgress, NO_PROGRESS, type Progress } from "../progress.ts";
import { provenance } from "../provenance.ts";
import { doubtText, printReport, withBoards } from "../report-text.ts";
import { createSession, type Session } from "../session.ts";
import { storePlace } from "../store/store-url.ts";
import { checkTargets, checkWritable, type Target, writeTarget } from "../targets.ts";

export interface RunOptions {
  readonly seed?: number;
  readonly days?: number;
  readonly until?: string;
  readonly step?: string;
  readonly set?: readonly string[];
  readonly journal?: string;
  readonly out?: string;
  readonly store?: string;
  readonly junit?: string;
  readonly json?: boolean;
  /** `1..20` or `1,4,9`: many runs instead of one. */
  readonly seeds?: string;
  readonly workers?: number;
  readonly profile?: boolean;
}

/** Runs a scenario; returns the exit code: 1 where an expectation fails. */
export async function runCommand(file: string, options: RunOptions): Promise<number> {
  if (options.seeds !== undefined) {
    return (await import("./seeds.ts")).seedsCommand(file, options);
  }
  checkFiles(file, options);
  const resolved = readScenario(file, options);
  const endMs = endOf(resolved, options);
  const twin = createTwin(resolved);
  const journal = options.journal === undefined ? [] : readJournal(options.journal, keyOf(twin));
  const { commit, version, node } = provenance();
  const runId = randomUUID();
  const { startEpochMs } = resolved.calendar;
  const sink = options.out === undefined ? undefined : await openOut(options.out);
  const recording =
    sink === undefined
      ? undefined
      : createRecording({
          sink,
          library: `meterville ${version}`,
          startEpochMs,
          supplies: resolved.layout.supplies.map(({ id }) => id),
          compress: (bytes) => zstdCompressSync(bytes),
        });
  recording?.scenario(resolvedText(resolved), twin.model.scenarioSha256, runId);
  const { name: scenario, seed } = resolved;
  // What writes queries takes a while to be read in.
  const store =
    options.store === undefined
      ? undefined
      : (await import("../store.ts")).openStore(options.store, { runId, scenario, seed });
  const profile = options.profile === true ? createProfile() : undefined;
  const session = createSession({
    twin,
    ...(profile === undefined ? {} : { onPhase: profile.mark }),
    ...(recording === undefined ? {} : { recording }),
    ...(store === undefined ? {} : { store }),
  });
  const started = process.hrtime.bigint();
  const facts = () => {
    const wallMs = Number(process.hrtime.bigint() - started) / 1e6;
    return { version, commit, node, timesRealTime: twin.world.engine.clock.nowMs / wallMs };
  };
  const makeReport = () => runReport(twin, facts());
  const boards = createBoards(createDevice, BOARD_DEADLINE_WALL_MS, {
    tell: (sentence) => void process.stderr.write(`${sentence}\n`),
  });
  const { verdicts, unsolved, isInterrupted } = await watched(
    session,
    { resolved, endMs, journal, boards },
    makeReport,
    options.json === true ? NO_PROGRESS : createProgress(endMs),
  );
  await boards.close();
  const report = withBoards(makeReport(), boards);
  await session.close(JSON.stringify(report));
  await sink?.close();
  store?.close();
  if (profile !== undefined) process.stderr.write(`${profileTable(profile.read())}\n`);
  const told = profile === undefined ? report : { ...report, profile: profile.read() };
  const answer = tell(told, twin, verdicts, options, isInterrupted, file);
  process.stderr.write(unsolvedText(unsolved, report.grid.failedSteps));
  process.stderr.write(doubtText(report));
  const { junit } = options;
  if (junit !== undefined) {
    writeTarget({ option: "--junit", path: junit }, junitXml(scenario, report, verdicts));
  }
  return answer;
}

/** What the run will write, before it begins. */
export function checkFiles(file: string, { journal, out, store, junit }: RunOptions): void {
  const targets: Target[] = [];
  if (out !== undefined) targets.push({ option: "--out", path: out, kind: "recording" });
  const place = store === undefined ? undefined : storePlace(store);
  if (place?.kind === "sqlite") {
    targets.push({ option: "--store", path: place.path, kind: "database" });
  }
  if (junit !== undefined) targets.push({ option: "--junit", path: junit, kind: "xml" });
  const given = journal === undefined ? [] : [{ option: `--journal ${journal}`, path: journal }];
  checkTargets(targets, [{ option: "the scenario", path: file }, ...given]);
  if (junit !== undefined) checkWritable({ option: "--junit", path: junit });
}

const keyOf = ({ model }: Twin) => ({
  scenarioSha256: model.scenarioSha256,
  seed: model.resolved.seed,
});

function tell(
  report: RunReport,
  twin: Twin,
  verdicts: readonly Verdict[],
  options: RunOptions,
  isInterrupted: boolean,
  file: string,
): number {
  if (options.json === true) process.stdout.write(`${JSON.stringify(report)}\n`);
  else
    printReport(report, twin, {
      file,
      again: againWith(options),
      ...(options.out === undefined ? {} : { out: options.out }),
    });
  process.stderr.write(skippedText(verdicts));
  const failed = verdicts.filter(isFailed);
  for (const { row, message } of failed) process.stderr.write(`${row.place} ${message}\n`);
  if (isInterrupted) return EXIT.interrupted;
  return failed.length > 0 ? EXIT.no : EXIT.done;
}

/** What the caller typed that shapes the run, beside scenario and seed. */
function againWith({ days, until, step, set, journal }: RunOptions): readonly string[] {
  const quoted = (text: string): string => (/^[\w./=:-]+$/.test(text) ? text : `'${text}'`);
  return [
    ...(days === undefined ? [] : ["--days", String(days)]),
    ...(until === undefined ? [] : ["--until", until]),
    ...(step === undefined ? [] : ["--step", step]),
    ...(set ?? []).flatMap((assignment) => ["--set", quoted(assignment)]),
    ...(journal === undefined ? [] : ["--journal", quoted(journal)]),
  ];
}

/** What `--set` says, taken apart. */
export function assignmentsOf({ set = [] }: Pick<RunOptions, "set">): readonly Assignment[] {
  return set.map((text) => {
    const at = text.indexOf("=");
    if (at <= 0)
      throw new CallerError(`--set ${text}: write PATH=VALUE, such as air.lossShare=0.1`);
    return { path: text.slice(0, at), value: text.slice(at + 1) };
  });
}

/** Resolves with what the command line says on top of the file. */
export function readScenario(
  file: string,
  options: Pick<RunOptions, "seed" | "step" | "set">,
): ResolvedScenario {
  const assignments = assignmentsOf(options);
  let stepMs: number | undefined;
  if (options.step !== undefined) {
    stepMs = parseDurationMs(options.step);
    if (stepMs === undefined || stepMs <= 0 || stepMs > HOUR_MS || HOUR_MS % stepMs !== 0) {
      throw new CallerError(
        `--step ${options.step}: write a divisor of an hour, such as 1s or 1min`,
      );
    }
  }
  const resolved = resolveScenario(file, createReadText(), {
    assignments,
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(stepMs === undefined ? {} : { stepMs }),
  });
  for (const [index, { device }] of (resolved.boards ?? []).entries()) {
    const problem = deviceProblem(device);
    if (problem !== undefined) throw new CallerError(`${file} boards.${index}.device: ${problem}`);
  }
  return resolved;
}

/** The last moment of a run, on the grid of its steps. */
export function endOf(resolved: ResolvedScenario, options: RunOptions): number {
  let endMs = resolved.durationMs;
  if (options.days !== undefined) endMs = Math.round(options.days * DAY_MS);
  if (!Number.isSafeInteger(endMs)) {
    const daysMax = Math.floor(Number.MAX_SAFE_INTEGER / DAY_MS);
    throw new CallerError(`--days ${options.days}: write at most ${daysMax}`);
  }
  if (options.until !== undefined) {
    const until = parseMoment(resolved.calendar, options.until);
    if (until === undefined || until <= 0) {
      throw new CallerError(
        `--until ${options.until}: write a duration since the start (2d14h) or a later local time (2026-01-15T14:00)`,
      );
    }
    endMs = until;
  }
  return Math.ceil(endMs / resolved.stepMs) * resolved.stepMs;
}

async function openOut(path: string): ReturnType<typeof openSink> {
  try {
    return await openSink(path);
  } catch (cause) {
    throw new CallerError(`--out ${path}: cannot be written: ${fileReason(cause)}`, { cause });
  }
}

/** What a run goes through. */
export interface Course {
  readonly resolved: ResolvedScenario;
  readonly endMs: number;
  readonly journal: readonly JournalEntry[];
  /** Asked where the journal has no answers of the boards. */
  readonly boards: Boards;
}

/** What a run to its end tells, and asks, on the way. */
export interface Watch {
  report(): RunReport;
  note(simMs: number): void;
  isInterrupted(): boolean;
}

/** Steps to the end, or to the whole step in which it was interrupted; judges expectations at their moments. */
export async function playToEnd(
  session: Session,
  { resolved, endMs, journal, boards }: Course,
  watch: Watch,
): Promise<{
  readonly verdicts: readonly Verdict[];
  /** Null where every step was solved. */
  readonly unsolved: Unsolved | null;
  readonly isInterrupted: boolean;
}> {
  const feed = createFeed(journal);
  for (const entry of journal) session.noteEntry(entry);
  const { clock } = session.twin.world.engine;
  const pending = [...resolved.expect].sort((a, b) => a.at - b.at);
  const verdicts: Verdict[] = [];
  let unsolved: Unsolved | null = null;
  let nextSequence = (journal.at(-1)?.sequence ?? 0) + 1;
  while (clock.nowMs < endMs && !watch.isInterrupted()) {
    const takesEffectAtMs = clock.nowMs;
    const back = boards.takeReturned().map(({ supply, device }): JournalEntry => {
      const input = { kind: "swap-in", target: supply, device } as const;
      return { sequence: nextSequence++, takesEffectAtMs, kind: "input", input };
    });
    for (const entry of back) session.noteEntry(entry);
    const swapped = session.begin([...feed.inputsAt(takesEffectAtMs), ...back]);
    let answers = feed.answersAt(takesEffectAtMs);
    if (boards.openCount > 0 || (swapped.length > 0 && answers.length === 0)) {
      answers = await boards.ask(session.twin, swapped);
      if (swapped.length === 0 && boards.isOnWall) await boards.untilReturned(clock.stepMs);
      if (swapped.length > 0) {
        session.noteEntry({ sequence: nextSequence++, takesEffectAtMs, kind: "answers", answers });
      }
    }
    session.finish(answers);
    unsolved = noteUnsolved(unsolved, session.twin.out);
    while (pending.length > 0 && pending[0]!.at <= clock.nowMs) {
      verdicts.push(judge(pending.shift()!, watch.report(), true));
    }
    if (session.needsFlush) {
      await session.flush();
      watch.note(clock.nowMs);
      await new Promise<void>((resolve) => setImmediate(resolve)); // lets signals in
    }
  }
  for (const row of pending) {
    verdicts.push(row.at <= endMs ? judge(row, watch.report(), false) : skip(row));
  }
  return { verdicts, unsolved, isInterrupted: watch.isInterrupted() };
}

/** Steps whose power flow was not solved: what they delivered is nothing that one may believe. */
export interface Unsolved {
  readonly firstMs: SimMs;
  readonly worstFeeder: string;
  readonly worstBus: string;
  readonly worstMismatchPu: number;
}

function noteUnsolved(unsolved: Unsolved | null, { events }: Twin["out"]): Unsolved | null {
  let now = unsolved;
  for (const { event } of events) {
    if (event.kind !== "step-failed") continue;
    const { at, feeder, bus, mismatchPu } = event;
    if (now !== null && mismatchPu <= now.worstMismatchPu) continue;
    const worst = { worstFeeder: feeder, worstBus: bus, worstMismatchPu: mismatchPu };
    now = { firstMs: now?.firstMs ?? at, ...worst };
  }
  return now;
}

/** One line about them; empty where every step was solved. */
export function unsolvedText(unsolved: Unsolved | null, count: number): string {
  if (unsolved === null) return "";
  const { firstMs, worstFeeder, worstBus } = unsolved;
  return `the power flow of ${count} step(s) did not converge, the first ${formatDuration(firstMs)} after the start, the worst at bus ${worstBus} of ${worstFeeder}; their energies and voltages mean nothing\n`;
}

/** With a progress bar, and stopped by the first SIGINT or SIGTERM; the second one ends the process at once. */
async function watched(
  session: Session,
  course: Course,
  report: () => RunReport,
  progress: Progress,
): ReturnType<typeof playToEnd> {
  let isInterrupted = false;
  const interrupt = (): void => {
    isInterrupted = true;
    progress.end();
    process.stderr.write("stopping after this step; once more to stop at once\n");
  };
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    const note = (simMs: number): void => {
      if (!isInterrupted) progress.note(simMs);
    };
    return await playToEnd(session, course, { report, note, isInterrupted: () => isInterrupted });
  } finally {
    progress.end();
    process.removeListener("SIGINT", interrupt);
    process.removeListener("SIGTERM", interrupt);
  }
}
