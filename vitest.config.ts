import { defineConfig } from "vitest/config";
import { OutcomeReporter } from "./test/run/vitest-reporter.ts";

/** Tests of pure code share one module graph a thread: nothing in it can leak from file to file. */
const PURE = ["core", "contract", "grid", "plant", "comms", "utility", "engine"].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);
const SLOW = ["test/e2e/**/*.test.ts", "test/slow/**/*.test.ts"];

const outcomes = process.env["METERVILLE_OUTCOMES"];

export default defineConfig({
  test: {
    reporters: outcomes === undefined ? ["default"] : ["default", new OutcomeReporter(outcomes)],
    projects: [
      {
        test: {
          name: "pure",
          include: PURE,
          pool: "threads",
          isolate: false,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "fast",
          include: ["test/**/*.test.ts"],
          exclude: [...PURE, ...SLOW],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "slow",
          include: SLOW,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
