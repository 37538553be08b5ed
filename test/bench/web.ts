// What a picture of First Street costs in script and in all, beside a bare scene of three in the same browser, and
// how large the page is. `node test/bench/web.ts` measures this alone.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Page } from "playwright";
import { build, type Rolldown } from "vite";
import { PROJECT_ROOT } from "../../sim/host/files.ts";
import { medianOf } from "../../web/scene/quality-ladder.ts";
import { measurePageSizes } from "../support/page-size.ts";
import type { Measured } from "./measured.ts";

const CANVAS = { width: 960, height: 540 } as const;
const WINDOW = { width: 1600, height: 900 } as const;
const PICTURES = { settling: 10, counted: 40 } as const;
const ROUNDS = 3;
const PATIENCE_MS = 120_000;
const JS_MS_MAX = 2;
const PICTURE_MS_MAX = 100;
/** A bare scene is one draw call; the street is some twenty, with fresh data for each. */
const JS_RATIO_MAX = 25;
const SHELL_SCRIPT_KB_MAX = 220;
const FIRST_VIEW_KB_MAX = 500;

/** Script and whole time of a picture, and sizes. Rejects where there is no browser. */
export async function measureWeb(scenarioFile: string): Promise<readonly Measured[]> {
  const bareCode = await buildBareScene();
  const folder = mkdtempSync(join(tmpdir(), "meterville-bench-"));
  const main = join(PROJECT_ROOT, "sim/host/main.ts");
  const serve = ["serve", scenarioFile, "--step", "1s", "--speed", "60", "--set", "thefts=[]"];
  const child = spawn(process.execPath, [main, ...serve, "--port", "0", "--no-mqtt", "--json"], {
    env: { ...process.env, METERVILLE_RUNS: folder },
    stdio: ["ignore", "pipe", "ignore"],
  });
  const closed = once(child, "close");
  const browser = await chromium.launch({
    executablePath: process.env["METERVILLE_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--enable-unsafe-swiftshader"],
  });
  try {
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const { url } = JSON.parse(line) as { url: string };
    const bare = await browser.newPage();
    await bare.addScriptTag({ content: bareCode, type: "module" });
    await bare.waitForFunction("window.drawBare !== undefined");
    const street = await openStreet(await browser.newPage(), url);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push({ ...(await drawBare(bare)), ...(await drawStreet(street)) });
    const step = await ask<string>(street, "window.__meterville.quality.label");
    return [...rowsOf(rounds, step), ...sizeRows()];
  } finally {
    await browser.close();
    child.kill("SIGKILL");
    await closed;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a script says in a page. Scripts are texts, because this side knows no browser's names. */
const ask = <Answer>(page: Page, script: string): Promise<Answer> =>
  page.evaluate(script) as Promise<Answer>;

interface Round {
  readonly bareJsMs: number;
  readonly barePictureMs: number;
  readonly jsMs: number;
  readonly pictureMs: number;
}

async function buildBareScene(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      lib: {
        entry: join(PROJECT_ROOT, "test/web/bare-scene/scene.ts"),
        formats: ["es"],
        fileName: "bare",
      },
    },
  })) as Rolldown.RolldownOutput[];
  const [chunk] = built[0]!.output;
  return chunk.code;
}

/** The street in a canvas of the size that the number is for. */
async function openStreet(page: Page, url: string): Promise<Page> {
  await page.setViewportSize(WINDOW);
  await page.goto(url);
  await page.waitForFunction("window.__meterville?.ready === true", null, {
    timeout: PATIENCE_MS,
  });
  const [width, height] = await ask<[number, number]>(
    page,
    `(({ clientWidth, clientHeight }) => [clientWidth, clientHeight])(document.querySelector(".middle canvas"))`,
  );
  await page.setViewportSize({
    width: WINDOW.width + CANVAS.width - width,
    height: WINDOW.height + CANVAS.height - height,
  });
  return page;
}

async function drawBare(page: Page): Promise<Pick<Round, "bareJsMs" | "barePictureMs">> {
  const { jsMs, pictureMs } = await ask<Record<"jsMs" | "pictureMs", number[]>>(
    page,
    `window.drawBare(${PICTURES.settling + PICTURES.counted})`,
  );
  return {
    bareJsMs: medianOf(jsMs.slice(PICTURES.settling)),
    barePictureMs: medianOf(pictureMs.slice(PICTURES.settling)),
  };
}

async function drawStreet(page: Page): Promise<Pick<Round, "jsMs" | "pictureMs">> {
  const drawn = await ask<number>(page, "window.__meterville.framesDrawn");
  const enough = `window.__meterville.framesDrawn >= ${drawn + PICTURES.counted}`;
  await page.waitForFunction(enough, null, { timeout: PATIENCE_MS });
  return ask(
    page,
    "({ jsMs: window.__meterville.jsMs, pictureMs: window.__meterville.quality.pictureMs })",
  );
}

function rowsOf(rounds: readonly Round[], step: string): readonly Measured[] {
  const best = (of: keyof Round): number => Math.min(...rounds.map((round) => round[of]));
  const spread = (of: keyof Round): number =>
    Math.max(...rounds.map((round) => round[of])) / best(of);
  const [js, bareJs] = [best("jsMs"), best("bareJsMs")];
  const [picture, barePicture] = [best("pictureMs"), best("barePictureMs")];
  const ratio = js / bareJs;
  return [
    {
      name: "page-script-a-picture",
      value: js,
      unit: "ms",
      baseline: bareJs,
      ratio,
      spread: spread("jsMs"),
      target: `≤ ${JS_MS_MAX} ms, ≤ ${JS_RATIO_MAX} × a bare scene`,
      isMet: ratio <= JS_RATIO_MAX,
      isReached: js <= JS_MS_MAX,
    },
    {
      name: `page-picture-at-960x540 (${step})`,
      value: picture,
      unit: "ms",
      baseline: barePicture,
      ratio: picture / barePicture,
      spread: spread("pictureMs"),
      target: `≤ ${PICTURE_MS_MAX} ms`,
      isMet: true,
      isReached: picture <= PICTURE_MS_MAX,
    },
  ];
}

function sizeRows(): readonly Measured[] {
  const { shellScriptKB, firstViewKB } = measurePageSizes();
  const row = (name: string, value: number, most: number): Measured => ({
    name,
    value,
    unit: "kB gzip",
    baseline: null,
    ratio: null,
    spread: 1,
    target: `≤ ${most} kB`,
    isMet: value <= most,
  });
  return [
    row("page-shell-script", shellScriptKB, SHELL_SCRIPT_KB_MAX),
    row("page-first-view", firstViewKB, FIRST_VIEW_KB_MAX),
  ];
}

if (import.meta.main) {
  const rows = await measureWeb(join(PROJECT_ROOT, "scenarios/first-street.yaml"));
  for (const { name, value, unit, ratio, target, isReached } of rows) {
    const beside = ratio === null ? "" : `, ${ratio.toFixed(1)} × a bare scene`;
    const missed = isReached === false ? " (not reached on this machine)" : "";
    process.stdout.write(`${name}: ${value.toFixed(2)} ${unit}${beside}; ${target}${missed}\n`);
  }
}
