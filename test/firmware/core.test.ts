// Each sentence that a C++ check of a core makes is a test here.

import { describe, expect, test } from "vitest";
import { METER_CHECKS, RIG_CHECKS, runHostChecks } from "./host-checks.ts";

const PROGRAMS = [
  { core: "the meter's core", result: await runHostChecks(METER_CHECKS), checksMin: 150 },
  { core: "the rig's core", result: await runHostChecks(RIG_CHECKS), checksMin: 20 },
];

describe.each(PROGRAMS)("$core", ({ result, checksMin }) => {
  test("compiles with its checks without a warning and runs without a sanitizer's complaint", (ctx) => {
    ctx.skip(result === undefined, "missing g++: apt-get install g++");
    expect(result!.complaint).toBe("");
    expect(result!.checks.length).toBeGreaterThan(checksMin);
  });

  const checks = (result?.checks ?? []).filter(({ outcome }) => outcome !== "note");

  test.each(checks)("$sentence", ({ outcome }) => {
    expect(outcome).toBe("ok");
  });
});
