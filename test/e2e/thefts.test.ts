// `meterville thefts`: a small sweep, the page that it writes, and that the page in the docs is one of its own.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EXIT } from "../../sim/host/exit-codes.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import type { ConditionFigures } from "../../sim/host/theft-sweep/summary.ts";
import type { SweepOutcome } from "../../sim/host/theft-sweep/watch.ts";
import { meterville, metervilleJson, temporaryFolder } from "../support/cli.ts";

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** Headings, sentences without their numbers, heads of tables and the first cells of their rows. */
function skeletonOf(page: string): readonly string[] {
  let isRowOfTable = false;
  return page.split("\n").map((line) => {
    const isTable = line.startsWith("|");
    const isHead = isTable && !isRowOfTable;
    isRowOfTable = isTable;
    if (!isTable) return line.replaceAll(/\d+(\.\.\d+)?/g, "#");
    const cells = line.split("|").map((cell) => cell.trim().replace(/^-+:?$/, "-"));
    return isHead ? cells.join("|") : (cells[1] ?? "");
  });
}

test("a small sweep finds thieves, and the page in the docs is what the command writes", async () => {
  const out = join(folder.path, "thefts.md");
  const { conditions, runs } = await metervilleJson<{
    readonly conditions: readonly ConditionFigures[];
    readonly runs: readonly SweepOutcome[];
  }>(
    "thefts",
    "scenarios/five-thieves.yaml",
    "--seeds",
    "1",
    "--days",
    "6",
    "--out",
    out,
    "--json",
  );
  expect(runs.map(({ task }) => [task.hasOutages, task.techniques.length])).toEqual([
    [false, 5],
    [false, 0],
    [true, 5],
    [true, 0],
  ]);
  for (const { techniques, honestStreets } of conditions) {
    expect(techniques.map(({ thieves }) => thieves)).toEqual([1, 1, 1, 1, 1]);
    const of = (name: string) => techniques.find(({ technique }) => technique === name)!;
    // What its meter tells by itself needs no weeks of readings.
    expect(of("relay-bypass").found.count).toBe(1);
    expect(of("missing-neutral")).toMatchObject({ hiddenShare: 0, found: { count: 1 } });
    expect(of("partial-bypass").hiddenShare).toBeGreaterThan(0.2);
    // 24 homes for 6 of a month's 30.4 days.
    expect(honestStreets.homeMonths).toBeCloseTo((24 * 6) / 30.436875, 3);
  }
  const docs = readFileSync(join(PROJECT_ROOT, "docs/theft-detection.md"), "utf8");
  expect(skeletonOf(docs)).toEqual(skeletonOf(readFileSync(out, "utf8")));
});

test.for([
  {
    args: ["--seeds", "9..1"],
    sentence: /^--seeds 9\.\.1: 1 comes before 9; write --seeds 1\.\.20/,
  },
  { args: ["--days", "1"], sentence: /^--days 1: write at least 2\n$/ },
  { args: ["--jobs", "0"], sentence: /--jobs/ },
  { args: ["--out", "nowhere/x.md"], sentence: /^--out nowhere\/x\.md: cannot be written: / },
])("$args is refused in a sentence before anything runs", async ({ args, sentence }) => {
  const { exitCode, stdout, stderr } = await meterville("thefts", ...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.input, stdout: "" });
  expect(stderr).toMatch(sentence);
});
