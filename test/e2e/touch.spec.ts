// The timeline and the header under fingers on a phone: lanes that a thumb hits, two fingers that zoom, buttons in one row,
// and what a link has no room for.

import { expect, type Page, test } from "playwright/test";
import { probe, type Serving, startServing, stopServing, until } from "./served-page.ts";

const TOUCH_PX = 44;
let serving: Serving;

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
test.use({ permissions: ["clipboard-read", "clipboard-write"] });

test.beforeAll(async () => {
  const options = ["--port", "0", "--no-mqtt", "--paused", "--step", "1min"];
  serving = await startServing("scenarios/first-street.yaml", options);
  const headers = { "content-type": "application/json" };
  const request = { method: "POST", headers, body: JSON.stringify({ steps: 120 }) };
  expect((await fetch(new URL("api/pace", serving.url), request)).ok).toBe(true);
});
test.afterAll(() => stopServing(serving));

async function open(page: Page): Promise<void> {
  await page.goto(`${serving.url}?quality=low&freeze=1`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  await expect.poll(() => probe(page, ({ simMs }) => simMs)).toBe(7_200_000);
}

/** Two fingers beside each other, from one distance to another, px. */
async function pinch(
  page: Page,
  middle: { readonly x: number; readonly y: number },
  fromPx: number,
  toPx: number,
): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const touchPoints = (apartPx: number) =>
    [-1, 1].map((side, id) => ({ x: middle.x + (side * apartPx) / 2, y: middle.y, id }));
  const say = (type: "touchStart" | "touchMove", apartPx: number) =>
    devtools.send("Input.dispatchTouchEvent", { type, touchPoints: touchPoints(apartPx) });
  await say("touchStart", fromPx);
  for (let part = 1; part <= 8; part++)
    await say("touchMove", fromPx + ((toPx - fromPx) * part) / 8);
  await devtools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

test("lanes are as high as a thumb, and two fingers zoom the timeline in and out", async ({
  page,
}) => {
  await open(page);
  const lanes = page.locator(".timeline-lanes button");
  for (const lane of await lanes.all()) {
    expect((await lane.boundingBox())!.height).toBeGreaterThanOrEqual(TOUCH_PX);
  }
  expect(await lanes.count()).toBeGreaterThan(2);
  const strip = page.locator(".timeline-strip");
  await strip.scrollIntoViewIfNeeded();
  const box = (await strip.boundingBox())!;
  const middle = { x: box.x + box.width / 2, y: box.y + 60 };
  const spanMs = async (): Promise<number> =>
    Number.parseInt(new URL(page.url()).searchParams.get("window") ?? "86400000", 10);
  await pinch(page, middle, 40, 200);
  await expect.poll(spanMs).toBeLessThan(7_200_000 / 2);
  const near = await spanMs();
  await pinch(page, middle, 200, 80);
  await expect.poll(spanMs).toBeGreaterThan(near * 1.5);
});

test("all buttons of the header are in one row", async ({ page }) => {
  await open(page);
  const boxes = await Promise.all(
    (await page.locator(".header-buttons button").all()).map((button) => button.boundingBox()),
  );
  expect(boxes.length).toBeGreaterThan(5);
  expect(new Set(boxes.map((box) => Math.round(box!.y))).size).toBe(1);
  for (const box of boxes) {
    expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(TOUCH_PX);
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  }
});

test("a link says how many bookmarks it has no room for", async ({ page }) => {
  await open(page);
  const { runId } = (await (
    await fetch(new URL("api/moments?sides=belief&afterMs=0", serving.url))
  ).json()) as {
    readonly runId: string;
  };
  const list = Array.from({ length: 30 }, (_, n) => ({
    atMs: n * 60_000,
    name: `${n} `.padEnd(60, "x"),
  }));
  await page.evaluate(
    ([key, value]) => localStorage.setItem(key!, value!),
    [`meterville.bookmarks.${runId}`, JSON.stringify(list)],
  );
  await page.reload();
  await until(page, ({ ready }) => ready, "the street is drawn");
  await page.getByRole("button", { name: "Bookmarks" }).click();
  await page.getByRole("button", { name: "Copy a link with these bookmarks" }).click();
  await expect(page.getByText(/The last \d+ bookmarks are left out/)).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const carried = new URL(link).searchParams.get("marks")?.split("!").length ?? 0;
  const said = Number(
    /last (\d+) bookmarks/.exec((await page.locator("body").textContent()) ?? "")?.[1],
  );
  expect(carried + said).toBe(list.length);
});
