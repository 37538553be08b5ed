// The single-line diagram: what the picture shows as a drawing, by keyboard, for readers, and without WebGL.

import { chromium, expect, type Page, test } from "playwright/test";
import { PHASE_COLOURS } from "../../web/scene/palette.ts";
import { expectRight, faults } from "./legible.ts";
import { DAY_MS, HOOK_WALL_MS, SCREEN, SIZES, startAt } from "./portal-page.ts";
import { type Serving, stopServing, until } from "./served-page.ts";

const STOP_MS = 25 * DAY_MS;
const THIEF = "4 Tamarind Lane";
const UNKNOWN_CABLE = "#8b959c";
let serving: Serving;

test.beforeAll(async () => {
  test.setTimeout(HOOK_WALL_MS);
  serving = await startAt("scenarios/three-lanes.yaml", STOP_MS, { isPaused: true });
});

test.afterAll(() => stopServing(serving));

async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`${serving.url}?freeze=1&quality=low${query}`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

const spoken = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? null);

/** Colours of the cables that are drawn, without their edges. */
const cableColours = (page: Page): Promise<readonly string[]> =>
  page
    .locator(".diagram-sheet [data-line] path:nth-of-type(2)")
    .evaluateAll((paths) => paths.flatMap((path) => path.getAttribute("stroke") ?? []));

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("D opens it; arrows walk it; Enter selects; tree, panel and address follow", async ({
      page,
    }) => {
      await open(page);
      await page.keyboard.press("d");
      const diagram = page.getByRole("tree", { name: "Single-line diagram" });
      const transformer = diagram.locator(".is-transformer");
      await expect(transformer).toHaveAttribute(
        "aria-label",
        /^Transformer feeder, 25 kVA: .*\d+ % full.* 24 homes$/,
      );
      await transformer.focus();
      await page.keyboard.press("ArrowDown");
      expect(await spoken(page)).toMatch(/^Trunk cable \S+ L1 L2 L3: \d+ % · [\d.]+ A · [\d.]+ V/);
      await page.keyboard.press("ArrowUp");
      expect(await spoken(page)).toMatch(/^Transformer /);
      // Down to a home, then beside it.
      for (let at = 0; at < 12 && !(await spoken(page))?.startsWith("Home "); at++)
        await page.keyboard.press("ArrowDown");
      const first = await spoken(page);
      expect(first).toMatch(/^Home .*: .*\d+ W.* · L[123], /);
      await page.keyboard.press("ArrowRight");
      expect(await spoken(page)).not.toBe(first);
      await page.keyboard.press("ArrowLeft");
      expect(await spoken(page)).toBe(first);
      await page.keyboard.press("Enter");
      const chosen = diagram.locator('[aria-selected="true"]');
      await expect(chosen).toHaveCount(1);
      const address = (await chosen.locator("b").textContent())!;
      await expect(page.getByRole("heading", { name: address, exact: true })).toBeVisible();
      await expect(page.locator('.home-row[aria-selected="true"]')).toContainText(address);
      await expect.poll(() => new URL(page.url()).searchParams.get("diagram")).toBe("1");
      await page.reload();
      await expect(diagram.locator('[aria-selected="true"] b')).toHaveText(address);
      await expectRight(page);
    });

    test("every home, mast and transformer is there; a home chosen in the tree is brought in", async ({
      page,
    }) => {
      await open(page, "&diagram=1");
      const diagram = page.getByRole("tree", { name: "Single-line diagram" });
      await diagram.locator(".is-transformer").focus();
      const heard = new Set<string>();
      // From the last node back to the first and every one between, by the order in the drawing.
      await page.keyboard.press("End");
      expect(await spoken(page)).toMatch(/^Mast mast-1: \d+ meters · /);
      await page.locator(".home-row").filter({ hasText: THIEF }).click();
      const thief = diagram.locator('[aria-selected="true"]');
      await expect(thief).toHaveAttribute("aria-label", new RegExp(`^Home ${THIEF}: theft`));
      // On a phone the list is further down the page than the drawing.
      await diagram.locator("xpath=..").scrollIntoViewIfNeeded();
      await page.locator(".diagram > header").scrollIntoViewIfNeeded();
      await expect(thief).toBeInViewport();
      const box = diagram.locator("xpath=..");
      const { height, seen } = await box.evaluate((each) => ({
        height: each.scrollHeight,
        seen: each.clientHeight,
      }));
      for (let top = 0; top < height; top += seen / 2) {
        await box.evaluate((each, to) => each.scrollTo(0, to), top);
        await page.waitForTimeout(60);
        for (const text of await diagram.locator(".is-home b").allTextContents()) heard.add(text);
      }
      expect(heard.size).toBe(24);
    });
  });
}

test("each view knows its own: nothing of the truth is in the company's drawing", async ({
  page,
}) => {
  await page.setViewportSize(SCREEN);
  await open(page, "&diagram=1");
  const diagram = page.getByRole("tree", { name: "Single-line diagram" });
  await expect(diagram.locator(".is-home").first()).toBeVisible();
  expect(new Set(await cableColours(page)).has(UNKNOWN_CABLE)).toBe(false);
  await page.keyboard.press("2");
  const thief = diagram.locator(".is-home").filter({ hasText: THIEF });
  await expect(thief).toHaveAttribute("aria-label", /case, .* account /);
  const company = await diagram
    .getByRole("treeitem")
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("aria-label")));
  expect(company.filter((text) => /theft|% full| A · |message/.test(text ?? ""))).toEqual([]);
  expect(company).toContainEqual(expect.stringMatching(/^Mast mast-1: state not known$/));
  expect(new Set(await cableColours(page))).toEqual(new Set([UNKNOWN_CABLE]));
  expect(await faults(page)).toEqual([]);
  await page.keyboard.press("1");
  await page.getByRole("radio", { name: "Phase" }).first().check();
  await expect
    .poll(async () => new Set(await cableColours(page)))
    .toEqual(new Set(PHASE_COLOURS.map(({ hex }) => hex)));
});

test("below a closed cable there is a sum, and the way down opens it", async ({ page }) => {
  await page.setViewportSize(SCREEN);
  await open(page, "&diagram=1");
  const diagram = page.getByRole("tree", { name: "Single-line diagram" });
  const transformer = diagram.locator(".is-transformer");
  await transformer.press("Enter");
  await expect(transformer).toHaveAttribute("aria-expanded", "false");
  await expect(diagram.locator(".is-home")).toHaveCount(0);
  await expect(transformer).toHaveAttribute("aria-label", /1 theft/);
  await transformer.press("ArrowDown");
  await expect(transformer).toHaveAttribute("aria-expanded", "true");
  await expect(diagram.locator(".is-home").first()).toBeVisible();
});

test("without WebGL it is offered, and works", async () => {
  const browser = await chromium.launch({
    executablePath: process.env["METERVILLE_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-3d-apis", "--disable-gpu"],
  });
  try {
    const page = await (await browser.newContext({ viewport: SCREEN })).newPage();
    await page.goto(serving.url);
    await page.getByRole("button", { name: "Open the single-line diagram" }).click();
    const diagram = page.getByRole("tree", { name: "Single-line diagram" });
    await diagram.locator(".is-home").filter({ hasText: THIEF }).press("Enter");
    await expect(page.getByRole("heading", { name: THIEF, exact: true })).toBeVisible();
    expect(await faults(page)).toEqual([]);
  } finally {
    await browser.close();
  }
});
