// The classroom's own pages in Hindi and in English, on a screen and on a phone: joining, a desk, the teacher's page; the
// language stays in the address and goes from page to page.

import { expect, type Page, test } from "playwright/test";
import { expectRight } from "./legible.ts";
import { openTeach, SIZES } from "./portal-page.ts";
import { press, type Serving, startServing, stopServing } from "./served-page.ts";

let serving: Serving;
test.beforeEach(async () => {
  serving = await startServing("scenarios/school-lane.yaml", [
    ...["--step", "1min", "--port", "0", "--no-mqtt", "--paused", "--sign-in"],
  ]);
});
test.afterEach(() => stopServing(serving));

const languageOf = (page: Page): Promise<string> =>
  page.evaluate(() => document.documentElement.lang);
const inAddress = (page: Page): string | null => new URL(page.url()).searchParams.get("lang");

for (const [name, size] of SIZES) {
  test(`on ${name}: a class is begun, joined and led in Hindi`, async ({ browser }) => {
    const teacher = await openTeach(browser, serving, size);
    await teacher.getByText("हिन्दी").click();
    await expect(teacher.getByRole("heading", { name: "कक्षा", exact: true })).toBeVisible();
    expect([await languageOf(teacher), inAddress(teacher)]).toEqual(["hi", "hi"]);
    await teacher.reload();
    await teacher.getByRole("combobox", { name: "पाठ" }).click();
    await teacher.getByRole("option", { name: "बाईपास ढूँढना" }).click();
    await expectRight(teacher);
    await press(teacher, "कक्षा शुरू कीजिए");
    await expect(teacher.getByText("यह पाठ चोर को छिपाता है")).toBeVisible();
    await press(teacher, "सच छिपाइए");
    await expect(teacher.getByText("यह पाठ चोर को छिपाता है")).toHaveCount(0);
    const code = ((await teacher.locator(".class-code-letters").textContent()) ?? "")
      .replace("कोड:", "")
      .replace(/\s/g, "");

    const pupil = await (await browser.newContext({ viewport: size })).newPage();
    await pupil.goto(`${serving.url}join?lang=hi`);
    await expect(pupil.getByRole("heading", { name: "कक्षा में शामिल होइए" })).toBeVisible();
    await pupil.getByLabel("कक्षा का कोड").fill("AAAAAA");
    await pupil.getByLabel("आपका नाम").fill("अनु");
    await press(pupil, "शामिल होइए");
    await expect(pupil.getByRole("alert")).toContainText("इस कोड की कोई कक्षा नहीं है");
    await expectRight(pupil);
    await pupil.getByLabel("कक्षा का कोड").fill(code);
    await press(pupil, "शामिल होइए");
    await expect(pupil.getByRole("heading", { name: "आपकी कक्षा" })).toBeVisible();
    expect([await languageOf(pupil), inAddress(pupil)]).toEqual(["hi", "hi"]);
    await expect(pupil.getByText("अनु, दर्शक")).toBeVisible();
    await expectRight(pupil);

    await teacher.getByRole("combobox", { name: "अनु की भूमिका" }).click();
    await teacher.getByRole("option", { name: "ग्राहक" }).click();
    await teacher.getByRole("combobox", { name: "अनु का घर" }).click();
    await teacher.getByRole("option", { name: "5 School Lane" }).click();
    await expect(teacher.getByText("अनु अब ग्राहक है।")).toBeVisible();
    await expectRight(teacher);
    await expect(pupil.getByText("अनु, ग्राहक, 5 School Lane")).toBeVisible();
    await pupil.getByLabel("राशि").fill("0");
    await press(pupil, "भुगतान कीजिए");
    await expect(pupil.getByText("शून्य से बड़ी राशि लिखिए")).toBeVisible();
    await pupil.getByLabel("राशि").fill("300");
    await press(pupil, "भुगतान कीजिए");
    await expect(pupil.getByText("कंपनी की ओर जा रहे हैं")).toBeVisible();
    await expectRight(pupil);
    await pupil.getByText("English").click();
    await expect(pupil.getByRole("heading", { name: "Your class" })).toBeVisible();
    expect([await languageOf(pupil), inAddress(pupil)]).toEqual(["en", null]);
    await teacher.screenshot({ path: test.info().outputPath("teach.png"), fullPage: true });
    await pupil.screenshot({ path: test.info().outputPath("desk.png"), fullPage: true });
  });
}
