// What is taken away from the page: a picture that a decoder reads, a clip that a browser plays, a report on one page.

import { readFileSync } from "node:fs";
import { expect, type Page, test } from "playwright/test";
import { LOADING_STEPS } from "../../web/scene/palette.ts";
import { readWebm } from "../support/webm.ts";
import { expectRight } from "./legible.ts";
import { SIZES } from "./portal-page.ts";
import { press, probe, type Serving, startServing, stopServing, until } from "./served-page.ts";

let serving: Serving;

test.beforeEach(async () => {
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--paused"],
  ]);
});
test.afterEach(() => stopServing(serving));

async function open(page: Page): Promise<void> {
  await page.goto(`${serving.url}?freeze=1&quality=low`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  await page.keyboard.press("Shift+ArrowRight");
  await until(page, ({ simMs }) => simMs === 10_000, "ten steps are taken");
}

async function download(page: Page, button: string): Promise<{ name: string; bytes: Buffer }> {
  const [file] = await Promise.all([page.waitForEvent("download"), press(page, button)]);
  return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
}

/** Size of a picture, and how many of its pixels have each of these colours. */
const decode = (page: Page, bytes: Buffer, wanted: readonly string[]) =>
  page.evaluate(
    async ({ base64, colours }) => {
      const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([raw], { type: "image/png" }));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const counts = colours.map(() => 0);
      const values = colours.map((hex) => Number.parseInt(hex.slice(1), 16));
      const all = new Set<number>();
      for (let at = 0; at < data.length; at += 4) {
        const colour = (data[at]! << 16) | (data[at + 1]! << 8) | data[at + 2]!;
        all.add(colour);
        const index = values.indexOf(colour);
        if (index >= 0) counts[index]!++;
      }
      return { width: bitmap.width, height: bitmap.height, counts, colours: all.size };
    },
    { base64: bytes.toString("base64"), colours: wanted },
  );

for (const [where, size] of SIZES) {
  test(`on ${where}, a picture has the street, its caption and the legend's colours`, async ({
    page,
  }) => {
    await page.setViewportSize(size);
    await open(page);
    const canvas = (await page.locator(".middle canvas").first().boundingBox())!;
    await page.keyboard.press("e");
    await expectRight(page);
    const hexes = LOADING_STEPS.map(({ hex }) => hex);
    const once = await download(page, "Save picture (PNG)");
    expect(once.name).toMatch(/^first-street-2026-01-\d\d-\d{4}-truth\.png$/);
    const small = await decode(page, once.bytes, hexes);
    expect(Math.abs(small.width - canvas.width)).toBeLessThanOrEqual(2);
    expect(small.height).toBeGreaterThan(canvas.height + 60);
    // Each step of the legend has its swatch; cables of a quiet morning are blue.
    for (const count of small.counts) expect(count).toBeGreaterThan(150);
    expect(small.counts[0]).toBeGreaterThan(small.counts[4]! + 100);
    expect(small.colours, "a street, no blank canvas").toBeGreaterThan(1_000);

    await page.getByLabel("Size").selectOption("2");
    const large = await decode(page, (await download(page, "Save picture (PNG)")).bytes, hexes);
    expect(Math.abs(large.width - 2 * canvas.width)).toBeLessThanOrEqual(3);
    expect(large.counts[4]).toBeGreaterThan(3 * small.counts[4]!);
  });
}

test("a clip has the frames and the duration that were asked for, and a browser plays it", async ({
  page,
}) => {
  await page.setViewportSize({ width: 960, height: 700 });
  await open(page);
  const cameraBefore = await probe(page, ({ camera }) => camera);
  await page.keyboard.press("e");
  await page.getByRole("combobox", { name: /^Camera/ }).selectOption("turn");
  // Ten simulated seconds, of which ten pass in a second.
  await page.getByLabel("A second of it is").selectOption({ label: "10 s" });
  await expect(page.getByTestId("clip-length")).toHaveText("1.0 s, 25 frames");
  const { name, bytes } = await download(page, "Make clip (WebM)");
  expect(name).toMatch(/^first-street-2026-01-\d\d-\d{4}-truth\.webm$/);
  const film = readWebm(bytes);
  expect(film.codec).toMatch(/^V_VP[89]$/);
  expect(film.durationMs).toBe(1_000);
  expect(film.frames.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: 25 }, (_, index) => 40 * index),
  );
  expect(film.frames[0]!.isKey).toBe(true);
  // The camera has turned: every frame has something new in it.
  for (const frame of film.frames) expect(frame.bytes).toBeGreaterThan(100);
  const played = await page.evaluate(async (base64) => {
    const raw = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const video = document.createElement("video");
    video.src = URL.createObjectURL(new Blob([raw], { type: "video/webm" }));
    await new Promise((done, failed) => {
      video.onloadeddata = done;
      video.onerror = () => failed(new Error(video.error?.message));
    });
    return { width: video.videoWidth, height: video.videoHeight, durationS: video.duration };
  }, bytes.toString("base64"));
  expect(played).toEqual({ width: film.width, height: film.height, durationS: 1 });
  await page.keyboard.press("Escape");
  await until(page, ({ simMs }) => simMs === 10_000, "the page is where it was");
  await expect.poll(() => probe(page, ({ camera }) => camera)).toBe(cameraBefore);
  await expect(page.getByText("Looking back at")).toHaveCount(0);
});

test("a clip is cancelled, one that is too long is refused, and without an encoder the page says so", async ({
  page,
}) => {
  await page.setViewportSize({ width: 960, height: 700 });
  await open(page);
  await page.keyboard.press("e");
  await page.getByLabel("A second of it is").selectOption({ label: "1 s" });
  await expect(page.getByTestId("clip-length")).toHaveText("10.0 s, 250 frames");
  await press(page, "Make clip (WebM)");
  await expect(page.getByRole("progressbar", { name: "Frames drawn" })).toBeVisible();
  await press(page, "Cancel");
  await expect(page.getByText("The clip was cancelled.")).toBeVisible();
  await page.addInitScript("delete globalThis.VideoEncoder");
  await page.reload();
  await until(page, ({ ready }) => ready, "the street is drawn");
  await page.keyboard.press("e");
  await expect(page.getByText("This browser has no video encoder")).toBeVisible();
  await expect(page.getByRole("button", { name: "Make clip (WebM)" })).toBeDisabled();
});
