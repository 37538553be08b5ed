// Checking, listing and comparing, many seeds, a profile, and a run that is interrupted: as scripts use them.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunReport } from "../../sim/contract/report.ts";
import type { Comparison } from "../../sim/host/commands/compare.ts";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import type { ReplayResult } from "../../sim/host/resimulate.ts";
import { type Finished, meterville, metervilleJson, temporaryFolder } from "../support/cli.ts";

const STREET = "scenarios/three-lanes.yaml";
const folder = temporaryFolder();
const file = (name: string): string => join(folder.path, name);
afterAll(() => folder.remove());

describe("validate", () => {
  test("tells what a scenario comes to and what it assumes", async () => {
    const { stdout, exitCode } = await meterville("validate", STREET);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Three Lanes (three-lanes), seed 1: it is right");
    expect(stdout).toContain("8 on L1, 8 on L2, 8 on L3, 0 on three phases");
    expect(stdout).toMatch(/Assumed, because .*three-lanes\.yaml does not say/);
    expect(stdout).toContain("  utility.assumedPowerFactor: 0.95");
  });

  test("--json has the same, --set is heard", async () => {
    const args = [STREET, "--set", "air.lossShare=0.5", "--set", "thefts=[]"];
    const found = await metervilleJson<Record<string, unknown>>("validate", ...args);
    expect(found).toMatchObject({ valid: true, scenario: "three-lanes", thefts: 0, outages: 1 });
  });

  test("--resolved prints what a run starts from", async () => {
    const { stdout } = await meterville("validate", STREET, "--resolved");
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, name: "three-lanes", stepMs: 60_000 });
  });

  test("tells every fault at once, each with its place", async () => {
    const { stderr, exitCode } = await meterville(
      ...["validate", STREET, "--set", "air.lossShare=12", "--set", "stepp=1min"],
    );
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/air\.lossShare: a share is 0 to 1; for 12 % write 0\.12/);
    expect(stderr).toMatch(/stepp: unknown key; did you mean step\?/);
  });

  test("--json gives the faults as data, and no less on stderr", async () => {
    const { stdout, stderr, exitCode } = await meterville(
      ...["validate", STREET, "--set", "air.lossShare=12", "--json"],
    );
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({
      valid: false,
      problems: [{ file: STREET, field: "air.lossShare" }],
    });
    expect(stderr).toContain("air.lossShare: a share is 0 to 1");
  });
});

test("scenarios lists what ships, with homes and what it shows", async () => {
  const list = await metervilleJson<{ file: string; homes: number; shows: string }[]>("scenarios");
  const byFile = new Map(list.map((each) => [each.file, each]));
  expect(byFile.get("scenarios/first-street.yaml")).toMatchObject({ homes: 60 });
  expect(byFile.get(STREET)?.shows).toContain("somebody leads their current around the meter");
  const { stdout } = await meterville("scenarios");
  expect(stdout).toContain("scenarios/first-street.yaml  First Street, 60 homes, 30 days");
});

