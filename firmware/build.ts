// `npm run firmware`: compiles core/ and uno/ with Debian's avr-gcc into uno/meter.hex and says in uno/meter.json with what.
// The same compiler gives the same bytes: no path, date or order of a directory gets into them.
// `--sketch FOLDER` writes a folder that the Arduino IDE opens instead. `--from FOLDER --hex OUT` compiles a copy of the
// sources, with something changed, and leaves what ships alone; `--cache FOLDER` keeps its objects for the next copy.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const FOLDER = import.meta.dirname;
export const HEX_FILE = join(FOLDER, "uno", "meter.hex");
export const RECORD_FILE = join(FOLDER, "uno", "meter.json");

/** What Optiboot leaves of 32 KiB would be 32,256; 30 KiB keep room for a later version. */
export const FLASH_BYTES_MAX = 30_720;
export const STATIC_RAM_BYTES_MAX = 1_740;

const COMPILER_FLAGS = [
  "-mmcu=atmega328p",
  "-DF_CPU=16000000UL",
  "-std=c++11",
  "-Os",
  "-fno-exceptions",
  "-fno-rtti",
  "-fno-threadsafe-statics",
  "-ffunction-sections",
  "-fdata-sections",
  "-Wall",
  "-Wextra",
  "-Werror",
  "-Icore",
  "-Iuno",
];
const LINKER_FLAGS = ["-mmcu=atmega328p", "-Os", "-mrelax", "-Wl,--gc-sections"];

export interface FirmwareRecord {
  readonly compiler: string;
  /** SHA-256 over names and contents of all sources, in order of their names. */
  readonly sourcesSha256: string;
  readonly hexSha256: string;
  readonly flashBytes: number;
  /** .data and .bss: what is left of 2,048 is the stack's. */
  readonly staticRamBytes: number;
}

export interface FirmwareBuild {
  readonly hex: string;
  readonly record: FirmwareRecord;
}

/** Names below firmware/ or a copy of it, sorted: the linker gets them in this order. */
export function firmwareSources(from = FOLDER): readonly string[] {
  return ["core", "uno"].flatMap((folder) =>
    readdirSync(join(from, folder))
      .filter((name) => /\.(cpp|h)$/.test(name))
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => `${folder}/${name}`),
  );
}

export function sourcesDigest(): string {
  const hash = createHash("sha256");
  for (const name of firmwareSources()) {
    hash
      .update(`${name}\0`)
      .update(readFileSync(join(FOLDER, name)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** The compiler's own line, such as `avr-gcc (GCC) 5.4.0`. Throws where there is none. */
export function compilerVersion(): string {
  return execFileSync("avr-gcc", ["--version"], { encoding: "utf8" }).split("\n")[0]!.trim();
}

export interface BuildOptions {
  /** A copy of core/ and uno/; it says that it is the firmware that ships, so that nothing differs but its change. */
  readonly from?: string;
  /** Objects of earlier builds, by what went into them. */
  readonly cache?: string;
}

export function buildFirmware({ from = FOLDER, cache }: BuildOptions = {}): FirmwareBuild {
  const sourcesSha256 = sourcesDigest();
  const scratch = mkdtempSync(join(tmpdir(), "meter-firmware-"));
  try {
    const run = (program: string, options: readonly string[]): string =>
      execFileSync(program, [...options], { cwd: from, encoding: "utf8" });
    const sources = firmwareSources(from);
    const headers = sources.filter((name) => name.endsWith(".h"));
    const digestOf = (name: string, flags: readonly string[]): string => {
      const hash = createHash("sha256").update(JSON.stringify([name, flags]));
      for (const part of [...headers, name]) hash.update(`\0${readFileSync(join(from, part))}`);
      return hash.digest("hex");
    };
    const objects = sources
      .filter((name) => name.endsWith(".cpp"))
      .map((name) => {
        const firmwareId = `-DMETER_FIRMWARE_ID=0x${sourcesSha256.slice(0, 8)}UL`;
        // Calls of common prologues save flash and cost time: not in main.cpp, which holds the interrupts.
        const prologues = name === "uno/main.cpp" ? [] : ["-mcall-prologues"];
        const flags = [...COMPILER_FLAGS, ...prologues, firmwareId];
        const object = join(scratch, `${name.replace("/", "-")}.o`);
        const kept = cache === undefined ? object : join(cache, `${digestOf(name, flags)}.o`);
        if (existsSync(kept)) return kept;
        run("avr-g++", [...flags, "-c", name, "-o", object]);
        // A build beside this one finds all of it or nothing.
        if (kept !== object) {
          copyFileSync(object, `${kept}.${process.pid}`);
          renameSync(`${kept}.${process.pid}`, kept);
        }
        return kept;
      });
    const elf = join(scratch, "meter.elf");
    const hexFile = join(scratch, "meter.hex");
    run("avr-g++", [...LINKER_FLAGS, ...objects, "-o", elf]);
    run("avr-objcopy", ["-O", "ihex", "-R", ".eeprom", elf, hexFile]);
    const [text, data, bss] = run("avr-size", [elf])
      .split("\n")[1]!
      .trim()
      .split(/\s+/)
      .map(Number);
    const hex = readFileSync(hexFile, "utf8").replaceAll("\r\n", "\n");
    return {
      hex,
      record: {
        compiler: compilerVersion(),
        sourcesSha256,
        hexSha256: createHash("sha256").update(hex).digest("hex"),
        flashBytes: text! + data!,
        staticRamBytes: data! + bss!,
      },
    };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** All sources in one folder named like its .ino, as the Arduino IDE wants them. */
export function writeSketch(folder: string): void {
  const sketch = join(folder, "meter");
  mkdirSync(sketch, { recursive: true });
  for (const name of firmwareSources())
    copyFileSync(join(FOLDER, name), join(sketch, basename(name)));
  copyFileSync(join(FOLDER, "uno", "uno.ino"), join(sketch, "meter.ino"));
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      sketch: { type: "string" },
      from: { type: "string" },
      hex: { type: "string" },
      cache: { type: "string" },
    },
  });
  if (values.sketch !== undefined) writeSketch(values.sketch);
  else if (values.from !== undefined || values.hex !== undefined) buildCopy(values);
  else buildShipped();
}

function buildCopy(paths: { from?: string; hex?: string; cache?: string }): void {
  if (paths.from === undefined || paths.hex === undefined) {
    console.error("--from FOLDER and --hex OUT belong together");
    process.exitCode = 2;
    return;
  }
  const cache = paths.cache === undefined ? {} : { cache: resolve(paths.cache) };
  if (cache.cache !== undefined) mkdirSync(cache.cache, { recursive: true });
  writeFileSync(paths.hex, buildFirmware({ from: resolve(paths.from), ...cache }).hex);
}

function buildShipped(): void {
  const { hex, record } = buildFirmware();
  writeFileSync(HEX_FILE, hex);
  writeFileSync(RECORD_FILE, `${JSON.stringify(record, null, 2)}\n`);
  console.log(JSON.stringify(record));
  if (record.flashBytes > FLASH_BYTES_MAX || record.staticRamBytes > STATIC_RAM_BYTES_MAX) {
    console.error(
      `too large: ${FLASH_BYTES_MAX} bytes of flash and ${STATIC_RAM_BYTES_MAX} of RAM are there`,
    );
    process.exitCode = 1;
  }
}
