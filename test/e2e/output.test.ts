// Where results cannot be written: the command ends as it would where nobody reads on, and says so where it matters.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../../sim/host/exit-codes.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { meterville } from "../support/cli.ts";

const STREET = "scenarios/three-lanes.yaml";
const MAIN = join(PROJECT_ROOT, "sim/host/main.ts");

/** Runs a command whose standard output goes to `stdout`, or into a pipe that is closed after its first bytes. */
async function ended(args: readonly string[], stdout: number | "pipe") {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: PROJECT_ROOT,
    stdio: ["ignore", stdout, "pipe"],
  });
  let stderr = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdout?.once("data", () => child.stdout!.destroy());
  const [exitCode] = (await once(child, "close")) as [number | null];
  return { stderr, exitCode };
}

test.each([
  ["validate", STREET, "--resolved"],
  ["run", STREET, "--until", "10min", "--set", "expect=[]", "--json"],
])("%s %s %s ends quietly where nobody reads on", async (...args) => {
  expect(await ended(args, "pipe")).toEqual({ stderr: "", exitCode: EXIT.done });
});

test("a report into a full disk is no success: a sentence says that it is lost", async ({
  skip,
}) => {
  skip(!existsSync("/dev/full"), "missing /dev/full");
  const full = openSync("/dev/full", "w");
  expect(
    await ended(["run", STREET, "--until", "10min", "--set", "expect=[]", "--json"], full),
  ).toEqual({
    stderr: "standard output cannot be written: the disk is full; make room\n",
    exitCode: EXIT.input,
  });
});

test("JUnit into a full disk costs the file alone: the report is printed all the same", async ({
  skip,
}) => {
  skip(!existsSync("/dev/full"), "missing /dev/full");
  const { stdout, stderr, exitCode } = await meterville(
    ...["run", STREET, "--until", "10min", "--set", "expect=[]", "--json", "--junit", "/dev/full"],
  );
  expect(JSON.parse(stdout)).toMatchObject({ scenario: "three-lanes" });
  expect(stderr).toBe("--junit /dev/full: cannot be written: the disk is full; make room\n");
  expect(exitCode).toBe(EXIT.input);
});