describe("compare", () => {
  beforeAll(async () => {
    await meterville("run", STREET, "--days", "12", "--out", file("a.mcap"));
    await meterville("run", STREET, "--days", "12", "--out", file("again.mcap"));
    const other = ["--set", "thefts.0.share=0.7", "--set", "payments.enabled=false"];
    await meterville("run", STREET, "--days", "12", ...other, "--out", file("b.mcap"));
    await meterville("run", STREET, "--days", "1", "--out", file("short.mcap"));
  });

  test("of a run with itself finds nothing", async () => {
    const found = await metervilleJson<Comparison>("compare", file("a.mcap"), file("again.mcap"));
    expect(found).toMatchObject({ identical: true, firstDifference: null });
  });

  test("names the minute, the quantity, the home and both values, and what it came to", async () => {
    const { stdout, exitCode } = await meterville(
      ...["compare", file("a.mcap"), file("b.mcap"), "--json"],
    );
    expect(exitCode).toBe(1);
    const { identical, firstDifference, changes } = JSON.parse(stdout) as Comparison;
    expect(identical).toBe(false);
    // Without payments somebody's walk to the bank is missing from the first minute on.
    expect(firstDifference).toMatchObject({ simMs: 60_000, quantity: "payAt", b: -1 });
    expect(firstDifference?.supplyPoint).toMatch(/^supply-/);
    expect(changes.scenario).toContainEqual({
      path: "plant.thefts.0.intensity",
      a: "0.6",
      b: "0.7",
    });
    const figures = new Map(changes.figures.map(({ path, a, b }) => [path, [a, b]]));
    expect(figures.get("billing.reconnects")).toEqual([1, 0]);
    expect(figures.get("energy.stolenKWh")![1]).toBeGreaterThan(
      figures.get("energy.stolenKWh")![0]!,
    );
    expect(changes.disconnections.onlyA.join()).toContain("supply-07: reconnected");
  });

  test("of runs that differ in a theft parts when it begins, at the thief", async () => {
    await meterville(
      ...["run", STREET, "--days", "12", "--set", "thefts.0.share=0.7", "--out", file("c.mcap")],
    );
    const { stdout } = await meterville("compare", file("a.mcap"), file("c.mcap"));
    expect(stdout).toContain(
      "They part in the minute that ends at 10d18h1min: bypassShare at supply-12 is 0.6 in A, 0.7 in B.",
    );
  });

  test("of what no minute's digest covers is found by keyframes, to the minute", async () => {
    const other = ["--set", "utility.assumedPowerFactor=0.9", "--out", file("pf.mcap")];
    await meterville("run", STREET, "--days", "12", ...other);
    const { stdout, exitCode } = await meterville("compare", file("a.mcap"), file("pf.mcap"));
    expect(exitCode).toBe(1);
    // The balance of a day is drawn up at five in the morning of the next.
    expect(stdout).toContain("They part in the minute that ends at 1d5h: expectedLossesWh is ");
  });

  test("of two streets says that they are two", async () => {
    const street = ["run", "scenarios/first-street.yaml", "--days", "0.01"];
    await meterville(...street, "--out", file("street.mcap"));
    const { stdout, exitCode } = await meterville("compare", file("a.mcap"), file("street.mcap"));
    expect(exitCode).toBe(1);
    expect(stdout).toContain("They part at the start: homes is 24 in A, 60 in B.");
    expect(stdout).toContain("They are not of the same street");
  });

  test("takes the folder of a live run for its recording", async () => {
    mkdirSync(file("run"));
    copyFileSync(file("a.mcap"), file("run/recording.mcap"));
    const found = await metervilleJson<Comparison>("compare", file("a.mcap"), file("run"));
    expect(found.identical).toBe(true);
  });

  test("of a run and its beginning says that only the length differs", async () => {
    const { stdout, exitCode } = await meterville("compare", file("a.mcap"), file("short.mcap"));
    expect(exitCode).toBe(1);
    expect(stdout).toContain("Nothing that both have differs.");
    expect(stdout).toContain("A ends at 12d, B at 1d.");
  });
});

