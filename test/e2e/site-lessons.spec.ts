// The six lessons on the static site, where the engine runs in the page: each from its start to its end, one of them
// without a network; and what the page says of a thief that it cannot hide.

import { expect, type Page, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { heading, OTHER_NUMBERS, PUPIL, panel, step } from "./lesson-pupil.ts";
import { PHONE, SCREEN } from "./portal-page.ts";
import { press, until } from "./served-page.ts";
import { type StaticSite, serveSite, untilOfflineReady } from "./static-site.ts";

/** A lesson waits for its street more than once. */
test.setTimeout(240_000);
const ONLY_A_SERVER = "only a live server can hide anything";
let site: StaticSite;

test.beforeEach(async () => {
  site = await serveSite();
});
test.afterEach(() => site.remove());

/** First Street is what the site shows by itself; a lesson takes its own street. */
async function open(page: Page, lesson: string, query = ""): Promise<void> {
  await page.goto(`${site.url}?quality=low&freeze=1&lesson=${lesson}${query}`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

/** From the site's first page, by the button of the lesson. */
async function openHere(page: Page, lesson: string): Promise<void> {
  await open(page, lesson);
  await expect(panel(page).getByText("This lesson is played in school-lane")).toBeVisible();
  await press(page, "Play it in this page");
  await expect(heading(page, "Step 1 of 5")).toBeVisible();
}

test.describe("on a screen", () => {
  test.use({ viewport: SCREEN });

  for (const [lesson, play] of PUPIL) {
    test(`${lesson}, with the engine in the page`, async ({ page }) => {
      await openHere(page, lesson);
      await expect(panel(page).getByText(ONLY_A_SERVER)).toHaveCount(
        lesson === "finding-the-bypass" ? 1 : 0,
      );
      await play(page);
      await expectRight(page);
    });
  }
});

test.describe("on a phone", () => {
  test.use({ viewport: PHONE });

  test("after the first visit a lesson is played without a network", async ({ page }) => {
    await open(page, "list");
    await untilOfflineReady(page);
    await site.stop();
    await openHere(page, "reading-a-bill");
    const [, play] = PUPIL.find(([lesson]) => lesson === "reading-a-bill")!;
    await play(page);
  });

  test("a lesson that hides its thief says that this needs a live server, in both languages", async ({
    page,
  }) => {
    await open(page, "list");
    const bypass = panel(page).getByRole("button", { name: /^Finding the bypass/ });
    await expect(bypass).toContainText("The thief is hidden on a live server only");
    await expect(panel(page).getByText("on a live server only")).toHaveCount(1);
    await bypass.click();
    await expect(panel(page).getByText(ONLY_A_SERVER)).toBeVisible();
    await expectRight(page);
    await panel(page).getByText("हिन्दी").click();
    await expect(panel(page).getByText("छिपाना केवल लाइव सर्वर पर हो सकता है")).toBeVisible();
    await panel(page).getByText("English").click();
    await press(page, "Play it in this page");
    await step(page, 1);
    await expect
      .poll(() => new URL(page.url()).searchParams.get("lesson"))
      .toBe("finding-the-bypass");
    await page.reload();
    await until(page, ({ ready }) => ready, "the street is drawn again");
    await step(page, 1);
  });

  test("a street of the lesson's name with other numbers is told apart, and the right one opens", async ({
    page,
  }) => {
    await open(page, "reading-a-bill", "&scenario=school-lane&seed=2");
    await expect(panel(page).getByText(OTHER_NUMBERS)).toBeVisible();
    await expectRight(page);
    await press(page, "Play it in this page");
    await expect(panel(page).getByText(OTHER_NUMBERS)).toHaveCount(0);
    await step(page, 1);
  });
});
