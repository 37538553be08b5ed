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
  await page.setViewportSize({ width: 960, height: 540 });
  await page.addInitScript({ content: town });
});

async function open(page: Page, more = ""): Promise<void> {
  await page.goto(`${serving.url}?t=11:00&freeze=1&quality=low${more}`);
  await until(page, ({ ready, drawCalls }) => ready && drawCalls > 0, "the town is drawn");
}

const step = (page: Page): Promise<void> => page.evaluate("window.townStep()");

test("10,000 homes are points from afar, bodies from near, and never more than 40 draw calls", async ({
  page,
}) => {
  await open(page);
  const afar = await probe(page, ({ levels, drawCalls, counts }) => ({ levels, drawCalls, counts }));
  expect(afar.levels.point).toBeGreaterThan(0.9 * HOMES);
  expect(afar.levels.full).toBe(0);
  expect(afar.drawCalls).toBeLessThanOrEqual(DRAW_CALLS_MAX);
  expect(afar.counts).toMatchObject({ theft: HOMES / 50, dark: HOMES / 40 });
});
