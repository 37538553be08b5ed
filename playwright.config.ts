import { resolve } from "node:path";
import { defineConfig } from "playwright/test";

// The servers that specs start find the sources without their types, and compiled.
process.env["NODE_COMPILE_CACHE"] ??= resolve(import.meta.dirname, ".cache/node");

export default defineConfig({
  testDir: "test/e2e",
  testMatch: "**/*.spec.ts",
  outputDir: "test-results/browser",
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  use: {
    launchOptions: {
      executablePath: process.env["METERVILLE_CHROMIUM"] ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--enable-unsafe-swiftshader",
        // No name is resolved: what the page needs comes from the server under test.
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
      ],
    },
  },
});
