// Which lesson is open, in which language: in the address, so that a link opens the same. Small, because the page
// always has it; the lessons themselves come on demand.

import { create } from "zustand";
import type { LessonLanguage } from "../../sim/contract/lesson.ts";
import { addAddressPart } from "../player/page-address.ts";

/** Stands in the address for the list. */
export const LESSON_LIST = "list";

export interface LessonMode {
  /** Id of the open lesson, `list` for the list; null while there is none. */
  readonly lesson: string | null;
  readonly lang: LessonLanguage;
}

export const useLessonMode = create<LessonMode>()(() => ({ lesson: null, lang: "en" }));

export const openLesson = (lesson: string | null): void => useLessonMode.setState({ lesson });
export const setLanguage = (lang: LessonLanguage): void => useLessonMode.setState({ lang });

addAddressPart("lesson", {
  read: () => useLessonMode.getState().lesson,
  restore: (lesson) => openLesson(lesson),
});
addAddressPart("lang", {
  read: () => (useLessonMode.getState().lang === "en" ? null : useLessonMode.getState().lang),
  restore: (lang) => setLanguage(lang === "hi" ? "hi" : "en"),
});
