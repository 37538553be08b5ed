// Runs that something has happened to since: what is left of them is named, gone on with where that is possible, kept.

import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { serve, temporaryFolder, withPath } from "../support/cli.ts";

const STREET = "scenarios/three-lanes.yaml";
const folder = temporaryFolder();
beforeAll(() => {
  process.env["METERVILLE_RUNS"] = folder.path;
});
afterAll(() => {
  delete process.env["METERVILLE_RUNS"];
  folder.remove();
});

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
