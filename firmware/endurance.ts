// `node firmware/endurance.ts --days 30`: the core compiled for this machine, through so many days of windows and ticks; a
// sentence a line and its outcome. What stands in for the chip is that of the host checks.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const FOLDER = import.meta.dirname;
const FLAGS = ["-std=c++11", "-O2", "-Wall", "-Wextra", "-Werror", "-Icore", "-Ihost-tests"];
const OWN = ["host-tests/host-chip.cpp", "host-tests/checks.cpp", "endurance/main.cpp"];

export interface EnduranceRun {
  readonly text: string;
  readonly isGood: boolean;
}

/** Throws where there is no g++. */
export function runEndurance(days: number): EnduranceRun {
  const scratch = mkdtempSync(join(tmpdir(), "meter-endurance-"));
  try {
    const program = join(scratch, "endurance");
    const core = readdirSync(join(FOLDER, "core"))
      .filter((name) => name.endsWith(".cpp"))
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => `core/${name}`);
    execFileSync("g++", [...FLAGS, ...core, ...OWN, "-o", program], { cwd: FOLDER });
    const run = spawnSync(program, [`${days}`], { encoding: "utf8" });
    return { text: run.stdout + run.stderr, isGood: run.status === 0 };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { days: { type: "string", default: "30" } } });
  const days = Number(values.days);
  if (Number.isInteger(days) && days > 0) {
    const { text, isGood } = runEndurance(days);
    process.stdout.write(text);
    process.exitCode = isGood ? 0 : 1;
  } else {
    console.error(`--days ${values.days}: write a whole number of days, such as 30`);
    process.exitCode = 2;
  }
}
