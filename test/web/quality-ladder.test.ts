import fc from "fast-check";
import { expect, test } from "vitest";
import {
  judgePicture,
  type Ladder,
  PICTURE_MS_MAX,
  QUALITY_STEPS,
  startLadder,
} from "../../web/scene/quality-ladder.ts";

const LAST = QUALITY_STEPS.length - 1;

/** The ladder after so many pictures, each as long as the step that it was drawn in makes it. */
function after(pictures: number, tookMs: (step: number) => number, deviceRatio = 1): Ladder {
  let ladder = startLadder();
  for (let picture = 0; picture < pictures; picture++)
    ladder = judgePicture(ladder, tookMs(ladder.step), deviceRatio);
  return ladder;
}

test("a fast machine stays at full quality", () => {
  expect(after(200, () => PICTURE_MS_MAX)).toMatchObject({ step: 0, isTooSlow: false });
});

test("the first pictures of a step compile shaders and are not judged", () => {
  expect(after(2, () => 5_000).step).toBe(0);
});

test("a slow machine goes down until its pictures are fast enough, and stays there", () => {
  const tookMs = (step: number): number => [320, 210, 160, 130, 90, 70][step]!;
  expect(after(40, tookMs).step).toBe(4);
  expect(after(400, tookMs).step).toBe(4);
});

test("a step that would change nothing on this screen is left out", () => {
  const seen = new Set<number>();
  after(100, (step) => {
    seen.add(step);
    return 2 * PICTURE_MS_MAX;
  });
  expect(seen.has(2), "one pixel a pixel is what the screen has already").toBe(false);
  const onDense = new Set<number>();
  after(
    100,
    (step) => {
      onDense.add(step);
      return 2 * PICTURE_MS_MAX;
    },
    2,
  );
  expect(onDense.has(2)).toBe(true);
});

test("where even the last step is too slow the ladder says so", () => {
  expect(after(100, () => 3_000)).toMatchObject({ step: LAST, isTooSlow: true });
});

test("whatever pictures cost, quality never rises, so it cannot swing", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 1, max: 3_000, noNaN: true })), (times) => {
      let ladder = startLadder();
      for (const tookMs of times) {
        const next = judgePicture(ladder, tookMs, 1);
        expect(next.step).toBeGreaterThanOrEqual(ladder.step);
        expect(next.step).toBeLessThanOrEqual(LAST);
        ladder = next;
      }
    }),
  );
});