describe("run --seeds", () => {
  test("gives every figure a mean, a spread and a worst seed, and the same runs as one by one", async () => {
    interface Document {
      readonly seeds: readonly number[];
      readonly figures: Readonly<
        Record<string, { mean: number; worst: number; worstSeed: number }>
      >;
      readonly runs: readonly RunReport[];
    }
    const args = [STREET, "--days", "2"];
    const many = await metervilleJson<Document>("run", ...args, "--seeds", "3..5");
    expect(many.seeds).toEqual([3, 4, 5]);
    const alone = await metervilleJson<RunReport>("run", ...args, "--seed", "4");
    expect(many.runs[1]?.finalHash).toBe(alone.finalHash);
    const sources = many.runs.map(({ energy }) => energy.sourceKWh);
    const { mean, worst, worstSeed } = many.figures["energy.sourceKWh"]!;
    expect(mean).toBeCloseTo(sources.reduce((sum, kWh) => sum + kWh, 0) / 3, 9);
    expect(worst).toBe(Math.max(...sources));
    expect(worstSeed).toBe(3 + sources.indexOf(worst));
  });

  test("exits with 1 where one seed fails an expectation, and says which", async () => {
    const junit = file("seeds.xml");
    const rows = 'expect=[{at: "1d", that: "comms.made", above: 1e9}]';
    const { stderr, exitCode } = await meterville(
      ...["run", STREET, "--days", "1", "--seeds", "1,2", "--set", rows, "--junit", junit],
    );
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/seed 1: .*comms\.made is above 1000000000, got \d+/);
    expect(stderr).toMatch(/seed 2: /);
    const xml = readFileSync(junit, "utf8");
    expect(xml.match(/<testsuite /g)).toHaveLength(2);
    expect(xml).toContain('name="three-lanes, seed 2"');
  });
});

// It ended with 0 kWh, exit 0 and not a word.
test("a run whose power flow never converged says how often, since when and where", async () => {
  const { stderr, exitCode } = await meterville(
    ...["run", STREET, "--until", "10min", "--set", "loads.scale=1000", "--set", "expect=[]"],
  );
  expect(exitCode).toBe(0);
  expect(stderr).toMatch(
    /^the power flow of 10 step\(s\) did not converge, the first 0s after the start, the worst at bus \S+ of \S+; their energies and voltages mean nothing$/m,
  );
});

test("run --profile tells where the time goes, and changes nothing else", async () => {
  const args = ["run", STREET, "--days", "2", "--json"];
  const plain = JSON.parse((await meterville(...args)).stdout) as RunReport;
  const { stdout, stderr } = await meterville(...args, "--profile");
  const profiled = JSON.parse(stdout) as RunReport & {
    profile: { phase: string; wallMs: number; share: number }[];
  };
  expect(profiled.finalHash).toBe(plain.finalHash);
  expect(Object.keys(plain)).not.toContain("profile");
  const phases = profiled.profile.map(({ phase }) => phase);
  for (const phase of ["loads", "grid", "meters", "air", "billing", "detection", "digests"]) {
    expect(phases).toContain(phase);
  }
  expect(profiled.profile.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(stderr).toMatch(/^phase +time +share$/m);
});

/** Interrupts `meterville …` once its first line of progress says that it is under way. */
async function interrupted(...args: readonly string[]): Promise<Finished> {
  const main = join(PROJECT_ROOT, "sim/host/main.ts");
  const child = spawn(process.execPath, [main, ...args], { cwd: PROJECT_ROOT });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const underWay = new Promise<void>((resolve) => {
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      if (stderr.includes("simulated")) resolve();
    });
  });
  const closed = once(child, "close") as Promise<[number | null]>;
  await underWay;
  child.kill("SIGINT");
  const [exitCode] = await closed;
  return { stdout, stderr, exitCode };
}

test("Ctrl-C ends a run after its step: exit 130, a report, and a recording that verifies", async () => {
  const recording = file("interrupted.mcap");
  const { stdout, stderr, exitCode } = await interrupted(
    ...["run", STREET, "--days", "3000", "--out", recording],
  );
  expect(exitCode).toBe(130);
  expect(stderr).toContain("stopping after this step; once more to stop at once");
  expect(stdout).toMatch(/^Simulated +\d+d/m);
  expect(stdout).toMatch(/^Final hash +[0-9a-f]{64}$/m);
  const replayed = await metervilleJson<ReplayResult>("replay", recording);
  expect(replayed.verified).toBe(true);
  expect(replayed.steps).toBeGreaterThan(0);
});

test("Ctrl-C ends many seeds too, and tells of those that are done", async () => {
  const { stderr, exitCode } = await interrupted(
    ...["run", STREET, "--days", "3000", "--seeds", "1..4"],
  );
  expect(exitCode).toBe(130);
  expect(stderr).toContain("stopping; seeds that are done are told");
});
