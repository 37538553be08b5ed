// A journal, handed out step by step: how a run is run again.

import type { JournalEntry } from "../contract/input.ts";
import type { DeviceAnswer } from "../contract/meter-device.ts";
import { beginStep, finishStep } from "./step.ts";
import type { Twin } from "./world.ts";

/** Hands out journal entries by the step that they belong to. */
export interface JournalFeed {
  inputsAt(nowMs: number): readonly JournalEntry[];
  answersAt(nowMs: number): readonly DeviceAnswer[];
  /** Whether boards have answered in the step that begins now: then it has been taken. */
  hasAnswersAt(nowMs: number): boolean;
}

/**
 * A feed over a journal in the order of its numbers. What was accepted while boards were asked has a smaller number than
 * their answers, and takes effect after them.
 */
export function createFeed(entries: readonly JournalEntry[]): JournalFeed {
  const journal = [...entries].sort(
    (a, b) => a.takesEffectAtMs - b.takesEffectAtMs || a.sequence - b.sequence,
  );
  let next = 0;
  const take = (nowMs: number, kind: JournalEntry["kind"]): JournalEntry[] => {
    const taken: JournalEntry[] = [];
    for (;;) {
      const entry = journal[next];
      if (entry === undefined || entry.takesEffectAtMs > nowMs || entry.kind !== kind) return taken;
      taken.push(entry);
      next++;
    }
  };
  return {
    inputsAt: (nowMs) => take(nowMs, "input"),
    hasAnswersAt: (nowMs) =>
      journal.some(({ kind, takesEffectAtMs }) => kind === "answers" && takesEffectAtMs === nowMs),
    answersAt: (nowMs) =>
      take(nowMs, "answers").flatMap((entry) => (entry.kind === "answers" ? entry.answers : [])),
  };
}

/** One step with what the journal has for it. */
export function stepByJournal(twin: Twin, feed: JournalFeed): ReturnType<typeof finishStep> {
  const { nowMs } = twin.world.engine.clock;
  beginStep(twin, feed.inputsAt(nowMs));
  return finishStep(twin, feed.answersAt(nowMs));
}
