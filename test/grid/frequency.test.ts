import { expect, test } from "vitest";
import { DAY_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { frequencyHz } from "../../sim/grid/frequency.ts";

test("the frequency wanders within 35 mHz of 50 Hz, holds for a minute, and is not the same all day", () => {
  const seen = new Set<number>();
  for (let at = 0; at < DAY_MS; at += MINUTE_MS) {
    const hz = frequencyHz(at);
    expect(Math.abs(hz - 50)).toBeLessThanOrEqual(0.035);
    expect(frequencyHz(at + MINUTE_MS - 1)).toBe(hz);
    seen.add(hz);
  }
  expect(seen.size).toBeGreaterThan(1000);
});
