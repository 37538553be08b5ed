#!/usr/bin/env node
// The `meterville` command: installs what is missing, then hands over to main.ts under the pinned Node.
// Set-up speaks on stderr only, so that stdout belongs to the command's results.

import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureInstalled, PINNED_NODE, ROOT } from "./install.mjs";
import { runSetup } from "./setup-failure.mjs";

await runSetup(async () => {
  await ensureInstalled();
  await handOver([join(ROOT, "sim", "host", "main.ts"), ...process.argv.slice(2)]);
});

/** Exit code and signals pass through; a terminal's Ctrl-C reaches the child by itself. */
async function handOver(args) {
  const child = spawn(PINNED_NODE, args, { stdio: "inherit", shell: process.platform === "win32" });
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const onInterrupt = () => {
    if (!onTerminal) child.kill("SIGINT");
  };
  const onTerminate = () => child.kill("SIGTERM");
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerminate);
  const { code, signal } = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (exitCode, exitSignal) => resolve({ code: exitCode, signal: exitSignal }));
  });
  process.off("SIGINT", onInterrupt);
  process.off("SIGTERM", onTerminate);
  if (signal === null) process.exitCode = code;
  else process.kill(process.pid, signal);
}
