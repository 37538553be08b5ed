import { afterEach, expect, test, vi } from "vitest";
import { FLASH_MS, startBlinking } from "../../web/player/blink.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("a light flashes at the rate of the moment, and not at all without one", () => {
  vi.useFakeTimers();
  let periodMs: number | null = 2_250;
  let flashes = 0;
  const end = startBlinking(
    () => periodMs,
    (isLit) => {
      if (isLit) flashes++;
    },
  );
  vi.advanceTimersByTime(60_000);
  // 1 kW: 26.67 a minute.
  expect(flashes).toBe(26);
  periodMs = 340;
  vi.advanceTimersByTime(60_000);
  expect(flashes - 26).toBeGreaterThan(60_000 / 340 - 2);
  const before = flashes;
  periodMs = null;
  vi.advanceTimersByTime(60_000);
  expect(flashes).toBe(before);
  end();
  periodMs = FLASH_MS;
  vi.advanceTimersByTime(60_000);
  expect(flashes).toBe(before);
});
