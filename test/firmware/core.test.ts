// Each sentence that a C++ check of the core makes is a test here.

import { expect, test } from "vitest";
import { runHostChecks } from "./host-checks.ts";

const result = await runHostChecks();

test("the core and its checks compile without a warning and run without a sanitizer's complaint", (ctx) => {
  ctx.skip(result === undefined, "missing g++: apt-get install g++");
  expect(result!.complaint).toBe("");
  expect(result!.checks.length).toBeGreaterThan(150);
});

const checks = (result?.checks ?? []).filter(({ outcome }) => outcome !== "note");

test.each(checks)("core: $sentence", ({ outcome }) => {
  expect(outcome).toBe("ok");
});
