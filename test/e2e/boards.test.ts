// A street with the real firmware in three of its meters, run once with the boards and again without any.

import { statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import { type ReplayResult, withRecording } from "../../sim/host/resimulate.ts";
import { createAnswerColumns } from "../../sim/recording/answer-columns.ts";
import { meterville, metervilleJson, serve, temporaryFolder, withPath } from "../support/cli.ts";

const SCENARIO = "scenarios/three-boards.yaml";
const BOARD_SECONDS = 4 * 60;
const folder = temporaryFolder();
const recording = join(folder.path, "boards.mcap");
const without = join(folder.path, "without.mcap");
afterAll(() => folder.remove());

test("three emulated boards count as the simulated meters do, twice the same, and the run replays without them and with them", async () => {
  const boards = await metervilleJson<RunReport>("run", SCENARIO, "--out", recording);
  const again = await metervilleJson<RunReport>("run", SCENARIO);
  expect(again.finalHash).toBe(boards.finalHash);
  const simulated = await metervilleJson<RunReport>(
    ...["run", SCENARIO, "--set", "boards=[]", "--out", without],
  );
  expect(boards.finalHash).not.toBe(simulated.finalHash);
  const [one, other] = [boards.energy.meteredKWh, simulated.energy.meteredKWh];
  expect(Math.abs(one - other) / other).toBeLessThan(0.005);
  expect(boards.comms.reportedMissing).toBe(0);
  const replay = await metervilleJson<ReplayResult>("replay", recording, "--boards");
  expect(replay).toMatchObject({ verified: true, firstDifference: null });
  const answersCompared = 3 * BOARD_SECONDS;
  expect(replay.boards).toEqual({ answersCompared, answersNotCompared: 0, firstDifference: null });
});

test("after the first answer, which is whole, a board-second is at most 20 bytes of the journal and of the recording", async () => {
  const journal = await withRecording(recording, (reader) => reader.journal());
  const entries = journal.filter((entry) => entry.kind === "answers");
  const columns = createAnswerColumns();
  columns.accept(entries[0]!);
  let bytes = 0;
  for (const entry of entries.slice(1)) {
    // As base64, with the line's mark and end.
    bytes += 4 * Math.ceil(columns.encode(entry).length / 3) + 2;
    columns.accept(entry);
  }
  expect(bytes / (3 * BOARD_SECONDS - 3)).toBeLessThanOrEqual(20);
  const held = statSync(recording).size - statSync(without).size;
  expect(held / (3 * BOARD_SECONDS)).toBeLessThanOrEqual(20);
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
