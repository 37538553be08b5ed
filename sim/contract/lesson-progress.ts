// Where a learner is in a lesson, and what moves them on. Pure: the page judges with it where there is no server, and
// the server holds against it what pages tell of their learners.

import type { SimMs } from "../core/time.ts";
import {
  type Check,
  isQuestion,
  type Lesson,
  type LessonEventKind,
  type LessonPanel,
  type LessonStep,
  type LessonView,
  type Question,
  type ValuePlace,
} from "./lesson.ts";
import { readNumber } from "./typed-number.ts";

/** What a page shows and its learner has done, as far as conditions ask. */
export interface Sight {
  /** Id of the selected supply point, empty for none. */
  readonly selected: string;
  readonly view: LessonView;
  readonly opened: readonly LessonPanel[];
  /** The moment that is looked back to; null while the page follows the run. */
  readonly lookingBackMs: SimMs | null;
  readonly runMs: SimMs;
  readonly homes: readonly string[];
  /** Those that the session was told of, whatever their order. */
  readonly events: readonly {
    readonly kind: string;
    readonly at: SimMs;
    readonly supply?: string;
  }[];
  /** Null where the session is not shown it. */
  value(place: ValuePlace): number | null;
}

/** Plain data, so that it can be kept and sent. */
export interface LessonProgress {
  readonly lesson: string;
  readonly step: number;
  /** For each check of this step, whether it has held. */
  readonly met: readonly boolean[];
  /** Hints shown in this step. */
  readonly hints: number;
  /** In the whole lesson. */
  readonly hintsTotal: number;
  readonly wrongTotal: number;
  /** The last step is left. */
  readonly isDone: boolean;
}

export type Verdict = "right" | "wrong" | "no-number" | "no-home" | "no-choice" | "no-value";

export function beginLesson({ id, steps }: Lesson): LessonProgress {
  const met = steps[0]!.checks.map(() => false);
  return { lesson: id, step: 0, met, hints: 0, hintsTotal: 0, wrongTotal: 0, isDone: false };
}

export const stepOf = ({ steps }: Lesson, { step }: LessonProgress): LessonStep => steps[step]!;
export const isStepDone = ({ met }: LessonProgress): boolean => met.every((each) => each);
export const questionOf = ({ checks }: LessonStep): Question | undefined => checks.find(isQuestion);

/** The same object where nothing has changed. */
export function look(lesson: Lesson, progress: LessonProgress, sight: Sight): LessonProgress {
  if (progress.isDone || isStepDone(progress)) return progress;
  const { checks } = stepOf(lesson, progress);
  const met = checks.map((check, row) => progress.met[row] === true || holds(check, sight));
  return met.every((each, row) => each === progress.met[row]) ? progress : { ...progress, met };
}

/** `given`: what was typed, the row of a choice, or the id of a home. */
export function answer(
  lesson: Lesson,
  progress: LessonProgress,
  given: string,
  sight: Sight,
): { readonly progress: LessonProgress; readonly verdict: Verdict } {
  const { checks } = stepOf(lesson, progress);
  const row = checks.findIndex(isQuestion);
  const verdict = row < 0 ? "wrong" : judge(checks[row] as Question, given, sight);
  if (verdict === "right") {
    const met = progress.met.map((each, at) => each || at === row);
    return { progress: { ...progress, met }, verdict };
  }
  // What is no answer is no wrong one.
  const wrong = verdict === "wrong" ? 1 : 0;
  return { progress: { ...progress, wrongTotal: progress.wrongTotal + wrong }, verdict };
}

export function takeHint(lesson: Lesson, progress: LessonProgress): LessonProgress {
  const { hints } = progress;
  if (hints >= stepOf(lesson, progress).hints.length) return progress;
  return { ...progress, hints: hints + 1, hintsTotal: progress.hintsTotal + 1 };
}

/** To the next step, or to the end; the same where this one is not done. */
export function advance(lesson: Lesson, progress: LessonProgress): LessonProgress {
  if (progress.isDone || !isStepDone(progress)) return progress;
  const step = progress.step + 1;
  if (step >= lesson.steps.length) return { ...progress, isDone: true };
  return { ...progress, step, met: lesson.steps[step]!.checks.map(() => false), hints: 0 };
}

/** What is wrong with what somebody says is the progress of a lesson; null where it can be one. */
export function progressFault(lesson: Lesson, told: LessonProgress): string | null {
  const step = lesson.steps[told.step];
  if (told.lesson !== lesson.id) return `this is not the lesson ${lesson.id}`;
  if (step === undefined) return `${lesson.id} has the steps 0 to ${lesson.steps.length - 1}`;
  if (told.met.length !== step.checks.length) {
    return `step ${told.step} of ${lesson.id} has ${step.checks.length} checks`;
  }
  const isEarly = told.isDone && (told.step < lesson.steps.length - 1 || !isStepDone(told));
  if (isEarly) return "a lesson is done when its last step is";
  return told.hints > step.hints.length ? `step ${told.step} has ${step.hints.length} hints` : null;
}

/** From 0 to 1. */
export function shareDone({ steps }: Lesson, { step, isDone, met }: LessonProgress): number {
  if (isDone) return 1;
  const part = met.filter((each) => each).length / met.length;
  return (step + part) / steps.length;
}

function holds(check: Check, sight: Sight): boolean {
  switch (check.is) {
    case "selected":
      return sight.selected === check.home;
    case "view":
      return sight.view === check.view;
    case "opened":
      return sight.opened.includes(check.panel);
    case "looked-back": {
      const { lookingBackMs: at } = sight;
      return at !== null && at >= check.from && at <= check.until;
    }
    case "reached":
      return sight.runMs >= check.at;
    case "event":
      return hasHappened(check, sight);
    case "value": {
      const value = sight.value(check);
      if (value === null) return false;
      const { above = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = check;
      return value > above && value < below;
    }
    case "number":
    case "choice":
    case "home":
      return false;
  }
}

interface EventWanted {
  readonly event: LessonEventKind;
  readonly home?: string | undefined;
  readonly from?: SimMs | undefined;
  readonly until?: SimMs | undefined;
}

function hasHappened({ event, home, from = 0, until }: EventWanted, { events }: Sight): boolean {
  const last = until ?? Number.POSITIVE_INFINITY;
  return events.some(
    ({ kind, at, supply }) =>
      kind === event && at >= from && at <= last && (home === undefined || supply === home),
  );
}

function judge(question: Question, given: string, sight: Sight): Verdict {
  switch (question.is) {
    case "number": {
      const number = readNumber(given);
      if (number === undefined) return "no-number";
      const read = question.from === undefined ? null : sight.value(question.from);
      const right = question.value ?? (read === null ? null : read * question.scale);
      if (right === null) return "no-value";
      // A hair more than the tolerance, for what decimal fractions are in binary.
      return Math.abs(number - right) <= question.within * (1 + 1e-9) ? "right" : "wrong";
    }
    case "choice": {
      const row = given.trim() === "" ? Number.NaN : Number(given);
      if (!Number.isInteger(row) || question.options[row] === undefined) return "no-choice";
      return row === question.right ? "right" : "wrong";
    }
    case "home":
      if (!sight.homes.includes(given)) return "no-home";
      return given === question.right ? "right" : "wrong";
  }
}
