// Where the time of a run goes, phase by phase. The engine only says which phase has ended; the clock is the host's.

import type { Mark, Phase } from "../engine/step.ts";
import { tableOf } from "./numbers.ts";

/** Beside the engine's phases: what the host does with a step, and what lies between steps. */
export type ProfiledPhase = Phase | "store" | "recording" | "other";

export interface PhaseTime {
  readonly phase: ProfiledPhase;
  readonly wallMs: number;
  readonly share: number;
}

export interface Profile {
  readonly mark: Mark<ProfiledPhase>;
  /** Longest first. */
  read(): readonly PhaseTime[];
}

/** A stopwatch that begins now; each mark gives the time since the last one to its phase. */
export function createProfile(nowWallMs: () => number = () => performance.now()): Profile {
  const times = new Map<ProfiledPhase, number>();
  let last = nowWallMs();
  return {
    mark(phase) {
      const now = nowWallMs();
      times.set(phase, (times.get(phase) ?? 0) + (now - last));
      last = now;
    },
    read() {
      let totalMs = 0;
      for (const wallMs of times.values()) totalMs += wallMs;
      return Array.from(times, ([phase, wallMs]) => ({
        phase,
        wallMs,
        share: totalMs > 0 ? wallMs / totalMs : 0,
      })).sort((a, b) => b.wallMs - a.wallMs);
    },
  };
}

/** The profile for a person. */
export function profileTable(times: readonly PhaseTime[]): string {
  const rows = times.map(({ phase, wallMs, share }) => [
    phase,
    `${wallMs.toFixed(0)} ms`,
    `${(100 * share).toFixed(1)} %`,
  ]);
  return tableOf(["phase", "time", "share"], rows);
}
