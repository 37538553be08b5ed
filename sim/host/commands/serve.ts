// `meterville serve`: a scenario live, with its page, its ledger and its recording in one process.

import { randomBytes, randomUUID } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join, relative } from "node:path";
import { zstdCompressSync } from "node:zlib";
import { runReport } from "../../engine/report.ts";
import { createTwin, resolvedText } from "../../engine/world.ts";
import { createRecording } from "../../recording/writer.ts";
import { createBoards, createSimulatedDevice } from "../boards.ts";
import { ensureWebBuilt } from "../bootstrap/build-web.mjs";
import { EXIT } from "../exit-codes.ts";
import { CallerError } from "../failure.ts";
import { openSink, PROJECT_ROOT } from "../files.ts";
import { createJournal } from "../journal.ts";
import type { Lateness } from "../lateness.ts";
import { createLiveRun } from "../live.ts";
import { brokerPlace, mqttUrl, ownBroker } from "../mqtt/broker-options.ts";
import { TOPIC_ROOT } from "../mqtt/topics.ts";
import { openWindow } from "../mqtt/window.ts";
import { provenance } from "../provenance.ts";
import { createServer } from "../server.ts";
import { createSession } from "../session.ts";
import { openStore } from "../store.ts";
import { readScenario } from "./run.ts";

export interface ServeOptions {
  readonly port?: number;
  readonly speed: string;
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

const DEFAULT_PORT = 4380;
const PORTS_TRIED_MAX = 20;
const BOARD_DEADLINE_WALL_MS = 500;

/** Serves until SIGINT or SIGTERM; then closes the step, the recording and the store. */
export async function serveCommand(file: string, options: ServeOptions): Promise<number> {
  const speed = readSpeed(options.speed);
  const resolved = readScenario(file, options);
  const runId = randomUUID();
  const token = options.host === undefined ? null : randomBytes(16).toString("hex");
  const place = brokerPlace(options, { runId, token });
  const folder = createFolder(resolved.name, runId);
  const twin = createTwin(resolved);
  const { commit, version, node } = provenance();
  const { name: scenario, seed } = resolved;
  const { scenarioSha256 } = twin.model;
  const storePath = options.store ?? join(folder, "store.db");
  const store = openStore(storePath, { runId, scenario, seed });
  writeFileSync(join(folder, "resolved-scenario.json"), resolvedText(resolved));
  const sink = await openSink(join(folder, "recording.mcap"), (error) => run.hold(error));
  const recording = createRecording({
    sink,
    library: `meterville ${version}`,
    startEpochMs: resolved.calendar.startEpochMs,
    supplies: resolved.layout.supplies.map(({ id }) => id),
    compress: (bytes) => zstdCompressSync(bytes),
  });
  recording.scenario(resolvedText(resolved), scenarioSha256, runId);
  const journal = createJournal(join(folder, "journal.ndjson"), {
    version: 1,
    scenarioSha256,
    seed,
    runId,
  });
  const session = createSession({ twin, recording, store });
  const keptIn = relative(process.cwd(), folder) || folder;
  const run = createLiveRun({
    session,
    journal,
    boards: createBoards((name) => createSimulatedDevice(name), BOARD_DEADLINE_WALL_MS),
    speed,
    isPaused: options.paused === true,
    keptIn,
    onHeld: (text) => process.stderr.write(`the twin waits: ${text}, then press play\n`),
    onRetry: () => sink.retry(),
    onFailure: (text) => process.stderr.write(`the run has stopped: ${text}\n`),
  });
  const startedWallMs = performance.now();
  const report = () =>
    runReport(twin, {
      version,
      commit,
      node,
      timesRealTime: twin.world.engine.clock.nowMs / (performance.now() - startedWallMs),
    });
  await ensureWebBuilt();
  const giveUp = async (error: unknown): Promise<never> => {
    journal.close();
    store.close();
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
    throw error;
  };
  const tellLine = (line: string): void => void process.stderr.write(`${line}\n`);
  const window =
    place === null
      ? null
      : await openWindow({ run, runId, place, earlier: [], tell: tellLine }).catch(giveUp);
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
  tell(options, { url, mqtt, street: scenario, runId, keptIn, seed });
  const stop = (): void => run.stop();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  await run.run();
  sink.giveUp();
  await window?.close();
  await server.close();
  await session.close(JSON.stringify(report()));
  await sink.close();
  journal.close();
  store.close();
  process.stderr.write(latenessText(run.lateness));
  process.stderr.write(
    `stopped; replay it with: meterville replay ${join(keptIn, "recording.mcap")}\n`,
  );
  return EXIT.interrupted;
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

function createFolder(scenario: string, runId: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "-");
  const folder = join(PROJECT_ROOT, "runs", `${scenario}-${stamp}-${runId.slice(0, 4)}`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new CallerError(`cannot make ${folder}: live runs are kept there; check permissions`, {
      cause,
    });
  }
  return folder;
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
