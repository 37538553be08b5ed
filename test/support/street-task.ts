// A whole run from texts, for engines that are compared: nothing of Node and nothing of a browser in here.

import type { JournalEntry } from "../../sim/contract/input.ts";
import { hexOf, sha256Bytes } from "../../sim/core/digest.ts";
import type { ResolvedScenario } from "../../sim/engine/scenario/resolved.ts";
import { beginStep, finalHash, finishStep } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { mathTableBytes } from "../core/math-table.ts";

export interface StreetTask {
  readonly resolvedText: string;
  readonly journal: readonly JournalEntry[];
  readonly untilMs: number;
}

export interface StreetAnswer {
  readonly finalHash: string;
  readonly steps: number;
  readonly mathTableSha256: string;
}

export function runTask({ resolvedText, journal, untilMs }: StreetTask): StreetAnswer {
  const twin = createTwin(JSON.parse(resolvedText) as ResolvedScenario);
  const { clock } = twin.world.engine;
  const waiting = [...journal];
  while (clock.nowMs < untilMs) {
    let due = 0;
    while (due < waiting.length && waiting[due]!.takesEffectAtMs <= clock.nowMs) due++;
    beginStep(twin, waiting.splice(0, due));
    finishStep(twin, []);
  }
  return {
    finalHash: finalHash(twin),
    steps: clock.step,
    mathTableSha256: hexOf(sha256Bytes(mathTableBytes())),
  };
}
