// The committed hex is made of the committed sources, by the compiler that is named beside it.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  buildFirmware,
  compilerVersion,
  type FirmwareRecord,
  FLASH_BYTES_MAX,
  hexFile,
  METER,
  RIG,
  recordFile,
  STATIC_RAM_BYTES_MAX,
  sourcesDigest,
  writeSketch,
} from "../../firmware/build.ts";
import { runCase } from "../../hil/bench/run-case.ts";
import { createImage } from "../../hil/emulator/image.ts";
import { readCases } from "../../sim/host/commands/hil.ts";

const FIRMWARE = dirname(dirname(hexFile(METER)));
const FIRMWARES = [METER, RIG].map((firmware) => ({
  firmware,
  hex: readFileSync(hexFile(firmware), "utf8"),
  record: JSON.parse(readFileSync(recordFile(firmware), "utf8")) as FirmwareRecord,
}));
const SHIPPED = FIRMWARES[0]!;

function compilerHere(): string {
  try {
    return compilerVersion();
  } catch {
    return "none";
  }
}

describe.each(FIRMWARES)("the hex of the $firmware.name", ({ firmware, hex, record }) => {
  test("the record beside it names these sources and these bytes", () => {
    expect(record.sourcesSha256).toBe(sourcesDigest(firmware));
    expect(record.hexSha256).toBe(createHash("sha256").update(hex).digest("hex"));
  });

  test("it fits a bare Uno: 30 KiB of flash and 1,740 bytes of static RAM", () => {
    expect(record.flashBytes).toBeLessThanOrEqual(FLASH_BYTES_MAX);
    expect(record.staticRamBytes).toBeLessThanOrEqual(STATIC_RAM_BYTES_MAX);
  });

  test("the same compiler makes the same bytes again", { timeout: 120_000 }, (ctx) => {
    const here = compilerHere();
    ctx.skip(
      here !== record.compiler,
      `the hex is from ${record.compiler}, here is ${here}: bytes cannot be compared`,
    );
    const again = buildFirmware({ firmware });
    expect(again.record).toEqual(record);
    expect(again.hex).toBe(hex);
  });

  test("its sketch folder compiles by itself with the Arduino IDE's flags", {
    timeout: 120_000,
  }, (ctx) => {
    ctx.skip(compilerHere() === "none", "missing avr-gcc: apt-get install gcc-avr avr-libc");
    const folder = mkdtempSync(join(tmpdir(), "sketch-"));
    try {
      writeSketch(folder, firmware);
      const sketch = join(folder, firmware.name);
      expect(readdirSync(sketch)).toContain(`${firmware.name}.ino`);
      const sources = readdirSync(sketch).filter((name) => name.endsWith(".cpp"));
      const flags = "-mmcu=atmega328p -DF_CPU=16000000L -std=gnu++11 -Os -flto -fno-exceptions";
      const sections =
        "-fno-threadsafe-statics -ffunction-sections -fdata-sections -Wl,--gc-sections";
      const options = [...flags.split(" "), ...sections.split(" "), ...sources, "-o", "all.elf"];
      execFileSync("avr-g++", options, { cwd: sketch, encoding: "utf8" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("a copy of the sources gives the same bytes, from kept objects too", {
  timeout: 120_000,
}, (ctx) => {
  ctx.skip(compilerHere() === "none", "missing avr-gcc: apt-get install gcc-avr avr-libc");
  const from = mkdtempSync(join(tmpdir(), "meter-copy-"));
  try {
    for (const folder of ["core", "uno"]) {
      cpSync(join(FIRMWARE, folder), join(from, folder), { recursive: true });
    }
    const first = buildFirmware({ from, cache: from }).hex;
    expect(buildFirmware({ from, cache: from }).hex).toBe(first);
    if (compilerHere() === SHIPPED.record.compiler) expect(first).toBe(SHIPPED.hex);
    const changed = join(from, "core/contact.h");
    writeFileSync(changed, readFileSync(changed, "utf8").replace("Ticks = 5", "Ticks = 6"));
    expect(buildFirmware({ from, cache: from }).hex).not.toBe(first);
  } finally {
    rmSync(from, { recursive: true });
  }
});

/** Another allocation of registers and another order: nearly every byte differs, and it still fits. */
const OTHER_CODE = ["-fno-tree-ter", "-fno-gcse", "-fno-ivopts"];
const SOME_CASES = [
  ...["MET-008/1", "TAM-001", "TRIP-001", "PRE-006", "REG-009"],
  ...["DIS-001/4", "COM-004/1", "SEC-002", "FLT-001/1", "MOD-002"],
];

test("a hex of other bytes, by another compiler or by other flags of this one, passes the same cases", {
  timeout: 240_000,
}, async (ctx) => {
  const here = compilerHere();
  ctx.skip(here === "none", "missing avr-gcc: apt-get install gcc-avr avr-libc");
  const isSame = here === SHIPPED.record.compiler;
  const how = isSame
    ? `${here} with ${OTHER_CODE.join(" ")}`
    : `${here} in place of the shipped one`;
  await ctx.annotate(`compared by behaviour: ${how}`);
  const { hex } = buildFirmware({ moreFlags: isSame ? OTHER_CODE : [] });
  expect(hex).not.toBe(SHIPPED.hex);
  const image = createImage(hex);
  const cases = readCases([join(FIRMWARE, "../hil/suites")]);
  for (const id of SOME_CASES) {
    const what = cases.find((row) => row.id === id)!;
    const { failure } = await runCase(what, { image, seed: 1 });
    expect({ how, id, failure }).toEqual({ how, id, failure: undefined });
  }
});
