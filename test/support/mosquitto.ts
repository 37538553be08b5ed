// Debian's MQTT programs, as strangers use them: mosquitto_sub, mosquitto_pub, and the broker itself.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryFolder } from "./cli.ts";

const BROKER = "/usr/sbin/mosquitto";

export const hasMosquitto = existsSync(BROKER) && existsSync("/usr/bin/mosquitto_sub");
export const MISSING = "missing Debian's mosquitto and mosquitto-clients";

/** One message that mosquitto_sub printed. */
export interface Heard {
  readonly topic: string;
  readonly payload: string;
}

export interface Listener {
  /** Everything so far, in order of arrival. */
  readonly heard: readonly Heard[];
  readonly stderr: () => string;
  /** Resolves once `isThere` says so of what was heard; rejects after a minute. */
  until(isThere: (heard: readonly Heard[]) => boolean): Promise<void>;
  /** Resolves when the program has ended by itself, with its exit code. */
  readonly ended: Promise<number | null>;
  stop(): Promise<void>;
}

/** Login and address of a URL as the mosquitto programs want them. */
function addressArguments(url: string): readonly string[] {
  const { hostname, port, username, password } = new URL(url);
  const login = username === "" ? [] : ["-u", username, "-P", password];
  return ["-h", hostname, "-p", port, ...login];
}

/** Starts `mosquitto_sub …` on topics of a broker. */
export function listenTo(url: string, ...args: readonly string[]): Listener {
  const child = spawn("mosquitto_sub", [...addressArguments(url), "-v", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const heard: Heard[] = [];
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  createInterface(child.stdout).on("line", (line) => {
    const space = line.indexOf(" ");
    heard.push({ topic: line.slice(0, space), payload: line.slice(space + 1) });
  });
  const ended = once(child, "close").then(([code]) => code as number | null);
  return {
    heard,
    stderr: () => stderr,
    ended,
    async until(isThere) {
      await waitFor(
        () => isThere(heard),
        () => `${JSON.stringify(heard.slice(-5))} ${stderr}`,
      );
    },
    async stop() {
      if (child.exitCode === null) child.kill("SIGTERM");
      await ended;
    },
  };
}

/** Runs `mosquitto_pub …` to its end. */
export async function publish(url: string, ...args: readonly string[]): Promise<number | null> {
  const child = spawn("mosquitto_pub", [...addressArguments(url), ...args], { stdio: "ignore" });
  const [code] = (await once(child, "close")) as [number | null];
  return code;
}

/** Waits until something holds; rejects with `explain` after a minute. */
export async function waitFor(isThere: () => boolean, explain: () => string): Promise<void> {
  for (let tries = 0; tries < 2_400; tries++) {
    if (isThere()) return;
    await pause(25);
  }
  throw new Error(`it did not come within a minute; there is ${explain()}`);
}

export interface MosquittoBroker {
  readonly url: string;
  /** Has it write down what it holds now. */
  save(): Promise<void>;
  /** As a power cut would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** A broker on a free port that keeps its sessions in a folder of its own. */
export async function startMosquitto(): Promise<MosquittoBroker> {
  const folder = temporaryFolder();
  const port = await freePort();
  const configuration = join(folder.path, "mosquitto.conf");
  writeFileSync(
    configuration,
    [
      `listener ${port} 127.0.0.1`,
      "allow_anonymous true",
      "persistence true",
      `persistence_location ${folder.path}/`,
      // Written every so many changes; what it acknowledged since is lost when it is killed.
      "autosave_on_changes true",
      "autosave_interval 50",
      "max_queued_messages 0",
      "user root",
      "",
    ].join("\n"),
  );
  let child: ChildProcess;
  let text = "";
  const broker: MosquittoBroker = {
    url: `mqtt://127.0.0.1:${port}`,
    async start() {
      child = spawn(BROKER, ["-c", configuration], { stdio: ["ignore", "ignore", "pipe"] });
      text = "";
      child.stderr!.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      await waitFor(
        () => / running/.test(text),
        () => text,
      );
    },
    async save() {
      const count = () => text.match(/Saving in-memory database/g)?.length ?? 0;
      const before = count();
      child.kill("SIGUSR1");
      await waitFor(
        () => count() > before,
        () => text,
      );
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "close");
    },
    async remove() {
      await broker.kill();
      folder.remove();
    },
  };
  await broker.start();
  return broker;
}

/** A port of this machine that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, "close");
  return port;
}
