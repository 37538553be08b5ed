// The same run in one JavaScript engine and in another: one hash.

import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { type Browser, chromium } from "playwright";
import { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
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
  [8, 2, { kind: "outage-start", of: "backhaul", target: "mast-1" }],
  [8, 3, { kind: "trip", target: "supply-03" }],
  [9, 4, { kind: "outage-end", of: "backhaul", target: "mast-1" }],
  [9, 9, { kind: "reconnect", target: "supply-03" }],
  [12, 1, { kind: "theft-start", target: "supply-01", share: 0.9 }],
  [15, 1, { kind: "theft-stop", target: "supply-01" }],
  [21, 12, { kind: "payment", target: "supply-22", amountMinor: 1 }],
  [24, 18, { kind: "theft-start", target: "supply-16", share: 1 }],
  [28, 23, { kind: "mast-down" }],
];
const TASK: StreetTask = {
  resolvedText: resolvedText(street({ scenario: "first-street" })),
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

async function inChromium(task: StreetTask): Promise<StreetAnswer> {
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]!);
  return (await page.evaluate(
    (given) => (globalThis as unknown as { runTask(task: unknown): unknown }).runTask(given),
    task,
  )) as StreetAnswer;
}

async function inWorkerThread(task: StreetTask): Promise<StreetAnswer> {
  const script = new URL("../support/street-task-worker.ts", import.meta.url);
  const [answer] = (await once(new Worker(script, { workerData: task }), "message")) as [
    StreetAnswer,
  ];
  return answer;
}

/** Bellard's QuickJS, compiled to WebAssembly: an interpreter that shares nothing with V8. */
async function inQuickJs(task: StreetTask): Promise<StreetAnswer> {
  const entry = join(import.meta.dirname, "../support/street-task.ts");
  const folder = mkdtempSync(join(tmpdir(), "meterville-quickjs-"));
  try {
    const lib = { entry, formats: ["iife" as const], name: "street", fileName: () => "street.js" };
    await build({
      configFile: false,
      logLevel: "warn",
      build: { outDir: folder, emptyOutDir: true, lib },
    });
    const quickJs = await newQuickJSWASMModuleFromVariant(
      import("@jitl/quickjs-wasmfile-release-sync"),
    );
    using context = quickJs.newContext();
    const evaluate = (code: string): unknown => {
      const result = context.evalCode(code);
      if (result.error)
        throw new Error(JSON.stringify(context.dump(result.error.consume((e) => e))));
      return result.value.consume((value) => context.dump(value));
    };
    evaluate(readFileSync(join(folder, "street.js"), "utf8"));
    using given = context.newString(JSON.stringify(task));
    context.setProp(context.global, "task", given);
    const answer = evaluate("JSON.stringify(street.runTask(JSON.parse(task)))");
    return JSON.parse(String(answer)) as StreetAnswer;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("thirty days of First Street with twenty inputs have one hash in Node and in Chromium's worker", async () => {
  expect(TASK.journal).toHaveLength(20);
  const inNode = runTask(TASK);
  const answer = await inChromium(TASK);
  expect(answer).toEqual(inNode);
  expect(inNode.steps).toBeGreaterThan(DAYS * 1440);
  expect(answer.mathTableSha256).toBe(MATH_TABLE_SHA256);
});

// Steps of a quarter of an hour: an interpreter without a compiler is a hundred times slower.
test.each(["first-street", "prepaid-lanes"] as const)(
  "a week of %s has one hash in Node, in its worker thread, in Chromium's worker and in QuickJS",
  async (scenario) => {
    const week: StreetTask = {
      resolvedText: resolvedText(street({ scenario, stepMs: 15 * MINUTE_MS })),
      journal:
        scenario === "first-street"
          ? TASK.journal.filter(({ takesEffectAtMs }) => takesEffectAtMs < 5 * DAY_MS)
          : [],
      untilMs: 7 * DAY_MS,
    };
    const inNode = runTask(week);
    expect(inNode.steps).toBe((7 * DAY_MS) / (15 * MINUTE_MS));
    expect(inNode.mathTableSha256).toBe(MATH_TABLE_SHA256);
    expect(await inWorkerThread(week)).toEqual(inNode);
    expect(await inChromium(week)).toEqual(inNode);
    expect(await inQuickJs(week)).toEqual(inNode);
  },
);
