// The static site: the engine in the page, the same hash as on the command line, offline, by link, and two runs side by
// side.

import { expect, type Page, test } from "playwright/test";
import { resolveScenario } from "../../sim/engine/scenario/resolve.ts";
import { beginStep, finalHash, finishStep } from "../../sim/engine/step.ts";
import { createTwin } from "../../sim/engine/world.ts";
import { createReadText } from "../../sim/host/files.ts";
import { record } from "../support/recorded.ts";
import { journal } from "../support/street.ts";
import { expectRight } from "./legible.ts";
import { SIZES } from "./portal-page.ts";
import { until } from "./served-page.ts";
import { type StaticSite, serveSite, untilOfflineReady } from "./static-site.ts";

const HOUR_MS = 3_600_000;
const SITE_WALL_MS = 120_000;
let site: StaticSite;

test.beforeAll(async () => {
  test.setTimeout(SITE_WALL_MS);
  site = await serveSite();
});
test.afterAll(() => site.remove());

const open = async (page: Page, query: string): Promise<void> => {
  await page.goto(`${site.url}${query}`);
  await until(page, ({ ready }) => ready, "the street is drawn");
};

/** As the page says it, in the dialog of its scenario. */
async function hashOf(page: Page): Promise<string | null> {
  await page.getByRole("button", { name: "Scenario and link" }).click();
  const hash = await page.getByTestId("hash").textContent();
  await page.getByRole("button", { name: "Close" }).first().click();
  return hash;
}

/** What Node makes of the same scenario. */
function hashInNode(untilMs: number): string {
  const twin = createTwin(resolveScenario("scenarios/three-lanes.yaml", createReadText()));
  while (twin.world.engine.clock.nowMs < untilMs) {
    beginStep(twin, []);
    finishStep(twin, []);
  }
  return finalHash(twin);
}

test("a scenario runs in the page to the same hash as in Node", async ({ page }) => {
  await open(page, `?scenario=three-lanes&at=${36 * HOUR_MS}&quality=low`);
  await expect(page.getByTestId("clock")).toHaveText("12:00");
  expect(await hashOf(page)).toBe(hashInNode(36 * HOUR_MS));
});

test("a link that makes no sense says so and shows the first street", async ({ page }) => {
  await open(page, "?quality=low#twin=AAAA");
  await expect(page.getByRole("alert")).toContainText("the link is damaged: copy it whole");
  await expect(page.getByText("First Street").first()).toBeVisible();
});

/** Lets a file fall onto the page, as from a desktop. */
async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  await page.evaluate(
    ([fileName, base64]) => {
      const content = Uint8Array.from(atob(base64!), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], fileName!));
      for (const kind of ["dragover", "drop"]) {
        const options = { bubbles: true, cancelable: true, dataTransfer };
        document.body.dispatchEvent(new DragEvent(kind, options));
      }
    },
    [name, Buffer.from(bytes).toString("base64")],
  );
}

