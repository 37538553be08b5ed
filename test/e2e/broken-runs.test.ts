// Runs that something has happened to since: what is left of them is named, gone on with where that is possible, kept.

import { appendFileSync, existsSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { meterville, metervilleJson, serve, temporaryFolder, withPath } from "../support/cli.ts";

const STREET = "scenarios/three-lanes.yaml";
const folder = temporaryFolder();
beforeAll(() => {
  process.env["METERVILLE_RUNS"] = folder.path;
});
afterAll(() => {
  delete process.env["METERVILLE_RUNS"];
  folder.remove();
});

interface Row {
  readonly state: string;
  readonly resume: string | null;
  readonly damage: string | null;
}

// It was said that the run was killed before anything was kept, and that prune may remove it.
test.each([
  ["run.json", "is gone", (path: string) => rmSync(path)],
  ["run.json", "is broken", (path: string) => writeFileSync(path, '{"version": 1,')],
  ["resolved-scenario.json", "is gone", (path: string) => rmSync(path)],
  ["resolved-scenario.json", "was cut off", (path: string) => truncateSync(path, 1_000)],
] as const)(
  "a run whose %s %s is said to be damaged, with what is still there, and is not removed",
  async (name, _, damage) => {
    const live = await serve(STREET, "--paused", "--no-mqtt");
    await live.stop();
    damage(join(live.folder, name));
    const rest = [
      "run.json",
      "resolved-scenario.json",
      "journal.ndjson",
      "recording.mcap",
      "store.db",
    ];
    const says = `${name} is missing or damaged, so it cannot be gone on with; still there: ${rest.filter((each) => each !== name).join(", ")}; replay and export read its recording.mcap`;
    const [row] = await metervilleJson<readonly Row[]>("runs");
    expect(row).toMatchObject({ state: "damaged", resume: null, damage: says });
    const resumed = await meterville("serve", "--resume", live.folder);
    expect([resumed.stderr, resumed.exitCode]).toEqual([`${live.folder}: ${says}\n`, 2]);
    const pruned = await meterville("runs", "--prune", "--yes");
    expect(pruned.stderr).toContain(`stays (--damaged removes it too): ${says}`);
    expect(existsSync(live.folder)).toBe(true);
    const removed = await meterville("runs", "--prune", "--damaged", "--yes");
    expect(removed.stdout).toMatch(/^removed 1 run/);
  },
);

// Every resume ended with exit 70, "bank is out of range", and the payments of that step were nowhere.
test("a run that more was paid into than its bank can count is gone on with", async () => {
  const paused = await serve(STREET, "--paused", "--no-mqtt");
  await paused.stop();
  const payment = { kind: "payment", target: "supply-12", amountMinor: 1e12 };
  for (let sequence = 1; sequence <= 9_010; sequence++) {
    const entry = { sequence, takesEffectAtMs: 0, kind: "input", input: payment };
    appendFileSync(join(paused.folder, "journal.ndjson"), `${JSON.stringify(entry)}\n`);
  }
  const live = await serve("--resume", paused.runId, "--no-mqtt", "--speed", "max");
  const stateOf = async (): Promise<RunReport> =>
    (await (await fetch(withPath(live.url, "api/state"))).json()) as RunReport;
  await expect.poll(async () => (await stateOf()).simulatedMs).toBeGreaterThan(3_600_000);
  expect((await stateOf()).billing.paidMinor).toBe(9_007e12);
  expect(live.stderr()).not.toContain("stopped");
  await live.stop();
});
