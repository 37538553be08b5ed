import fc from "fast-check";
import { expect, test } from "vitest";
import {
  DAY_MS,
  formatDuration,
  HOUR_MS,
  MINUTE_MS,
  parseDurationMs,
  SECOND_MS,
} from "../../sim/core/time.ts";

test.for([
  { text: "0s", ms: 0 },
  { text: "1ms", ms: 1 },
  { text: "90s", ms: 90_000 },
  { text: "30min", ms: 1_800_000 },
  { text: "2d14h", ms: 223_200_000 },
  { text: "2d 14h 30min", ms: 225_000_000 },
  { text: " 1.5h ", ms: 5_400_000 },
  { text: "0.1d", ms: 8_640_000 },
  { text: "1.001s", ms: 1001 },
  { text: "2.3s", ms: 2300 },
  { text: "30s1min", ms: 90_000 },
])('"$text" is $ms ms', ({ text, ms }) => {
  expect(parseDurationMs(text)).toBe(ms);
});

test.for([
  "",
  "5",
  "5m",
  "-5s",
  "1e3s",
  "1h30",
  "1.h",
  ".5h",
  "0.5ms",
  "five seconds",
  "9999999999999d",
])('"%s" is no duration of whole milliseconds', (text) => {
  expect(parseDurationMs(text)).toBe(undefined);
});

test.for([
  { ms: 0, text: "0s" },
  { ms: 1, text: "0.001s" },
  { ms: 1500, text: "1.5s" },
  { ms: MINUTE_MS, text: "1min" },
  { ms: 2 * DAY_MS + 14 * HOUR_MS, text: "2d14h" },
  { ms: DAY_MS + SECOND_MS, text: "1d1s" },
  { ms: -90 * SECOND_MS, text: "-1min30s" },
])("$ms ms are written $text", ({ ms, text }) => {
  expect(formatDuration(ms)).toBe(text);
});

test("every duration reads back as it was written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1000 * DAY_MS }), (ms) => {
      expect(parseDurationMs(formatDuration(ms))).toBe(ms);
    }),
    { seed: 20_260_112, numRuns: 2000 },
  );
});
