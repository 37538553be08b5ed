import { expect, test } from "vitest";
import { createBoardTiming } from "../../sim/host/board-timing.ts";

/** A board that is asked each second and answers so many ms after that. */
function timingOf(answersAfterMs: readonly number[], missed = 0) {
  const timing = createBoardTiming();
  answersAfterMs.forEach((afterMs, second) => {
    const askedWallMs = second * 1000;
    timing.noteAnswer({ askedWallMs, answeredWallMs: askedWallMs + afterMs, stepMs: 1000 });
  });
  for (let left = missed; left > 0; left--) timing.noteMissed();
  return timing;
}

const EVEN = Array.from({ length: 200 }, () => 12.2);

test("an even board has its round trip, no jitter and no doubt", () => {
  expect(timingOf(EVEN).read()).toEqual({
    ...{ steps: 200, missed: 0, roundTripMedianMs: 12.5, roundTripP99Ms: 12.5 },
    ...{ jitterMedianMs: 0.5, jitterP99Ms: 0.5, doubt: null },
  });
});

test("one in a hundred may miss its deadline, and no more", () => {
  expect(timingOf(EVEN, 2).read().doubt).toBeNull();
  expect(timingOf(EVEN, 3).read().doubt).toBe(
    "3 of 203 answers missed their deadlines, 1.5 % where 1.0 % may; do not trust this run",
  );
});

test("answers that come a tenth of the step early or late are not to be trusted", () => {
  const uneven = EVEN.map((afterMs, second) => afterMs + (second % 2) * 120);
  expect(timingOf(uneven).read().doubt).toBe(
    "answers came up to 120.5 ms early or late, where 100 ms may; do not trust this run",
  );
});

test("a twin that stands still is no jitter", () => {
  const timing = timingOf(EVEN);
  timing.restart();
  timing.noteAnswer({ askedWallMs: 9e6, answeredWallMs: 9e6 + 12, stepMs: 1000 });
  expect(timing.read()).toMatchObject({ jitterP99Ms: 0.5, doubt: null });
});
