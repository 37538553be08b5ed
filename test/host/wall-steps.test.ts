import { expect, test } from "vitest";
import { createWallSteps } from "../../sim/host/wall-steps.ts";

function steps() {
  const wall = { nowMs: 5_000 };
  return { wall, steps: createWallSteps(() => wall.nowMs) };
}

test("ends are a step apart, however late a step begins within half a second: nothing drifts", () => {
  const { wall, steps: each } = steps();
  expect(each.next(10).untilEndMs).toBe(10);
  wall.nowMs += 13;
  expect(each.next(10)).toMatchObject({ untilEndMs: 7, isLate: false });
  wall.nowMs += 400;
  expect(each.next(10)).toMatchObject({ untilEndMs: 0, isLate: false });
});

test("a twin that is later than that has missed the end, and is on time again after it", () => {
  const { wall, steps: each } = steps();
  each.next(10);
  wall.nowMs += 10 + 10 + 501;
  expect(each.next(10)).toMatchObject({ untilEndMs: 0, isLate: true });
  expect(each.next(10)).toMatchObject({ untilEndMs: 10, isLate: false });
});

test("after a stand-still the next step begins now", () => {
  const { wall, steps: each } = steps();
  each.next(10);
  wall.nowMs += 60_000;
  each.restart();
  expect(each.next(10)).toMatchObject({ untilEndMs: 10, isLate: false });
});
