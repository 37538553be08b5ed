// Going through a run's time on the timeline: scrubbing, playing backwards, selecting, zooming, folding, bookmarks, and
// the link that shows somebody else the same; on a desk and on a phone.

import { expect, type Page, test } from "playwright/test";
import { faults } from "./legible.ts";
import { choose, probe, type Serving, startServing, stopServing, until } from "./served-page.ts";

const MINUTE_MS = 60_000;
const STEPS = 120;
const HOME = { id: "supply-12", address: "2 Tamarind Lane" };
let serving: Serving;

test.beforeAll(async () => {
  const options = ["--port", "0", "--no-mqtt", "--paused", "--step", "1min"];
  serving = await startServing("scenarios/first-street.yaml", options);
  const url = new URL("api/pace", serving.url);
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ steps: STEPS });
  const response = await fetch(url, { method: "POST", headers, body });
  expect(response.ok).toBe(true);
});

test.afterAll(() => stopServing(serving));

const simMs = (page: Page): Promise<number> => probe(page, (now) => now.simMs);
const isAt = (page: Page, ms: number): Promise<void> =>
  expect.poll(() => simMs(page), { message: `the page shows ${ms} ms` }).toBe(ms);
const query = (page: Page, name: string): string | null =>
  new URL(page.url()).searchParams.get(name);

