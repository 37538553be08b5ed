// A street with the real firmware in three of its meters, run once with the boards and again without any.

import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import { meterville, metervilleJson, serve, temporaryFolder, withPath } from "../support/cli.ts";

const SCENARIO = "scenarios/three-boards.yaml";
const folder = temporaryFolder();
afterAll(() => folder.remove());

test("three emulated boards count as the simulated meters do, twice the same, and the run replays without them", async () => {
  const recording = join(folder.path, "boards.mcap");
  const boards = await metervilleJson<RunReport>("run", SCENARIO, "--out", recording);
  const again = await metervilleJson<RunReport>("run", SCENARIO);
  expect(again.finalHash).toBe(boards.finalHash);
  const simulated = await metervilleJson<RunReport>("run", SCENARIO, "--set", "boards=[]");
  expect(boards.finalHash).not.toBe(simulated.finalHash);
  const [one, other] = [boards.energy.meteredKWh, simulated.energy.meteredKWh];
  expect(Math.abs(one - other) / other).toBeLessThan(0.005);
  expect(boards.comms.reportedMissing).toBe(0);
  const replay = await metervilleJson<ReplayResult>("replay", recording);
  expect(replay).toMatchObject({ verified: true, firstDifference: null });
});

test("a device that there is not is refused where it is named", async () => {
  const { stderr, exitCode } = await meterville("run", SCENARIO, "--set", "boards.1.device=magic");
  expect(stderr).toBe(
    `${SCENARIO} boards.1.device: there is no device "magic"; a device is simulated, emulated, a port such as /dev/ttyACM0, or tcp://HOST:PORT\n`,
  );
  expect(exitCode).toBe(2);
});

test("a live run takes an emulated board and gives it back, and refuses a device that there is not", async () => {
  const live = await serve("scenarios/three-lanes.yaml", "--speed", "60");
  const post = (body: object): Promise<Response> =>
    fetch(withPath(live.url, "api/inputs"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  const target = "supply-07";
  const refused = await post({ kind: "swap-in", target, device: "magic" });
  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('there is no device \\"magic\\"');
  expect((await post({ kind: "swap-in", target, device: "emulated" })).status).toBe(202);
  const stateOf = async (): Promise<RunReport> =>
    (await (await fetch(withPath(live.url, "api/state"))).json()) as RunReport;
  const from = (await stateOf()).simulatedMs;
  while ((await stateOf()).simulatedMs < from + 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect((await post({ kind: "swap-out", target })).status).toBe(202);
  const { exitCode, stderr } = await live.stop();
  expect(stderr).not.toContain("device-lost");
  expect(exitCode).toBe(130);
  const replay = await metervilleJson<ReplayResult>("replay", join(live.folder, "recording.mcap"));
  expect(replay.verified).toBe(true);
});
