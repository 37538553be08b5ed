// C programs against Debian's libsimavr, built where they are asked for.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Why libsimavr cannot be asked here; undefined where it can. */
export function missingSimavr(): string | undefined {
  if (!existsSync("/usr/include/simavr/sim_avr.h")) return "libsimavr-dev is not installed";
  return spawnSync("gcc", ["--version"]).status === 0 ? undefined : "gcc is not installed";
}

/** Builds `<name>.c` beside this file into a new temporary folder; the caller removes the folder. */
export function buildWithSimavr(name: string): {
  readonly folder: string;
  readonly program: string;
} {
  const folder = mkdtempSync(join(tmpdir(), "meterville-simavr-"));
  const program = join(folder, name);
  const source = join(import.meta.dirname, `${name}.c`);
  execFileSync("gcc", ["-O2", "-o", program, source, "-lsimavr", "-lelf", "-lm"]);
  return { folder, program };
}
