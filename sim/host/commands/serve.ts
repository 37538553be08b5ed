// `meterville serve`: a scenario live, with its page, its ledger and its recording in one process.

import { randomBytes, randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join, relative, resolve } from "node:path";
import { formatDuration } from "../../core/time.ts";
import { runReport } from "../../engine/report.ts";
import { BOARD_DEADLINE_WALL_MS, type Boards, createBoards } from "../boards.ts";
import { ensureWebBuilt } from "../bootstrap/build-web.mjs";
import { createDevice, portProblem } from "../devices.ts";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import type { Lateness } from "../lateness.ts";
import { createLiveRun } from "../live.ts";
import { brokerPlace, mqttUrl, ownBroker } from "../mqtt/broker-options.ts";
import { REPEATED_MESSAGES_MAX } from "../mqtt/outbound-queue.ts";
import { TOPIC_ROOT } from "../mqtt/topics.ts";
import { openWindow } from "../mqtt/window.ts";
import { provenance } from "../provenance.ts";
import { withBoards } from "../report-text.ts";
import { type RunFiles, resumeRunFiles, startRunFiles } from "../run-files.ts";
import { findRun, listRuns, RUN_FILE, type RunEntry, reachedMs } from "../run-folder.ts";
import { createServer } from "../server.ts";
import { readScenario } from "./run.ts";

export interface ServeOptions {
  readonly port?: number;
  readonly resume?: string;
  readonly speed?: string;
  readonly paused?: boolean;
  readonly step?: string;
  readonly seed?: number;
  readonly set?: readonly string[];
  readonly store?: string;
  readonly host?: string;
  readonly json?: boolean;
  readonly mqtt?: boolean;
  readonly mqttPort?: number;
  readonly broker?: string;
}

const DEFAULT_SPEED = "60";
/** Digits of a run's id that are shown. */
const ID_SHOWN = 8;
const DEFAULT_PORT = 4380;
const PORTS_TRIED_MAX = 20;

