// The learner's progress. Without a class it is judged here by the pure evaluator and kept by the browser; in a class the
// server judges what the page tells, and the page shows what the server says.

import { create } from "zustand";
import type { Lesson } from "../../sim/contract/lesson.ts";
import type { LessonAct, LessonJudged } from "../../sim/contract/lesson-act.ts";
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
  /** Why the class's server did not take the last act; else empty. */
  readonly refusal: string;
}

export const useProgress = create<ProgressStore>()(() => ({
  lesson: null,
  progress: null,
  verdict: null,
  refusal: "",
}));
const { getState, setState } = useProgress;

type Told = Pick<LessonAct, "act" | "given">;
/** Who judges in place of this page; resolves with the sentence that says why an act was not taken. */
export type Judge = (act: LessonAct) => Promise<LessonJudged | string>;
let judge: Judge | null = null;
let keptThere: LessonProgress | null = null;
/** `kept`: where the learner was, as the judge has it. */
export function setJudge(next: Judge, kept: LessonProgress | null): void {
  judge = next;
  keptThere = kept;
}
/** Between two looks that are told. */
const LOOKS_WALL_MS = 300;

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
}

const sight = () => sightOf(useStreet.getState(), useModes.getState());

/** Opens a lesson where its learner was; `again` from its beginning. */
export function takeUp(lesson: Lesson, again = false): void {
  setState({ lesson, verdict: null, refusal: "" });
  if (judge !== null) {
    // The page's own memory counts for nothing in a class.
    set(keptThere?.lesson === lesson.id ? keptThere : beginLesson(lesson));
    return void tell({ act: again ? "again" : "look" });
  }
  set((again ? null : kept(lesson)) ?? beginLesson(lesson));
  lookAgain();
}

let isTelling = false;
let toldWallMs = 0;

/** Has an act judged by the class's server, and takes over what it says. */
async function tell(told: Told): Promise<void> {
  const { lesson, progress } = getState();
  if (judge === null || lesson === null || progress === null) return;
  const { selected, view, opened, lookingBackMs } = sight();
  const atMs = Math.round(useStreet.getState().simMs);
  const seen = { selected, view, opened, lookingBackMs, atMs };
  toldWallMs = Date.now();
  const judged = await judge({ lesson: lesson.id, step: progress.step, ...told, seen });
  if (getState().lesson !== lesson) return;
  if (typeof judged === "string") return setState({ refusal: judged });
  setState({ refusal: "", ...(told.act === "look" ? {} : { verdict: judged.verdict }) });
  set(judged.progress);
  keptThere = judged.progress;
}

/** What seems to have been met here is told; the server may think otherwise, and is asked again. */
function tellLook(): void {
  if (isTelling) return;
  isTelling = true;
  const waitMs = Math.max(0, toldWallMs + LOOKS_WALL_MS - Date.now());
  window.setTimeout(() => {
    void tell({ act: "look" }).finally(() => {
      isTelling = false;
    });
  }, waitMs);
}

function lookAgain(): void {
  const { lesson, progress } = getState();
  if (lesson === null || progress === null) return;
  const looked = look(lesson, progress, sight());
  if (looked === progress) return;
  if (judge === null) set(looked);
  else tellLook();
}

export function giveAnswer(given: string): void {
  const { lesson, progress } = getState();
  if (lesson === null || progress === null) return;
  if (judge !== null) return void tell({ act: "answer", given });
  const judged = answer(lesson, progress, given, sight());
  setState({ verdict: judged.verdict });
  set(judged.progress);
}

export function showHint(): void {
  const { lesson, progress } = getState();
  if (judge !== null) return void tell({ act: "hint" });
  if (lesson !== null && progress !== null) set(takeHint(lesson, progress));
}

export function goOn(): void {
  const { lesson, progress } = getState();
  if (lesson === null || progress === null) return;
  if (judge !== null) return void tell({ act: "next" });
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
