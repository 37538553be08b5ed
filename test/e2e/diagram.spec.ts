// The single-line diagram: the street's two-dimensional twin, by keyboard alone, for readers of pages, and where a
// browser cannot draw in 3D.

import { chromium, expect, type Page, test } from "playwright/test";
import { expectRight, faults } from "./legible.ts";
import { SCREEN, SIZES } from "./portal-page.ts";
import { press, probe, type Serving, startServing, stopServing, until } from "./served-page.ts";

const THIEF = { id: "supply-12", address: "2 Tamarind Lane" };
/** Source, transformer, 3 + 30 lengths of cable, 60 homes, 2 masts. */
const NODES = 97;
let serving: Serving;

test.beforeEach(async () => {
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--paused"],
  ]);
});
test.afterEach(() => stopServing(serving));

async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`${serving.url}?freeze=1&quality=low${query}`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

const diagram = (page: Page) => page.getByRole("region", { name: "Single-line diagram" });
const nodes = (page: Page) => diagram(page).getByRole("treeitem");
const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("D opens it, arrows walk it, Enter selects a home, and the address keeps it", async ({
      page,
    }) => {
      await open(page);
      await page.keyboard.press("d");
      await expect(nodes(page)).toHaveCount(NODES);
      await nodes(page).first().focus();
      expect(await focusedName(page)).toMatch(/^Source, [\d.]+ k?W\. Feeds 60 homes/);
      await page.keyboard.press("ArrowRight");
      expect(await focusedName(page)).toMatch(
        /^Transformer, 100 kVA, \d+ % loaded, top oil \d+ °C, hot spot/,
      );
      await page.keyboard.press("ArrowRight");
      expect(await focusedName(page)).toMatch(
        /^Cable trunk-1, L1, L2, L3, to 60 homes: \d+ % load/,
      );
      await page.keyboard.press("ArrowRight");
      const first = await focusedName(page);
      await page.keyboard.press("ArrowDown");
      expect(await focusedName(page)).not.toBe(first);
      await page.keyboard.press("ArrowLeft");
      expect(await focusedName(page)).toContain("Cable trunk-1");
      await page.keyboard.press("Enter");
      await expect.poll(() => nodes(page).count()).toBeLessThan(10);
      await page.keyboard.press("ArrowRight");
      await expect(nodes(page)).toHaveCount(NODES);
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowDown");
      expect(await focusedName(page)).toMatch(/^Mast mast-1: up, \d+ meters? registered/);

      const home = diagram(page).locator(`[data-key="home/11"]`);
      await home.focus();
      expect(await focusedName(page)).toContain(THIEF.address);
      await page.keyboard.press("Enter");
      await expect(home).toHaveAttribute("aria-selected", "true");
      await expect(page.getByRole("heading", { name: THIEF.address, exact: true })).toBeVisible();
      await until(page, ({ selection }) => selection === "supply-12", "the picture has it too");
      await expectRight(page);

      await expect.poll(() => new URL(page.url()).searchParams.get("diagram")).toBe("1");
      await page.reload();
      await expect(diagram(page).locator(`[data-key="home/11"]`)).toHaveAttribute(
        "aria-selected",
        "true",
      );
      await page.keyboard.press("d");
      await expect(diagram(page)).toHaveCount(0);
    });

    test("a theft is drawn and said in truth, and nothing of it in the company's view", async ({
      page,
    }) => {
      await open(page, `&diagram=1&home=${THIEF.id}`);
      await press(page, "Steal 60 %");
      await page.keyboard.press("Shift+ArrowRight");
      const home = diagram(page).locator(`[data-key="home/11"]`);
      await expect(home).toHaveAttribute("aria-label", /theft by a bypass around the meter/);
      await expect(home.locator("image")).toHaveCount(1);
      await expect(page.getByTestId("said")).toContainText(THIEF.address);
      expect(await faults(page)).toEqual([]);

      await page.keyboard.press("2");
      await until(page, ({ view }) => view === "company", "the company's view");
      await expect(home).toHaveAttribute("aria-label", /no reading yet|last reading/);
      const said = await nodes(page).evaluateAll((all) =>
        all.map((each) => each.getAttribute("aria-label") ?? "").join("\n"),
      );
      expect(said).not.toMatch(/theft|bypass|\d % loaded,|\d A\b|hot spot|registered/);
      await expect(diagram(page).locator(`[data-kind="home"] image`)).toHaveCount(0);
      await expect(page.getByTestId("said")).toHaveText("");
      const received = await probe(page, ({ channelsReceived }) => Object.keys(channelsReceived));
      expect(received.filter((channel) => !channel.startsWith("belief/"))).toEqual([]);
    });
  });
}

test("colours of cables are the legend's, in each layer", async ({ page }) => {
  await page.setViewportSize(SCREEN);
  await open(page, "&diagram=1");
  const colours = () =>
    diagram(page)
      .locator(".cable[stroke]")
      .evaluateAll((all) => [...new Set(all.map((each) => each.getAttribute("stroke")))]);
  const legend = () =>
    diagram(page)
      .locator(".legend-cables .swatch")
      .evaluateAll((all) =>
        all.map((each) => each.getAttribute("fill") ?? each.innerHTML ?? "").join(" "),
      );
  for (const layer of ["Load", "Voltage", "Phase"]) {
    await diagram(page).getByText(layer, { exact: true }).click();
    const known = await legend();
    // The source's own line means nothing and is grey.
    const drawn = (await colours()).filter((hex) => hex !== "#8b959c");
    expect(drawn.length).toBeGreaterThan(0);
    for (const hex of drawn) expect(known).toContain(hex);
  }
});

test("without WebGL the page offers it, and it does everything", async () => {
  const browser = await chromium.launch({
    executablePath: process.env["METERVILLE_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-3d-apis", "--disable-gpu"],
  });
  try {
    const page = await (await browser.newContext({ viewport: SCREEN })).newPage();
    await page.goto(serving.url);
    await press(page, "Draw the street as a single-line diagram");
    await expect(nodes(page)).toHaveCount(NODES);
    await diagram(page).locator(`[data-key="home/11"]`).focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: THIEF.address, exact: true })).toBeVisible();
    expect(await faults(page)).toEqual([]);
  } finally {
    await browser.close();
  }
});