/** Serves until SIGINT or SIGTERM; then closes the step, the recording and the store. */
export async function serveCommand(
  file: string | undefined,
  options: ServeOptions,
): Promise<number> {
  const earlier = options.resume === undefined ? undefined : runToResume(file, options);
  const runId = earlier?.facts?.runId ?? randomUUID();
  const token = options.host === undefined ? null : randomBytes(16).toString("hex");
  const place = brokerPlace(options, { runId, token });
  const files =
    earlier === undefined
      ? await startRun(file, runId, options)
      : await resumeRunFiles(earlier, (sentence) => say(`${earlier.name}: ${sentence}`));
  const { folder, facts, session, store } = files;
  const { twin } = session;
  const { commit, version, node } = provenance();
  const { clock } = twin.world.engine;
  const keptIn = relative(process.cwd(), folder) || folder;
  const boards = createBoards(createDevice, BOARD_DEADLINE_WALL_MS, { tell: say });
  const run = createLiveRun({
    session,
    journal: files.journal,
    waiting: files.waiting,
    nextSequence: files.nextSequence,
    boards,
    deviceProblem: portProblem,
    speed: options.speed === undefined ? facts.speed : readSpeed(options.speed),
    isPaused: options.paused === true,
    keptIn,
    onHeld: (text) => say(`the twin waits: ${text}, then press play`),
    onRetry: files.retry,
    onFailure: (text) => say(`the run has stopped: ${text}`),
    betweenSteps: files.betweenSteps,
  });
  files.waitWith(run.hold);
  const began = { wallMs: performance.now(), simMs: clock.nowMs };
  const report = () => {
    const timesRealTime = (clock.nowMs - began.simMs) / (performance.now() - began.wallMs);
    return withBoards(runReport(twin, { version, commit, node, timesRealTime }), boards);
  };
  await ensureWebBuilt();
  const giveUp = async (error: unknown): Promise<never> => {
    await files.abandon();
    if (earlier === undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  };
  const left = {
    journalled: files.journalled,
    readings: earlier === undefined ? [] : store.newestReadings(REPEATED_MESSAGES_MAX),
  };
  const window =
    place === null
      ? null
      : await openWindow({ run, runId, place, earlier: left, tell: say }).catch(giveUp);
  const mqttPort = window?.port ?? null;
  const broker = ownBroker(place, mqttPort);
  const server = await createServer({ run, runId, report, store, token, broker });
  const port = await listen(server, options).catch(async (error: unknown) => {
    await window?.close();
    return giveUp(error);
  });
  const name = options.host === undefined ? "127.0.0.1" : printableHost(options.host);
  const url = `http://${name}:${port}/${token === null ? "" : `?token=${token}`}`;
  const mqtt = place === null ? null : mqttUrl(place, name, mqttPort);
  tell(options, { url, mqtt, street: facts.scenario, runId, keptIn, seed: facts.seed });
  const stop = (): void => run.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  const isWhole = await run.run();
  await window?.close();
  await server.close();
  const goOn = `meterville serve --resume ${runId.slice(0, ID_SHOWN)}`;
  if (isWhole) await files.close(JSON.stringify(report()), run.isStopped, say);
  else {
    await files.abandon();
    say(`stopped in the middle of a step that could not be kept; go on with it: ${goOn}`);
    return EXIT.interrupted;
  }
  tellOfBoards(folder, boards);
  process.stderr.write(latenessText(run.lateness));
  say(`stopped; replay it with: meterville replay ${join(keptIn, RUN_FILE.recording)}`);
  say(`go on with it: ${goOn}`);
  return EXIT.interrupted;
}

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`);

async function startRun(
  file: string | undefined,
  runId: string,
  options: ServeOptions,
): Promise<RunFiles> {
  if (file === undefined) {
    throw new CallerError("serve needs a scenario, or --resume with a run; see serve --help");
  }
  const resolved = readScenario(file, options);
  tellOfKilledRun(resolved.name);
  const speed = readSpeed(options.speed ?? DEFAULT_SPEED);
  const store = options.store === undefined ? undefined : resolve(options.store);
  return startRunFiles(resolved, runId, {
    speed,
    ...(store === undefined ? {} : { store }),
  });
}

/** A run that goes on brings everything with it but its pace and its address. */
function runToResume(file: string | undefined, options: ServeOptions): RunEntry {
  const given = [
    ...(file === undefined ? [] : [file]),
    ...(options.step === undefined ? [] : ["--step"]),
    ...(options.seed === undefined ? [] : ["--seed"]),
    ...((options.set ?? []).length === 0 ? [] : ["--set"]),
    ...(options.store === undefined ? [] : ["--store"]),
  ];
  if (given.length > 0) {
    throw new CallerError(
      `--resume: a run keeps its own scenario, step, seed and ledger; leave out ${given.join(", ")}`,
    );
  }
  return findRun(options.resume!);
}

/** Whoever starts a scenario again after its run was killed may have meant to go on with it. */
function tellOfKilledRun(scenario: string): void {
  const last = listRuns().find(({ facts }) => facts?.scenario === scenario);
  if (last?.state !== "killed" || last.facts === undefined) return;
  const reached = reachedMs(last);
  const when = reached === undefined ? "" : ` at ${formatDuration(reached)}`;
  say(
    `the last run of ${scenario} was killed${when}; to go on with it instead: meterville serve --resume ${last.facts.runId.slice(0, ID_SHOWN)}`,
  );
}

/** Leaves in the run's folder how boards on the wall's clock kept it, and says so where they did not. */
function tellOfBoards(folder: string, { reports }: Boards): void {
  const boards = reports();
  if (boards.length === 0) return;
  writeFileSync(join(folder, RUN_FILE.boards), `${JSON.stringify({ boards }, null, 2)}\n`);
  for (const { supply, device, doubt } of boards) {
    if (doubt !== null) say(`${supply} on ${device}: ${doubt}`);
  }
}

/** How well the pace was kept, where there was one. */
function latenessText({ steps, quantileMs }: Lateness): string {
  const [median, p99] = [quantileMs(0.5), quantileMs(0.99)];
  if (median === null || p99 === null) return "";
  return `${steps} paced steps ended ${median} ms after their deadlines in the median, ${p99} ms in the 99th percentile\n`;
}

function readSpeed(text: string): number | null {
  if (text === "max") return null;
  const speed = Number(text);
  if (Number.isFinite(speed) && speed > 0) return speed;
  throw new CallerError(`--speed ${text}: write a number above 0, or max`);
}

/** An explicit port is taken or refused; the default one gives way to the next that is free. */
async function listen(
  server: { listen(options: { port: number; host: string }): Promise<string> },
  { port, host }: ServeOptions,
): Promise<number> {
  const first = port ?? DEFAULT_PORT;
  const last = port === undefined ? first + PORTS_TRIED_MAX : first;
  for (let candidate = first; candidate <= last; candidate++) {
    try {
      const address = await server.listen({ port: candidate, host: host ?? "127.0.0.1" });
      return Number(new URL(address).port);
    } catch (cause) {
      const { code } = cause as { code?: string };
      if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
        throw new CallerError(`--host ${host}: this machine has no such address`, { cause });
      }
      if (code === "EACCES") {
        throw new CallerError(`port ${candidate} needs more rights; give one above 1023`, {
          cause,
        });
      }
      if (code !== "EADDRINUSE") throw cause;
    }
  }
  throw new CallerError(
    `port ${first} is in use; give another with --port, or --port 0 for any that is free`,
  );
}

const printableHost = (host: string): string =>
  host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;

/** The addresses under which other machines reach a server that listens everywhere. */
function elsewhere({ host }: ServeOptions, url: string): readonly string[] {
  if (host !== "0.0.0.0" && host !== "::") return [];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => `  From other machines     ${url.replace("127.0.0.1", address)}`);
}

interface Told {
  readonly url: string;
  readonly mqtt: string | null;
  readonly street: string;
  readonly runId: string;
  readonly keptIn: string;
  readonly seed: number;
}

function tell(options: ServeOptions, { url, mqtt, street, runId, keptIn, seed }: Told): void {
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ url, runId, mqttUrl: mqtt })}\n`);
    return;
  }
  const broker =
    mqtt === null ? [] : [`  MQTT                    ${mqtt}/${TOPIC_ROOT}/${street}/#`];
  process.stdout.write(
    [
      "",
      `  Meterville is running:  ${url}`,
      ...elsewhere(options, url),
      ...broker,
      "",
      `  Kept in                 ${keptIn}  (journal, recording, ledger; seed ${seed})`,
      "  Stop                    Ctrl+C",
      "",
      "",
    ].join("\n"),
  );
}
