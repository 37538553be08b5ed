// A town of 10,000 homes in a real browser: everything that a street has, from afar and from near, in few draw calls.

import { expect, type Page, test } from "playwright/test";
import { DIFFERS, THEFT } from "../../web/scene/palette.ts";
import { townScript } from "../support/town-page.ts";
import { countColours, settle } from "./picture.ts";
import { probe, type Serving, startServing, stopServing, until } from "./served-page.ts";

const HOMES = 10_000;
const DRAW_CALLS_MAX = 40;
let serving: Serving;
let town: string;

test.beforeAll(async () => {
  town = await townScript(HOMES, true);
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--speed", "1"],
  ]);
});

test.afterAll(async () => {
  await stopServing(serving);
});

test.beforeEach(async ({ page }) => {
  // Its picture is some 960 × 540.
  await page.setViewportSize({ width: 1600, height: 900 });
  await page.addInitScript({ content: town });
});

async function open(page: Page, more = ""): Promise<void> {
  await page.goto(`${serving.url}?t=11:00&freeze=1&quality=low${more}`);
  await until(page, ({ ready, drawCalls }) => ready && drawCalls > 0, "the town is drawn");
}

const step = (page: Page): Promise<void> => page.evaluate("window.townStep()");

const nearer = async (page: Page, times: number): Promise<void> => {
  for (let time = 0; time < times; time++)
    await page.getByRole("button", { name: "Nearer" }).click();
  await settle(page);
};

/** Of some homes of the whole town, those that are in the picture and free of what lies over it. */
async function homesShown(page: Page): Promise<{ id: string; x: number; y: number }[]> {
  return page.evaluate((homes) => {
    const canvas = document.querySelector(".scene-canvas canvas, canvas.scene-canvas")!;
    const found: { id: string; x: number; y: number }[] = [];
    for (let row = 1; row <= homes && found.length < 25; row += 7) {
      const id = `supply-${row}`;
      const place = window.__meterville!.screenOf(id);
      if (place === null) continue;
      const top = document.elementFromPoint(place.x, place.y);
      if (top !== null && (top === canvas || canvas.contains(top))) found.push({ id, ...place });
    }
    return found;
  }, HOMES);
}

test("10,000 homes are points from afar and bodies from near, counted exactly, in at most 40 draw calls", async ({
  page,
}) => {
  await open(page);
  const afar = await probe(page, ({ levels, drawCalls, counts }) => ({
    levels,
    drawCalls,
    counts,
  }));
  expect(afar.levels.full + afar.levels.box).toBe(0);
  expect(afar.levels.point).toBeGreaterThan(0.9 * HOMES);
  expect(afar.drawCalls).toBeLessThanOrEqual(DRAW_CALLS_MAX);
  expect(afar.counts).toMatchObject({ theft: HOMES / 50, dark: HOMES / 40 });
  const [thefts, differing] = await countColours(page, [THEFT, DIFFERS]);
  expect(thefts, "thefts have the legend's colour to the bit").toBeGreaterThan(100);
  expect(differing).toBe(0);
  // Every home draws another power, which is one upload and one picture.
  const before = await probe(page, ({ uploads }) => uploads);
  await step(page);
  await until(page, ({ lastDrawnStep }) => lastDrawnStep === 2, "the next second is drawn");
  expect(await probe(page, ({ uploads }) => uploads)).toBe(before + 1);
  await nearer(page, 4);
  const middle = await probe(page, ({ levels, drawCalls }) => ({ levels, drawCalls }));
  expect(middle.levels.full).toBeGreaterThan(0);
  expect(middle.levels.box).toBeGreaterThan(0);
  expect(middle.levels.point).toBeGreaterThan(0);
  expect(middle.drawCalls).toBeLessThanOrEqual(DRAW_CALLS_MAX);
});

test("from afar a press is about a street, which it comes near to; from near about exactly the home that is there", async ({
  page,
}) => {
  await open(page);
  const [far] = await homesShown(page);
  const seen = await page.evaluate(({ x, y }) => window.__meterville!.targetAt(x, y), far!);
  expect(seen?.kind).toBe("street");
  await page.mouse.click(far!.x, far!.y);
  await expect(page.getByText(/^Lane \d+: 50 homes\.$/)).toBeVisible();
  await until(page, ({ levels }) => levels.full > 0, "its homes are bodies");
  expect(await probe(page, ({ selection }) => selection)).toBe("");
  await settle(page);
  await nearer(page, 1);
  const homes = await homesShown(page);
  expect(homes.length).toBeGreaterThan(4);
  let exact = 0;
  for (const { id, x, y } of homes) {
    const target = await page.evaluate((at) => window.__meterville!.targetAt(at.x, at.y), { x, y });
    expect(target?.kind, id).toBe("home");
    if (target?.supply === id) exact++;
  }
  // A roof may stand before another one.
  expect(exact).toBeGreaterThanOrEqual(0.8 * homes.length);
  const [home] = homes;
  const { supply } = (await page.evaluate(
    ({ x, y }) => window.__meterville!.targetAt(x, y),
    home!,
  ))!;
  await page.mouse.click(home!.x, home!.y);
  await expect.poll(() => probe(page, ({ selection }) => selection)).toBe(supply);
});

test("no two texts of the town overlap, from afar and from near", async ({ page }) => {
  await open(page);
  let read = 0;
  for (const times of [0, 2, 2, 2]) {
    await nearer(page, times);
    const labels = await probe(page, (shown) => shown.labels);
    read += labels.length;
    labels.forEach((a, at) => {
      for (const b of labels.slice(at + 1)) {
        const isApart =
          a.x + a.width <= b.x ||
          b.x + b.width <= a.x ||
          a.y + a.height <= b.y ||
          b.y + b.height <= a.y;
        expect(isApart, `${a.text} and ${b.text}`).toBe(true);
      }
    });
    if (times === 0) expect(labels.some(({ text }) => /^feeder-/.test(text))).toBe(true);
  }
  expect(read).toBeGreaterThan(4);
});

test("list and table reach the last of 10,000 homes by keyboard, a page at a time", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await open(page);
  await page.locator('[role="treeitem"]').first().press("End");
  await expect(page.locator('[role="treeitem"]:focus')).toContainText("Lane 200");
  await page.keyboard.press("Enter");
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await until(page, ({ selection }) => selection === `supply-10000`, "the last home is selected");
  expect(await page.locator('[role="treeitem"]').count()).toBeLessThanOrEqual(201);
  await page.keyboard.press("t");
  await page.locator(".table-home").first().press("End");
  await expect(page.locator(".table-home:focus")).toHaveText("50 Lane 200");
  expect(await page.locator(".table-home").count()).toBeLessThanOrEqual(200);
});
