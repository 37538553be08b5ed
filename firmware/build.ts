// `npm run firmware`: compiles core/ and uno/ with Debian's avr-gcc into uno/meter.hex, and the rig with what it shares into
// rig/uno/rig.hex, and says in the .json beside each with what.
// The same compiler gives the same bytes: no path, date or order of a directory gets into them.
// `--sketch FOLDER` writes two folders that the Arduino IDE opens instead. `--from FOLDER --hex OUT` compiles a copy of the
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
import { basename, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const FOLDER = import.meta.dirname;

/** One program for an Uno. */
export interface Firmware {
  readonly name: string;
  /** Folders and single files below firmware/, the linker's order. */
  readonly parts: readonly string[];
  /** Holds main.cpp, uno.ino, and what is built. */
  readonly uno: string;
}
export const METER: Firmware = { name: "meter", parts: ["core", "uno"], uno: "uno" };
export const RIG: Firmware = {
  name: "rig",
  parts: [
    "core/crc.h",
    "core/groups.cpp",
    "core/groups.h",
    "rig/core",
    "rig/uno",
    "uno/platform.h",
  ],
  uno: "rig/uno",
};

export const hexFile = ({ name, uno }: Firmware): string => join(FOLDER, uno, `${name}.hex`);
export const recordFile = ({ name, uno }: Firmware): string => join(FOLDER, uno, `${name}.json`);

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
function sourcesOf({ parts }: Firmware, from = FOLDER): readonly string[] {
  return parts.flatMap((part) =>
    SOURCE.test(part)
      ? [part]
      : readdirSync(join(from, part))
          .filter((name) => SOURCE.test(name))
          .sort((a, b) => (a < b ? -1 : 1))
          .map((name) => `${part}/${name}`),
  );
}
const SOURCE = /\.(cpp|h)$/;

export function sourcesDigest(firmware: Firmware): string {
  const hash = createHash("sha256");
  for (const name of sourcesOf(firmware)) {
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
  /** Default: the meter. */
  readonly firmware?: Firmware;
  /** A copy of core/ and uno/; it says that it is the firmware that ships, so that nothing differs but its change. */
  readonly from?: string;
  /** Objects of earlier builds, by what went into them. */
  readonly cache?: string;
  /** Behind the usual ones: the same program in other bytes, as another compiler would give it. */
  readonly moreFlags?: readonly string[];
}

export function buildFirmware({
  firmware = METER,
  from = FOLDER,
  cache,
  moreFlags = [],
}: BuildOptions = {}): FirmwareBuild {
  const sourcesSha256 = sourcesDigest(firmware);
  const scratch = mkdtempSync(join(tmpdir(), "firmware-"));
  try {
    const run = (program: string, options: readonly string[]): string =>
      execFileSync(program, [...options], { cwd: from, encoding: "utf8" });
    const sources = sourcesOf(firmware, from);
    const folders = [...new Set(sources.map((name) => `-I${dirname(name)}`))];
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
        const prologues = basename(name) === "main.cpp" ? [] : ["-mcall-prologues"];
        const flags = [...COMPILER_FLAGS, ...folders, ...prologues, firmwareId, ...moreFlags];
        const object = join(scratch, `${name.replaceAll("/", "-")}.o`);
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
    const elf = join(scratch, "linked.elf");
    const linkedHex = join(scratch, "linked.hex");
    run("avr-g++", [...LINKER_FLAGS, ...objects, "-o", elf]);
    run("avr-objcopy", ["-O", "ihex", "-R", ".eeprom", elf, linkedHex]);
    const [text, data, bss] = run("avr-size", [elf])
      .split("\n")[1]!
      .trim()
      .split(/\s+/)
      .map(Number);
    const hex = readFileSync(linkedHex, "utf8").replaceAll("\r\n", "\n");
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
export function writeSketch(folder: string, firmware: Firmware): void {
  const { name, uno } = firmware;
  const sketch = join(folder, name);
  mkdirSync(sketch, { recursive: true });
  for (const source of sourcesOf(firmware))
    copyFileSync(join(FOLDER, source), join(sketch, basename(source)));
  copyFileSync(join(FOLDER, uno, "uno.ino"), join(sketch, `${name}.ino`));
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
  if (values.sketch !== undefined)
    for (const firmware of [METER, RIG]) writeSketch(values.sketch, firmware);
  else if (values.from !== undefined || values.hex !== undefined) buildCopy(values);
  else for (const firmware of [METER, RIG]) buildShipped(firmware);
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

function buildShipped(firmware: Firmware): void {
  const { hex, record } = buildFirmware({ firmware });
  writeFileSync(hexFile(firmware), hex);
  writeFileSync(recordFile(firmware), `${JSON.stringify(record, null, 2)}\n`);
  console.log(JSON.stringify(record));
  if (record.flashBytes > FLASH_BYTES_MAX || record.staticRamBytes > STATIC_RAM_BYTES_MAX) {
    console.error(
      `too large: ${FLASH_BYTES_MAX} bytes of flash and ${STATIC_RAM_BYTES_MAX} of RAM are there`,
    );
    process.exitCode = 1;
  }
}
