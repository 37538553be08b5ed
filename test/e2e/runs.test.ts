// What is left of live runs: listed, gone on with, read though cut off, removed.

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PaceView } from "../../sim/contract/frame.ts";
import type { OfficeAccountView } from "../../sim/contract/office.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import {
  type Finished,
  meterville,
  metervilleJson,
  type Serving,
  serve,
  temporaryFolder,
  withPath,
} from "../support/cli.ts";

const STREET = "scenarios/first-street.yaml";
const folder = temporaryFolder();
let live: Serving | undefined;
beforeAll(() => {
  process.env["METERVILLE_RUNS"] = folder.path;
});
afterAll(async () => {
  delete process.env["METERVILLE_RUNS"];
  live?.kill();
  await live?.gone;
  folder.remove();
});

interface Row {
  readonly run: string;
  readonly state: string;
  readonly simMs: number | null;
  readonly bytes: number;
  readonly resume: string | null;
  readonly replay: string | null;
}
const PAYING = "supply-03";
const rows = (): Promise<readonly Row[]> => metervilleJson<readonly Row[]>("runs");

async function reach(simMs: number): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    const pace = (await (await fetch(withPath(live!.url, "api/pace"))).json()) as PaceView;
    if (pace.simMs >= simMs) return;
    await pause(20);
  }
  throw new Error(`the twin did not come to ${simMs} ms within a minute`);
}

async function killAt(simMs: number): Promise<void> {
  await reach(simMs);
  live!.kill();
  await live!.gone;
}

/** Words of a command that a sentence shows. */
const shown = (command: string): readonly string[] => command.split(" ").slice(1);
const run = (command: string): Promise<Finished> => meterville(...shown(command));

test("a run that was killed is listed with what can be done, and its recording opens as far as it is whole", async () => {
  live = await serve(STREET, "--speed", "36000", "--no-mqtt");
  expect(await rows()).toMatchObject([{ state: "running", resume: null }]);
  const paid = await fetch(withPath(live.url, "api/inputs"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "payment", target: PAYING, amountMinor: 4321 }),
  });
  expect(paid.status).toBe(202);
  await killAt(30 * HOUR_MS);
  const [row] = await rows();
  expect(row).toMatchObject({
    state: "killed",
    resume: `meterville serve --resume ${live.runId.slice(0, 8)}`,
  });
  expect(row!.simMs, "as far as anybody has seen it").toBeGreaterThanOrEqual(30 * HOUR_MS);
  expect(row!.bytes).toBeGreaterThan(100_000);
  const { stdout, stderr, exitCode } = await run(row!.replay!);
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toMatch(/recording\.mcap: cut off at 1d\S+; \d+\.\d hours of it are whole/);
  expect(stdout).toMatch(/verified: \d+ steps, \d+ digests, no difference in what is whole of it/);
  const replay = await metervilleJson<ReplayResult & { cutOffAtMs: number }>(
    ...shown(row!.replay!),
  );
  expect(replay.steps).toBeGreaterThan(24 * 60);
  expect(replay.cutOffAtMs).toBeGreaterThanOrEqual(replay.steps * 60_000);
});

test("who starts the scenario again is told in one sentence how to go on instead", async () => {
  const killed = live!.runId.slice(0, 8);
  const other = await serve(STREET, "--paused", "--no-mqtt");
  const lines = other.stderr().trim().split("\n");
  expect(lines).toEqual([
    expect.stringMatching(
      new RegExp(
        `^the last run of first-street was killed at 1d\\S+; to go on with it instead: meterville serve --resume ${killed}$`,
      ),
    ),
  ]);
  await other.stop();
});

test("a run goes on under its id, from the beginning of it, and not twice at once", async () => {
  const { runId } = live!;
  live = await serve("--resume", runId.slice(0, 8), "--no-mqtt", "--speed", "36000");
  expect(live.runId).toBe(runId);
  expect(live.stderr()).toMatch(/goes on at 1d\S+; \S+ of it were run again/);
  const second = await meterville("serve", "--resume", runId);
  expect(second.exitCode).toBe(2);
  expect(second.stderr).toMatch(/this run is in progress as process \d+; stop that one first/);
  const story = await fetch(withPath(live.url, `api/office/supplies/${PAYING}`));
  const { timeline, isComplete } = (await story.json()) as OfficeAccountView;
  expect(isComplete).toBe(true);
  const payments = timeline.filter(({ kind }) => kind === "payment");
  expect(payments, "what happened before the kill is told").toMatchObject([{ amountMinor: 4321 }]);
  expect(payments[0]!.at).toBeLessThan(30 * HOUR_MS);
  await reach(36 * HOUR_MS);
  const { exitCode, stderr } = await live.stop();
  expect(exitCode).toBe(130);
  expect(stderr).toContain(`go on with it: meterville serve --resume ${runId.slice(0, 8)}`);
  const whole = await meterville("replay", join(live.folder, "recording.mcap"));
  expect(whole.stdout).toMatch(/^verified: \d+ steps, \d+ digests, no difference\n$/);
});

test.for([
  [["--resume", "nothing"], /there is no run nothing; meterville runs lists those there are/],
  [[STREET, "--resume", "last"], /a run keeps its own scenario.*leave out scenarios\/first/],
  [["--resume", "last", "--seed", "3", "--step", "1s"], /leave out --step, --seed/],
  [[], /serve needs a scenario, or --resume with a run/],
] as const)("serve %j is refused with a sentence", async ([args, sentence]) => {
  const { exitCode, stderr } = await meterville("serve", ...args);
  expect(exitCode).toBe(2);
  expect(stderr.trim()).toMatch(sentence);
});

test("prune asks nobody where nobody can answer, and leaves what is in progress and the newest", async () => {
  mkdirSync(join(folder.path, "first-street-before-anything-was-kept"));
  live = await serve("--resume", "last", "--no-mqtt", "--paused");
  const before = await rows();
  expect(before.map(({ state }) => state).sort()).toEqual(["running", "stopped", "unfinished"]);
  const refused = await meterville("runs", "--prune");
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/would remove 2 run\(s\), \S+ MB; give --yes to remove them/);
  const kept = await metervilleJson<{ removed: string[] }>(
    "runs",
    "--prune",
    "--keep",
    "1",
    "--yes",
  );
  expect(kept.removed).toHaveLength(1);
  const rest = await metervilleJson<{ removed: string[] }>("runs", "--prune", "--yes");
  expect(rest.removed).toHaveLength(1);
  expect((await rows()).map(({ state }) => state)).toEqual(["running"]);
  expect(existsSync(live.folder)).toBe(true);
  expect((await meterville("runs")).stdout).toMatch(/first-street +1 .* running .*in progress/);
  await live.stop();
  expect((await meterville("runs", "--prune", "--yes")).stdout).toMatch(/^removed 1 run/);
  expect((await meterville("runs")).stdout).toMatch(/no runs are kept/);
});
