// An emulated board as other programs see it: a pseudo-terminal with an Uno behind it.

import { execFile } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { createSerialPort } from "../../hil/board/serial-port.ts";
import { openBoard } from "../../hil/board/session.ts";
import { BENCH_KEY } from "../../sim/contract/board-mac.ts";
import type { TerminalConditions } from "../../sim/contract/meter-device.ts";
import type { RunReport } from "../../sim/contract/report.ts";
import { createDevice } from "../../sim/host/devices.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import {
  type Finished,
  meterville,
  metervilleJson,
  serve,
  spawnMeterville,
  temporaryFolder,
  withPath,
} from "../support/cli.ts";
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

const SUITE = `suite: desk
title: Desk
requirements:
  REQ-DESK-1: counts what it is told
cases:
  - id: DESK-001
    title: counts 3600 W
    requirement: REQ-DESK-1
    steps:
      - order: { op: relay, argument: 1 }
      - event: { name: relay-closed }
      - terminals: { voltageV: 240, currentA: 15 }
      - expect: { that: activeW, is: 3600 }
      - mark: begin
      - wait: 3s
      # A milliwatt-hour a millisecond: a window of 200 ms more or less, and what a busy machine is late.
      - energy: { register: importWh, since: begin, errorMaxMilliWh: 1500 }
  - id: DESK-002
    title: a button
    requirement: REQ-DESK-1
    steps:
      - press: { button: up }
  - id: DESK-003
    title: an expectation that is not met
    requirement: REQ-DESK-1
    steps:
      - expect: { that: frequencyHz, is: 60, within: 200ms }
`;

test("a suite runs on it too, and tells of each case that it cannot be put through", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty } = await emulate();
  const folder = temporaryFolder();
  const suite = join(folder.path, "desk.yaml");
  writeFileSync(suite, SUITE);
  const { stdout, exitCode } = await meterville("hil", "run", suite, "--board", pty, "--json");
  folder.remove();
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ cases: 3, passed: 1, failed: 1, skipped: 1 },
    skips: [{ id: "DESK-002", reason: "the step press needs an emulated board or a rig" }],
    failures: [{ id: "DESK-003", got: "50", command: expect.stringContaining(`--board ${pty}`) }],
  });
  expect(exitCode).toBe(1);
});

test("a run with it in a slot keeps to the wall, tells how it kept it, and replays without it", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty } = await emulate();
  const folder = temporaryFolder();
  const recording = join(folder.path, "desk.mcap");
  const report = await metervilleJson<RunReport>(
    ...["run", "scenarios/three-lanes.yaml", "--until", "6s", "--step", "1s", "--out", recording],
    ...["--set", `boards=[{target: supply-07, device: ${pty}, from: 1s}]`],
  );
  expect(report.boards).toMatchObject([{ supply: "supply-07", device: pty, serial: 0 }]);
  // Five steps on the wall; the first second and the start were as fast as they go.
  expect(report.timesRealTime).toBeLessThan(1.3);
  const replay = await metervilleJson<ReplayResult>("replay", recording);
  folder.remove();
  expect(replay).toMatchObject({ verified: true, firstDifference: null });
});

test("a live run refuses what is no port at once, and keeps to the wall while the board is in a slot", async (ctx) => {
  ctx.skip(!existsSync(SOCAT), NO_SOCAT);
  const { pty } = await emulate();
  const live = await serve("scenarios/three-lanes.yaml", "--speed", "max", "--no-mqtt");
  stops.push(live.stop);
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const headers = { "content-type": "application/json" };
    const post = { method: "POST", headers, body: JSON.stringify(body) };
    return (await fetch(withPath(live.url, path), body === undefined ? {} : post)).json();
  };
  const swapIn = (device: string, target: string) =>
    ask("api/inputs", { kind: "swap-in", target, device });
  expect(await swapIn("/dev/nul", "supply-07")).toMatchObject({
    error: expect.stringMatching(/^\/dev\/nul: there is no such port/),
  });
  expect(await swapIn("/dev/null", "supply-07")).toMatchObject({
    error: expect.stringMatching(/^\/dev\/null is no port: a board is behind a serial line/),
  });
  expect(await swapIn(pty, "supply-07")).toHaveProperty("seq");
  expect(await swapIn(pty, "supply-08")).toEqual({
    error: `${pty} is in the slot of supply-07; swap it out there first`,
  });
  type Views = { readonly boards: readonly { readonly relay: string | null }[] };
  let views = (await ask("api/boards")) as Views;
  while ((views.boards[0]?.relay ?? null) === null) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    views = (await ask("api/boards")) as Views;
  }
  expect(views.boards).toMatchObject([{ supply: "supply-07", device: pty, isOnWall: true }]);
  expect(await ask("api/pace")).toMatchObject({
    speed: 1,
    speedReason: expect.stringContaining("lives by the wall's clock"),
  });
  const press = { kind: "press-button", target: "supply-07", button: "up" };
  expect(await ask("api/inputs", press)).toEqual({
    error: `supply-07: nothing reaches the buttons of ${pty} from here; press them by hand`,
  });
  const { stderr } = await live.stop();
  expect(stderr).toContain(`supply-07: ${pty} lives by the wall's clock: the twin keeps to 1×`);
  const kept = JSON.parse(readFileSync(join(live.folder, "boards.json"), "utf8")) as unknown;
  expect(kept).toMatchObject({ boards: [{ supply: "supply-07", device: pty }] });
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
    ["hil", "run", "hil/suites", "--board", "/dev/ttyACM99"],
    3,
    "/dev/ttyACM99: there is no such port; plug the board in",
  ],
  [["board", "number", "0", "--port", "/dev/ttyACM99"], 2, "board number 0: write a whole number"],
  [["board", "number", "7", "--port", "/dev/ttyACM99"], 3, "/dev/ttyACM99: there is no such port"],
  [["hil", "run", "hil/suites", "--time-limit", "soon"], 2, "--time-limit soon: write a duration"],
])("%j is refused in a sentence", async (args, code, sentence) => {
  const { stdout, stderr, exitCode } = await meterville(...args);
  expect(stdout + stderr).toContain(sentence);
  expect(stderr).not.toContain("at ");
  expect(exitCode).toBe(code);
});
