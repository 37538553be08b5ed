import { expect, test } from "vitest";
import type { Check, Lesson } from "../../sim/contract/lesson.ts";
import {
  advance,
  answer,
  beginLesson,
  isStepDone,
  look,
  progressFault,
  type Sight,
  shareDone,
  takeHint,
} from "../../sim/contract/lesson-progress.ts";

const text = { en: "a", hi: "अ" };
const HOUR_MS = 3_600_000;

const lessonOf = (...steps: readonly (readonly Check[])[]): Lesson => ({
  ...{ id: "lesson", order: 1, title: text, summary: text, minutes: 5, scenario: "street" },
  ...{ role: "watcher", hidesTruth: false, scenarioSha256: null, start: { at: 0, view: "truth" } },
  steps: steps.map((checks) => ({ text, task: text, hints: [text], checks, done: text })),
});

const sight = (changes: Partial<Sight> = {}): Sight => ({
  ...{ selected: "", view: "truth", opened: [], lookingBackMs: null, runMs: 0 },
  ...{ homes: ["home-1", "home-2"], events: [], value: () => null },
  ...changes,
});

test.for<[string, Check, Partial<Sight>, Partial<Sight>]>([
  [
    "a home is selected",
    { is: "selected", home: "home-1" },
    { selected: "home-1" },
    { selected: "home-2" },
  ],
  ["a view is shown", { is: "view", view: "company" }, { view: "company" }, { view: "truth" }],
  [
    "a part is open",
    { is: "opened", panel: "table" },
    { opened: ["table"] },
    { opened: ["meter"] },
  ],
  [
    "the page looks back into a range",
    { is: "looked-back", from: HOUR_MS, until: 2 * HOUR_MS },
    { lookingBackMs: HOUR_MS },
    { lookingBackMs: null, runMs: HOUR_MS },
  ],
  ["the run has come somewhere", { is: "reached", at: HOUR_MS }, { runMs: HOUR_MS }, { runMs: 1 }],
  [
    "an event at a home, in its time",
    { is: "event", event: "relay", home: "home-1", from: 10, until: 20 },
    { events: [{ kind: "relay", at: 20, supply: "home-1" }] },
    {
      events: [
        { kind: "relay", at: 21, supply: "home-1" },
        { kind: "relay", at: 15, supply: "home-2" },
      ],
    },
  ],
  [
    "a value above its bound",
    { is: "value", channel: "truth/supply", field: "waiting", home: "home-1", above: 3 },
    { value: () => 4 },
    { value: () => 3 },
  ],
])("%s: the check holds there and nowhere else", ([, check, right, wrong]) => {
  const lesson = lessonOf([check]);
  const begun = beginLesson(lesson);
  expect(isStepDone(look(lesson, begun, sight(right)))).toBe(true);
  expect(look(lesson, begun, sight(wrong))).toBe(begun);
});

test("a value that the session is not shown is no reason to go on", () => {
  const lesson = lessonOf([
    { is: "value", channel: "truth/supply", field: "unmeteredW", home: "home-1", below: 1 },
  ]);
  expect(isStepDone(look(lesson, beginLesson(lesson), sight()))).toBe(false);
});

test("what has held stays met while the other checks of the step are open", () => {
  const lesson = lessonOf([
    { is: "selected", home: "home-1" },
    { is: "view", view: "company" },
  ]);
  const first = look(lesson, beginLesson(lesson), sight({ selected: "home-1" }));
  expect(first.met).toEqual([true, false]);
  const both = look(lesson, first, sight({ selected: "home-2", view: "company" }));
  expect(isStepDone(both)).toBe(true);
});

test("a number read from the twin is right within its tolerance, in the unit of the question", () => {
  const from = { channel: "truth/supply", field: "importWh", home: "home-1" } as const;
  const lesson = lessonOf([{ is: "number", from, scale: 0.001, within: 0.5, unit: "kWh" }]);
  const begun = beginLesson(lesson);
  const shown = sight({ value: () => 4_385_666 });
  const judge = (given: string): string => answer(lesson, begun, given, shown).verdict;
  expect(judge("4,385.2 kWh")).toBe("right");
  expect(judge("4384")).toBe("wrong");
  expect(judge("many")).toBe("no-number");
  expect(answer(lesson, begun, "4385", sight()).verdict).toBe("no-value");
});

test("nonsense counts as no wrong answer, a wrong one does, and a right one ends the step", () => {
  const lesson = lessonOf([{ is: "home", right: "home-2" }]);
  const begun = beginLesson(lesson);
  const nobody = answer(lesson, begun, "home-99", sight());
  expect([nobody.verdict, nobody.progress.wrongTotal]).toEqual(["no-home", 0]);
  const wrong = answer(lesson, begun, "home-1", sight());
  expect([wrong.verdict, wrong.progress.wrongTotal]).toEqual(["wrong", 1]);
  expect(isStepDone(answer(lesson, wrong.progress, "home-2", sight()).progress)).toBe(true);
});

test("a choice is one of its rows and nothing else", () => {
  const lesson = lessonOf([{ is: "choice", options: [text, text], right: 1 }]);
  const judge = (given: string): string =>
    answer(lesson, beginLesson(lesson), given, sight()).verdict;
  expect(["1", "0", "", "2", "-1", "0.5", "x"].map(judge)).toEqual([
    ...["right", "wrong", "no-choice", "no-choice", "no-choice", "no-choice", "no-choice"],
  ]);
});

test("nobody goes on before a step is done, and the last step ends the lesson", () => {
  const lesson = lessonOf([{ is: "reached", at: 1 }], [{ is: "reached", at: 2 }]);
  const begun = takeHint(lesson, takeHint(lesson, beginLesson(lesson)));
  expect(begun.hintsTotal, "there is one hint a step").toBe(1);
  expect(advance(lesson, begun)).toBe(begun);
  const second = advance(lesson, look(lesson, begun, sight({ runMs: 1 })));
  expect([second.step, second.hints, second.hintsTotal, shareDone(lesson, second)]).toEqual([
    ...[1, 0, 1, 0.5],
  ]);
  const end = advance(lesson, look(lesson, second, sight({ runMs: 2 })));
  expect([end.isDone, shareDone(lesson, end)]).toEqual([true, 1]);
  expect(advance(lesson, end)).toBe(end);
});

test("a progress that cannot be one is refused with a sentence", () => {
  const lesson = lessonOf([{ is: "reached", at: 1 }], [{ is: "reached", at: 2 }]);
  const begun = beginLesson(lesson);
  expect(progressFault(lesson, begun)).toBeNull();
  expect(progressFault(lesson, { ...begun, lesson: "other" })).toMatch(/not the lesson lesson/);
  expect(progressFault(lesson, { ...begun, step: 2 })).toMatch(/steps 0 to 1/);
  expect(progressFault(lesson, { ...begun, met: [] })).toMatch(/has 1 checks/);
  expect(progressFault(lesson, { ...begun, isDone: true })).toMatch(/when its last step is/);
  expect(progressFault(lesson, { ...begun, hints: 2 })).toMatch(/has 1 hints/);
});
