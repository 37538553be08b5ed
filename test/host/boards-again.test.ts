// Boards run again beside a replay: devices that are made anew must say what others said before them.

import { expect, test } from "vitest";
import type { DeviceAnswer } from "../../sim/contract/meter-device.ts";
import { MINUTE_MS } from "../../sim/core/time.ts";
import { beginStep, finishStep } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { createBoards, createSimulatedDevice } from "../../sim/host/boards.ts";
import { type BoardsAgainResult, createBoardsAgain } from "../../sim/host/boards-again.ts";
import { journal, street } from "../support/street.ts";

const BOARD = "supply-05";
const FROM_MS = MINUTE_MS;
const DEADLINE_WALL_MS = 60_000;
const STEPS = 30;
const STEP_MS = 1_000;

/** Runs a street with a board, and a second board beside it that is compared by what `recorded` makes of the answers. */
async function again(
  device: string,
  recorded: (answers: readonly DeviceAnswer[], nowMs: number) => readonly DeviceAnswer[],
): Promise<BoardsAgainResult> {
  const twin = createTwin(street({}));
  const open = () => createSimulatedDevice(device);
  const [boards, beside] = [
    createBoards(open, DEADLINE_WALL_MS),
    createBoards(open, DEADLINE_WALL_MS),
  ];
  const comparing = createBoardsAgain(beside);
  const { clock } = twin.world.engine;
  const entries = journal([[FROM_MS, { kind: "swap-in", target: BOARD, device }]]);
  while (clock.nowMs < FROM_MS + STEPS * STEP_MS) {
    const { nowMs } = clock;
    const swapped = beginStep(
      twin,
      entries.filter(({ takesEffectAtMs }) => takesEffectAtMs === nowMs),
    );
    const answers = await boards.ask(twin, swapped);
    await comparing.compare(twin, swapped, recorded(answers, nowMs));
    finishStep(twin, answers);
  }
  await Promise.all([boards.close(), beside.close()]);
  return comparing.result;
}

const same = (answers: readonly DeviceAnswer[]): readonly DeviceAnswer[] => answers;

test("the same device says the same again", async () => {
  expect(await again("simulated", same)).toEqual({
    answersCompared: STEPS,
    answersNotCompared: 0,
    firstDifference: null,
  });
});

test("an answer that was changed is named with its moment, its home and its field", async () => {
  const changedAt = FROM_MS + 7 * STEP_MS;
  const changed = await again("simulated", (answers, nowMs) =>
    answers.map((answer) =>
      answer.kind !== "outputs" || nowMs < changedAt
        ? answer
        : { ...answer, outputs: { ...answer.outputs, relay: "open" } },
    ),
  );
  expect(changed.firstDifference).toEqual({
    simMs: changedAt,
    supply: BOARD,
    field: "outputs.relay",
    recorded: '"open"',
    again: '"closed"',
  });
});

test("after a board was lost nothing is asked of its double", async () => {
  const lostAt = FROM_MS + 10 * STEP_MS;
  const lost = await again("simulated", (answers, nowMs) =>
    nowMs < lostAt
      ? answers
      : answers.map(({ supply }) => ({ kind: "no-answer", supply, reason: "its line was cut" })),
  );
  expect(lost).toEqual({
    answersCompared: 10,
    answersNotCompared: STEPS - 10,
    firstDifference: null,
  });
});

test("a board that no emulator stands in for is counted and not asked", async () => {
  expect(await again("/dev/ttyACM0", same)).toEqual({
    answersCompared: 0,
    answersNotCompared: STEPS,
    firstDifference: null,
  });
});
