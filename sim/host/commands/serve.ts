// `meterville serve`: a scenario live, with its page, its ledger and its recording in one process.

import { randomBytes, randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { formatDuration } from "../../core/time.ts";
import { demoUsers, fileUsers, noUsers, type Users } from "../access/users.ts";
import { ensureWebBuilt } from "../bootstrap/build-web.mjs";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { openHiding } from "../hiding.ts";
import { createLessonShelf } from "../lessons.ts";
import { brokerPlace, mqttUrl, ownBroker } from "../mqtt/broker-options.ts";
import { TOPIC_ROOT } from "../mqtt/topics.ts";
import { type RunFiles, resumeRunFiles, startRunFiles } from "../run-files.ts";
import { findRun, listRuns, RUN_FILE, type RunEntry, reachedMs } from "../run-folder.ts";
import { openServed } from "../served-run.ts";
import { createServer } from "../server.ts";
import { createServing } from "../serving.ts";
import { createSessions } from "../sessions.ts";
import { passwordOf, storePlace } from "../store/store-url.ts";
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
  readonly signIn?: boolean;
  readonly users?: string;
  readonly json?: boolean;
  readonly mqtt?: boolean;
  readonly mqttPort?: number;
  readonly broker?: string;
  readonly hideTruth?: boolean;
  readonly revealCode?: string;
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
  const users = usersOf(options);
  // Where people have to sign in, the broker is no way around it.
  const brokerToken = token ?? (options.signIn === true ? randomBytes(16).toString("hex") : null);
  const place = brokerPlace(options, { runId, token: brokerToken });
  const files =
    earlier === undefined
      ? await startRun(file, runId, options)
      : await resumeRunFiles(earlier, (sentence) => say(`${earlier.name}: ${sentence}`));
  const { folder, facts } = files;
  const asked = { isHidden: options.hideTruth, code: options.revealCode };
  const giveUp = async (error: unknown): Promise<never> => {
    await files.abandon();
    if (earlier === undefined) rmSync(folder, { recursive: true, force: true });
    throw error;
  };
  const hiding = await openHiding(folder, asked).catch(giveUp);
  await ensureWebBuilt().catch(giveUp);
  const first = await openServed(files, {
    ...{ place, hiding, say, isNew: earlier === undefined },
    pace: {
      speed: options.speed === undefined ? facts.speed : readSpeed(options.speed),
      isPaused: options.paused === true,
    },
  }).catch(giveUp);
  const serving = createServing({ first, place, hiding, say });
  const sessions = createSessions(first, hiding);
  const broker = ownBroker(place, first.mqttPort);
  const server = await createServer({
    ...{ sessions, hiding, token, broker },
    users: users ?? (await demoUsers(files.resolved.layout.supplies)),
    needsSignIn: options.signIn === true,
    brokerHasPassword: brokerToken !== null,
    served: () => serving.current,
    startOver: serving.startOver,
    lessons: createLessonShelf(say),
  });
  const port = await listen(server, options).catch(async (error: unknown) => {
    await first.closeWindow();
    return giveUp(error);
  });
  const name = options.host === undefined ? "127.0.0.1" : printableHost(options.host);
  const url = `http://${name}:${port}/${token === null || options.signIn === true ? "" : `?token=${token}`}`;
  const mqtt = place === null ? null : mqttUrl(place, name, first.mqttPort);
  const { keptIn } = first;
  tell(options, { url, mqtt, street: facts.scenario, runId, keptIn, seed: facts.seed });
  process.once("SIGINT", serving.stop);
  process.once("SIGTERM", serving.stop);
  const { last, isWhole } = await serving.run(sessions);
  await last.closeWindow();
  await server.close();
  await last.close(isWhole);
  const goOn = `meterville serve --resume ${last.runId.slice(0, ID_SHOWN)}`;
  if (!isWhole) {
    say(`stopped in the middle of a step that could not be kept; go on with it: ${goOn}`);
    return EXIT.interrupted;
  }
  say(`stopped; replay it with: meterville replay ${join(last.keptIn, RUN_FILE.recording)}`);
  say(`go on with it: ${goOn}`);
  return EXIT.interrupted;
}

/** The users of a file, or nobody; undefined for those of the demonstration, which never leave this machine. */
function usersOf({ users, host, signIn }: ServeOptions): Users | undefined {
  if (users !== undefined) return fileUsers(users, say);
  if (host === undefined || LOOPBACK.includes(host)) return undefined;
  if (signIn === true) {
    throw new CallerError(
      "--sign-in with --host: the accounts of the demonstration are for this machine only; give --users FILE (see user add)",
    );
  }
  return noUsers();
}

const LOOPBACK: readonly string[] = ["127.0.0.1", "localhost", "::1"];
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
  const store = options.store === undefined ? undefined : storeToKeep(options.store);
  return startRunFiles(resolved, runId, {
    speed,
    ...(store === undefined ? {} : { store }),
  });
}

/** What the run's folder notes of `--store`: never a password, which stays in the environment of this process. */
function storeToKeep(given: string): string {
  const place = storePlace(given);
  if (place.kind === "sqlite") return resolve(place.path);
  const password = passwordOf(place.url);
  if (password !== undefined) process.env["PGPASSWORD"] = password;
  return place.shown;
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
