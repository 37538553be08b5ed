import { expect, test } from "vitest";
import { createLateness } from "../../../sim/engine/showing/lateness.ts";

test("median and 99th percentile are the upper edges of the buckets that hold them", () => {
  const lateness = createLateness();
  expect(lateness.quantileMs(0.5)).toBeNull();
  for (let step = 0; step < 98; step++) lateness.note(2.2);
  lateness.note(40.1);
  lateness.note(700);
  expect(lateness.steps).toBe(100);
  expect(lateness.quantileMs(0.5)).toBe(2.5);
  expect(lateness.quantileMs(0.99)).toBe(40.5);
  expect(lateness.quantileMs(1)).toBe(700.5);
});

test("what is early is on time, what is later than the last bucket counts there", () => {
  const lateness = createLateness();
  lateness.note(-3);
  expect(lateness.quantileMs(1)).toBe(0.5);
  lateness.note(1e9);
  expect(lateness.quantileMs(1)).toBe(2000);
  lateness.clear();
  expect(lateness.quantileMs(1)).toBeNull();
});
