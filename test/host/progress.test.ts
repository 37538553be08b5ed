// How far a run is, for who looks and for who reads a log.

import { expect, test } from "vitest";
import { DAY_MS } from "../../sim/core/time.ts";
import { createProgress, type ProgressPort, progressText } from "../../sim/host/progress.ts";

function port(isTerminal: boolean, hasColour = false) {
  const written: string[] = [];
  let now = 0;
  const given: ProgressPort = {
    isTerminal,
    hasColour,
    write: (text) => void written.push(text),
    wallMs: () => now,
  };
  return { port: given, written, after: (wallMs: number) => (now += wallMs) };
}

test("a line says how far, how fast and how long still", () => {
  expect(progressText(7.5 * DAY_MS, 30 * DAY_MS, 1500)).toBe(
    "25 %  7d12h simulated, 430,000 × real time, 5 s left",
  );
  expect(progressText(60_000, 30 * DAY_MS, 60_000)).toBe(
    "0 %  1min simulated, 1.0 × real time, 29d23h59min left",
  );
});

test("a terminal gets a bar, rewritten five times a second at most, and taken away at the end", () => {
  const { port: terminal, written, after } = port(true);
  const progress = createProgress(30 * DAY_MS, terminal);
  progress.note(DAY_MS);
  expect(written).toEqual([]);
  after(200);
  progress.note(15 * DAY_MS);
  progress.note(16 * DAY_MS);
  progress.end();
  expect(written).toHaveLength(2);
  expect(written[0]).toContain(`\r${"█".repeat(12)}${"░".repeat(12)} 50 %`);
  expect(written[1]).toBe("\r\x1b[K");
});

test("colour comes only where it is wanted", () => {
  const bars = [true, false].map((hasColour) => {
    const { port: terminal, written, after } = port(true, hasColour);
    const progress = createProgress(DAY_MS, terminal);
    after(200);
    progress.note(DAY_MS / 2);
    return written[0]!.includes("\x1b[36m");
  });
  expect(bars).toEqual([true, false]);
});

test("a log gets a line every ten seconds and no control characters", () => {
  const { port: log, written, after } = port(false);
  const progress = createProgress(30 * DAY_MS, log);
  after(9_999);
  progress.note(DAY_MS);
  after(1);
  progress.note(2 * DAY_MS);
  progress.end();
  expect(written).toHaveLength(1);
  expect(written[0]).toMatch(/^6 % {2}2d simulated, .* left\n$/);
});
