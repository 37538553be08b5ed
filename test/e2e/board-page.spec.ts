// A board at the page: put into a home, seen in the panel and in the picture, its button pressed, taken out again.

import { expect, type Page, test } from "playwright/test";
import { faults } from "./legible.ts";
import {
  choose,
  press,
  probe,
  type Serving,
  speed,
  startServing,
  stopServing,
  until,
} from "./served-page.ts";

const HOME = { id: "supply-05", address: "5 Mango Lane" };
/** Of the firmware's own pages, which show after a button was pressed; the street's meters have others. */
const OWN_PAGE = /^(Use \d{6}\.\d kWh|Power +\d+ W|Exp \d{6}\.\d kWh)/;

let serving: Serving;

test.beforeAll(async () => {
  serving = await startServing("scenarios/three-boards.yaml", ["--port", "0", "--speed", "1"]);
});

test.afterAll(async () => {
  await stopServing(serving);
});

const firstLine = async (page: Page): Promise<string> =>
  ((await page.locator(".lcd").textContent()) ?? "").split("\n")[0]!;

test("a teacher puts a board into a home, looks at its meter, presses its button and takes it out", async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  await page.goto(`${serving.url}?t=11:00&freeze=1&quality=low`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  await choose(page, HOME.address);

  await test.step("a simulated meter has a display and no buttons, and the page says why", async () => {
    await expect(page.getByRole("button", { name: "▲ Up" })).toBeDisabled();
    await expect(page.getByText("The simulated meter has no buttons")).toBeVisible();
    expect(await probe(page, ({ meter }) => meter)).toBeNull();
  });

  const drawnBefore = await probe(page, ({ drawCalls }) => drawCalls);
  await test.step("a board goes into the slot and answers", async () => {
    await press(page, "Put a board in");
    await expect(page.locator(".board-state")).toHaveText("connected", { timeout: 60_000 });
    await expect(page.getByTestId("relay")).toHaveText("closed");
    await expect(page.getByTestId("alarm")).toHaveText("dark");
    await expect(page.getByTestId("pulse")).toHaveText(/^[\d.]+ a minute$/);
    await expect(page.getByText("Answers after")).toBeVisible();
  });

  await test.step("the same display is on the meter in the street, in six draw calls, and its inside in six more", async () => {
    await press(page, "Look at meter");
    await until(page, ({ meter }) => meter !== null, "the meter is drawn");
    await press(page, "Pause");
    // Both from the step in which the twin stands still, which may come after the press.
    await expect
      .poll(async () => {
        const drawnLine = await probe(page, ({ meter }) => meter?.lines[0]);
        return drawnLine?.trim() === (await firstLine(page)).trim();
      })
      .toBe(true);
    await press(page, "Go on");
    const drawn = await probe(page, ({ drawCalls }) => drawCalls);
    // Against the street without labels and without the ring around the home, which are not drawn from so close.
    expect(drawn - (drawnBefore - 2)).toBeLessThanOrEqual(12);
    expect(await faults(page)).toEqual([]);
  });

  await test.step("its button, pressed in the picture, turns to the firmware's own pages", async () => {
    expect(await firstLine(page)).not.toMatch(OWN_PAGE);
    const place = await page.evaluate(() => window.__meterville!.screenOfButton("up"));
    await page.mouse.click(place!.x, place!.y);
    await expect(page.getByText("▲ is pressed.")).toBeVisible();
    await expect.poll(() => firstLine(page)).toMatch(OWN_PAGE);
    const before = await firstLine(page);
    await press(page, "▲ Up");
    await expect.poll(() => firstLine(page)).not.toBe(before);
  });

  await test.step("a trip opens its relay, in the panel and on the meter", async () => {
    await press(page, "Trip");
    await speed(page, "10×");
    await expect(page.getByTestId("relay")).toHaveText("open", { timeout: 60_000 });
    await expect(page.getByTestId("pulse")).toHaveText("dark: nothing is counted");
  });

  await test.step("the company's view shows no board", async () => {
    await page.keyboard.press("2");
    await expect(page.locator(".board")).toHaveCount(0);
    await until(page, ({ meter }) => meter === null, "no meter is drawn");
    await page.keyboard.press("1");
    await expect(page.locator(".board-state")).toHaveText("connected");
  });

  await test.step("on a phone the meter is above its panel, without sideways scrolling", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await press(page, "Look at meter");
    await expect(page.locator(".middle")).toBeInViewport({ ratio: 0.9 });
    const { width, sideways } = await page.evaluate(() => ({
      width: document.documentElement.clientWidth,
      sideways: document.documentElement.scrollWidth,
    }));
    expect(sideways).toBeLessThanOrEqual(width);
    await expect
      .poll(() => page.evaluate(() => window.__meterville!.screenOfButton("enter")?.x))
      .toBeLessThan(width);
  });

  await test.step("the board is taken out, and the simulated meter is back", async () => {
    await press(page, "Take board out");
    await expect(page.locator(".board-state")).toHaveText("simulated");
    await expect(page.getByRole("button", { name: "▲ Up" })).toBeDisabled();
  });
  expect(failures).toEqual([]);
});