async function open(page: Page, url = serving.url): Promise<void> {
  await page.goto(url.includes("freeze=1") ? url : `${url}?quality=low&freeze=1`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

/** Where a share of the timeline is, on its lanes or on its ruler. */
async function placeOn(page: Page, share: number, where: "lanes" | "ruler") {
  const strip = page.locator(".timeline-strip");
  await strip.scrollIntoViewIfNeeded();
  const box = (await strip.boundingBox())!;
  return {
    x: box.x + share * box.width,
    y: where === "ruler" ? box.y + box.height - 8 : box.y + 30,
  };
}

async function drag(page: Page, from: number, to: number, where: "lanes" | "ruler"): Promise<void> {
  const [begin, end] = [await placeOn(page, from, where), await placeOn(page, to, where)];
  await page.mouse.move(begin.x, begin.y);
  await page.mouse.down();
  await page.mouse.move(end.x, end.y, { steps: 5 });
  await page.mouse.up();
}

for (const size of [
  { width: 1600, height: 900 },
  { width: 390, height: 844 },
]) {
  test.describe(`at ${size.width} × ${size.height}`, () => {
    test.use({ viewport: size, permissions: ["clipboard-read", "clipboard-write"] });

    test("a thumb that is dragged shows the moments on its way, and the one where it is let go", async ({
      page,
    }) => {
      await open(page);
      await isAt(page, STEPS * MINUTE_MS);
      await drag(page, 0.9, 0.25, "lanes");
      await expect
        .poll(async () => Math.abs((await simMs(page)) - 0.25 * STEPS * MINUTE_MS))
        .toBeLessThan(3 * MINUTE_MS);
      const shownMs = await simMs(page);
      expect(shownMs % MINUTE_MS).toBe(0);
      expect(await probe(page, ({ step }) => step)).toBe(shownMs / MINUTE_MS);
      await expect(page.getByRole("slider", { name: "Moment shown" })).toHaveAttribute(
        "aria-valuetext",
        /\d\d:\d\d/,
      );
      expect(await faults(page)).toEqual([]);
      await page.getByRole("button", { name: "Back to live" }).click();
      await isAt(page, STEPS * MINUTE_MS);
    });

    test("J plays backwards and twice as fast when pressed again, K stops, L plays on until live", async ({
      page,
    }) => {
      await open(page);
      await isAt(page, STEPS * MINUTE_MS);
      await page.keyboard.press("j");
      await expect(page.getByText("Playing backwards at 60×")).toBeVisible();
      for (let times = 0; times < 4; times++) await page.keyboard.press("j");
      await expect(page.getByText("Playing backwards at 960×")).toBeVisible();
      const seen: number[] = [];
      await expect
        .poll(async () => {
          seen.push(await simMs(page));
          return seen.at(-1);
        })
        .toBeLessThan((STEPS - 20) * MINUTE_MS);
      expect([...seen].sort((a, b) => b - a)).toEqual(seen);
      await page.keyboard.press("k");
      await expect(page.getByText("Playing backwards")).toHaveCount(0);
      const stoppedMs = await simMs(page);
      await page.keyboard.press(",");
      await isAt(page, stoppedMs - MINUTE_MS);
      await page.keyboard.press(".");
      await isAt(page, stoppedMs);
      await page.keyboard.press("l");
      await expect(page.getByText("Playing on at 60×")).toBeVisible();
      for (let times = 0; times < 5; times++) await page.keyboard.press("l");
      await isAt(page, STEPS * MINUTE_MS);
      await expect(page.getByText("Playing on")).toHaveCount(0);
      await expect(page.getByText("Looking back at")).toHaveCount(0);
      // The run itself has stood still all the while.
      await expect(page.getByRole("button", { name: "Go on" })).toBeVisible();
    });

    test("a span that is selected on the ruler is played again and again, both ways", async ({
      page,
    }) => {
      await open(page);
      await isAt(page, STEPS * MINUTE_MS);
      await drag(page, 0.4, 0.6, "ruler");
      await expect(page.getByText(/min.* selected/)).toBeVisible();
      const span = (0.2 * STEPS + 3) * MINUTE_MS;
      const place = await placeOn(page, 0.5, "lanes");
      await page.mouse.click(place.x, place.y);
      await expect.poll(() => simMs(page)).toBeLessThan(STEPS * MINUTE_MS);
      for (const key of ["l", "j"]) {
        for (let times = 0; times < 5; times++) await page.keyboard.press(key);
        const seen: number[] = [];
        const turns = (): number =>
          seen.filter((ms, row) => row > 0 && (ms - seen[row - 1]!) * (key === "l" ? 1 : -1) < 0)
            .length;
        await expect
          .poll(
            async () => {
              seen.push(await simMs(page));
              return turns();
            },
            { intervals: [20] },
          )
          .toBeGreaterThan(0);
        expect(Math.max(...seen) - Math.min(...seen)).toBeLessThan(span);
        await page.keyboard.press("k");
      }
      await expect.poll(() => query(page, "span")).toMatch(/^\d+-\d+$/);
      await page.keyboard.press("x");
      await expect(page.getByText(/ selected/)).toHaveCount(0);
      await page.keyboard.press("i");
      await expect(page.getByText(/ selected/)).toBeVisible();
    });

    test("the timeline zooms by keys and wheel from all of it to seconds, and its lanes fold", async ({
      page,
    }) => {
      await open(page);
      await isAt(page, STEPS * MINUTE_MS);
      for (let times = 0; times < 14; times++) await page.keyboard.press("+");
      await expect.poll(() => query(page, "window")).toMatch(/^12000@\d+$/);
      await expect(page.locator(".timeline-strip text").first()).toHaveText(/^\d\d:\d\d:\d\d$/);
      for (let times = 0; times < 14; times++) await page.keyboard.press("-");
      await expect.poll(() => query(page, "window")).toBe("all");
      const { x, y } = await placeOn(page, 0.5, "lanes");
      await page.mouse.move(x, y);
      await page.mouse.wheel(0, -600);
      await expect.poll(() => query(page, "window")).toMatch(/^\d+@\d+$/);
      const [spanMs, fromMs] = query(page, "window")!.split("@").map(Number);
      expect(spanMs).toBeLessThan(0.3 * STEPS * MINUTE_MS);
      // What was under the pointer still is.
      expect(Math.abs(fromMs! + spanMs! / 2 - 0.5 * STEPS * MINUTE_MS)).toBeLessThan(2 * MINUTE_MS);
      await page.getByRole("button", { name: "Network" }).click();
      await page.getByRole("button", { name: "Money" }).click();
      await expect(page.getByRole("button", { name: "2 folded" })).toBeVisible();
      await page.getByRole("button", { name: "2 folded" }).click();
      await expect(page.getByRole("button", { name: "Network" })).toBeVisible();
    });

    test("a bookmark is kept, gone to and deleted, and a link shows somebody else the same", async ({
      page,
      browser,
    }) => {
      await open(page);
      await isAt(page, STEPS * MINUTE_MS);
      await choose(page, HOME.address);
      await page.getByTestId("clock").click();
      await page.keyboard.press("3");
      await until(page, ({ view }) => view === "difference", "the difference");
      await page.keyboard.press("Shift+ArrowLeft");
      await isAt(page, (STEPS - 10) * MINUTE_MS);
      await drag(page, 0.2, 0.4, "ruler");
      await page.keyboard.press("b");
      await page.getByLabel(/^Name for/).fill("Before dinner! ~ 10 %");
      await page.keyboard.press("Enter");
      const entry = page.locator(".bookmark-go");
      await expect(entry).toContainText("Before dinner! ~ 10 %");
      expect(await faults(page)).toEqual([]);
      await page.keyboard.press("Escape");
      await page.keyboard.press("ArrowLeft");
      await isAt(page, (STEPS - 11) * MINUTE_MS);
      await page.getByRole("button", { name: "Bookmarks" }).click();
      await entry.click();
      await isAt(page, (STEPS - 10) * MINUTE_MS);
      await page.getByRole("button", { name: "Copy link" }).click();
      await expect(page.getByText("The link to this moment is copied.")).toBeVisible();
      const link = await page.evaluate(() => navigator.clipboard.readText());

      const context = await browser.newContext({ viewport: size });
      const other = await context.newPage();
      await open(other, link);
      await isAt(other, (STEPS - 10) * MINUTE_MS);
      await until(other, ({ view }) => view === "difference", "the same view");
      expect(await probe(other, ({ selection }) => selection)).toBe(HOME.id);
      await expect(other.getByText(/ selected$/)).toBeVisible();
      for (const name of ["span", "camera"] as const) {
        const sent = new URL(link).searchParams.get(name);
        await expect.poll(() => query(other, name)).toBe(sent);
      }
      await other.getByRole("button", { name: "Bookmarks" }).click();
      await expect(other.locator(".bookmark-go")).toContainText("Before dinner! ~ 10 %");
      // The browser keeps them; what is deleted stays so.
      await open(other);
      await other.getByRole("button", { name: "Bookmarks" }).click();
      await other.getByRole("button", { name: "Delete Before dinner! ~ 10 %" }).click();
      await expect(other.locator(".bookmark-go")).toHaveCount(0);
      await open(other);
      await other.getByRole("button", { name: "Bookmarks" }).click();
      await expect(other.getByText("None yet.")).toBeVisible();
      await context.close();
    });
  });
}
