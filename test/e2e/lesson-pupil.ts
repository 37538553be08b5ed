// A pupil who goes through each lesson from its start to its end, wherever its engine runs; the page is open at it.

import { expect, type Page } from "playwright/test";
import { expectRight } from "./legible.ts";
import { choose, press } from "./served-page.ts";

export const panel = (page: Page) => page.locator("section.lesson");
export const heading = (page: Page, text: string) =>
  panel(page).getByRole("heading", { name: text });
/** A day and more of the street at 3 600×. */
const RUN_ON_WALL_MS = 90_000;
/** Moments that somebody goes back at most. */
const BACK_MAX = 80;
const done = (page: Page) =>
  expect(panel(page).getByText("This step is done.")).toBeVisible({ timeout: RUN_ON_WALL_MS });

export async function step(page: Page, number: number): Promise<void> {
  await expect(heading(page, `Step ${number} of`)).toBeVisible();
}
async function next(page: Page, number: number): Promise<void> {
  await done(page);
  await press(page, "Next step");
  await step(page, number);
}
async function there(page: Page): Promise<void> {
  await press(page, "Take me there");
  // Six days of the street, on a machine that does other work too.
  await expect(page.getByRole("button", { name: "Take me there" })).toHaveCount(0, {
    timeout: 90_000,
  });
}
async function write(page: Page, text: string): Promise<void> {
  await panel(page).getByLabel("Your answer").fill(text);
  await press(page, "Check");
}
async function pick(page: Page, text: string): Promise<void> {
  await panel(page).getByLabel(text).check();
  await press(page, "Check");
}
async function finish(page: Page): Promise<void> {
  await done(page);
  await press(page, "Finish");
  await expect(heading(page, "You have finished this lesson.")).toBeFocused();
}
const view = (page: Page, name: string): Promise<void> =>
  page.locator(".views").getByText(name, { exact: true }).click();
/** What stands beside a name in the panel of the selected home. */
const fact = async (page: Page, name: string): Promise<string> =>
  (await page.locator(".details dt", { hasText: name }).first().locator("+ dd").textContent()) ??
  "";
/** `1.79 kW` and `236 V` as plain numbers of the unit without a prefix. */
const plain = (text: string): number =>
  Number(text.replace(/[^\d.-]/g, "")) * (/\bk/.test(text) ? 1_000 : 1);

/** Said where a street has the lesson's name and is another one. */
export const OTHER_NUMBERS = "it is not the one that this lesson was written for";

/** By the lesson's id. */
export const PUPIL: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
  ["how-a-meter-measures", howAMeterMeasures],
  ["reading-a-bill", readingABill],
  ["prepaid-trip", prepaidTrip],
  ["finding-the-bypass", findingTheBypass],
  ["night-of-the-mast", nightOfTheMast],
  ["what-your-meter-knows", whatYourMeterKnows],
];

async function howAMeterMeasures(page: Page): Promise<void> {
  await step(page, 1);
  await expectRight(page);
  await there(page);
  await choose(page, "7 School Lane");
  await next(page, 2);
  const powerW = plain(await fact(page, "Power into the home"));
  const voltageV = plain(await fact(page, "Voltage"));
  await write(page, "lots");
  await expect(panel(page).getByText("This is not a number that I can read.")).toBeVisible();
  await write(page, "100 A");
  await expect(panel(page).getByText("Not yet.")).toBeVisible();
  await press(page, "Show a hint (0/2)");
  await expect(panel(page).getByText("Write kilowatts as watts first.")).toBeVisible();
  await write(page, `${(powerW / voltageV).toFixed(2)} A`);
  await next(page, 3);
  await write(page, `${powerW / 2_000}`);
  await next(page, 4);
  await write(page, (await fact(page, "Register")).replace(" kWh", ""));
  await next(page, 5);
  await pick(page, "The reading at the end of the month minus");
  await finish(page);
  await expect(
    panel(page).getByText("Hints used: 1. Answers that were not right: 1."),
  ).toBeVisible();
  await expectRight(page);
}

