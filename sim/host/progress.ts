// How far a run is, on stderr: a bar that is rewritten on a terminal, else a line every ten seconds.

import { formatDuration, MINUTE_MS } from "../core/time.ts";

const BAR_WALL_MS = 200;
const LINE_WALL_MS = 10_000;
const BAR_CELLS = 24;

export interface Progress {
  note(simMs: number): void;
  /** Takes the bar away. */
  end(): void;
}

/** For who wants the answer and nothing else. */
export const NO_PROGRESS: Progress = { note: () => {}, end: () => {} };

/** Where progress goes; tests give their own. */
export interface ProgressPort {
  readonly isTerminal: boolean;
  readonly hasColour: boolean;
  write(text: string): void;
  wallMs(): number;
}

/** Standard error; NO_COLOR and --no-color are heard. */
function stderrPort(): ProgressPort {
  const isTerminal = process.stderr.isTTY === true;
  const noColour = (process.env["NO_COLOR"] ?? "") !== "" || process.argv.includes("--no-color");
  return {
    isTerminal,
    hasColour: isTerminal && !noColour,
    write: (text) => void process.stderr.write(text),
    wallMs: () => performance.now(),
  };
}

/** Shows how far something is that ends at `endMs` of simulated time. */
export function createProgress(endMs: number, port: ProgressPort = stderrPort()): Progress {
  const startWallMs = port.wallMs();
  let lastWallMs = startWallMs;
  return {
    note(simMs) {
      const wallMs = port.wallMs();
      if (wallMs - lastWallMs < (port.isTerminal ? BAR_WALL_MS : LINE_WALL_MS)) return;
      lastWallMs = wallMs;
      const text = progressText(simMs, endMs, wallMs - startWallMs);
      if (port.isTerminal) port.write(`\r${bar(simMs / endMs, port.hasColour)} ${text}\x1b[K`);
      else port.write(`${text}\n`);
    },
    end() {
      if (port.isTerminal) port.write("\r\x1b[K");
    },
  };
}

/** `42 %  12d14h simulated, 530,000 × real time, 3 s left`. */
export function progressText(simMs: number, endMs: number, tookWallMs: number): string {
  const percent = Math.floor((100 * simMs) / endMs);
  const at = formatDuration(Math.floor(simMs / MINUTE_MS) * MINUTE_MS);
  const speed = simMs / Math.max(tookWallMs, 1);
  const leftSeconds = Math.ceil((endMs - simMs) / Math.max(speed, 1e-9) / 1000);
  const left =
    leftSeconds < 120 ? `${leftSeconds} s` : formatDuration(Math.ceil(leftSeconds / 60) * 60_000);
  return `${percent} %  ${at} simulated, ${significant(speed)} × real time, ${left} left`;
}

/** Two digits that mean something: 538,204 is told as 540,000. */
function significant(value: number): string {
  if (value < 10) return value.toFixed(1);
  let scale = 1;
  while (value / scale >= 100) scale *= 10;
  return (Math.round(value / scale) * scale).toLocaleString("en");
}

function bar(share: number, hasColour: boolean): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_CELLS);
  const cells = "█".repeat(full) + "░".repeat(BAR_CELLS - full);
  return hasColour ? `\x1b[36m${cells}\x1b[39m` : cells;
}
