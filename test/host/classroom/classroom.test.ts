import { expect, test } from "vitest";
import { CODE_ALPHABET, LEARNERS_MAX, PLAY_INPUTS } from "../../../sim/contract/classroom.ts";
import { INPUT_KINDS } from "../../../sim/contract/input.ts";
import { PLAY_ROLES } from "../../../sim/contract/lesson.ts";
import type { Person } from "../../../sim/host/access/person.ts";
import { learnersInput } from "../../../sim/host/classroom/class-routes.ts";
import {
  CLASS_WALL_MAX_MS,
  CODE_WALL_MAX_MS,
  createClassroom,
  type Learner,
} from "../../../sim/host/classroom/classroom.ts";

const joined = (of: Learner | string): Learner => {
  if (typeof of === "string") throw new Error(of);
  return of;
};

test("a code has no letter that looks like another, and may be typed in small letters and with blanks", () => {
  const classroom = createClassroom();
  const code = classroom.start(null);
  expect(code).toHaveLength(6);
  for (const alike of "O0I1LS5B8Z2") expect(CODE_ALPHABET).not.toContain(alike);
  const typed = `${code.slice(0, 3).toLowerCase()} ${code.slice(3)}-`;
  expect(joined(classroom.join(typed, "Anu")).name).toBe("Anu");
});

test("a code is too old after two hours, a class after eight, and both say so", () => {
  let wallMs = 0;
  const classroom = createClassroom(() => wallMs);
  const code = classroom.start(null);
  const anu = joined(classroom.join(code, "Anu"));
  wallMs = CODE_WALL_MAX_MS + 1;
  expect(classroom.join(code, "Ravi")).toMatch(/too old to join with/);
  expect(classroom.find(anu.id)).toBe(anu);
  wallMs = CLASS_WALL_MAX_MS + 1;
  expect(classroom.find(anu.id)).toBeUndefined();
  expect(classroom.join(code, "Ravi")).toMatch(/no class with this code/);
});

test("sixty join, the next hears that the class is full, and nobody takes another's name", () => {
  const classroom = createClassroom();
  const code = classroom.start(null);
  for (let at = 0; at < LEARNERS_MAX; at++) joined(classroom.join(code, `Learner ${at}`));
  expect(classroom.join(code, "One more")).toMatch(/the class is full/);
  expect(classroom.remove(classroom.learners[0]!.id)).toBe(true);
  expect(classroom.join(code, "learner 1 ")).toMatch(/of this name/);
  joined(classroom.join(code, "One more"));
});

test("a thief lives somewhere; whoever is no thief any more has no home", () => {
  const classroom = createClassroom();
  const anu = joined(classroom.join(classroom.start(null), "Anu"));
  expect(classroom.assign(anu.id, "thief", null)).toMatch(/choose a home/);
  expect(classroom.assign(anu.id, "thief", "home-3")).toBeNull();
  expect([anu.play, anu.supply]).toEqual(["thief", "home-3"]);
  classroom.assign(anu.id, "operator", "home-3");
  expect([anu.play, anu.supply]).toEqual(["operator", null]);
  expect(classroom.assign("nobody", "thief", "home-3")).toMatch(/has left/);
});

test("a new class sends the learners of the one before away", () => {
  const classroom = createClassroom();
  const anu = joined(classroom.join(classroom.start(null), "Anu"));
  classroom.start("reading-a-bill");
  expect(classroom.find(anu.id)).toBeUndefined();
});

const person = (play: Person["play"], supply: string | null): Person => ({
  ...{ name: "Anu", role: "learner", learner: "1", isSignedIn: true, supply },
  ...(play === undefined ? {} : { play }),
});

test("each role has its inputs and no other, and those with a home act only there", () => {
  for (const play of PLAY_ROLES) {
    for (const kind of INPUT_KINDS) {
      const input = learnersInput(person(play, null), { kind, target: "home-3" });
      const may = PLAY_INPUTS[play].includes(kind);
      expect([play, kind, typeof input]).toEqual([play, kind, may ? "object" : "string"]);
    }
  }
  expect(
    learnersInput(person("thief", "home-3"), { kind: "theft-start", target: "home-1" }),
  ).toEqual({ kind: "theft-start", target: "home-3" });
  expect(learnersInput(person("detective", null), { kind: "inspect", target: "home-3" })).toEqual({
    ...{ kind: "inspect", target: "home-3", by: "Anu" },
  });
});

test.for([null, 7, "x", [], {}, { kind: ["theft-start"] }])("nonsense %j is a sentence", (body) => {
  expect(learnersInput(person("thief", "home-3"), body)).toBe(
    "a thief's inputs are theft-start, theft-stop",
  );
});
