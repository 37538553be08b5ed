// The story that the product is for, told by a person at the page, on a screen and on a phone: start, steal, outage,
// overdue, trip, pay, reconnect, case, inspect, reveal, reload. Its pictures go to test-results/pictures, or to
// METERVILLE_PICTURES; the README shows some of them.

import { expect, type Page, test, type WebSocket } from "playwright/test";
import { splitMessage } from "../../sim/contract/frame-codec/frame-message.ts";
import { expectLegible } from "./legible.ts";
import { countColours, roofBrightness, settle, takePicture } from "./picture.ts";
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

/** The thief of the story. */
const THIEF = { id: "supply-12", address: "2 Tamarind Lane" };
/** Begins to steal for the pictures: the company has a case on the one before, and so has nothing left to learn there. */
const NEXT_THIEF = { id: "supply-15", address: "5 Tamarind Lane" };
/** Its notice of disconnection was served before the run began, and nobody pays until somebody presses Pay. */
const DEBTOR = { id: "supply-07", address: "7 Mango Lane" };
/** The legend's colours of an idle cable, and of one that the company knows nothing about. */
const IDLE_CABLE = "#1f78d1";
const UNKNOWN_CABLE = "#8b959c";
/** Steps of a minute: days pass while somebody waits. Nobody else steals, fails or pays late in this run. */
const STORY = [
  ...["--step", "1min", "--no-mqtt", "--port", "0"],
  ...["--set", "thefts=[]", "--set", "outages=[]", "--set", "powerCuts=[]"],
  ...["--set", "customers.6.pays.afterTrip=null"],
];
const started: Serving[] = [];

async function serve(options: readonly string[]): Promise<Serving> {
  const server = await startServing("scenarios/first-street.yaml", options);
  started.push(server);
  return server;
}

test.afterAll(async () => {
  for (const server of started) await stopServing(server);
});

async function open(page: Page, { url }: Serving, query: string): Promise<void> {
  await page.goto(`${url}${query}`);
  await until(page, ({ ready, drawCalls }) => ready && drawCalls > 0, "the street is drawn");
}

/** Lets the twin run as fast as it can until the page shows something, and stops it there. */
async function runUntil(
  page: Page,
  condition: Parameters<typeof until>[1],
  sentence: string,
): Promise<void> {
  await speed(page, "max");
  await press(page, "Go on");
  await until(page, condition, sentence);
  await press(page, "Pause");
  await expect(page.getByText("paused", { exact: true })).toBeVisible();
}

/** Lets the twin run to an hour of the day, and stops it there. */
async function runToHour(page: Page, hour: number): Promise<void> {
  await speed(page, "3 600×");
  await press(page, "Go on");
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
    if (typeof payload !== "string") {
      heard.channels.add(splitMessage(new Uint8Array(payload)).head.channel);
      return;
    }
    const message = JSON.parse(payload) as { kind: string; frame?: { channel: string } };
    if (message.frame !== undefined) heard.channels.add(message.frame.channel);
  });
  return heard;
}

/** What must not happen on any page: an error, a failed request, a word to another machine. */
function watch(page: Page, serving: Serving) {
  const failures: string[] = [];
  const sockets: WebSocket[] = [];
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isOwn = origin === new URL(serving.url).origin || /^(data|blob):$/.test(protocol);
    if (!isOwn) failures.push(`${request.url()} is another machine`);
  });
  page.on("pageerror", (error) => failures.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") failures.push(`console: ${message.text()}`);
  });
  page.on("requestfailed", (request) => {
    // A reload gives up what is under way.
    if (request.failure()?.errorText !== "net::ERR_ABORTED")
      failures.push(`${request.url()} failed`);
  });
  page.on("websocket", (socket) => sockets.push(socket));
  return { failures, sockets };
}

const SCREENS = [
  { name: "a screen", width: 1600, height: 900, isPictured: true },
  { name: "a phone", width: 390, height: 844, isPictured: false },
] as const;

