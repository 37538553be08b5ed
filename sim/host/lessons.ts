// The lessons of this checkout: files of `scenarios/lessons`, read and held against their scenarios.

import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Lesson } from "../contract/lesson.ts";
import { isLessonText, readLessonAt } from "../engine/scenario/lesson-file.ts";
import { ScenarioError } from "../engine/scenario/problem.ts";
import { CallerError } from "./failure.ts";
import { createReadText, PROJECT_ROOT } from "./files.ts";

export const LESSONS_FOLDER: string = join(PROJECT_ROOT, "scenarios/lessons");
/** A lesson says within its first lines that it is one. */
const HEAD_BYTES = 4_096;

/** Whether a file is a lesson; false where it cannot be read, so that who reads it as a scenario says why. */
export function isLessonFile(path: string): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const file = openSync(path, "r");
    try {
      const count = readSync(file, head, 0, HEAD_BYTES, 0);
      return isLessonText(head.toString("utf8", 0, count));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** Reads one lesson. Throws ScenarioError with everything that is wrong with it, or with its scenario. */
export const readLessonFile = (path: string): Lesson => readLessonAt(path, createReadText());

/** Lessons that are read at the first wish; those with a fault are told of once and left out. */
export function createLessonShelf(say: (sentence: string) => void): () => readonly Lesson[] {
  let shelf: readonly Lesson[] | undefined;
  return () => {
    if (shelf !== undefined) return shelf;
    const files = existsSync(LESSONS_FOLDER) ? readdirSync(LESSONS_FOLDER) : [];
    const lessons = files
      .filter((name) => name.endsWith(".yaml"))
      .flatMap((name) => {
        try {
          return [readLessonFile(join(LESSONS_FOLDER, name))];
        } catch (error) {
          if (!(error instanceof ScenarioError || error instanceof CallerError)) throw error;
          say(error.message);
          return [];
        }
      });
    shelf = lessons.sort((a, b) => a.order - b.order);
    return shelf;
  };
}
