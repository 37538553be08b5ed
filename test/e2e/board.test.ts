// An emulated board as other programs see it: a pseudo-terminal with an Uno behind it.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { createSerialPort } from "../../hil/board/serial-port.ts";
import { openBoard } from "../../hil/board/session.ts";
import { BENCH_KEY } from "../../sim/contract/board-mac.ts";
import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import { createDevice } from "../../sim/host/devices.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { type Finished, meterville, spawnMeterville } from "../support/cli.ts";
import { deviceContext, handover } from "../support/meter.ts";

const SOCAT = "/usr/bin/socat";
const NO_SOCAT = "missing socat: apt-get install socat";
const stops: (() => Promise<Finished>)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** Starts `board emulate --pty`; resolves with the terminals' paths. */
async function emulate(...options: string[]): Promise<{ readonly pty: string; rig?: string }> {
  const { child, stop } = spawnMeterville("board", "emulate", "--pty", ...options);
  stops.push(stop);
  const [line] = (await once(createInterface(child.stdout!), "line")) as [string];
  return JSON.parse(line) as { readonly pty: string; rig?: string };
}

test("a stranger's Johnny-Five script takes it for an Uno", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty } = await emulate();
  const script = join(PROJECT_ROOT, "test/support/plain-johnny-five.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [script, pty], {
    timeout: 20_000,
  });
  expect(JSON.parse(stdout)).toMatchObject({ firmware: "Meterville", pins: 20, blinks: 5 });
});

test("the doctor knows the meter behind it", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty } = await emulate();
  const { stdout, exitCode } = await meterville("board", "doctor", "--port", pty);
  expect(stdout).toMatch(
    /^\/dev\/pts\/\d+: a meter without a number, firmware [0-9a-f]{8}, answers/,
  );
  expect(exitCode).toBe(0);
});

const COOKING: TerminalConditions = {
  ...{ at: 0, stepMs: 1_000, voltageV: 230, phaseCurrentA: 30, neutralCurrentA: 30, angleRad: 0 },
  ...{ activePowerW: 6_900, reactivePowerVar: 0, frequencyHz: 50, supplyPresent: true },
  ...{ tamperContacts: { coverOpen: false, magnetPresent: false }, delivered: [] },
};

test("a rig behind a line of its own is no meter to the doctor, and drives the meter behind the other", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty, rig } = await emulate("--rig");
  const doctor = await meterville("board", "doctor", "--port", rig!);
  expect(doctor.stdout).toBe(
    `${rig}: there is a rig, not a meter; name it behind the meter that it drives: METER+rig=${rig}\n`,
  );
  expect(doctor.exitCode).toBe(3);
  await using device = createDevice(`${pty}+rig=${rig}`, "supply-12");
  await device.handOver(handover({ importWh: 100 }), deviceContext({ supply: "supply-12" }));
  const second = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1000));
  let last = await device.step({ ...COOKING, at: 1_000 }, second());
  for (const at of [2_000, 3_000]) last = await device.step({ ...COOKING, at }, second());
  const { importWh, importBelowMilliWh } = last.registers;
  // Three seconds of 6,900 W are 5.75 Wh; the window at hand counts at its end.
  expect(importWh + importBelowMilliWh / 1000 - 100).toBeGreaterThan(4);
  expect(importWh + importBelowMilliWh / 1000 - 100).toBeLessThan(7);
});

test("a board that goes while it is asked is lost, in a sentence", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty } = await emulate();
  const session = await openBoard(createSerialPort(pty), { key: BENCH_KEY });
  await stops.pop()!();
  await expect(session.ask("registers")).rejects.toThrow(
    new RegExp(`^${pty}: the board (is gone|did not answer)`),
  );
  await session.close();
});

test.each([
  [["board", "emulate"], 2, "board emulate: say where the board's line is to be: --pty"],
  [
    ["board", "emulate", "--pty", "--hex", "README.md"],
    2,
    "README.md: line 1: this is no Intel HEX record",
  ],
  [
    ["board", "doctor", "--port", "/dev/ttyACM99"],
    3,
    "/dev/ttyACM99: there is no such port; plug the board in",
  ],
  [
    ["board", "doctor", "--port", "tcp://127.0.0.1:9"],
    3,
    "tcp://127.0.0.1:9: nobody answers there",
  ],
  [
    ["hil", "run", "nowhere"],
    2,
    "nowhere: there is no such suite or folder; the shipped ones are in hil/suites",
  ],
  [["hil", "run", "hil/suites", "--shard", "5/4"], 2, "--shard 5/4: write i/n"],
  [["hil", "run", "hil/suites", "--only", "MET-999"], 2, "--only MET-999: there is no such case"],
  [["hil", "run", "scenarios/first-street.yaml"], 2, "scenarios/first-street.yaml:"],
  [
    ["board", "calibrate-rig", "--device", "/dev/ttyACM0"],
    2,
    "/dev/ttyACM0: no rig is named; a device with one is METER+rig=RIG",
  ],
  [
    ["board", "calibrate-rig", "--device", "/dev/ttyACM98+rig=/dev/ttyACM99"],
    3,
    "/dev/ttyACM99: there is no such port; plug the board in",
  ],
  [
    ["board", "calibrate-rig", "--device", "/dev/ttyACM0+rig=desk"],
    2,
    'there is no device "/dev/ttyACM0+rig=desk"; a device is simulated, emulated, emulated+rig,',
  ],
  [
    ["hil", "run", "hil/suites", "--board", "/dev/ttyACM0"],
    2,
    "--board /dev/ttyACM0: suites run on emulated boards only",
  ],
  [["hil", "run", "hil/suites", "--time-limit", "soon"], 2, "--time-limit soon: write a duration"],
])("%j is refused in a sentence", async (args, code, sentence) => {
  const { stdout, stderr, exitCode } = await meterville(...args);
  expect(stdout + stderr).toContain(sentence);
  expect(stderr).not.toContain("at ");
  expect(exitCode).toBe(code);
});
