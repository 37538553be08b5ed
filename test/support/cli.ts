// The command line as a user starts it: a child process, its output, its exit code.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PROJECT_ROOT, runsRoot } from "../../sim/host/files.ts";

export interface Finished {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

const MAIN = join(PROJECT_ROOT, "sim/host/main.ts");

function start(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const env = { ...process.env, ...environment };
  return spawn(process.execPath, [MAIN, ...args], { cwd, env, stdio: "pipe" });
}

/** Runs `meterville …` to its end, from the top of the checkout. */
export async function meterville(...args: readonly string[]): Promise<Finished> {
  const child = start(args, PROJECT_ROOT);
  child.stdin!.end();
  let [stdout, stderr] = ["", ""];
  child.stdout!.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { stdout, stderr, exitCode };
}

/** A command that does not end by itself; `stop` interrupts it and waits. */
export function spawnMeterville(...args: readonly string[]): {
  readonly child: ChildProcess;
  readonly stop: () => Promise<Finished>;
} {
  const child = start(args, PROJECT_ROOT);
  servers.add(child);
  child.once("close", () => servers.delete(child));
  let stderr = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const stop = async (): Promise<Finished> => {
    if (child.exitCode === null) child.kill("SIGINT");
    const [exitCode] = await closed;
    return { stdout: "", stderr, exitCode };
  };
  return { child, stop };
}

/** The object that a command with `--json` prints, and nothing else. */
export async function metervilleJson<Report>(...args: readonly string[]): Promise<Report> {
  const { stdout, stderr, exitCode } = await meterville(...args, "--json");
  if (exitCode !== 0) throw new Error(`meterville ${args.join(" ")}: exit ${exitCode}: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

export interface Serving {
  readonly url: string;
  readonly runId: string;
  /** Where MQTT clients connect; null without. */
  readonly mqttUrl: string | null;
  /** Where the run is kept. */
  readonly folder: string;
  readonly stderr: () => string;
  readonly pid: number;
  /** As a power cut would. */
  kill(): void;
  /** Resolves when the process is gone, however that came. */
  readonly gone: Promise<void>;
  /** Interrupts the server; resolves once it has closed everything. */
  stop(): Promise<Finished>;
}

/** No server outlives its test, also where that failed. */
const servers = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of servers) child.kill("SIGKILL");
});

/** Starts `meterville serve …` on a free port; resolves once its page can be opened. */
export async function serve(...args: readonly string[]): Promise<Serving> {
  return serveIn({}, ...args);
}

/** The same with variables in its environment. */
export async function serveIn(
  environment: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<Serving> {
  const isPortGiven = args.includes("--port");
  const port = isPortGiven ? [] : ["--port", "0"];
  const isMqttGiven = ["--mqtt-port", "--no-mqtt", "--broker"].some((name) => args.includes(name));
  const mqttPort = isMqttGiven ? [] : ["--mqtt-port", "0"];
  const child = start(
    ["serve", ...args, ...port, ...mqttPort, "--json"],
    PROJECT_ROOT,
    environment,
  );
  child.stdin!.end();
  servers.add(child);
  child.once("close", () => servers.delete(child));
  let stderr = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  const line = await Promise.race([
    once(createInterface(child.stdout!), "line").then(([text]) => text as string),
    closed.then(([code]) => Promise.reject(new Error(`serve ended with ${code}: ${stderr}`))),
  ]);
  const first = JSON.parse(line) as { url: string; runId: string; mqttUrl: string | null };
  const { url, runId, mqttUrl } = first;
  const pace = (await (await fetch(withPath(url, "api/pace"))).json()) as { keptIn?: string };
  // Where one has to sign in first, the folder is found by the run's id at the end of its name.
  const folder =
    pace.keptIn === undefined
      ? join(runsRoot(), readdirSync(runsRoot()).find((name) => isFolderOf(name, runId)) ?? "")
      : join(PROJECT_ROOT, pace.keptIn);
  return {
    url,
    runId,
    mqttUrl,
    folder,
    stderr: () => stderr,
    pid: child.pid!,
    kill() {
      child.kill("SIGKILL");
    },
    gone: closed.then(() => undefined),
    async stop() {
      if (child.exitCode === null) child.kill("SIGINT");
      const [exitCode] = await closed;
      return { stdout: line, stderr, exitCode };
    },
  };
}

const isFolderOf = (name: string, runId: string): boolean => {
  const end = name.slice(name.lastIndexOf("-") + 1);
  return end !== "" && runId.startsWith(end);
};

/** An address of the server, with its token if it has one. */
export function withPath(url: string, path: string): string {
  const address = new URL(url);
  address.pathname = `/${path}`;
  return address.href;
}

/** A folder for the length of a test file. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "meterville-test-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
