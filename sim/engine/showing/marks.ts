// What happened in a live run, as marks for a timeline: bounded, and what comes in crowds is one mark.

import { headline, type KnownEvent, type TruthEvent } from "../../contract/event.ts";
import { type Mark, type MarkKind, markingOf, type Side } from "../../contract/moments.ts";
import { MINUTE_MS, type SimMs } from "../../core/time.ts";

/** Of each side; past it the oldest marks of the most frequent kind go. */
export const MARKS_MAX = 3_000;
/** Marks that are dropped in one go. */
const DROPPED_AT_ONCE = 100;
const CROWD_MS = 15 * MINUTE_MS;

export interface Marks {
  /** `shownMs`: the end of the step that handed the event out. */
  note(side: Side, event: TruthEvent | KnownEvent, shownMs: SimMs): void;
  /** Those of some sides after a moment, in order of time; the crowd that this moment is in comes again. */
  after(simMs: SimMs, sides: readonly Side[]): readonly Mark[];
}

export function createMarks(max: number = MARKS_MAX): Marks {
  const bySide: Record<Side, Mark[]> = { truth: [], belief: [] };
  const bound = (side: Side): void => {
    const marks = bySide[side];
    if (marks.length <= max) return;
    const counts = new Map<MarkKind, number>();
    for (const { kind } of marks) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const [most] = [...counts].sort((a, b) => b[1] - a[1])[0]!;
    let left = Math.max(marks.length - max, Math.min(DROPPED_AT_ONCE, Math.ceil(max / 10)));
    bySide[side] = marks.filter(({ kind }) => kind !== most || left-- <= 0);
    // Where even all of the most frequent kind is too little, once more.
    bound(side);
  };
  return {
    note(side, event, shownMs) {
      const marking = markingOf(event);
      if (marking === undefined) return;
      const marks = bySide[side];
      const { at } = event;
      const kind = marking.mark;
      if (marking.isCommon === true) {
        const span = Math.floor(at / CROWD_MS);
        for (let row = marks.length - 1; row >= 0; row--) {
          const mark = marks[row]!;
          if (mark.at < at - CROWD_MS) break;
          if (mark.kind !== kind || Math.floor(mark.at / CROWD_MS) !== span) continue;
          marks[row] = { ...mark, count: mark.count + 1 };
          return;
        }
      }
      const supply = "supply" in event ? event.supply : "";
      marks.push({ at, shownMs, side, kind, supply, text: headline(event), count: 1 });
      bound(side);
    },
    after(simMs, sides) {
      return sides
        .flatMap((side) => bySide[side].filter(({ at }) => at > simMs - CROWD_MS))
        .sort((a, b) => a.at - b.at);
    },
  };
}
