// Time at the page: pausing at events, single steps, looking back, keys, the address, the hidden truth, starting over.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page, test } from "playwright/test";
import { faults } from "./legible.ts";
import {
  choose,
  press,
  probe,
  ROOT,
  type Serving,
  startServing,
  stopServing,
  until,
} from "./served-page.ts";

const THIEF = { id: "supply-12", address: "2 Tamarind Lane" };
const CODE = "kirsche";
const SMALL = { width: 960, height: 760 };
let serving: Serving;

test.beforeEach(async ({ page }) => {
  serving = await startServing("scenarios/first-street.yaml", [
    ...["--port", "0", "--no-mqtt", "--paused", "--reveal-code", CODE],
  ]);
  await page.setViewportSize(SMALL);
});

test.afterEach(async () => {
  await stopServing(serving);
  for (const [folder] of serving.stderr().matchAll(/runs\/[\w.-]+/g))
    rmSync(join(ROOT, folder), { recursive: true, force: true });
});

async function open(page: Page, query = ""): Promise<void> {
  const separator = query === "" ? "?" : "&";
  await page.goto(`${serving.url}${query}${separator}quality=low&freeze=1`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

const simMs = (page: Page): Promise<number> => probe(page, (now) => now.simMs);
const query = (page: Page): URLSearchParams => new URL(page.url()).searchParams;
/** What has the focus, such as the tree of homes, takes arrows for itself. */
const leaveFocus = (page: Page): Promise<void> => page.getByTestId("clock").click();
const isAt = (page: Page, ms: number): Promise<void> =>
  expect.poll(() => simMs(page), { message: `the page shows ${ms} ms` }).toBe(ms);

test("one key is one step on, one is one moment back, and Shift L is live again", async ({
  page,
}) => {
  await open(page);
  await page.keyboard.press("ArrowRight");
  await isAt(page, 1_000);
  await page.keyboard.press("Shift+ArrowRight");
  await isAt(page, 11_000);
  await page.keyboard.press("ArrowLeft");
  await isAt(page, 10_000);
  await expect(page.getByText("Looking back at")).toBeVisible();
  expect(await probe(page, ({ step }) => step)).toBe(10);
  await page.keyboard.press("Shift+ArrowLeft");
  await isAt(page, 0);
  await page.keyboard.press("ArrowRight");
  await isAt(page, 1_000);
  await page.keyboard.press(",");
  await isAt(page, 0);
  await page.keyboard.press(".");
  await isAt(page, 1_000);
  await page.keyboard.press("Shift+L");
  await isAt(page, 11_000);
  await expect(page.getByText("Looking back at")).toHaveCount(0);
  await page.keyboard.press("Home");
  await isAt(page, 0);
  await page.keyboard.press("End");
  await isAt(page, 11_000);
});

test("the twin pauses at a theft, which the timeline, its list and Ctrl with an arrow show again", async ({
  page,
}) => {
  await open(page);
  await choose(page, THIEF.address);
  await page.keyboard.press("Shift+ArrowRight");
  await isAt(page, 10_000);
  await page.getByText("Pause at the next event").click();
  await press(page, "Steal 60 %");
  await press(page, "Go on");
  await expect(page.getByText(/^Paused: supply-12/)).toBeVisible();
  const pausedMs = await simMs(page);
  expect(pausedMs).toBeGreaterThan(10_000);
  await expect(page.locator('.mark-icon[data-kind="theft"]')).toHaveCount(1);
  await page.getByText("Pause at the next event").click();
  await page.keyboard.press("Shift+ArrowRight");
  await isAt(page, pausedMs + 10_000);
  await page.keyboard.press("Control+ArrowLeft");
  await isAt(page, pausedMs);
  await until(page, ({ counts }) => counts.theft === 1, "the theft is in the picture of then");
  await leaveFocus(page);
  await page.keyboard.press("ArrowLeft");
  await until(page, ({ counts }) => counts.theft === 0, "a moment before, there is none");
  await press(page, "Events as a list");
  await page.locator(".mark-list button").filter({ hasText: "Theft" }).click();
  await isAt(page, pausedMs);

  expect(await faults(page)).toEqual([]);

  // The company does not know of it, on the timeline neither.
  await page.keyboard.press("2");
  await until(page, ({ view }) => view === "company", "the company's view");
  await expect(page.locator('.mark-icon[data-kind="theft"]')).toHaveCount(0);
  await isAt(page, pausedMs);
  const received = await probe(page, ({ channelsReceived }) => Object.keys(channelsReceived));
  expect(received.filter((channel) => !channel.startsWith("belief/"))).toEqual([]);
});

test("reload, back and a copied link show the same moment, view and home", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Shift+ArrowRight");
  await isAt(page, 10_000);
  await choose(page, THIEF.address);
  await leaveFocus(page);
  await page.keyboard.press("3");
  await page.keyboard.press("ArrowLeft");
  await isAt(page, 9_000);
  await expect.poll(() => query(page).get("at")).toBe("9000");
  const run = query(page).get("run");
  expect(run).toMatch(/^[0-9a-f]{8}$/);
  expect([query(page).get("view"), query(page).get("home")]).toEqual(["difference", THIEF.id]);
  await page.reload();
  await until(page, ({ ready, view }) => ready && view === "difference", "the difference is back");
  await isAt(page, 9_000);
  expect(await probe(page, ({ selection }) => selection)).toBe(THIEF.id);
  await expect(page.getByRole("heading", { name: THIEF.address })).toBeVisible();
  await page.goBack();
  await until(
    page,
    ({ view, selection }) => view === "truth" && selection !== "",
    "the view before",
  );
  await page.goBack();
  await until(page, ({ selection }) => selection === "", "no home, as before");
  await page.goForward();
  await until(page, ({ selection }) => selection !== "", "the home again");
});

test("a link to a run that is gone says so and shows what runs, once somebody wants that", async ({
  page,
}) => {
  await open(page, "?run=deadbeef&at=5000&home=supply-99");
  await expect(page.getByText("This link is to run deadbeef")).toBeVisible();
  await expect(page.getByText("There is no home supply-99")).toBeVisible();
  expect(query(page).get("run")).toBe("deadbeef");
  await press(page, "Show what runs now");
  await expect(page.getByText("This link is to run deadbeef")).toHaveCount(0);
  await expect.poll(() => query(page).get("run")).not.toBe("deadbeef");
});

test("a hidden truth leaves the company's view, until somebody writes the code", async ({
  page,
}) => {
  await open(page);
  await press(page, "Hide the truth");
  await until(page, ({ view }) => view === "company", "only the company's view is left");
  await page.keyboard.press("1");
  await expect(page.getByText("The truth is hidden: press Reveal first.")).toBeVisible();
  expect(await probe(page, ({ view }) => view)).toBe("company");
  await page.reload();
  await until(
    page,
    ({ ready, view }) => ready && view === "company",
    "it is hidden after a reload",
  );
  await press(page, "Reveal");
  await page.getByLabel("Code").fill("apfel");
  await press(page, "Show everything");
  await expect(page.getByText("this is not the code")).toBeVisible();
  await page.waitForTimeout(1_100);
  await page.getByLabel("Code").fill(CODE);
  await press(page, "Show everything");
  await expect(page.getByRole("button", { name: "Hide the truth" })).toBeVisible();
  await page.keyboard.press("1");
  await until(page, ({ view }) => view === "truth", "the truth is there again");
});

test("to start over is the first moment of another run at the same address", async ({ page }) => {
  await open(page);
  await page.keyboard.press("Shift+ArrowRight");
  await isAt(page, 10_000);
  await expect.poll(() => query(page).get("run")).not.toBeNull();
  const run = query(page).get("run");
  await press(page, "Start over …");
  await press(page, "Start over");
  await isAt(page, 0);
  await expect.poll(() => query(page).get("run")).not.toBe(run);
  await expect(page.getByText("The run begins again")).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await isAt(page, 1_000);
});

test("keys of one character can be switched off, and a palette finds what has no key", async ({
  page,
}) => {
  await open(page);
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("ten moments back");
  await page.getByText("Keys of a single character act").click();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await page.keyboard.press("2");
  await page.keyboard.press("ArrowRight");
  await isAt(page, 1_000);
  expect(await probe(page, ({ view }) => view)).toBe("truth");
  await page.keyboard.press("Control+k");
  await page.getByLabel("What to find").fill("tamarind 2");
  await page.keyboard.press("Enter");
  await until(page, ({ selection }) => selection === "supply-12", "the home is selected");
  await page.keyboard.press("Control+k");
  await page.getByLabel("What to find").fill("company knows");
  await page.keyboard.press("Enter");
  await until(page, ({ view }) => view === "company", "the view is another");
});
