// Everything beside the picture: tree and table by keyboard alone, why and plots of a home, projector, phone, and a
// browser that cannot draw in 3D.

import { readFileSync } from "node:fs";
import { chromium, expect, type Page, test } from "playwright/test";
import { expectRight, faults, sideways } from "./legible.ts";
import { DAY_MS, HOOK_WALL_MS, PHONE, SCREEN, SIZES, startAt } from "./portal-page.ts";
import { choose, type Serving, stopServing, until } from "./served-page.ts";

/** A fortnight after the thief of Three Lanes began; on the first of February everybody was billed. */
const STOP_MS = 25 * DAY_MS;
const THIEF = "4 Tamarind Lane";
let serving: Serving;

/** Three Lanes after 25 days, standing still. */
test.beforeAll(async () => {
  test.setTimeout(HOOK_WALL_MS);
  serving = await startAt("scenarios/three-lanes.yaml", STOP_MS, { isPaused: true });
});

test.afterAll(() => stopServing(serving));

async function open(page: Page, query = ""): Promise<void> {
  await page.goto(`${serving.url}?freeze=1&quality=low${query}`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("the tree reaches every home by arrows, and Enter opens one", async ({ page }) => {
      await open(page);
      await page.keyboard.press("/");
      await expect(page.getByRole("searchbox", { name: "Find a home" })).toBeFocused();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("End");
      const last = await focused(page);
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowLeft");
      await expect(page.getByRole("treeitem")).toHaveCount(1);
      await page.keyboard.press("ArrowRight");
      await expect(page.locator(".home-row")).toHaveCount(24);
      await page.keyboard.press("End");
      expect(await focused(page)).toBe(last);
      await page.keyboard.press("Enter");
      const chosen = page.locator('.home-row[aria-selected="true"]');
      await expect(chosen).toHaveCount(1);
      const address = await chosen.locator(".home-address").textContent();
      await expect(page.getByRole("heading", { name: address!, exact: true })).toBeVisible();
    });

    test("tree and table say how transformer, cables and masts are, by keyboard", async ({
      page,
    }) => {
      await open(page);
      await page.keyboard.press("/");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      expect(await focused(page)).toContain("Network");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowDown");
      const said = (): Promise<string> =>
        page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
      expect(await said()).toMatch(/^Transformer, \d+ kVA, [\d.]+ % loaded.*Feeds 24 homes/);
      await page.keyboard.press("ArrowDown");
      expect(await said()).toMatch(/^Cable .* % loaded, [\d.]+ A, [\d.]+ V at its end/);
      const masts = page.getByRole("treeitem", { name: /^Mast / });
      await expect(masts.first()).toHaveAttribute("aria-label", /: (up|down).* meters registered/);
      await page.keyboard.press("ArrowLeft");
      expect(await focused(page)).toContain("Network");
      await page.keyboard.press("t");
      await page.getByRole("button", { name: "Cables, transformers, masts" }).click();
      const table = page.getByRole("region", { name: "The network" });
      await table.locator("tbody th").first().focus();
      expect(await said()).toContain("kVA");
      await page.keyboard.press("End");
      expect(await said()).toMatch(/^Mast /);
      await expectRight(page);
    });

    test("the voltage is plotted along the feeder, and a difference is told in numbers", async ({
      page,
    }) => {
      await open(page, "&layer=voltage&view=difference");
      await choose(page, THIEF);
      const compared = page.locator(".compared");
      await expect(compared.locator("tbody tr")).toHaveCount(4);
      await expect(compared.getByRole("row", { name: /^Register/ })).toContainText(/[\d,.]+ kWh/);
      await expectRight(page);
      await page.keyboard.press("1");
      const plot = page.getByRole("img", { name: "Volts over metres from the transformer" });
      await expect(plot.locator("circle")).toHaveCount(24);
      expect(await plot.locator("line.is-rim").count()).toBeGreaterThan(24);
      await expect(page.locator(".voltage-profile .muted")).toContainText(
        /Lowest 2\d\d\.\d V at .*, \d+ m of cable from the transformer/,
      );
      await expectRight(page);
    });

    test("T opens the table, a word finds homes, Enter selects one, and the page shows it", async ({
      page,
    }) => {
      await open(page);
      await page.keyboard.press("t");
      const table = page.getByRole("region", { name: "All homes" });
      await expect(table.locator("tbody tr")).toHaveCount(24);
      await table.getByRole("button", { name: "Suspicion" }).press("Enter");
      await table.getByRole("button", { name: "Suspicion" }).press("Enter");
      await expect(table.locator("tbody tr").first()).toContainText(THIEF);
      await table.getByRole("searchbox").fill("mango");
      await expect(table.locator("tbody tr").first()).toContainText("Mango Lane");
      const homes = await table.locator("tbody tr").count();
      expect(homes).toBeLessThan(24);
      await table.locator(".table-home").first().focus();
      await page.keyboard.press("End");
      const address = await focused(page);
      await page.keyboard.press("Enter");
      await expect(page.getByRole("heading", { name: address, exact: true })).toBeVisible();
      await expect(table.locator('[aria-pressed="true"]')).toHaveText(address);
      await expect(page.locator('.home-row[aria-selected="true"]')).toContainText(address);
      await expectRight(page);
    });

    test("a home says why: its bill, its account, its case, with the numbers of each", async ({
      page,
    }) => {
      await open(page);
      await choose(page, THIEF);
      const panel = page.locator(".details");
      const whys = panel.locator(".why summary");
      await expect.poll(() => whys.count()).toBeGreaterThanOrEqual(2);
      for (const why of await whys.all()) if (await why.isVisible()) await why.click();
      await expect(panel.locator(".signals li").first()).toContainText("likelier");
      await expect(panel.locator(".signal-numbers").first()).toContainText("phase");
      await expect(panel.locator(".working li").first()).toContainText(/kWh × ₹[\d.]+ a kWh = ₹/);
      await expectRight(page);
    });

    test("the plots have the last day and the last month, after a reload too", async ({ page }) => {
      await open(page);
      await choose(page, THIEF);
      for (const after of ["opening", "reload"]) {
        await expect(page.getByRole("img", { name: "Power in the last day" })).toBeVisible();
        await expect(page.locator(".plot canvas"), after).toHaveCount(2);
        await expect(page.locator(".plots .for-readers")).toContainText(
          /add up to [\d.]+ kWh, at most/,
        );
        const inked = await page.locator(".plot canvas").evaluateAll((canvases) =>
          canvases.map((canvas) => {
            const { width, height } = canvas as HTMLCanvasElement;
            const context = (canvas as HTMLCanvasElement).getContext("2d")!;
            const { data } = context.getImageData(0, 0, width, height);
            let count = 0;
            // The colour of what is known, #55cdf0.
            for (let at = 0; at < data.length; at += 4) {
              if (data[at] === 0x55 && data[at + 1] === 0xcd && data[at + 2] === 0xf0) count++;
            }
            return count;
          }),
        );
        for (const pixels of inked) expect(pixels).toBeGreaterThan(100);
        await page.waitForTimeout(2_500);
        await page.reload();
        await until(page, ({ ready }) => ready, "the street is drawn");
      }
    });

    test("a bill is read as a page, in English and in Hindi, and as a PDF", async ({ page }) => {
      await open(page);
      await choose(page, THIEF);
      await page.getByRole("button", { name: "Read the bill" }).first().click();
      const dialog = page.getByRole("dialog", { name: /^Bill supply-/ });
      await expect(dialog.getByRole("heading", { name: "Electricity bill" })).toBeVisible();
      await expect(dialog).toContainText("1 January 2026 – 31 January 2026");
      const total = await dialog.locator("tfoot td").textContent();
      expect(total).toMatch(/^₹[\d,]+\.\d\d$/);
      await expect(dialog.getByRole("img", { name: /^Use by day, in kWh: / })).toBeVisible();
      await expectRight(page);
      await dialog.getByText("हिन्दी").click();
      await expect(dialog.getByRole("heading", { name: "बिजली का बिल" })).toBeVisible();
      await expect(dialog.locator("tfoot td")).toHaveText(total!);
      await expect(dialog).toContainText("31 जनवरी 2026");
      expect(await faults(page)).toEqual([]);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        dialog.getByRole("link", { name: "PDF" }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/^bill-supply-\d+-2026-01-hi\.pdf$/);
      const pdf = readFileSync(await download.path());
      expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    });

    test("a projector gets larger type on light, and axe finds nothing", async ({ page }) => {
      await open(page, "&projector=1");
      await choose(page, THIEF);
      await expect(page.locator("html")).toHaveClass(/is-projector/);
      const size = await page
        .locator(".fact")
        .first()
        .evaluate((fact) => Number.parseFloat(getComputedStyle(fact).fontSize));
      expect(size).toBeGreaterThanOrEqual(14 * 1.4);
      expect(await sideways(page)).toBeLessThanOrEqual(0);
      expect(await faults(page)).toEqual([]);
      await page.keyboard.press("p");
      await expect(page.locator("html")).not.toHaveClass(/is-projector/);
    });
  });
}

