// The street's page of a learner in a class: progress is told to the class's server, and taken from there after a
// reload. Without a class, and without a server, it does nothing.

import { create } from "zustand";
import type { LearnerView } from "../../sim/contract/classroom.ts";
import type { LessonProgress } from "../../sim/contract/lesson-progress.ts";
import { createCsrf } from "../player/csrf.ts";
import { LESSONS } from "./lessons.ts";
import { progressListeners, resume } from "./progress-store.ts";

/** Changes that come together are told together. */
const TOLD_WALL_MS = 300;

/** The class of whoever watches this page; null for everybody else. */
export const useClass = create<{ readonly view: LearnerView | null }>()(() => ({ view: null }));

/** Asks whether this page belongs to a learner, and follows the progress from then on. */
export async function joinClass(): Promise<void> {
  const view = await whoAmI();
  useClass.setState({ view });
  if (view === null) return;
  const csrf = createCsrf(new URL(location.href), {});
  let waiting: LessonProgress | null = null;
  const tell = async (): Promise<void> => {
    const progress = waiting;
    waiting = null;
    // What could not be told is told with the next change; the page keeps it meanwhile.
    if (progress !== null) await csrf.post("api/class/progress", progress).catch(() => null);
  };
  progressListeners.add((progress) => {
    if (waiting === null) window.setTimeout(() => void tell(), TOLD_WALL_MS);
    waiting = progress;
  });
}

async function whoAmI(): Promise<LearnerView | null> {
  try {
    const me = await fetch("api/me");
    if (!me.ok || ((await me.json()) as { role?: unknown }).role !== "learner") return null;
    const answer = await fetch("api/class/me");
    return answer.ok ? ((await answer.json()) as LearnerView) : null;
  } catch {
    return null;
  }
}

/** Takes up a lesson where the class's server has it. */
export function resumeInClass(id: string): void {
  const progress = useClass.getState().view?.progress ?? null;
  const lesson = LESSONS.find((each) => each.id === id);
  if (progress?.lesson === id && lesson !== undefined) resume(lesson, progress);
}
