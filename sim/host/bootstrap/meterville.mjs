#!/usr/bin/env node
// The `meterville` command: installs what is missing, then hands over to main.ts under the pinned Node.
// Set-up speaks on stderr only, so that stdout belongs to the command's results.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, PINNED_NODE, ROOT } from "./install.mjs";
import { runSetup } from "./setup-failure.mjs";

const PARENT_POLL_MS = 500;

await runSetup(async () => {
  await ensureInstalled();
  await handOver([join(ROOT, "sim", "host", "main.ts"), ...process.argv.slice(2)]);
});

/**
 * Exit code and signals pass through; a terminal's Ctrl-C reaches the child by itself. npm hands a signal to
 * a shell that dies of it without passing it on: under npm, losing the parent counts as being terminated.
 */
async function handOver(args) {
  const child = spawn(PINNED_NODE, args, { stdio: "inherit", shell: process.platform === "win32" });
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const onInterrupt = () => {
    clearInterval(watch);
    if (!onTerminal) child.kill("SIGINT");
  };
  const onTerminate = () => {
    clearInterval(watch);
    child.kill("SIGTERM");
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== parent) onTerminate();
  }, PARENT_POLL_MS);
  if (process.env.npm_command === undefined) clearInterval(watch);
  const { code, signal } = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
  });
  clearInterval(watch);
  process.off("SIGINT", onInterrupt);
  process.off("SIGTERM", onTerminate);
  if (signal === null) process.exitCode = code;
  else process.kill(process.pid, signal);
}
