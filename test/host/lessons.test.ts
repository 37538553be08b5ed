import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { identityOf } from "../../sim/engine/scenario/identity.ts";
import { readLesson } from "../../sim/engine/scenario/lesson-file.ts";
import { ScenarioError } from "../../sim/engine/scenario/problem.ts";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { createReadText } from "../../sim/host/files.ts";
import { isLessonFile, LESSONS_FOLDER, readLessonFile } from "../../sim/host/lessons.ts";

const files = readdirSync(LESSONS_FOLDER).filter((name) => name.endsWith(".yaml"));
const BILL = readFileSync(join(LESSONS_FOLDER, "reading-a-bill.yaml"), "utf8");
const STREET = {
  identity: { name: "school-lane", sha256: null },
  homes: ["home-6", "home-7"],
  durationMs: 12 * 86_400_000,
};

/** What is said of a lesson's text. */
function told(text: string): string {
  try {
    readLesson({ file: "lesson.yaml", text }, () => STREET);
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return "";
}

test("there are six lessons at least, each in its place, and each is right", () => {
  const lessons = files.map((name) => readLessonFile(join(LESSONS_FOLDER, name)));
  expect(lessons.length).toBeGreaterThanOrEqual(6);
  expect(new Set(lessons.map(({ order }) => order)).size).toBe(lessons.length);
  expect(lessons.map(({ id }) => `${id}.yaml`)).toEqual(files);
});

test("every text of a lesson is there in Hindi too, in its own script", () => {
  const isHindi = (text: string): boolean => /[ऀ-ॿ]/.test(text);
  for (const name of files) {
    const { title, summary, steps } = readLessonFile(join(LESSONS_FOLDER, name));
    const options = steps.flatMap(({ checks }) =>
      checks.flatMap((check) => (check.is === "choice" ? check.options : [])),
    );
    const texts = [title, summary, ...options].concat(
      steps.flatMap((step) => [step.text, step.task, step.done, ...step.hints]),
    );
    expect(texts.filter(({ hi }) => !isHindi(hi)).map(({ hi }) => hi)).toEqual([]);
  }
});

test("a lesson is told from a scenario, and what cannot be read is no lesson", () => {
  expect(isLessonFile(join(LESSONS_FOLDER, files[0]!))).toBe(true);
  expect(isLessonFile(join(LESSONS_FOLDER, "../school-lane.yaml"))).toBe(false);
  expect(isLessonFile("nowhere.yaml")).toBe(false);
});

test("a scenario is the same one from another folder, and another one with another seed", () => {
  const identity = (path: string, seed?: number) =>
    identityOf(resolveScenario(path, createReadText(), seed === undefined ? {} : { seed }));
  const here = identity("scenarios/school-lane.yaml");
  expect(here.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(identity(join(LESSONS_FOLDER, "../school-lane.yaml"))).toEqual(here);
  expect(identity("scenarios/school-lane.yaml", 2).sha256).not.toBe(here.sha256);
  expect(readLessonFile(join(LESSONS_FOLDER, files[0]!)).scenarioSha256).toBe(here.sha256);
});

test.for([
  [
    "home: home-7",
    "home: home-77",
    /:\d+:\d+ .*home: school-lane has no home home-77; did you mean/,
  ],
  ["is: event", "is: evnt", /:\d+:\d+ steps\.0\.checks\.0/],
  ["event: bill", "event: bil", /an event is one of these: theft-start/],
  ["view: company", "view: company, extra: 1", /unknown key/],
  ["right: 0", "right: 7", /options are counted 0 to 2/],
  ["value: 143.031, ", "", /write the right value, or from where the twin shows it/],
  ["at: 6d6h30min", "at: 90d", /school-lane ends before/],
  ["lesson: 1", "lesson: 2", /write lesson: 1/],
] as const)("%s → %s is refused at its place", ([from, to, sentence]) => {
  expect(told(BILL)).toBe("");
  expect(BILL).toContain(from);
  expect(told(BILL.replace(from, to))).toMatch(sentence);
});
