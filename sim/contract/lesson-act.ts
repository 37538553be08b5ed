// What the page of a learner in a class says that was done, and who judged what has been met. The server judges: no page
// says of itself that a step is done.

import type { SimMs } from "../core/time.ts";
import type { Check, Lesson, LessonPanel, LessonView } from "./lesson.ts";
import {
  advance,
  answer,
  beginLesson,
  isStepDone,
  type LessonProgress,
  look,
  type Sight,
  takeHint,
  type Verdict,
} from "./lesson-progress.ts";

export const LESSON_ACTS = ["look", "answer", "hint", "next", "again"] as const;

/** What only the page knows: what it shows. */
export interface PageSight {
  readonly selected: string;
  readonly view: LessonView;
  readonly opened: readonly LessonPanel[];
  readonly lookingBackMs: SimMs | null;
  /** The moment whose values it shows. */
  readonly atMs: SimMs;
}

/** `POST /api/class/progress`. */
export interface LessonAct {
  readonly lesson: string;
  /** The step that the learner has before them; an act of another step changes nothing. */
  readonly step: number;
  readonly act: (typeof LESSON_ACTS)[number];
  /** Of an answer. */
  readonly given?: string | undefined;
  readonly seen: PageSight;
}

export interface LessonJudged {
  readonly progress: LessonProgress;
  /** Of an answer to the step that the learner is at. */
  readonly verdict: Verdict | null;
}

/** Judges an act; a sentence where it cannot be taken. */
export function judgeAct(
  lesson: Lesson,
  before: LessonProgress | null,
  { step, act, given = "" }: LessonAct,
  sight: Sight,
): LessonJudged | string {
  const begun = before?.lesson === lesson.id ? before : beginLesson(lesson);
  if (act === "again") return { progress: look(lesson, beginLesson(lesson), sight), verdict: null };
  const progress = look(lesson, begun, sight);
  if (step !== progress.step || act === "look") return { progress, verdict: null };
  switch (act) {
    case "answer":
      return answer(lesson, progress, given, sight);
    case "hint":
      return { progress: takeHint(lesson, progress), verdict: null };
    case "next":
      if (!isStepDone(progress)) {
        return `step ${step + 1} of ${lesson.id} is not done yet: do its task, then go on`;
      }
      return { progress: look(lesson, advance(lesson, progress), sight), verdict: null };
  }
}

/** What a page shows only the page can tell; all else is judged with the server's own engine. */
const isToldByPage = ({ is }: Check): boolean =>
  is === "selected" || is === "view" || is === "opened" || is === "looked-back";

/** How many conditions have been met by the server's judgement, and by what the page told. */
export function judgedBy(
  { steps }: Lesson,
  { step, met, isDone }: LessonProgress,
): { readonly server: number; readonly page: number } {
  const checks = steps.flatMap((each, row) => {
    if (row < step || isDone) return each.checks;
    return row === step ? each.checks.filter((_, at) => met[at] === true) : [];
  });
  const page = checks.filter(isToldByPage).length;
  return { server: checks.length - page, page };
}
