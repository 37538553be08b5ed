import { expect, test } from "vitest";
import { createTopics, isCommandId } from "../../../sim/host/mqtt/topics.ts";

const topics = createTopics("first-street");

test("each topic begins with the street, then the supply point", () => {
  expect(topics.reading("supply-12")).toBe("meterville/first-street/supply-12/reading");
  expect(topics.event(null)).toBe("meterville/first-street/event");
  expect(topics.answer("supply-12", "a1")).toBe("meterville/first-street/supply-12/command/a1");
  expect(topics.answer(null, "a1")).toBe("meterville/first-street/command/a1");
});

test.for([
  ["meterville/first-street/supply-12/command", { supply: "supply-12" }],
  ["meterville/first-street/command", { supply: null }],
  ["meterville/first-street/supply-12/command/a1", undefined],
  ["meterville/first-street/command/a1", undefined],
  ["meterville/other-street/supply-12/command", undefined],
  ["meterville/first-street/supply-12/reading", undefined],
  ["command", undefined],
] as const)("%s is a command for %o", ([topic, target]) => {
  expect(topics.commandTarget(topic)).toEqual(target);
});

test("no answer can be read as a command: the ids that would make it one are refused", () => {
  for (const id of ["a1", "2026-01-15T14:00:00Z", "x_y.z"]) {
    expect(isCommandId(id)).toBe(true);
    expect(topics.commandTarget(topics.answer(null, id))).toBeUndefined();
  }
  expect(topics.commandTarget(topics.answer(null, "command"))).toEqual({ supply: "command" });
  expect(isCommandId("command")).toBe(false);
});
