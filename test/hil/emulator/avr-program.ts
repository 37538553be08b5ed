// Test programs: C sources under test/hil/programs made into Intel HEX with Debian's avr-gcc.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAMS = join(import.meta.dirname, "../programs");

/** Why programs cannot be compiled here; undefined where they can. */
export function missingCompiler(): string | undefined {
  const isThere = spawnSync("avr-gcc", ["--version"]).status === 0;
  return isThere ? undefined : "avr-gcc is not installed";
}

/** The Intel HEX text of `test/hil/programs/<name>.c`. */
export function compileProgram(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "meterville-avr-"));
  try {
    const elf = join(folder, "program.elf");
    const hex = join(folder, "program.hex");
    const options = ["-mmcu=atmega328p", "-DF_CPU=16000000UL", "-Os", "-std=gnu99", "-o", elf];
    execFileSync("avr-gcc", [...options, join(PROGRAMS, `${name}.c`)]);
    execFileSync("avr-objcopy", ["-O", "ihex", "-R", ".eeprom", elf, hex]);
    return readFileSync(hex, "utf8");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
