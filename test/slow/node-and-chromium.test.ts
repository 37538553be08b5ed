// The same run in Node and in a browser: thirty days, twenty inputs, one hash.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright";
import { build, type PreviewServer, preview } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TwinInput } from "../../sim/contract/input.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../sim/core/time.ts";
import { resolvedText } from "../../sim/engine/world.ts";
import { MATH_TABLE_SHA256 } from "../core/math-table.ts";
import { journal, street } from "../support/street.ts";
import { runTask, type StreetAnswer, type StreetTask } from "../support/street-task.ts";

const DAYS = 30;
const INPUTS: readonly (readonly [day: number, hour: number, input: TwinInput])[] = [
  [0, 3, { kind: "theft-start", target: "supply-20", share: 0.35 }],
  [1, 7, { kind: "mast-down", target: "mast-1" }],
  [1, 9, { kind: "payment", target: "supply-14", amountMinor: 43_875 }],
  [1, 11, { kind: "mast-up" }],
  [2, 8, { kind: "trip", target: "supply-09" }],
  [2, 20, { kind: "payment", target: "supply-09", amountMinor: 94_400 }],
  [4, 6, { kind: "theft-stop", target: "supply-20" }],
  [5, 0, { kind: "set-step", stepMs: 30_000 }],
  [5, 12, { kind: "set-step", stepMs: MINUTE_MS }],
  [6, 13, { kind: "trip", target: "supply-18" }],
  [6, 17, { kind: "reconnect", target: "supply-18" }],
  [8, 2, { kind: "mast-down" }],
  [8, 3, { kind: "trip", target: "supply-03" }],
  [9, 4, { kind: "mast-up" }],
  [9, 9, { kind: "reconnect", target: "supply-03" }],
  [12, 1, { kind: "theft-start", target: "supply-01", share: 0.9 }],
  [15, 1, { kind: "theft-stop", target: "supply-01" }],
  [21, 12, { kind: "payment", target: "supply-22", amountMinor: 1 }],
  [24, 18, { kind: "theft-start", target: "supply-16", share: 1 }],
  [28, 23, { kind: "mast-down" }],
];
const TASK: StreetTask = {
  resolvedText: resolvedText(street()),
  journal: journal(INPUTS.map(([day, hour, input]) => [day * DAY_MS + hour * HOUR_MS, input])),
  untilMs: DAYS * DAY_MS,
};

let browser: Browser;
let server: PreviewServer;
const outDir = mkdtempSync(join(tmpdir(), "meterville-page-"));

beforeAll(async () => {
  const root = join(import.meta.dirname, "../web/street-page");
  await build({
    root,
    base: "./",
    mode: "production",
    configFile: false,
    logLevel: "warn",
    worker: { format: "es" },
    build: { outDir, emptyOutDir: true },
  });
  server = await preview({
    root,
    configFile: false,
    logLevel: "warn",
    build: { outDir },
    preview: { port: 0, host: "127.0.0.1" },
  });
  browser = await chromium.launch({
    executablePath: process.env["METERVILLE_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox"],
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  rmSync(outDir, { recursive: true, force: true });
});

test("thirty days with twenty inputs have one hash in Node and in Chromium's worker", async () => {
  expect(TASK.journal).toHaveLength(20);
  const inNode = runTask(TASK);
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  const inChromium = (await page.evaluate(
    (task) => (globalThis as unknown as { runTask(task: unknown): unknown }).runTask(task),
    TASK,
  )) as StreetAnswer;
  expect(inChromium).toEqual(inNode);
  expect(inNode.steps).toBeGreaterThan(DAYS * 1440);
  expect(inChromium.mathTableSha256).toBe(MATH_TABLE_SHA256);
});
