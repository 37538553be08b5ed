// A live run with its page for tests in a browser, and what they ask of that page's picture.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { expect, type Page } from "playwright/test";
import type { Frame } from "../../sim/contract/frame.ts";
import type { ProbeView } from "../../web/scene/probe.ts";

export const ROOT = resolve(import.meta.dirname, "../..");
/** Loads and stops while nothing leaves this machine: every other connection ends the process. */
const NO_NETWORK = resolve(ROOT, "test/support/no-network.mjs");

export interface Serving {
  readonly url: string;
  readonly process: ChildProcess;
  readonly stderr: () => string;
}

/** Serves a scenario live in steps of a second; resolves once its page can be opened. */
export async function startServing(scenario: string, options: readonly string[]): Promise<Serving> {
  const child = spawn(
    process.execPath,
    [
      ...["--import", NO_NETWORK, join(ROOT, "sim/host/main.ts")],
      ...["serve", scenario, "--step", "1s", "--json", ...options],
    ],
    { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stderr = "";
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return { url, process: child, stderr: () => stderr };
}

/** Interrupts a server and takes away what it kept. */
export async function stopServing({ process: child, stderr }: Serving): Promise<void> {
  if (child.exitCode === null) {
    child.kill("SIGINT");
    await once(child, "exit");
  }
  const folder = /runs\/[\w.-]+/.exec(stderr())?.[0];
  if (folder !== undefined) rmSync(join(ROOT, folder), { recursive: true, force: true });
}

export const probe = <Value>(page: Page, read: (probe: ProbeView) => Value): Promise<Value> =>
  page.evaluate(`(${read.toString()})(window.__meterville)`) as Promise<Value>;

export const until = (
  page: Page,
  condition: (probe: ProbeView) => boolean,
  sentence: string,
): Promise<void> =>
  expect
    .poll(() => probe(page, condition), { message: sentence, timeout: 60_000, intervals: [100] })
    .toBe(true);

/** Changes frames on their way to the page, which knows nothing of it. */
export async function changeFrames(page: Page, change: (frame: Frame) => Frame): Promise<void> {
  await page.routeWebSocket(/\/ws/, (socket) => {
    const server = socket.connectToServer();
    // Packed frames are asked for as JSON instead, so that they can be read here.
    socket.onMessage((message) => {
      const { encoding: _, ...asked } = JSON.parse(String(message)) as Record<string, unknown>;
      server.send(JSON.stringify(asked));
    });
    server.onMessage((message) => {
      const said = JSON.parse(String(message)) as { kind: string; frame: Frame };
      socket.send(
        said.kind === "frame"
          ? JSON.stringify({ ...said, frame: change(said.frame) })
          : String(message),
      );
    });
  });
}

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();

export const choose = (page: Page, address: string): Promise<void> =>
  page.locator(".home-row").filter({ hasText: address }).click();

export const speed = (page: Page, label: string): Promise<void> =>
  page.locator(".speeds").getByText(label, { exact: true }).click();
