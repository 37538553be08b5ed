// The story that the product is for, told by a person at the page: steal, outage, trip, pay and reconnect, case.
// Its pictures go to test-results/pictures, or to METERVILLE_PICTURES; the README shows four of them.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page, test, type WebSocket } from "playwright/test";
import { countColours, PICTURES, roofBrightness, takePicture } from "./picture.ts";
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

/** The thief of the story, and a home that owes its last bill and, once tripped, the fee for it. */
const THIEF = { id: "supply-12", address: "2 Tamarind Lane" };
const DEBTOR = { id: "supply-05", address: "5 Mango Lane", owes: "₹672.50" };
/** Steals for some minutes only. */
const OTHER = "10 Mango Lane";
/** The legend's colours of an idle cable, of a cable that the company knows nothing about, of a difference. */
const IDLE_CABLE = "#1f78d1";
const UNKNOWN_CABLE = "#8b959c";
let serving: Serving;
const started: Serving[] = [];

/** Starts First Street live. */
async function startStreet(port: number): Promise<Serving> {
  const server = await startServing("scenarios/first-street.yaml", ["--port", String(port)]);
  started.push(server);
  return server;
}

test.beforeAll(async () => {
  serving = await startStreet(0);
});

test.afterAll(async () => {
  for (const server of started) await stopServing(server);
});

async function open(page: Page, query = "?t=11:00&freeze=1&quality=low"): Promise<void> {
  await page.goto(`${serving.url}${query}`);
  await until(page, ({ ready, drawCalls }) => ready && drawCalls > 0, "the street is drawn");
}

/** Lets the twin run to an hour of the day, and stops it there. */
async function runToHour(page: Page, hour: number): Promise<void> {
  await speed(page, "3 600×");
  const clock = page.getByTestId("clock");
  await expect
    .poll(async () => Number((await clock.textContent())?.slice(0, 2)), {
      timeout: 60_000,
      intervals: [50],
    })
    .toBe(hour);
  await press(page, "Pause");
  await expect(page.getByText("paused", { exact: true })).toBeVisible();
}

/** Every channel of every frame that comes over the sockets from now on. */
function listen(socket: WebSocket): { readonly channels: Set<string> } {
  const heard = { channels: new Set<string>() };
  socket.on("framereceived", ({ payload }) => {
    const message = JSON.parse(String(payload)) as { kind: string; frame?: { channel: string } };
    if (message.frame !== undefined) heard.channels.add(message.frame.channel);
  });
  return heard;
}