test("a finger finds what it is to press: 44 px on a phone", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await open(page);
  await choose(page, THIEF);
  const small = await page
    .locator("button, summary, select, input[type=search], [role=treeitem]")
    .evaluateAll((all) =>
      all.flatMap((each) => {
        if (!each.checkVisibility()) return [];
        const { width, height } = each.getBoundingClientRect();
        const isHidden = width <= 1 || height <= 1;
        const name = each.getAttribute("aria-label") ?? each.textContent?.trim() ?? "";
        return isHidden || height >= 44 ? [] : [`${Math.round(height)} px: ${name}`];
      }),
    );
  expect(small).toEqual([]);
});

test("without WebGL the table takes the picture's place and says so", async () => {
  const browser = await chromium.launch({
    executablePath: process.env["METERVILLE_CHROMIUM"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-3d-apis", "--disable-gpu"],
  });
  try {
    const page = await (await browser.newContext({ viewport: SCREEN })).newPage();
    const failures: string[] = [];
    page.on("pageerror", (error) => failures.push(String(error)));
    await page.goto(serving.url);
    await expect(page.getByRole("alert")).toContainText("cannot draw the street in 3D");
    await expect(page.locator(".home-table tbody tr")).toHaveCount(24);
    await page.locator(".table-home").filter({ hasText: THIEF }).press("Enter");
    await expect(page.getByRole("heading", { name: THIEF, exact: true })).toBeVisible();
    expect(await faults(page)).toEqual([]);
    expect(failures).toEqual([]);
  } finally {
    await browser.close();
  }
});
