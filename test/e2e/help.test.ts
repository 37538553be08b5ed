// What `--help` shows as an example runs, as it stands there.

import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { meterville, temporaryFolder } from "../support/cli.ts";

/**
 * In the order in which one leaves what the next needs. `serve` and `board emulate` do not end and are run by other
 * tests; `board flash` needs a board.
 */
const COMMANDS = [
  "run",
  "thefts",
  "validate",
  "scenarios",
  "replay",
  "compare",
  "export",
  "report",
  "solve",
  "runs",
  "ledger",
  "ledger check",
  "bill",
  "tariff",
  "tariff try",
  "token",
  "token vend",
  "token check",
  "user",
  "user add",
  "board",
  "board doctor",
  "hil",
  "hil run",
  "hil replay",
  "hil coverage",
  "hil schema",
  "hil mutants",
];
/** Two runs differ; a board is plugged in or not; a compiler for it is there or not. */
const ANSWERS: Readonly<Record<string, readonly number[]>> = {
  compare: [1],
  // The example's run is too short for a bill.
  bill: [0, 2],
  board: [0, 3],
  "board doctor": [0, 3],
  "hil mutants": [0, 2],
  // A password is asked for, and nobody is there to write one.
  user: [2],
  "user add": [2],
};

const folder = temporaryFolder();
afterAll(() => folder.remove());
beforeAll(async () => {
  symlinkSync(join(PROJECT_ROOT, "scenarios"), join(folder.path, "scenarios"));
  symlinkSync(join(PROJECT_ROOT, "hil"), join(folder.path, "hil"));
  const other = ["scenarios/three-lanes.yaml", "--days", "0.1"];
  await meterville("run", ...other, "--out", join(folder.path, "other.mcap"));
});

test("every command but serve has its turn here", async () => {
  const { stdout } = await meterville("--help");
  const listed = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)].map(([, name]) => name!);
  const known = ["serve", "help", ...COMMANDS];
  expect(listed.filter((name) => !known.includes(name) && name !== "meterville")).toEqual([]);
  expect(listed).toContain("compare");
});

test.each(COMMANDS)("the examples of %s run", async (command) => {
  const { stdout } = await meterville(...command.split(" "), "--help");
  const examples = [...stdout.matchAll(/^ {2}meterville (.+)$/gm)].map(([, args]) => args!);
  expect(examples.length).toBeGreaterThan(0);
  for (const args of examples) {
    const main = `'${process.execPath}' '${join(PROJECT_ROOT, "sim/host/main.ts")}'`;
    const run = (): string =>
      execFileSync("sh", ["-c", `${main} ${args}`], {
        cwd: folder.path,
        encoding: "utf8",
        // What the examples remove is not what lies in the checkout.
        env: { ...process.env, METERVILLE_RUNS: join(folder.path, "runs") },
        stdio: ["ignore", "pipe", "pipe"],
      });
    expect(ANSWERS[command] ?? [0], args).toContain(statusOf(run));
  }
});

/** Exit code of what `execFileSync` runs. */
function statusOf(run: () => string): number {
  try {
    run();
    return 0;
  } catch (error) {
    return (error as { readonly status: number }).status;
  }
}