test("a teacher shows a theft, an outage, a trip, a payment, and the company names the thief", async ({
  page,
}) => {
  test.setTimeout(300_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  const foreign: string[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isOwn = origin === new URL(serving.url).origin || /^(data|blob):$/.test(protocol);
    if (!isOwn) foreign.push(request.url());
  });
  const failures: string[] = [];
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("requestfailed", (request) => failures.push(`${request.url()} failed`));
  const sockets: WebSocket[] = [];
  page.on("websocket", (socket) => sockets.push(socket));
  await open(page);

  await test.step("every control has a name and every text enough contrast", async () => {
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    expect(grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  await test.step("a click on a home opens its meter", async () => {
    const place = await page.evaluate((id) => window.__meterville!.screenOf(id), THIEF.id);
    await page.mouse.click(place!.x, place!.y);
    await expect(page.getByRole("heading", { name: THIEF.address })).toBeVisible();
    await expect(page.locator(".lcd")).toContainText("kWh");
    expect(await probe(page, ({ selection }) => selection)).toBe(THIEF.id);
  });

  await test.step("she steals; the street shows it", async () => {
    await press(page, "Steal 60 %");
    await until(page, ({ counts }) => counts.theft === 1, "one home is marked as stealing");
    await expect(page.getByText("… of it around the meter")).toBeVisible();
    const [cables] = await countColours(page, [IDLE_CABLE]);
    expect(cables, "cables are drawn in the legend's exact colour").toBeGreaterThan(300);
  });

  await test.step("the company's view holds no truth, and the cables are grey", async () => {
    await page.keyboard.press("2");
    await until(
      page,
      ({ view, channelsReceived }) =>
        view === "company" && (channelsReceived["belief/supply"] ?? 0) > 2,
      "belief arrives",
    );
    const heard = listen(sockets.at(-1)!);
    await expect.poll(() => heard.channels.has("belief/supply")).toBe(true);
    await page.waitForTimeout(1_000);
    expect([...heard.channels].filter((channel) => !channel.startsWith("belief/"))).toEqual([]);
    const received = await probe(page, ({ channelsReceived }) => Object.keys(channelsReceived));
    expect(received.filter((channel) => !channel.startsWith("belief/"))).toEqual([]);
    await until(page, ({ counts }) => counts.theft === 0, "no home is marked as stealing");
    await expect(page.getByText("around the meter")).toHaveCount(0);
    const [idle, unknown] = await countColours(page, [IDLE_CABLE, UNKNOWN_CABLE]);
    expect(idle).toBe(0);
    expect(unknown).toBeGreaterThan(200);
  });

  await test.step("both masts go down and readings are late; they come back and these arrive", async () => {
    await press(page, "Masts down");
    await speed(page, "3 600×");
    await until(page, ({ counts }) => counts.late >= 20, "most homes are hatched as late");
    await expect(page.locator(".badge.is-late").first()).toBeVisible();
    await press(page, "Masts up");
    await until(page, ({ counts }) => counts.late === 0, "no reading is late any more");
    await page.getByText("live", { exact: true }).waitFor();
  });

  await test.step("the difference view paints what the company does not know", async () => {
    await page.keyboard.press("3");
    await until(page, ({ counts }) => counts.differs >= 1, "a home differs");
    await press(page, "Close this home");
    await expect(page.getByText("steals, and the company does not know")).toBeVisible();
  });

  await test.step("a trip command darkens a home", async () => {
    await page.setViewportSize({ width: 1600, height: 900 });
    await runToHour(page, 10);
    await page.keyboard.press("1");
    await until(
      page,
      ({ view, counts }) => view === "truth" && counts.theft === 1,
      "truth is back",
    );
    const before = await roofBrightness(page, DEBTOR.id);
    await choose(page, DEBTOR.address);
    await press(page, "Trip");
    await speed(page, "600×");
    await press(page, "Go on");
    await until(page, ({ counts }) => counts.dark === 1, "one home has no supply");
    await press(page, "Pause");
    await expect(page.getByText("open: no supply")).toBeVisible();
    const after = await roofBrightness(page, DEBTOR.id);
    expect(after, "its roof is darker than before").toBeLessThan(before * 0.6);
    await open(page, "?quality=high");
    await choose(page, DEBTOR.address);
    await takePicture(page, "day");
  });

  await test.step("the customer pays and is reconnected", async () => {
    await press(page, `Pay ${DEBTOR.owes}`);
    await press(page, "Go on");
    await until(page, ({ counts }) => counts.dark === 0, "every home has supply again");
    await expect(page.getByRole("button", { name: "Nothing owed" })).toBeVisible();
  });

  await test.step("pictures of dusk and of the difference", async () => {
    await press(page, "Close this home");
    await runToHour(page, 18);
    await takePicture(page, "dusk");
    await page.keyboard.press("3");
    // On a slow machine so many days have passed that the company knows the first thief: another one is new to it.
    await choose(page, OTHER);
    await press(page, "Steal 60 %");
    await speed(page, "60×");
    await press(page, "Go on");
    await until(page, ({ counts }) => counts.differs >= 1, "a home differs");
    await press(page, "Pause");
    await press(page, "Close this home");
    await takePicture(page, "difference");
    await choose(page, OTHER);
    await press(page, "Stop stealing");
    await press(page, "Close this home");
    await press(page, "Go on");
  });

  await test.step("within days the company names the thief from its readings alone", async () => {
    await page.keyboard.press("2");
    await speed(page, "max");
    await until(page, ({ counts }) => counts.suspected === 1, "one home is suspected");
    await speed(page, "60×");
    await open(page, "?quality=high");
    await page.keyboard.press("2");
    await choose(page, THIEF.address);
    await expect(page.locator(".case")).toContainText("left the transformer");
    await runToHour(page, 10);
    await takePicture(page, "company");
  });

  expect(foreign, "nothing is asked of another machine").toEqual([]);
  expect(failures).toEqual([]);
  expect(serving.stderr()).not.toContain("network:");
});

test("a phone shows the street above and the panels below, without sideways scrolling", async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  const { width, sideways } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    sideways: document.documentElement.scrollWidth,
  }));
  expect(sideways).toBeLessThanOrEqual(width);
  await page.locator(".home-row").filter({ hasText: "1 Mango Lane" }).click();
  await expect(page.getByRole("heading", { name: "1 Mango Lane" })).toBeVisible();
  mkdirSync(PICTURES, { recursive: true });
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: join(PICTURES, "phone.jpg"), type: "jpeg", quality: 88 });
});

test("a page whose server goes says so, and shows the next run on that port by itself", async ({
  page,
}) => {
  const first = await startStreet(0);
  await page.goto(`${first.url}?quality=low&freeze=1`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  const keptIn = page.locator(".kept-in code");
  const before = await keptIn.textContent();
  await stopServing(first);
  await expect(page.getByText("The server is gone")).toBeVisible();
  const second = await startStreet(Number(new URL(first.url).port));
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await expect(keptIn).not.toHaveText(before!);
  const step = await probe(page, ({ step: now }) => now);
  await expect.poll(() => probe(page, ({ step: now }) => now)).toBeGreaterThan(step);
  await stopServing(second);
});
