// Runs checks and tests in order, streams what they say, and ends with one line that sums up. `--quick` takes seconds,
// `--all` takes everything; without either it is what ten minutes hold, and it says what it left out.

import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { ensureWebBuilt } from "../../sim/host/bootstrap/build-web.mjs";
import { SetupFailure } from "../../sim/host/bootstrap/setup-failure.mjs";
import { EXIT } from "../../sim/host/exit-codes.ts";
import {
  closingReport,
  isGreen,
  type Outcome,
  suiteOutcomes,
  withoutMissingData,
} from "./outcome.ts";
import { outcomesOfPlaywright } from "./playwright-report.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const REPORTS = join(ROOT, "test-results", "outcomes");
const BIN = join(ROOT, "node_modules");
const isQuick = process.argv.includes("--quick");
const isAll = process.argv.includes("--all");
/** The browser's test that passes through the whole page; the others look at parts of it. */
const STORY = "test/e2e/story.spec.ts";
const dataMustBeThere = process.env["CI"] === "true";

const environment = {
  ...process.env,
  METERVILLE_DATA: process.env["METERVILLE_DATA"] ?? resolve(ROOT, "../shared/data"),
};

rmSync(REPORTS, { recursive: true, force: true });
const outcomes: Outcome[] = [
  ...(await check("types", join(BIN, "typescript/bin/tsc"), ["-b"])),
  ...(await check("lint and format", join(BIN, "@biomejs/biome/bin/biome"), [
    "check",
    "--error-on-warnings",
    ".",
  ])),
  ...(await vitest("fast tests", ["pure", "fast", "web"])),
];
if (isAll) outcomes.push(...(await vitest("slow tests", ["slow"])));
if (!isQuick) {
  outcomes.push(...(await vitest("commands", ["commands"])));
  outcomes.push(...(await vitest("end-to-end tests", ["e2e"])));
}
if (isAll) outcomes.push(...(await vitest("faults", ["faults"])));
if (!isQuick) {
  outcomes.push(...(await page()));
  outcomes.push(...(await playwright(isAll ? [] : [STORY])));
}
const judged = dataMustBeThere ? withoutMissingData(outcomes) : outcomes;
if (!isAll) {
  const leftOut = isQuick
    ? "slow, end-to-end and browser tests"
    : "slow tests, faults, and all browser tests but the story";
  console.log(`\nLeft out: ${leftOut}; npm run test:all has everything.`);
}
console.log(`\n${closingReport(judged).join("\n")}`);
process.exitCode = isGreen(judged) ? EXIT.done : EXIT.no;

/** A check without tests of its own counts as one. */
async function check(
  name: string,
  script: string,
  args: readonly string[],
): Promise<readonly Outcome[]> {
  const exitCode = await run(name, script, args, {});
  const outcome: Outcome =
    exitCode === 0
      ? { state: "passed", name }
      : { state: "failed", name, reason: `exit code ${exitCode}; its message is above` };
  return [outcome];
}

async function vitest(name: string, projects: readonly string[]): Promise<readonly Outcome[]> {
  const report = join(REPORTS, `${name.replaceAll(" ", "-")}.json`);
  const selected = projects.flatMap((project) => ["--project", project]);
  const exitCode = await run(name, join(BIN, "vitest/vitest.mjs"), ["run", ...selected], {
    METERVILLE_OUTCOMES: report,
  });
  return suiteOutcomes({ name, exitCode, outcomes: readReport(report) as Outcome[] | undefined });
}

async function page(): Promise<readonly Outcome[]> {
  const name = "the page builds";
  try {
    const folder = await ensureWebBuilt();
    if (existsSync(join(folder, "index.html"))) return [{ state: "passed", name }];
    return [{ state: "failed", name, reason: "web/dist has no index.html" }];
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    return [{ state: "failed", name, reason: error.message }];
  }
}

async function playwright(files: readonly string[]): Promise<readonly Outcome[]> {
  const name = "browser tests";
  const report = join(REPORTS, "browser-tests.json");
  const args = ["test", ...files, "--reporter", "list,json"];
  const exitCode = await run(name, join(BIN, "playwright/cli.js"), args, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: report,
  });
  const read = readReport(report) as Parameters<typeof outcomesOfPlaywright>[0] | undefined;
  return suiteOutcomes({ name, exitCode, outcomes: read && outcomesOfPlaywright(read) });
}

/** Runs a JavaScript program under this Node, on this terminal; resolves with its exit code. */
function run(
  name: string,
  script: string,
  args: readonly string[],
  extra: Readonly<Record<string, string>>,
): Promise<number> {
  console.log(`\n# ${name}`);
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: ROOT,
      env: { ...environment, ...extra },
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.on("error", failed);
    child.on("exit", (code) => done(code ?? EXIT.bug));
  });
}

function readReport(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