async function readingABill(page: Page): Promise<void> {
  await there(page);
  await choose(page, "7 School Lane");
  await next(page, 2);
  await write(page, "143.03");
  await next(page, 3);
  await write(page, "584.46");
  await next(page, 4);
  await write(page, "₹727.91");
  await expect(page.locator(".details").getByText("727.91").first()).toBeVisible();
  await next(page, 5);
  await pick(page, "Each further block of units costs more");
  await finish(page);
}

async function prepaidTrip(page: Page): Promise<void> {
  await there(page);
  await expect(page.locator(".details").getByText("Prepaid credit")).toBeVisible();
  await write(page, await fact(page, "Prepaid credit"));
  await next(page, 2);
  await there(page);
  await pick(page, "It lends emergency credit");
  await next(page, 3);
  await there(page);
  await write(page, "8");
  await next(page, 4);
  await press(page, "Top up ₹300.00");
  await press(page, "Go on");
  await next(page, 5);
  await pick(page, "It paid back what was borrowed");
  await finish(page);
}

async function findingTheBypass(page: Page): Promise<void> {
  await there(page);
  await press(page, "Table of homes");
  await next(page, 2);
  const table = page.getByRole("region", { name: "All homes" });
  await table.getByRole("button", { name: "Suspicion" }).press("Enter");
  await table.getByRole("button", { name: "Suspicion" }).press("Enter");
  const first = (await table.locator("tbody tr .table-home").first().textContent()) ?? "";
  expect(first).toContain("6 School Lane");
  await panel(page).getByLabel("Your answer").selectOption({ label: "2 School Lane, S. Menon" });
  await press(page, "Check");
  await expect(panel(page).getByText("Not yet.")).toBeVisible();
  await panel(page).getByLabel("Your answer").selectOption({ label: "6 School Lane, M. Iyer" });
  await press(page, "Check");
  await next(page, 3);
  await press(page, "Table of homes");
  await choose(page, "6 School Lane");
  await write(page, "75 %");
  await next(page, 4);
  await pick(page, "An electrician of the company worked at it");
  await next(page, 5);
  await page.locator(".actions").getByRole("button", { name: "Send a crew" }).click();
  await page.locator(".speeds").getByText("3 600×", { exact: true }).click();
  await press(page, "Go on");
  await finish(page);
}

async function nightOfTheMast(page: Page): Promise<void> {
  await there(page);
  await view(page, "What the company knows");
  await next(page, 2);
  await there(page);
  await pick(page, "What its meter said before ten");
  await next(page, 3);
  await there(page);
  await view(page, "What happens");
  const waiting = /^\d+/.exec(await fact(page, "Readings not arrived"))?.[0] ?? "";
  await write(page, waiting);
  await next(page, 4);
  await there(page);
  await pick(page, "They were sent late, and none is missing");
  await next(page, 5);
  await view(page, "What the company knows");
  const isDone = panel(page).getByText("This step is done.");
  for (let back = 0; back < BACK_MAX && !(await isDone.isVisible()); back++) {
    await page.getByTestId("clock").click();
    const readout = page.getByText(/Looking back at/);
    const before = (await readout.isVisible()) ? await readout.textContent() : "";
    await page.keyboard.press(",");
    // The one moment is there before the next is asked for.
    await expect(readout).not.toHaveText(before ?? "");
  }
  await finish(page);
}

async function whatYourMeterKnows(page: Page): Promise<void> {
  await there(page);
  await choose(page, "7 School Lane");
  await next(page, 2);
  await pick(page, "At about eight in the morning");
  await next(page, 3);
  await there(page);
  await panel(page).getByLabel("Your answer").selectOption({ label: "6 School Lane, M. Iyer" });
  await press(page, "Check");
  await next(page, 4);
  await write(page, "two");
  await expect(panel(page).getByText("This is not a number")).toBeVisible();
  await write(page, "2");
  await next(page, 5);
  await pick(page, "The sum of the street every quarter of an hour");
  await finish(page);
}
