// Child processes of set-up: their output never reaches stdout, and an interrupt ends them before us.

import { spawn } from "node:child_process";
import { SETUP_EXIT, SetupFailure } from "./setup-failure.mjs";

/** The exit code of a command that is not there, as shells say it. */
export const NOT_FOUND = 127;

/**
 * Runs a command to its end. Resolves with its exit code and what it wrote; with `show`, that goes to stderr
 * as it comes. An interrupt is left to the child, and then thrown here, so that `finally` still runs.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show: boolean }} options
 * @returns {Promise<{ code: number, text: string }>}
 */
export async function runChild(command, args, { cwd, env, show }) {
  let interrupted = false;
  const child = spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const stop = () => {
    interrupted = true;
    child.kill("SIGTERM");
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk) => {
      text += chunk;
      if (show) process.stderr.write(chunk);
    });
  }
  try {
    const code = await new Promise((resolve) => {
      child.on("error", (error) => {
        text += `${error.message}\n`;
        resolve(NOT_FOUND);
      });
      child.on("close", (exitCode) => resolve(exitCode ?? 1));
    });
    if (interrupted) throw new SetupFailure("interrupted", SETUP_EXIT.interrupted);
    return { code, text };
  } finally {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  }
}
