// A branch in which the tariff changes: asked for in the dialog, run beside the run that it leaves, and
// explained.

import { expect, type Page, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { SIZES } from "./portal-page.ts";
import { press, until } from "./served-page.ts";
import { type StaticSite, serveSite } from "./static-site.ts";

const SITE_WALL_MS = 120_000;
const COMPARED_WALL_MS = 60_000;
const HOUR_MS = 3_600_000;
/** On the first day: both are worked out from the start. Bills that differ are in test/slow/price-change.test.ts. */
const AT_MS = 2 * HOUR_MS;
let site: StaticSite;

test.setTimeout(240_000);
test.beforeAll(async () => {
  test.setTimeout(SITE_WALL_MS);
  site = await serveSite();
});
test.afterAll(() => site.remove());

async function openBranch(page: Page): Promise<void> {
  await page.goto(`${site.url}?scenario=school-lane&at=${AT_MS}&quality=low&freeze=1`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  await press(page, "Branch here …");
  await page
    .getByLabel("What happens in it")
    .selectOption({ label: "The tariff changes: a kWh has another price" });
}

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("dearer units are asked for, and what they change is explained", async ({ page }) => {
      await openBranch(page);
      const percent = page.getByLabel("Change of the price of a kWh, in percent");
      for (const nonsense of ["a lot", "0", "9000", ""]) {
        await percent.fill(nonsense);
        await press(page, "Run both side by side");
        await expect(page.getByText("Write a number from -50 to 200 that is not 0")).toBeVisible();
      }
      await expectRight(page);
      await percent.fill("५०");
      await press(page, "Run both side by side");
      await expect(
        page.getByText(/a kWh costs everybody 50 % more from the next day on/),
      ).toBeVisible();
      await expect(page.getByText(/No bill that differs has been made yet/)).toBeVisible({
        timeout: COMPARED_WALL_MS,
      });
      await expectRight(page);
    });

    test("a home that pays ahead has its prices in its meter, and the page says so", async ({
      page,
    }) => {
      await openBranch(page);
      await page.getByLabel("For whom").selectOption({ label: "5 School Lane" });
      await press(page, "Run both side by side");
      await expect(page.getByRole("alert")).toContainText("pays ahead, by prices in its meter");
    });
  });
}
