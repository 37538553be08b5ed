// `meterville hil mutants` as QA uses it: one fault that dies fast, and what cannot be asked for.

import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { MutantReport } from "../../hil/bench/mutant-report.ts";
import { EXIT } from "../../sim/host/exit-codes.ts";
import { meterville, metervilleJson } from "../support/cli.ts";

function hasCompiler(): boolean {
  try {
    execFileSync("avr-gcc", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test("a relay that closes at every start is found, by a case that says which", async (ctx) => {
  ctx.skip(!hasCompiler(), "missing avr-gcc: apt-get install gcc-avr avr-libc");
  const report = await metervilleJson<MutantReport>(
    ...["hil", "mutants", "--only", "MUT-03", "--mechanical", "0"],
  );
  expect(report).toMatchObject({ mutants: 1, killed: 1, survivors: [], replaced: [] });
  expect(report.verdicts[0]?.killedBy).toMatch(/^[A-Z]+-\d+/);
});

test("a fault that there is not is told in one sentence", async () => {
  const { exitCode, stdout, stderr } = await meterville("hil", "mutants", "--only", "NOPE");
  expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.input, stdout: "" });
  expect(stderr).toMatch(
    /^--only NOPE: there is no such fault; there are MUT-01 to MUT-\d+ in .*\n$/,
  );
});
