// Six lessons, each from its start to its end in a browser as a learner goes through it, on a screen and on a phone;
// and what is said to nonsense, to a lesson that is not there, and to another street.

import { expect, type Page, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { heading, OTHER_NUMBERS, PUPIL, panel, step } from "./lesson-pupil.ts";
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

for (const [name, size] of SIZES) {
  test.describe(`on ${name}`, () => {
    test.use({ viewport: size });

    for (const [lesson, play] of PUPIL) {
      test(`${lesson}, from its start to its end`, async ({ page }) => {
        await open(page, lesson);
        await expect(panel(page).getByText(OTHER_NUMBERS)).toHaveCount(0);
        await play(page);
        await expectRight(page);
      });
    }

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