for (const { name, width, height, isPictured } of SCREENS) {
  test(`the whole story on ${name}`, async ({ page }) => {
    test.setTimeout(420_000);
    await page.setViewportSize({ width, height });
    const serving = await serve([...STORY, "--paused"]);
    const { failures, sockets } = watch(page, serving);
    const look = (): Promise<void> => expectLegible(page);

    await test.step("start: the street is there, legible for everybody", async () => {
      await open(page, serving, "?t=11:00&freeze=1&quality=low");
      await look();
    });

    await test.step("steal: the street shows it at once", async () => {
      await choose(page, THIEF.address);
      await expect(page.getByRole("heading", { name: THIEF.address })).toBeVisible();
      await expect(page.locator(".lcd")).toContainText("kWh");
      await press(page, "Steal 60 %");
      await speed(page, "60×");
      await press(page, "Go on");
      await until(page, ({ counts }) => counts.theft === 1, "one home is marked as stealing");
      await press(page, "Pause");
      await expect(page.getByText("… of it around the meter")).toBeVisible();
      await press(page, "Close this home");
      const [cables] = await countColours(page, [IDLE_CABLE]);
      expect(cables, "cables have the legend's colour to the bit").toBeGreaterThanOrEqual(300);
    });

    await test.step("the truth is hidden: the company's view holds nothing of it", async () => {
      await press(page, "Hide the truth");
      await until(
        page,
        ({ view, channelsReceived }) =>
          view === "company" && (channelsReceived["belief/supply"] ?? 0) > 0,
        "the company's view is shown",
      );
      const heard = listen(sockets.at(-1)!);
      await page.keyboard.press("ArrowRight");
      await expect.poll(() => heard.channels.has("belief/supply")).toBe(true);
      expect([...heard.channels].filter((channel) => !channel.startsWith("belief/"))).toEqual([]);
      await until(page, ({ counts }) => counts.theft === 0, "no home is marked as stealing");
      await expect(page.getByText("around the meter")).toHaveCount(0);
      const [idle, unknown] = await countColours(page, [IDLE_CABLE, UNKNOWN_CABLE]);
      expect(idle).toBe(0);
      expect(unknown).toBeGreaterThan(200);
    });

    await test.step("outage: both masts fail, readings are late, and arrive afterwards", async () => {
      await press(page, "Masts down");
      await runUntil(page, ({ counts }) => counts.late >= 20, "most homes are hatched as late");
      await expect(page.locator(".badge.is-late").first()).toBeVisible();
      await look();
      await press(page, "Masts up");
      await runUntil(page, ({ counts }) => counts.late === 0, "no reading is late any more");
    });

    await test.step("overdue: the account says what comes next, and why", async () => {
      await choose(page, DEBTOR.address);
      await expect(page.getByText("notice of disconnection served")).toBeVisible();
      await page.getByLabel("Why: the state of this account").click();
      await expect(page.locator(".ladder")).toContainText("clear days");
    });

    await test.step("trip: the company cuts the debtor off by its policy", async () => {
      await runUntil(page, ({ counts }) => counts.dark === 1, "one home has no supply");
      await expect(page.getByText("cut off", { exact: true })).toBeVisible();
      await look();
    });

    await test.step("pay and reconnect: the money comes first, then the light", async () => {
      await page.getByRole("button", { name: /^Pay ₹/ }).click();
      await runUntil(page, ({ counts }) => counts.dark === 0, "every home has supply again");
      await expect(page.getByRole("button", { name: "Nothing owed" })).toBeVisible();
      await press(page, "Close this home");
    });

    await test.step("case: the company names the thief from its readings alone", async () => {
      await runUntil(page, ({ counts }) => counts.suspected >= 1, "a home is suspected");
      await choose(page, THIEF.address);
      const found = page.locator(".case");
      await expect(found).toContainText("left the transformer");
      await page.getByLabel(/^Why: case/).click();
      await expect(found).toContainText("times likelier with a thief here");
      await look();
    });

    await test.step("inspect: a crew goes there and confirms it", async () => {
      await page.locator(".case").getByRole("button", { name: "Send a crew" }).click();
      await speed(page, "max");
      await press(page, "Go on");
      await expect(page.locator(".case-state")).toHaveText("confirmed", { timeout: 60_000 });
      await press(page, "Pause");
      await expect(page.locator(".case .finding")).toContainText("a shunt across the sensor");
    });

    await test.step("reveal: what truly was, for everybody", async () => {
      await press(page, "Reveal");
      await expect(page.getByRole("button", { name: "Hide the truth" })).toBeVisible();
      await page.keyboard.press("Escape");
      await page.keyboard.press("1");
      await until(page, ({ view }) => view === "truth", "the truth is back");
      await expect(page.getByText("Stolen", { exact: true })).toBeVisible();
      await until(page, ({ counts }) => counts.theft === 0, "the crew took the theft away");
    });

    await test.step("reload: everything is still there", async () => {
      await choose(page, THIEF.address);
      await page.keyboard.press("2");
      await until(page, ({ view }) => view === "company", "the company's view");
      const before = await probe(page, ({ simMs, selection }) => ({ simMs, selection }));
      await expect.poll(() => page.url()).toContain(`home=${THIEF.id}`);
      await page.reload();
      await until(page, ({ ready }) => ready, "the street is drawn");
      await until(page, ({ view }) => view === "company", "the same view");
      expect(await probe(page, ({ simMs, selection }) => ({ simMs, selection }))).toEqual(before);
      await expect(page.locator(".case-state")).toHaveText("confirmed");
      await look();
    });

    if (isPictured) await takePictures(page, serving);
    else await takePicture(page, "phone");
    expect(failures).toEqual([]);
    expect(serving.stderr()).not.toContain("network:");
  });
}

