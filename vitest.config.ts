import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { OutcomeReporter } from "./test/run/vitest-reporter.ts";

/** Tests of pure code share one module graph a thread: nothing in it can leak from file to file. */
const PURE = ["core", "contract", "grid", "plant", "comms", "utility", "engine"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
/** Modules of the page: JSX and images need Vite. */
const WEB = ["test/web/**/*.test.ts"];
/** Much computing: two at a time. */
const SLOW = ["test/slow/**/*.test.ts", "test/e2e/readme.test.ts"];
/** Live runs that are killed, starved, cut off or put on boards: one at a time, and minutes in all. */
const FAULTS = [
  "board",
  "boards",
  "broken-runs",
  "crash",
  "mqtt-broker",
  "mqtt-containment",
  "postgres",
  "runs",
  "storage",
].map((name) => `test/e2e/${name}.test.ts`);
/** Commands that run to their end and share nothing: two at a time. */
const COMMANDS = [
  "commands",
  "help",
  "hil",
  "mutants",
  "output",
  "report",
  "scenario-commands",
  "tariff-try",
  "thefts",
  "tokens",
].map((name) => `test/e2e/${name}.test.ts`);
/** Live runs, ports and brokers: one at a time, so that none waits for another's work. */
const END_TO_END = ["test/e2e/**/*.test.ts"];

/** Node imports everything else by itself, as it runs the program: in Vite's runner each call across files is a look-up. */
const NATIVE = { experimental: { viteModuleRunner: false, nodeLoader: false } };

// Workers, and each program that a test starts, find the sources without their types, and compiled.
process.env["NODE_COMPILE_CACHE"] ??= resolve(import.meta.dirname, ".cache/node");

const outcomes = process.env["METERVILLE_OUTCOMES"];

export default defineConfig({
  test: {
    reporters: outcomes === undefined ? ["default"] : ["default", new OutcomeReporter(outcomes)],
    projects: [
      {
        test: {
          ...NATIVE,
          name: "pure",
          include: PURE,
          pool: "threads",
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...NATIVE,
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: [...PURE, ...WEB, ...SLOW, ...END_TO_END],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "web",
          include: WEB,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...NATIVE,
          name: "slow",
          include: SLOW,
          // Months of a street many times over, beside another file that does as much: bounded against hanging only.
          testTimeout: 900_000,
          hookTimeout: 900_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...NATIVE,
          name: "commands",
          include: COMMANDS,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          ...NATIVE,
          name: "e2e",
          include: END_TO_END,
          exclude: [...SLOW, ...FAULTS, ...COMMANDS],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          ...NATIVE,
          name: "faults",
          include: FAULTS,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