test("a recording that is dropped onto the page runs again to its hash; broken files are a sentence", async ({
  page,
}) => {
  const { bytes, twin } = await record(2 * HOUR_MS, journal([[HOUR_MS, { kind: "mast-down" }]]));
  await open(page, "?quality=low");
  await drop(page, "street.mcap", bytes);
  await expect(page.getByText("street.mcap is open.")).toBeVisible();
  await expect(page.getByText("Three Lanes").first()).toBeVisible();
  await page.locator(".speeds").getByText("max").click();
  await expect(page.getByTestId("clock")).toHaveText("02:00");
  await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
  expect(await hashOf(page)).toBe(finalHash(twin));
  await drop(page, "half.mcap", bytes.subarray(0, bytes.length >> 1));
  await expect(page.getByRole("alert")).toContainText("half.mcap: the recording was cut off");
  await drop(page, "story.docx", new Uint8Array(3));
  await expect(page.getByRole("alert")).toContainText("neither a scenario (.yaml) nor a recording");
  const broken = new TextEncoder().encode("meterville: 1\nname: x\nseed: one\n");
  await drop(page, "broken.yaml", broken);
  await expect(page.getByRole("alert")).toContainText("scenarios/broken.yaml:3");
  await expect(page.getByText("Three Lanes").first()).toBeVisible();
});

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("after the first visit the site works without a network", async ({ page }) => {
      await open(page, "?quality=low");
      await untilOfflineReady(page);
      await site.stop();
      await open(page, `?scenario=three-lanes&at=${8 * HOUR_MS}&quality=low`);
      expect(await hashOf(page)).toBe(hashInNode(8 * HOUR_MS));
      await site.remove();
      site = await serveSite();
    });

    test("what is done in the page is in its link, and another browser shows the same", async ({
      page,
      browser,
    }) => {
      await open(page, `?scenario=three-lanes&at=${8 * HOUR_MS}&quality=low`);
      await page.getByRole("button", { name: "Mast down" }).click();
      await page.getByRole("button", { name: "Scenario and link" }).click();
      await page.getByRole("button", { name: "Copy the link to this run" }).click();
      const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
      await expectRight(page);
      await page.getByRole("button", { name: "Close" }).first().click();
      const other = await browser.newPage({ viewport: size });
      await other.goto(link);
      await until(other, ({ ready }) => ready, "the street is drawn");
      await expect(other.getByTestId("clock")).toHaveText("08:00");
      expect(await hashOf(other)).toBe(await hashOf(page));
      await other.getByRole("button", { name: "One moment or step on" }).click();
      await expect(other.getByRole("button", { name: "Mast up" })).toBeVisible();
      await other.close();
    });

    test("a scenario is written with completion and its faults in place, run, and shared", async ({
      page,
      browser,
    }) => {
      await open(page, "?scenario=prepaid-lanes&quality=low");
      await page.getByRole("button", { name: "Scenario and link" }).click();
      await page.getByRole("button", { name: "Edit this scenario" }).click();
      const text = page.getByRole("textbox", { name: "Scenario" });
      await expect(page.getByText("It is right.")).toBeVisible();
      await text.click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type("\nthef");
      // The list takes no key in the instant in which it comes.
      await page.getByRole("option", { name: /thefts/ }).click();
      await page.keyboard.type('[{ target: supply-99, from: "0d1h", share: 0.5 }]');
      const problem = page.getByRole("list", { name: "Problems" }).getByRole("button");
      await expect(problem.first()).toContainText(/thefts.*supply-99/);
      await expect(page.locator(".cm-lintRange-error").first()).toBeVisible();
      await expect(page.getByRole("button", { name: "Run it" })).toBeDisabled();
      await expectRight(page);
      await problem.first().click();
      await page.keyboard.press("Alt+l");
      await page.keyboard.type('thefts: [{ target: supply-07, from: "0d1h", share: 0.5 }]');
      await page.keyboard.press("Escape");
      await expect(page.getByText("It is right.")).toBeVisible();
      await page.getByRole("button", { name: "Run it" }).click();
      await expect(text).toBeHidden();
      await page.locator(".speeds").getByText("600×", { exact: true }).click();
      await until(page, ({ thefts }) => thefts["partial-bypass"] === 1, "the new thief is seen");
      const other = await browser.newPage({ viewport: size });
      await other.goto(page.url());
      await until(other, ({ ready }) => ready, "the street is drawn");
      await other.getByRole("button", { name: "Scenario and link" }).click();
      await other.getByRole("button", { name: "Edit this scenario" }).click();
      const shared = other.getByRole("textbox", { name: "Scenario" });
      await shared.click();
      // Only what is in sight is in the page.
      await other.keyboard.press("Control+End");
      await expect(shared).toContainText("supply-07, from");
      await other.close();
    });

    test("a branch runs beside the run that it leaves, and the first difference is explained", async ({
      page,
    }) => {
      await open(page, `?scenario=three-lanes&at=${8 * HOUR_MS}&quality=low`);
      await page.getByRole("button", { name: "Branch here …" }).click();
      await expect(page.getByLabel("What happens in it")).toBeVisible();
      await page.getByRole("button", { name: "Run both side by side" }).click();
      await expect(page.getByText(/Up to here both are the same, bit for bit/)).toBeVisible();
      await page.getByText("3 600×").click();
      await page.getByRole("button", { name: "Run both on" }).click();
      await expect(
        page.getByText(/The first thing that differs, in the minute that ends at 8h1min/),
      ).toBeVisible();
      await expect(page.getByRole("row", { name: /^Stolen 0 kWh .* \+/ })).toBeVisible();
      await page.getByRole("button", { name: "Pause both" }).click();
      await expect(
        page.getByText(/whether something is stolen at .* Lane is “no” in A and “yes” in B/),
      ).toBeVisible();
      const home = page.getByRole("rowheader").getByRole("button").first();
      await home.click();
      await expectRight(page);
    });
  });
}
