// Six lessons, each from its start to its end in a browser as a learner goes through it, on a screen and on a phone;
// and what is said to nonsense, to a lesson that is not there, and to another street.

import { expect, type Page, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { SIZES } from "./portal-page.ts";
import { choose, press, type Serving, startServing, stopServing, until } from "./served-page.ts";

/** A lesson waits for its street more than once. */
test.setTimeout(240_000);
let serving: Serving;

test.beforeEach(async () => {
  serving = await startServing("scenarios/school-lane.yaml", [
    ...["--step", "1min", "--port", "0", "--no-mqtt", "--paused"],
  ]);
});
test.afterEach(() => stopServing(serving));

async function open(page: Page, lesson: string, query = ""): Promise<void> {
  await page.goto(`${serving.url}?quality=low&freeze=1&lesson=${lesson}${query}`);
  await until(page, ({ ready }) => ready, "the street is drawn");
}

const panel = (page: Page) => page.locator("section.lesson");
const heading = (page: Page, text: string) => panel(page).getByRole("heading", { name: text });
/** A day and more of the street at 3 600×. */
const RUN_ON_WALL_MS = 90_000;
/** Moments that somebody goes back at most. */
const BACK_MAX = 80;
const done = (page: Page) =>
  expect(panel(page).getByText("This step is done.")).toBeVisible({ timeout: RUN_ON_WALL_MS });

async function step(page: Page, number: number): Promise<void> {
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

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    test("how a meter measures", async ({ page }) => {
      await open(page, "how-a-meter-measures");
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
    });

    test("reading a bill", async ({ page }) => {
      await open(page, "reading-a-bill");
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
    });

    test("the prepaid trip", async ({ page }) => {
      await open(page, "prepaid-trip");
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
    });

    test("finding the bypass", async ({ page }) => {
      await open(page, "finding-the-bypass");
      await there(page);
      await press(page, "Table of homes");
      await next(page, 2);
      const table = page.getByRole("region", { name: "All homes" });
      await table.getByRole("button", { name: "Suspicion" }).press("Enter");
      await table.getByRole("button", { name: "Suspicion" }).press("Enter");
      const first = (await table.locator("tbody tr .table-home").first().textContent()) ?? "";
      expect(first).toContain("6 School Lane");
      await panel(page)
        .getByLabel("Your answer")
        .selectOption({ label: "2 School Lane, S. Menon" });
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
    });

    test("the night the mast went down", async ({ page }) => {
      await open(page, "night-of-the-mast");
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
    });

    test("what your meter knows about you", async ({ page }) => {
      await open(page, "what-your-meter-knows");
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
    });

    test("a lesson in Hindi, after a reload where it was, and the language stays in the address", async ({
      page,
    }) => {
      await open(page, "what-your-meter-knows");
      await panel(page).getByText("हिन्दी").click();
      await expect(heading(page, "आपका मीटर आपके बारे में क्या जानता है")).toBeVisible();
      await expectRight(page);
      await press(page, "मुझे वहाँ ले चलिए");
      await choose(page, "7 School Lane");
      await press(page, "अगला क़दम");
      await expect(heading(page, "क़दम 2, कुल 5")).toBeVisible();
      await expect.poll(() => new URL(page.url()).searchParams.get("lang")).toBe("hi");
      await page.reload();
      await until(page, ({ ready }) => ready, "the street is drawn again");
      await expect(heading(page, "क़दम 2, कुल 5")).toBeVisible();
      await panel(page).getByLabel("सुबह लगभग आठ बजे").check();
      await press(page, "जाँचिए");
      await press(page, "अगला क़दम");
      await press(page, "मुझे वहाँ ले चलिए");
      await panel(page).getByLabel("आपका उत्तर").selectOption({ label: "6 School Lane, M. Iyer" });
      await press(page, "जाँचिए");
      await press(page, "अगला क़दम");
      await panel(page).getByLabel("आपका उत्तर").fill("२");
      await press(page, "जाँचिए");
      await press(page, "अगला क़दम");
      await panel(page).getByLabel("हर पंद्रह मिनट में पूरी गली का जोड़").check();
      await press(page, "जाँचिए");
      await press(page, "समाप्त कीजिए");
      await expect(heading(page, "आपने यह पाठ पूरा कर लिया।")).toBeFocused();
      await expectRight(page);
    });

    test("the list opens from the header; what is not there is said, with a way on", async ({
      page,
    }) => {
      await open(page, "no-such-lesson");
      await expect(panel(page).getByRole("alert")).toContainText(
        "There is no lesson no-such-lesson",
      );
      await expect(panel(page).locator(".lesson-list button")).toHaveCount(6);
      await expectRight(page);
      await panel(page)
        .getByRole("button", { name: /^Reading a bill/ })
        .click();
      await step(page, 1);
      await press(page, "All lessons");
      await press(page, "Close the lesson");
      await expect(panel(page)).toHaveCount(0);
      await press(page, "Lessons");
      await expect(panel(page).locator(".lesson-list button")).toHaveCount(6);
    });
  });
}
