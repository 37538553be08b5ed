// A street with the real firmware in three of its meters, run once with the boards and again without any.

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { BeliefEvent, TruthEvent } from "../../sim/contract/event.ts";
import type { RunReport } from "../../sim/contract/report.ts";
import { HOUR_MS } from "../../sim/core/time.ts";
import { type ReplayResult, withRecording } from "../../sim/host/resimulate.ts";
import { type AnswersEntry, createAnswerColumns } from "../../sim/recording/answer-columns.ts";
import { TOPIC } from "../../sim/recording/topics.ts";
import { meterville, metervilleJson, serve, temporaryFolder, withPath } from "../support/cli.ts";

const SCENARIO = "scenarios/three-boards.yaml";
const [LINE_CUT, OUT_OF_CREDIT, TAMPERED] = ["supply-05", "supply-07", "supply-09"] as const;
const BOARD_SECONDS = 4 * 60;
const STEP_MS = 1_000;
const IN_MS = 34 * HOUR_MS;
const OUT_MS = IN_MS + BOARD_SECONDS * STEP_MS;
const [CUT_FROM_MS, CUT_UNTIL_MS] = [IN_MS + 90_000, IN_MS + 140_000];
const RUNS_WALL_MS = 180_000;
const folder = temporaryFolder();
const recording = join(folder.path, "boards.mcap");
const without = join(folder.path, "without.mcap");
afterAll(() => folder.remove());

type Told = TruthEvent | BeliefEvent;
const told = (file: string): Promise<readonly Told[]> =>
  withRecording(file, async (reader) => {
    const events: Told[] = [];
    for await (const { value } of reader.messages([TOPIC.truthEvents, TOPIC.beliefEvents])) {
      events.push((value as { event: Told }).event);
    }
    return events;
  });
const answersOf = async (): Promise<readonly AnswersEntry[]> => {
  const journal = await withRecording(recording, (reader) => reader.journal());
  return journal.filter((entry) => entry.kind === "answers");
};
/** What the board of the cut line answered in the step that began then, in mWh. */
const countedAt = (entries: readonly AnswersEntry[], atMs: number): number => {
  const entry = entries.find(({ takesEffectAtMs }) => takesEffectAtMs === atMs);
  const answer = entry?.answers.find(({ supply }) => supply === LINE_CUT);
  if (answer?.kind !== "outputs") throw new Error(`no answer at ${atMs} ms`);
  const { importWh, importBelowMilliWh } = answer.outputs.registers;
  return importWh * 1000 + importBelowMilliWh;
};

