// A progress line on stderr: rewritten on a terminal, absent elsewhere.

import { formatDuration, MINUTE_MS } from "../core/time.ts";

const EVERY_WALL_MS = 200;

export interface Progress {
  note(simMs: number): void;
  end(): void;
}

/** Shows how far a run is, if somebody is looking. */
export function createProgress(endMs: number): Progress {
  if (!process.stderr.isTTY) return { note: () => {}, end: () => {} };
  let lastWallMs = 0;
  return {
    note(simMs) {
      const wallMs = performance.now();
      if (wallMs - lastWallMs < EVERY_WALL_MS) return;
      lastWallMs = wallMs;
      const percent = Math.floor((100 * simMs) / endMs);
      const at = formatDuration(Math.floor(simMs / MINUTE_MS) * MINUTE_MS);
      process.stderr.write(`\r${percent} %  ${at} simulated \x1b[K`);
    },
    end() {
      process.stderr.write("\r\x1b[K");
    },
  };
}
