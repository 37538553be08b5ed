import { expect, test } from "vitest";
import { createPacing } from "../../../sim/engine/showing/pacing.ts";

/** A pace over a clock and a wall that the test moves. */
function paced(speed: number | null, stepMs = 1000) {
  const clock = { nowMs: 0, stepMs };
  const wall = { nowMs: 5000 };
  const pacing = createPacing({ speed, isPaused: false, clock, wallNow: () => wall.nowMs });
  return { clock, wall, pacing };
}

test("a step is due when its end has its deadline, not before", () => {
  const { wall, pacing } = paced(10);
  expect(pacing.isDue).toBe(false);
  expect(pacing.untilDueMs).toBe(100);
  wall.nowMs += 99;
  expect(pacing.isDue).toBe(false);
  wall.nowMs += 1;
  expect(pacing.isDue).toBe(true);
});

test("steps that end late do not move the deadlines of those after them", () => {
  const { clock, wall, pacing } = paced(10);
  for (let step = 0; step < 1000; step++) {
    wall.nowMs += pacing.untilDueMs + 7;
    clock.nowMs += clock.stepMs;
    pacing.noteStep();
    pacing.letGo();
  }
  expect(wall.nowMs).toBe(5000 + 1000 * 100 + 7);
  expect(pacing.lateness.quantileMs(0.99)).toBe(7.5);
});

test("a run that is hopelessly late gives it up; the steps after that are on time again", () => {
  const { clock, wall, pacing } = paced(60, 60_000);
  wall.nowMs += 1000 + 501;
  clock.nowMs += clock.stepMs;
  pacing.noteStep();
  expect(pacing.lateness.quantileMs(1)).toBe(501.5);
  wall.nowMs += 1000;
  pacing.letGo();
  expect(pacing.untilDueMs).toBe(1000);
});

test("another pace begins new deadlines and a new count; that of all steps goes on", () => {
  const { clock, wall, pacing } = paced(10);
  wall.nowMs += 130;
  clock.nowMs += clock.stepMs;
  pacing.noteStep();
  pacing.change({ speed: 1 });
  expect(pacing.lateness.steps).toBe(0);
  expect(pacing.latenessOfAll.steps).toBe(1);
  expect(pacing.untilDueMs).toBe(1000);
  pacing.change({ isPaused: true });
  wall.nowMs += 10_000;
  expect(pacing.isDue).toBe(false);
});

test("as fast as possible has no deadlines and is never late", () => {
  const { clock, pacing } = paced(null);
  expect(pacing.isDue).toBe(true);
  clock.nowMs += clock.stepMs;
  pacing.noteStep();
  expect(pacing.lateness.quantileMs(0.99)).toBeNull();
});

test("a step that takes its time by itself is taken when it begins, and is on time when it ends", () => {
  const { clock, wall, pacing } = paced(1);
  pacing.change({ takesItsTime: true });
  expect(pacing.isDue).toBe(true);
  wall.nowMs += 1000;
  clock.nowMs += clock.stepMs;
  pacing.noteStep();
  expect(pacing.lateness.quantileMs(1)).toBe(0.5);
  expect(pacing.isDue).toBe(true);
});

test("a pace that stands still takes the steps that it is asked for, at once, and no more", () => {
  const { clock, wall, pacing } = paced(1);
  pacing.change({ isPaused: true, steps: 2 });
  for (const isDue of [true, true, false]) {
    expect(pacing.isDue).toBe(isDue);
    clock.nowMs += clock.stepMs;
    pacing.noteStep();
  }
  wall.nowMs += 60_000;
  expect(pacing.isDue).toBe(false);
  expect(pacing.lateness.steps).toBe(1);
});

test("another word about the pace takes back steps that are still to come", () => {
  const { pacing } = paced(1);
  pacing.change({ isPaused: true, steps: 5 });
  pacing.change({ isPaused: true });
  expect(pacing.isDue).toBe(false);
});

test("a step lasts its time over the speed, and none as fast as possible", () => {
  expect(paced(60, 60_000).pacing.stepWallMs).toBe(1000);
  expect(paced(null).pacing.stepWallMs).toBe(0);
});
