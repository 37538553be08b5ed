// `meterville hil run` as QA uses it: a shipped suite that passes, one that fails, and what is written about it.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { BenchReport } from "../../hil/bench/bench-report.ts";
import { meterville, metervilleJson, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());
const inFolder = (name: string): string => join(folder.path, name);

test("the shipped firmware passes the suite about tampering, on as many boards as there are cores", async () => {
  const report = await metervilleJson<BenchReport>("hil", "run", "hil/suites/tamper.yaml");
  expect(report).toMatchObject({ passed: report.cases, failed: 0, skipped: 0, failures: [] });
  expect(report.cases).toBeGreaterThanOrEqual(19);
  expect(report.timesRealTime).toBeGreaterThan(1);
});

test("the same seed gives the same run of a case, however often", async () => {
  const report = await metervilleJson<BenchReport>(
    ...["hil", "run", "hil/suites", "--only", "TAM-001", "--repeat", "3"],
  );
  expect(report).toMatchObject({ cases: 3, passed: 3 });
});

test("a recorded case goes the same again, and a changed byte is told", async () => {
  const runs = inFolder("runs");
  await metervilleJson("hil", "run", "hil/suites", "--only", "TAM-001", "--record", runs);
  const file = join(runs, "TAM-001.jsonl");
  expect(await meterville("hil", "replay", file)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/^TAM-001 went the same, all \d+ lines\n$/),
  });
  writeFileSync(file, readFileSync(file, "utf8").replace('"to":"host","bytes":"f', "$&0"));
  const changed = await meterville("hil", "replay", file);
  expect(changed).toMatchObject({
    exitCode: 1,
    stdout: expect.stringContaining("differs in line"),
  });
  expect(await meterville("hil", "replay", "firmware/uno/meter.hex")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("give a file that hil run --record wrote"),
  });
});

test("what cannot be written is said before the first case, and nothing spins", async () => {
  const nowhere = [
    ["--record", "/proc/recorded"],
    ["--vcd", "/proc/traces"],
    ["--junit", "/proc/junit.xml"],
    ["--html", "/proc/page.html"],
  ] as const;
  for (const [option, path] of nowhere) {
    expect(
      await meterville("hil", "run", "hil/suites", "--only", "TAM-001", option, path),
    ).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(`${option} ${path}: `) });
  }
});

test("long cases are left out and counted, unless they are asked for", async () => {
  const only = await metervilleJson<BenchReport>(
    ...["hil", "run", "hil/suites/endurance.yaml", "--shard", "2/3"],
  );
  expect(only).toMatchObject({ cases: 1, passed: 1, skipped: 1 });
});

test("shards share the cases out, each case to one", async () => {
  const counts = [];
  for (const shard of ["1/3", "2/3", "3/3"]) {
    const only = ["--only", "TRIP-003", "--only", "TAM-001"];
    const report = await metervilleJson<BenchReport>(
      ...["hil", "run", "hil/suites", ...only, "--shard", shard],
    );
    counts.push(report.cases);
  }
  expect(counts).toEqual([2, 1, 1]);
});

test("a case that is not met ends with 1, a sentence, and reports with plots and traces", async () => {
  const suite = inFolder("wrong.yaml");
  writeFileSync(
    suite,
    `suite: wrong
title: What no meter does
requirements: { REQ-X-1: The moon is full. }
cases:
  - id: X-1
    title: the relay closes by itself
    requirement: REQ-X-1
    steps:
      - wait: 300ms
      - expect: { that: relayClosed, is: 1, within: 500ms }
`,
  );
  const [junit, html, vcd] = ["out.xml", "out.html", "vcd"].map(inFolder);
  const { stdout, stderr, exitCode } = await meterville(
    ...["hil", "run", suite, "--junit", junit!, "--html", html!, "--vcd", vcd!],
  );
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^failed X-1 the relay closes by itself: at \d+ ms expected relayClosed to be 1 within 500ms; got 0\n$/,
  );
  expect(stdout).toContain(`run X-1 again: npx meterville hil run ${suite} --only X-1 --seed 1`);
  expect(readFileSync(junit!, "utf8")).toContain('<testsuites tests="1" failures="1">');
  expect(readFileSync(html!, "utf8")).toContain("<svg ");
  expect(existsSync(join(vcd!, "X-1.vcd"))).toBe(true);
});

test("a time limit ends with 42", async () => {
  const { stderr, exitCode } = await meterville(
    ...["hil", "run", "hil/suites/metrology.yaml", "--time-limit", "1s"],
  );
  expect(exitCode).toBe(42);
  expect(stderr).toContain("the time limit of 1s ran out");
});