/** The README's: day and night, what the company knows, the difference, for a projector. */
async function takePictures(page: Page, serving: Serving): Promise<void> {
  await test.step("pictures of a new theft by day, by night and as the difference", async () => {
    await page.keyboard.press("Escape");
    await open(page, serving, "?quality=high&view=truth");
    await choose(page, NEXT_THIEF.address);
    await press(page, "Steal 60 %");
    await runToHour(page, 10);
    await until(page, ({ counts }) => counts.dark === 0 && counts.theft === 1, "one steals");
    await choose(page, DEBTOR.address);
    await settle(page);
    const lit = await roofBrightness(page, DEBTOR.id);
    await press(page, "Trip");
    await speed(page, "600×");
    await press(page, "Go on");
    await until(page, ({ counts }) => counts.dark === 1, "it is cut off");
    await press(page, "Pause");
    await expect(page.getByText("paused", { exact: true })).toBeVisible();
    await settle(page);
    const dark = await roofBrightness(page, DEBTOR.id);
    expect(dark, "minutes later its roof is darker").toBeLessThan(lit * 0.85);
    await choose(page, NEXT_THIEF.address);
    await takePicture(page, "day");
    await page.keyboard.press("Escape");
    await runToHour(page, 19);
    await takePicture(page, "dusk");
    await page.keyboard.press("2");
    await until(page, ({ view }) => view === "company", "the company's view");
    await choose(page, THIEF.address);
    await takePicture(page, "company");
    await page.keyboard.press("Escape");
    await page.keyboard.press("3");
    await until(page, ({ counts }) => counts.differs >= 1, "a home differs");
    await takePicture(page, "difference");
  });
}

test("a page whose server goes says so, and shows the next run on that port by itself", async ({
  page,
}) => {
  const first = await serve(["--port", "0", "--no-mqtt"]);
  await page.goto(`${first.url}?quality=low&freeze=1`);
  await until(page, ({ ready }) => ready, "the street is drawn");
  const keptIn = page.locator(".kept-in code");
  const before = await keptIn.textContent();
  await stopServing(first);
  await expect(page.getByText("The server is gone")).toBeVisible();
  const second = await serve(["--port", new URL(first.url).port, "--no-mqtt"]);
  await expect(page.getByText("live", { exact: true })).toBeVisible();
  await expect(keptIn).not.toHaveText(before!);
  const step = await probe(page, ({ step: now }) => now);
  await expect.poll(() => probe(page, ({ step: now }) => now)).toBeGreaterThan(step);
  await stopServing(second);
});
