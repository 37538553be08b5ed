// The README's commands run: what a person copies from it works.

import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { serve, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

interface Line {
  readonly command: string;
  readonly section: string;
}

/** Lines of every `sh` block, comments off, continued lines joined. */
function commandsOf(document: string): readonly Line[] {
  const lines: Line[] = [];
  let section = "";
  for (const part of document.split(/^(?=#+ |```)/m)) {
    const heading = /^#+ (.*)/.exec(part);
    if (heading !== null) section = heading[1]!;
    if (!part.startsWith("```sh")) continue;
    const body = part.slice(part.indexOf("\n") + 1).replaceAll("\\\n", " ");
    for (const line of body.split("\n")) {
      const command = line.replace(/\s+#.*$/, "").trim();
      if (command !== "") lines.push({ command, section });
    }
  }
  return lines;
}

const lines = commandsOf(readFileSync(join(PROJECT_ROOT, "README.md"), "utf8"));
/** It is what runs this. */
const EXEMPT = ["npm test"];
const LIVE = /^(npm start|npx meterville serve)/;
const CLIENT = /^(curl|mosquitto_|npx meterville board swap)/;

/** In a folder of its own, so that what a command writes is not left in the checkout; scenarios are named from there. */
function inFolder(command: string): string {
  return command
    .replace("npx meterville", `'${process.execPath}' '${join(PROJECT_ROOT, "sim/host/main.ts")}'`)
    .replaceAll("scenarios/", `${join(PROJECT_ROOT, "scenarios")}/`)
    .replaceAll("hil/suites", join(PROJECT_ROOT, "hil/suites"));
}

test("the README has commands", () => {
  expect(lines.map(({ command }) => command)).toContain("npm start");
  expect(lines.length).toBeGreaterThan(8);
});

describe("in order, in one folder", () => {
  const plain = lines.filter(
    ({ command }) => !EXEMPT.includes(command) && !LIVE.test(command) && !CLIENT.test(command),
  );
  test.each(plain)("$command", ({ command }) => {
    const run = (): string =>
      execFileSync("sh", ["-c", inFolder(command)], {
        cwd: folder.path,
        encoding: "utf8",
        env: { ...process.env, METERVILLE_DATA: process.env["METERVILLE_DATA"] ?? "" },
        stdio: ["ignore", "pipe", "pipe"],
      });
    try {
      run();
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      // 1 is an answer, two runs differ; 3 is one too, no board is plugged in.
      expect(status, stderr).toBe(command.includes("board doctor") ? 3 : 1);
      expect(command).toMatch(/compare|board doctor/);
    }
  });
});

const live = lines.filter(({ command }) => LIVE.test(command) && !command.includes("--resume"));
test.each(live)("$command serves its page, and stops when asked", async ({ command }) => {
  const isStart = command.startsWith("npm start");
  const script = JSON.parse(readFileSync(join(PROJECT_ROOT, "package.json"), "utf8")).scripts.start;
  const words = (isStart ? String(script) : command).split(" ");
  const args = words.slice(words.indexOf("serve") + 1);
  const free = args.includes("--port") ? [] : ["--port", "0"];
  const quiet = args.includes("--mqtt-port") ? [] : ["--no-mqtt"];
  const main = join(PROJECT_ROOT, "sim/host/main.ts");
  const child = spawn(process.execPath, [main, "serve", ...args, ...free, ...quiet], {
    cwd: PROJECT_ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  let url: string | undefined;
  for await (const line of createInterface(child.stdout)) {
    url = /http:\/\/127\.0\.0\.1:\d+\/?/.exec(line)?.[0];
    if (url !== undefined) break;
  }
  const page = await (await fetch(url!)).text();
  expect(page).toContain("<title>");
  const { keptIn } = (await (await fetch(new URL("api/pace", url))).json()) as { keptIn: string };
  child.kill("SIGINT");
  expect((await closed)[0]).toBe(130);
  rmSync(join(PROJECT_ROOT, keptIn), { recursive: true, force: true });
});

describe("while a run is live", () => {
  const clients = lines.filter(
    ({ command }) => /^(curl|npx)/.test(command) && CLIENT.test(command),
  );
  test.each(clients)("$command", async ({ command }) => {
    const serving = await serve("scenarios/first-street.yaml", "--no-mqtt");
    try {
      const here = inFolder(command.replaceAll("http://127.0.0.1:4380/", serving.url));
      if (!command.startsWith("curl")) {
        await promisify(execFile)("sh", ["-c", here]);
        return;
      }
      const answer = execFileSync("sh", ["-c", `${here} --silent --show-error --fail`], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
      expect(() => JSON.parse(answer)).not.toThrow();
    } finally {
      await serving.stop();
    }
  });
});
