// A rainy day: the picture is darker and full of rain, cables keep their colours, and words say it too.

import { expect, type Page, test } from "playwright/test";
import type { Frame } from "../../sim/contract/frame.ts";
import type { Sky } from "../../sim/contract/weather.ts";
import { LOADING_STEPS } from "../../web/scene/palette.ts";
import { expectRight } from "./legible.ts";
import { BARE, countColours, differingShare, settle } from "./picture.ts";
import { SCREEN, SIZES } from "./portal-page.ts";
import {
  changeFrames,
  press,
  probe,
  type Serving,
  startServing,
  stopServing,
  until,
} from "./served-page.ts";

const STILL = "freeze=1&quality=2";
const RAIN_CALLS_MAX = 2;
/** Without a graphics card a small picture leaves time for what only moves. */
const SMALL = { width: 800, height: 600 };
let serving: Serving;

test.beforeAll(async () => {
  serving = await startServing("scenarios/monsoon-lane.yaml", [
    ...["--port", "0", "--no-mqtt", "--paused"],
  ]);
});
test.afterAll(() => stopServing(serving));

/** Every cable loaded, so that there is colour to count; and under this sky, null for a street without weather. */
const under =
  (sky: Sky | null) =>
  (frame: Frame): Frame => {
    if (frame.channel === "truth/branch") {
      const loadingShare = frame.data.loadingShare.map((_, row) => [0.5, 0.9, 1.2][row % 3]!);
      return { ...frame, data: { ...frame.data, loadingShare } };
    }
    if (frame.channel !== "truth/street" && frame.channel !== "belief/street") return frame;
    const { weather: _, ...data } = frame.data;
    return { ...frame, data: sky === null ? data : { ...data, weather: sky } } as Frame;
  };

async function open(page: Page, query: string): Promise<void> {
  await page.goto(`${serving.url}?${query}`);
  await until(page, ({ ready, drawCalls }) => ready && drawCalls > 0, "the street is drawn");
}

async function openUnder(page: Page, sky: Sky | null, query: string): Promise<void> {
  await changeFrames(page, under(sky));
  await open(page, query);
  const isWet = sky === "rain" || sky === "storm";
  await expect.poll(() => probe(page, ({ drops }) => drops > 0)).toBe(isWet);
  await settle(page);
}

/** Means over the street's picture, 0 to 255: brightness, and how far each pixel is from grey. */
async function light(
  page: Page,
): Promise<{ readonly brightness: number; readonly colour: number }> {
  const picture = (await page.locator(".middle").screenshot({ style: BARE })).toString("base64");
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let [brightness, colour] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
      brightness += (red + green + blue) / 3;
      colour += Math.max(red, green, blue) - Math.min(red, green, blue);
    }
    return { brightness: brightness / (data.length / 4), colour: colour / (data.length / 4) };
  }, picture);
}

test.describe("on a screen", () => {
  test.use({ viewport: SCREEN });

  for (const time of ["11:00", "23:30"]) {
    test(`at ${time} rain darkens the picture for two draw calls at most, and cables keep their colours to the bit`, async ({
      page,
      browser,
    }) => {
      const query = `t=${time}&${STILL}`;
      const hexes = [1, 3, 4].map((step) => LOADING_STEPS[step]!.hex);
      await openUnder(page, null, query);
      const dry = {
        calls: await probe(page, ({ drawCalls }) => drawCalls),
        light: await light(page),
        colours: await countColours(page, hexes),
      };
      expect(Math.min(...dry.colours)).toBeGreaterThan(100);
      for (const sky of ["rain", "storm"] as const) {
        const other = await browser.newPage({ viewport: SCREEN });
        await openUnder(other, sky, query);
        const calls = await probe(other, ({ drawCalls }) => drawCalls);
        expect(calls).toBeGreaterThan(dry.calls);
        expect(calls).toBeLessThanOrEqual(dry.calls + RAIN_CALLS_MAX);
        expect((await light(other)).brightness).toBeLessThan(0.9 * dry.light.brightness);
        expect(await countColours(other, hexes), "no cable is tinted").toEqual(dry.colours);
        await other.close();
      }
    });
  }

  test("a cloudy sky is greyer and nothing falls from it", async ({ page, browser }) => {
    const query = `t=11:00&${STILL}`;
    await openUnder(page, "clear", query);
    const other = await browser.newPage({ viewport: SCREEN });
    await openUnder(other, "cloudy", query);
    const [clear, cloudy] = [await light(page), await light(other)];
    expect(cloudy.colour).toBeLessThan(clear.colour);
    expect(cloudy.brightness).toBeLessThan(clear.brightness);
    await other.close();
  });

  test("rain falls while the twin runs, and stands still for who wants no motion", async ({
    browser,
  }) => {
    const pace = (page: Page, isPaused: boolean) =>
      page.evaluate(
        async (wish) => {
          const headers = { "content-type": "application/json" };
          await fetch("/api/pace", { method: "POST", headers, body: JSON.stringify(wish) });
        },
        { isPaused },
      );
    const movedShare = async (reducedMotion: "reduce" | "no-preference") => {
      const page = await browser.newPage({ viewport: SMALL, reducedMotion });
      await open(page, "quality=4&t=11:00");
      await until(page, ({ drops }) => drops > 0, "it rains");
      await pace(page, false);
      const shot = () => page.locator(".middle").screenshot({ style: BARE });
      const from = await probe(page, ({ stepsDrawn }) => stepsDrawn);
      const before = await shot();
      await expect
        .poll(() => probe(page, ({ stepsDrawn }) => stepsDrawn), { timeout: 60_000 })
        .toBeGreaterThan(from + 3);
      const share = await differingShare(page, before, await shot());
      await pace(page, true);
      await page.close();
      return share;
    };
    const still = await movedShare("reduce");
    expect(await movedShare("no-preference")).toBeGreaterThan(2 * still + 0.001);
  });
});

for (const [name, viewport] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport });

    test("words say what the sky is, in the panel and in the table, and axe finds nothing", async ({
      page,
    }) => {
      await open(page, STILL);
      await until(page, ({ drops }) => drops > 0, "the first hour of the scenario rains");
      const street = page.getByRole("region", { name: "The street" });
      await expect(street.getByText("Weather")).toBeVisible();
      await expect(street.getByText("Rain", { exact: true })).toBeVisible();
      await expect(page.locator(".scene-canvas")).toHaveAttribute("aria-label", /, rain: 7 homes/);
      if (name === "a screen") await expect(page.locator(".clock")).toContainText("· Rain");
      await expectRight(page);
      await press(page, "Table of homes");
      await expect(page.getByRole("region", { name: "All homes" })).toContainText("7 of 7 · Rain");
      await expectRight(page);
    });
  });
}