describe("three homes whose meters are boards for four minutes of five weeks", () => {
  let [withBoards, simulated]: RunReport[] = [];
  let [events, eventsSimulated]: (readonly Told[])[] = [];
  beforeAll(async () => {
    withBoards = await metervilleJson<RunReport>("run", SCENARIO, "--out", recording);
    simulated = await metervilleJson<RunReport>(
      ...["run", SCENARIO, "--set", "boards=[]", "--out", without],
    );
    events = await told(recording);
    eventsSimulated = await told(without);
  }, RUNS_WALL_MS);

  test("are billed as their simulated meters are, to the last coin but one", () => {
    const bills = (all: readonly Told[]) => all.filter((event) => event.kind === "bill");
    expect(withBoards!.billing).toMatchObject({ bills: 23, ledgerBalanceMinor: 0 });
    expect(bills(events!)).toHaveLength(bills(eventsSimulated!).length);
    for (const bill of bills(eventsSimulated!)) {
      const same = bills(events!).find(({ supply }) => supply === bill.supply);
      expect(Math.abs(same!.amountMinor - bill.amountMinor)).toBeLessThanOrEqual(1);
    }
    expect(withBoards!.comms.reportedMissing).toBe(simulated!.comms.reportedMissing);
  });

  test("the one that loses its line is missed while it is gone, counts on, and is believed when it is back", async () => {
    const moments = (kind: Told["kind"]) =>
      events!.flatMap((event) =>
        event.kind === kind && "supply" in event ? [[event.supply, event.at]] : [],
      );
    expect(moments("device-lost")).toEqual([[LINE_CUT, CUT_FROM_MS + STEP_MS]]);
    expect(moments("device-back")).toEqual([[LINE_CUT, CUT_UNTIL_MS + STEP_MS]]);
    const entries = await answersOf();
    const [before, after] = [CUT_FROM_MS - STEP_MS, CUT_UNTIL_MS].map((at) =>
      countedAt(entries, at),
    );
    const minuteMilliWh = before! - countedAt(entries, CUT_FROM_MS - 61 * STEP_MS);
    const expected = (minuteMilliWh * (CUT_UNTIL_MS + STEP_MS - CUT_FROM_MS)) / 60_000;
    expect(Math.abs(after! - before! - expected) / expected).toBeLessThan(0.05);
  });

  test("the prepaid one goes off by its own relay when its credit is used up, and the company hears it", () => {
    const relays = events!.filter(
      (event) => event.kind === "relay" && event.supply === OUT_OF_CREDIT,
    );
    expect(relays).toHaveLength(1);
    expect(relays[0]!.at).toBeGreaterThan(IN_MS);
    expect(relays[0]!.at).toBeLessThan(OUT_MS);
    expect(events!.some(({ kind }) => kind === "no-credit")).toBe(true);
  });

  test("the one that leads its current around the meter becomes the only case, and it is true", () => {
    const cases = events!.filter((event) => event.kind === "case-opened");
    expect(cases.map(({ supply }) => supply)).toEqual([TAMPERED]);
    expect(withBoards!.detection).toMatchObject({ found: 1, falseAlarms: 0 });
    expect(withBoards!.finalHash).not.toBe(simulated!.finalHash);
  });

  test("the recording gives the same hashes without any board, and the boards the same answers", async () => {
    const replay = await metervilleJson<ReplayResult>("replay", recording, "--boards");
    expect(replay).toMatchObject({ verified: true, firstDifference: null });
    const answersCompared = 3 * BOARD_SECONDS;
    expect(replay.boards).toEqual({
      ...{ answersCompared, answersNotCompared: 0, firstDifference: null },
    });
  });

  test("after the first answer, which is whole, a board-second is at most 20 bytes of the journal", async () => {
    const entries = await answersOf();
    const columns = createAnswerColumns();
    columns.accept(entries[0]!);
    let bytes = 0;
    for (const entry of entries.slice(1)) {
      // As base64, with the line's mark and end.
      bytes += 4 * Math.ceil(columns.encode(entry).length / 3) + 2;
      columns.accept(entry);
    }
    expect(bytes / (3 * BOARD_SECONDS - 3)).toBeLessThanOrEqual(20);
  });
});

test("a device that there is not is refused where it is named", async () => {
  const { stderr, exitCode } = await meterville("run", SCENARIO, "--set", "boards.1.device=magic");
  expect(stderr).toBe(
    `${SCENARIO} boards.1.device: there is no device "magic"; a device is simulated, emulated, emulated+rig, a port such as /dev/ttyACM0 or tcp://HOST:PORT, or METER+rig=RIG with two ports\n`,
  );
  expect(exitCode).toBe(2);
});

test("a live run takes an emulated board and gives it back, and refuses a device that there is not", async () => {
  const live = await serve("scenarios/three-lanes.yaml", "--speed", "60");
  const target = "supply-07";
  const swap = (...args: readonly string[]) =>
    meterville("board", "swap", target, ...args, "--to", live.url);
  expect(await swap("magic")).toMatchObject({
    stderr: `${target}: there is no device "magic"; a device is simulated, emulated, emulated+rig, a port such as /dev/ttyACM0 or tcp://HOST:PORT, or METER+rig=RIG with two ports\n`,
    exitCode: 2,
  });
  expect(await swap("emulated")).toEqual({
    ...{ stdout: `${target}: emulated comes in with the next step\n`, stderr: "", exitCode: 0 },
  });
  const stateOf = async (): Promise<RunReport> =>
    (await (await fetch(withPath(live.url, "api/state"))).json()) as RunReport;
  const from = (await stateOf()).simulatedMs;
  while ((await stateOf()).simulatedMs < from + 60_000) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await swap()).toMatchObject({ stdout: expect.stringContaining("simulated"), exitCode: 0 });
  const { exitCode, stderr } = await live.stop();
  expect(stderr).not.toContain("device-lost");
  expect(exitCode).toBe(130);
  const replay = await metervilleJson<ReplayResult>("replay", join(live.folder, "recording.mcap"));
  expect(replay.verified).toBe(true);
  const { stderr: nobody, exitCode: inVain } = await swap("emulated");
  expect(nobody).toMatch(/no twin answers there; start one with: meterville serve/);
  expect(inVain).toBe(2);
});
