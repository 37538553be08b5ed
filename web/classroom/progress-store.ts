// The learner's progress, in the page alone or in a class: judged here by the pure evaluator, kept by the browser, and
// told to the class's server where there is one.

import { create } from "zustand";
import type { Lesson } from "../../sim/contract/lesson.ts";
import {
  advance,
  answer,
  beginLesson,
  type LessonProgress,
  look,
  progressFault,
  takeHint,
  type Verdict,
} from "../../sim/contract/lesson-progress.ts";
import { useModes } from "../player/modes.ts";
import { useStreet } from "../player/store.ts";
import { sightOf } from "./sight.ts";

interface ProgressStore {
  readonly lesson: Lesson | null;
  readonly progress: LessonProgress | null;
  /** Of the last answer in this step. */
  readonly verdict: Verdict | null;
}

export const useProgress = create<ProgressStore>()(() => ({
  lesson: null,
  progress: null,
  verdict: null,
}));
const { getState, setState } = useProgress;

/** Told of each change; a class puts its own in. */
export const progressListeners = new Set<(progress: LessonProgress) => void>();

const storedAs = (id: string): string => `meterville.lesson.${id}`;

function kept(lesson: Lesson): LessonProgress | null {
  try {
    const told = JSON.parse(sessionStorage.getItem(storedAs(lesson.id)) ?? "null") as unknown;
    const progress = told as LessonProgress | null;
    if (progress === null || !Array.isArray(progress.met)) return null;
    return progressFault(lesson, progress) === null ? progress : null;
  } catch {
    return null;
  }
}

function set(progress: LessonProgress): void {
  if (progress === getState().progress) return;
  setState({ progress });
  try {
    sessionStorage.setItem(storedAs(progress.lesson), JSON.stringify(progress));
  } catch {
    // A browser that keeps nothing begins anew after a reload.
  }
  for (const listener of progressListeners) listener(progress);
}

const sight = () => sightOf(useStreet.getState(), useModes.getState());

/** Opens a lesson where its learner was; `again` from its beginning. */
export function takeUp(lesson: Lesson, again = false): void {
  setState({ lesson, verdict: null });
  set((again ? null : kept(lesson)) ?? beginLesson(lesson));
  lookAgain();
}

/** Where the learner was according to a class's server. */
export function resume(lesson: Lesson, progress: LessonProgress): void {
  if (progressFault(lesson, progress) === null) setState({ lesson, progress, verdict: null });
}

function lookAgain(): void {
  const { lesson, progress } = getState();
  if (lesson !== null && progress !== null) set(look(lesson, progress, sight()));
}

export function giveAnswer(given: string): void {
  const { lesson, progress } = getState();
  if (lesson === null || progress === null) return;
  const judged = answer(lesson, progress, given, sight());
  setState({ verdict: judged.verdict });
  set(judged.progress);
}

export function showHint(): void {
  const { lesson, progress } = getState();
  if (lesson !== null && progress !== null) set(takeHint(lesson, progress));
}

export function goOn(): void {
  const { lesson, progress } = getState();
  if (lesson === null || progress === null) return;
  setState({ verdict: null });
  set(advance(lesson, progress));
  lookAgain();
}

/** Conditions are looked at whenever the page changes. */
export function followPage(): () => void {
  const ends = [useStreet.subscribe(lookAgain), useModes.subscribe(lookAgain)];
  return () => {
    for (const end of ends) end();
  };
}
