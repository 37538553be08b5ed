// The lessons of this checkout: files of `scenarios/lessons`, read and held against their scenarios.

import { closeSync, openSync, readdirSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Lesson } from "../contract/lesson.ts";
import { isLessonText, readLesson } from "../engine/scenario/lesson-file.ts";
import { resolveScenario } from "../engine/scenario/resolve.ts";
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
export function readLessonFile(path: string): Lesson {
  const read = createReadText();
  return readLesson({ file: path, text: read(path) }, (scenario) => {
    const { name, durationMs, records } = resolveScenario(join(dirname(path), scenario), read, {});
    return { name, durationMs, homes: records.supplies.map(({ id }) => id) };
  });
}

/** All lessons, in the order of their list. */
export function readLessons(folder = LESSONS_FOLDER): readonly Lesson[] {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  const lessons = files.map((name) => readLessonFile(join(folder, name)));
  return lessons.sort((a, b) => a.order - b.order);
}
